//! Valid commands, disturbed: every disturbance is found where it was made, and nothing panics.

use proptest::{prelude::*, sample::Index};
use serde_json::{Map, Value, json};

use super::{FULL_COMMANDS, SCHEMAS, example, pointers, read, required};
use crate::command::read_command;

/// Where an optional one is empty, it says as little as one that is absent.
const FREE_TEXTS: [&str; 9] = [
    "category",
    "client",
    "description",
    "document",
    "explanation",
    "law",
    "supplier",
    "taakveld",
    "theme",
];

/// A value that no field takes in any form.
fn retyped(value: &Value) -> Value {
    match value {
        Value::String(_) => json!(1),
        Value::Number(_) => json!("2021"),
        Value::Bool(_) => json!("true"),
        Value::Array(_) => json!({}),
        _ => json!([]),
    }
}

#[test]
fn every_field_that_is_dropped_retyped_nulled_or_doubled_is_found() {
    for full in &*FULL_COMMANDS {
        let required = required(full);
        for (name, value) in full {
            let pointer = format!("/{name}");
            let needed = required.contains(name);
            let with = |value: Value| {
                let mut command = full.clone();
                command.insert(name.clone(), value);
                command
            };

            let found = read(&with(retyped(value)));
            assert_eq!(pointers(&found), [pointer.as_str()], "{name} retyped in {full:?}");

            let mut dropped = full.clone();
            dropped.remove(name);
            let expected = match name.as_str() {
                _ if needed => vec![pointer.as_str()],
                // Without a municipality it is a joint cost, and those have no client.
                "municipality" if full.contains_key("client") => vec!["/client"],
                _ => vec![],
            };
            for absent in [read(&dropped), read(&with(Value::Null))] {
                assert_eq!(pointers(&absent), expected, "{name} absent in {full:?}");
            }

            let text = Value::Object(full.clone()).to_string();
            let doubled = format!("{},{}:{value}}}", &text[..text.len() - 1], json!(name));
            assert_eq!(pointers(&read_command(doubled.as_bytes())), [pointer.as_str()]);

            let empty = read(&with(json!("")));
            let counts_as_absent = FREE_TEXTS.contains(&name.as_str()) && !needed;
            let expected = if counts_as_absent {
                vec![]
            } else {
                vec![pointer.as_str()]
            };
            assert_eq!(pointers(&empty), expected, "{name} empty in {full:?}");
        }
        let mut more = full.clone();
        more.insert("amuont".to_owned(), json!("1.00"));
        assert_eq!(pointers(&read(&more)), ["/amuont"]);
    }
}

/// What a small part of JSON Schema says about a value: the keywords that our schemas use, except patterns.
fn conforms(value: &Value, schema: &Value) -> bool {
    let kind = match value {
        Value::Null => "null",
        Value::Bool(_) => "boolean",
        Value::Number(number) if number.is_u64() || number.is_i64() => "integer",
        Value::Number(_) => "number",
        Value::String(_) => "string",
        Value::Array(_) => "array",
        Value::Object(_) => "object",
    };
    let types = match &schema["type"] {
        Value::Array(types) => types.clone(),
        one => vec![one.clone()],
    };
    let number = |name: &str| schema.get(name).and_then(Value::as_u64);
    let between = |count: u64, least: &str, most: &str| {
        number(least).is_none_or(|least| least <= count) && number(most).is_none_or(|most| count <= most)
    };
    let inside = match value {
        Value::Number(value) => value
            .as_u64()
            .is_some_and(|value| between(value, "minimum", "maximum")),
        Value::String(text) => between(text.chars().count() as u64, "minLength", "maxLength"),
        Value::Array(items) => {
            between(items.len() as u64, "minItems", "maxItems")
                && items.iter().all(|item| conforms(item, &schema["items"]))
        }
        Value::Object(fields) => {
            let known = schema["properties"].as_object();
            let there = |schema: &Value| {
                let names = schema["required"].as_array();
                names.is_none_or(|names| {
                    names
                        .iter()
                        .all(|name| fields.contains_key(name.as_str().unwrap_or("")))
                })
            };
            let choices = schema["anyOf"].as_array();
            between(fields.len() as u64, "minProperties", "maxProperties")
                && there(schema)
                && choices.is_none_or(|choices| choices.iter().any(there))
                && fields
                    .iter()
                    .all(|(name, value)| match known.and_then(|known| known.get(name)) {
                        Some(schema) => conforms(value, schema),
                        None => {
                            schema["additionalProperties"].is_object()
                                && conforms(value, &schema["additionalProperties"])
                        }
                    })
        }
        _ => true,
    };
    let listed = schema["enum"]
        .as_array()
        .is_none_or(|choices| choices.contains(value))
        && schema.get("const").is_none_or(|only| only == value);
    types.iter().any(|name| *name == kind) && inside && listed
}

