//! `.../bundles`, next to the explanations: a figure with every event of its stream and the proofs that these are all,
//! as one document that is verified offline.

use axum::{
    extract::State,
    http::{HeaderValue, StatusCode, Uri, header::CACHE_CONTROL},
    middleware::from_fn,
    response::{IntoResponse as _, Response},
    routing::get,
};
use ledger_contract::value::parse_id;
use ledger_projections::ReportName;
use ledger_service::{ProofError, Queries, QueryError, Signed};
use serde_json::json;

use crate::{
    app::{Page, Record, Shared},
    body, cost_shares, log,
    negotiate::json_only,
    openapi::Operation,
    problem::Failure,
    query::Parameters,
    region_report::RegionInPath,
    report::{self, ProgrammeInPath},
};

const BUNDLE: &str = "Every event of the figure's stream up to the newest checkpoint, with proofs that these are all of \
    them: `rekenschap verify-bundle` checks it offline and derives the figure again. The exact bytes count.";

/// One page for each report with explanations.
pub(crate) fn pages<R: Record>() -> Vec<Page<R>> {
    let programmes = ReportName::ALL.iter().copied().map(programme_page);
    programmes.chain([region_page()]).collect()
}

fn programme_page<R: Record>(report: ReportName) -> Page<R> {
    let (path, id) = match report {
        ReportName::BudgetPosition => (
            "/programmes/{programme}/budget-position/bundles",
            "proveBudgetPosition",
        ),
        ReportName::Underspend => ("/programmes/{programme}/underspend/bundles", "proveUnderspend"),
        ReportName::Funding => ("/programmes/{programme}/funding/bundles", "proveFunding"),
    };
    let show = move |State(app): State<Shared<R>>, ProgrammeInPath(programme): ProgrammeInPath, uri: Uri| async move {
        let mut parameters = Parameters::of(&uri);
        let figure = parameters.take_text("figure");
        let source = parameters.take("source", parse_id);
        let query = report::common(&mut parameters);
        let details = details(&mut parameters);
        parameters.finish()?;
        answer(&app, move |queries, signed| {
            let figure = (report, figure.as_str(), source.as_ref());
            queries.bundle(signed, figure, &programme, &query, details)
        })
        .await
    };
    let parameters = [
        "programme",
        "figure",
        "source",
        "asOf",
        "knownAt",
        "year",
        "project",
        "bundleDetails",
    ];
    page(path, get(show), id, report.as_str(), &parameters)
}

fn region_page<R: Record>() -> Page<R> {
    let show = |State(app): State<Shared<R>>, RegionInPath(region): RegionInPath, uri: Uri| async move {
        let mut parameters = Parameters::of(&uri);
        let details = details(&mut parameters);
        let (asked, query) = cost_shares::figure(parameters)?;
        answer(&app, move |queries, signed| {
            queries.region_bundle(signed, &region, &asked, &query, details)
        })
        .await
    };
    let parameters = [
        "region",
        "shareFigure",
        "figureMunicipality",
        "group",
        "shareYear",
        "asOf",
        "knownAt",
        "bundleDetails",
    ];
    let path = "/regions/{region}/cost-shares/bundles";
    page(path, get(show), "proveCostShares", "cost-shares", &parameters)
}

fn page<R: Record>(
    path: &'static str,
    methods: axum::routing::MethodRouter<Shared<R>>,
    id: &str,
    report: &str,
    parameters: &[&str],
) -> Page<R> {
    let operation = Operation::new(id, "Reports", &format!("The proof of one figure of {report}"))
        .describes(BUNDLE)
        .takes(parameters)
        .answers(200, "Bundle")
        .fails(&report::PROBLEMS);
    Page {
        path,
        methods: methods.route_layer(from_fn(json_only)),
        about: json!({ "get": operation.to_json() }),
    }
}

/// Whether texts go with the events: they do unless it is declined.
fn details(parameters: &mut Parameters) -> bool {
    let given = parameters.take("details", |text| {
        text.parse().map_err(|_| "It is true or false.".to_owned())
    });
    given.unwrap_or(true)
}

async fn answer<R: Record>(
    app: &Shared<R>,
    make: impl FnOnce(&Queries<R>, &Signed) -> Result<Result<String, ProofError>, QueryError> + Send + 'static,
) -> Result<Response, Failure> {
    let signed = log::newest(app).await?;
    let bundle = app.ask(move |queries| make(queries, &signed)).await?;
    let bundle = bundle.map_err(log::unavailable)?;
    let caching = [(CACHE_CONTROL, HeaderValue::from_static("no-cache"))];
    Ok((caching, body::answer(StatusCode::OK, bundle.into_bytes())).into_response())
}
