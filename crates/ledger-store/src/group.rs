//! The open group: what is staged, as bytes for the tape, with what a rollback needs.

use std::mem;

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

/// How many events a run holds.
const RUN_EVENTS: usize = 1_024;

/// Staged events one after the other. A long group is many runs, so that it grows without being copied.
#[derive(Debug)]
struct Run {
    /// The tree before the first of them, which a rollback starts from: trees cannot shrink.
    tree: Tree,
    staged: Vec<Staged>,
}

/// A group of events that is not durable yet. Its buffers are used again by the next one.
#[derive(Debug, Default)]
pub(crate) struct Group {
    /// The tree before the group.
    base: Tree,
    /// The tree with the group.
    tree: Tree,
    checksum: Checksum,
    /// Full but for the last.
    runs: Vec<Run>,
    /// Memory for the first run of the next group.
    spare: Vec<Staged>,
    /// The roots of the tiles that it fills.
    tiles: Vec<Hash>,
}

impl Group {
    /// A group after what is durable.
    pub(crate) fn after(base: &Tree) -> Self {
        Self {
            base: base.clone(),
            tree: base.clone(),
            ..Self::default()
        }
    }

    /// Begins another group after this one. Memory that a large one took is given back.
    pub(crate) fn close(&mut self) {
        self.base.clone_from(&self.tree);
        self.checksum = Checksum::default();
        self.tiles.clear();
        if let Some(run) = self.runs.drain(..).next() {
            self.spare = run.staged;
            self.spare.clear();
        }
    }

    /// The position of its first event.
    pub(crate) fn first(&self) -> u64 {
        self.base.size()
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
        (self.first() / TILE_EVENTS, mem::take(&mut self.tiles))
    }

    pub(crate) fn checksum(&self) -> Checksum {
        self.checksum.clone()
    }

    /// Takes in the next event, whose line has this leaf and these widths.
    pub(crate) fn add(&mut self, leaf: &[u8], widths: Widths) {
        let hash = leaf_hash(leaf);
        self.checksum.add_event(leaf, widths.details);
        let staged = Staged {
            hash,
            line_end: self.end() + widths.line(),
            checksum: self.checksum.state(),
        };
        match self.runs.last_mut() {
            Some(run) if run.staged.len() < RUN_EVENTS => run.staged.push(staged),
            _ => self.begin_run(staged),
        }
        self.tiles.extend(self.tree.push(hash));
    }

    fn begin_run(&mut self, first: Staged) {
        let mut staged = if self.runs.is_empty() {
            mem::take(&mut self.spare)
        } else {
            Vec::with_capacity(RUN_EVENTS)
        };
        staged.push(first);
        let tree = self.tree.clone();
        self.runs.push(Run { tree, staged });
    }

    /// Forgets events from a position on; returns where their lines began, which
    /// stay on the tape until the caller takes them back.
    pub(crate) fn cut(&mut self, size: u64) -> u64 {
        let kept = usize::try_from(size.saturating_sub(self.first())).unwrap_or(usize::MAX);
        self.runs.truncate(kept / RUN_EVENTS + 1);
        if let Some(run) = self.runs.get_mut(kept / RUN_EVENTS) {
            run.staged.truncate(kept % RUN_EVENTS);
            self.tree.clone_from(&run.tree);
            for staged in &run.staged {
                self.tree.push(staged.hash);
            }
        }
        self.runs.pop_if(|run| run.staged.is_empty());
        let last = self.last();
        let (line_end, checksum) = last.map_or((0, 0), |last| (last.line_end, last.checksum));
        self.checksum = Checksum::resume(checksum);
        let tiles = self.size() / TILE_EVENTS - self.first() / TILE_EVENTS;
        self.tiles.truncate(usize::try_from(tiles).unwrap_or(usize::MAX));
        line_end
    }

    fn last(&self) -> Option<&Staged> {
        self.runs.last()?.staged.last()
    }

    /// Where the last event's line ends, in bytes from the group's first.
    pub(crate) fn end(&self) -> u64 {
        self.last().map_or(0, |last| last.line_end)
    }

    /// Where the line of a staged event begins and ends, in bytes from the group's first.
    pub(crate) fn line(&self, position: u64) -> Option<(u64, u64)> {
        let index = usize::try_from(position.checked_sub(self.first())?).ok()?;
        let staged = |index: usize| self.runs.get(index / RUN_EVENTS)?.staged.get(index % RUN_EVENTS);
        let before = index.checked_sub(1).and_then(staged);
        Some((
            before.map_or(0, |before| before.line_end),
            staged(index)?.line_end,
        ))
    }
}
