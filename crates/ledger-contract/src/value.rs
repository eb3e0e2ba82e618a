//! Values as the contract writes them: strings in JSON, primitives in blocks. One strict parser each.

mod parse;

use std::fmt;

use ledger_domain::{Date, Digits, EntryId, Fraction, Id, Money, Municipality, region::Weight};
use serde::{Deserialize, Deserializer, Serialize, Serializer, de};

use self::parse::parse_stored_weight;
pub use self::parse::{
    check_year, parse_date, parse_entry_id, parse_fraction, parse_id, parse_idempotency_key, parse_instant,
    parse_money, parse_municipality, parse_weight, parse_year, quoted,
};
use crate::canonical::unescaped;

/// Why a text is not the value it should be; one sentence for people.
pub type Fault = String;

/// Reads a JSON string and hands it to a parser; anything but a string is a fault.
struct Text<T>(fn(&str) -> Result<T, Fault>, &'static str);

impl<T> de::Visitor<'_> for Text<T> {
    type Value = T;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.1)
    }

    fn visit_str<E: de::Error>(self, text: &str) -> Result<T, E> {
        (self.0)(text).map_err(E::custom)
    }
}

fn text<T, S: Serializer>(value: &T, text: fn(&T) -> String, serializer: S) -> Result<S::Ok, S::Error> {
    serializer.serialize_str(&text(value))
}

macro_rules! values {
    ($($(#[$doc:meta])* $name:ident($inner:ty) as $compact:ty, $expecting:literal, $parse:path, $write:ident $text:expr, $to:expr, $from:expr;)*) => {$(
        $(#[$doc])*
        #[derive(Clone, Debug, PartialEq, Eq)]
        pub struct $name(pub $inner);

        impl Serialize for $name {
            fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
                if serializer.is_human_readable() {
                    $write(&self.0, $text, serializer)
                } else {
                    let to: fn(&$inner) -> $compact = $to;
                    to(&self.0).serialize(serializer)
                }
            }
        }

        impl<'de> Deserialize<'de> for $name {
            fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
                if deserializer.is_human_readable() {
                    deserializer.deserialize_str(Text($parse, $expecting)).map(Self)
                } else {
                    let from: fn($compact) -> Option<$inner> = $from;
                    from(<$compact>::deserialize(deserializer)?)
                        .map(Self)
                        .ok_or_else(|| de::Error::custom(concat!("not ", $expecting)))
                }
            }
        }

        impl From<$inner> for $name {
            fn from(value: $inner) -> Self {
                Self(value)
            }
        }
    )*};
}

values! {
    /// Money: `"1600000.00"` in JSON, i64 cents in blocks.
    Cents(Money) as i64, "an amount as a string with two decimals", parse_money,
        unescaped |m, digits| _ = digits.money(*m), |m| m.cents(), Money::from_cents;
    /// A day: `"2021-12-31"` in JSON, i32 days since 1970-01-01 in blocks.
    Day(Date) as i32, "a date as YYYY-MM-DD", parse_date,
        unescaped |d, digits| _ = digits.date(*d), |d| d.epoch_days(), day;
    /// A fraction: `"2/3"` in JSON, numerator and denominator in blocks.
    Share(Fraction) as (u32, u32), "a fraction from 0 to 1 as a string", parse_fraction,
        text ToString::to_string, |f| (f.numerator(), f.denominator()), lowest_terms;
    /// A municipality: `"GM0505"` in JSON, its number in blocks.
    MunicipalityCode(Municipality) as u16, "a CBS code: GM and 4 digits", parse_municipality,
        unescaped |m, digits| _ = digits.municipality(*m), |m| m.number(), Municipality::from_number;
    /// A weight: `"20134"` or `"0.5"` in JSON, i64 millionths in blocks.
    Weighing(Weight) as i64, "a weight as a decimal string", parse_stored_weight,
        text ToString::to_string, |w| w.micros().cast_signed(), |micros| u64::try_from(micros).ok().and_then(Weight::from_micros);
    /// An instant: `"2022-01-15T09:30:00.000000Z"` in JSON, i64 microseconds since 1970 in blocks.
    At(Instant) as i64, "an instant in UTC", parse_instant,
        unescaped |at, digits| _ = at.put(digits), |at| at.0, instant;
}

/// A day of the contract's years. What lies outside was never written: it is damage.
fn day(epoch_days: i32) -> Option<Date> {
    let within = |(first, last): (Date, Date)| (first.epoch_days()..=last.epoch_days()).contains(&epoch_days);
    let days = Date::from_ymd(1900, 1, 1).zip(Date::from_ymd(2999, 12, 31));
    days.is_some_and(within)
        .then_some(Date::from_epoch_days(epoch_days))
}

fn instant(microseconds: i64) -> Option<Instant> {
    let epoch_days = i32::try_from(microseconds.div_euclid(DAY_US)).ok()?;
    day(epoch_days).map(|_| Instant(microseconds))
}

/// A fraction as it is written: one spelling for each.
fn lowest_terms((above, below): (u32, u32)) -> Option<Fraction> {
    Fraction::new(above, below)
        .filter(|fraction| (fraction.numerator(), fraction.denominator()) == (above, below))
}

macro_rules! names {
    ($($(#[$doc:meta])* $name:ident($inner:ty), $expecting:literal, $parse:path;)*) => {$(
        $(#[$doc])*
        #[derive(Clone, Debug, PartialEq, Eq)]
        pub struct $name(pub $inner);

        impl Serialize for $name {
            fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
                serializer.serialize_str(self.0.as_str())
            }
        }

        impl<'de> Deserialize<'de> for $name {
            fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
                deserializer.deserialize_str(Text($parse, $expecting)).map(Self)
            }
        }

        impl From<$inner> for $name {
            fn from(value: $inner) -> Self {
                Self(value)
            }
        }
    )*};
}

// The same text in JSON and in blocks.
names! {
    /// An id of the ledger's own things.
    Name(Id), "an id", parse_id;
    /// A client's id of an entry.
    EntryName(EntryId), "an entry id", parse_entry_id;
}

/// Stands as a key in maps of weights and amounts, in the order of the codes.
impl Ord for MunicipalityCode {
    fn cmp(&self, other: &Self) -> std::cmp::Ordering {
        self.0.cmp(&other.0)
    }
}

impl PartialOrd for MunicipalityCode {
    fn partial_cmp(&self, other: &Self) -> Option<std::cmp::Ordering> {
        Some(self.cmp(other))
    }
}

/// Microseconds since 1970-01-01T00:00:00Z.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Instant(pub i64);

const DAY_US: i64 = 86_400_000_000;

impl Instant {
    /// The day in UTC that the instant falls on.
    pub fn date(self) -> Date {
        Date::from_epoch_days(i32::try_from(self.0.div_euclid(DAY_US)).unwrap_or(i32::MAX))
    }

    /// RFC 3339 in UTC with microseconds.
    pub(crate) fn put(self, digits: &mut Digits) -> &mut Digits {
        let of_day = self.0.rem_euclid(DAY_US).unsigned_abs();
        let (seconds, micros) = (of_day / 1_000_000, of_day % 1_000_000);
        digits.text(b"Z").number(micros, 6).text(b".");
        digits.number(seconds % 60, 2).text(b":");
        digits.number(seconds / 60 % 60, 2).text(b":");
        digits.number(seconds / 3_600, 2).text(b"T");
        digits.date(self.date())
    }
}

impl fmt::Display for Instant {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.put(&mut Digits::default()).as_str())
    }
}

#[cfg(test)]
mod tests;
