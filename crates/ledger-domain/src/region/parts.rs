//! What a share consists of: costs or steps of the calculation, each with the cents that it brings into the share.

use super::shares::{Basis, Number, money, round};
use crate::Money;
use num_bigint::BigInt;
use std::ops::{Div, Mul};

/// Amounts that come into one member's share, by how they come in. A cost of the member that is shared by degree comes
/// in by key and by use; one of another member by key alone.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Part {
    /// Times the degree, by key.
    pub by_key: Money,
    /// By key, whatever the degree: joint costs.
    pub joint: Money,
    /// Times what the degree leaves.
    pub by_use: Money,
    /// Whole.
    pub own: Money,
}

/// No part has more cents than this in its four amounts together.
const AMOUNTS_MAX: i128 = 4 * Money::MAX.cents() as i128;

impl Basis<'_> {
    /// Divides the share of the member at this place over all parts that make it, so that they sum to it exactly: each
    /// part rounded down, the missing cents to the largest remainders, ties to the earlier.
    ///
    /// None when the parts together need the missing key. `share` is the member's, at this basis' degree.
    pub fn divide_share(&self, at: usize, share: Money, parts: &[Part]) -> Option<Vec<Money>> {
        let (p, q) = (
            i128::from(self.degree.numerator()),
            i128::from(self.degree.denominator()),
        );
        let cents = |amount: Money| i128::from(amount.cents());
        let by_key: i128 = parts
            .iter()
            .map(|part| p * cents(part.by_key) + q * cents(part.joint))
            .sum();
        let (weight, sum) = match self.weights {
            Some(weights) => (
                i128::from(*weights.get(at)?),
                weights.iter().map(|weight| i128::from(*weight)).sum(),
            ),
            None if by_key == 0 => (0, 1_i128),
            None => return None,
        };
        let ratio = Ratio {
            by_key: p * weight,
            joint: q * weight,
            by_use: (q - p) * sum,
            own: q * sum,
        };
        // Every factor is at most `own`, as no weight is above the sum.
        let cents = if ratio.own.checked_mul(AMOUNTS_MAX).is_some() {
            ratio.rounded::<i128>(share, parts)
        } else {
            ratio.rounded::<BigInt>(share, parts)
        };
        cents.into_iter().map(money).collect()
    }
}

/// How many of `own` units each amount counts for.
struct Ratio {
    by_key: i128,
    joint: i128,
    by_use: i128,
    own: i128,
}

impl Ratio {
    fn rounded<T: Number>(&self, share: Money, parts: &[Part]) -> Vec<i128>
    where
        for<'a> &'a T: Mul<Output = T> + Div<Output = T>,
    {
        let [by_key, joint, by_use, own] = [self.by_key, self.joint, self.by_use, self.own].map(T::of);
        let times = |amount: Money, factor: &T| &T::of(i128::from(amount.cents())) * factor;
        let numerator = |part: &Part| {
            times(part.by_key, &by_key)
                + times(part.joint, &joint)
                + times(part.by_use, &by_use)
                + times(part.own, &own)
        };
        round(i128::from(share.cents()), parts.iter().map(numerator), &own)
    }
}
