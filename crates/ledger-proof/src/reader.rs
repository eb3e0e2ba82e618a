//! Reading a log from its tiles, whoever serves them: nothing is believed that does not lead to the signed root.

use std::collections::BTreeMap;

use crate::{
    Hash,
    checkpoint::Checkpoint,
    leaf_hash,
    proof::{HashSource, root},
    tile::{TILE_WIDTH, TileKind, TilePath, entries, partial_tiles, subtree_root, tile_hashes},
};

/// Why tiles are refused.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum TileError<E> {
    /// A tile could not be had.
    #[error("{path} could not be read: {reason}")]
    Fetch {
        /// Which.
        path: TilePath,
        /// Why.
        reason: E,
    },
    /// A tile of another length than its path says, or a bundle of other entries.
    #[error("{path} has {found} bytes, which is not what {} hashes or entries take", path.width())]
    Length {
        /// Which.
        path: TilePath,
        /// How long it is.
        found: usize,
    },
    /// The tiles at the right edge do not lead to the signed root, so one of them is of another log or size.
    #[error(
        "the log of {size} does not have the signed root: one of {} is of another log",
        names(paths)
    )]
    Root {
        /// The size that was signed.
        size: u64,
        /// The tiles the root was computed from.
        paths: Vec<TilePath>,
    },
    /// A tile that does not have the hash that the tile above it holds.
    #[error("{path} is not the tile of the signed log: its hash is another than {above} holds for it")]
    Tile {
        /// Which.
        path: TilePath,
        /// The tile above it, which was verified.
        above: TilePath,
    },
    /// An entry that is not the leaf at its position.
    #[error("{path} is not of the signed log: its entry at position {position} has another hash")]
    Entry {
        /// The bundle.
        path: TilePath,
        /// The first position that differs.
        position: u64,
    },
    /// Something outside the tree was asked for.
    #[error("a log of {size} has nothing there")]
    Outside {
        /// The size that was signed.
        size: u64,
    },
}

fn names(paths: &[TilePath]) -> String {
    let names: Vec<String> = paths.iter().map(TilePath::to_string).collect();
    names.join(", ")
}

/// The verified hashes and entries of a log at one checkpoint, read tile by tile as they are needed.
#[derive(Debug)]
pub struct TileReader<F> {
    size: u64,
    fetch: F,
    /// Tiles that were verified. They are few: a proof in a log of a million leaves touches three.
    verified: BTreeMap<TilePath, Vec<Hash>>,
    /// Roots of subtrees that were asked for: the proofs of a bundle share their upper parts.
    roots: BTreeMap<(u32, u64), Hash>,
}

impl<E, F: FnMut(&TilePath) -> Result<Vec<u8>, E>> TileReader<F> {
    /// Opens the log at a checkpoint that was verified: `fetch` brings the bytes of a tile, and is not trusted.
    pub fn open(checkpoint: &Checkpoint, fetch: F) -> Result<Self, TileError<E>> {
        let size = checkpoint.size;
        let mut reader = Self {
            size,
            fetch,
            verified: BTreeMap::new(),
            roots: BTreeMap::new(),
        };
        // The partial tiles have no tile above them; together they are the root.
        let paths: Vec<TilePath> = partial_tiles(size).collect();
        for path in &paths {
            let hashes = reader.read(path)?;
            reader.verified.insert(*path, hashes);
        }
        if root(&mut reader, size)? == checkpoint.root {
            Ok(reader)
        } else {
            Err(TileError::Root { size, paths })
        }
    }

    /// The number of leaves.
    pub fn size(&self) -> u64 {
        self.size
    }

    /// The entries of the bundle with this index: 256 of them, fewer in the last.
    pub fn entries(&mut self, index: u64) -> Result<Vec<Vec<u8>>, TileError<E>> {
        let outside = TileError::Outside { size: self.size };
        let Some(path) = TilePath::in_tree(TileKind::Entries, index, self.size) else {
            return Err(outside);
        };
        let hashes = self.tile(0, index)?;
        let bytes = (self.fetch)(&path).map_err(|reason| TileError::Fetch { path, reason })?;
        let wrong_length = TileError::Length {
            path,
            found: bytes.len(),
        };
        let found = match entries(&bytes) {
            Ok(found) if found.len() == hashes.len() => found,
            _ => return Err(wrong_length),
        };
        let differs = |(entry, hash): (&&[u8], &Hash)| leaf_hash(entry) != *hash;
        match found.iter().zip(&hashes).position(differs) {
            None => Ok(found.into_iter().map(<[u8]>::to_vec).collect()),
            Some(at) => Err(TileError::Entry {
                path,
                position: index * u64::from(TILE_WIDTH) + at as u64,
            }),
        }
    }

    /// The verified hashes of a tile. A full tile's root stands in the tile above it, up to the partial ones.
    fn tile(&mut self, level: u8, index: u64) -> Result<Vec<Hash>, TileError<E>> {
        let Some(path) = TilePath::in_tree(TileKind::Hashes(level), index, self.size) else {
            return Err(TileError::Outside { size: self.size });
        };
        if let Some(hashes) = self.verified.get(&path) {
            return Ok(hashes.clone());
        }
        let width = u64::from(TILE_WIDTH);
        let above = self.tile(level + 1, index / width)?;
        let hashes = self.read(&path)?;
        let at = usize::try_from(index % width).unwrap_or(usize::MAX);
        if subtree_root(&hashes).as_ref() != above.get(at) {
            let kind = TileKind::Hashes(level + 1);
            let above = TilePath::in_tree(kind, index / width, self.size).unwrap_or(path);
            return Err(TileError::Tile { path, above });
        }
        self.verified.insert(path, hashes.clone());
        Ok(hashes)
    }

    fn read(&mut self, path: &TilePath) -> Result<Vec<Hash>, TileError<E>> {
        let path = *path;
        let bytes = (self.fetch)(&path).map_err(|reason| TileError::Fetch { path, reason })?;
        tile_hashes(&path, &bytes).ok_or(TileError::Length {
            path,
            found: bytes.len(),
        })
    }
}

impl<E, F: FnMut(&TilePath) -> Result<Vec<u8>, E>> HashSource for TileReader<F> {
    type Error = TileError<E>;

    fn hash(&mut self, level: u32, index: u64) -> Result<Hash, TileError<E>> {
        if let Some(root) = self.roots.get(&(level, index)) {
            return Ok(*root);
        }
        let outside = TileError::Outside { size: self.size };
        // A subtree of 2^level leaves is a run of hashes in one tile.
        let (Ok(tile_level), within) = (u8::try_from(level / 8), level % 8) else {
            return Err(outside);
        };
        let first = index << within;
        let hashes = self.tile(tile_level, first / u64::from(TILE_WIDTH))?;
        let from = usize::try_from(first % u64::from(TILE_WIDTH)).unwrap_or(usize::MAX);
        let run = hashes.get(from..from.saturating_add(1 << within));
        let root = run.and_then(subtree_root).ok_or(outside)?;
        self.roots.insert((level, index), root);
        Ok(root)
    }
}
