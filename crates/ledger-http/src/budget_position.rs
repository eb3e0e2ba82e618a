//! `/v1/programmes/{programme}/budget-position`: what was authorised, what is spent and what is left.

use ledger_service::Queries;

use crate::{
    app::{Page, Record},
    openapi::Operation,
    report,
};

/// The report.
pub(crate) fn page<R: Record>() -> Page<R> {
    let operation = Operation::new(
        "getBudgetPosition",
        "Reports",
        "What was authorised, what is spent and what is left",
    )
    .answers(200, "BudgetPosition");
    report::of_programme(
        "/programmes/{programme}/budget-position",
        operation,
        Queries::budget_position,
    )
}
