//! `/v1/regions`: which regions there are.

use ledger_service::Queries;

use crate::{
    app::{Page, Record},
    listing::{self, Nouns},
    openapi::Operation,
};

/// The list.
pub(crate) fn page<R: Record>() -> Page<R> {
    let operation = Operation::new("listRegions", "Regions", "The regions, by id")
        .takes(&["afterRegion", "limit"])
        .answers(200, "Regions");
    listing::page(
        "/regions",
        operation,
        Nouns("region", "regions"),
        Queries::regions,
    )
}
