//! Entries as a region's rules see them: the state of one cost, looked up by its id, and the numbers of clients.
//!
//! A region can have a million costs, so its state does not hold them. Whoever calls `decide` finds a cost's events
//! under the keys that [`Event::entry_keys`] names and folds them here.

use super::{CostRecorded, Event};
use crate::{Date, EntryId, Id, Money, Municipality, Year, region::running::plus};
use std::collections::{HashMap, HashSet};

/// The kinds of entries; an id is unique per kind in its region.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum EntryKind {
    /// A booked cost.
    Cost,
    /// A correction of a cost.
    CostCorrection,
    /// An advance.
    Advance,
}

/// Finds the entries of one region.
pub trait Entries {
    /// The cost, folded from every event under its key.
    fn cost(&self, id: &EntryId) -> Option<Cost>;
    /// Whether an entry of this kind has this id.
    fn is_taken(&self, kind: EntryKind, id: &EntryId) -> bool;
    /// The number of a client who has costs in this group and year; the pseudonym is a detail of those costs.
    fn client_no(&self, group: &Id, year: Year, client: &str) -> Option<u32>;
}

/// One cost with all that was corrected and reversed.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Cost {
    /// Its group.
    pub group: Id,
    /// Who is responsible for it; none for a joint cost.
    pub municipality: Option<Municipality>,
    /// The year of delivery.
    pub year: Year,
    /// Its client's number.
    pub client_no: Option<u32>,
    /// Corrections and reversals are not dated before this day.
    pub booking_date: Date,
    /// What it stands at now: never below zero.
    pub amount: Money,
    /// Whether it was reversed; a reversed cost takes no corrections.
    pub reversed: bool,
}

impl Cost {
    /// Folds one event found under this cost's key; other events change nothing.
    #[must_use]
    pub fn evolve(state: Option<Self>, booking_date: Date, event: &Event) -> Option<Self> {
        match (state, event) {
            (_, Event::CostRecorded(recorded)) => Some(Self::recorded(booking_date, recorded)),
            (Some(mut cost), Event::CostCorrected(corrected)) => {
                cost.amount = plus(cost.amount, corrected.amount);
                Some(cost)
            }
            (Some(mut cost), Event::CostReversed(reversed)) => {
                cost.amount = plus(cost.amount, reversed.amount);
                cost.reversed = true;
                Some(cost)
            }
            (state, _) => state,
        }
    }

    fn recorded(booking_date: Date, recorded: &CostRecorded) -> Self {
        Self {
            group: recorded.group.clone(),
            municipality: recorded.municipality,
            year: recorded.year,
            client_no: recorded.client_no,
            booking_date,
            amount: recorded.amount,
            reversed: false,
        }
    }
}

impl Event {
    /// The entries that this event makes or changes: whoever finds events by these keys can fold every entry.
    pub fn entry_keys(&self) -> impl Iterator<Item = (EntryKind, &EntryId)> {
        let keys = match self {
            Self::CostRecorded(event) => [Some((EntryKind::Cost, &event.cost)), None],
            Self::CostCorrected(event) => [
                Some((EntryKind::Cost, &event.cost)),
                Some((EntryKind::CostCorrection, &event.correction)),
            ],
            Self::CostReversed(event) => [Some((EntryKind::Cost, &event.cost)), None],
            Self::AdvanceInvoiced(event) => [Some((EntryKind::Advance, &event.advance)), None],
            _ => [None, None],
        };
        keys.into_iter().flatten()
    }
}

/// Every entry of one region in memory: for tests and small tools.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct EntryMap {
    costs: HashMap<EntryId, Cost>,
    others: HashSet<(EntryKind, EntryId)>,
    clients: HashMap<(Id, Year, String), u32>,
}

impl EntryMap {
    /// Folds one event of the region, with the pseudonym among its details.
    pub fn apply(&mut self, booking_date: Date, event: &Event, client: Option<&str>) {
        for (kind, id) in event.entry_keys() {
            if kind == EntryKind::Cost {
                let folded = Cost::evolve(self.costs.remove(id), booking_date, event);
                self.costs.extend(folded.map(|cost| (id.clone(), cost)));
            } else {
                self.others.insert((kind, id.clone()));
            }
        }
        if let (Event::CostRecorded(cost), Some(client)) = (event, client) {
            let key = (cost.group.clone(), cost.year, client.to_owned());
            self.clients.extend(cost.client_no.map(|number| (key, number)));
        }
    }
}

impl Entries for EntryMap {
    fn cost(&self, id: &EntryId) -> Option<Cost> {
        self.costs.get(id).cloned()
    }

    fn is_taken(&self, kind: EntryKind, id: &EntryId) -> bool {
        match kind {
            EntryKind::Cost => self.costs.contains_key(id),
            EntryKind::CostCorrection | EntryKind::Advance => self.others.contains(&(kind, id.clone())),
        }
    }

    fn client_no(&self, group: &Id, year: Year, client: &str) -> Option<u32> {
        self.clients
            .get(&(group.clone(), year, client.to_owned()))
            .copied()
    }
}
