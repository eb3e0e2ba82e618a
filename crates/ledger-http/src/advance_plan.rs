//! `/v1/regions/{region}/advance-plan`: the advances that a year's budget asks for, as commands to post.

use ledger_contract::{report::AdvancePlan, value::parse_year};

use crate::{
    app::{Page, Record},
    openapi::Operation,
    problem::Failure,
    query::number,
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
    .fails(&report::PROBLEMS);
    report::page(
        "/regions/{region}/advance-plan",
        operation,
        |RegionInPath(region), mut parameters| {
            let year = parameters.take_required("year", parse_year);
            let terms = parameters.take("terms", |text| number(text, 1, TERMS_MAX));
            let query = region_report::dates(&mut parameters);
            parameters.finish()?;
            // What is absent or faulty has ended the reading already.
            let year = year.ok_or_else(Failure::internal)?;
            let terms = u16::try_from(terms.unwrap_or(TERMS_DEFAULT)).map_err(|_| Failure::internal())?;
            Ok((region, year, terms, query))
        },
        |queries, (region, year, terms, query)| {
            let advances = queries.plan_advances(&region, year, terms, &query)?;
            Ok(AdvancePlan::new(&region, year, terms, advances))
        },
    )
}
