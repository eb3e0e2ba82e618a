//! `/v1/events`: what was recorded, in pages or as a live stream.

mod live;

use axum::{
    extract::State,
    http::{HeaderMap, StatusCode, Uri},
    response::Response,
    routing::get,
};
use ledger_contract::{
    event::{Details, Event, Stream},
    reply::EventView,
    value::quoted,
};
use serde::Serialize;
use serde_json::json;

use crate::{
    app::{App, Page, Record, Shared, admit},
    body,
    negotiate::{JSON, accepts, names},
    openapi::Operation,
    problem::Failure,
    query::{Parameters, number},
};

/// The media type of a live stream.
const EVENT_STREAM: &str = "text/event-stream";
/// Where a client left off, as it says when it connects again.
const LAST_EVENT_ID: &str = "last-event-id";

/// An event with its details.
type Recorded = (Event, Option<Box<Details>>);

/// A page of events.
#[derive(Serialize)]
struct Events<'a> {
    events: Vec<EventView<'a>>,
    /// What to give as `after` for the page that follows; null on the last page so far.
    next: Option<u64>,
}

/// The events.
pub(crate) fn page<R: Record>() -> Page<R> {
    let operation = Operation::new(
        "listEvents",
        "Events",
        "What was recorded, in order: a page, or with Accept: text/event-stream every event as it comes",
    )
    .takes(&["afterPosition", "limit", "stream", "lastEventId"])
    .answers(200, "Events")
    .or_streams(EVENT_STREAM)
    .fails(&[400, 406, 429, 500, 503]);
    Page {
        path: "/events",
        methods: get(show::<R>),
        about: json!({ "get": operation.to_json() }),
    }
}

async fn show<R: Record>(
    State(app): State<Shared<R>>,
    uri: Uri,
    headers: HeaderMap,
) -> Result<Response, Failure> {
    if names(&headers, EVENT_STREAM) {
        let (from, stream) = whence(&app, &uri, &headers)?;
        let place = admit(&app.live_streams, "live streams")?;
        return Ok(live::answer(app, from, stream, place));
    }
    if accepts(&headers, JSON) {
        return list(&app, &uri).await;
    }
    Err(Failure::not_acceptable("application/json or text/event-stream"))
}

async fn list<R: Record>(app: &App<R>, uri: &Uri) -> Result<Response, Failure> {
    let mut parameters = Parameters::of(uri);
    let from = parameters.take("after", after);
    let stream = parameters.take("stream", stream);
    let limit = parameters.take_limit();
    parameters.finish()?;
    let from = within_log(app, "/after", from)?;
    let page = move |recorded: Vec<Recorded>| {
        let next = match recorded.get(limit) {
            // One more than the page was read: another page follows.
            Some(_) => recorded.get(limit - 1).map(|(event, _)| event.position),
            None => None,
        };
        let events = recorded.iter().take(limit).map(shown).collect();
        body::json(&Events { events, next })
    };
    let json = app
        .ask(move |queries| Ok(page(queries.events(from, limit + 1, stream.as_ref())?)))
        .await??;
    Ok(body::answer(StatusCode::OK, json))
}

/// Where a live stream begins and which stream it shows: from where the client left off, if it says so.
fn whence<R: Record>(app: &App<R>, uri: &Uri, headers: &HeaderMap) -> Result<(u64, Option<Stream>), Failure> {
    let mut parameters = Parameters::of(uri);
    let from = parameters.take("after", after);
    let stream = parameters.take("stream", stream);
    let _: Option<()> = parameters.take("limit", |_| {
        Err("It is for pages; a live stream has no end.".to_owned())
    });
    parameters.finish()?;
    let Some(last) = headers.get(LAST_EVENT_ID) else {
        return Ok((within_log(app, "/after", from)?, stream));
    };
    let pointer = "/Last-Event-ID";
    let from = last.to_str().map_err(|error| error.to_string()).and_then(after);
    let from = from.map_err(|sentence| Failure::fault(pointer, &sentence))?;
    Ok((within_log(app, pointer, Some(from))?, stream))
}

/// Reads a position; what is asked begins with the next.
fn after(text: &str) -> Result<u64, String> {
    number(text, 0, u64::MAX - 1).map(|position| position + 1)
}

fn stream(text: &str) -> Result<Stream, String> {
    Stream::parse(text).ok_or_else(|| {
        format!(
            "{} is not a stream: write ledger, programme/ID or region/ID",
            quoted(text)
        )
    })
}

/// A position that no event has yet was seen in another ledger, and going on after it would skip events of this one.
fn within_log<R: Record>(app: &App<R>, pointer: &str, from: Option<u64>) -> Result<u64, Failure> {
    let from = from.unwrap_or_default();
    let size = app.ledger.queries().log_position();
    if from <= size {
        return Ok(from);
    }
    let sentence = format!("The log has {size} events, so none is at position {}.", from - 1);
    Err(Failure::fault(pointer, &sentence))
}

fn shown((event, details): &Recorded) -> EventView<'_> {
    EventView {
        event,
        details: details.as_deref(),
    }
}
