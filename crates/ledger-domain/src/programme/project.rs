//! One project of a programme: its own budget, and the funders that pay along.

use super::{Cents, Parts, PromiseCofinancing, YearBound};
use crate::{Fraction, Id, Year};
use std::collections::BTreeMap;

/// The balances of one project.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Project {
    pub(super) closed: bool,
    /// Sum of all allocations, which reports show beside the budget and which so must stay within range.
    pub(super) allocated: Cents,
    pub(super) own: YearBound,
    pub(super) funders: BTreeMap<Id, Funder>,
    /// The open parts of its commitments, of all sources.
    pub(super) committed: Cents,
}

impl Project {
    /// Whether it is closed: it takes only receipts and explanations.
    pub fn is_closed(&self) -> bool {
        self.closed
    }

    /// Own budget; used is `spentOwn + committedOwn`.
    pub fn own(&self) -> &YearBound {
        &self.own
    }

    /// Everyone who is expected to pay along or pledged to, in byte order of the id.
    pub fn funders(&self) -> impl Iterator<Item = (&Id, &Funder)> {
        self.funders.iter()
    }

    /// The balance that a source of charges pays from; none for a funder that is neither expected nor pledged.
    pub fn balance(&self, source: &Id) -> Option<&YearBound> {
        if source.is_programme() {
            Some(&self.own)
        } else {
            self.funders.get(source).map(|funder| &funder.pledges)
        }
    }

    /// Entries of a year use so much more of each source, or less with a sign of -1.
    pub(super) fn spend(&mut self, year: Year, parts: &Parts<'_>, sign: Cents) {
        for (funder, amount) in parts.iter() {
            let balance = match funder {
                None => Some(&mut self.own),
                Some(funder) => self.funders.get_mut(funder).map(|funder| &mut funder.pledges),
            };
            if let Some(balance) = balance {
                balance.spend(year, sign * Cents::from(amount.cents()));
            }
        }
    }
}

/// One funder of one project.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Funder {
    pub(super) expected: BTreeMap<Option<Year>, Cents>,
    pub(super) pledges: YearBound,
    pub(super) received: Cents,
    /// The last share per binding, in the order in which they were given.
    pub(super) shares: Vec<(Option<Year>, Fraction)>,
}

impl Funder {
    /// What is expected, bound to this year or multi-year.
    pub fn expected(&self, year: Option<Year>) -> Cents {
        self.expected.get(&year).copied().unwrap_or(0)
    }

    /// Pledges; used is `charged + reserved`.
    pub fn pledges(&self) -> &YearBound {
        &self.pledges
    }

    /// Received less repaid.
    pub fn received(&self) -> Cents {
        self.received
    }

    /// The share that holds for entries of this year: the last given of those bound to it and the multi-year one.
    /// Asked without a year, the share of a year that no share is bound to.
    pub fn share(&self, year: Option<Year>) -> Option<Fraction> {
        let holds = |(bound, _): &&(Option<Year>, Fraction)| bound.is_none() || *bound == year;
        self.shares.iter().rev().find(holds).map(|(_, share)| *share)
    }

    pub(super) fn expect(&mut self, promise: &PromiseCofinancing) {
        *self.expected.entry(promise.year).or_default() += Cents::from(promise.amount.cents());
        self.give_share(promise);
    }

    pub(super) fn pledge(&mut self, promise: &PromiseCofinancing) {
        self.pledges.bind(promise.year, promise.amount.cents().into());
        self.give_share(promise);
    }

    pub(super) fn give_share(&mut self, promise: &PromiseCofinancing) {
        if let Some(share) = promise.share {
            self.shares.retain(|(bound, _)| *bound != promise.year);
            self.shares.push((promise.year, share));
        }
    }

    /// A pledge that moves to a later year takes its share along, unless that year has a share of its own. It keeps
    /// its place in the order, so that a multi-year share given since still holds.
    pub(super) fn carry_share(&mut self, from: Year, to: Year) {
        if self.shares.iter().any(|(bound, _)| *bound == Some(to)) {
            return;
        }
        let mut given = self.shares.iter().enumerate();
        if let Some((at, (_, share))) = given.find(|(_, (bound, _))| *bound == Some(from)) {
            self.shares.insert(at, (Some(to), *share));
        }
    }
}
