//! sled, the store that is read: records in blocks by first position, and a head that is written last.
//!
//! Every call is guarded: sled 0.34 panics on bytes that it did not expect. An error here costs speed, never an event:
//! the caller stops using sled and reads the tape. Nothing in sled needs to be durable, so it is synced only at the end.

use std::{
    fs,
    panic::{AssertUnwindSafe, catch_unwind},
    path::{Path, PathBuf},
    sync::{
        Arc,
        atomic::{AtomicU64, Ordering},
    },
    time::Duration,
};

use sled::IVec;

use crate::blocks_head::{BlocksHead, read_head, write_head};

/// The longest value in bytes: sled puts values above about 12 KB into files of their own that it never syncs.
pub(crate) const BLOCK_BYTES_MAX: usize = 8 << 10;

/// How long and how often sled's files are waited for.
const LOCK_WAIT: Duration = Duration::from_millis(5);
const LOCK_WAITS_MAX: u32 = 1_000;

/// A file beside sled's own, written when sled was given up.
const FAILED: &str = "failed";

const HEAD_KEY: &[u8] = b"head";

/// Why sled cannot be used, as a part of a sentence.
pub(crate) type Fault = String;

/// sled in one directory.
#[derive(Clone, Debug)]
pub(crate) struct Blocks {
    pub(crate) events: sled::Tree,
    pub(crate) heads: sled::Tree,
    pub(crate) snapshots: sled::Tree,
    pub(crate) facts: sled::Tree,
    /// Keys without a meaning; see `cache.rs`.
    pub(crate) turns: sled::Tree,
    /// How many bytes were read since the cache was last shrunk.
    pub(crate) read_bytes: Arc<AtomicU64>,
    /// How many bytes of values sled was given since it was opened.
    pub(crate) written_bytes: Arc<AtomicU64>,
    pub(crate) directory: PathBuf,
    pub(crate) cache_bytes: u64,
    db: sled::Db,
}

/// Makes an error of whatever sled does wrong, a panic too.
pub(crate) fn guard<T>(doing: &str, call: impl FnOnce() -> Result<T, sled::Error>) -> Result<T, Fault> {
    // What sled left half done in memory is not looked at again: the caller drops it.
    match catch_unwind(AssertUnwindSafe(call)) {
        Ok(Ok(value)) => Ok(value),
        Ok(Err(error)) => Err(format!("{doing} in sled failed: {error}")),
        Err(_) => Err(format!("{doing} in sled panicked")),
    }
}

/// Leaves a word for the next opening, which then makes sled anew. A crash before it, or a full disk, leaves sled to be
/// tried once more, and to fail once more.
pub(crate) fn mark_failed(directory: &Path, fault: &Fault) {
    let _ = fs::write(directory.join(FAILED), fault);
}

/// Removes what a kill left of a map that sled was writing, which it would take for its newest and refuse. The one before
/// it is removed only after the new one has its name.
fn remove_torn_maps(directory: &Path) {
    for entry in fs::read_dir(directory).into_iter().flatten().flatten() {
        let name = entry.file_name();
        let name = name.as_encoded_bytes();
        if name.starts_with(b"snap.") && name.ends_with(b".generating") {
            // What cannot be removed fails the opening that follows.
            let _ = fs::remove_file(entry.path());
        }
    }
}

/// Lets go of sled, or of what holds it: closing flushes, and may panic as any of its calls.
pub(crate) fn close<T>(held: T) {
    let _ = catch_unwind(AssertUnwindSafe(|| drop(held)));
}

impl Blocks {
    /// Opens or makes sled in a directory.
    pub(crate) fn open(directory: &Path, cache_bytes: u64) -> Result<Self, Fault> {
        let mut waits = 0;
        loop {
            match Self::try_open(directory, cache_bytes) {
                // The data directory's own lock is ours, so sled's is held by an earlier handle of this process: a
                // thread of sled lets go of it a moment after the handle was dropped.
                Err(fault) if fault.contains("could not acquire lock") && waits < LOCK_WAITS_MAX => {
                    waits += 1;
                    std::thread::sleep(LOCK_WAIT);
                }
                opened => return opened,
            }
        }
    }

    fn try_open(directory: &Path, cache_bytes: u64) -> Result<Self, Fault> {
        remove_torn_maps(directory);
        guard("opening the files", || {
            let db = sled::Config::new()
                .path(directory)
                .cache_capacity(cache_bytes)
                // The tape is synced and sled is not, so a thread that flushes has nothing to add.
                .flush_every_ms(None)
                .open()?;
            Ok(Self {
                events: db.open_tree("events")?,
                heads: db.open_tree("head")?,
                snapshots: db.open_tree("snapshots")?,
                facts: db.open_tree("facts")?,
                turns: db.open_tree("turns")?,
                read_bytes: Arc::default(),
                written_bytes: Arc::default(),
                directory: directory.to_owned(),
                cache_bytes,
                db,
            })
        })
    }

    /// Whether this is the only copy: readers of blocks hold one each.
    pub(crate) fn is_alone(&self) -> bool {
        Arc::strong_count(&self.written_bytes) == 1
    }

    /// Why sled was given up before it was closed.
    pub(crate) fn failed_earlier(&self) -> Option<Fault> {
        let fault = fs::read_to_string(self.directory.join(FAILED)).ok()?;
        Some(format!("it failed when it was last used: {fault}"))
    }

