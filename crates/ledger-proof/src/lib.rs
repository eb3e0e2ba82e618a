//! The tree over the record's leaves: RFC 6962 with SHA-256. No I/O and no storage, so that whoever checks cannot
//! depend on who stores.

mod tree;

pub use tree::{Hash, Tree, leaf_hash};
