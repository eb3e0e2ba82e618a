//! The costs of one group and year, by booking date: what shares are calculated from, at any date.

use super::{MemberCost, Running, running::minus};
use crate::{Date, Money, Municipality};
use std::collections::BTreeMap;

/// The booked costs of one group and year.
///
/// Holds a running total per municipality and day, so that asking costs the same however many costs were booked. Only
/// with a stop-loss threshold it also holds the days of each client and municipality: which part of a cost lies above
/// the threshold depends on what was booked before it, and a back-dated cost rewrites its client's later days.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct CostBook {
    threshold: Option<Money>,
    joint: Running,
    accounts: BTreeMap<Municipality, Account>,
    clients: BTreeMap<(u32, Municipality), Running>,
}

/// One municipality's costs.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
struct Account {
    actual: Running,
    /// What lies above the threshold, client by client; empty without a threshold.
    above: Running,
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
        let account = self.accounts.entry(municipality).or_default();
        account.actual.add(day, amount);
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
            account.above.add(later, minus(change, changed));
            changed = change;
        }
    }

    /// What is booked on or before a day.
    pub fn as_of(&self, day: Date) -> Costs {
        self.read(|running| running.at(day))
    }

    /// All that is booked, whatever the date.
    pub fn whole(&self) -> Costs {
        self.read(Running::total)
    }

    fn read(&self, total: impl Fn(&Running) -> Money) -> Costs {
        let cost = |account: &Account| {
            let actual = total(&account.actual);
            let shared = self.threshold.map_or(actual, |_| total(&account.above));
            MemberCost { actual, shared }
        };
        Costs {
            joint: total(&self.joint),
            by_municipality: self
                .accounts
                .iter()
                .map(|(municipality, account)| (*municipality, cost(account)))
                .collect(),
        }
    }
}

/// The part of a client's total that lies above the threshold.
fn above(total: Money, threshold: Money) -> Money {
    minus(total, threshold).or_zero()
}
