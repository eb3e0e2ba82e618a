//! The record: an append-only tape that is the truth, and sled as the store that is read.
//!
//! The only crate that knows sled, bincode and files. `FORMAT.md` states every byte.

mod log;

pub use log::{AppendError, EventLog, EventReader, Fatal, Head, Mark, NewCommand, NewEvent};
