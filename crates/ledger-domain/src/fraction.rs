//! Exact fractions from 0 to 1.

use std::fmt;

/// A fraction from 0 to 1 in lowest terms; numerator and denominator are at most 1,000,000.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct Fraction {
    numerator: u32,
    denominator: u32,
}

impl Fraction {
    /// The largest numerator or denominator.
    pub const PART_MAX: u32 = 1_000_000;
    /// 0.
    pub const ZERO: Self = Self {
        numerator: 0,
        denominator: 1,
    };
    /// 1.
    pub const ONE: Self = Self {
        numerator: 1,
        denominator: 1,
    };

    /// The fraction in lowest terms, or none when it lies outside 0 to 1 or a part is too large.
    pub const fn new(numerator: u32, denominator: u32) -> Option<Self> {
        if denominator == 0 || numerator > denominator || denominator > Self::PART_MAX {
            return None;
        }
        let divisor = greatest_common_divisor(numerator, denominator);
        Some(Self {
            numerator: numerator / divisor,
            denominator: denominator / divisor,
        })
    }

    /// The part above the line, in lowest terms.
    pub const fn numerator(self) -> u32 {
        self.numerator
    }

    /// The part below the line, in lowest terms; never zero.
    pub const fn denominator(self) -> u32 {
        self.denominator
    }
}

const fn greatest_common_divisor(mut a: u32, mut b: u32) -> u32 {
    while b != 0 {
        (a, b) = (b, a % b);
    }
    a
}

/// Lowest terms: `2/3`, `1`, `0`.
impl fmt::Display for Fraction {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if self.denominator == 1 {
            write!(f, "{}", self.numerator)
        } else {
            write!(f, "{}/{}", self.numerator, self.denominator)
        }
    }
}