    /// The head; none when no block was ever written.
    pub(crate) fn head(&self) -> Result<Option<BlocksHead>, Fault> {
        let Some(bytes) = guard("reading the head", || self.heads.get(HEAD_KEY))? else {
            return Ok(None);
        };
        read_head(&bytes)
            .map(Some)
            .ok_or_else(|| "its head is damaged".to_owned())
    }

    /// Writes the block of records that begins at a position. A crash after it leaves a block that no head tells of;
    /// it is written again, with the same first position, when its events come by again.
    pub(crate) fn put_block(&self, first: u64, records: &[u8]) -> Result<(), Fault> {
        guard("writing a block", || {
            for (part, bytes) in (0u16..).zip(records.chunks(BLOCK_BYTES_MAX)) {
                self.insert(&self.events, &key(first, part), bytes)?;
            }
            Ok(())
        })
    }

    /// Puts a value into a tree, and counts its bytes.
    pub(crate) fn insert(&self, tree: &sled::Tree, key: &[u8], value: &[u8]) -> Result<(), sled::Error> {
        self.written_bytes
            .fetch_add(value.len() as u64, Ordering::Relaxed);
        tree.insert(key, value).map(drop)
    }

    /// Writes the head, after all blocks it tells of.
    pub(crate) fn put_head(&self, head: &BlocksHead) -> Result<(), Fault> {
        let bytes = write_head(head)?;
        guard("writing the head", || {
            self.heads.insert(HEAD_KEY, bytes).map(drop)
        })
    }

    /// Hands everything to the operating system, so that closing loses nothing.
    pub(crate) fn flush(&self) -> Result<(), Fault> {
        guard("flushing", || self.db.flush().map(drop))
    }

    /// The block that holds a position: its first position and its records.
    pub(crate) fn block_of(&self, position: u64) -> Result<Option<(u64, Vec<u8>)>, Fault> {
        let above = position.checked_add(1).map(u64::to_be_bytes);
        let last = guard("reading a block", || match above {
            Some(above) => self.events.get_lt(above),
            None => self.events.last(),
        })?;
        let first = match last {
            Some((found, _)) => first_of(&found).ok_or_else(malformed)?,
            None => return Ok(None),
        };
        let mut blocks = self.blocks_from(first);
        Ok(blocks.next().transpose()?.filter(|(at, _)| *at == first))
    }

    /// All blocks from the one that begins at a position on.
    pub(crate) fn blocks_from(
        &self,
        first: u64,
    ) -> impl Iterator<Item = Result<(u64, Vec<u8>), Fault>> + use<> {
        let (theirs, mut parts) = (self.clone(), self.events.range(key(first, 0)..).peekable());
        std::iter::from_fn(move || {
            let block = guard("reading a block", || {
                let Some((start, bytes)) = parts.next().transpose()? else {
                    return Ok(None);
                };
                let mut bytes = bytes.to_vec();
                // The parts of a long record follow it.
                while let Some(Ok((_, part))) =
                    parts.next_if(|part| part.as_ref().is_ok_and(|(next, _)| continues(&start, next)))
                {
                    bytes.extend_from_slice(&part);
                }
                Ok(Some((start, bytes)))
            });
            match block {
                Ok(None) => None,
                Ok(Some((start, bytes))) => Some(match first_of(&start) {
                    Some(first) => theirs.has_read(bytes.len()).map(|()| (first, bytes)),
                    None => Err(malformed()),
                }),
                Err(fault) => Some(Err(fault)),
            }
        })
    }
}

/// A block's key: its first position, big-endian so that keys sort as positions do; then the part's number, from the
/// second part on.
pub(crate) fn key(first: u64, part: u16) -> IVec {
    let mut key = first.to_be_bytes().to_vec();
    if part > 0 {
        key.extend_from_slice(&part.to_be_bytes());
    }
    key.into()
}

pub(crate) fn first_of(key: &[u8]) -> Option<u64> {
    key.first_chunk().map(|first| u64::from_be_bytes(*first))
}

pub(crate) fn malformed() -> Fault {
    "a key is malformed".to_owned()
}

fn continues(start: &[u8], next: &[u8]) -> bool {
    next.len() == start.len() + 2 && next.starts_with(start)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::blocks_head::tests::head;

    #[test]
    fn blocks_are_found_by_any_position_in_them_and_long_ones_are_split() {
        let directory = tempfile::tempdir().unwrap();
        let blocks = Blocks::open(&directory.path().join("sled"), 1 << 20).unwrap();
        assert_eq!(blocks.head().unwrap(), None);
        assert_eq!(blocks.block_of(0).unwrap(), None);
        let long: Vec<u8> = (0..=u8::MAX).cycle().take(3 * BLOCK_BYTES_MAX + 5).collect();
        for (first, records) in [(0, &b"zero"[..]), (5, &long), (6, b"six"), (700, b"end")] {
            blocks.put_block(first, records).unwrap();
        }
        blocks.put_head(&head()).unwrap();
        assert_eq!(blocks.head().unwrap(), Some(head()));
        for (position, first, records) in [
            (0, 0, &b"zero"[..]),
            (4, 0, b"zero"),
            (5, 5, &long),
            (6, 6, b"six"),
            (699, 6, b"six"),
            (u64::MAX, 700, b"end"),
        ] {
            assert_eq!(
                blocks.block_of(position).unwrap(),
                Some((first, records.to_vec()))
            );
        }
        let firsts: Result<Vec<u64>, Fault> = blocks
            .blocks_from(5)
            .map(|block| block.map(|(first, _)| first))
            .collect();
        assert_eq!(firsts, Ok(vec![5, 6, 700]));
    }
}
