//! From a text to a value: one strict parser for each, whose faults are sentences for people.

use ledger_domain::{Date, EntryId, Fraction, Id, Money, Municipality, Year, region::Weight};
use rust_decimal::Decimal;

use super::{DAY_US, Fault, Instant};

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
pub(super) fn parse_stored_weight(text: &str) -> Result<Weight, Fault> {
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
