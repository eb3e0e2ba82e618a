//! Sums by day: what every question at a date is added up from.

use crate::Date;

/// How many amounts wait at least before they are put in order.
const RECENT_MIN: usize = 16;
/// How many days lie between two totals.
const TOTAL_DAYS: usize = 32;

/// Amounts by the day they are booked on. It grows with the days, not with the amounts, and a question adds up a few
/// days of them.
///
/// Most amounts come in order of the day and go at the end. The others wait, in the order of their coming, until there
/// are many for one pass to put them where they belong: so booking touches the end of a list, whatever the day.
#[derive(Clone, Debug, Default)]
pub struct DaySums {
    /// The last of the days: most bookings look no further.
    last: Option<Date>,
    /// Days in order, and the sum of each in cents. 92 amounts of the largest size on one day fill an i64; there the
    /// day holds.
    days: Vec<(Date, i64)>,
    /// The sum of all days before every so many of them, from the second time on.
    totals: Vec<i128>,
    recent: Vec<(Date, i64)>,
}

impl DaySums {
    /// Adds an amount on a day.
    pub fn add(&mut self, day: Date, cents: i64) {
        match self.last {
            Some(last) if last == day => {
                if let Some((_, sum)) = self.days.last_mut() {
                    *sum = sum.saturating_add(cents);
                }
            }
            Some(last) if last > day => {
                if self.recent.len() == self.recent.capacity() {
                    self.make_room();
                }
                self.recent.push((day, cents));
            }
            _ => self.push(day, cents),
        }
    }

    /// Room for a part of as many amounts as there are days, after those that waited are in their place.
    fn make_room(&mut self) {
        if !self.recent.is_empty() {
            self.put_in_order();
        }
        self.recent = Vec::with_capacity(RECENT_MIN + self.days.len() / 4);
    }

    fn push(&mut self, day: Date, cents: i64) {
        let count = self.days.len();
        if count > 0 && count.is_multiple_of(TOTAL_DAYS) {
            self.totals.push(self.before(count));
        }
        self.days.push((day, cents));
        self.last = Some(day);
    }

    fn put_in_order(&mut self) {
        let days = self.in_order();
        *self = Self::default();
        self.days.reserve(days.len());
        for (day, cents) in days {
            self.push(day, cents);
        }
    }

    /// Each day and its sum, in order.
    fn in_order(&self) -> Vec<(Date, i64)> {
        let mut days = [self.days.as_slice(), &self.recent].concat();
        // Quick where most are in order already.
        days.sort_by_key(|(day, _)| *day);
        days.dedup_by(|(later, more), (day, cents)| {
            let same = later == day;
            if same {
                *cents = cents.saturating_add(*more);
            }
            same
        });
        days
    }

    /// The sum of the first days of those in order.
    fn before(&self, count: usize) -> i128 {
        // The total of a whole stretch is written when a day behind it comes.
        let totals = (count / TOTAL_DAYS).min(self.totals.len());
        let total = totals.checked_sub(1).and_then(|at| self.totals.get(at));
        let rest = self.days.get(totals * TOTAL_DAYS..count).unwrap_or_default();
        total.copied().unwrap_or(0) + sum(rest)
    }

    /// The sum of everything on or before a day; none when there is nothing, which is not the same as zero.
    pub fn through(&self, day: Date) -> Option<i128> {
        let count = self.days.partition_point(|(known, _)| *known <= day);
        let recent = self.recent.iter().filter(|(known, _)| *known <= day);
        let (found, recent) = recent.fold((count > 0, 0), |(_, sum), (_, cents)| {
            (true, sum + i128::from(*cents))
        });
        found.then(|| self.before(count) + recent)
    }

    /// Each day and its sum, in order.
    pub fn days(&self) -> impl Iterator<Item = (Date, i64)> + use<> {
        self.in_order().into_iter()
    }
}

fn sum(days: &[(Date, i64)]) -> i128 {
    days.iter().map(|(_, cents)| i128::from(*cents)).sum()
}

/// The same sums, whatever is in order already.
impl PartialEq for DaySums {
    fn eq(&self, other: &Self) -> bool {
        self.days().eq(other.days())
    }
}

impl Eq for DaySums {}

#[cfg(test)]
mod tests {
    use std::collections::BTreeMap;

    use proptest::prelude::*;

    use super::*;

    /// Days in order, in the opposite order, in none, and many on few days.
    fn booked() -> impl Strategy<Value = Vec<(i32, i64)>> {
        let days = prop_oneof![-40..720_i32, 0..9_i32];
        (prop::collection::vec((days, -50..50_i64), 0..400), 0..3).prop_map(|(mut booked, order)| {
            match order {
                0 => booked.sort_unstable(),
                1 => booked.sort_unstable_by_key(|(day, _)| -day),
                _ => {}
            }
            booked
        })
    }

    proptest! {
        #[test]
        fn sums_to_a_day_are_of_what_was_booked_by_then(booked in booked()) {
            let mut sums = DaySums::default();
            let mut days: BTreeMap<i32, i64> = BTreeMap::new();
            for (day, cents) in &booked {
                sums.add(Date::from_epoch_days(*day), *cents);
                *days.entry(*day).or_default() += cents;
            }
            for asked in -41..721 {
                let naive = days.range(..=asked).map(|(_, cents)| i128::from(*cents));
                let naive = naive.reduce(|sum, more| sum + more);
                prop_assert_eq!(sums.through(Date::from_epoch_days(asked)), naive, "through day {}", asked);
            }
            let listed: Vec<(Date, i64)> = sums.days().collect();
            let naive = days.iter().map(|(day, cents)| (Date::from_epoch_days(*day), *cents));
            prop_assert_eq!(&listed, &naive.collect::<Vec<_>>());
            let mut again = DaySums::default();
            for (day, cents) in listed {
                again.add(day, cents);
            }
            prop_assert_eq!(again, sums);
        }
    }
}
