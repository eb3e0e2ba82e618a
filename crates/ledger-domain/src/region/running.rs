//! Sums by booking date that answer "how much on or before this day" without going through what was booked.

use crate::{Date, Money};

/// A running total per day. A day costs 16 bytes however much was booked on it; a question costs a binary search.
///
/// Totals are held at [`Money::MAX`] on either side: `decide` refuses what comes near it.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Running(Vec<(Date, Money)>);

impl Running {
    /// Books an amount on a day. Days after it rise along, so booking on the last day costs nothing extra.
    pub fn add(&mut self, day: Date, amount: Money) {
        if amount.is_zero() {
            return;
        }
        let at = self.0.partition_point(|(known, _)| *known < day);
        if self.0.get(at).is_none_or(|(known, _)| *known != day) {
            let before = last(self.0.iter().take(at));
            self.0.insert(at, (day, before));
        }
        for (_, total) in self.0.iter_mut().skip(at) {
            *total = plus(*total, amount);
        }
    }

    /// The total on or before a day.
    pub fn at(&self, day: Date) -> Money {
        let at = self.0.partition_point(|(known, _)| *known <= day);
        last(self.0.iter().take(at))
    }

    /// The total of all days.
    pub fn total(&self) -> Money {
        last(self.0.iter())
    }

    /// The days with bookings from this day on, each with the total after it.
    pub fn from(&self, day: Date) -> impl Iterator<Item = (Date, Money)> {
        let at = self.0.partition_point(|(known, _)| *known < day);
        self.0.iter().skip(at).copied()
    }
}

fn last<'a>(mut days: impl DoubleEndedIterator<Item = &'a (Date, Money)>) -> Money {
    days.next_back().map_or(Money::ZERO, |(_, total)| *total)
}

/// The sum, held at [`Money::MAX`] on either side.
pub(crate) fn plus(left: Money, right: Money) -> Money {
    let sum = left.checked_add(right);
    sum.unwrap_or(if left.is_negative() {
        Money::MAX.negated()
    } else {
        Money::MAX
    })
}

/// The difference, held at [`Money::MAX`] on either side.
pub(crate) fn minus(left: Money, right: Money) -> Money {
    plus(left, right.negated())
}

/// The sum of all, held at [`Money::MAX`] on either side.
pub(crate) fn sum(amounts: impl IntoIterator<Item = Money>) -> Money {
    amounts.into_iter().fold(Money::ZERO, plus)
}
