//! The tree over the record's leaves: RFC 6962 with SHA-256. No I/O and no storage, so that whoever checks cannot
//! depend on who stores.

pub mod bundle;
pub mod checkpoint;
mod encode;
pub mod heads;
pub mod key;
pub mod note;
pub mod proof;
pub mod reader;
pub mod text;
pub mod tile;
mod tree;
pub mod witness;

pub use tree::{Hash, Tree, leaf_hash};
