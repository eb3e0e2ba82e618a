//! Events as they are recorded (server-sent events). Each has its position as id, so that a client that lost its
//! connection goes on exactly where it was: browsers do that by themselves.

use std::{collections::VecDeque, convert::Infallible, time::Duration};

use axum::response::{
    IntoResponse as _, Response, Sse,
    sse::{Event as Sent, KeepAlive},
};
use futures_util::stream;
use ledger_contract::event::Stream;
use tokio::sync::{OwnedSemaphorePermit, watch};

use super::{Recorded, shown};
use crate::{
    app::{Record, Shared},
    body,
    problem::Failure,
    serve::Closing,
};

/// How many events are read at once.
const READ_EVENTS_MAX: usize = 256;
/// Proxies close connections that say nothing for a minute.
const KEEP_ALIVE: Duration = Duration::from_secs(15);

/// One client's stream.
struct Live<R> {
    app: Shared<R>,
    position: watch::Receiver<u64>,
    closing: Closing,
    /// The next position to read from.
    from: u64,
    stream: Option<Stream>,
    /// Read, and not sent yet.
    read: VecDeque<Recorded>,
    ended: bool,
    _place: OwnedSemaphorePermit,
}

/// The answer: everything from a position on, without an end.
pub(crate) fn answer<R: Record>(
    app: Shared<R>,
    from: u64,
    stream: Option<Stream>,
    place: OwnedSemaphorePermit,
) -> Response {
    let live = Live {
        position: app.ledger.position(),
        closing: app.closing.clone(),
        app,
        from,
        stream,
        read: VecDeque::new(),
        ended: false,
        _place: place,
    };
    let events = stream::unfold(live, |mut live| async move {
        let sent = live.next().await?;
        Some((Ok::<_, Infallible>(sent), live))
    });
    let unbuffered = [("x-accel-buffering", "no")];
    let events = Sse::new(events).keep_alive(KeepAlive::new().interval(KEEP_ALIVE));
    (unbuffered, events).into_response()
}

impl<R: Record> Live<R> {
    /// The next event, when there is one; none when the stream ends.
    async fn next(&mut self) -> Option<Sent> {
        loop {
            if self.ended {
                return None;
            }
            if let Some(recorded) = self.read.pop_front() {
                return Some(self.sent(&recorded));
            }
            let size = *self.position.borrow_and_update();
            if self.from < size {
                if let Err(failure) = self.read_on(size).await {
                    return Some(self.last(&failure));
                }
            } else {
                self.wait().await;
            }
        }
    }

    async fn read_on(&mut self, size: u64) -> Result<(), Failure> {
        let (from, stream) = (self.from, self.stream.clone());
        let read = self
            .app
            .ask(move |queries| Ok(queries.events(from, READ_EVENTS_MAX, stream.as_ref())?))
            .await?;
        // Fewer than asked: what is below `size` was seen to its end, whichever streams it belongs to.
        let seen = if read.len() < READ_EVENTS_MAX { size } else { 0 };
        let after_last = read.last().map_or(0, |(event, _)| event.position + 1);
        self.from = from.max(seen).max(after_last);
        self.read = read.into();
        Ok(())
    }

    /// Waits for more events, or for an end: of the ledger, or of the server.
    async fn wait(&mut self) {
        self.ended = tokio::select! {
            changed = self.position.changed() => changed.is_err(),
            () = self.closing.wait() => true,
        };
    }

    fn sent(&mut self, recorded: &Recorded) -> Sent {
        let json = body::json(&shown(recorded)).map(String::from_utf8);
        match json {
            Ok(Ok(json)) => Sent::default().id(recorded.0.position.to_string()).data(json),
            _ => self.last(&Failure::internal()),
        }
    }

    /// Tells why the stream ends here. A client that connects again goes on after the last event it got.
    fn last(&mut self, failure: &Failure) -> Sent {
        self.ended = true;
        Sent::default().event("problem").data(failure.to_json())
    }
}
