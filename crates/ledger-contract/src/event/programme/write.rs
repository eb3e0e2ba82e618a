//! From the domain's events to stored data.

use ledger_domain::{
    DecidedBy, Decision, EntryId, Id,
    programme::{Charge, CommitmentChanged, DrawDown, Event, OverspendPolicy, PromiseCofinancing},
};

#[allow(
    clippy::wildcard_imports,
    reason = "the module's own frozen shapes, every one of them"
)]
use super::v1::*;
use crate::{
    event::EventData,
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
            charges: charges(&e.charges),
            commitment: entry(&e.commitment),
            overspend: Cents(e.overspend),
            programme: programme_name(),
            project: name(&e.project),
            taakveld: e.taakveld.clone(),
            tags: e.tags.clone(),
            year: e.year,
        }),
        Event::CommitmentRaised(e) => EventData::CommitmentRaised(change(programme, e)),
        Event::CommitmentReleased(e) => EventData::CommitmentReleased(change(programme, e)),
        Event::ExpenditurePosted(e) => EventData::ExpenditurePosted(ExpenditurePostedV1 {
            amount: Cents(e.amount),
            category: e.category.clone(),
            charges: charges(&e.charges),
            commitment: e.commitment.as_ref().map(entry),
            drawn_down: e.drawn_down.as_ref().map(draw_down),
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
            charges: charges(&e.charges),
            correction: entry(&e.correction),
            expenditure: entry(&e.expenditure),
            given_back: e.given_back.as_ref().map(draw_down),
            overspend: Cents(e.overspend),
            programme: programme_name(),
            project: name(&e.project),
            year: e.year,
        }),
        Event::ExpenditureReversed(e) => EventData::ExpenditureReversed(ExpenditureReversedV1 {
            amount: Cents(e.amount),
            charges: charges(&e.charges),
            expenditure: entry(&e.expenditure),
            given_back: e.given_back.as_ref().map(draw_down),
            programme: programme_name(),
            project: name(&e.project),
            year: e.year,
        }),
        Event::CofinancingExpected(e) => EventData::CofinancingExpected(promise(programme, e)),
        Event::CofinancingPledged(e) => EventData::CofinancingPledged(promise(programme, e)),
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

fn charges(charges: &[Charge]) -> Vec<ChargeV1> {
    charges
        .iter()
        .map(|charge| ChargeV1 {
            amount: Cents(charge.amount),
            source: name(&charge.source),
        })
        .collect()
}

fn draw_down(draw_down: &DrawDown) -> DrawDownV1 {
    DrawDownV1 {
        charges: charges(&draw_down.charges),
        commitment: entry(&draw_down.commitment),
        year: draw_down.year,
    }
}

fn promise(programme: &Id, promise: &PromiseCofinancing) -> CofinancingPromisedV1 {
    CofinancingPromisedV1 {
        amount: Cents(promise.amount),
        funder: name(&promise.funder),
        programme: name(programme),
        project: name(&promise.project),
        share: promise.share.map(Share),
        year: promise.year,
    }
}

fn change(programme: &Id, change: &CommitmentChanged) -> CommitmentChangedV1 {
    CommitmentChangedV1 {
        amount: Cents(change.amount),
        charges: charges(&change.charges),
        commitment: entry(&change.commitment),
        overspend: Cents(change.overspend),
        programme: name(programme),
        project: name(&change.project),
        year: change.year,
    }
}
