//! The one place that reads a clock.

use std::sync::LazyLock;

use jiff::tz::TimeZone;
use ledger_contract::value::Instant;
use ledger_domain::Date;

/// Where the time comes from; tests bring their own.
pub trait Clock: Send + Sync {
    /// The time in microseconds since 1970.
    fn now(&self) -> Instant;
}

/// The machine's clock.
#[derive(Clone, Copy, Debug, Default)]
pub struct SystemClock;

impl Clock for SystemClock {
    #[expect(clippy::disallowed_methods, reason = "this is the one clock")]
    fn now(&self) -> Instant {
        Instant(jiff::Timestamp::now().as_microsecond())
    }
}

/// Looked up once: every question without a date asks for it. None on a machine without a database of time zones.
static AMSTERDAM: LazyLock<Option<TimeZone>> = LazyLock::new(|| TimeZone::get("Europe/Amsterdam").ok());

/// The day in Europe/Amsterdam at an instant: what reports take for `asOf` when none is asked.
pub fn today(now: Instant) -> Date {
    let in_amsterdam = jiff::Timestamp::from_microsecond(now.0)
        .ok()
        .zip(AMSTERDAM.as_ref())
        .map(|(timestamp, zone)| zone.to_datetime(timestamp).date());
    in_amsterdam
        .and_then(|date| {
            let year = u16::try_from(date.year()).ok()?;
            Date::from_ymd(
                year,
                u8::try_from(date.month()).ok()?,
                u8::try_from(date.day()).ok()?,
            )
        })
        .unwrap_or_else(|| now.date())
}

#[cfg(test)]
mod tests {
    use super::*;
    use ledger_contract::value::parse_instant;

    #[test]
    fn the_day_turns_at_midnight_in_amsterdam() {
        let day = |text: &str| today(parse_instant(text).expect("an instant")).to_string();
        assert_eq!(day("2021-12-31T22:59:59.999999Z"), "2021-12-31");
        assert_eq!(day("2021-12-31T23:00:00Z"), "2022-01-01");
        assert_eq!(day("2022-06-30T21:59:59Z"), "2022-06-30");
        assert_eq!(day("2022-06-30T22:00:00Z"), "2022-07-01");
    }
}
