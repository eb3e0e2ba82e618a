//! The log as files that never change: tiles of 256 hashes, and bundles of 256 entries. C2SP tlog-tiles, section "APIs".

use std::{fmt, str::FromStr};

use crate::{Hash, encode::decimal, tree::node_hash};

/// Hashes in a full tile, and entries in a full bundle.
pub const TILE_WIDTH: u16 = 256;

/// What a file of the log holds.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum TileKind {
    /// Entries: the bytes of leaves.
    Entries,
    /// Hashes at this level, each of a full tile below it; at level 0 of leaves.
    Hashes(u8),
}

/// The name of a file of the log: `tile/<L>/<N>[.p/<W>]` or `tile/entries/<N>[.p/<W>]`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct TilePath {
    kind: TileKind,
    index: u64,
    width: u16,
}

/// The highest level with a full tile in a tree of fewer than 2^64 leaves is 6; the path's syntax goes to 63.
const MAX_LEVEL: u8 = 63;

impl TilePath {
    /// The file of this kind and index as a tree of `size` has it; none when it has none.
    pub fn in_tree(kind: TileKind, index: u64, size: u64) -> Option<Self> {
        let start = index.checked_mul(u64::from(TILE_WIDTH))?;
        let width = hashes_at(kind, size).checked_sub(start)?.min(TILE_WIDTH.into());
        let width = u16::try_from(width).ok().filter(|width| *width > 0)?;
        Some(Self { kind, index, width })
    }

    /// What the file holds.
    pub fn kind(&self) -> TileKind {
        self.kind
    }

    /// The number of full files of its kind before it.
    pub fn index(&self) -> u64 {
        self.index
    }

    /// The number of hashes or entries in it: 1 to 256.
    pub fn width(&self) -> u16 {
        self.width
    }

    /// Whether a tree of this size has exactly this file.
    pub fn is_in(&self, size: u64) -> bool {
        Self::in_tree(self.kind, self.index, size) == Some(*self)
    }
}

/// How many hashes of a kind's level a tree of this size has.
fn hashes_at(kind: TileKind, size: u64) -> u64 {
    let level = match kind {
        TileKind::Entries => 0,
        TileKind::Hashes(level) => u32::from(level),
    };
    size.checked_shr(8 * level).unwrap_or(0)
}

/// The files that a tree of `new` leaves has and one of `old` had not, entries first, then level by level. From 0, all
/// files of a tree.
pub fn new_tiles(old: u64, new: u64) -> impl Iterator<Item = TilePath> {
    let levels = (0..8).map(TileKind::Hashes);
    std::iter::once(TileKind::Entries)
        .chain(levels)
        .flat_map(move |kind| {
            let width = u64::from(TILE_WIDTH);
            let first = hashes_at(kind, old) / width;
            let end = hashes_at(kind, new).div_ceil(width);
            (first..end)
                .filter_map(move |index| TilePath::in_tree(kind, index, new))
                .filter(move |path| !path.is_in(old))
        })
}

impl fmt::Display for TilePath {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.kind {
            TileKind::Entries => out.write_str("tile/entries/")?,
            TileKind::Hashes(level) => write!(out, "tile/{level}/")?,
        }
        // Three digits per folder, so that none has more than a thousand files.
        let mut groups = vec![self.index % 1000];
        let mut rest = self.index / 1000;
        while rest > 0 {
            groups.push(rest % 1000);
            rest /= 1000;
        }
        while let Some(group) = groups.pop() {
            let (mark, slash) = if groups.is_empty() { ("", "") } else { ("x", "/") };
            write!(out, "{mark}{group:03}{slash}")?;
        }
        if self.width < TILE_WIDTH {
            write!(out, ".p/{}", self.width)?;
        }
        Ok(())
    }
}

/// The text is not the path of a tile.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("this is no path of a tile: `tile/<L>/<N>[.p/<W>]` or `tile/entries/<N>[.p/<W>]`")]
pub struct NoTilePath;

impl FromStr for TilePath {
    type Err = NoTilePath;

    fn from_str(text: &str) -> Result<Self, NoTilePath> {
        let path = parse_path(text).ok_or(NoTilePath)?;
        // One path per file: what would be printed differently, such as a group of zeros in front, is none.
        if path.to_string() == text {
            Ok(path)
        } else {
            Err(NoTilePath)
        }
    }
}

fn parse_path(text: &str) -> Option<TilePath> {
    let (kind, rest) = text.strip_prefix("tile/")?.split_once('/')?;
    let kind = match kind {
        "entries" => TileKind::Entries,
        level => TileKind::Hashes(
            u8::try_from(decimal(level)?)
                .ok()
                .filter(|level| *level <= MAX_LEVEL)?,
        ),
    };
    let (number, width) = match rest.split_once(".p/") {
        None => (rest, TILE_WIDTH),
        Some((number, width)) => {
            let width = u16::try_from(decimal(width)?).ok()?;
            (
                number,
                Some(width).filter(|width| (1..TILE_WIDTH).contains(width))?,
            )
        }
    };
    let mut index: u64 = 0;
    for group in number.split('/') {
        let digits = group.strip_prefix('x').unwrap_or(group);
        let group: u16 = digits.parse().ok()?;
        index = index.checked_mul(1000)?.checked_add(group.into())?;
    }
    Some(TilePath { kind, index, width })
}

