//! The hashes of the log, level by level: what checkpoints and tiles are made of. It is fed with durable events, off
//! the writer's path.

use std::collections::BTreeMap;

use ledger_contract::event::{Event, write_leaf};
use ledger_proof::{
    Hash, Tree, leaf_hash,
    tile::{TILE_WIDTH, TileBuilder, TileKind, TilePath, push_entry},
};
use ledger_store::{EventReader, Fatal};

use super::LeafHashes;

/// The tree up to a size.
#[derive(Debug)]
pub(crate) struct Hashes {
    leaves: LeafHashes,
    builder: TileBuilder,
    tree: Tree,
    /// Full tiles above the lowest level.
    full: BTreeMap<(u8, u64), Vec<u8>>,
    /// How many of the leaves' hashes were found in the file, and not made here.
    found: u64,
}

impl Hashes {
    /// Nothing yet, with the hashes of leaves that were kept.
    pub(crate) fn over(leaves: LeafHashes) -> Self {
        Self {
            leaves,
            builder: TileBuilder::default(),
            tree: Tree::default(),
            full: BTreeMap::new(),
            found: 0,
        }
    }

    /// Whether every hash was made here, from the events themselves.
    pub(crate) fn are_own(&self) -> bool {
        self.found == 0
    }

    pub(crate) fn size(&self) -> u64 {
        self.tree.size()
    }

    pub(crate) fn root(&self) -> Hash {
        self.tree.root()
    }

    /// Takes the leaves up to a size: their hashes where they were kept, else the events themselves.
    pub(crate) fn feed(&mut self, reader: &impl EventReader, to: u64) -> Result<(), Fatal> {
        let kept = self.leaves.size().min(to);
        if self.size() < kept {
            for hash in self.leaves.read(self.size(), kept)? {
                self.push(hash);
            }
            self.found = kept;
        }
        let (mut new, mut leaf, mut wrong) = (Vec::new(), Vec::new(), None);
        reader.read(self.size(), to, &mut |event| {
            leaf.clear();
            if let Err(error) = write_leaf(&event, &mut leaf) {
                wrong = Some(unwritable(&error));
                return false;
            }
            new.push(leaf_hash(&leaf));
            true
        })?;
        self.leaves.append(&new)?;
        for hash in new {
            self.push(hash);
        }
        wrong.map_or(Ok(()), Err)
    }

    fn push(&mut self, hash: Hash) {
        self.tree.push(hash);
        for (path, bytes) in self.builder.push(hash) {
            if let TileKind::Hashes(level @ 1..) = path.kind() {
                self.full.insert((level, path.index()), bytes);
            }
        }
    }

    /// Forgets all, the hashes that were kept too.
    pub(crate) fn clear(&mut self) {
        self.leaves.clear();
        (self.builder, self.tree) = (TileBuilder::default(), Tree::default());
        self.full.clear();
        self.found = 0;
    }

    /// The bytes of a tile within the size; none outside it.
    pub(crate) fn tile(&self, path: &TilePath, reader: &impl EventReader) -> Result<Option<Vec<u8>>, Fatal> {
        let TileKind::Hashes(level @ 1..) = path.kind() else {
            return self.lowest(path, reader);
        };
        let bytes = match self.full.get(&(level, path.index())) {
            Some(bytes) => Some(bytes.clone()),
            None => self
                .builder
                .partial()
                .find(|(partial, _)| (partial.kind(), partial.index()) == (path.kind(), path.index()))
                .map(|(_, bytes)| bytes),
        };
        let length = usize::from(path.width()) * 32;
        Ok(bytes.and_then(|mut bytes| {
            let enough = bytes.len() >= length;
            bytes.truncate(length);
            enough.then_some(bytes)
        }))
    }

    /// Entries, or the hashes of leaves.
    fn lowest(&self, path: &TilePath, reader: &impl EventReader) -> Result<Option<Vec<u8>>, Fatal> {
        let from = path.index().saturating_mul(u64::from(TILE_WIDTH));
        let to = from.saturating_add(u64::from(path.width()));
        if to > self.size() {
            return Ok(None);
        }
        if path.kind() != TileKind::Entries {
            return self.leaves.read(from, to).map(|hashes| Some(hashes.concat()));
        }
        let (mut bytes, mut leaf, mut wrong) = (Vec::new(), Vec::new(), None);
        reader.read(from, to, &mut |event| {
            leaf.clear();
            if let Err(error) = write_leaf(&event, &mut leaf) {
                wrong = Some(unwritable(&error));
                return false;
            }
            // No longer leaf was ever recorded than an entry can be.
            let _ = push_entry(&leaf, &mut bytes);
            true
        })?;
        wrong.map_or(Ok(Some(bytes)), Err)
    }

    /// The root that the log had at a size, from the tiles of that size: one hash for each complete subtree.
    pub(crate) fn root_at(&self, size: u64, reader: &impl EventReader) -> Result<Option<Hash>, Fatal> {
        let mut peaks = Vec::new();
        for level in (0..8).rev() {
            let kind = TileKind::Hashes(level);
            let index = size.checked_shr(8 * u32::from(level)).unwrap_or(0) / u64::from(TILE_WIDTH);
            let Some(path) = TilePath::in_tree(kind, index, size) else {
                continue;
            };
            let Some(bytes) = self.tile(&path, reader)? else {
                return Ok(None);
            };
            let mut run = Tree::default();
            let (hashes, _) = bytes.as_chunks::<32>();
            for hash in hashes {
                run.push(*hash);
            }
            peaks.extend_from_slice(run.peaks());
        }
        Ok(Tree::from_peaks(size, peaks).map(|tree| tree.root()))
    }
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
