//! `/v1/regions/{region}/cost-shares`: the bill of a year, divided; and the events behind one of its figures.

use ledger_contract::value::{parse_id, parse_municipality, parse_year};
use ledger_service::{RegionFigureRequest, RegionQuery};

use crate::{
    app::{Page, Record},
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
    .fails(&report::PROBLEMS);
    report::page(
        "/regions/{region}/cost-shares",
        operation,
        |RegionInPath(region), mut parameters| {
            let year = parameters.take("year", parse_year);
            let query = region_report::dates(&mut parameters);
            parameters.finish()?;
            Ok((region, year, query))
        },
        |queries, (region, year, query)| queries.cost_shares(&region, year, &query),
    )
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
    .fails(&report::PROBLEMS);
    report::page(
        "/regions/{region}/cost-shares/explanations",
        operation,
        |RegionInPath(region), parameters| Ok((region, figure(parameters)?)),
        |queries, (region, (asked, query))| queries.explain_region(&region, &asked, &query),
    )
}

/// Which figure of a municipality is asked, and at which dates: all that is left of the parameters.
pub(crate) fn figure(mut parameters: Parameters) -> Result<(RegionFigureRequest, RegionQuery), Failure> {
    let figure = parameters.take_text("figure");
    let municipality = parameters.take_required("municipality", parse_municipality);
    let group = parameters.take("group", parse_id);
    let year = parameters.take("year", parse_year);
    let query = region_report::dates(&mut parameters);
    parameters.finish()?;
    let asked = RegionFigureRequest {
        year,
        // What is absent or faulty has ended the reading already.
        municipality: municipality.ok_or_else(Failure::internal)?,
        group,
        figure,
    };
    Ok((asked, query))
}
