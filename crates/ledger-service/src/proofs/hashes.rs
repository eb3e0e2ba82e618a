//! The hashes of the log, level by level, and the heads of its streams: what checkpoints and tiles are made of.
//!
//! It is fed with durable events, off the writer's path. Of the leaves' own hashes only those that fill no tile yet
//! are held: 32 bytes for each leaf would be most of the memory, and 256 leaves are hashed again in 0.2 ms.

use std::collections::BTreeMap;

use ledger_contract::event::{Event, EventData, Stream, write_leaf};
use ledger_proof::{
    Hash, Tree,
    heads::Heads,
    leaf_hash,
    tile::{TILE_WIDTH, TileBuilder, TileKind, TilePath, push_entry},
};
use ledger_store::{EventReader, Fatal};

/// What is known of the log up to a size.
#[derive(Debug, Default)]
pub(crate) struct Hashes {
    builder: TileBuilder,
    tree: Tree,
    /// Full tiles above the lowest level.
    full: BTreeMap<(u8, u64), Vec<u8>>,
    /// The version of every stream, and the map that has them under one root.
    pub(crate) versions: BTreeMap<Stream, u64>,
    pub(crate) heads: Heads,
    /// The sizes that end in `streamHeadsRecorded`: no others are ever signed.
    pub(crate) sizes: Vec<u64>,
    /// The name of the log, from its first event.
    pub(crate) origin: String,
    /// The public keys on the record with their positions, oldest first.
    pub(crate) keys: Vec<(u64, String)>,
}

impl Hashes {
    pub(crate) fn size(&self) -> u64 {
        self.tree.size()
    }

    pub(crate) fn root(&self) -> Hash {
        self.tree.root()
    }

    /// Takes the events up to a size.
    pub(crate) fn feed(&mut self, reader: &impl EventReader, to: u64) -> Result<(), Fatal> {
        let (mut leaf, mut wrong, mut touched) = (Vec::new(), None, BTreeMap::new());
        reader.read(self.size(), to, &mut |event| {
            leaf.clear();
            if let Err(error) = write_leaf(&event, &mut leaf) {
                wrong = Some(unwritable(&error));
                return false;
            }
            let hash = leaf_hash(&leaf);
            self.tree.push(hash);
            for (path, bytes) in self.builder.push(hash) {
                if let TileKind::Hashes(level @ 1..) = path.kind() {
                    self.full.insert((level, path.index()), bytes);
                }
            }
            self.note(&event);
            touched.insert(event.stream, event.version);
            true
        })?;
        for (stream, version) in touched {
            self.heads.set(&stream.to_string(), version);
            self.versions.insert(stream, version);
        }
        wrong.map_or(Ok(()), Err)
    }

    fn note(&mut self, event: &Event) {
        match &event.data {
            EventData::LedgerOpened(opened) => self.origin.clone_from(&opened.origin),
            EventData::StreamHeadsRecorded(_) => self.sizes.push(event.position + 1),
            EventData::LogKeyIntroduced(introduced) => {
                self.keys.push((event.position, introduced.key.clone()));
            }
            _ => {}
        }
    }

    /// Whether a signed tree up to this size has exactly this tile.
    pub(crate) fn is_signed(&self, path: &TilePath, up_to: u64) -> bool {
        if path.is_in(up_to) {
            return true;
        }
        let level = match path.kind() {
            TileKind::Entries => 0,
            TileKind::Hashes(level) => u32::from(level),
        };
        let width = path.index().saturating_mul(u64::from(TILE_WIDTH)) + u64::from(path.width());
        let reaches = |size: &u64| size.checked_shr(8 * level).unwrap_or(0) >= width;
        let at = self.sizes.partition_point(|size| !reaches(size));
        self.sizes
            .get(at)
            .is_some_and(|size| *size <= up_to && path.is_in(*size))
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

    /// Entries, or the hashes of leaves: both from the leaves themselves.
    fn lowest(&self, path: &TilePath, reader: &impl EventReader) -> Result<Option<Vec<u8>>, Fatal> {
        let from = path.index().saturating_mul(u64::from(TILE_WIDTH));
        let to = from.saturating_add(u64::from(path.width()));
        if to > self.size() {
            return Ok(None);
        }
        let (mut bytes, mut leaf, mut wrong) = (Vec::new(), Vec::new(), None);
        reader.read(from, to, &mut |event| {
            leaf.clear();
            if let Err(error) = write_leaf(&event, &mut leaf) {
                wrong = Some(unwritable(&error));
                return false;
            }
            if path.kind() == TileKind::Entries {
                // No longer leaf was ever recorded than an entry can be.
                let _ = push_entry(&leaf, &mut bytes);
            } else {
                bytes.extend(leaf_hash(&leaf));
            }
            true
        })?;
        wrong.map_or(Ok(Some(bytes)), Err)
    }

    /// The root that the log had at a size, from the tiles of that size: one hash for each complete subtree.
    pub(crate) fn root_at(&self, size: u64, reader: &impl EventReader) -> Result<Option<Hash>, Fatal> {
        if size == self.size() {
            return Ok(Some(self.root()));
        }
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
