//! What is refused, where, and in which words.

use serde_json::json;

use super::{of_type, pointers, read};
use crate::command::{COMMAND_BYTES_MAX, read_command};

#[test]
fn all_faults_come_at_once() {
    let text = r#"{"type":"enterCommitment","programme":"P","project":7,"commitment":"a b","amount":"1.001","supplier":"",
        "charges":[{"source":"rijk","amount":"0.00"},{"source":"rijk","amount":"1.00","x":1},{"amount":null},
        {"source":"rijk","amount":"2.00"},{"source":"rijk","amount":"3.00"}],
        "year":2021.0,"tags":{"a":"1","a":"2","b c":"3","d/~":4},"bookingDate":"2020-02-30","bookingDate":"2020-03-01",
        "expectedVersion":-1,"idempotencyKey":"","a/b~c":[],"explanation":"a\u0000b"}"#;
    let expected = [
        "/programme",
        "/bookingDate",
        "/bookingDate",
        "/project",
        "/commitment",
        "/amount",
        "/supplier",
        "/charges/0/amount",
        "/charges/1/x",
        "/charges/2/source",
        "/charges/2/amount",
        "/charges/4/source",
        "/year",
        "/explanation",
        "/tags/a",
        "/tags/b c",
        "/tags/d~1~0",
        "/idempotencyKey",
        "/expectedVersion",
        "/a~1b~0c",
    ];
    assert_eq!(pointers(&read_command(text.as_bytes())), expected);
}

#[test]
fn each_value_has_its_sentence() {
    for (field, value, sentence) in [
        (
            "type",
            json!("recordCosts"),
            "\"recordCosts\" is not the type of a command.",
        ),
        ("type", json!(1), "A string belongs here, not a number."),
        ("amount", json!(125), "A string belongs here, not a number."),
        ("amount", json!("0.00"), "0.00 is not above zero."),
        ("amount", json!("-1.00"), "-1.00 is not above zero."),
        ("amount", json!("-0.00"), "-0.00 is not an amount: write 0.00."),
        (
            "year",
            json!("2021"),
            "A year as an integer belongs here, not a string.",
        ),
        ("year", json!(1899), "1899 is not a year from 1900 to 2999."),
        (
            "year",
            json!(2021.5),
            "2021.5 is not a year: write an integer from 1900 to 2999.",
        ),
        ("charges", json!([]), "0 charges stand where 1 to 64 belong."),
        (
            "charges",
            json!(["rijk"]),
            "An object belongs here, not a string.",
        ),
        ("tags", json!([]), "An object of tags belongs here, not an array."),
        (
            "supplier",
            json!("x".repeat(4_001)),
            "The text has 4001 characters; at most 4000 are kept.",
        ),
        (
            "supplier",
            json!("a\u{85}b"),
            "The text holds the control character U+0085: leave it out.",
        ),
        (
            "category",
            json!("é".repeat(257)),
            "The text has 257 characters; at most 256 are kept.",
        ),
        (
            "expectedVersion",
            json!(1_u64 << 53),
            "9007199254740992 is not a version: write an integer from 0 to 9007199254740991.",
        ),
    ] {
        let mut command = of_type("postExpenditure");
        command.insert(field.to_owned(), value);
        let faults = read(&command).expect_err(sentence);
        assert_eq!(faults.len(), 1, "{faults:?}");
        assert_eq!(faults[0].detail, sentence);
    }
    let mut command = of_type("postExpenditure");
    command.insert("category".to_owned(), json!("é".repeat(256)));
    command.insert("supplier".to_owned(), json!("Ä½ñ".repeat(1_333)));
    assert_eq!(pointers(&read(&command)), [""; 0]);
}

#[test]
fn fields_that_must_agree_are_compared() {
    for (kind, field, value, sentence) in [
        (
            "establishProgramme",
            "endsOn",
            json!("2021-12-30"),
            "endsOn 2021-12-30 lies before startsOn 2021-12-31.",
        ),
        (
            "openProject",
            "endsOn",
            json!("2021-12-30"),
            "endsOn 2021-12-30 lies before startsOn 2021-12-31.",
        ),
        (
            "carryOverBudget",
            "toYear",
            json!(2021),
            "toYear 2021 is not after fromYear 2021.",
        ),
        (
            "transferBudget",
            "toProject",
            json!("investeringsplan-sociaal-domein"),
            "toProject and fromProject are the same project.",
        ),
        (
            "pledgeCofinancing",
            "funder",
            json!("programme"),
            "\"programme\" is own money and no funder: name the funder.",
        ),
        (
            "mergeMunicipalities",
            "into",
            json!("GM0689"),
            "GM0689 goes on as the successor: leave it out of from.",
        ),
        (
            "budgetCosts",
            "weights",
            json!({}),
            "\"weights\" is no field here.",
        ),
        (
            "admitMunicipality",
            "from",
            json!("2019-07-01"),
            "2019-07-01 is no 1 January, on which municipalities join and merge.",
        ),
    ] {
        let mut command = of_type(kind);
        command.insert(field.to_owned(), value);
        let faults = read(&command).expect_err(sentence);
        assert_eq!(
            (faults[0].pointer.as_str(), faults[0].detail.as_str()),
            (format!("/{field}").as_str(), sentence)
        );
        assert_eq!(faults.len(), 1);
    }
}

#[test]
fn what_is_no_command_has_one_fault() {
    for text in [
        "",
        "[]",
        "null",
        "\"x\"",
        "{",
        "{}",
        "{\"type\":null,\"x\":1}",
        "{} {}",
        "\u{feff}{}",
    ] {
        assert_eq!(read_command(text.as_bytes()).expect_err(text).len(), 1, "{text}");
    }
    assert_eq!(
        read_command(&vec![b'x'; COMMAND_BYTES_MAX + 1])
            .expect_err("too large")
            .len(),
        1
    );
}

#[test]
fn very_many_faults_are_counted() {
    let fields: Vec<String> = (0..50_000).map(|n| format!("\"f{n}\":1")).collect();
    let text = format!(r#"{{"type":"closeProgramme",{}}}"#, fields.join(","));
    let faults = read_command(text.as_bytes()).expect_err("unknown fields");
    assert_eq!(faults.len(), 101);
    assert_eq!(faults[100].detail, "49903 more faults are not listed.");
}
