//! What each value takes, what it refuses, and that what is written reads back.

use proptest::prelude::*;
use serde::de::DeserializeOwned;

use super::*;

fn json<T: DeserializeOwned>(text: &str) -> Result<T, String> {
    serde_json::from_str(text).map_err(|error| error.to_string())
}

#[test]
fn money_is_taken_in_one_spelling() {
    for (text, cents) in [
        ("0.00", 0),
        ("0.01", 1),
        ("-0.01", -1),
        ("1600000.00", 160_000_000),
        ("999999999999999.99", 99_999_999_999_999_999),
        ("-999999999999999.99", -99_999_999_999_999_999),
    ] {
        assert_eq!(parse_money(text).map(Money::cents), Ok(cents), "{text}");
    }
    for text in [
        "",
        "-",
        ".",
        "1",
        "1.",
        "1.0",
        "1.001",
        "+1.00",
        "-0.00",
        "01.00",
        "00.00",
        ".50",
        "1,00",
        "1.00 ",
        " 1.00",
        "1e3",
        "1e3.00",
        "1_000.00",
        "--1.00",
        "1.0.0",
        "0x1.00",
        "١.00",
        "1.٠٠",
        "NaN",
        "1.00\0",
        "1000000000000000.00",
        "9999999999999999999999999999999999999.00",
    ] {
        assert!(parse_money(text).is_err(), "{text}");
    }
    assert_eq!(
        parse_money("1.001"),
        Err(
            "\"1.001\" is not an amount: write digits, a point and two decimals, such as 1600000.00"
                .to_owned()
        )
    );
    assert_eq!(
        parse_money("1000000000000000.00"),
        Err("\"1000000000000000.00\" is out of range: at most 15 digits before the point".to_owned())
    );
}

#[test]
fn days_are_real_ones_of_the_contract() {
    for text in ["1900-01-01", "2020-02-29", "2999-12-31"] {
        assert_eq!(parse_date(text).map(|day| day.to_string()).as_deref(), Ok(text));
    }
    for text in [
        "",
        "1899-12-31",
        "3000-01-01",
        "2020-02-30",
        "2021-02-29",
        "2021-13-01",
        "2021-00-10",
        "2021-01-00",
        "2021-1-1",
        "20210101",
        "2021/01/01",
        "2021-01-01 ",
        "2021-01-01T00:00:00Z",
        "+021-01-01",
        "２０21-01-01",
        "-999-01-01",
    ] {
        assert!(parse_date(text).is_err(), "{text}");
    }
    assert_eq!(check_year(1900), Ok(1900));
    assert_eq!(check_year(2999), Ok(2999));
    for year in [0, 1899, 3000, 65_536 + 2021, u64::MAX] {
        assert!(check_year(year).is_err(), "{year}");
    }
    assert_eq!(parse_year("2021"), Ok(2021));
    for text in ["", "02021", "+2021", " 2021", "1899", "3000", "20.1", "２０２１"] {
        assert!(parse_year(text).is_err(), "{text}");
    }
}

#[test]
fn fractions_print_in_lowest_terms() {
    for (text, printed) in [
        ("0", "0"),
        ("1", "1"),
        ("2/3", "2/3"),
        ("0.75", "3/4"),
        ("500000/1000000", "1/2"),
        ("0.000001", "1/1000000"),
        ("0.05", "1/20"),
        ("1.000000", "1"),
        ("0.0", "0"),
        ("0/7", "0"),
    ] {
        assert_eq!(
            parse_fraction(text).map(|share| share.to_string()).as_deref(),
            Ok(printed)
        );
    }
    for text in [
        "",
        "/",
        ".",
        "2",
        "3/2",
        "1/0",
        "0/0",
        "1.1",
        "1.000001",
        "-1/2",
        "+1/2",
        "1/",
        "/2",
        "1.",
        ".5",
        "01/2",
        "00.5",
        "1/02",
        "0.0000001",
        "1/1000001",
        "1/2/3",
        "0.5/1",
        "1e-1",
        "50%",
        " 1/2",
        "99999999/99999999",
    ] {
        assert!(parse_fraction(text).is_err(), "{text}");
    }
}

#[test]
fn instants_are_in_utc_to_the_microsecond() {
    for (text, micros) in [
        ("1970-01-01T00:00:00Z", 0),
        ("1970-01-01T00:00:00.5Z", 500_000),
        ("1970-01-02T00:00:00.000001Z", 86_400_000_001),
        ("1969-12-31T23:59:59.999999Z", -1),
    ] {
        assert_eq!(parse_instant(text), Ok(Instant(micros)), "{text}");
    }
    assert_eq!(Instant(-1).to_string(), "1969-12-31T23:59:59.999999Z");
    assert_eq!(Some(Instant(-1).date()), Date::from_ymd(1969, 12, 31));
    for text in [
        "",
        "Z",
        "TZ",
        "2022-01-15",
        "2022-01-15T09:30:00",
        "2022-01-15T09:30Z",
        "2022-01-15T09:30:00+01:00",
        "2022-01-15t09:30:00z",
        "2022-01-15 09:30:00Z",
        "2022-01-15T24:00:00Z",
        "2022-01-15T23:60:00Z",
        "2022-01-15T23:59:60Z",
        "2022-01-15T09:30:00.Z",
        "2022-01-15T09:30:00.1234567Z",
        "2022-02-30T00:00:00Z",
        "2022-01-15T09:30:00.12a456Z",
        "2022-01-15T9:30:000Z",
    ] {
        assert!(parse_instant(text).is_err(), "{text}");
    }
}

