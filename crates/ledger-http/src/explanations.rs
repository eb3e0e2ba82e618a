//! `/v1/programmes/{programme}/{report}/explanations`: the events behind one figure of a report, with amounts that
//! sum to it.

use axum::{
    extract::State,
    http::{HeaderMap, Uri},
    middleware::from_fn,
    response::Response,
    routing::get,
};
use ledger_contract::value::parse_id;
use ledger_projections::ReportName;
use serde_json::json;

use crate::{
    app::{Page, Record, Shared},
    negotiate::json_only,
    openapi::Operation,
    problem::Failure,
    query::Parameters,
    report::{self, EXPLANATION, ProgrammeInPath},
};

/// One page for each report.
pub(crate) fn pages<R: Record>() -> Vec<Page<R>> {
    ReportName::ALL.iter().copied().map(page).collect()
}

fn page<R: Record>(report: ReportName) -> Page<R> {
    let (path, id) = match report {
        ReportName::BudgetPosition => (
            "/programmes/{programme}/budget-position/explanations",
            "explainBudgetPosition",
        ),
        ReportName::Underspend => (
            "/programmes/{programme}/underspend/explanations",
            "explainUnderspend",
        ),
        ReportName::Funding => ("/programmes/{programme}/funding/explanations", "explainFunding"),
    };
    let show = move |app: State<Shared<R>>, programme: ProgrammeInPath, uri: Uri, headers: HeaderMap| {
        show(report, app, programme, uri, headers)
    };
    let operation = Operation::new(
        id,
        "Reports",
        &format!("The events behind one figure of {report}"),
    )
    .describes(EXPLANATION)
    .takes(&[
        "programme",
        "figure",
        "source",
        "asOf",
        "knownAt",
        "year",
        "project",
    ])
    .answers(200, "Explanation")
    .or_not_modified()
    .fails(&report::PROBLEMS);
    Page {
        path,
        methods: get(show).route_layer(from_fn(json_only)),
        about: json!({ "get": operation.to_json() }),
    }
}

async fn show<R: Record>(
    report: ReportName,
    State(app): State<Shared<R>>,
    ProgrammeInPath(programme): ProgrammeInPath,
    uri: Uri,
    headers: HeaderMap,
) -> Result<Response, Failure> {
    let mut parameters = Parameters::of(&uri);
    let figure = parameters.take_text("figure");
    let source = parameters.take("source", parse_id);
    let query = report::common(&mut parameters);
    parameters.finish()?;
    let day = report::day(&app, query.as_of);
    report::answer(&app, &headers, &uri, day, move |queries| {
        queries.explain(report, &programme, &figure, source.as_ref(), &query)
    })
    .await
}