fn json_value() -> impl Strategy<Value = Value> {
    let leaf = prop_oneof![
        Just(Value::Null),
        any::<bool>().prop_map(Value::from),
        prop_oneof![Just(2021_i64), 1890..3010_i64, any::<i64>()].prop_map(Value::from),
        any::<f64>().prop_map(Value::from),
        "-?[0-9]{1,17}\\.[0-9]{0,3}".prop_map(Value::from),
        "[12][09][0-9]{2}-[0-9]{2}-[0-9]{2}".prop_map(Value::from),
        "(programme|rijk|council|explain|[01]/[0-9]|0\\.5|GM[0-9]{4}| )".prop_map(Value::from),
        ".{0,70}".prop_map(Value::from),
        (0..5_000_usize).prop_map(|length| Value::from("é".repeat(length))),
    ];
    leaf.prop_recursive(3, 24, 6, |inner| {
        prop_oneof![
            prop::collection::vec(inner.clone(), 0..70).prop_map(Value::from),
            prop::collection::btree_map("(source|amount|by|[a-z]{1,3})", inner, 0..20)
                .prop_map(|fields| Value::Object(fields.into_iter().collect())),
        ]
    })
}

/// A command of some type, with some fields replaced, dropped, added or disturbed inside.
fn disturbed() -> impl Strategy<Value = Map<String, Value>> {
    let change = (
        any::<Index>(),
        prop::option::weighted(0.8, json_value()),
        any::<bool>(),
    );
    (any::<Index>(), prop::collection::vec(change, 0..4)).prop_map(|(kind, changes)| {
        let mut command = kind.get(&FULL_COMMANDS).clone();
        let others: Vec<String> = FULL_COMMANDS.iter().flat_map(Map::keys).cloned().collect();
        for (at, value, own) in changes {
            let names: Vec<String> = if own {
                command.keys().cloned().collect()
            } else {
                others.clone()
            };
            if names.is_empty() {
                continue;
            }
            match value {
                Some(value) => command.insert(at.get(&names).clone(), value),
                None => command.remove(at.get(&names)),
            };
        }
        command
    })
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 500, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn what_is_read_conforms_to_the_schema(command in disturbed()) {
        match read(&command) {
            Ok(_) => {
                let schema = SCHEMAS.iter().find(|(name, _)| command["type"] == *name);
                prop_assert!(conforms(&Value::Object(command.clone()), &schema.expect("a type").1), "{:?}", command);
            }
            Err(faults) => {
                prop_assert!(!faults.is_empty());
                for fault in faults {
                    prop_assert!(fault.detail.ends_with('.'), "{}", fault.detail);
                    let first = fault.pointer.split('/').nth(1).unwrap_or("").replace("~1", "/").replace("~0", "~");
                    let there = command.contains_key(&first) || fault.detail.ends_with(" is missing.");
                    prop_assert!(fault.pointer.is_empty() || there, "{:?}", fault);
                }
            }
        }
    }

    #[test]
    fn any_text_is_read_or_refused(
        kind in any::<Index>(), at in any::<Index>(), cut in 0..6_usize, bytes in prop::collection::vec(any::<u8>(), 0..6)
    ) {
        let mut text = Value::Object(kind.get(&FULL_COMMANDS).clone()).to_string().into_bytes();
        let at = at.index(text.len());
        text.splice(at..(at + cut).min(text.len()), bytes);
        if let Err(faults) = read_command(&text) {
            prop_assert!(!faults.is_empty());
        }
    }
}

#[test]
fn the_schema_takes_its_own_examples_and_not_everything() {
    for (name, schema) in &*SCHEMAS {
        let command = example(schema);
        assert!(conforms(&command, schema), "{name}");
        for field in schema["required"].as_array().expect("names") {
            let mut less = command.clone();
            less.as_object_mut()
                .expect("an object")
                .remove(field.as_str().expect("a name"));
            assert!(!conforms(&less, schema), "{name} without {field}");
        }
    }
}
