//! The hashes of the log, level by level: what checkpoints and tiles are made of. It is fed with what is durable, off the
//! writer's path: with the roots of full tiles that the log keeps, and the events behind them.

use ledger_contract::event::{Event, write_leaf};
use ledger_proof::{
    Hash, Tree, leaf_hash,
    tile::{TILE_WIDTH, TileKind, TilePath, push_entry},
};
use ledger_store::{EventReader, Fatal, TileRoots};

/// How many events are hashed before others get a turn.
const FEED_EVENTS: u64 = 65_536;
const TILE_EVENTS: u64 = TILE_WIDTH as u64;
/// How many leaves a hash of each level from 1 up stands for, as a power of two: all levels of 64 bits.
const LEVEL_SHIFTS: [u32; 7] = [8, 16, 24, 32, 40, 48, 56];

/// The tree up to a size.
#[derive(Debug)]
pub(crate) struct Hashes {
    kept: TileRoots,
    /// Every hash from level 1 up: each is the root of a full tile of the level below.
    levels: Vec<Vec<Hash>>,
    /// The hashes of the leaves behind the last full tile.
    rest: Vec<Hash>,
    /// Up to which size they were held against the log's root.
    settled: u64,
    /// How many of the tiles' roots behind it were kept, and not made here.
    found: u64,
    /// Whether those that are kept are taken.
    trusting: bool,
}

impl Hashes {
    /// Nothing yet, with the roots that were kept.
    pub(crate) fn over(kept: TileRoots) -> Self {
        Self {
            kept,
            levels: Vec::new(),
            rest: Vec::new(),
            settled: 0,
            found: 0,
            trusting: true,
        }
    }

    /// Up to which size they lead to the root of a commit.
    pub(crate) fn settled(&self) -> u64 {
        self.settled
    }

    /// Whether every hash behind that was made here, from the events themselves.
    pub(crate) fn are_own(&self) -> bool {
        self.found == 0
    }

    pub(crate) fn size(&self) -> u64 {
        self.tiles() * TILE_EVENTS + self.rest.len() as u64
    }

    /// How many full tiles of leaves there are.
    fn tiles(&self) -> u64 {
        self.levels.first().map_or(0, |roots| roots.len() as u64)
    }

    pub(crate) fn root(&self) -> Option<Hash> {
        self.root_over(self.size(), &self.rest)
    }

    /// Goes on towards a size: the roots of tiles where they are kept, else the events themselves, some at a time.
    pub(crate) fn feed(&mut self, reader: &impl EventReader, to: u64) -> Result<(), Fatal> {
        if self.trusting {
            let known = self.kept.known(self.tiles(), to / TILE_EVENTS);
            if !known.is_empty() {
                self.rest.clear();
            }
            self.found += known.len() as u64;
            for root in known {
                self.push_tile(root);
            }
        }
        let (from, mut made) = (self.tiles(), Vec::new());
        let hashes = hashed(reader, self.size(), to.min(self.size() + FEED_EVENTS))?;
        for hash in hashes {
            self.rest.push(hash);
            if self.rest.len() as u64 == TILE_EVENTS {
                let root = root_of(&self.rest);
                made.push(root);
                self.rest.clear();
                self.push_tile(root);
            }
        }
        self.kept.replace(from, &made);
        Ok(())
    }

    /// Adds the root of a full tile of leaves, and of those above that it fills.
    fn push_tile(&mut self, root: Hash) {
        let mut node = root;
        for level in 0..LEVEL_SHIFTS.len() {
            if self.levels.len() == level {
                self.levels.push(Vec::new());
            }
            let Some(hashes) = self.levels.get_mut(level) else {
                break;
            };
            hashes.push(node);
            if !hashes.len().is_multiple_of(usize::from(TILE_WIDTH)) {
                break;
            }
            let full = hashes.len() - usize::from(TILE_WIDTH);
            node = root_of(hashes.get(full..).unwrap_or_default());
        }
    }

    /// All that there is leads to the root of a commit.
    pub(crate) fn settle(&mut self) {
        self.settled = self.size();
        (self.found, self.trusting) = (0, true);
    }

    /// Forgets all, to make it from the events.
    pub(crate) fn distrust(&mut self) {
        self.levels.clear();
        self.rest.clear();
        self.settled = 0;
        (self.found, self.trusting) = (0, false);
    }

    /// The bytes of a tile within the size; none outside it.
    pub(crate) fn tile(&self, path: &TilePath, reader: &impl EventReader) -> Result<Option<Vec<u8>>, Fatal> {
        let width = usize::from(path.width());
        let hashes = match path.kind() {
            TileKind::Entries => return self.entries(path, reader),
            TileKind::Hashes(0) => self.leaves(path.index(), reader)?,
            TileKind::Hashes(level) => {
                let hashes = self.levels.get(usize::from(level) - 1);
                let first = path.index().checked_mul(TILE_EVENTS);
                let first = first.and_then(|first| usize::try_from(first).ok());
                let rest = hashes.zip(first).and_then(|(hashes, first)| hashes.get(first..));
                rest.map(|rest| rest.iter().copied().take(width).collect())
            }
        };
        let enough = hashes.filter(|hashes| hashes.len() >= width);
        Ok(enough.and_then(|hashes| Some(hashes.get(..width)?.concat())))
    }

