//! From the domain's events to stored data and back.

use ledger_domain::{
    DecidedBy, Decision, EntryId, Id,
    programme::{
        AllocateBudget, AmendAuthorisation, CarryOverBudget, Charge, ClosePeriod, CloseProgramme,
        CommitmentChanged, CommitmentEntered, DrawDown, EstablishProgramme, Event, ExpenditureCorrected,
        ExpenditurePosted, ExpenditureReversed, ExplainFigure, OpenProject, OverspendPolicy, ProjectClosed,
        PromiseCofinancing, ReceiveCofinancing, RecordForecast, Released, ReopenProject, TransferBudget,
    },
};

#[allow(
    clippy::wildcard_imports,
    reason = "the module's own frozen shapes, every one of them"
)]
use super::v1::*;
use crate::{
    event::{EntryKind, EventData},
    value::{Cents, Day, EntryName, MunicipalityCode, Name, Share},
};

fn name(id: &Id) -> Name {
    Name(id.clone())
}

fn entry(id: &EntryId) -> EntryName {
    EntryName(id.clone())
}

impl From<&Decision> for DecisionV1 {
    fn from(decision: &Decision) -> Self {
        let by = match decision.by {
            DecidedBy::Council => DecidedByV1::Council,
            DecidedBy::Executive => DecidedByV1::Executive,
            DecidedBy::Mandate => DecidedByV1::Mandate,
            DecidedBy::JointBody => DecidedByV1::JointBody,
        };
        Self {
            by,
            decided_on: Day(decision.decided_on),
            reference: decision.reference.clone(),
        }
    }
}

impl From<&DecisionV1> for Decision {
    fn from(decision: &DecisionV1) -> Self {
        let by = match decision.by {
            DecidedByV1::Council => DecidedBy::Council,
            DecidedByV1::Executive => DecidedBy::Executive,
            DecidedByV1::Mandate => DecidedBy::Mandate,
            DecidedByV1::JointBody => DecidedBy::JointBody,
        };
        Self {
            reference: decision.reference.clone(),
            by,
            decided_on: decision.decided_on.0,
        }
    }
}

fn charges_out(charges: &[Charge]) -> Vec<ChargeV1> {
    charges
        .iter()
        .map(|charge| ChargeV1 {
            amount: Cents(charge.amount),
            source: name(&charge.source),
        })
        .collect()
}

fn charges_in(charges: &[ChargeV1]) -> Vec<Charge> {
    charges
        .iter()
        .map(|charge| Charge {
            source: charge.source.0.clone(),
            amount: charge.amount.0,
        })
        .collect()
}

fn draw_down_out(draw_down: &DrawDown) -> DrawDownV1 {
    DrawDownV1 {
        charges: charges_out(&draw_down.charges),
        commitment: entry(&draw_down.commitment),
        year: draw_down.year,
    }
}

fn draw_down_in(draw_down: &DrawDownV1) -> DrawDown {
    DrawDown {
        commitment: draw_down.commitment.0.clone(),
        year: draw_down.year,
        charges: charges_in(&draw_down.charges),
    }
}

fn promise_out(programme: &Id, promise: &PromiseCofinancing) -> CofinancingPromisedV1 {
    CofinancingPromisedV1 {
        amount: Cents(promise.amount),
        funder: name(&promise.funder),
        programme: name(programme),
        project: name(&promise.project),
        share: promise.share.map(Share),
        year: promise.year,
    }
}

fn promise_in(promise: &CofinancingPromisedV1) -> PromiseCofinancing {
    PromiseCofinancing {
        project: promise.project.0.clone(),
        funder: promise.funder.0.clone(),
        amount: promise.amount.0,
        share: promise.share.as_ref().map(|share| share.0),
        year: promise.year,
    }
}

fn change_out(programme: &Id, change: &CommitmentChanged) -> CommitmentChangedV1 {
    CommitmentChangedV1 {
        amount: Cents(change.amount),
        charges: charges_out(&change.charges),
        commitment: entry(&change.commitment),
        overspend: Cents(change.overspend),
        programme: name(programme),
        project: name(&change.project),
        year: change.year,
    }
}

fn change_in(change: &CommitmentChangedV1) -> CommitmentChanged {
    CommitmentChanged {
        project: change.project.0.clone(),
        commitment: change.commitment.0.clone(),
        amount: change.amount.0,
        charges: charges_in(&change.charges),
        year: change.year,
        overspend: change.overspend.0,
    }
}

