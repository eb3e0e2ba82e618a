//! `/v1/openapi.json`: what the front door takes and answers, for programs (OpenAPI 3.1).
//!
//! Each page describes itself beside its handler; shapes that pages share are in the components. Commands are
//! described by what reads them, so that the document cannot ask for anything else than the ledger does. It keeps the
//! rules of the NL API Design Rules' linter.

mod operation;
mod parameters;
mod phase_out;
mod region_reports;
mod reports;
mod schemas;
mod settlement;

pub(crate) use operation::Operation;

use axum::{
    body::Bytes,
    http::{HeaderName, HeaderValue, StatusCode, header},
    middleware::from_fn,
    response::IntoResponse as _,
    routing::get,
};
use ledger_contract::problem::MEDIA_TYPE;
use serde_json::{Map, Value, json};

use crate::{
    BASE,
    app::{Page, Record},
    body,
    negotiate::json_only,
};

/// The version of what is served, in the header `API-Version` of every answer. Its first number is that of the
/// addresses.
pub const API_VERSION: &str = "1.0.0";

/// Every status that a problem of an operation can have, with the name of its component and what it means.
const PROBLEMS: [(u16, &str, &str); 10] = [
    (
        400,
        "InvalidInput",
        "The input cannot be read; `errors` has every fault.",
    ),
    (
        404,
        "NotFound",
        "What the path or a parameter names is not known.",
    ),
    (406, "NotAcceptable", "None of the media types asked is offered."),
    (408, "RequestTimeout", "The body did not arrive in time."),
    (
        409,
        "Refused",
        "A rule refuses it, with the figures in `detail`; nothing was recorded.",
    ),
    (413, "TooLarge", "The body is larger than is taken."),
    (415, "UnsupportedMediaType", "The body is of another media type."),
    (429, "TooManyRequests", "More is being served than fits at once."),
    (500, "Internal", "The ledger failed; its log says why."),
    (
        503,
        "Unavailable",
        "The ledger takes no postings or cannot be read now.",
    ),
];

/// The page of the document itself, which describes all pages before it and its own.
pub(crate) fn page<R: Record>(pages: &[Page<R>]) -> Page<R> {
    let operation = Operation::new("getOpenapi", "Document", "This document")
        .answers(200, "OpenapiDocument")
        .fails(&[406, 500]);
    let path = "/openapi.json";
    let about = json!({ "get": operation.to_json() });
    let mut paths: Map<String, Value> = pages
        .iter()
        // The router's mark for a parameter with slashes in it is none of OpenAPI's.
        .map(|page| (page.path.replace("{*", "{"), page.about.clone()))
        .collect();
    paths.insert(path.to_owned(), about.clone());
    let document = Bytes::from(document(&paths).to_string());
    // Pages of other sites may read what is public anyway: their tools show it (API Design Rules, publish-openapi).
    let headers = [
        (header::CACHE_CONTROL, HeaderValue::from_static("no-cache")),
        (header::ACCESS_CONTROL_ALLOW_ORIGIN, HeaderValue::from_static("*")),
        (
            HeaderName::from_static("cross-origin-resource-policy"),
            HeaderValue::from_static("cross-origin"),
        ),
    ];
    let show = async move || (headers, body::answer(StatusCode::OK, document)).into_response();
    Page {
        path,
        methods: get(show).route_layer(from_fn(json_only)),
        about,
    }
}

fn document(paths: &Map<String, Value>) -> Value {
    json!({
        "openapi": "3.1.0",
        "info": {
            "title": "rekenschap",
            "summary": "An event-sourced ledger for municipal budgets and regional solidarity",
            "description": "Controllers post commands; reports answer at two dates: `asOf`, the business date, and \
                `knownAt`, what the ledger knew. Amounts are strings with two decimals, in euros. Errors are problem \
                documents (RFC 9457).",
            "version": API_VERSION,
            "contact": {
                "name": "The makers of rekenschap",
                "url": "https://rekenschap.example/contact",
                "email": "contact@rekenschap.example",
            },
            "license": { "name": "EUPL-1.2", "identifier": "EUPL-1.2" },
        },
        "servers": [{ "url": BASE, "description": "The server that this document comes from" }],
        "tags": [
            { "name": "Commands", "description": "Posting" },
            { "name": "Programmes", "description": "What the council authorised" },
            { "name": "Regions", "description": "Municipalities that share costs" },
            { "name": "Reports", "description": "What is left, what is underspent, who pays" },
            { "name": "Events", "description": "The record" },
            { "name": "Log", "description": "The record as a tiled transparency log, for other people's programs" },
            { "name": "Health", "description": "For whoever operates it" },
            { "name": "Document", "description": "This description" },
        ],
        "paths": paths,
        "components": {
            "headers": headers(),
            "parameters": parameters::parameters(),
            "responses": problems(),
            "schemas": schemas::schemas(),
        },
    })
}

fn headers() -> Value {
    json!({
        "API-Version": { "description": "The full version of the API", "schema": { "type": "string" },
            "example": API_VERSION },
        "ETag": { "description": "What the answer stands on; send it as If-None-Match to ask only for news",
            "schema": { "type": "string" } },
        "Retry-After": { "description": "Seconds after which it is worth trying again",
            "schema": { "type": "integer", "minimum": 0 } },
    })
}

fn problems() -> Map<String, Value> {
    PROBLEMS
        .iter()
        .map(|(status, name, description)| {
            let mut headers = json!({ "API-Version": { "$ref": "#/components/headers/API-Version" } });
            if [429, 503].contains(status) {
                headers["Retry-After"] = json!({ "$ref": "#/components/headers/Retry-After" });
            }
            let schema = json!({ "$ref": "#/components/schemas/Problem" });
            let response = json!({ "description": description, "headers": headers,
                "content": { MEDIA_TYPE: { "schema": schema } } });
            ((*name).to_owned(), response)
        })
        .collect()
}