    /// The hashes of a tile of leaves, as many as there are, from its events; those of a full one have its root.
    fn leaves(&self, tile: u64, reader: &impl EventReader) -> Result<Option<Vec<Hash>>, Fatal> {
        if tile >= self.tiles() {
            return Ok((tile == self.tiles()).then(|| self.rest.clone()));
        }
        let from = tile * TILE_EVENTS;
        let hashes = hashed(reader, from, from + TILE_EVENTS)?;
        let root = usize::try_from(tile)
            .ok()
            .and_then(|tile| self.levels.first()?.get(tile));
        if hashes.len() as u64 != TILE_EVENTS || root != Some(&root_of(&hashes)) {
            return Err(Fatal::Damaged {
                what: format!("an event from position {from} to {}", from + TILE_EVENTS - 1),
                how: "it is read otherwise than the log's root has it".to_owned(),
                remedy: "nothing was changed; `rekenschap verify` tells which, and what to do".to_owned(),
            });
        }
        Ok(Some(hashes))
    }

    fn entries(&self, path: &TilePath, reader: &impl EventReader) -> Result<Option<Vec<u8>>, Fatal> {
        let from = path.index().saturating_mul(TILE_EVENTS);
        let to = from.saturating_add(path.width().into());
        if to > self.size() {
            return Ok(None);
        }
        let mut bytes = Vec::new();
        each_leaf(reader, from, to, |leaf| {
            // No longer leaf was ever recorded than an entry can be.
            let _ = push_entry(leaf, &mut bytes);
        })?;
        Ok(Some(bytes))
    }

    /// The root that the log had at a size, from the tiles of that size: one hash for each complete subtree.
    pub(crate) fn root_at(&self, size: u64, reader: &impl EventReader) -> Result<Option<Hash>, Fatal> {
        let mut rest = Vec::new();
        if !size.is_multiple_of(TILE_EVENTS) {
            rest = self.leaves(size / TILE_EVENTS, reader)?.unwrap_or_default();
            rest.truncate(usize::try_from(size % TILE_EVENTS).unwrap_or(0));
        }
        Ok(self.root_over(size, &rest))
    }

    /// The root at a size, with the leaves behind its last full tile.
    fn root_over(&self, size: u64, rest: &[Hash]) -> Option<Hash> {
        let mut peaks = Vec::new();
        for (hashes, shift) in self.levels.iter().zip(LEVEL_SHIFTS).rev() {
            let count = usize::try_from(size >> shift).ok()?;
            let full = count - count % usize::from(TILE_WIDTH);
            peaks.extend_from_slice(tree_of(hashes.get(full..count)?).peaks());
        }
        peaks.extend_from_slice(tree_of(rest).peaks());
        Tree::from_peaks(size, peaks).map(|tree| tree.root())
    }
}

fn tree_of(hashes: &[Hash]) -> Tree {
    let mut tree = Tree::default();
    for hash in hashes {
        tree.push(*hash);
    }
    tree
}

fn root_of(hashes: &[Hash]) -> Hash {
    tree_of(hashes).root()
}

/// The hashes of leaves, from the events.
fn hashed(reader: &impl EventReader, from: u64, to: u64) -> Result<Vec<Hash>, Fatal> {
    let mut hashes = Vec::new();
    each_leaf(reader, from, to, |leaf| hashes.push(leaf_hash(leaf)))?;
    Ok(hashes)
}

fn each_leaf(
    reader: &impl EventReader,
    from: u64,
    to: u64,
    mut visit: impl FnMut(&[u8]),
) -> Result<(), Fatal> {
    let (mut leaf, mut wrong) = (Vec::new(), None);
    reader.read(from, to, &mut |event| {
        leaf.clear();
        if let Err(error) = write_leaf(&event, &mut leaf) {
            wrong = Some(unwritable(&error));
            return false;
        }
        visit(&leaf);
        true
    })?;
    wrong.map_or(Ok(()), Err)
}

/// The leaf of an event: the exact bytes that are hashed.
pub(crate) fn leaf_of(event: &Event) -> Result<String, Fatal> {
    let mut leaf = Vec::new();
    write_leaf(event, &mut leaf).map_err(|error| unwritable(&error))?;
    String::from_utf8(leaf).map_err(|error| Fatal::Io {
        doing: "writing a leaf".to_owned(),
        reason: error.to_string(),
        disk_full: false,
    })
}

fn unwritable(error: &impl ToString) -> Fatal {
    Fatal::Io {
        doing: "writing an event as JSON".to_owned(),
        reason: error.to_string(),
        disk_full: false,
    }
}
