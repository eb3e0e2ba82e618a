//! What a cost adds, and nothing else: shares are made of sums of these, whatever else its event tells.

use super::Event;
use crate::{Money, Municipality, Year};

/// What happened to a cost.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum CostChange {
    /// It was booked.
    Recorded,
    /// It went up or down.
    Corrected,
    /// What was left of it was undone.
    Reversed,
}

/// A change of a cost. Its names are borrowed, as those of [`EntryFact`](crate::programme::EntryFact) are.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct CostFact<'a> {
    /// What happened.
    pub change: CostChange,
    /// The group's id.
    pub group: &'a str,
    /// Who is responsible for it; none for a joint cost.
    pub municipality: Option<Municipality>,
    /// Its client's number.
    pub client_no: Option<u32>,
    /// The year of delivery.
    pub year: Year,
    /// Signed.
    pub amount: Money,
}

impl<'a> CostFact<'a> {
    /// The fact of a cost's event; none for other events.
    pub fn of(event: &'a Event) -> Option<Self> {
        Some(match event {
            Event::CostRecorded(e) => Self {
                change: CostChange::Recorded,
                group: e.group.as_str(),
                municipality: e.municipality,
                client_no: e.client_no,
                year: e.year,
                amount: e.amount,
            },
            Event::CostCorrected(e) => Self {
                change: CostChange::Corrected,
                group: e.group.as_str(),
                municipality: e.municipality,
                client_no: e.client_no,
                year: e.year,
                amount: e.amount,
            },
            Event::CostReversed(e) => Self {
                change: CostChange::Reversed,
                group: e.group.as_str(),
                municipality: e.municipality,
                client_no: e.client_no,
                year: e.year,
                amount: e.amount,
            },
            _ => return None,
        })
    }
}
