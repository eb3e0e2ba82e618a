//! Around every request: a line in the log, and the headers that every answer has.

use std::{sync::LazyLock, time::Instant};

use axum::{
    http::{HeaderMap, HeaderName, HeaderValue, Method, Uri, header},
    response::Response,
};
use tracing::info;

use crate::{negotiate::JSON, openapi::API_VERSION};

/// The header that every answer has, and no handler sets.
const VERSION: &str = "api-version";

/// The headers of the NL API Design Rules, for answers that set none themselves. `Strict-Transport-Security` counts
/// only behind a proxy with TLS; browsers ignore it elsewhere.
const HEADERS: [(HeaderName, HeaderValue); 8] = [
    (
        HeaderName::from_static(VERSION),
        HeaderValue::from_static(API_VERSION),
    ),
    (header::CACHE_CONTROL, HeaderValue::from_static("no-store")),
    (
        header::CONTENT_SECURITY_POLICY,
        HeaderValue::from_static("default-src 'none'; frame-ancestors 'none'"),
    ),
    (header::REFERRER_POLICY, HeaderValue::from_static("no-referrer")),
    (
        header::STRICT_TRANSPORT_SECURITY,
        HeaderValue::from_static("max-age=31536000"),
    ),
    (
        header::X_CONTENT_TYPE_OPTIONS,
        HeaderValue::from_static("nosniff"),
    ),
    (header::X_FRAME_OPTIONS, HeaderValue::from_static("DENY")),
    (
        HeaderName::from_static("cross-origin-resource-policy"),
        HeaderValue::from_static("same-origin"),
    ),
];

/// The same, made once: a copy of them takes less than adding each.
static HOUSE: LazyLock<HeaderMap> = LazyLock::new(|| HEADERS.into_iter().collect());

/// The same for an answer in JSON that has no others, so that nothing is added to the copy.
static HOUSE_OF_JSON: LazyLock<HeaderMap> = LazyLock::new(|| {
    let own = (header::CONTENT_TYPE, HeaderValue::from_static(JSON));
    HEADERS.into_iter().chain([own]).collect()
});

/// All the headers of an answer in JSON; the server adds its length.
pub(crate) fn headers_of_json() -> HeaderMap {
    HOUSE_OF_JSON.clone()
}

/// Adds the headers, unless the answer was made with them.
pub(crate) fn add_headers(headers: &mut HeaderMap) {
    if headers.contains_key(VERSION) {
        return;
    }
    let own = std::mem::replace(headers, HOUSE.clone());
    headers.extend(own);
}

/// Writes one line for each request: never its parameters, its body or anything of the answer but the status.
pub(crate) fn log(method: &Method, uri: &Uri, response: &Response, started: Instant) {
    let latency_us = u64::try_from(started.elapsed().as_micros()).unwrap_or(u64::MAX);
    info!(%method, path = uri.path(), status = response.status().as_u16(), latency_us, "request");
}
