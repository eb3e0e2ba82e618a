//! Amounts, fractions, weights, days and instants: what is taken has one value, and what is printed is taken again.

use std::fmt::{Debug, Display};

use ledger_contract::value::{Instant, parse_date, parse_fraction, parse_instant, parse_money, parse_weight};

/// Reads a text as each of the contract's values.
pub fn holds(bytes: &[u8]) {
    let Ok(text) = std::str::from_utf8(bytes) else {
        return;
    };
    if let Some(money) = taken(text, parse_money(text)) {
        let digits: String = text.chars().filter(|symbol| *symbol != '.').collect();
        assert_eq!(digits.parse(), Ok(money.cents()), "the cents of {text}");
        one_spelling(text, money, parse_money);
    }
    if let Some(day) = taken(text, parse_date(text)) {
        one_spelling(text, day, parse_date);
    }
    if let Some(fraction) = taken(text, parse_fraction(text)) {
        let (above, below) = (fraction.numerator(), fraction.denominator());
        assert!(above <= below && below <= 1_000_000, "{text}");
        let common = (2..=below).any(|factor| above.is_multiple_of(factor) && below.is_multiple_of(factor));
        assert!(!common, "{text} is not in lowest terms: {fraction}");
        let (written_above, written_below) = quotient(text);
        assert_eq!(
            written_above * u128::from(below),
            written_below * u128::from(above),
            "the value of {text}"
        );
        assert_eq!(parse_fraction(&fraction.to_string()), Ok(fraction), "{text}");
    }
    if let Some(weight) = taken(text, parse_weight(text)) {
        let (above, below) = quotient(text);
        assert_eq!(
            above * 1_000_000,
            below * u128::from(weight.micros()),
            "the value of {text}"
        );
        assert_eq!(parse_weight(&weight.to_string()), Ok(weight), "{text}");
    }
    if let Some(Instant(microseconds)) = taken(text, parse_instant(text)) {
        let printed = Instant(microseconds).to_string();
        assert_eq!(parse_instant(&printed), Ok(Instant(microseconds)), "{text}");
        assert_eq!(printed.get(..19), text.get(..19), "to the second");
    }
}

/// What was read, or nothing after a refusal that says something.
fn taken<T>(text: &str, read: Result<T, String>) -> Option<T> {
    if let Err(fault) = &read {
        assert!(!fault.is_empty(), "{text} is refused without a word");
        assert!(
            fault.chars().count() < 600,
            "a text of any length is quoted: {fault}"
        );
    }
    read.ok()
}

/// Such a value has one spelling.
fn one_spelling<T: Display + Debug + PartialEq>(text: &str, value: T, read: fn(&str) -> Result<T, String>) {
    assert_eq!(value.to_string(), text);
    assert_eq!(read(text), Ok(value));
}

/// A text that was taken as a number, as the quotient of two whole ones.
fn quotient(text: &str) -> (u128, u128) {
    let whole = |digits: &str| {
        digits
            .parse::<u128>()
            .unwrap_or_else(|_| panic!("{text} was taken"))
    };
    if let Some((above, below)) = text.split_once('/') {
        (whole(above), whole(below))
    } else {
        let (units, decimals) = text.split_once('.').unwrap_or((text, ""));
        let below = decimals.chars().fold(1, |below, _| below * 10);
        (whole(&format!("{units}{decimals}")), below)
    }
}
