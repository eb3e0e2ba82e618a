//! What each command of a region asks. `region` and the booking date are asked before.

mod forms;
mod rules;

use std::collections::BTreeMap;

use ledger_domain::region::{
    AdmitMunicipality, BudgetCosts, CloseRegionPeriod, Command, CorrectCost, DrawUpSettlement,
    EstablishRegion, ExplainRegion, InvoiceAdvance, MergeMunicipalities, RecordCost, ReverseCost,
};

use self::forms::{AMOUNTS, FIRST_OF_JANUARY, MUNICIPALITIES};
use super::{
    Ask, Draft, Kind,
    compound::{DECISION, TAGS},
    form::{DATE, DETAIL, ENTRY_ID, ID, MUNICIPALITY, POSITIVE, SIGNED, TEXT, YEAR},
};

const fn kind(
    name: &'static str,
    summary: &'static str,
    ask: fn(&mut Draft<'_, '_>) -> Option<Command>,
) -> Kind {
    Kind::new(name, summary, Ask::Region(ask))
}

/// Every command of a region, in the order of the README.
pub(super) const KINDS: &[Kind] = &[
    kind(
        "establishRegion",
        "Municipalities share costs through one executing body.",
        establish_region,
    ),
    kind(
        "admitMunicipality",
        "A municipality becomes a member, on a 1 January.",
        admit_municipality,
    )
    .dated_by("from", &FIRST_OF_JANUARY),
    kind(
        "mergeMunicipalities",
        "Members end and a successor takes over, on a 1 January.",
        merge_municipalities,
    )
    .dated_by("effectiveOn", &FIRST_OF_JANUARY),
    kind(
        "defineCostGroup",
        "The scope that one sharing rule covers.",
        rules::define_cost_group,
    ),
    kind(
        "setDistributionKey",
        "The weights of a key for a year: given, or the actual costs of earlier years.",
        rules::set_distribution_key,
    ),
    kind(
        "schedulePhaseOut",
        "The degree of solidarity per year; replaces the group's earlier schedule.",
        rules::schedule_phase_out,
    ),
    kind(
        "recordCost",
        "A cost of care; without a municipality a joint cost, always shared by key.",
        record_cost,
    ),
    kind(
        "correctCost",
        "A cost goes up or down by a new fact.",
        correct_cost,
    ),
    kind("reverseCost", "What is left of a cost is undone.", |draft| {
        let cost = draft.fields.required("cost", &ENTRY_ID);
        draft.details.reason = draft.fields.required("reason", &DETAIL);
        Some(Command::ReverseCost(ReverseCost { cost: cost? }))
    }),
    kind(
        "budgetCosts",
        "What a group is expected to cost in a year; replaces the earlier.",
        budget_costs,
    ),
    kind(
        "invoiceAdvance",
        "A municipality pays ahead on its budgeted share; negative is credited.",
        invoice_advance,
    ),
    kind(
        "drawUpSettlement",
        "The shares of a year minus what was advanced and settled.",
        draw_up_settlement,
    ),
    kind(
        "explainRegion",
        "A text that belongs to a figure.",
        explain_region,
    ),
    kind(
        "closeRegionPeriod",
        "No bookings on or before this day any more.",
        |draft| {
            Some(Command::CloseRegionPeriod(CloseRegionPeriod {
                through: draft.booking_date?,
            }))
        },
    )
    .dated_by("through", &DATE),
];

fn establish_region(draft: &mut Draft<'_, '_>) -> Option<Command> {
    let title = draft.fields.required("title", &TEXT);
    let body = draft.fields.required("body", &TEXT);
    Some(Command::EstablishRegion(EstablishRegion {
        region: draft.id.clone()?,
        title: title?,
        body: body?,
    }))
}

fn admit_municipality(draft: &mut Draft<'_, '_>) -> Option<Command> {
    let municipality = draft.fields.required("municipality", &MUNICIPALITY);
    let name = draft.fields.required("name", &TEXT);
    Some(Command::AdmitMunicipality(AdmitMunicipality {
        municipality: municipality?,
        name: name?,
        from: draft.booking_date?,
    }))
}

