//! One operation of the OpenAPI document, said in the terms of this crate's pages.

use serde_json::{Map, Value, json};

use super::PROBLEMS;
use crate::negotiate::JSON;

/// What an address does for one method.
pub(crate) struct Operation {
    about: Value,
    content: Map<String, Value>,
    responses: Map<String, Value>,
}

impl Operation {
    /// An operation with its unique id, its tag and one line about it.
    pub(crate) fn new(id: &str, tag: &str, summary: &str) -> Self {
        Self {
            about: json!({ "operationId": id, "tags": [tag], "summary": summary }),
            content: Map::new(),
            responses: Map::new(),
        }
    }

    /// Says more than the one line.
    pub(crate) fn describes(mut self, description: &str) -> Self {
        self.about["description"] = json!(description);
        self
    }

    /// Takes these parameters, by the names of their components.
    pub(crate) fn takes(mut self, parameters: &[&str]) -> Self {
        self.about["parameters"] = parameters
            .iter()
            .map(|name| reference("parameters", name))
            .collect();
        self
    }

    /// Takes a body of this media type and schema, beside those named before.
    pub(crate) fn body(mut self, media_type: &str, schema: &str) -> Self {
        self.content.insert(
            media_type.to_owned(),
            json!({ "schema": reference("schemas", schema) }),
        );
        self
    }

    /// Answers with JSON of this schema.
    pub(crate) fn answers(mut self, status: u16, schema: &str) -> Self {
        let response = json!({
            "description": schema,
            "headers": { "API-Version": reference("headers", "API-Version") },
            "content": { JSON: { "schema": reference("schemas", schema) } },
        });
        self.responses.insert(status.to_string(), response);
        self
    }

    /// Answers with another media type than JSON.
    pub(crate) fn gives(mut self, media_type: &str, description: &str) -> Self {
        let response = json!({
            "description": description,
            "headers": { "API-Version": reference("headers", "API-Version") },
            "content": { media_type: { "schema": { "type": "string" } } },
        });
        self.responses.insert("200".to_owned(), response);
        self
    }

    /// Answers with a tag, and with 304 to who has it.
    pub(crate) fn or_not_modified(mut self) -> Self {
        if let Some(answer) = self.responses.get_mut("200") {
            answer["headers"]["ETag"] = reference("headers", "ETag");
        }
        let headers = json!({ "API-Version": reference("headers", "API-Version"),
            "ETag": reference("headers", "ETag") });
        let response = json!({ "description": "The client has the answer already", "headers": headers });
        self.responses.insert("304".to_owned(), response);
        self
    }

    /// Answers with a stream of this media type to who asks for it.
    pub(crate) fn or_streams(mut self, media_type: &str) -> Self {
        if let Some(answer) = self.responses.get_mut("200") {
            answer["content"][media_type] = json!({ "schema": { "type": "string" } });
        }
        self
    }

    /// Fails with a problem of these statuses.
    pub(crate) fn fails(mut self, statuses: &[u16]) -> Self {
        for (status, name, _) in PROBLEMS.iter().filter(|(status, ..)| statuses.contains(status)) {
            self.responses
                .insert(status.to_string(), reference("responses", name));
        }
        self
    }

    /// As the document has it.
    pub(crate) fn to_json(&self) -> Value {
        let mut about = self.about.clone();
        if !self.content.is_empty() {
            about["requestBody"] = json!({ "required": true, "content": self.content });
        }
        about["responses"] = Value::Object(self.responses.clone());
        about
    }
}

fn reference(of: &str, name: &str) -> Value {
    json!({ "$ref": format!("#/components/{of}/{name}") })
}
