//! Weights of a distribution key: inhabitants, youths, state grant, euros ... exact to a millionth.

use crate::{Money, Municipality};
use std::{collections::BTreeMap, fmt};

/// One weight in millionths, zero or more. Clients give at most 9 digits before the point; weights from costs are
/// euros and may have more.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Weight(u64);

impl Weight {
    /// Millionths in one.
    pub const SCALE: u64 = 1_000_000;

    /// This many millionths, or none when they do not fit a signed 64-bit integer.
    pub const fn from_micros(micros: u64) -> Option<Self> {
        if micros > i64::MAX.unsigned_abs() {
            None
        } else {
            Some(Self(micros))
        }
    }

    /// The weight in millionths.
    pub const fn micros(self) -> u64 {
        self.0
    }

    /// An amount as a weight in euros; below zero weighs nothing. None when it does not fit.
    pub fn of_money(amount: Money) -> Option<Self> {
        const MICROS_PER_CENT: u64 = Weight::SCALE / 100;
        let cents = u64::try_from(amount.or_zero().cents()).ok()?;
        cents.checked_mul(MICROS_PER_CENT).and_then(Self::from_micros)
    }

    /// Whether it weighs nothing.
    pub const fn is_zero(self) -> bool {
        self.0 == 0
    }
}

/// As few decimals as it takes: `20134`, `0.5`.
impl fmt::Display for Weight {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&decimal(u128::from(self.0)))
    }
}

fn decimal(micros: u128) -> String {
    let scale = u128::from(Weight::SCALE);
    let (whole, micros) = (micros / scale, micros % scale);
    if micros == 0 {
        return whole.to_string();
    }
    let decimals = format!("{micros:06}");
    format!("{whole}.{}", decimals.trim_end_matches('0'))
}

/// The weights of a key for one year, ready to divide by.
///
/// They are kept in their largest common unit: inhabitants as whole numbers and not as millionths, so that shares are
/// calculated with small numbers.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Weights {
    municipalities: Vec<Municipality>,
    parts: Vec<u64>,
    unit_micros: u64,
}

impl Weights {
    /// The weights, or none when none is above zero.
    pub fn new(weights: &BTreeMap<Municipality, Weight>) -> Option<Self> {
        let unit_micros = weights
            .values()
            .fold(0, |unit, weight| greatest_common_divisor(unit, weight.0));
        (unit_micros > 0).then(|| Self {
            municipalities: weights.keys().copied().collect(),
            parts: weights.values().map(|weight| weight.0 / unit_micros).collect(),
            unit_micros,
        })
    }

    /// Whose weights they are, by code.
    pub fn municipalities(&self) -> &[Municipality] {
        &self.municipalities
    }

    /// The weights by code, in a unit of their own.
    pub fn parts(&self) -> &[u64] {
        &self.parts
    }

    /// The sum of the weights as they were given, such as `461029`.
    pub fn total(&self) -> String {
        let parts: u128 = self.parts.iter().map(|part| u128::from(*part)).sum();
        decimal(parts * u128::from(self.unit_micros))
    }

    /// One municipality's weight as it was given.
    pub fn of(&self, municipality: Municipality) -> Option<Weight> {
        let at = self.municipalities.binary_search(&municipality).ok()?;
        self.parts.get(at).map(|part| Weight(part * self.unit_micros))
    }
}

const fn greatest_common_divisor(mut a: u64, mut b: u64) -> u64 {
    while b != 0 {
        (a, b) = (b, a % b);
    }
    a
}
