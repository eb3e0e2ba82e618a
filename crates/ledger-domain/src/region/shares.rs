//! The one calculation of cost shares: exact to the last step, rounded once.
//!
//! `share = (s * shared + J) * w / W + (1 - s) * shared_m + own_m`, where `shared_m` is what the members share by
//! degree `s` (all costs, or with a stop-loss threshold what lies above it per client), `own_m` the rest of a
//! member's costs and `J` the joint costs. The rounded shares sum to all costs.

use crate::{Fraction, Money, apportion::largest};
use num_bigint::BigInt;
use std::{
    cmp::Reverse,
    ops::{Add, Div, Mul, Sub},
};

/// One member's costs.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct MemberCost {
    /// Own use.
    pub actual: Money,
    /// The part of it that is shared by degree: all of it, or what lies above the threshold per client.
    pub shared: Money,
}

impl MemberCost {
    /// A cost of which all is shared by degree.
    pub const fn all_shared(actual: Money) -> Self {
        Self {
            actual,
            shared: actual,
        }
    }
}

/// What shares are calculated from. Lists are in the order of the members, by code.
#[derive(Clone, Copy, Debug)]
pub struct Basis<'a> {
    /// The degree of solidarity: 1 shares all by key, 0 by use.
    pub degree: Fraction,
    /// The members' weights in any unit, at least one above zero; none when the key is missing.
    pub weights: Option<&'a [u64]>,
    /// Costs without a user: always shared by key.
    pub joint: Money,
    /// The members' costs.
    pub costs: &'a [MemberCost],
}

/// One member's figures. What cannot be told without the missing key is none.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Share {
    /// Own use.
    pub actual_cost: Money,
    /// The part of the joint costs, by key.
    pub joint_share: Option<Money>,
    /// The share if the degree were 1.
    pub full_solidarity_share: Option<Money>,
    /// The share at the degree of the year.
    pub cost_share: Option<Money>,
    /// `actualCost + jointShare - costShare`: positive when the others pay along. Sums to zero.
    pub benefit: Option<Money>,
    /// The share of the budgeted costs of the year.
    pub budgeted_share: Option<Money>,
}

impl Basis<'_> {
    /// Each member's figures, in the order of the costs; without the budgeted share.
    pub fn shares(&self) -> Vec<Share> {
        let joint = self.joint_shares();
        let shares = self.cost_shares();
        let full = if self.degree == Fraction::ONE {
            shares.clone()
        } else {
            self.at_degree(Fraction::ONE).cost_shares()
        };
        let of = |list: &Option<Vec<Money>>, at| list.as_ref().and_then(|list| list.get(at).copied());
        let figures = |(at, cost): (usize, &MemberCost)| {
            let (joint_share, cost_share) = (of(&joint, at), of(&shares, at));
            Share {
                actual_cost: cost.actual,
                joint_share,
                full_solidarity_share: of(&full, at),
                cost_share,
                benefit: joint_share.zip(cost_share).and_then(|(joint, share)| {
                    cost.actual
                        .checked_add(joint)
                        .and_then(|sum| sum.checked_sub(share))
                }),
                budgeted_share: None,
            }
        };
        self.costs.iter().enumerate().map(figures).collect()
    }

    /// Each member's cost share; none when something is to be divided by the missing key, or an amount does not fit.
    pub fn cost_shares(&self) -> Option<Vec<Money>> {
        // Everything in units of one q-th cent, q being the denominator of the degree. These sums fit: a degree's
        // parts are at most 10^6 and an amount has at most 17 digits.
        let (p, q) = (
            i128::from(self.degree.numerator()),
            i128::from(self.degree.denominator()),
        );
        let cents = |amount: Money| i128::from(amount.cents());
        let shared: i128 = self.costs.iter().map(|cost| cents(cost.shared)).sum();
        let actual: i128 = self.costs.iter().map(|cost| cents(cost.actual)).sum();
        let by_key = p * shared + q * cents(self.joint);
        let by_use = |cost: &MemberCost| q * cents(cost.actual) - p * cents(cost.shared);
        let by_use: Vec<i128> = self.costs.iter().map(by_use).collect();
        if by_key == 0 && by_use.iter().all(|part| *part == 0) {
            return Some(vec![Money::ZERO; by_use.len()]);
        }

        let nothing_by_key = vec![0; by_use.len()];
        let (weights, sum) = match self.weights {
            Some(weights) => (weights, weights.iter().map(|weight| i128::from(*weight)).sum()),
            None if by_key == 0 => (nothing_by_key.as_slice(), 1),
            None => return None,
        };
        let exact = Exact {
            by_key,
            by_use: &by_use,
            weights,
            sum,
            denominator: q,
            total: actual + cents(self.joint),
        };
        let cents = match exact.bound() {
            Some(bound) if i64::try_from(bound).is_ok() => exact.rounded::<i64>(),
            Some(_) => exact.rounded::<i128>(),
            None => exact.rounded::<BigInt>(),
        };
        cents.into_iter().map(money).collect()
    }

    /// The same costs at another degree.
    const fn at_degree(&self, degree: Fraction) -> Self {
        Self { degree, ..*self }
    }

    /// Each member's part of the joint costs: what its share would be if there were no others.
    fn joint_shares(&self) -> Option<Vec<Money>> {
        let nothing = vec![MemberCost::default(); self.costs.len()];
        Basis {
            costs: &nothing,
            ..self.at_degree(Fraction::ONE)
        }
        .cost_shares()
    }
}

