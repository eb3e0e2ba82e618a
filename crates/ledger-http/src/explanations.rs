//! `/v1/programmes/{programme}/{report}/explanations`: the events behind one figure of a report, with amounts that
//! sum to it.

use ledger_contract::value::parse_id;
use ledger_projections::ReportName;

use crate::{
    app::{Page, Record},
    openapi::Operation,
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
    .fails(&report::PROBLEMS);
    report::page(
        path,
        operation,
        |ProgrammeInPath(programme), mut parameters| {
            let figure = parameters.take_text("figure");
            let source = parameters.take("source", parse_id);
            let query = report::common(&mut parameters);
            parameters.finish()?;
            Ok((programme, figure, source, query))
        },
        move |queries, (programme, figure, source, query)| {
            queries.explain(report, &programme, &figure, source.as_ref(), &query)
        },
    )
}
