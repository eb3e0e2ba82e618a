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
    middleware::Next,
    response::Response,
};
use futures_util::{Stream, StreamExt as _};
use tokio::{sync::oneshot, time::timeout};

/// A client that sends more than this is cut off.
const DISCARDED_BYTES_MAX: usize = 64 << 20;
/// A client that takes longer is cut off.
const DISCARDING_MAX: Duration = Duration::from_secs(10);

/// Answers when the whole body has come, or after bounds that only a broken or hostile client meets.
pub(crate) async fn discard(request: Request, next: Next) -> Response {
    if request.body().is_end_stream() {
        return next.run(request).await;
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
    let response = next.run(request).await;
    // The handler is done, so it has let go of the body. A body that did not come in time is not waited for again.
    if let Ok(rest) = returned.await
        && (rest.begun || !asks_first)
        && response.status() != StatusCode::REQUEST_TIMEOUT
    {
        // Past the bound the connection closes on the client, which then had its time.
        let _ = timeout(DISCARDING_MAX, rest.discard()).await;
    }
    response
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
