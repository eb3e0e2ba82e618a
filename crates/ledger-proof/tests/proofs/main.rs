//! Notes, proofs, tiles, heads, bundles and witnesses, against the texts they follow and against forgers.
#![allow(clippy::unwrap_used, reason = "a test stops at what it did not expect")]

mod bundles;
mod forgers;
mod heads;
mod naive;
mod notes;
mod random;
mod trees;
mod witnesses;
