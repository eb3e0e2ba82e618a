//! `/v1/commands`: one command. What it appended comes back when it is durable.

pub(crate) mod batch;

use axum::{
    body::Body,
    extract::{Request, State},
    http::{HeaderMap, Method, StatusCode, request::Parts},
    response::Response,
    routing::post,
};
use ledger_contract::{
    command::{COMMAND_BYTES_MAX, Fault},
    event::{Details, Event},
    reply::{EventView, Reply},
    value::parse_idempotency_key,
};
use ledger_service::Submission;
use serde_json::json;

use crate::{
    BASE,
    app::{App, Page, Record, Shared, admit},
    body,
    negotiate::{JSON, accepts, check_content_type},
    observe,
    openapi::Operation,
    problem::Failure,
    query::Parameters,
    unread::Rest,
};

/// The header that may hold a command's key.
const IDEMPOTENCY_KEY: &str = "idempotency-key";

/// The address, below the base.
const PATH: &str = "/commands";

/// Whether a request is one that [`take`] answers.
pub(crate) fn is_posting(request: &Request) -> bool {
    request.method() == Method::POST && request.uri().path().strip_prefix(BASE) == Some(PATH)
}

/// One command.
pub(crate) fn page<R: Record>() -> Page<R> {
    let operation = Operation::new("postCommand", "Commands", "Posts one command")
        .takes(&["idempotencyKey"])
        .body(JSON, "Command")
        .answers(201, "Reply")
        .fails(&[400, 406, 408, 409, 413, 415, 429, 500, 503]);
    Page {
        path: PATH,
        // The door hands over what it can itself; this tells which methods there are.
        methods: post(async |State(app): State<Shared<R>>, request: Request| {
            let (parts, body) = request.into_parts();
            let mut body = Rest::of(body, &parts.headers);
            take(&app, &parts, &mut body).await
        }),
        about: json!({ "post": operation.to_json() }),
    }
}

/// Takes one command.
pub(crate) async fn take<R: Record>(
    app: &App<R>,
    Parts { uri, headers, .. }: &Parts,
    body: &mut Rest,
) -> Result<Response, Failure> {
    // Asked before anything is posted whose answer is unwanted.
    if !accepts(headers, JSON) {
        return Err(Failure::not_acceptable(JSON));
    }
    Parameters::of(uri).finish()?;
    check_content_type(headers, &[JSON])?;
    let key = idempotency_key(headers)?;
    let bytes = body::read(body, headers, COMMAND_BYTES_MAX).await?;
    let submission = Box::new(Submission::read(&bytes, key, &app.settings.recorded_by)?);
    let _place = admit(&app.postings, "postings")?;
    let outcome = app.posted(app.ledger.post(submission).await)?;
    created(outcome.log_position(), &outcome.events)
}

/// The key beside the body; the faults name the command's own field for it.
fn idempotency_key(headers: &HeaderMap) -> Result<Option<&str>, Failure> {
    let mut keys = headers.get_all(IDEMPOTENCY_KEY).iter();
    let Some(key) = keys.next() else { return Ok(None) };
    let read = if keys.next().is_some() {
        Err("The header Idempotency-Key is given more than once.".to_owned())
    } else {
        // What is not visible ASCII is no key either.
        let key = key.to_str().unwrap_or_default();
        parse_idempotency_key(key).map(|_| key)
    };
    read.map(Some).map_err(|detail| {
        vec![Fault {
            pointer: "/idempotencyKey".to_owned(),
            detail,
        }]
        .into()
    })
}

/// 201 with what was appended.
fn created<'a>(
    log_position: u64,
    events: impl IntoIterator<Item = &'a (Event, Option<Box<Details>>)>,
) -> Result<Response, Failure> {
    let events = events
        .into_iter()
        .map(|(event, details)| EventView {
            event,
            details: details.as_deref(),
        })
        .collect();
    let reply = Reply { log_position, events };
    let mut response = Response::new(Body::from(body::json(&reply)?));
    *response.status_mut() = StatusCode::CREATED;
    *response.headers_mut() = observe::headers_of_json();
    Ok(response)
}
