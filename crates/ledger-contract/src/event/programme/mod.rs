//! A programme's events: stored shapes, and the way from and to the domain's events.

mod read;
mod v1;
mod write;

pub(super) use read::{entry_keys, to_domain};
pub use v1::*;
pub(super) use write::from_domain;
