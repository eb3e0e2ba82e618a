//! `/v1/programmes`: which programmes there are.

use ledger_service::Queries;

use crate::{
    app::{Page, Record},
    listing::{self, Nouns},
    openapi::Operation,
};

/// The list.
pub(crate) fn page<R: Record>() -> Page<R> {
    let operation = Operation::new("listProgrammes", "Programmes", "The programmes, by id")
        .takes(&["afterProgramme", "limit"])
        .answers(200, "Programmes");
    listing::page(
        "/programmes",
        operation,
        Nouns("programme", "programmes"),
        Queries::programmes,
    )
}
