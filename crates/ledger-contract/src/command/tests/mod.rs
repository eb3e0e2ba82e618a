//! What is read. What is refused and where is in `faults`, and that nothing else happens in `mutations`.

mod faults;
mod mutations;
mod readme;
mod region;

use std::{path::Path, sync::LazyLock};

use ledger_domain::programme::{Charge, PostExpenditure};
use serde_json::{Map, Value, json};

use super::*;
use crate::value::{parse_date, parse_entry_id, parse_id, parse_money};

static SCHEMAS: LazyLock<Vec<(&str, Value)>> = LazyLock::new(schemas);

/// One command of every type with every field it takes, made from the examples in the schema.
static FULL_COMMANDS: LazyLock<Vec<Map<String, Value>>> =
    LazyLock::new(|| SCHEMAS.iter().map(|(_, schema)| full_command(schema)).collect());

fn full_command(schema: &Value) -> Map<String, Value> {
    let mut command = example(schema).as_object().expect("an object").clone();
    // Where two fields of one form must differ.
    for (name, value) in [("toProject", json!("the-other-project")), ("toYear", json!(2022))] {
        command.entry(name).and_modify(|field| *field = value);
    }
    // Of fields that stand in each other's place, the first ones.
    for name in schema["anyOf"][1]["required"].as_array().into_iter().flatten() {
        command.remove(name.as_str().expect("a name"));
    }
    command
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
    let (_, schema) = SCHEMAS
        .iter()
        .find(|(name, _)| command["type"] == *name)
        .expect("a type");
    let names =
        |list: &Value| -> Vec<String> { serde_json::from_value(list.clone()).expect("a list of names") };
    let mut required = names(&schema["required"]);
    if let Some(choice) = schema.get("anyOf") {
        required.extend(names(&choice[0]["required"]));
    }
    required
}

fn of_type(name: &str) -> Map<String, Value> {
    let found = FULL_COMMANDS.iter().find(|command| command["type"] == name);
    found.expect("a type").clone()
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
    for full in &*FULL_COMMANDS {
        let command = read(full).unwrap_or_else(|faults| panic!("{full:?}: {faults:?}"));
        assert_eq!(command.idempotency_key.as_deref(), Some("import-2021-12-0042"));
        assert_eq!(command.expected_version, Some(7));

        let required = required(full);
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
        details: Some(Box::new(Details {
            supplier: Some("Buurtwerk".to_owned()),
            description: Some("Café".to_owned()),
            explanation: Some("Later".to_owned()),
            ..Details::default()
        })),
        explained: true,
        action: Action::Programme(programmes::Command::PostExpenditure(PostExpenditure {
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
            Action::Programme(programmes::Command::ExplainFigure(explain)) => explain.source_contradiction,
            other => panic!("{other:?}"),
        }
    };
    assert!(flag("budget", "Source-Contradiction: 8 x 17.800 is 142.400"));
    assert!(flag("source-contradiction", "zie brief"));
    assert!(!flag("budget", "source contradiction"));
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
