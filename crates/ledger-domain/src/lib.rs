//! The rules of the ledger, pure and synchronous: money, apportionment, programmes, regions.
//!
//! What is absent matters: no clock, no I/O, no serde, no floats. Time and ids come in with the command; an event
//! stores what was decided, so that replay never decides again. Formulas and terms: `crates/ledger-domain/README.md`.

mod by_id;
mod checks;
mod date;
mod day_sums;
mod destruction;
mod digits;
mod fraction;
mod id;
mod money;
mod refusal;

pub mod apportion;
pub mod programme;
pub mod region;

pub use apportion::{apportion, apportion_exact};
pub use by_id::ById;
pub use date::{Date, Year};
pub use day_sums::DaySums;
pub use destruction::check_destruction;
pub use digits::Digits;
pub use fraction::Fraction;
pub use id::{EntryId, Id, Municipality};
pub use money::Money;
pub use refusal::{Code, Refusal};

use std::collections::BTreeMap;

/// Coded dimensions of a project or entry, such as school or neighbourhood; never personal.
pub type Tags = BTreeMap<String, String>;

/// Who took a decision, and where it can be found.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Decision {
    /// Document and section, at most 256 characters.
    pub reference: String,
    /// The body that decided.
    pub by: DecidedBy,
    /// The day it was decided; may lie before the booking date.
    pub decided_on: Date,
}

/// The bodies that can decide.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum DecidedBy {
    /// The municipal council (raad).
    Council,
    /// The executive (college van burgemeester en wethouders).
    Executive,
    /// An officer with a mandate.
    Mandate,
    /// A joint body of municipalities (gemeenschappelijke regeling).
    JointBody,
}

/// What a command brings along beside its own fields.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Posting {
    /// The business date that the fact counts for.
    pub booking_date: Date,
    /// Whether the command carries a non-empty explanation. The text itself is a detail and no rule reads it.
    pub explained: bool,
}
