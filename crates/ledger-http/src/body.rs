//! Bodies, in and out.

use std::{pin::pin, time::Duration};

use axum::{
    Error,
    body::Bytes,
    http::{
        HeaderMap, HeaderValue, StatusCode,
        header::{CONTENT_LENGTH, CONTENT_TYPE},
    },
    response::{IntoResponse, Response},
};
use futures_util::{Stream, StreamExt as _, future::poll_immediate};
use ledger_contract::{problem::Trouble, to_json};
use serde::Serialize;

use crate::{negotiate::JSON, problem::Failure};

/// A client that takes longer holds a place that others wait for.
const BODY_SECONDS_MAX: u64 = 30;

/// Reads a body of at most this many bytes.
pub(crate) async fn read(
    chunks: impl Stream<Item = Result<Bytes, Error>> + Unpin,
    headers: &HeaderMap,
    bytes_max: usize,
) -> Result<Vec<u8>, Failure> {
    let announced = headers
        .get(CONTENT_LENGTH)
        .and_then(|length| length.to_str().ok()?.parse::<usize>().ok());
    if announced.is_some_and(|length| length > bytes_max) {
        return Err(too_large(bytes_max));
    }
    let mut reading = pin!(collect(chunks, announced.unwrap_or_default(), bytes_max));
    // Most bodies come with their head, and need no clock.
    if let Some(read) = poll_immediate(&mut reading).await {
        return read;
    }
    tokio::time::timeout(Duration::from_secs(BODY_SECONDS_MAX), reading)
        .await
        .unwrap_or_else(|_| Err(Failure::request_timeout(BODY_SECONDS_MAX)))
}

async fn collect(
    mut chunks: impl Stream<Item = Result<Bytes, Error>> + Unpin,
    announced: usize,
    bytes_max: usize,
) -> Result<Vec<u8>, Failure> {
    let mut bytes = Vec::with_capacity(announced);
    while let Some(chunk) = chunks.next().await {
        let chunk = chunk.map_err(|_| Failure::fault("", "The body ended before it was complete."))?;
        if bytes.len() + chunk.len() > bytes_max {
            return Err(too_large(bytes_max));
        }
        bytes.extend_from_slice(&chunk);
    }
    Ok(bytes)
}

fn too_large(bytes_max: usize) -> Failure {
    let sentence = format!("At most {bytes_max} bytes are taken here.");
    Failure::trouble(Trouble::TooLarge, &sentence)
}

/// JSON as bytes.
pub(crate) fn json(value: &impl Serialize) -> Result<Vec<u8>, Failure> {
    to_json(value).map_err(|_| Failure::internal())
}

/// An answer in JSON.
pub(crate) fn answer(status: StatusCode, json: impl Into<Bytes>) -> Response {
    let content_type = [(CONTENT_TYPE, HeaderValue::from_static(JSON))];
    (status, content_type, json.into()).into_response()
}