pub(in crate::event) fn from_domain(programme: &Id, event: &Event) -> EventData {
    let programme_name = || name(programme);
    match event {
        Event::ProgrammeEstablished(e) => EventData::ProgrammeEstablished(ProgrammeEstablishedV1 {
            authorised: Cents(e.authorised),
            decision: (&e.decision).into(),
            ends_on: Day(e.ends_on),
            municipality: MunicipalityCode(e.municipality),
            overspend: match e.overspend {
                OverspendPolicy::Refuse => OverspendV1::Refuse,
                OverspendPolicy::Explain => OverspendV1::Explain,
            },
            programme: programme_name(),
            starts_on: Day(e.starts_on),
            title: e.title.clone(),
        }),
        Event::AuthorisationAmended(e) => EventData::AuthorisationAmended(AuthorisationAmendedV1 {
            amount: Cents(e.amount),
            decision: (&e.decision).into(),
            programme: programme_name(),
        }),
        Event::ProjectOpened(e) => EventData::ProjectOpened(ProjectOpenedV1 {
            ends_on: e.ends_on.map(Day),
            follow_up_funding: e.follow_up_funding,
            law: e.law.clone(),
            programme: programme_name(),
            project: name(&e.project),
            starts_on: e.starts_on.map(Day),
            taakveld: e.taakveld.clone(),
            tags: e.tags.clone(),
            theme: e.theme.clone(),
            title: e.title.clone(),
        }),
        Event::ProjectReopened(e) => EventData::ProjectReopened(ProjectReopenedV1 {
            decision: (&e.decision).into(),
            programme: programme_name(),
            project: name(&e.project),
        }),
        Event::BudgetAllocated(e) => EventData::BudgetAllocated(BudgetAllocatedV1 {
            amount: Cents(e.amount),
            decision: (&e.decision).into(),
            programme: programme_name(),
            project: name(&e.project),
            year: e.year,
        }),
        Event::BudgetTransferred(e) => EventData::BudgetTransferred(BudgetTransferredV1 {
            amount: Cents(e.amount),
            decision: (&e.decision).into(),
            from_project: name(&e.from_project),
            programme: programme_name(),
            to_project: name(&e.to_project),
            year: e.year,
        }),
        Event::BudgetCarriedOver(e) => EventData::BudgetCarriedOver(BudgetCarriedOverV1 {
            amount: Cents(e.amount),
            decision: (&e.decision).into(),
            from_year: e.from_year,
            funder: e.funder.as_ref().map(name),
            programme: programme_name(),
            project: name(&e.project),
            to_year: e.to_year,
        }),
        Event::CommitmentEntered(e) => EventData::CommitmentEntered(CommitmentEnteredV1 {
            amount: Cents(e.amount),
            category: e.category.clone(),
            charges: charges_out(&e.charges),
            commitment: entry(&e.commitment),
            overspend: Cents(e.overspend),
            programme: programme_name(),
            project: name(&e.project),
            taakveld: e.taakveld.clone(),
            tags: e.tags.clone(),
            year: e.year,
        }),
        Event::CommitmentRaised(e) => EventData::CommitmentRaised(change_out(programme, e)),
        Event::CommitmentReleased(e) => EventData::CommitmentReleased(change_out(programme, e)),
        Event::ExpenditurePosted(e) => EventData::ExpenditurePosted(ExpenditurePostedV1 {
            amount: Cents(e.amount),
            category: e.category.clone(),
            charges: charges_out(&e.charges),
            commitment: e.commitment.as_ref().map(entry),
            drawn_down: e.drawn_down.as_ref().map(draw_down_out),
            expenditure: entry(&e.expenditure),
            overspend: Cents(e.overspend),
            programme: programme_name(),
            project: name(&e.project),
            taakveld: e.taakveld.clone(),
            tags: e.tags.clone(),
            year: e.year,
        }),
        Event::ExpenditureCorrected(e) => EventData::ExpenditureCorrected(ExpenditureCorrectedV1 {
            amount: Cents(e.amount),
            charges: charges_out(&e.charges),
            correction: entry(&e.correction),
            expenditure: entry(&e.expenditure),
            given_back: e.given_back.as_ref().map(draw_down_out),
            overspend: Cents(e.overspend),
            programme: programme_name(),
            project: name(&e.project),
            year: e.year,
        }),
        Event::ExpenditureReversed(e) => EventData::ExpenditureReversed(ExpenditureReversedV1 {
            amount: Cents(e.amount),
            charges: charges_out(&e.charges),
            expenditure: entry(&e.expenditure),
            given_back: e.given_back.as_ref().map(draw_down_out),
            programme: programme_name(),
            project: name(&e.project),
            year: e.year,
        }),
        Event::CofinancingExpected(e) => EventData::CofinancingExpected(promise_out(programme, e)),
        Event::CofinancingPledged(e) => EventData::CofinancingPledged(promise_out(programme, e)),
        Event::CofinancingReceived(e) => EventData::CofinancingReceived(CofinancingReceivedV1 {
            amount: Cents(e.amount),
            funder: name(&e.funder),
            programme: programme_name(),
            project: name(&e.project),
            receipt: entry(&e.receipt),
        }),
        Event::ForecastRecorded(e) => EventData::ForecastRecorded(ForecastRecordedV1 {
            amount: Cents(e.amount),
            forecast_for: Day(e.forecast_for),
            programme: programme_name(),
            project: e.project.as_ref().map(name),
        }),
        Event::FigureExplained(e) => EventData::FigureExplained(FigureExplainedV1 {
            figure: e.figure.clone(),
            programme: programme_name(),
            project: e.project.as_ref().map(name),
            source_contradiction: e.source_contradiction,
        }),
        Event::PeriodClosed(e) => EventData::PeriodClosed(PeriodClosedV1 {
            programme: programme_name(),
            through: Day(e.through),
        }),
        Event::ProjectClosed(e) => EventData::ProjectClosed(ProjectClosedV1 {
            decision: (&e.decision).into(),
            programme: programme_name(),
            project: name(&e.project),
            released: e
                .released
                .iter()
                .map(|r| ReleasedV1 {
                    amount: Cents(r.amount),
                    year: r.year,
                })
                .collect(),
        }),
        Event::ProgrammeClosed(e) => EventData::ProgrammeClosed(ProgrammeClosedV1 {
            decision: (&e.decision).into(),
            programme: programme_name(),
        }),
    }
}

