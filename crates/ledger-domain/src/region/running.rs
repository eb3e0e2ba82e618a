//! Sums by booking date that answer "how much on or before this day" without going through what was booked.

use crate::{Date, Money};

/// A running total per day. A day costs 16 bytes however much was booked on it.
///
/// Totals are held at [`Money::MAX`] on either side: `decide` refuses what comes near it.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Running {
    days: Days,
}

/// Each day with bookings and the total after it, by day. Most clients have costs on one day alone, and there can be
/// millions of clients: one day takes no memory of its own.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
enum Days {
    #[default]
    None,
    One([(Date, Money); 1]),
    Many(Vec<(Date, Money)>),
}

impl Days {
    fn as_slice(&self) -> &[(Date, Money)] {
        match self {
            Self::None => &[],
            Self::One(day) => day,
            Self::Many(days) => days,
        }
    }

    fn as_mut_slice(&mut self) -> &mut [(Date, Money)] {
        match self {
            Self::None => &mut [],
            Self::One(day) => day,
            Self::Many(days) => days,
        }
    }

    fn insert(&mut self, at: usize, day: (Date, Money)) {
        if let Self::Many(days) = self {
            days.insert(at, day);
            return;
        }
        let mut days = self.as_slice().to_vec();
        if days.is_empty() {
            *self = Self::One([day]);
        } else {
            days.insert(at, day);
            *self = Self::Many(days);
        }
    }
}

impl Running {
    /// Books an amount on a day. Days after it rise along, so booking on the last day costs nothing extra.
    pub fn add(&mut self, day: Date, amount: Money) {
        if amount.is_zero() {
            return;
        }
        let at = self.through(day);
        let (earlier, later) = self.days.as_mut_slice().split_at_mut(at);
        for (_, total) in later {
            *total = plus(*total, amount);
        }
        match earlier.last_mut() {
            Some((known, total)) if *known == day => *total = plus(*total, amount),
            before => {
                let before = before.map_or(Money::ZERO, |(_, total)| *total);
                self.days.insert(at, (day, plus(before, amount)));
            }
        }
    }

    /// The total on or before a day.
    pub fn at(&self, day: Date) -> Money {
        let before = self
            .through(day)
            .checked_sub(1)
            .and_then(|at| self.days.as_slice().get(at));
        before.map_or(Money::ZERO, |(_, total)| *total)
    }

    /// The days with bookings from this day on, each with the total after it.
    pub fn from(&self, day: Date) -> impl Iterator<Item = (Date, Money)> {
        let days = self.days.as_slice();
        let at = days.partition_point(|(known, _)| *known < day);
        days.iter().skip(at).copied()
    }

    /// Each day on which something was booked that does not sum to zero, and the sum.
    pub fn amounts(&self) -> impl Iterator<Item = (Date, Money)> {
        let mut before = Money::ZERO;
        let amounts = self.days.as_slice().iter().map(move |(day, total)| {
            let amount = minus(*total, before);
            before = *total;
            (*day, amount)
        });
        amounts.filter(|(_, amount)| !amount.is_zero())
    }

    /// How many days of the list are on or before this day.
    fn through(&self, day: Date) -> usize {
        self.days.as_slice().partition_point(|(known, _)| *known <= day)
    }
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
