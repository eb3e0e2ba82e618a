//! Holds real answers against the OpenAPI document, so that the document stays true. It knows as much of JSON Schema
//! as the document uses for answers.

use std::sync::LazyLock;

use axum::http::Method;
use serde_json::{Map, Value};

/// The document as it is served.
pub(crate) static DOCUMENT: LazyLock<Value> = LazyLock::new(|| {
    let serving = async {
        let door = crate::server::Server::empty().door;
        let request = crate::server::request(Method::GET, "/v1/openapi.json", &[], axum::body::Body::empty());
        let response = tower::ServiceExt::oneshot(door, request).await.unwrap();
        axum::body::to_bytes(response.into_body(), usize::MAX)
            .await
            .unwrap()
    };
    let thread = std::thread::spawn(|| {
        let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build();
        runtime.unwrap().block_on(serving)
    });
    serde_json::from_slice(&thread.join().unwrap()).unwrap()
});

/// Checks a value against a schema by its name.
pub(crate) fn check(name: &str, value: &Value) {
    let schema = &DOCUMENT["components"]["schemas"][name];
    assert!(schema.is_object(), "there is no schema {name}");
    fits(schema, value).unwrap_or_else(|fault| panic!("{name}: {fault} in {value:#}"));
}

/// Checks the body of an answer against what the document says of its address.
pub(crate) fn check_answer(method: &Method, path: &str, status: u16, body: &Value) {
    let path = path.strip_prefix("/v1").unwrap_or(path);
    let paths = DOCUMENT["paths"].as_object().unwrap();
    let (_, about) = paths
        .iter()
        .find(|(template, _)| covers(template, path))
        .unwrap_or_else(|| panic!("{path} is not in the document"));
    let response = &about[method.as_str().to_lowercase()]["responses"][status.to_string()];
    let schema = &response["content"]["application/json"]["schema"];
    assert!(schema.is_object(), "{method} {path} has no answer {status}");
    fits(schema, body).unwrap_or_else(|fault| panic!("{method} {path}: {fault}"));
}

fn covers(template: &str, path: &str) -> bool {
    let (wanted, given): (Vec<_>, Vec<_>) = (template.split('/').collect(), path.split('/').collect());
    wanted.len() == given.len()
        && wanted
            .iter()
            .zip(given)
            .all(|(wanted, given)| wanted.starts_with('{') || *wanted == given)
}

fn fits(schema: &Value, value: &Value) -> Result<(), String> {
    if let Some(reference) = schema["$ref"].as_str() {
        let target = DOCUMENT.pointer(reference.trim_start_matches('#'));
        return fits(target.ok_or(format!("{reference} leads nowhere"))?, value);
    }
    if let Some(either) = schema["anyOf"].as_array() {
        let fits_one = either.iter().any(|schema| fits(schema, value).is_ok());
        return fits_one
            .then_some(())
            .ok_or(format!("{value} fits none of anyOf"));
    }
    let kinds = match &schema["type"] {
        Value::String(kind) => vec![kind.as_str()],
        Value::Array(kinds) => kinds.iter().filter_map(Value::as_str).collect(),
        _ => return Err(format!("no type in {schema}")),
    };
    if !kinds.contains(&kind(value)) {
        return Err(format!("{value} is no {kinds:?}"));
    }
    if let Some(choices) = schema["enum"].as_array()
        && !choices.contains(value)
    {
        return Err(format!("{value} is none of {choices:?}"));
    }
    match value {
        Value::Array(items) => items.iter().try_for_each(|item| fits(&schema["items"], item)),
        Value::Object(fields) if schema["properties"].is_object() => object(schema, fields),
        _ => Ok(()),
    }
}

fn object(schema: &Value, fields: &Map<String, Value>) -> Result<(), String> {
    for name in schema["required"].as_array().into_iter().flatten() {
        let name = name.as_str().unwrap();
        if !fields.contains_key(name) {
            return Err(format!("{name} is missing"));
        }
    }
    for (name, value) in fields {
        let schema = &schema["properties"][name];
        if schema.is_null() {
            return Err(format!("{name} is not in the document"));
        }
        fits(schema, value).map_err(|fault| format!("{name}: {fault}"))?;
    }
    Ok(())
}

fn kind(value: &Value) -> &'static str {
    match value {
        Value::Null => "null",
        Value::Bool(_) => "boolean",
        Value::Number(_) => "integer",
        Value::String(_) => "string",
        Value::Array(_) => "array",
        Value::Object(_) => "object",
    }
}
