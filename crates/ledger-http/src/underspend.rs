//! `/v1/programmes/{programme}/underspend`: what is left unspent per project and theme, and what is expected to be left.

use ledger_service::Queries;

use crate::{
    app::{Page, Record},
    openapi::Operation,
    report,
};

/// The report.
pub(crate) fn page<R: Record>() -> Page<R> {
    let operation = Operation::new(
        "getUnderspend",
        "Reports",
        "What is left unspent per project and theme, and what is expected to be left",
    )
    .answers(200, "Underspend");
    report::of_programme(
        "/programmes/{programme}/underspend",
        operation,
        Queries::underspend,
    )
}
