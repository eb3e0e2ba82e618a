//! What is read, what is refused and where, and that nothing else happens whatever the input.

mod mutations;
mod readme;

use std::path::Path;

use ledger_domain::programme::{Charge, PostExpenditure};
use serde_json::{Map, Value, json};

use super::*;
use crate::value::{parse_date, parse_entry_id, parse_id, parse_money};

/// One command of every type with every field it takes, made from the examples in the schema.
fn full_commands() -> Vec<Map<String, Value>> {
    let of =
        |schema: &Value| -> Map<String, Value> { example(schema).as_object().expect("an object").clone() };
    schemas()
        .iter()
        .map(|(_, schema)| {
            let mut command = of(schema);
            // Where two fields of one form must differ.
            for (name, value) in [("toProject", json!("the-other-project")), ("toYear", json!(2022))] {
                command.entry(name).and_modify(|field| *field = value);
            }
            command
        })
        .collect()
}

fn example(schema: &Value) -> Value {
    if let Some(example) = schema["examples"].get(0) {
        return example.clone();
    }
    if let Some(item) = schema.get("items") {
        return json!([example(item)]);
    }
    let properties = schema["properties"]
        .as_object()
        .expect("an example, items or properties");
    properties
        .iter()
        .map(|(name, schema)| (name.clone(), example(schema)))
        .collect()
}

fn read(command: &Map<String, Value>) -> Result<Command, Vec<Fault>> {
    read_command(Value::Object(command.clone()).to_string().as_bytes())
}

fn pointers(result: &Result<Command, Vec<Fault>>) -> Vec<&str> {
    match result {
        Ok(_) => Vec::new(),
        Err(faults) => faults.iter().map(|fault| fault.pointer.as_str()).collect(),
    }
}

fn required(command: &Map<String, Value>) -> Vec<String> {
    let kind = command["type"].as_str().expect("a type");
    let (_, schema) = schemas()
        .into_iter()
        .find(|(name, _)| *name == kind)
        .expect("a schema");
    serde_json::from_value(schema["required"].clone()).expect("a list of names")
}

#[test]
fn the_example_data_reads() {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../config/examples/dordrecht");
    let mut commands = 0;
    for file in std::fs::read_dir(folder).expect("the examples") {
        let path = file.expect("a file").path();
        if path.extension().is_some_and(|extension| extension == "ndjson") {
            for line in std::fs::read(path)
                .expect("readable")
                .split(|byte| *byte == b'\n')
                .filter(|line| !line.is_empty())
            {
                commands += 1;
                assert_eq!(
                    pointers(&read_command(line)),
                    [""; 0],
                    "{}",
                    String::from_utf8_lossy(line)
                );
            }
        }
    }
    assert!(commands > 100);
}

#[test]
fn every_type_reads_with_all_fields_and_with_the_required_ones() {
    for full in full_commands() {
        let command = read(&full).unwrap_or_else(|faults| panic!("{full:?}: {faults:?}"));
        assert_eq!(command.idempotency_key.as_deref(), Some("import-2021-12-0042"));
        assert_eq!(command.expected_version, Some(7));

        let required = required(&full);
        let mut minimal = full.clone();
        minimal.retain(|name, _| required.contains(name));
        let command = read(&minimal).unwrap_or_else(|faults| panic!("{minimal:?}: {faults:?}"));
        assert_eq!(command.idempotency_key, None);

        let mut with_nulls = full.clone();
        for (name, value) in &mut with_nulls {
            if !required.contains(name) {
                *value = Value::Null;
            }
        }
        assert_eq!(read(&with_nulls), Ok(command), "null counts as absent");
    }
}