pub(in crate::event) fn to_domain(data: &EventData) -> Option<Event> {
    Some(match data {
        EventData::ProgrammeEstablished(e) => Event::ProgrammeEstablished(EstablishProgramme {
            programme: e.programme.0.clone(),
            title: e.title.clone(),
            municipality: e.municipality.0,
            starts_on: e.starts_on.0,
            ends_on: e.ends_on.0,
            authorised: e.authorised.0,
            decision: (&e.decision).into(),
            overspend: match e.overspend {
                OverspendV1::Refuse => OverspendPolicy::Refuse,
                OverspendV1::Explain => OverspendPolicy::Explain,
            },
        }),
        EventData::AuthorisationAmended(e) => Event::AuthorisationAmended(AmendAuthorisation {
            amount: e.amount.0,
            decision: (&e.decision).into(),
        }),
        EventData::ProjectOpened(e) => Event::ProjectOpened(OpenProject {
            project: e.project.0.clone(),
            title: e.title.clone(),
            theme: e.theme.clone(),
            taakveld: e.taakveld.clone(),
            law: e.law.clone(),
            starts_on: e.starts_on.as_ref().map(|day| day.0),
            ends_on: e.ends_on.as_ref().map(|day| day.0),
            follow_up_funding: e.follow_up_funding,
            tags: e.tags.clone(),
        }),
        EventData::ProjectReopened(e) => Event::ProjectReopened(ReopenProject {
            project: e.project.0.clone(),
            decision: (&e.decision).into(),
        }),
        EventData::BudgetAllocated(e) => Event::BudgetAllocated(AllocateBudget {
            project: e.project.0.clone(),
            amount: e.amount.0,
            year: e.year,
            decision: (&e.decision).into(),
        }),
        EventData::BudgetTransferred(e) => Event::BudgetTransferred(TransferBudget {
            from_project: e.from_project.0.clone(),
            to_project: e.to_project.0.clone(),
            amount: e.amount.0,
            year: e.year,
            decision: (&e.decision).into(),
        }),
        EventData::BudgetCarriedOver(e) => Event::BudgetCarriedOver(CarryOverBudget {
            project: e.project.0.clone(),
            from_year: e.from_year,
            to_year: e.to_year,
            amount: e.amount.0,
            decision: (&e.decision).into(),
            funder: e.funder.as_ref().map(|funder| funder.0.clone()),
        }),
        EventData::CommitmentEntered(e) => Event::CommitmentEntered(CommitmentEntered {
            project: e.project.0.clone(),
            commitment: e.commitment.0.clone(),
            amount: e.amount.0,
            charges: charges_in(&e.charges),
            year: e.year,
            overspend: e.overspend.0,
            taakveld: e.taakveld.clone(),
            category: e.category.clone(),
            tags: e.tags.clone(),
        }),
        EventData::CommitmentRaised(e) => Event::CommitmentRaised(change_in(e)),
        EventData::CommitmentReleased(e) => Event::CommitmentReleased(change_in(e)),
        EventData::ExpenditurePosted(e) => Event::ExpenditurePosted(ExpenditurePosted {
            project: e.project.0.clone(),
            expenditure: e.expenditure.0.clone(),
            amount: e.amount.0,
            commitment: e.commitment.as_ref().map(|commitment| commitment.0.clone()),
            charges: charges_in(&e.charges),
            year: e.year,
            drawn_down: e.drawn_down.as_ref().map(draw_down_in),
            overspend: e.overspend.0,
            taakveld: e.taakveld.clone(),
            category: e.category.clone(),
            tags: e.tags.clone(),
        }),
        EventData::ExpenditureCorrected(e) => Event::ExpenditureCorrected(ExpenditureCorrected {
            project: e.project.0.clone(),
            expenditure: e.expenditure.0.clone(),
            correction: e.correction.0.clone(),
            amount: e.amount.0,
            charges: charges_in(&e.charges),
            year: e.year,
            given_back: e.given_back.as_ref().map(draw_down_in),
            overspend: e.overspend.0,
        }),
        EventData::ExpenditureReversed(e) => Event::ExpenditureReversed(ExpenditureReversed {
            project: e.project.0.clone(),
            expenditure: e.expenditure.0.clone(),
            amount: e.amount.0,
            charges: charges_in(&e.charges),
            year: e.year,
            given_back: e.given_back.as_ref().map(draw_down_in),
        }),
        EventData::CofinancingExpected(e) => Event::CofinancingExpected(promise_in(e)),
        EventData::CofinancingPledged(e) => Event::CofinancingPledged(promise_in(e)),
        EventData::CofinancingReceived(e) => Event::CofinancingReceived(ReceiveCofinancing {
            project: e.project.0.clone(),
            funder: e.funder.0.clone(),
            receipt: e.receipt.0.clone(),
            amount: e.amount.0,
        }),
        EventData::ForecastRecorded(e) => Event::ForecastRecorded(RecordForecast {
            project: e.project.as_ref().map(|project| project.0.clone()),
            forecast_for: e.forecast_for.0,
            amount: e.amount.0,
        }),
        EventData::FigureExplained(e) => Event::FigureExplained(ExplainFigure {
            project: e.project.as_ref().map(|project| project.0.clone()),
            figure: e.figure.clone(),
            source_contradiction: e.source_contradiction,
        }),
        EventData::PeriodClosed(e) => Event::PeriodClosed(ClosePeriod { through: e.through.0 }),
        EventData::ProjectClosed(e) => Event::ProjectClosed(ProjectClosed {
            project: e.project.0.clone(),
            decision: (&e.decision).into(),
            released: e
                .released
                .iter()
                .map(|r| Released {
                    year: r.year,
                    amount: r.amount.0,
                })
                .collect(),
        }),
        EventData::ProgrammeClosed(e) => Event::ProgrammeClosed(CloseProgramme {
            decision: (&e.decision).into(),
        }),
        // The data of other streams.
        _ => return None,
    })
}

pub(in crate::event) fn entry_keys(data: &EventData) -> Vec<(EntryKind, &str)> {
    match data {
        EventData::CommitmentEntered(e) => vec![(EntryKind::Commitment, e.commitment.0.as_str())],
        EventData::ExpenditurePosted(e) => vec![(EntryKind::Expenditure, e.expenditure.0.as_str())],
        EventData::ExpenditureCorrected(e) => vec![
            (EntryKind::Expenditure, e.expenditure.0.as_str()),
            (EntryKind::Correction, e.correction.0.as_str()),
        ],
        EventData::ExpenditureReversed(e) => vec![(EntryKind::Expenditure, e.expenditure.0.as_str())],
        EventData::CofinancingReceived(e) => vec![(EntryKind::Receipt, e.receipt.0.as_str())],
        _ => Vec::new(),
    }
}
