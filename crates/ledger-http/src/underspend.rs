//! `/v1/programmes/{programme}/underspend`: what is left unspent per project and theme, and what is expected to be left.

use axum::{
    extract::State,
    http::{HeaderMap, Uri},
    middleware::from_fn,
    response::Response,
    routing::get,
};
use serde_json::json;

use crate::{
    app::{Page, Record, Shared},
    negotiate::json_only,
    openapi::Operation,
    problem::Failure,
    report::{self, ProgrammeInPath},
};

/// The report.
pub(crate) fn page<R: Record>() -> Page<R> {
    let operation = Operation::new(
        "getUnderspend",
        "Reports",
        "What is left unspent per project and theme, and what is expected to be left",
    )
    .takes(&report::PARAMETERS)
    .answers(200, "Underspend")
    .or_not_modified()
    .fails(&report::PROBLEMS);
    Page {
        path: "/programmes/{programme}/underspend",
        methods: get(show::<R>).route_layer(from_fn(json_only)),
        about: json!({ "get": operation.to_json() }),
    }
}

async fn show<R: Record>(
    State(app): State<Shared<R>>,
    ProgrammeInPath(programme): ProgrammeInPath,
    uri: Uri,
    headers: HeaderMap,
) -> Result<Response, Failure> {
    let query = report::query(&uri)?;
    let day = report::day(&app, query.as_of);
    report::answer(&app, &headers, &uri, day, move |queries| {
        queries.underspend(&programme, &query)
    })
    .await
}
