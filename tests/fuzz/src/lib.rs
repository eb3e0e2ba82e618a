//! What must hold for any bytes that come from outside. Each module has one function, `holds`, that stops at what must
//! not be; the fuzzer calls it with what it makes up, and a test with the committed corpus.
#![allow(
    clippy::panic,
    reason = "a property that does not hold stops the run with what was found"
)]

pub mod amounts;
pub mod bundle;
pub mod command;
pub mod note;
pub mod record;
pub mod tape;

/// Stops at bytes for which it does not hold.
pub type Property = fn(&[u8]);

/// The name of every target and what it holds.
pub const TARGETS: [(&str, Property); 6] = [
    ("amounts", amounts::holds),
    ("bundle", bundle::holds),
    ("command", command::holds),
    ("note", note::holds),
    ("record", record::holds),
    ("tape", tape::holds),
];
