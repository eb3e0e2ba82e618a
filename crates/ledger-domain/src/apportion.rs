//! One division for everything: floor every share, then hand the missing cents to the largest remainders.

use crate::Money;
use num_bigint::BigUint;
use std::{
    cmp::Reverse,
    ops::{Div, Mul, Sub},
};

/// Divides `total` over `weights` (any unit, at least one above zero) so that the parts sum to the total exactly.
///
/// Parts are given in the order of the weights; ties between equal remainders go to the earlier weight, so callers
/// pass them in byte order of the id. None when no weight is above zero. A negative total gives the parts of its
/// absolute value, negated.
pub fn apportion(total: Money, weights: &[u128]) -> Option<Vec<Money>> {
    let cents = total.cents().unsigned_abs();
    let sum = weights
        .iter()
        .try_fold(0_u128, |sum, weight| sum.checked_add(*weight));
    // No product of the total and one weight is larger than that of the total and their sum: one check for all.
    match sum.filter(|sum| sum.checked_mul(u128::from(cents)).is_some()) {
        Some(0) => None,
        Some(sum) => signed(total, largest_remainder(cents, weights, &sum)),
        None => apportion_exact(
            total,
            &weights.iter().copied().map(BigUint::from).collect::<Vec<_>>(),
        ),
    }
}

/// [`apportion`] for weights of any size, such as exact rationals brought on one denominator.
pub fn apportion_exact(total: Money, weights: &[BigUint]) -> Option<Vec<Money>> {
    let sum: BigUint = weights.iter().sum();
    if sum == BigUint::ZERO {
        return None;
    }
    signed(
        total,
        largest_remainder(total.cents().unsigned_abs(), weights, &sum),
    )
}

/// The parts in cents. Callers see to it that `sum` is above zero and that no product overflows.
fn largest_remainder<T>(total: u64, weights: &[T], sum: &T) -> Vec<u64>
where
    T: Ord + From<u64> + TryInto<u64>,
    for<'a> &'a T: Mul<Output = T> + Div<Output = T> + Sub<Output = T>,
{
    let scale = T::from(total);
    let mut remainders = Vec::with_capacity(weights.len());
    let mut parts = Vec::with_capacity(weights.len());
    let mut missing = total;
    for (index, weight) in weights.iter().enumerate() {
        let share = &scale * weight;
        let floor = &share / sum;
        // Not the remainder operator: a second division of 128 bits costs more than all else here.
        remainders.push((Reverse(&share - &(&floor * sum)), index));
        // A floored part is at most the total, which is a u64, so this conversion always succeeds.
        let floor = floor.try_into().unwrap_or(total);
        missing -= floor;
        parts.push(floor);
    }
    for index in largest(missing, remainders) {
        if let Some(part) = parts.get_mut(index) {
            *part += 1;
        }
    }
    parts
}

/// Which parts get one of the missing cents: those with the largest remainders, ties to the earlier part.
///
/// Fewer cents are missing than there are remainders above zero, so nobody gets two.
pub(crate) fn largest<T: Ord>(
    missing: u64,
    mut remainders: Vec<(Reverse<T>, usize)>,
) -> impl Iterator<Item = usize> {
    let missing = usize::try_from(missing)
        .unwrap_or(usize::MAX)
        .min(remainders.len());
    if (1..remainders.len()).contains(&missing) {
        // Who they are is enough: their order among themselves decides nothing.
        remainders.select_nth_unstable(missing);
    }
    remainders.truncate(missing);
    remainders.into_iter().map(|(_, index)| index)
}

/// The parts as money, on the total's side of zero.
fn signed(total: Money, parts: Vec<u64>) -> Option<Vec<Money>> {
    let money = |part: u64| {
        let amount = Money::from_cents(i64::try_from(part).ok()?)?;
        Some(if total.is_negative() {
            amount.negated()
        } else {
            amount
        })
    };
    parts.into_iter().map(money).collect()
}
