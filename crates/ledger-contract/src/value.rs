//! Values as the contract writes them: strings in JSON, primitives in blocks. One strict parser each.

use std::fmt;

use ledger_domain::{Date, Digits, EntryId, Fraction, Id, Money, Municipality, Year, region::Weight};
use rust_decimal::Decimal;
use serde::{Deserialize, Deserializer, Serialize, Serializer, de};

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

/// Money as the contract writes it: digits, a point, two decimals; a minus sign where it is below zero.
pub fn parse_money(text: &str) -> Result<Money, Fault> {
    let digits = text.strip_prefix('-').unwrap_or(text);
    let fault = || {
        format!(
            "{} is not an amount: write digits, a point and two decimals, such as 1600000.00",
            quoted(text)
        )
    };
    let (whole, decimals) = digits.split_once('.').ok_or_else(fault)?;
    let plain = |part: &str| !part.is_empty() && part.bytes().all(|byte| byte.is_ascii_digit());
    if !plain(whole) || !plain(decimals) || decimals.len() != 2 || (whole.len() > 1 && whole.starts_with('0'))
    {
        return Err(fault());
    }
    if whole.len() > 15 {
        return Err(format!(
            "{} is out of range: at most 15 digits before the point",
            quoted(text)
        ));
    }
    #[expect(
        clippy::disallowed_methods,
        reason = "this is the strict parser: only digits and one point are left"
    )]
    let amount = Decimal::from_str_exact(text).map_err(|_| fault())?;
    if amount.is_zero() && text.starts_with('-') {
        return Err("-0.00 is not an amount: write 0.00".to_owned());
    }
    i64::try_from(amount.mantissa())
        .ok()
        .and_then(Money::from_cents)
        .ok_or_else(fault)
}

/// A real day of the years 1900 to 2999.
pub fn parse_date(text: &str) -> Result<Date, Fault> {
    let parts = || -> Option<Date> {
        let bytes = text.as_bytes();
        let [y1, y2, y3, y4, b'-', m1, m2, b'-', d1, d2] = bytes else {
            return None;
        };
        let number = |digits: &[u8]| -> Option<u16> {
            digits.iter().try_fold(0u16, |sum, digit| {
                digit.is_ascii_digit().then(|| sum * 10 + u16::from(digit - b'0'))
            })
        };
        let year = number(&[*y1, *y2, *y3, *y4]).filter(|year| (1900..=2999).contains(year))?;
        let month = u8::try_from(number(&[*m1, *m2])?).ok()?;
        let day = u8::try_from(number(&[*d1, *d2])?).ok()?;
        Date::from_ymd(year, month, day)
    };
    parts().ok_or_else(|| {
        format!(
            "{} is not a day: write YYYY-MM-DD, a real one of the years 1900 to 2999",
            quoted(text)
        )
    })
}

/// A year of the contract.
pub fn check_year(year: u64) -> Result<Year, Fault> {
    Year::try_from(year)
        .ok()
        .filter(|year| (1900..=2999).contains(year))
        .ok_or_else(|| format!("{year} is not a year from 1900 to 2999"))
}

/// A year as text: exactly four digits.
pub fn parse_year(text: &str) -> Result<Year, Fault> {
    Some(text)
        .filter(|text| text.len() == 4 && text.bytes().all(|byte| byte.is_ascii_digit()))
        .and_then(|text| check_year(text.parse().ok()?).ok())
        .ok_or_else(|| format!("{} is not a year from 1900 to 2999", quoted(text)))
}

/// `"2/3"` or `"0.75"`, from 0 to 1, parts at most 1,000,000.
pub fn parse_fraction(text: &str) -> Result<Fraction, Fault> {
    let fault = || {
        format!(
            "{} is not a fraction from 0 to 1 with parts of at most 1,000,000, such as 2/3 or 0.75",
            quoted(text)
        )
    };
    let digits = |digits: &str| !digits.is_empty() && digits.bytes().all(|byte| byte.is_ascii_digit());
    // At most 7 digits fit a u32; a zero in front would give one fraction many spellings.
    let number = |text: &str| -> Option<u32> {
        let plain = digits(text) && text.len() <= 7 && (text.len() == 1 || !text.starts_with('0'));
        if plain { text.parse().ok() } else { None }
    };
    let fraction = if let Some((above, below)) = text.split_once('/') {
        number(above)
            .zip(number(below))
            .and_then(|(above, below)| Fraction::new(above, below))
    } else if let Some((whole, decimals)) = text.split_once('.') {
        let plain = digits(decimals) && decimals.len() <= 6;
        number(whole)
            .filter(|whole| plain && *whole <= 1)
            .and_then(|whole| {
                let millionths: u32 = format!("{decimals:0<6}").parse().ok()?;
                Fraction::new(whole * Fraction::PART_MAX + millionths, Fraction::PART_MAX)
            })
    } else {
        number(text).and_then(|whole| Fraction::new(whole, 1))
    };
    fraction.ok_or_else(fault)
}

