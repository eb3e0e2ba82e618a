//! What a client still sends when its answer is known: it is taken and thrown away.
//!
//! Many clients send a whole body before they read anything. An answer that does not wait for the body, such as 413,
//! would close the connection under them: they would see a broken pipe and never why.

use std::{
    pin::Pin,
    task::{Context, Poll},
    time::Duration,
};

use axum::{
    Error,
    body::{Body, BodyDataStream, Bytes, HttpBody as _},
    extract::Request,
    http::{HeaderMap, StatusCode, header::EXPECT},
};
use futures_util::{Stream, StreamExt as _};
use tokio::{sync::oneshot, time::timeout};

/// A client that sends more than this is cut off.
const DISCARDED_BYTES_MAX: usize = 64 << 20;
/// A client that takes longer is cut off.
const DISCARDING_MAX: Duration = Duration::from_secs(10);

/// Lends the request's body to whoever handles it; none when there is no body.
pub(crate) fn lend(request: Request) -> (Request, Option<Unread>) {
    if request.body().is_end_stream() {
        return (request, None);
    }
    let (back, returned) = oneshot::channel();
    let (parts, body) = request.into_parts();
    let lent = Lent {
        rest: Some(Rest::of(body, &parts.headers)),
        back: Some(back),
    };
    let request = Request::from_parts(parts, Body::from_stream(lent));
    (request, Some(Unread(returned)))
}

/// What may be left of a body that was lent.
pub(crate) struct Unread(oneshot::Receiver<Rest>);

impl Unread {
    /// Once the answer is known. The handler is done, so it has let go of the body.
    pub(crate) async fn discard(self, answered: StatusCode) {
        if let Ok(rest) = self.0.await {
            rest.discard(answered).await;
        }
    }
}

/// A body, or what is left of it.
pub(crate) struct Rest {
    body: BodyDataStream,
    /// Whether anybody asked for its bytes.
    begun: bool,
    /// Who asks before sending sends nothing until somebody reads.
    asks_first: bool,
}

impl Rest {
    pub(crate) fn of(body: Body, headers: &HeaderMap) -> Self {
        Self {
            body: body.into_data_stream(),
            begun: false,
            asks_first: headers.contains_key(EXPECT),
        }
    }

    /// Once the answer is known: returns when the whole body has come, or after bounds that only a broken or hostile
    /// client meets.
    pub(crate) async fn discard(self, answered: StatusCode) {
        // A body that did not come in time is not waited for again.
        if !self.body.is_end_stream()
            && (self.begun || !self.asks_first)
            && answered != StatusCode::REQUEST_TIMEOUT
        {
            // Past the bound the connection closes on the client, which then had its time.
            let _ = timeout(DISCARDING_MAX, self.drain()).await;
        }
    }

    async fn drain(mut self) {
        let mut discarded = 0;
        while let Some(Ok(chunk)) = self.body.next().await {
            discarded += chunk.len();
            if discarded > DISCARDED_BYTES_MAX {
                return;
            }
        }
    }
}

impl Stream for Rest {
    type Item = Result<Bytes, Error>;

    fn poll_next(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<Option<Self::Item>> {
        self.begun = true;
        // Known of most without asking the connection.
        if self.body.is_end_stream() {
            return Poll::Ready(None);
        }
        self.body.poll_next_unpin(context)
    }
}

/// A body that comes back from whoever drops it.
struct Lent {
    rest: Option<Rest>,
    back: Option<oneshot::Sender<Rest>>,
}

impl Stream for Lent {
    type Item = Result<Bytes, Error>;

    fn poll_next(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<Option<Self::Item>> {
        match &mut self.rest {
            Some(rest) => rest.poll_next_unpin(context),
            None => Poll::Ready(None),
        }
    }
}

impl Drop for Lent {
    fn drop(&mut self) {
        if let (Some(back), Some(rest)) = (self.back.take(), self.rest.take()) {
            // An error means that the request was given up, and nobody waits.
            let _ = back.send(rest);
        }
    }
}
