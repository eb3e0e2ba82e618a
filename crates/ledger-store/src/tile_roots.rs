//! The root of each full tile of 256 leaves: from these the root at any size is made without reading the events.
//!
//! All are in memory, 32 bytes for 256 events, and in a file beside the tape, which is read at the start. The file proves
//! nothing and is not synced: whoever uses the roots holds what they lead to against the log's own root. What a crash
//! leaves short of the log, sled's lag included, opening hashes again as it reads the tape; what else is missing, and
//! what is wrong, is made again from the events by whoever finds it so.

use std::{
    fs::{self, File, OpenOptions},
    os::unix::fs::{FileExt as _, OpenOptionsExt as _},
    path::Path,
    sync::{Arc, RwLock},
};

use ledger_proof::{Hash, tile::TILE_WIDTH};
use tracing::warn;

use crate::shared::{reading, writing};

/// How many leaves a full tile has.
pub(crate) const TILE_EVENTS: u64 = TILE_WIDTH as u64;
/// The file's name in the data directory.
const NAME: &str = "tile-roots";
/// What earlier programs kept there: the hash of every leaf.
const EARLIER: &str = "leaf-hashes";
/// A root that is not known: a hole in the file reads like this, and no tile has it.
const UNKNOWN: Hash = [0; 32];

/// The roots of a log's full tiles; the default is of a log in memory. Copies are cheap and share them.
#[derive(Clone, Debug, Default)]
pub struct TileRoots(Arc<Kept>);

#[derive(Debug, Default)]
struct Kept {
    roots: RwLock<Vec<Hash>>,
    /// None in memory, where nothing can be written, and after a write failed.
    file: RwLock<Option<File>>,
}

impl TileRoots {
    /// Those that a directory holds of a log of so many events. Without a file they are in memory alone.
    pub(crate) fn open(directory: &Path, events: u64) -> Self {
        // It may not be there.
        let _ = fs::remove_file(directory.join(EARLIER));
        let full = events / TILE_EVENTS;
        match read(&directory.join(NAME), full) {
            Ok((file, roots)) => Self(Arc::new(Kept {
                roots: RwLock::new(roots),
                file: RwLock::new(Some(file)),
            })),
            Err(error) => {
                warn!(%error, "the roots of the tiles are held in memory");
                Self::default()
            }
        }
    }

    /// The roots from one tile up to another, as far as they are known; nothing here holds them against the log.
    pub fn known(&self, first: u64, before: u64) -> Vec<Hash> {
        let roots = reading(&self.0.roots);
        let asked = roots.get(index(first)..index(before).min(roots.len()));
        let known = asked.unwrap_or_default().iter().copied();
        known.take_while(|root| *root != UNKNOWN).collect()
    }

    /// Takes roots that were made from the events, in the place of those that were there.
    pub fn replace(&self, first: u64, roots: &[Hash]) {
        self.hold(first, roots);
        self.write(first, roots);
    }

    /// In memory, where they are found at once.
    pub(crate) fn hold(&self, first: u64, roots: &[Hash]) {
        let mut held = writing(&self.0.roots);
        let (from, to) = (index(first), index(first) + roots.len());
        if held.len() < to {
            held.resize(to, UNKNOWN);
        }
        if let Some(places) = held.get_mut(from..to) {
            places.copy_from_slice(roots);
        }
    }

    /// In the file. A disk that takes no more costs the next start some time, and no commit.
    pub(crate) fn write(&self, first: u64, roots: &[Hash]) {
        let written = match &*reading(&self.0.file) {
            Some(file) => file.write_all_at(roots.as_flattened(), first * size_of::<Hash>() as u64),
            None => Ok(()),
        };
        if let Err(error) = written {
            warn!(%error, "the roots of the tiles are held in memory from now on");
            *writing(&self.0.file) = None;
        }
    }
}

/// The file, made when it is not there, and the roots in it of so many tiles. What follows is of a group that was lost,
/// or of another log.
fn read(path: &Path, tiles: u64) -> std::io::Result<(File, Vec<Hash>)> {
    let mut options = OpenOptions::new();
    let options = options.read(true).write(true).create(true).truncate(false);
    let file = options.mode(0o600).open(path)?;
    let held = file.metadata()?.len() / size_of::<Hash>() as u64;
    let kept = held.min(tiles);
    file.set_len(kept * size_of::<Hash>() as u64)?;
    let mut roots = vec![UNKNOWN; index(kept)];
    file.read_exact_at(roots.as_flattened_mut(), 0)?;
    Ok((file, roots))
}

fn index(tile: u64) -> usize {
    usize::try_from(tile).unwrap_or(usize::MAX)
}
