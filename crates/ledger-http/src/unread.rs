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
    http::{StatusCode, header::EXPECT},
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
    // Who asks before sending sends nothing until somebody reads.
    let asks_first = request.headers().contains_key(EXPECT);
    let (back, returned) = oneshot::channel();
    let request = request.map(|body| {
        Body::from_stream(Lent {
            rest: Some(Rest {
                body: body.into_data_stream(),
                begun: false,
            }),
            back: Some(back),
        })
    });
    (request, Some(Unread { asks_first, returned }))
}

/// What may be left of a body that was lent.
pub(crate) struct Unread {
    asks_first: bool,
    returned: oneshot::Receiver<Rest>,
}

impl Unread {
    /// Once the answer is known: returns when the whole body has come, or after bounds that only a broken or hostile
    /// client meets. The handler is done, so it has let go of the body.
    pub(crate) async fn discard(self, answered: StatusCode) {
        // A body that did not come in time is not waited for again.
        if let Ok(rest) = self.returned.await
            && !rest.body.is_end_stream()
            && (rest.begun || !self.asks_first)
            && answered != StatusCode::REQUEST_TIMEOUT
        {
            // Past the bound the connection closes on the client, which then had its time.
            let _ = timeout(DISCARDING_MAX, rest.discard()).await;
        }
    }
}

/// A body, or what is left of it.
struct Rest {
    body: BodyDataStream,
    /// Whether anybody asked for its bytes.
    begun: bool,
}

impl Rest {
    async fn discard(mut self) {
        let mut discarded = 0;
        while let Some(Ok(chunk)) = self.body.next().await {
            discarded += chunk.len();
            if discarded > DISCARDED_BYTES_MAX {
                return;
            }
        }
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
        let Some(rest) = &mut self.rest else {
            return Poll::Ready(None);
        };
        rest.begun = true;
        // Known of most without asking the connection.
        if rest.body.is_end_stream() {
            return Poll::Ready(None);
        }
        rest.body.poll_next_unpin(context)
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
