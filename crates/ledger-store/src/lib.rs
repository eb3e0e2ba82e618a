//! The record: an append-only tape that is the truth, and sled as the store that is read.
//!
//! The only crate that knows sled, bincode and files. `FORMAT.md` states every byte.

mod log;
mod memory;
mod options;
mod render;
mod tape_log;
mod verify;

pub mod disk;

pub use log::{AppendError, EventLog, EventReader, Fatal, Head, Mark, NewCommand, NewEvent};
pub use memory::{MemoryLog, MemoryReader};
pub use options::{CutTail, Opened, Options, Progress};
pub use render::{FORMAT, LEAF_BYTES_MAX};
pub use tape_log::{TapeLog, TapeReader};
pub use verify::{Verified, verify};