#[test]
fn an_expenditure_comes_in_whole() {
    let text = r#"{"type":"postExpenditure","programme":"plan","project":"taskforce","expenditure":"F/1","amount":"125.50",
        "supplier":"Buurtwerk","description":"Caf\u00e9","commitment":"V-1","charges":[{"source":"rijk","amount":"25.50"},
        {"source":"programme","amount":"100.00"}],"year":2020,"taakveld":"6.2","category":"3.8","explanation":"Later",
        "tags":{"wijk":"Oud-Krispijn"},"bookingDate":"2021-01-15","expectedVersion":0}"#;
    let id = |text| parse_id(text).expect("an id");
    let money = |text| parse_money(text).expect("an amount");
    let entry = |text| parse_entry_id(text).expect("an entry id");
    let expected = Command {
        stream: Stream::Programme(id("plan")),
        booking_date: parse_date("2021-01-15").expect("a day"),
        idempotency_key: None,
        expected_version: Some(0),
        details: Some(Details {
            supplier: Some("Buurtwerk".to_owned()),
            description: Some("Café".to_owned()),
            explanation: Some("Later".to_owned()),
            ..Details::default()
        }),
        explained: true,
        action: Action::Programme(domain::Command::PostExpenditure(PostExpenditure {
            project: id("taskforce"),
            expenditure: entry("F/1"),
            amount: money("125.50"),
            commitment: Some(entry("V-1")),
            charges: Some(vec![
                Charge {
                    source: id("rijk"),
                    amount: money("25.50"),
                },
                Charge {
                    source: id("programme"),
                    amount: money("100.00"),
                },
            ]),
            year: Some(2020),
            taakveld: Some("6.2".to_owned()),
            category: Some("3.8".to_owned()),
            tags: [("wijk".to_owned(), "Oud-Krispijn".to_owned())].into(),
        })),
    };
    assert_eq!(read_command(text.as_bytes()), Ok(expected));
}

#[test]
fn what_through_closes_is_its_booking_date() {
    let close = |more: &str| {
        read_command(
            format!(r#"{{"type":"closePeriod","programme":"p","through":"2021-12-31"{more}}}"#).as_bytes(),
        )
    };
    assert_eq!(
        close("").expect("readable").booking_date,
        parse_date("2021-12-31").expect("a day")
    );
    let faults = close(r#","bookingDate":"2021-12-31""#).expect_err("one date too many");
    assert_eq!(faults[0].pointer, "/bookingDate");
    assert!(faults[0].detail.contains("through counts as the booking date"));
}

#[test]
fn a_contradiction_is_seen_in_the_explanation_and_in_the_figure() {
    let flag = |figure: &str, explanation: &str| {
        let text = json!({ "type": "explainFigure", "programme": "p", "figure": figure, "explanation": explanation,
            "bookingDate": "2021-10-31" });
        match read_command(text.to_string().as_bytes())
            .expect("readable")
            .action
        {
            Action::Programme(domain::Command::ExplainFigure(explain)) => explain.source_contradiction,
            Action::Programme(other) => panic!("{other:?}"),
        }
    };
    assert!(flag("budget", "Source-Contradiction: 8 x 17.800 is 142.400"));
    assert!(flag("source-contradiction", "zie brief"));
    assert!(!flag("budget", "source contradiction"));
}

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
            json!("recordCost"),
            "\"recordCost\" is not the type of a command.",
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
            "supplier",
            json!(" \t"),
            "The text is empty: write something, or leave an optional field out.",
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

#[test]
fn a_fingerprint_is_of_the_content() {
    let a = br#"{"type":"closeProgramme","programme":"p","idempotencyKey":"k1","x":{"b":1,"a":"\u00e9"}}"#;
    let b = "{ \"x\": {\"a\":\"é\", \"b\":1}, \"programme\":\"p\",\n\"type\":\"closeProgramme\" }";
    let c = br#"{"type":"closeProgramme","programme":"q","x":{"b":1,"a":"\u00e9"}}"#;
    assert_eq!(fingerprint(a), fingerprint(b.as_bytes()));
    assert_ne!(fingerprint(a), fingerprint(c));
    let canonical = r#"{"programme":"p","type":"closeProgramme","x":{"a":"é","b":1}}"#;
    assert_eq!(
        fingerprint(a),
        hex(Sha256::digest(canonical.as_bytes()).as_slice())
    );
}

fn of_type(name: &str) -> Map<String, Value> {
    full_commands()
        .into_iter()
        .find(|command| command["type"] == name)
        .expect("a type")
}
