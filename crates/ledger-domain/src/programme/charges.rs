//! Arithmetic on who pays what: lists of charges, each source once, in byte order of the source.

use crate::{Id, Money, apportion, programme::Charge};

/// The sum in cents; 128 bits, so that no list overflows it.
pub(crate) fn total(charges: &[Charge]) -> i128 {
    charges
        .iter()
        .map(|charge| i128::from(charge.amount.cents()))
        .sum()
}

/// What `source` pays.
pub(crate) fn part_of(charges: &[Charge], source: &Id) -> Money {
    let found = charges.iter().find(|charge| charge.source == *source);
    found.map_or(Money::ZERO, |charge| charge.amount)
}

/// The parts of both, source by source; parts that come to zero are left out.
///
/// A part that would pass [`Money::MAX`] is held there: `decide` refuses what comes near it.
pub(crate) fn sum(left: &[Charge], right: &[Charge]) -> Vec<Charge> {
    let mut all: Vec<Charge> = left.to_vec();
    for charge in right {
        match all.binary_search_by(|known| known.source.cmp(&charge.source)) {
            Ok(at) => {
                if let Some(known) = all.get_mut(at) {
                    known.amount = known.amount.checked_add(charge.amount).unwrap_or(Money::MAX);
                }
            }
            Err(at) => all.insert(at, charge.clone()),
        }
    }
    all.retain(|charge| !charge.amount.is_zero());
    all
}

/// The same charges on the other side of zero.
pub(crate) fn negated(charges: &[Charge]) -> Vec<Charge> {
    let negate = |charge: &Charge| Charge {
        source: charge.source.clone(),
        amount: charge.amount.negated(),
    };
    charges.iter().map(negate).collect()
}

/// `amount` divided as `over` is; parts of zero are left out. Nothing when `over` holds nothing.
///
/// Never takes more of a source than it has while `amount` is at most the sum of `over`.
pub(crate) fn in_proportion(amount: Money, over: &[Charge]) -> Vec<Charge> {
    let weights: Vec<u128> = over
        .iter()
        .map(|charge| u128::from(charge.amount.cents().unsigned_abs()))
        .collect();
    let parts = apportion(amount, &weights).unwrap_or_default();
    over.iter()
        .zip(parts)
        .filter(|(_, part)| !part.is_zero())
        .map(|(charge, amount)| Charge {
            source: charge.source.clone(),
            amount,
        })
        .collect()
}
