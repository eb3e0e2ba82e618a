//! A programme's events: stored shapes, and the way from and to the domain's events.

mod convert;
mod v1;

pub(super) use convert::{entry_keys, from_domain, to_domain};
pub use v1::*;
