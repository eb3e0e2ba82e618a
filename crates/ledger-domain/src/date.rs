//! A calendar day without a clock or a time zone.

use std::fmt;

use crate::Digits;

/// A calendar year; the contract takes 1900 to 2999.
pub type Year = u16;

/// A day of the proleptic Gregorian calendar, stored as days since 1970-01-01.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Date(i32);

impl Date {
    /// The day `epoch_days` after 1970-01-01.
    pub const fn from_epoch_days(epoch_days: i32) -> Self {
        Self(epoch_days)
    }

    /// Days since 1970-01-01.
    pub const fn epoch_days(self) -> i32 {
        self.0
    }

    /// The day with this year, month and day, or none when no such day exists.
    pub const fn from_ymd(year: Year, month: u8, day: u8) -> Option<Self> {
        if month < 1 || month > 12 || day < 1 || day > days_in_month(year, month) {
            return None;
        }
        // Days from civil: years start in March, so that the leap day is the last of its year
        // (H. Hinnant, chrono-Compatible Low-Level Date Algorithms, days_from_civil).
        let y = year as i32 - (month <= 2) as i32;
        let era = y.div_euclid(400);
        let year_of_era = y.rem_euclid(400);
        let march_month = (month as i32 + 9) % 12;
        let day_of_year = (153 * march_month + 2) / 5 + day as i32 - 1;
        let day_of_era = year_of_era * 365 + year_of_era / 4 - year_of_era / 100 + day_of_year;
        Some(Self(era * 146_097 + day_of_era - 719_468))
    }

    /// Year, month and day.
    #[expect(
        clippy::cast_possible_truncation,
        clippy::cast_sign_loss,
        reason = "a month, a day and a year of the contract fit; const functions have no try_from"
    )]
    #[inline]
    pub const fn ymd(self) -> (Year, u8, u8) {
        let z = self.0 + 719_468;
        let era = z.div_euclid(146_097);
        let day_of_era = z.rem_euclid(146_097);
        let year_of_era =
            (day_of_era - day_of_era / 1_460 + day_of_era / 36_524 - day_of_era / 146_096) / 365;
        let day_of_year = day_of_era - (365 * year_of_era + year_of_era / 4 - year_of_era / 100);
        let march_month = (5 * day_of_year + 2) / 153;
        let day = (day_of_year - (153 * march_month + 2) / 5 + 1) as u8;
        let month = if march_month < 10 {
            march_month + 3
        } else {
            march_month - 9
        } as u8;
        let year = year_of_era + era * 400 + (month <= 2) as i32;
        (year as Year, month, day)
    }

    /// The calendar year.
    pub const fn year(self) -> Year {
        self.ymd().0
    }
}

const fn days_in_month(year: Year, month: u8) -> u8 {
    match month {
        2 if year.is_multiple_of(4) && (!year.is_multiple_of(100) || year.is_multiple_of(400)) => 29,
        2 => 28,
        4 | 6 | 9 | 11 => 30,
        _ => 31,
    }
}

impl fmt::Display for Date {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(Digits::default().date(*self).as_str())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_day_of_the_contract_comes_back() {
        let first = Date::from_ymd(1900, 1, 1).expect("a real day");
        let last = Date::from_ymd(2999, 12, 31).expect("a real day");
        let mut previous = None;
        for days in first.epoch_days()..=last.epoch_days() {
            let (year, month, day) = Date::from_epoch_days(days).ymd();
            assert_eq!(
                Date::from_ymd(year, month, day),
                Some(Date::from_epoch_days(days))
            );
            assert!(previous < Some((year, month, day)));
            previous = Some((year, month, day));
        }
    }

    #[test]
    fn days_that_do_not_exist_are_refused() {
        for (year, month, day) in [
            (2020, 2, 30),
            (2021, 2, 29),
            (1900, 2, 29),
            (2020, 13, 1),
            (2020, 0, 1),
            (2020, 4, 31),
        ] {
            assert_eq!(Date::from_ymd(year, month, day), None, "{year}-{month}-{day}");
        }
        assert!(Date::from_ymd(2000, 2, 29).is_some());
        assert_eq!(Date::from_ymd(1970, 1, 1), Some(Date::from_epoch_days(0)));
    }
}
