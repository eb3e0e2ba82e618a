//! Arithmetic on who pays what: lists of charges, each source once, in byte order of the source.

use super::{Cents, Charge};
use crate::{Id, Money, apportion};

impl Charge {
    /// So much for this source.
    pub fn new(source: &Id, amount: Money) -> Self {
        let source = source.clone();
        Self { source, amount }
    }
}

/// The sum of all parts.
pub(crate) fn total(charges: &[Charge]) -> Cents {
    charges
        .iter()
        .map(|charge| Cents::from(charge.amount.cents()))
        .sum()
}

/// What `source` pays.
pub(crate) fn part_of(charges: &[Charge], source: &Id) -> Cents {
    let found = charges.iter().find(|charge| charge.source == *source);
    found.map_or(0, |charge| charge.amount.cents().into())
}

/// The same charges in byte order of the source.
pub(crate) fn sorted(charges: &[Charge]) -> Vec<Charge> {
    let mut charges = charges.to_vec();
    charges.sort_by(|one, other| one.source.cmp(&other.source));
    charges
}

/// The same charges on the other side of zero.
pub(crate) fn negated(charges: &[Charge]) -> Vec<Charge> {
    let negate = |charge: &Charge| Charge::new(&charge.source, charge.amount.negated());
    charges.iter().map(negate).collect()
}

/// Adds `more` source by source; parts that come to zero are left out.
pub(crate) fn add(charges: &mut Vec<Charge>, more: &[Charge]) {
    for Charge { source, amount } in more {
        let at = charges.partition_point(|known| known.source < *source);
        match charges.get_mut(at).filter(|known| known.source == *source) {
            // Parts of one entry stay within Money: decide refuses totals beyond it.
            Some(known) => known.amount = known.amount.checked_add(*amount).unwrap_or(Money::MAX),
            None => charges.insert(at, Charge::new(source, *amount)),
        }
    }
    charges.retain(|charge| !charge.amount.is_zero());
}

/// Takes `less` away source by source; parts that come to zero are left out.
pub(crate) fn subtract(charges: &mut Vec<Charge>, less: &[Charge]) {
    add(charges, &negated(less));
}

/// `amount` divided as `over` is; parts of zero are left out. Nothing when `over` holds nothing.
///
/// Takes no more of a source than it has, as long as `amount` is at most the sum of `over`: an exact share of a
/// whole part is below or at that part, and rounding up does not pass a whole cent.
pub(crate) fn in_proportion(amount: Money, over: &[Charge]) -> Vec<Charge> {
    let weights: Vec<u128> = over
        .iter()
        .map(|charge| u128::from(charge.amount.cents().unsigned_abs()))
        .collect();
    let parts = apportion(amount, &weights).unwrap_or_default();
    let charges = over.iter().zip(parts);
    charges
        .filter(|(_, part)| !part.is_zero())
        .map(|(charge, part)| Charge::new(&charge.source, part))
        .collect()
}
