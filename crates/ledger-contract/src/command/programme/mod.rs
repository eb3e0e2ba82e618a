//! What each command of a programme asks. `programme` and the booking date are asked before.

mod entries;

use ledger_domain::{
    Date, Decision, Id,
    programme::{
        AllocateBudget, AmendAuthorisation, CarryOverBudget, ClosePeriod, CloseProgramme, CloseProject,
        Command, EstablishProgramme, ExplainFigure, OpenProject, PromiseCofinancing, RecordForecast,
        ReopenProject, TransferBudget,
    },
};

use super::{
    Ask, Draft, Kind,
    compound::{DECISION, TAGS},
    form::{BOOLEAN, DATE, DETAIL, FUNDER, ID, MUNICIPALITY, OVERSPEND, POSITIVE, SHARE, SIGNED, TEXT, YEAR},
};

/// Words that mark an explanation, or a figure, whose sources contradict each other.
const SOURCE_CONTRADICTION: &str = "source-contradiction";

const fn kind(
    name: &'static str,
    summary: &'static str,
    ask: fn(&mut Draft<'_, '_>) -> Option<Command>,
) -> Kind {
    Kind::new(name, summary, Ask::Programme(ask))
}

/// Every command of a programme, in the order of the README.
pub(super) const KINDS: &[Kind] = &[
    kind(
        "establishProgramme",
        "The council authorises one sum for one period.",
        establish_programme,
    ),
    kind(
        "amendAuthorisation",
        "The authorised sum goes up or down.",
        amend_authorisation,
    ),
    kind(
        "openProject",
        "A project through which the sum is spent.",
        open_project,
    ),
    kind(
        "reopenProject",
        "A closed project takes postings again.",
        |draft| {
            let (project, decision) = project_and_decision(draft);
            Some(Command::ReopenProject(ReopenProject {
                project: project?,
                decision: decision?,
            }))
        },
    ),
    kind(
        "allocateBudget",
        "Part of the authorised sum is given to a project, or taken back.",
        allocate_budget,
    ),
    kind(
        "transferBudget",
        "Budget moves from one project to another.",
        transfer_budget,
    ),
    kind(
        "carryOverBudget",
        "Unspent year-bound money moves to a later year.",
        carry_over_budget,
    ),
    kind(
        "enterCommitment",
        "A contract or order reserves budget before the invoice.",
        entries::enter_commitment,
    ),
    kind("raiseCommitment", "A commitment is raised.", |draft| {
        entries::change_commitment(draft).map(Command::RaiseCommitment)
    }),
    kind(
        "releaseCommitment",
        "The open part of a commitment is released, or some of it.",
        |draft| entries::change_commitment(draft).map(Command::ReleaseCommitment),
    ),
    kind("postExpenditure", "A booked cost.", entries::post_expenditure),
    kind(
        "correctExpenditure",
        "An expenditure goes up or down by a new fact.",
        entries::correct_expenditure,
    ),
    kind(
        "reverseExpenditure",
        "What is left of an expenditure is undone.",
        entries::reverse_expenditure,
    ),
    kind(
        "expectCofinancing",
        "A funder is expected to pay along.",
        |draft| promise_cofinancing(draft).map(Command::ExpectCofinancing),
    ),
    kind("pledgeCofinancing", "A funder pledges to pay along.", |draft| {
        promise_cofinancing(draft).map(Command::PledgeCofinancing)
    }),
    kind(
        "receiveCofinancing",
        "A funder pays, or is repaid.",
        entries::receive_cofinancing,
    ),
    kind(
        "recordForecast",
        "What is expected to be spent in all by a day.",
        record_forecast,
    ),
    kind(
        "explainFigure",
        "A text that belongs to a figure.",
        explain_figure,
    ),
    kind(
        "closePeriod",
        "No bookings on or before this day any more.",
        |draft| {
            Some(Command::ClosePeriod(ClosePeriod {
                through: draft.booking_date?,
            }))
        },
    )
    .dated_by("through", &DATE),
    kind(
        "closeProject",
        "A project ends; what remains is released.",
        |draft| {
            let (project, decision) = project_and_decision(draft);
            Some(Command::CloseProject(CloseProject {
                project: project?,
                decision: decision?,
            }))
        },
    ),
    kind(
        "closeProgramme",
        "The programme ends; every project is closed.",
        |draft| {
            let decision = draft.fields.required("decision", &DECISION)?;
            Some(Command::CloseProgramme(CloseProgramme { decision }))
        },
    ),
];

fn establish_programme(draft: &mut Draft<'_, '_>) -> Option<Command> {
    let fields = &mut *draft.fields;
    let title = fields.required("title", &TEXT);
    let municipality = fields.required("municipality", &MUNICIPALITY);
    let starts_on = fields.required("startsOn", &DATE);
    let ends_on = fields.required("endsOn", &DATE);
    let authorised = fields.required("authorised", &POSITIVE);
    let decision = fields.required("decision", &DECISION);
    let overspend = fields.optional("overspend", &OVERSPEND).unwrap_or_default();
    check_period(draft, starts_on, ends_on);
    Some(Command::EstablishProgramme(EstablishProgramme {
        programme: draft.id.clone()?,
        title: title?,
        municipality: municipality?,
        starts_on: starts_on?,
        ends_on: ends_on?,
        authorised: authorised?,
        decision: decision?,
        overspend,
    }))
}

fn amend_authorisation(draft: &mut Draft<'_, '_>) -> Option<Command> {
    let amount = draft.fields.required("amount", &SIGNED);
    let decision = draft.fields.required("decision", &DECISION);
    Some(Command::AmendAuthorisation(AmendAuthorisation {
        amount: amount?,
        decision: decision?,
    }))
}

