//! `/v1/regions/{region}/advance-plan`: the advances that a year's budget asks for, as commands to post.

use axum::{
    extract::State,
    http::{HeaderMap, Uri},
    middleware::from_fn,
    response::Response,
    routing::get,
};
use ledger_contract::report::AdvancePlan;
use serde_json::json;

use crate::{
    app::{Page, Record, Shared},
    negotiate::json_only,
    openapi::Operation,
    problem::Failure,
    query::{Parameters, number},
    region_report::{self, RegionInPath},
    report,
};

/// Monthly.
const TERMS_DEFAULT: u64 = 12;
/// Daily is the most that anybody could mean; it bounds the answer.
const TERMS_MAX: u64 = 366;

/// The plan.
pub(crate) fn page<R: Record>() -> Page<R> {
    let operation = Operation::new(
        "planAdvances",
        "Regions",
        "Commands for the advances of a year, which sum exactly to the budgeted shares; nothing is recorded",
    )
    .takes(&["region", "planYear", "terms", "asOf", "knownAt"])
    .answers(200, "AdvancePlan")
    .or_not_modified()
    .fails(&report::PROBLEMS);
    Page {
        path: "/regions/{region}/advance-plan",
        methods: get(show::<R>).route_layer(from_fn(json_only)),
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
    let year = parameters.take_required("year", report::year);
    let terms = parameters.take("terms", |text| number(text, 1, TERMS_MAX));
    let query = region_report::dates(&mut parameters);
    parameters.finish()?;
    // What is absent or faulty has ended the reading already.
    let year = year.ok_or_else(Failure::internal)?;
    let terms = u16::try_from(terms.unwrap_or(TERMS_DEFAULT)).map_err(|_| Failure::internal())?;
    let day = report::day(&app, query.as_of);
    report::answer(&app, &headers, &uri, day, move |queries| {
        let advances = queries.plan_advances(&region, year, terms, &query)?;
        Ok(AdvancePlan::new(&region, year, terms, advances))
    })
    .await
}
