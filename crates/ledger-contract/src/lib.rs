//! The shapes that other programs rely on: commands, events, reports and problems.
//!
//! Stored shapes are frozen and versioned, apart from the domain's types: one struct per schema version serves the
//! JSON of a leaf and the bytes of a block. Nothing here reads storage or decides.

mod canonical;
pub mod command;
pub mod event;
pub mod facts;
mod hex;
pub mod problem;
pub mod reply;
pub mod report;
pub mod sums;
pub mod value;

pub use canonical::to_json;