fn open_project(draft: &mut Draft<'_, '_>) -> Option<Command> {
    let fields = &mut *draft.fields;
    let project = fields.required("project", &ID);
    let title = fields.required("title", &TEXT);
    let theme = fields.optional_text("theme", &TEXT);
    let taakveld = fields.optional_text("taakveld", &TEXT);
    let law = fields.optional_text("law", &TEXT);
    let starts_on = fields.optional("startsOn", &DATE);
    let ends_on = fields.optional("endsOn", &DATE);
    let follow_up_funding = fields.optional("followUpFunding", &BOOLEAN);
    let tags = fields.optional("tags", &TAGS).unwrap_or_default();
    check_period(draft, starts_on, ends_on);
    Some(Command::OpenProject(OpenProject {
        project: project?,
        title: title?,
        theme,
        taakveld,
        law,
        starts_on,
        ends_on,
        follow_up_funding,
        tags,
    }))
}

fn allocate_budget(draft: &mut Draft<'_, '_>) -> Option<Command> {
    let fields = &mut *draft.fields;
    let project = fields.required("project", &ID);
    let amount = fields.required("amount", &SIGNED);
    let year = fields.optional("year", &YEAR);
    let decision = fields.required("decision", &DECISION);
    Some(Command::AllocateBudget(AllocateBudget {
        project: project?,
        amount: amount?,
        year,
        decision: decision?,
    }))
}

fn transfer_budget(draft: &mut Draft<'_, '_>) -> Option<Command> {
    let fields = &mut *draft.fields;
    let from_project = fields.required("fromProject", &ID);
    let to_project = fields.required("toProject", &ID);
    let amount = fields.required("amount", &POSITIVE);
    let year = fields.optional("year", &YEAR);
    let decision = fields.required("decision", &DECISION);
    if from_project.is_some() && from_project == to_project {
        fields.fault("/toProject", "toProject and fromProject are the same project.");
    }
    Some(Command::TransferBudget(TransferBudget {
        from_project: from_project?,
        to_project: to_project?,
        amount: amount?,
        year,
        decision: decision?,
    }))
}

fn carry_over_budget(draft: &mut Draft<'_, '_>) -> Option<Command> {
    let fields = &mut *draft.fields;
    let project = fields.required("project", &ID);
    let from_year = fields.required("fromYear", &YEAR);
    let to_year = fields.required("toYear", &YEAR);
    let amount = fields.required("amount", &POSITIVE);
    let decision = fields.required("decision", &DECISION);
    let funder = fields.optional("funder", &FUNDER);
    if let (Some(from), Some(to)) = (from_year, to_year)
        && to <= from
    {
        fields.fault("/toYear", format!("toYear {to} is not after fromYear {from}."));
    }
    Some(Command::CarryOverBudget(CarryOverBudget {
        project: project?,
        from_year: from_year?,
        to_year: to_year?,
        amount: amount?,
        decision: decision?,
        funder,
    }))
}

fn promise_cofinancing(draft: &mut Draft<'_, '_>) -> Option<PromiseCofinancing> {
    let fields = &mut *draft.fields;
    let project = fields.required("project", &ID);
    let funder = fields.required("funder", &FUNDER);
    let amount = fields.required("amount", &SIGNED);
    let share = fields.optional("share", &SHARE);
    let year = fields.optional("year", &YEAR);
    draft.details.document = fields.optional_text("document", &DETAIL);
    Some(PromiseCofinancing {
        project: project?,
        funder: funder?,
        amount: amount?,
        share,
        year,
    })
}

fn record_forecast(draft: &mut Draft<'_, '_>) -> Option<Command> {
    let fields = &mut *draft.fields;
    let project = fields.optional("project", &ID);
    let forecast_for = fields.required("forecastFor", &DATE);
    let amount = fields.required("amount", &POSITIVE);
    draft.details.explanation = fields.required("explanation", &DETAIL);
    Some(Command::RecordForecast(RecordForecast {
        project,
        forecast_for: forecast_for?,
        amount: amount?,
    }))
}

fn explain_figure(draft: &mut Draft<'_, '_>) -> Option<Command> {
    let fields = &mut *draft.fields;
    let project = fields.optional("project", &ID);
    let figure = fields.required("figure", &TEXT);
    draft.details.explanation = fields.required("explanation", &DETAIL);
    // Decided here, since the text is a detail: once it is destroyed the flag must still stand.
    let texts = [&figure, &draft.details.explanation];
    let source_contradiction = texts.into_iter().flatten().any(|text| says_contradiction(text));
    Some(Command::ExplainFigure(ExplainFigure {
        project,
        figure: figure?,
        source_contradiction,
    }))
}

fn project_and_decision(draft: &mut Draft<'_, '_>) -> (Option<Id>, Option<Decision>) {
    let project = draft.fields.required("project", &ID);
    (project, draft.fields.required("decision", &DECISION))
}

fn check_period(draft: &mut Draft<'_, '_>, starts_on: Option<Date>, ends_on: Option<Date>) {
    if let (Some(first), Some(last)) = (starts_on, ends_on)
        && last < first
    {
        draft
            .fields
            .fault("/endsOn", format!("endsOn {last} lies before startsOn {first}."));
    }
}

fn says_contradiction(text: &str) -> bool {
    text.as_bytes()
        .windows(SOURCE_CONTRADICTION.len())
        .any(|words| words.eq_ignore_ascii_case(SOURCE_CONTRADICTION.as_bytes()))
}