fn merge_municipalities(draft: &mut Draft<'_, '_>) -> Option<Command> {
    let fields = &mut *draft.fields;
    let from = fields.required("from", &MUNICIPALITIES);
    let into = fields.required("into", &MUNICIPALITY);
    let name = fields.required("name", &TEXT);
    if let (Some(from), Some(into)) = (&from, into)
        && from.contains(&into)
    {
        fields.fault(
            "/into",
            format!("{into} goes on as the successor: leave it out of from."),
        );
    }
    Some(Command::MergeMunicipalities(MergeMunicipalities {
        from: from?,
        into: into?,
        name: name?,
        effective_on: draft.booking_date?,
    }))
}

fn record_cost(draft: &mut Draft<'_, '_>) -> Option<Command> {
    let fields = &mut *draft.fields;
    let group = fields.required("group", &ID);
    let joint = !fields.has("municipality");
    let municipality = fields.optional("municipality", &MUNICIPALITY);
    let cost = fields.required("cost", &ENTRY_ID);
    let year = fields.required("year", &YEAR);
    let amount = fields.required("amount", &POSITIVE);
    let client = fields.optional_text("client", &TEXT);
    draft.details.document = fields.optional_text("document", &DETAIL);
    let taakveld = fields.optional_text("taakveld", &TEXT);
    let category = fields.optional_text("category", &TEXT);
    let tags = fields.optional("tags", &TAGS).unwrap_or_default();
    if joint && client.is_some() {
        fields.fault(
            "/client",
            "A cost without a municipality is a joint cost and has no client.",
        );
    }
    draft.details.client.clone_from(&client);
    Some(Command::RecordCost(RecordCost {
        group: group?,
        municipality,
        cost: cost?,
        year: year?,
        amount: amount?,
        client,
        taakveld,
        category,
        tags,
    }))
}

fn correct_cost(draft: &mut Draft<'_, '_>) -> Option<Command> {
    let fields = &mut *draft.fields;
    let cost = fields.required("cost", &ENTRY_ID);
    let correction = fields.required("correction", &ENTRY_ID);
    let amount = fields.required("amount", &SIGNED);
    draft.details.reason = fields.required("reason", &DETAIL);
    Some(Command::CorrectCost(CorrectCost {
        cost: cost?,
        correction: correction?,
        amount: amount?,
    }))
}

fn budget_costs(draft: &mut Draft<'_, '_>) -> Option<Command> {
    let fields = &mut *draft.fields;
    let group = fields.required("group", &ID);
    let year = fields.required("year", &YEAR);
    let amounts = fields.required("amounts", &AMOUNTS);
    let has_joint = fields.has("joint");
    let joint = fields.optional("joint", &POSITIVE);
    let decision = fields.required("decision", &DECISION);
    if !has_joint && amounts.as_ref().is_some_and(BTreeMap::is_empty) {
        fields.fault("/amounts", "A budget has at least one amount.");
    }
    Some(Command::BudgetCosts(BudgetCosts {
        group: group?,
        year: year?,
        amounts: amounts?,
        joint,
        decision: decision?,
    }))
}

fn invoice_advance(draft: &mut Draft<'_, '_>) -> Option<Command> {
    let fields = &mut *draft.fields;
    let year = fields.required("year", &YEAR);
    let municipality = fields.required("municipality", &MUNICIPALITY);
    let advance = fields.required("advance", &ENTRY_ID);
    let amount = fields.required("amount", &SIGNED);
    Some(Command::InvoiceAdvance(InvoiceAdvance {
        year: year?,
        municipality: municipality?,
        advance: advance?,
        amount: amount?,
    }))
}

fn draw_up_settlement(draft: &mut Draft<'_, '_>) -> Option<Command> {
    let fields = &mut *draft.fields;
    let year = fields.required("year", &YEAR);
    let settlement = fields.required("settlement", &ID);
    let decision = fields.required("decision", &DECISION);
    Some(Command::DrawUpSettlement(DrawUpSettlement {
        year: year?,
        settlement: settlement?,
        decision: decision?,
    }))
}

fn explain_region(draft: &mut Draft<'_, '_>) -> Option<Command> {
    let fields = &mut *draft.fields;
    let year = fields.required("year", &YEAR);
    let municipality = fields.optional("municipality", &MUNICIPALITY);
    let figure = fields.required("figure", &TEXT);
    draft.details.explanation = fields.required("explanation", &DETAIL);
    Some(Command::ExplainRegion(ExplainRegion {
        year: year?,
        municipality,
        figure: figure?,
    }))
}