/// A number of a size that was found to do for a division: 64 bits for most, 128, or any. A division of 128 bits takes
/// several times that of 64, and there are thousands in a report.
pub(super) trait Number:
    Clone + Ord + Default + TryFrom<i128> + TryInto<i128> + Add<Output = Self> + Sub<Output = Self>
{
    /// This number, which is within the bound that the size was chosen for.
    fn of(number: i128) -> Self {
        Self::try_from(number).unwrap_or_default()
    }
}

impl Number for i64 {}
impl Number for i128 {}
impl Number for BigInt {}

/// Shares as exact fractions: `(by_key * weight + by_use * sum) / (denominator * sum)` cents.
struct Exact<'a> {
    by_key: i128,
    by_use: &'a [i128],
    weights: &'a [u64],
    sum: i128,
    denominator: i128,
    /// What the shares sum to, in cents.
    total: i128,
}

impl Exact<'_> {
    /// What no numerator, denominator or sum of them is beyond, on either side of zero; none when that leaves 128 bits.
    fn bound(&self) -> Option<i128> {
        let parts = self
            .by_use
            .iter()
            .fold(self.by_key.abs(), |sum, part| sum + part.abs());
        parts.max(self.denominator).checked_mul(self.sum)
    }

    /// The shares in whole cents: floored, the missing cents to the largest remainders. For a negative total, those of
    /// its absolute value, negated.
    fn rounded<T: Number>(&self) -> Vec<i128>
    where
        for<'a> &'a T: Mul<Output = T> + Div<Output = T>,
    {
        let sign = if self.total < 0 { -1 } else { 1 };
        let (sum, by_key) = (T::of(self.sum), T::of(sign * self.by_key));
        let numerator = |(by_use, weight): (&i128, &u64)| {
            &by_key * &T::of(i128::from(*weight)) + &T::of(sign * by_use) * &sum
        };
        let numerators = self.by_use.iter().zip(self.weights).map(numerator);
        let parts = round(sign * self.total, numerators, &(&T::of(self.denominator) * &sum));
        parts.into_iter().map(|cents| sign * cents).collect()
    }
}

/// Fractions of cents over one denominator in whole cents that sum to `total`, which is their sum or less than one cent
/// beside it: floored, the missing cents to the largest remainders, ties to the earlier.
pub(super) fn round<T: Number>(total: i128, numerators: impl Iterator<Item = T>, denominator: &T) -> Vec<i128>
where
    for<'a> &'a T: Mul<Output = T> + Div<Output = T>,
{
    let (zero, one, mut floored_sum) = (T::of(0), T::of(1), 0);
    let (mut parts, mut remainders) = (Vec::new(), Vec::new());
    for (index, numerator) in numerators.enumerate() {
        let mut floor = &numerator / denominator;
        let mut remainder = numerator - &floor * denominator;
        if remainder < zero {
            (floor, remainder) = (floor - one.clone(), remainder + denominator.clone());
        }
        // A share lies within the sum of all amounts, which fits.
        let cents: i128 = floor.try_into().unwrap_or_default();
        floored_sum += cents;
        parts.push(cents);
        remainders.push((Reverse(remainder), index));
    }
    let missing = u64::try_from(total - floored_sum).unwrap_or_default();
    for index in largest(missing, remainders) {
        if let Some(part) = parts.get_mut(index) {
            *part += 1;
        }
    }
    parts
}

pub(super) fn money(cents: i128) -> Option<Money> {
    i64::try_from(cents).ok().and_then(Money::from_cents)
}
