//! What a log is opened with, and what opening it found.

use std::{fmt, path::PathBuf, sync::Arc};

use crate::disk::{Disk, RealDisk};

/// How a log is kept. Everything but the origin has a default that fits production; tests make things small.
#[derive(Clone)]
pub struct Options {
    /// The ledger's name in checkpoints, written into position 0 of a new log; of no effect on an existing one.
    pub origin: String,
    /// A tape segment is closed when it is longer than this, in bytes. Default 64 MiB.
    pub segment_bytes: u64,
    /// How far a segment is filled with newlines ahead of small commits, in bytes. Default 1 MiB.
    pub fill_bytes: u64,
    /// How much of an open group is written before the disk begins to sync it, while the rest is still staged, in bytes.
    /// Default 8 MiB.
    pub early_sync_bytes: u64,
    /// How much of an open group is staged before a thread of its own hashes it and writes it out, in bytes. Default
    /// 256 KiB.
    pub chunk_bytes: usize,
    /// How many events are indexed in memory before their index goes to sled; after a crash so many are read again.
    /// Default 65,536.
    pub index_events: usize,
    /// What sled may keep in memory, in bytes. Default 64 MiB.
    pub sled_cache_bytes: u64,
    /// How many bytes sled is given before it is closed and opened again, so that a start after a kill has little to read;
    /// it writes one and a half to five times as many. Default 256 MiB.
    pub sled_reopen_bytes: u64,
    /// How many events the log is known to have had, from a checkpoint for instance: a tape with fewer is damaged, and
    /// nothing of it is changed. Default 0.
    pub events_min: u64,
    /// Seed of the salts, for tests that compare bytes; none takes 256 bits from the operating system.
    pub salt_seed: Option<[u8; 32]>,
    /// The file operations of the tape. Default: those of the operating system.
    pub disk: Arc<dyn Disk>,
    /// Told now and then how far a long rebuild or verification is.
    pub progress: Option<Arc<dyn Fn(Progress) + Send + Sync>>,
}

impl Options {
    /// The defaults, for a ledger with this origin: host and path, without a scheme (C2SP tlog-checkpoint, origin).
    pub fn new(origin: impl Into<String>) -> Self {
        Self {
            origin: origin.into(),
            segment_bytes: 64 << 20,
            fill_bytes: 1 << 20,
            early_sync_bytes: 8 << 20,
            chunk_bytes: 1 << 18,
            index_events: 1 << 16,
            sled_cache_bytes: 64 << 20,
            sled_reopen_bytes: 256 << 20,
            events_min: 0,
            salt_seed: None,
            disk: Arc::new(RealDisk),
            progress: None,
        }
    }

    pub(crate) fn report(&self, done_bytes: u64, total_bytes: u64) {
        if let Some(progress) = &self.progress {
            progress(Progress {
                done_bytes,
                total_bytes,
            });
        }
    }
}

impl fmt::Debug for Options {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        // The seed of the salts is a secret: salts are what keeps short details from being guessed.
        f.debug_struct("Options")
            .field("origin", &self.origin)
            .field("segment_bytes", &self.segment_bytes)
            .finish_non_exhaustive()
    }
}

/// How much of the tape has been read.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Progress {
    /// Bytes read.
    pub done_bytes: u64,
    /// Bytes to read in all.
    pub total_bytes: u64,
}

/// What opening a log found and did.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Opened {
    /// Whether the log was made just now.
    pub created: bool,
    /// The number of events.
    pub events: u64,
    /// What stood on the tape after the last commit and was never acknowledged.
    pub tail: Option<CutTail>,
    /// Why sled was made anew from the tape.
    pub rebuilt: Option<String>,
    /// Why there is no sled at all; everything is read from the tape, which is slower.
    pub without_sled: Option<String>,
    /// Why it can be read and takes no postings.
    pub read_only: Option<String>,
    /// How many details were overwritten because a crash had interrupted their destruction.
    pub destroyed: u64,
    /// How long it took.
    pub milliseconds: u64,
}

/// A tail that a crash left behind.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct CutTail {
    /// Its length in bytes, without filler.
    pub bytes: u64,
    /// The file that keeps a copy.
    pub aside: PathBuf,
}

/// Sentences for people, one a line.
impl fmt::Display for Opened {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let (events, ms) = (self.events, self.milliseconds);
        if self.created {
            write!(f, "A new ledger was made in {ms} ms.")?;
        } else {
            write!(f, "The ledger with {events} events was opened in {ms} ms.")?;
        }
        if let Some(CutTail { bytes, aside }) = &self.tail {
            // sled's head would know of it if it had been acknowledged; without sled only the tape was asked.
            let what = match (&self.rebuilt, &self.without_sled) {
                (None, None) => "of a posting that was never acknowledged",
                _ => "that no commit closes, and that sled could not be asked about,",
            };
            write!(
                f,
                "\n{bytes} bytes {what} were cut from the tape and set aside in {}.",
                aside.display()
            )?;
        }
        if self.destroyed > 0 {
            let destroyed = self.destroyed;
            write!(
                f,
                "\nThe details of {destroyed} events, whose destruction had been interrupted, were destroyed."
            )?;
        }
        if let Some(why) = &self.rebuilt {
            write!(
                f,
                "\nThe store that is read was made anew from the tape, since {why}."
            )?;
        }
        if let Some(why) = &self.without_sled {
            write!(f, "\nThe tape itself is read, which is slower, since {why}.")?;
        }
        if let Some(why) = &self.read_only {
            write!(f, "\nIt is open for reading and takes no postings, since {why}.")?;
        }
        Ok(())
    }
}
