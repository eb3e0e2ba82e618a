//! Costs: recorded, corrected, reversed.

use super::case::Case;
use crate::region::{
    CorrectCost, Cost, CostCorrected, CostRecorded, CostReversed, EntryKind, Event, Group, RecordCost,
    ReverseCost,
};
use crate::{Code, EntryId, Money, Refusal};

pub(super) fn record(mut case: Case, c: &RecordCost) -> Result<Event, Refusal> {
    if let Some(municipality) = c.municipality {
        case.member_of(c.year, municipality);
    }
    let group = case.group(&c.group)?;
    case.new_entry(EntryKind::Cost, &c.cost);
    case.in_range(c.year, [c.amount]);
    let client_no = c
        .client
        .as_deref()
        .map(|client| client_no(&case, group, c, client));
    case.finish(Event::CostRecorded(CostRecorded {
        group: c.group.clone(),
        municipality: c.municipality,
        cost: c.cost.clone(),
        year: c.year,
        amount: c.amount,
        client_no,
        taakveld: c.taakveld.clone(),
        category: c.category.clone(),
        tags: c.tags.clone(),
    }))
}

/// The client's number in this group and year; a new client gets the next.
fn client_no(case: &Case, group: &Group, c: &RecordCost, client: &str) -> u32 {
    let next = || {
        group
            .years
            .get(&c.year)
            .map_or(0, |year| year.clients)
            .saturating_add(1)
    };
    case.entries
        .client_no(&c.group, c.year, client)
        .unwrap_or_else(next)
}

pub(super) fn correct(mut case: Case, c: &CorrectCost) -> Result<Event, Refusal> {
    let cost = case.cost(&c.cost)?;
    case.new_entry(EntryKind::CostCorrection, &c.correction);
    may_change(&mut case, &c.cost, &cost);
    let after = cost.amount.checked_add(c.amount);
    case.checks
        .refuse_if(after.is_some_and(Money::is_negative), Code::BelowZero, || {
            format!(
                "Cost {} stands at {}, and {} would bring it below zero.",
                c.cost, cost.amount, c.amount
            )
        });
    case.in_range(cost.year, [c.amount]);
    case.finish(Event::CostCorrected(CostCorrected {
        cost: c.cost.clone(),
        correction: c.correction.clone(),
        amount: c.amount,
        group: cost.group,
        municipality: cost.municipality,
        year: cost.year,
        client_no: cost.client_no,
    }))
}

pub(super) fn reverse(mut case: Case, c: &ReverseCost) -> Result<Event, Refusal> {
    let cost = case.cost(&c.cost)?;
    may_change(&mut case, &c.cost, &cost);
    case.finish(Event::CostReversed(CostReversed {
        cost: c.cost.clone(),
        amount: cost.amount.negated(),
        group: cost.group,
        municipality: cost.municipality,
        year: cost.year,
        client_no: cost.client_no,
    }))
}

/// A cost changes on or after its own day, until it is reversed.
fn may_change(case: &mut Case, id: &EntryId, cost: &Cost) {
    let (date, entered) = (case.posting.booking_date, cost.booking_date);
    case.checks.refuse_if(date < entered, Code::DatedBeforeEntry, || {
        format!("Cost {id} is booked on {entered} and cannot change on {date}, before it.")
    });
    case.checks.refuse_if(cost.reversed, Code::AlreadyReversed, || {
        format!("Cost {id} was reversed and takes no further change.")
    });
}
