//! `/v1/programmes/{programme}/funding`: where the money comes from and where it lands.

use ledger_service::Queries;

use crate::{
    app::{Page, Record},
    openapi::Operation,
    report,
};

/// The report.
pub(crate) fn page<R: Record>() -> Page<R> {
    let operation = Operation::new(
        "getFunding",
        "Reports",
        "Where the money comes from and where it lands",
    )
    .answers(200, "Funding");
    report::of_programme("/programmes/{programme}/funding", operation, Queries::funding)
}
