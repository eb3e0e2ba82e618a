//! Whole euro cents, checked.

use std::fmt;

use crate::Digits;

/// An amount of money in whole euro cents, within 15 digits before the point on either side of zero.
///
/// Every operation is checked: what does not fit is none, never wrapped or rounded.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Money(i64);

impl Money {
    /// Nothing.
    pub const ZERO: Self = Self(0);
    /// The largest amount: 999,999,999,999,999.99.
    pub const MAX: Self = Self(99_999_999_999_999_999);

    /// This many cents, or none beyond [`Money::MAX`] on either side.
    pub const fn from_cents(cents: i64) -> Option<Self> {
        if cents > Self::MAX.0 || cents < -Self::MAX.0 {
            None
        } else {
            Some(Self(cents))
        }
    }

    /// The amount in cents.
    pub const fn cents(self) -> i64 {
        self.0
    }

    /// The sum, or none when it does not fit.
    pub const fn checked_add(self, other: Self) -> Option<Self> {
        // Two amounts of 17 digits never overflow an i64; the bound is checked by from_cents.
        Self::from_cents(self.0 + other.0)
    }

    /// The difference, or none when it does not fit.
    pub const fn checked_sub(self, other: Self) -> Option<Self> {
        Self::from_cents(self.0 - other.0)
    }

    /// The sum of all, taken in 128 bits, or none when it does not fit.
    pub fn checked_sum(amounts: impl IntoIterator<Item = Self>) -> Option<Self> {
        let sum: i128 = amounts.into_iter().map(|amount| i128::from(amount.0)).sum();
        i64::try_from(sum).ok().and_then(Self::from_cents)
    }

    /// The same amount on the other side of zero.
    #[must_use]
    pub const fn negated(self) -> Self {
        Self(-self.0)
    }

    /// The amount without its sign.
    #[must_use]
    pub const fn abs(self) -> Self {
        Self(self.0.abs())
    }

    /// Whether the amount is above zero.
    pub const fn is_positive(self) -> bool {
        self.0 > 0
    }

    /// Whether the amount is below zero.
    pub const fn is_negative(self) -> bool {
        self.0 < 0
    }

    /// Whether the amount is zero.
    pub const fn is_zero(self) -> bool {
        self.0 == 0
    }

    /// The amount, or zero when it is below zero.
    #[must_use]
    pub const fn or_zero(self) -> Self {
        if self.0 < 0 { Self::ZERO } else { self }
    }
}

/// Two decimals and a minus sign where it is due, as everywhere in the contract: `-1234.50`.
impl fmt::Display for Money {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(Digits::default().money(*self).as_str())
    }
}
