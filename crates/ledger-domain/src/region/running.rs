//! Sums by booking date that answer "how much on or before this day" without going through what was booked.

use crate::{Date, Money};

/// Where days are expected in a list by their place between the first and the last, give or take this many.
const GUESS_PLACES: usize = 8;

/// A running total per day. A day costs 16 bytes however much was booked on it.
///
/// Totals are held at [`Money::MAX`] on either side: `decide` refuses what comes near it.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Running {
    /// Each day with bookings and the total after it, by day.
    days: Vec<(Date, Money)>,
    /// The first and the last day, kept here so that a question reads one place of the list and not three.
    span: Option<(Date, Date)>,
    /// The total of all days.
    total: Money,
}

impl Running {
    /// Books an amount on a day. Days after it rise along, so booking on the last day costs nothing extra.
    pub fn add(&mut self, day: Date, amount: Money) {
        if amount.is_zero() {
            return;
        }
        self.total = plus(self.total, amount);
        let (first, last) = self.span.unwrap_or((day, day));
        self.span = Some((first.min(day), last.max(day)));
        let at = self.through(day);
        let (earlier, later) = self.days.split_at_mut(at);
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
        // Most questions are about today, after all that is booked.
        if self.span.is_none_or(|(_, last)| last <= day) {
            return self.total;
        }
        let before = self.through(day).checked_sub(1).and_then(|at| self.days.get(at));
        before.map_or(Money::ZERO, |(_, total)| *total)
    }

    /// The total of all days.
    pub fn total(&self) -> Money {
        self.total
    }

    /// The days with bookings from this day on, each with the total after it.
    pub fn from(&self, day: Date) -> impl Iterator<Item = (Date, Money)> {
        let at = self.days.partition_point(|(known, _)| *known < day);
        self.days.iter().skip(at).copied()
    }

    /// How many days of the list are on or before this day.
    ///
    /// Bookings are spread over the span, so a look around the proportional place nearly always finds it, where halving
    /// the list would wait for memory at every step: a report asks this of thousands of lists.
    fn through(&self, day: Date) -> usize {
        let is_through = |(known, _): &(Date, Money)| *known <= day;
        let guess = self.guess(day);
        let (low, high) = (
            guess.saturating_sub(GUESS_PLACES),
            guess.saturating_add(GUESS_PLACES).min(self.days.len()),
        );
        let low_is_low = low == 0 || self.days.get(low - 1).is_some_and(is_through);
        let high_is_high = !self.days.get(high).is_some_and(is_through);
        match self.days.get(low..high).filter(|_| low_is_low && high_is_high) {
            Some(around) => low + around.partition_point(is_through),
            None => self.days.partition_point(is_through),
        }
    }

    /// The place of a day, were the days of the list evenly spread.
    fn guess(&self, day: Date) -> usize {
        let Some((first, last)) = self.span else { return 0 };
        let days =
            |from: Date, to: Date| usize::try_from(i64::from(to.epoch_days()) - i64::from(from.epoch_days()));
        let (into, all) = (days(first, day).unwrap_or(0), days(first, last).unwrap_or(0));
        (self.days.len().saturating_mul(into) / all.max(1)).min(self.days.len())
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
