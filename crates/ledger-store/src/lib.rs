//! The record: an append-only tape that is the truth, and sled as the store that is read.
//!
//! The only crate that knows sled, bincode and files. `FORMAT.md` states every byte.

mod backup;
mod blocks;
mod blocks_head;
mod cache;
mod chunk;
mod clerk;
mod cursor;
mod desk;
mod destroy;
mod draft;
mod fact_blocks;
mod facts;
mod filling;
mod from_tape;
mod group;
mod heaps;
mod index;
mod known;
mod lock;
mod log;
mod memory;
mod older;
mod open;
mod options;
mod packer;
mod parts;
mod positions;
mod prefix;
mod reader;
mod recent;
mod record;
mod render;
mod reopen;
mod repair;
mod restore;
mod right_parts;
mod room;
mod runs;
mod scribe;
mod segments;
mod shared;
mod snapshots;
mod staged;
mod state_bytes;
mod tape;
mod tape_log;
mod tile_roots;
mod told;
mod verify;

pub mod disk;

#[cfg(any(test, feature = "testkit"))]
pub mod conformance;
#[cfg(any(test, feature = "testkit"))]
pub mod faults;
#[cfg(any(test, feature = "testkit"))]
pub mod fuzzing;
#[cfg(any(test, feature = "testkit"))]
pub mod samples;
#[cfg(test)]
mod tests;

pub use backup::{Backed, BackupError, backup};
pub use log::{
    AppendError, EventLog, EventReader, FactVisit, Fatal, Head, Mark, NewCommand, NewDetails, NewEvent,
    Recorded, Told,
};
pub use memory::{MemoryLog, MemoryReader};
pub use options::{CutTail, Opened, Options, Progress};
pub use parts::part_of;
pub use reader::TapeReader;
pub use render::{DETAILS_BYTES_MAX, FORMAT, LEAF_BYTES_MAX, Salts, Sealed, Sealing};
pub use repair::{Repaired, repair};
pub use restore::{Restored, restore};
pub use snapshots::{Parts, Snapshot, SnapshotKind, Snapshots};
pub use state_bytes::{from_bytes, to_bytes};
pub use tape_log::TapeLog;
pub use tile_roots::TileRoots;
pub use verify::{Verified, verify};
