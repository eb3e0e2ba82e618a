//! What every request passes on its way in, and every answer on its way out.
//!
//! One future around the whole router, not a layer for each matter: a layer copies those below it and makes a future of
//! its own for every request. An answer that is kept needs no router at all; it is given at the door, to those requests
//! that the router would have let through. Nor does the posting of a command, which comes most often of what is not kept.

use std::{
    convert::Infallible,
    future::{Ready, ready},
    panic::AssertUnwindSafe,
    pin::Pin,
    sync::Arc,
    task::{Context, Poll},
    time::Instant,
};

use axum::{
    Router,
    body::HttpBody as _,
    extract::Request,
    http::{HeaderMap, Method, Uri},
    response::{IntoResponse as _, Response},
};
use futures_util::{FutureExt as _, future::Either};
use ledger_service::Ledger;
use tokio::sync::watch;
use tower::Service;

use crate::{
    answers::Answers,
    app::{App, Record, Settings, Shared},
    commands, host,
    negotiate::{JSON, accepts},
    observe, problem,
    problem::Failure,
    serve::Closing,
    unread::{self, Rest},
};

/// Everything that is served of a running ledger. Clones share it.
#[derive(Clone)]
pub struct Door(Arc<Inner>);

/// The answer to a request, in the making.
type Handled = Pin<Box<dyn Future<Output = Result<Response, Infallible>> + Send>>;

struct Inner {
    router: Router,
    /// Answers what [`commands::is_posting`].
    post: Box<dyn Fn(Request, Instant) -> Handled + Send + Sync>,
    answers: Arc<Answers>,
    loopback_only: bool,
    closing: watch::Sender<bool>,
}

impl Door {
    /// The door to a ledger.
    pub fn new<R: Record>(ledger: Ledger<R>, settings: Settings) -> Self {
        let closing = watch::Sender::new(false);
        let loopback_only = settings.loopback_only;
        let app = App::new(ledger, settings, Closing(closing.subscribe()));
        let posted = Arc::clone(&app);
        let post =
            move |request, started| -> Handled { Box::pin(post(Arc::clone(&posted), request, started)) };
        Self(Arc::new(Inner {
            answers: Arc::clone(&app.answers),
            post: Box::new(post),
            router: crate::router().with_state(app),
            loopback_only,
            closing,
        }))
    }

    /// Ends what never ends by itself.
    pub(crate) fn close(&self) {
        self.0.closing.send_replace(true);
    }

    /// Completes once it closes.
    pub(crate) fn closing(&self) -> Closing {
        Closing(self.0.closing.subscribe())
    }
}

impl Service<Request> for Door {
    type Response = Response;
    type Error = Infallible;
    type Future = Either<Ready<Result<Response, Infallible>>, Handled>;

    fn poll_ready(&mut self, _: &mut Context<'_>) -> Poll<Result<(), Infallible>> {
        Poll::Ready(Ok(()))
    }

    fn call(&mut self, request: Request) -> Self::Future {
        let started = Instant::now();
        if let Some(response) = self.0.kept(&request) {
            observe::log(request.method(), request.uri(), &response, started);
            return Either::Left(ready(Ok(response)));
        }
        if commands::is_posting(&request) {
            return Either::Right((self.0.post)(request, started));
        }
        let inner = Arc::clone(&self.0);
        Either::Right(Box::pin(inner.pass(request, started)))
    }
}

impl Inner {
    /// The answer that is kept for this request, if it passes what [`Inner::pass`] and the handler would check.
    fn kept(&self, request: &Request) -> Option<Response> {
        let headers = request.headers();
        let passes = request.method() == Method::GET
            && request.body().is_end_stream()
            && lets_in(self.loopback_only, headers)
            && accepts(headers, JSON);
        let answer = passes.then(|| self.answers.get(request.uri().path_and_query()?.as_str()))??;
        Some(answer.to(headers))
    }

    async fn pass(self: Arc<Self>, request: Request, started: Instant) -> Result<Response, Infallible> {
        let (method, uri) = (request.method().clone(), request.uri().clone());
        let (request, unread) = unread::lend(request);
        let handled = async {
            if !lets_in(self.loopback_only, request.headers()) {
                return Failure::misdirected().into_response();
            }
            let Ok(response) = self.router.clone().call(request).await;
            response
        };
        let response = caught(handled).await;
        if let Some(unread) = unread {
            unread.discard(response.status()).await;
        }
        Ok(finished(response, &method, &uri, started))
    }
}

/// The same for a command, whose handler borrows what it needs of the request.
async fn post<R: Record>(app: Shared<R>, request: Request, started: Instant) -> Result<Response, Infallible> {
    let (parts, body) = request.into_parts();
    let mut body = Rest::of(body, &parts.headers);
    let handled = async {
        if !lets_in(app.settings.loopback_only, &parts.headers) {
            return Failure::misdirected().into_response();
        }
        commands::take(&app, &parts, &mut body).await.into_response()
    };
    let response = caught(handled).await;
    body.discard(response.status()).await;
    Ok(finished(response, &parts.method, &parts.uri, started))
}

fn lets_in(loopback_only: bool, headers: &HeaderMap) -> bool {
    !loopback_only || host::is_this_machine(headers)
}

async fn caught(handled: impl Future<Output = Response>) -> Response {
    let handled = AssertUnwindSafe(handled).catch_unwind().await;
    handled.unwrap_or_else(problem::of_panic)
}

fn finished(mut response: Response, method: &Method, uri: &Uri, started: Instant) -> Response {
    observe::add_headers(response.headers_mut());
    observe::log(method, uri, &response, started);
    response
}

#[cfg(test)]
mod tests {
    use axum::{
        body::{Body, to_bytes},
        http::{StatusCode, header::CONTENT_TYPE},
        routing::get,
    };
    use ledger_contract::problem::MEDIA_TYPE;

    use super::*;

    #[tokio::test]
    async fn a_panic_is_a_problem_without_its_words() {
        async fn fails() -> StatusCode {
            panic!("the supplier's name")
        }
        let mut door = Door(Arc::new(Inner {
            router: Router::new().route("/", get(fails)),
            post: Box::new(|_, _| Box::pin(async { Ok(StatusCode::OK.into_response()) })),
            answers: Arc::new(Answers::new(|| (0, ledger_domain::Date::from_epoch_days(0)))),
            loopback_only: true,
            closing: watch::Sender::new(false),
        }));
        let Ok(response) = door.call(Request::new(Body::empty())).await;
        assert_eq!(response.status(), 500);
        assert_eq!(response.headers()[CONTENT_TYPE], MEDIA_TYPE);
        assert_eq!(response.headers()["x-frame-options"], "DENY");
        let body = to_bytes(response.into_body(), usize::MAX).await;
        let body = String::from_utf8(body.expect("a body").to_vec()).expect("text");
        assert!(
            body.contains("\"internal\"") && !body.contains("supplier"),
            "{body}"
        );
    }
}