#[test]
fn names_have_their_characters_and_lengths() {
    let long = "a".repeat(64);
    assert!(parse_id(&long).is_ok() && parse_id(&format!("{long}a")).is_err());
    for text in ["", "-a", "A", "a_b", "a b", "é", "a\0"] {
        assert!(parse_id(text).is_err(), "{text}");
    }
    assert!(parse_entry_id("~F/2021:1!").is_ok() && parse_entry_id(&format!("{long}a")).is_err());
    for text in ["", "a b", "é", "\u{7f}", "a\t"] {
        assert!(parse_entry_id(text).is_err(), "{text}");
        assert!(parse_idempotency_key(text).is_err(), "{text}");
    }
    assert!(parse_idempotency_key(&"~".repeat(128)).is_ok());
    assert!(parse_idempotency_key(&"~".repeat(129)).is_err());
    for text in [
        "", "GM", "GM505", "GM05050", "gm0505", "GM05O5", "GM-505", "GM+505",
    ] {
        assert!(parse_municipality(text).is_err(), "{text}");
    }
}

#[test]
fn json_takes_strings_only() {
    assert_eq!(
        json::<Cents>("\"1.00\""),
        Ok(Cents(Money::from_cents(100).expect("an amount")))
    );
    for text in ["1", "1.00", "null", "true", "[]", "{}"] {
        assert!(
            json::<Cents>(text).is_err() && json::<Day>(text).is_err(),
            "{text}"
        );
        assert!(
            json::<Share>(text).is_err() && json::<At>(text).is_err(),
            "{text}"
        );
        assert!(
            json::<Name>(text).is_err() && json::<MunicipalityCode>(text).is_err(),
            "{text}"
        );
    }
    // Escapes in a string make it an owned one to serde_json: the same value.
    assert_eq!(
        json::<Name>(r#""\u0061""#)
            .map(|name| name.0.to_string())
            .as_deref(),
        Ok("a")
    );
}

#[test]
fn quoted_texts_are_short_and_harmless() {
    assert_eq!(quoted("a\"b\n\0\u{202e}"), r#""a\"b\n\0\u{202e}""#);
    assert_eq!(quoted(&"é".repeat(40)), format!("\"{}\"", "é".repeat(40)));
    assert_eq!(quoted(&"é".repeat(41)), format!("\"{}...\"", "é".repeat(40)));
}

proptest! {
    #![proptest_config(ProptestConfig { failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn what_is_written_reads_back(
        cents in -99_999_999_999_999_999..=99_999_999_999_999_999_i64, days in -25_567..=376_199_i32,
        micros in -2_208_988_800_000_000..32_503_680_000_000_000_i64, parts in (0..=1_000_000_u32, 1..=1_000_000_u32)
    ) {
        let money = Money::from_cents(cents).expect("an amount");
        prop_assert_eq!(parse_money(&money.to_string()), Ok(money));
        let day = Date::from_epoch_days(days);
        prop_assert_eq!(parse_date(&day.to_string()), Ok(day));
        prop_assert_eq!(parse_instant(&Instant(micros).to_string()), Ok(Instant(micros)));
        let share = Fraction::new(parts.0.min(parts.1), parts.1).expect("a fraction");
        prop_assert_eq!(parse_fraction(&share.to_string()), Ok(share));
    }

    #[test]
    fn no_text_panics(text in ".{0,24}", near in "[0-9TZ:/.+-]{0,28}") {
        for text in [text, near] {
            // Whatever is taken prints as it was written, fractions apart.
            if let Ok(money) = parse_money(&text) {
                prop_assert_eq!(money.to_string(), text.as_str());
            }
            if let Ok(day) = parse_date(&text) {
                prop_assert_eq!(day.to_string(), text.as_str());
            }
            let _ = (parse_fraction(&text), parse_instant(&text), parse_municipality(&text), parse_id(&text), quoted(&text));
        }
    }
}

#[test]
fn weights_are_taken_in_one_spelling() {
    for (text, micros) in [
        ("0", 0),
        ("1", 1_000_000),
        ("0.5", 500_000),
        ("44735", 44_735_000_000),
        ("999999999.999999", 999_999_999_999_999),
        ("0.000001", 1),
    ] {
        assert_eq!(parse_weight(text).map(Weight::micros), Ok(micros), "{text}");
        assert_eq!(
            json::<Weighing>(&format!("\"{text}\"")).map(|weight| weight.0.to_string()),
            Ok(text.to_owned())
        );
    }
    for text in [
        "",
        ".",
        "1.",
        ".5",
        "-1",
        "+1",
        "01",
        "1e3",
        "1,5",
        "1_0",
        "1000000000",
        "0.0000001",
        " 1",
    ] {
        assert!(parse_weight(text).is_err(), "{text}");
    }
    // Weights from costs are euros.
    assert!(json::<Weighing>("\"9999999999999.99\"").is_err());
    assert!(json::<Weighing>("\"9223372036854.775807\"").is_ok());
    assert!(json::<Weighing>("7").is_err());
}
