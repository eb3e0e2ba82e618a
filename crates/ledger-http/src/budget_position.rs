//! `/v1/programmes/{programme}/budget-position`: what was authorised, what is spent and what is left.

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
        "getBudgetPosition",
        "Reports",
        "What was authorised, what is spent and what is left",
    )
    .takes(&report::PARAMETERS)
    .answers(200, "BudgetPosition")
    .or_not_modified()
    .fails(&report::PROBLEMS);
    Page {
        path: "/programmes/{programme}/budget-position",
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
        queries.budget_position(&programme, &query)
    })
    .await
}
