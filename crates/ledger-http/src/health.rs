//! `/v1/health/live` and `/v1/health/ready`: whether the process answers, and whether it takes postings.

use axum::{
    extract::State,
    http::StatusCode,
    middleware::from_fn,
    response::{IntoResponse as _, Response},
    routing::get,
};
use ledger_contract::problem::Trouble;
use serde::Serialize;
use serde_json::json;

use crate::{
    app::{Page, Record, Shared},
    body,
    negotiate::json_only,
    openapi::Operation,
    problem::Failure,
};

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Health {
    status: &'static str,
    /// The number of events that current reports stand on.
    log_position: u64,
}

/// Both pages. Probes may add parameters of their own, so these are the two that read none.
pub(crate) fn pages<R: Record>() -> [Page<R>; 2] {
    let live = Operation::new("getLiveness", "Health", "Whether the process answers")
        .answers(200, "Health")
        .fails(&[406, 500]);
    let ready = Operation::new("getReadiness", "Health", "Whether postings are taken")
        .answers(200, "Health")
        .fails(&[406, 500, 503]);
    [
        Page {
            path: "/health/live",
            methods: get(is_live::<R>).route_layer(from_fn(json_only)),
            about: json!({ "get": live.to_json() }),
        },
        Page {
            path: "/health/ready",
            methods: get(is_ready::<R>).route_layer(from_fn(json_only)),
            about: json!({ "get": ready.to_json() }),
        },
    ]
}

async fn is_live<R: Record>(State(app): State<Shared<R>>) -> Result<Response, Failure> {
    healthy(&app, "live")
}

async fn is_ready<R: Record>(State(app): State<Shared<R>>) -> Response {
    if app.takes_postings() {
        return healthy(&app, "ready").into_response();
    }
    Failure::trouble(
        Trouble::Unavailable,
        "The writer stopped, so postings are refused until the ledger is opened again; questions are answered.",
    )
    .into_response()
}

fn healthy<R: Record>(app: &Shared<R>, status: &'static str) -> Result<Response, Failure> {
    let health = Health {
        status,
        log_position: app.ledger.queries().log_position(),
    };
    Ok(body::answer(StatusCode::OK, body::json(&health)?))
}
