//! The OpenAPI document: as it was agreed, and by the rules of the NL API Design Rules' linter that can be broken.

use serde_json::Value;

use crate::{schema::DOCUMENT, server::Server};

#[tokio::test]
async fn the_document_is_public() {
    let answer = Server::empty().get("/v1/openapi.json").await;
    assert_eq!(answer.status, 200);
    assert_eq!(answer.header("access-control-allow-origin"), "*");
    assert_eq!(answer.json(), *DOCUMENT);
}

#[test]
fn the_document_is_as_it_was_agreed() {
    insta::assert_json_snapshot!(*DOCUMENT);
}

#[test]
fn the_document_keeps_the_api_design_rules() {
    let document = &*DOCUMENT;
    let contact = &document["info"]["contact"];
    for field in ["name", "url", "email"] {
        assert!(contact[field].is_string(), "contact has no {field}");
    }
    assert_eq!(document["servers"][0]["url"], "/v1");
    let mut ids = Vec::new();
    for (path, methods) in document["paths"].as_object().unwrap() {
        assert!(!path.ends_with('/'), "{path} has a trailing slash");
        let kebab = |part: &str| {
            part.starts_with('{') || part.bytes().all(|byte| byte.is_ascii_lowercase() || byte == b'-')
        };
        assert!(
            path == "/openapi.json" || path.split('/').all(kebab),
            "{path} is not kebab-case"
        );
        for (method, operation) in methods.as_object().unwrap() {
            ids.push(operation["operationId"].as_str().unwrap());
            check_operation(path, method, operation);
        }
    }
    let all = ids.len();
    ids.sort_unstable();
    ids.dedup();
    assert_eq!(ids.len(), all, "an operation's id is used twice");
}

fn check_operation(path: &str, method: &str, operation: &Value) {
    let responses = operation["responses"].as_object().unwrap();
    for (status, response) in responses {
        let response = followed(response);
        let version = followed(&response["headers"]["API-Version"]);
        assert!(version.is_object(), "{method} {path} {status} has no API-Version");
        if status.starts_with(['4', '5']) {
            let problem = followed(&response["content"]["application/problem+json"]["schema"]);
            assert!(
                problem["properties"]["detail"].is_object(),
                "{method} {path} {status} is no problem"
            );
        }
    }
    let parameters: Vec<&Value> = operation["parameters"]
        .as_array()
        .into_iter()
        .flatten()
        .map(followed)
        .collect();
    for parameter in &parameters {
        let name = parameter["name"].as_str().unwrap();
        assert!(
            followed(&parameter["schema"]).is_object(),
            "{path}: {name} has no schema"
        );
        if parameter["in"] == "query" {
            assert!(
                name.bytes().all(|byte| byte.is_ascii_alphanumeric()),
                "{path}: {name} is not camelCase"
            );
        }
    }
    let in_path = parameters.iter().filter(|parameter| parameter["in"] == "path");
    assert_eq!(
        in_path.count(),
        path.matches('{').count(),
        "{path}: a parameter is not described"
    );
    if method != "get" || !parameters.is_empty() {
        assert!(
            responses.contains_key("400"),
            "{method} {path} cannot be told about bad input"
        );
    }
}

/// What a reference leads to.
fn followed(value: &Value) -> &Value {
    match value["$ref"].as_str() {
        Some(reference) => DOCUMENT
            .pointer(reference.trim_start_matches('#'))
            .unwrap_or_else(|| panic!("{reference} leads nowhere")),
        None => value,
    }
}

#[test]
fn every_reference_leads_somewhere() {
    fn walk(value: &Value) {
        match value {
            Value::Object(fields) => {
                if fields.contains_key("$ref") {
                    followed(value);
                }
                fields.values().for_each(walk);
            }
            Value::Array(items) => items.iter().for_each(walk),
            _ => {}
        }
    }
    walk(&DOCUMENT);
}
