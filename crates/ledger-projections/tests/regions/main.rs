//! Reports of regions, against worked examples and random histories. Regions are told in the lines of the domain's own
//! tests.

#[allow(dead_code, reason = "the domain's own tests use the rest")]
#[path = "../../../ledger-domain/tests/region/book.rs"]
mod book;
mod examples;
mod history;
#[path = "../../../ledger-domain/tests/region/lines.rs"]
mod lines;
mod phase_out;
mod properties;
mod settlements;
mod words;
