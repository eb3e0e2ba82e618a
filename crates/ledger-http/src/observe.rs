//! Around every request: a line in the log, and the headers that every answer has.

use std::time::Instant;

use axum::{
    extract::Request,
    http::{HeaderName, HeaderValue, header},
    middleware::Next,
    response::Response,
};
use tracing::info;

use crate::openapi::API_VERSION;

/// The headers of the NL API Design Rules, for answers that set none themselves. `Strict-Transport-Security` counts
/// only behind a proxy with TLS; browsers ignore it elsewhere.
const HEADERS: [(HeaderName, &str); 8] = [
    (HeaderName::from_static("api-version"), API_VERSION),
    (header::CACHE_CONTROL, "no-store"),
    (
        header::CONTENT_SECURITY_POLICY,
        "default-src 'none'; frame-ancestors 'none'",
    ),
    (header::REFERRER_POLICY, "no-referrer"),
    (header::STRICT_TRANSPORT_SECURITY, "max-age=31536000"),
    (header::X_CONTENT_TYPE_OPTIONS, "nosniff"),
    (header::X_FRAME_OPTIONS, "DENY"),
    (
        HeaderName::from_static("cross-origin-resource-policy"),
        "same-origin",
    ),
];

/// Adds the headers.
pub(crate) async fn headers(mut response: Response) -> Response {
    response.headers_mut().reserve(HEADERS.len());
    for (name, value) in HEADERS {
        response
            .headers_mut()
            .entry(name)
            .or_insert(HeaderValue::from_static(value));
    }
    response
}

/// Writes one line for each request: never its parameters, its body or anything of the answer but the status.
pub(crate) async fn log(request: Request, next: Next) -> Response {
    let started = Instant::now();
    let (method, path) = (request.method().clone(), request.uri().path().to_owned());
    let response = next.run(request).await;
    let latency_us = u64::try_from(started.elapsed().as_micros()).unwrap_or(u64::MAX);
    info!(%method, path, status = response.status().as_u16(), latency_us, "request");
    response
}
