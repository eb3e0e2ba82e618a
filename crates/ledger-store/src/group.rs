//! The open group: what is staged, as bytes for the tape, with what a rollback needs.

use ledger_contract::value::Instant;
use ledger_proof::{Hash, Tree, leaf_hash};

use crate::{render::Widths, tape::Checksum, tile_roots::TILE_EVENTS};

/// One staged event. Some 60 bytes are kept of each; the line itself goes to the tape in chunks.
#[derive(Clone, Copy, Debug)]
struct Staged {
    hash: Hash,
    /// Where its line ends, in bytes from the group's first.
    line_end: u64,
    /// The checksum up to it.
    checksum: u32,
}

/// How many events lie between two trees that a rollback starts from.
const TREE_EVENTS: usize = 1_024;

/// A group of events that is not durable yet. Its buffers are used again by the next one.
#[derive(Debug, Default)]
pub(crate) struct Group {
    /// The stamp of all its events; none when no group is open.
    pub(crate) stamp: Option<Instant>,
    /// Lines that are not written yet.
    pub(crate) buffer: Vec<u8>,
    /// How many bytes were written before the buffer's first.
    pub(crate) written: u64,
    /// The tree before the group, and after every so many of its events: trees cannot shrink.
    trees: Vec<Tree>,
    /// The tree with the group.
    tree: Tree,
    checksum: Checksum,
    staged: Vec<Staged>,
    /// The roots of the tiles that it fills.
    tiles: Vec<Hash>,
}

impl Group {
    /// Begins a group after what is durable.
    pub(crate) fn open(&mut self, stamp: Instant, base: &Tree) {
        self.close();
        self.stamp = Some(stamp);
        self.trees.push(base.clone());
        self.tree.clone_from(base);
    }

    /// Forgets the group. Memory that a large one took is given back.
    pub(crate) fn close(&mut self) {
        const KEPT_BYTES: usize = 4 << 20;
        self.stamp = None;
        self.written = 0;
        self.checksum = Checksum::default();
        self.buffer.clear();
        self.buffer.shrink_to(KEPT_BYTES);
        self.trees.clear();
        self.tiles.clear();
        self.staged.clear();
        self.staged.shrink_to(KEPT_BYTES / size_of::<Staged>());
    }

    /// The position of its first event.
    pub(crate) fn first(&self) -> u64 {
        self.trees.first().map_or(0, Tree::size)
    }

    /// The position after its last event.
    pub(crate) fn size(&self) -> u64 {
        self.tree.size()
    }

    /// The tree with all that is staged.
    pub(crate) fn tree(&self) -> &Tree {
        &self.tree
    }

    /// The number of the first tile that it fills, and their roots.
    pub(crate) fn take_tiles(&mut self) -> (u64, Vec<Hash>) {
        (self.first() / TILE_EVENTS, std::mem::take(&mut self.tiles))
    }

    pub(crate) fn checksum(&self) -> Checksum {
        self.checksum.clone()
    }

    /// Takes in the event whose line was just added to the buffer, where it begins at a byte.
    pub(crate) fn add(&mut self, start: usize, widths: Widths) {
        let leaf = self
            .buffer
            .get(start..start + widths.leaf as usize)
            .unwrap_or_default();
        let hash = leaf_hash(leaf);
        self.tiles.extend(self.tree.push(hash));
        self.checksum.add_event(leaf, widths.details);
        self.staged.push(Staged {
            hash,
            line_end: self.written + self.buffer.len() as u64,
            checksum: self.checksum.state(),
        });
        if self.staged.len().is_multiple_of(TREE_EVENTS) {
            self.trees.push(self.tree.clone());
        }
    }

    /// Forgets events from a position on; returns where their lines began. Lines that were written before stay on the
    /// tape until the caller takes them back.
    pub(crate) fn cut(&mut self, size: u64) -> u64 {
        let kept = usize::try_from(size.saturating_sub(self.first())).unwrap_or(usize::MAX);
        self.staged.truncate(kept);
        let last = self.staged.last();
        let (line_end, checksum) = last.map_or((0, 0), |last| (last.line_end, last.checksum));
        self.checksum = Checksum::resume(checksum);
        let in_buffer = line_end.saturating_sub(self.written);
        self.buffer
            .truncate(usize::try_from(in_buffer).unwrap_or(usize::MAX));
        self.written = self.written.min(line_end);
        // The tree grows again from the last one that is not beyond the cut.
        let kept = self.staged.len();
        self.trees.truncate(kept / TREE_EVENTS + 1);
        if let Some(tree) = self.trees.last() {
            self.tree.clone_from(tree);
        }
        for staged in self.staged.iter().skip(kept / TREE_EVENTS * TREE_EVENTS) {
            self.tree.push(staged.hash);
        }
        let tiles = self.size() / TILE_EVENTS - self.first() / TILE_EVENTS;
        self.tiles.truncate(usize::try_from(tiles).unwrap_or(usize::MAX));
        line_end
    }

    /// Where the last event's line ends, in bytes from the group's first.
    pub(crate) fn end(&self) -> u64 {
        self.staged.last().map_or(0, |last| last.line_end)
    }

    /// Where the line of a staged event begins and ends, in bytes from the group's first.
    pub(crate) fn line(&self, position: u64) -> Option<(u64, u64)> {
        let index = usize::try_from(position.checked_sub(self.first())?).ok()?;
        let staged = self.staged.get(index)?;
        let before = index.checked_sub(1).and_then(|before| self.staged.get(before));
        Some((before.map_or(0, |before| before.line_end), staged.line_end))
    }

    /// The bytes between two offsets of the group, when they are still in the buffer.
    pub(crate) fn buffered(&self, from: u64, to: u64) -> Option<&[u8]> {
        let from = usize::try_from(from.checked_sub(self.written)?).ok()?;
        let to = usize::try_from(to.checked_sub(self.written)?).ok()?;
        self.buffer.get(from..to)
    }
}