/// A weight as clients give it: at most 9 digits before the point and 6 after it.
pub fn parse_weight(text: &str) -> Result<Weight, Fault> {
    weight(text, 9).ok_or_else(|| {
        format!(
            "{} is not a weight: at most 9 digits, and a point with at most 6 more where needed",
            quoted(text)
        )
    })
}

/// A weight as it is recorded: those computed from costs are euros and may have more digits.
fn parse_stored_weight(text: &str) -> Result<Weight, Fault> {
    weight(text, 13).ok_or_else(|| format!("{} is not a weight", quoted(text)))
}

fn weight(text: &str, digits_max: usize) -> Option<Weight> {
    let (whole, decimals) = text.split_once('.').unwrap_or((text, "0"));
    let plain =
        |part: &str, max| (1..=max).contains(&part.len()) && part.bytes().all(|byte| byte.is_ascii_digit());
    if !plain(whole, digits_max) || !plain(decimals, 6) || (whole.len() > 1 && whole.starts_with('0')) {
        return None;
    }
    let micros: u64 = format!("{decimals:0<6}").parse().ok()?;
    let whole = whole.parse::<u64>().ok()?.checked_mul(Weight::SCALE)?;
    Weight::from_micros(whole.checked_add(micros)?)
}

/// `GM` and four digits.
pub fn parse_municipality(text: &str) -> Result<Municipality, Fault> {
    Municipality::new(text).ok_or_else(|| {
        format!(
            "{} is not a CBS municipality code: write GM and 4 digits",
            quoted(text)
        )
    })
}

/// An id: lower-case letters, digits and hyphens.
pub fn parse_id(text: &str) -> Result<Id, Fault> {
    Id::new(text).ok_or_else(|| {
        format!(
            "{} is not an id: 1 to 64 lower-case letters, digits or hyphens, not starting with a hyphen",
            quoted(text)
        )
    })
}

/// A client's id of an entry.
pub fn parse_entry_id(text: &str) -> Result<EntryId, Fault> {
    EntryId::new(text).ok_or_else(|| {
        format!(
            "{} is not an entry id: 1 to 64 visible ASCII characters",
            quoted(text)
        )
    })
}

/// An idempotency key, in a command or in the header of that name.
pub fn parse_idempotency_key(text: &str) -> Result<String, Fault> {
    let shaped = (1..=128).contains(&text.len()) && text.bytes().all(|byte| byte.is_ascii_graphic());
    shaped.then(|| text.to_owned()).ok_or_else(|| {
        format!(
            "{} is not an idempotency key: 1 to 128 visible ASCII characters",
            quoted(text)
        )
    })
}

/// An instant in UTC: `2022-01-15T09:30:00.000000Z`; the decimals may be fewer or absent.
pub fn parse_instant(text: &str) -> Result<Instant, Fault> {
    let parts = || -> Option<Instant> {
        let (date, time) = text.strip_suffix('Z')?.split_once('T')?;
        let (clock, decimals) = time.split_once('.').unwrap_or((time, "0"));
        let bytes = clock.as_bytes();
        let [h1, h2, b':', m1, m2, b':', s1, s2] = bytes else {
            return None;
        };
        let two = |tens: &u8, ones: &u8, below: i64| -> Option<i64> {
            let both = tens.is_ascii_digit() && ones.is_ascii_digit();
            both.then(|| i64::from(tens - b'0') * 10 + i64::from(ones - b'0'))
                .filter(|number| *number < below)
        };
        let seconds = (two(h1, h2, 24)? * 60 + two(m1, m2, 60)?) * 60 + two(s1, s2, 60)?;
        let plain = (1..=6).contains(&decimals.len()) && decimals.bytes().all(|byte| byte.is_ascii_digit());
        let micros: i64 = if plain {
            format!("{decimals:0<6}").parse().ok()?
        } else {
            return None;
        };
        let day = i64::from(parse_date(date).ok()?.epoch_days());
        Some(Instant(day * DAY_US + seconds * 1_000_000 + micros))
    };
    parts().ok_or_else(|| {
        format!(
            "{} is not an instant: write it in UTC, such as 2022-01-15T09:30:00.000000Z",
            quoted(text)
        )
    })
}

/// A text in quotation marks for a sentence, cut to a length that people read.
pub fn quoted(text: &str) -> String {
    const SHOWN_CHARACTERS_MAX: usize = 40;
    let shown: String = text
        .chars()
        .take(SHOWN_CHARACTERS_MAX)
        .flat_map(char::escape_debug)
        .collect();
    if text.chars().nth(SHOWN_CHARACTERS_MAX).is_some() {
        format!("\"{shown}...\"")
    } else {
        format!("\"{shown}\"")
    }
}

#[cfg(test)]
mod tests;
