//! The open group: what is staged, as bytes for the tape, with what a rollback needs.

use std::mem;

use ledger_proof::{Hash, Tree, leaf_hash};

use crate::{Fatal, render::Widths, tape::Checksum, tile_roots::TILE_EVENTS};

/// How many events a run holds.
const RUN_EVENTS: usize = 1_024;

/// Staged events one after the other. A long group is many runs, so that it grows without being copied; all else goes to
/// the tape in chunks, and a rollback reads the run that it ends in back from there.
#[derive(Debug)]
struct Run {
    /// What was before the first of them.
    before: Upto,
    /// The widths of their lines.
    lines: Vec<Widths>,
}

/// All events of a group before one of them.
#[derive(Clone, Debug, Default)]
struct Upto {
    /// Trees cannot shrink.
    tree: Tree,
    checksum: Checksum,
    /// Where their lines end, in bytes from the group's first.
    end: u64,
}

impl Upto {
    fn add(&mut self, leaf: &[u8], widths: Widths) -> Option<Hash> {
        self.checksum.add_event(leaf, widths.details);
        self.end += widths.line();
        self.tree.push(leaf_hash(leaf))
    }
}

/// A group of events that is not durable yet. Its buffers are used again by the next one.
#[derive(Debug, Default)]
pub(crate) struct Group {
    /// The tree before the group.
    base: Tree,
    /// All of the group.
    all: Upto,
    /// Full but for the last.
    runs: Vec<Run>,
    /// Memory for the first run of the next group.
    spare: Vec<Widths>,
    /// The roots of the tiles that it fills.
    tiles: Vec<Hash>,
}

impl Group {
    /// A group after what is durable.
    pub(crate) fn after(base: &Tree) -> Self {
        let mut group = Self::default();
        group.all.tree.clone_from(base);
        group.close();
        group
    }

    /// Begins another group after this one. Memory that a large one took is given back.
    pub(crate) fn close(&mut self) {
        self.base.clone_from(&self.all.tree);
        self.all.checksum = Checksum::default();
        self.all.end = 0;
        self.tiles.clear();
        if let Some(run) = self.runs.drain(..).next() {
            self.spare = run.lines;
            self.spare.clear();
        }
    }

    /// The position of its first event.
    pub(crate) fn first(&self) -> u64 {
        self.base.size()
    }

    /// The position after its last event.
    pub(crate) fn size(&self) -> u64 {
        self.all.tree.size()
    }

    /// The tree with all that is staged.
    pub(crate) fn tree(&self) -> &Tree {
        &self.all.tree
    }

    /// The number of the first tile that it fills, and their roots.
    pub(crate) fn take_tiles(&mut self) -> (u64, Vec<Hash>) {
        (self.first() / TILE_EVENTS, mem::take(&mut self.tiles))
    }

    pub(crate) fn checksum(&self) -> Checksum {
        self.all.checksum.clone()
    }

    /// Takes in the next event, whose line has this leaf and these widths.
    pub(crate) fn add(&mut self, leaf: &[u8], widths: Widths) {
        match self.runs.last_mut() {
            Some(run) if run.lines.len() < RUN_EVENTS => run.lines.push(widths),
            _ => self.begin_run(widths),
        }
        self.tiles.extend(self.all.add(leaf, widths));
    }

    fn begin_run(&mut self, first: Widths) {
        let mut lines = if self.runs.is_empty() {
            mem::take(&mut self.spare)
        } else {
            Vec::with_capacity(RUN_EVENTS)
        };
        lines.push(first);
        let before = self.all.clone();
        self.runs.push(Run { before, lines });
    }

    /// Forgets events from a position on; returns where their lines began, which
    /// stay on the tape until the caller takes them back. `line` reads bytes of the group, which it wrote.
    pub(crate) fn cut(
        &mut self,
        size: u64,
        line: impl Fn(u64, u64) -> Result<Vec<u8>, Fatal>,
    ) -> Result<u64, Fatal> {
        let kept = usize::try_from(size.saturating_sub(self.first())).unwrap_or(usize::MAX);
        let (number, kept_lines) = (kept / RUN_EVENTS, kept % RUN_EVENTS);
        if let Some(run) = self.runs.get(number) {
            let (mut read, mut all) = (run.before.clone(), run.before.clone());
            for (lines, widths) in (1..).zip(&run.lines) {
                let line = line(read.end, read.end + widths.line())?;
                let leaf = line.get(..widths.leaf as usize).unwrap_or_default();
                read.add(leaf, *widths);
                if lines == kept_lines {
                    all.clone_from(&read);
                }
            }
            // What was written is known by its hashes: the whole run must have those, or none of it is believed.
            let written = self.runs.get(number + 1).map_or(&self.all, |next| &next.before);
            if read.tree != written.tree {
                return Err(Fatal::Damaged {
                    what: "the end of the tape".to_owned(),
                    how: "what was just written does not read back as it was".to_owned(),
                    remedy: "nothing of it was acknowledged; open the ledger again".to_owned(),
                });
            }
            self.all = all;
        }
        self.runs.truncate(number + 1);
        if let Some(run) = self.runs.get_mut(number) {
            run.lines.truncate(kept_lines);
        }
        self.runs.pop_if(|run| run.lines.is_empty());
        let tiles = self.size() / TILE_EVENTS - self.first() / TILE_EVENTS;
        self.tiles.truncate(usize::try_from(tiles).unwrap_or(usize::MAX));
        Ok(self.all.end)
    }

    /// Where the line of a staged event begins and ends, in bytes from the group's first.
    pub(crate) fn line(&self, position: u64) -> Option<(u64, u64)> {
        let index = usize::try_from(position.checked_sub(self.first())?).ok()?;
        let run = self.runs.get(index / RUN_EVENTS)?;
        let (before, from) = run.lines.split_at_checked(index % RUN_EVENTS)?;
        let begin = run.before.end + before.iter().map(|widths| widths.line()).sum::<u64>();
        Some((begin, begin + from.first()?.line()))
    }
}
