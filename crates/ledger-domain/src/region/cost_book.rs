//! The costs of one group and year, by booking date: what shares are calculated from, at any date.

use super::{CostTable, MemberCost, Running, places::Places, running::minus};
use crate::{Date, Money, Municipality};
use std::collections::HashMap;

/// The booked costs of one group and year.
///
/// Holds sums per municipality and day, so that asking costs the same however many costs were booked. Only
/// with a stop-loss threshold it also holds the days of each client and municipality: which part of a cost lies above
/// the threshold depends on what was booked before it, and a back-dated cost rewrites its client's later days.
#[derive(Clone, Debug, Default)]
pub struct CostBook {
    threshold: Option<Money>,
    joint: Running,
    /// The municipalities of both tables.
    places: Places,
    actual: CostTable,
    /// What lies above the threshold, client by client; empty without a threshold.
    above: CostTable,
    /// Hashed: there can be a million.
    clients: HashMap<(u32, Municipality), Running>,
}

/// What a book holds, day by day: enough to make it again.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct BookedCosts {
    /// Costs without a user.
    pub joint: Vec<(Date, Money)>,
    /// Costs by the municipality that was named, by day.
    pub actual: Vec<(Date, Municipality, Money)>,
    /// What of them lies above the threshold; nothing without one.
    pub above: Vec<(Date, Municipality, Money)>,
    /// The costs of each client, by its number; nothing without a threshold.
    pub of_clients: Vec<(u32, Municipality, Date, Money)>,
}

/// Costs on or before a day.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Costs {
    /// Costs without a user.
    pub joint: Money,
    /// Costs by the municipality that was named, by code.
    pub by_municipality: Vec<(Municipality, MemberCost)>,
}

impl CostBook {
    /// An empty book; with a threshold only what a client costs above it is shared.
    pub fn new(threshold: Option<Money>) -> Self {
        Self {
            threshold,
            ..Self::default()
        }
    }

    /// Books a cost, or what a correction or reversal changes in one. Without a municipality it is a joint cost.
    pub fn record(
        &mut self,
        day: Date,
        municipality: Option<Municipality>,
        client_no: Option<u32>,
        amount: Money,
    ) {
        let Some(municipality) = municipality else {
            self.joint.add(day, amount);
            return;
        };
        let place = self.places.of(municipality);
        self.actual.add(day, place, amount);
        let (Some(threshold), Some(client_no)) = (self.threshold, client_no) else {
            return;
        };
        let client = self.clients.entry((client_no, municipality)).or_default();
        client.add(day, amount);
        // From `day` on the client's total is `amount` more than it was; what lies above the threshold changes by a
        // part of that, and that part changes only on the client's own later days.
        let mut changed = Money::ZERO;
        for (later, total) in client.from(day) {
            let change = minus(above(total, threshold), above(minus(total, amount), threshold));
            self.above.add(later, place, minus(change, changed));
            changed = change;
        }
    }

    /// What is booked on or before a day.
    pub fn as_of(&self, day: Date) -> Costs {
        let (actual, above) = (self.actual.through(day), self.above.through(day));
        let cost = |(municipality, place)| {
            let actual = at(&actual, place);
            let shared = self.threshold.map_or(actual, |_| at(&above, place));
            (municipality, MemberCost { actual, shared })
        };
        Costs {
            joint: self.joint.at(day),
            by_municipality: self.places.iter().map(cost).collect(),
        }
    }

    /// What it holds.
    pub fn booked(&self) -> BookedCosts {
        let of_clients = self.clients.iter().flat_map(|((client, municipality), amounts)| {
            let amounts = amounts.amounts();
            amounts.map(|(day, amount)| (*client, *municipality, day, amount))
        });
        let mut of_clients: Vec<_> = of_clients.collect();
        of_clients.sort_unstable();
        BookedCosts {
            joint: self.joint.amounts().collect(),
            actual: self.amounts(&self.actual),
            above: self.amounts(&self.above),
            of_clients,
        }
    }

    /// The amounts of a table, by day and code.
    fn amounts(&self, table: &CostTable) -> Vec<(Date, Municipality, Money)> {
        let places: Vec<_> = self.places.iter().collect();
        let mut amounts = Vec::new();
        for (day, row) in table.days() {
            let booked = places
                .iter()
                .map(|(municipality, place)| (day, *municipality, at(&row, *place)));
            amounts.extend(booked.filter(|(.., amount)| !amount.is_zero()));
        }
        amounts
    }

    /// A book that holds this.
    pub fn holding(threshold: Option<Money>, booked: &BookedCosts) -> Self {
        let mut book = Self::new(threshold);
        for (day, amount) in &booked.joint {
            book.joint.add(*day, *amount);
        }
        for (day, municipality, amount) in &booked.actual {
            book.actual.add(*day, book.places.of(*municipality), *amount);
        }
        for (day, municipality, amount) in &booked.above {
            book.above.add(*day, book.places.of(*municipality), *amount);
        }
        for (client, municipality, day, amount) in &booked.of_clients {
            let client = book.clients.entry((*client, *municipality)).or_default();
            client.add(*day, *amount);
        }
        book
    }

    /// All that is booked, whatever the date.
    pub fn whole(&self) -> Costs {
        self.as_of(Date::from_epoch_days(i32::MAX))
    }
}

/// The same costs, whichever municipality came first.
impl PartialEq for CostBook {
    fn eq(&self, other: &Self) -> bool {
        self.threshold == other.threshold && self.booked() == other.booked()
    }
}

impl Eq for CostBook {}

/// The amount of a place in a row; nothing beyond it.
fn at(row: &[Money], place: u16) -> Money {
    row.get(usize::from(place)).copied().unwrap_or_default()
}

/// The part of a client's total that lies above the threshold.
fn above(total: Money, threshold: Money) -> Money {
    minus(total, threshold).or_zero()
}