/// An entry that does not fit, or bytes that are no bundle of entries.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum EntriesError {
    /// An entry's length is kept in 16 bits.
    #[error("an entry has {0} bytes; at most 65535 fit")]
    TooLong(usize),
    /// The bytes end within an entry.
    #[error("the bundle ends within its entry {0}")]
    Cut(usize),
}

/// Adds an entry to a bundle: its length in two bytes, big-endian, then itself.
pub fn push_entry(entry: &[u8], bundle: &mut Vec<u8>) -> Result<(), EntriesError> {
    let length = u16::try_from(entry.len()).map_err(|_| EntriesError::TooLong(entry.len()))?;
    bundle.extend(length.to_be_bytes());
    bundle.extend(entry);
    Ok(())
}

/// The entries of a bundle, in order.
pub fn entries(bundle: &[u8]) -> Result<Vec<&[u8]>, EntriesError> {
    let mut found = Vec::new();
    let mut rest = bundle;
    while !rest.is_empty() {
        let cut = EntriesError::Cut(found.len());
        let (length, after) = rest.split_first_chunk::<2>().ok_or(cut)?;
        let (entry, after) = after
            .split_at_checked(u16::from_be_bytes(*length).into())
            .ok_or(cut)?;
        found.push(entry);
        rest = after;
    }
    Ok(found)
}

/// Makes the hash tiles of a log, leaf by leaf.
///
/// It holds the partial tile of every level: at most 255 hashes each.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct TileBuilder {
    size: u64,
    levels: Vec<Vec<Hash>>,
}

impl TileBuilder {
    /// Goes on from a tree of this size, given its partial tiles as [`TileBuilder::partial`] gave them; none when they
    /// are not those of such a tree.
    pub fn resume(size: u64, partial: impl IntoIterator<Item = (TilePath, Vec<u8>)>) -> Option<Self> {
        let mut levels: Vec<Vec<Hash>> = Vec::new();
        for (path, bytes) in partial {
            let TileKind::Hashes(level) = path.kind() else {
                return None;
            };
            levels.resize_with(levels.len().max(usize::from(level) + 1), Vec::new);
            *levels.get_mut(usize::from(level))? = tile_hashes(&path, &bytes).filter(|_| path.is_in(size))?;
        }
        let resumed = Self { size, levels };
        let expected = resumed.partial_paths().count();
        let held = resumed.levels.iter().filter(|level| !level.is_empty()).count();
        (held == expected).then_some(resumed)
    }

    /// The number of leaves.
    pub fn size(&self) -> u64 {
        self.size
    }

    /// Adds the leaf with this hash; returns the tiles that it fills, usually none.
    pub fn push(&mut self, leaf: Hash) -> Vec<(TilePath, Vec<u8>)> {
        self.size += 1;
        let mut filled = Vec::new();
        let mut hash = leaf;
        for level in 0..8 {
            if self.levels.len() == usize::from(level) {
                self.levels.push(Vec::new());
            }
            let Some(hashes) = self.levels.get_mut(usize::from(level)) else {
                break;
            };
            hashes.push(hash);
            if hashes.len() < usize::from(TILE_WIDTH) {
                break;
            }
            let bytes = hashes.concat();
            let kind = TileKind::Hashes(level);
            let index = hashes_at(kind, self.size) / u64::from(TILE_WIDTH) - 1;
            let width = TILE_WIDTH;
            filled.push((TilePath { kind, index, width }, bytes));
            // The full tile's root is a hash of the tile above.
            let Some(root) = subtree_root(hashes) else { break };
            hashes.clear();
            hash = root;
        }
        filled
    }

    /// The partial tiles as they are now, level by level.
    pub fn partial(&self) -> impl Iterator<Item = (TilePath, Vec<u8>)> {
        self.partial_paths().filter_map(|path| {
            let TileKind::Hashes(level) = path.kind() else {
                return None;
            };
            Some((path, self.levels.get(usize::from(level))?.concat()))
        })
    }

    fn partial_paths(&self) -> impl Iterator<Item = TilePath> + use<> {
        partial_tiles(self.size)
    }
}

/// The partial hash tiles of a tree: one per level at most.
pub(crate) fn partial_tiles(size: u64) -> impl Iterator<Item = TilePath> {
    (0..8).filter_map(move |level| {
        let kind = TileKind::Hashes(level);
        let index = hashes_at(kind, size) / u64::from(TILE_WIDTH);
        TilePath::in_tree(kind, index, size)
    })
}

/// The hashes in a tile; none when it has another length than its path says.
pub(crate) fn tile_hashes(path: &TilePath, bytes: &[u8]) -> Option<Vec<Hash>> {
    let (hashes, rest) = bytes.as_chunks::<32>();
    (rest.is_empty() && hashes.len() == usize::from(path.width())).then(|| hashes.to_vec())
}

/// The root over these hashes, a power of two of them.
pub(crate) fn subtree_root(hashes: &[Hash]) -> Option<Hash> {
    let mut level = hashes.to_vec();
    while level.len() > 1 {
        let (pairs, _) = level.as_chunks::<2>();
        level = pairs.iter().map(|[left, right]| node_hash(left, right)).collect();
    }
    level.pop()
}
