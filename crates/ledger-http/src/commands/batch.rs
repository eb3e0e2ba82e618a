//! `/v1/commands/batch`: many commands as lines of JSON; all of them are taken, or none.

use std::sync::Arc;

use axum::{
    body::Body,
    extract::State,
    http::{HeaderMap, Uri},
    middleware::from_fn,
    response::Response,
    routing::post,
};
use ledger_contract::{command::COMMAND_BYTES_MAX, problem::Trouble};
use ledger_service::{Line, Submission};
use serde_json::json;

use super::{IDEMPOTENCY_KEY, created};
use crate::{
    app::{Page, Record, Shared, admit},
    body,
    negotiate::{check_content_type, json_only},
    openapi::Operation,
    problem::Failure,
    query::Parameters,
};

/// The names that lines of JSON go by.
const NDJSON: [&str; 3] = [
    "application/x-ndjson",
    "application/jsonl",
    "application/json-lines",
];
/// The most commands in a batch.
const BATCH_COMMANDS_MAX: usize = 10_000;
/// The largest batch.
const BATCH_BYTES_MAX: usize = 16 << 20;

/// Many commands.
pub(crate) fn page<R: Record>() -> Page<R> {
    let mut operation = Operation::new(
        "postCommandBatch",
        "Commands",
        "Posts many commands, one a line: all or nothing",
    );
    for name in NDJSON {
        operation = operation.body(name, "CommandLines");
    }
    let operation = operation
        .answers(201, "Reply")
        .fails(&[400, 406, 408, 409, 413, 415, 429, 500, 503]);
    Page {
        path: "/commands/batch",
        methods: post(take::<R>).route_layer(from_fn(json_only)),
        about: json!({ "post": operation.to_json() }),
    }
}

async fn take<R: Record>(
    State(app): State<Shared<R>>,
    uri: Uri,
    headers: HeaderMap,
    body: Body,
) -> Result<Response, Failure> {
    Parameters::of(&uri).finish()?;
    check_content_type(&headers, &NDJSON)?;
    if headers.contains_key(IDEMPOTENCY_KEY) {
        let sentence = "A batch takes no header Idempotency-Key: each command has its own in idempotencyKey.";
        return Err(Failure::fault("/idempotencyKey", sentence));
    }
    // Taken before the body is read, since it is the bodies that need the memory.
    let _place = admit(&app.batches, "batches")?;
    let bytes = body::read(body.into_data_stream(), &headers, BATCH_BYTES_MAX).await?;
    let reader = Arc::clone(&app);
    let lines = tokio::task::spawn_blocking(move || read(&bytes, &reader.settings.recorded_by))
        .await
        .map_err(|_| Failure::internal())??;
    let (import, outcomes) = app.posted(app.ledger.post_batch(lines).await)?;
    created(
        import.log_position,
        outcomes.iter().flat_map(|outcome| &outcome.events),
    )
}

/// Reads every line that is not blank. Numbers count blank lines too, so that they are those an editor shows.
fn read(bytes: &[u8], recorded_by: &str) -> Result<Vec<Line>, Failure> {
    let mut lines = Vec::new();
    for (number, line) in (1..).zip(bytes.split(|byte| *byte == b'\n')) {
        if line.trim_ascii().is_empty() {
            continue;
        }
        if lines.len() == BATCH_COMMANDS_MAX {
            let sentence = format!("A batch has at most {BATCH_COMMANDS_MAX} commands.");
            return Err(Failure::trouble(Trouble::TooLarge, &sentence));
        }
        if line.len() > COMMAND_BYTES_MAX {
            let sentence = format!("Line {number} has more than the {COMMAND_BYTES_MAX} bytes of a command.");
            return Err(Failure::trouble(Trouble::TooLarge, &sentence));
        }
        lines.push((number, Submission::read(line, None, recorded_by).map(Box::new)));
    }
    if lines.is_empty() {
        return Err(Failure::fault("", "The batch has no commands."));
    }
    Ok(lines)
}
