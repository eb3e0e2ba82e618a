//! `/v1/regions/{region}/cost-shares`: the bill of a year, divided; and the events behind one of its figures.

use axum::{
    extract::State,
    http::{HeaderMap, Uri},
    middleware::from_fn,
    response::Response,
    routing::get,
};
use ledger_contract::value::{parse_id, parse_municipality};
use ledger_service::RegionFigureRequest;
use serde_json::json;

use crate::{
    app::{Page, Record, Shared},
    negotiate::json_only,
    openapi::Operation,
    problem::Failure,
    query::Parameters,
    region_report::{self, RegionInPath},
    report,
};

/// The report.
pub(crate) fn page<R: Record>() -> Page<R> {
    let operation = Operation::new(
        "getCostShares",
        "Reports",
        "The costs of a year, divided over the municipalities",
    )
    .takes(&["region", "shareYear", "asOf", "knownAt"])
    .answers(200, "CostShares")
    .or_not_modified()
    .fails(&report::PROBLEMS);
    Page {
        path: "/regions/{region}/cost-shares",
        methods: get(show::<R>).route_layer(from_fn(json_only)),
        about: json!({ "get": operation.to_json() }),
    }
}

/// The events behind one figure.
pub(crate) fn explanations<R: Record>() -> Page<R> {
    let operation = Operation::new(
        "explainCostShares",
        "Reports",
        "The arithmetic and the events behind one figure of cost-shares",
    )
    .describes(report::EXPLANATION)
    .takes(&[
        "region",
        "shareFigure",
        "figureMunicipality",
        "group",
        "shareYear",
        "asOf",
        "knownAt",
    ])
    .answers(200, "RegionExplanation")
    .or_not_modified()
    .fails(&report::PROBLEMS);
    Page {
        path: "/regions/{region}/cost-shares/explanations",
        methods: get(explain::<R>).route_layer(from_fn(json_only)),
        about: json!({ "get": operation.to_json() }),
    }
}

async fn show<R: Record>(
    State(app): State<Shared<R>>,
    RegionInPath(region): RegionInPath,
    uri: Uri,
    headers: HeaderMap,
) -> Result<Response, Failure> {
    let mut parameters = Parameters::of(&uri);
    let year = parameters.take("year", report::year);
    let query = region_report::dates(&mut parameters);
    parameters.finish()?;
    let day = report::day(&app, query.as_of);
    report::answer(&app, &headers, &uri, day, move |queries| {
        queries.cost_shares(&region, year, &query)
    })
    .await
}

async fn explain<R: Record>(
    State(app): State<Shared<R>>,
    RegionInPath(region): RegionInPath,
    uri: Uri,
    headers: HeaderMap,
) -> Result<Response, Failure> {
    let mut parameters = Parameters::of(&uri);
    let figure = parameters.take_text("figure");
    let municipality = parameters.take_required("municipality", parse_municipality);
    let group = parameters.take("group", parse_id);
    let year = parameters.take("year", report::year);
    let query = region_report::dates(&mut parameters);
    parameters.finish()?;
    let asked = RegionFigureRequest {
        year,
        // What is absent or faulty has ended the reading already.
        municipality: municipality.ok_or_else(Failure::internal)?,
        group,
        figure,
    };
    let day = report::day(&app, query.as_of);
    report::answer(&app, &headers, &uri, day, move |queries| {
        queries.explain_region(&region, &asked, &query)
    })
    .await
}
