//! From stored data to the domain's events.

use ledger_domain::{
    DecidedBy, Decision,
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
use crate::event::{EntryKeys, EntryKind, EventData};

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
            charges: charges(&e.charges),
            year: e.year,
            overspend: e.overspend.0,
            taakveld: e.taakveld.clone(),
            category: e.category.clone(),
            tags: e.tags.clone(),
        }),
        EventData::CommitmentRaised(e) => Event::CommitmentRaised(change(e)),
        EventData::CommitmentReleased(e) => Event::CommitmentReleased(change(e)),
        EventData::ExpenditurePosted(e) => Event::ExpenditurePosted(ExpenditurePosted {
            project: e.project.0.clone(),
            expenditure: e.expenditure.0.clone(),
            amount: e.amount.0,
            commitment: e.commitment.as_ref().map(|commitment| commitment.0.clone()),
            charges: charges(&e.charges),
            year: e.year,
            drawn_down: e.drawn_down.as_ref().map(draw_down),
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
            charges: charges(&e.charges),
            year: e.year,
            given_back: e.given_back.as_ref().map(draw_down),
            overspend: e.overspend.0,
        }),
        EventData::ExpenditureReversed(e) => Event::ExpenditureReversed(ExpenditureReversed {
            project: e.project.0.clone(),
            expenditure: e.expenditure.0.clone(),
            amount: e.amount.0,
            charges: charges(&e.charges),
            year: e.year,
            given_back: e.given_back.as_ref().map(draw_down),
        }),
        EventData::CofinancingExpected(e) => Event::CofinancingExpected(promise(e)),
        EventData::CofinancingPledged(e) => Event::CofinancingPledged(promise(e)),
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

fn charges(charges: &[ChargeV1]) -> Vec<Charge> {
    charges
        .iter()
        .map(|charge| Charge {
            source: charge.source.0.clone(),
            amount: charge.amount.0,
        })
        .collect()
}

fn draw_down(draw_down: &DrawDownV1) -> DrawDown {
    DrawDown {
        commitment: draw_down.commitment.0.clone(),
        year: draw_down.year,
        charges: charges(&draw_down.charges),
    }
}

fn promise(promise: &CofinancingPromisedV1) -> PromiseCofinancing {
    PromiseCofinancing {
        project: promise.project.0.clone(),
        funder: promise.funder.0.clone(),
        amount: promise.amount.0,
        share: promise.share.as_ref().map(|share| share.0),
        year: promise.year,
    }
}

fn change(change: &CommitmentChangedV1) -> CommitmentChanged {
    CommitmentChanged {
        project: change.project.0.clone(),
        commitment: change.commitment.0.clone(),
        amount: change.amount.0,
        charges: charges(&change.charges),
        year: change.year,
        overspend: change.overspend.0,
    }
}

pub(in crate::event) fn entry_keys(data: &EventData) -> EntryKeys<'_> {
    match data {
        EventData::CommitmentEntered(e) => [Some((EntryKind::Commitment, e.commitment.0.as_str())), None],
        EventData::ExpenditurePosted(e) => [Some((EntryKind::Expenditure, e.expenditure.0.as_str())), None],
        EventData::ExpenditureCorrected(e) => [
            Some((EntryKind::Expenditure, e.expenditure.0.as_str())),
            Some((EntryKind::Correction, e.correction.0.as_str())),
        ],
        EventData::ExpenditureReversed(e) => [Some((EntryKind::Expenditure, e.expenditure.0.as_str())), None],
        EventData::CofinancingReceived(e) => [Some((EntryKind::Receipt, e.receipt.0.as_str())), None],
        _ => [None; 2],
    }
}
