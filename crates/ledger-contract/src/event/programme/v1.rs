//! A programme's events as they are stored, schema 1. Frozen: a change is a new struct and an upcaster.

mod budget;
mod entries;

pub use budget::*;
pub use entries::*;
