//! The JSON Schema of commands (2020-12, as OpenAPI 3.1 has it): what reading asks, written down.

use serde_json::{Map, Value, json};

use super::{Fields, Kind, TYPE, ask, fields::Asked, kinds};

/// One schema for every command: one of all, told apart by `type`.
pub fn schema() -> Value {
    let all: Vec<Value> = schemas().into_iter().map(|(_, schema)| schema).collect();
    json!({
        "title": "Command",
        "description": "One command; every field is listed, anything else is refused.",
        "type": "object",
        "oneOf": all,
        "discriminator": { "propertyName": "type" },
    })
}

/// The schema of each command with its type's name, in the order of the contract.
pub fn schemas() -> Vec<(&'static str, Value)> {
    kinds().map(|kind| (kind.name, command(kind))).collect()
}

fn command(kind: &Kind) -> Value {
    let mut schema = object(kind.summary, |fields| {
        fields.required("type", &TYPE);
        ask(fields, kind)
    });
    schema["title"] = json!(kind.name);
    schema["properties"]["type"] = json!({ "type": "string", "const": kind.name, "examples": [kind.name] });
    schema
}

/// The schema of an object by what reading asks of it.
pub(super) fn object<T>(description: &str, ask: impl FnOnce(&mut Fields<'_>) -> Option<T>) -> Value {
    let asked = asked(ask);
    let instead: Vec<&Asked> = asked
        .iter()
        .filter(|field| !field.instead_of.is_empty())
        .collect();
    let replaced = |field: &Asked| instead.iter().any(|other| other.instead_of.contains(&field.name));
    let required = |field: &&Asked| field.required && !replaced(field);
    let names: Vec<&str> = asked.iter().filter(required).map(|field| field.name).collect();
    let property = |field: &Asked| {
        let schema = field.schema.clone();
        let schema = if required(&field) { schema } else { or_null(schema) };
        (field.name.to_owned(), schema)
    };
    let properties: Map<String, Value> = asked.iter().map(property).collect();
    let mut schema = json!({ "type": "object", "description": description, "properties": properties,
        "required": names, "additionalProperties": false });
    for field in instead {
        schema["anyOf"] = json!([{ "required": field.instead_of }, { "required": [field.name] }]);
    }
    schema
}

/// What reading asks of an object.
pub(super) fn asked<T>(ask: impl FnOnce(&mut Fields<'_>) -> Option<T>) -> Vec<Asked> {
    let mut fields = Fields::describe();
    ask(&mut fields);
    fields.asked()
}

/// Null counts as absent.
fn or_null(mut schema: Value) -> Value {
    if let Some(kind) = schema.get("type").cloned() {
        schema["type"] = json!([kind, "null"]);
    }
    if let Some(choices) = schema.get_mut("enum").and_then(Value::as_array_mut) {
        choices.push(Value::Null);
    }
    schema
}

/// A string by its pattern.
pub(super) fn text(description: &str, pattern: &str, example: &str) -> Value {
    json!({ "type": "string", "description": description, "pattern": pattern, "examples": [example] })
}

/// A string by its length.
pub(super) fn free_text(description: &str, characters_max: usize, example: &str) -> Value {
    json!({ "type": "string", "description": description, "minLength": 1, "maxLength": characters_max,
        "pattern": r"^[^\u0000-\u001f\u007f-\u009f]*\S[^\u0000-\u001f\u007f-\u009f]*$", "examples": [example] })
}
