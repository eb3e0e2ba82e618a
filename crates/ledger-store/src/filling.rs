//! What opening puts into memory: the newest part of the index and the block in the making; and sled, from the tape, as far
//! as it is behind or wrong.

use std::{fs, path::Path, sync::Arc};

use ledger_contract::event::Event;
use ledger_proof::leaf_hash;

use crate::{
    Fatal, Head, Options, TileRoots,
    blocks::{Blocks, Fault, close},
    blocks_head::BlocksHead,
    cursor::visit_blocks,
    fact_blocks::complete_facts,
    facts,
    from_tape::read_record,
    index::Streams,
    older::{Index, Older},
    open::Sled,
    packer::Packer,
    record,
    shared::{Durable, Shared, reading, writing},
    tape::{Line, Tape, parse},
    tile_roots::TILE_EVENTS,
};

/// Fills memory: the newest part of the index and the block in the making.
pub(crate) struct Filling {
    pub(crate) shared: Arc<Shared>,
    pub(crate) index: Index,
    pub(crate) older: Older,
}

impl Filling {
    pub(crate) fn new(tape: &Arc<Tape>, head: Head, tiles: TileRoots, options: &Options) -> Self {
        let durable = Durable {
            head,
            tail_first: 0,
            tail: Arc::default(),
            facts_first: 0,
            facts: Arc::default(),
        };
        Self {
            shared: Arc::new(Shared::new(
                Arc::clone(tape),
                durable,
                tiles,
                options.sled_reopen_bytes,
            )),
            index: Index::default(),
            older: Older::default(),
        }
    }

    /// Indexes what sled has and its index has not, and takes the rest from the tape; makes sled anew when it is wrong.
    pub(crate) fn fill(
        &mut self,
        sled: Sled,
        directory: &Path,
        options: &Options,
        head: Head,
    ) -> Result<(Packer, Option<Fault>), Fatal> {
        let fault = match sled {
            Ok((blocks, blocks_head)) => {
                self.shared.set_blocks(Some(blocks.clone()));
                match self.index_blocks(&blocks, blocks_head.tree.size()) {
                    Ok(()) => {
                        close(blocks);
                        let mut packer = Packer::new(Arc::clone(&self.shared), blocks_head);
                        self.replay(&mut packer, options, head)?;
                        return Ok((packer, None));
                    }
                    Err(fault) => {
                        self.shared.set_blocks(None);
                        close(blocks);
                        fault
                    }
                }
            }
            Err(fault) => fault,
        };
        (self.index, self.older) = Default::default();
        *writing(&self.shared.streams) = Streams::default();
        let packer = self.rebuild(directory, options, head)?;
        Ok((packer, Some(fault)))
    }

    /// Reads the events in blocks that are not in the index on disk. What is damaged before them shows when it is read.
    fn index_blocks(&mut self, blocks: &Blocks, end: u64) -> Result<(), Fault> {
        {
            let mut durable = writing(&self.shared.durable);
            (durable.tail_first, durable.facts_first) = (end, end);
        }
        (self.index, self.older) = Index::load(&self.shared);
        if self.shared.blocks().is_none() {
            return blocks.failed_earlier().map_or(Ok(()), Err);
        }
        let mut position = self.index.end();
        if position < end {
            visit_blocks(blocks, &mut position, end, &mut |record| {
                self.take(&record.event);
                true
            })?;
        }
        // What was filed of a group that never became durable.
        blocks.cut(end)?;
        complete_facts(blocks, end)
    }

    fn take(&mut self, event: &Event) {
        if event.position >= self.index.end() {
            writing(&self.shared.streams).push(&event.stream, event.position);
            self.index.add(event);
        }
    }

    /// Makes sled anew from the whole tape. Until the last rename the old one stands where it stood; a crash anywhere
    /// leads to another rebuild.
    fn rebuild(&mut self, directory: &Path, options: &Options, head: Head) -> Result<Packer, Fatal> {
        let (making, place) = (directory.join("sled.new"), directory.join("sled"));
        match Blocks::open(&making, options.sled_cache_bytes) {
            Ok(blocks) => self.shared.set_blocks(Some(blocks)),
            // A full disk, say. The ledger works without sled, slowly.
            Err(fault) => self.shared.distrust(&fault),
        }
        let mut packer = Packer::new(Arc::clone(&self.shared), BlocksHead::default());
        self.replay(&mut packer, options, head)?;
        packer.catch_up(head);
        if self.shared.blocks().is_some() {
            // sled finds its files by name, so it is closed before they move.
            self.shared.set_blocks(None);
            let moved = match fs::remove_dir_all(&place) {
                Err(error) if error.kind() != std::io::ErrorKind::NotFound => Err(error),
                // A crash here leaves no sled, and sled.new is not trusted.
                _ => options
                    .disk
                    .rename(&making, &place)
                    .and_then(|()| options.disk.sync_dir(directory)),
            };
            let reopened = moved
                .map_err(|error| error.to_string())
                .and_then(|()| Blocks::open(&place, options.sled_cache_bytes));
            match reopened {
                Ok(blocks) => self.shared.set_blocks(Some(blocks)),
                Err(fault) => self.shared.distrust(&fault),
            }
        }
        Ok(packer)
    }

    /// Reads the tape from where the packer stands to the durable head.
    pub(crate) fn replay(&mut self, packer: &mut Packer, options: &Options, head: Head) -> Result<(), Fatal> {
        let tape = Arc::clone(&self.shared.tape);
        let total_bytes = tape.total_bytes();
        let BlocksHead { mut tree, next, .. } = packer.stands_at().clone();
        let (mut position, mut end) = (tree.size(), next);
        let mut lines = tape.lines(next);
        let (mut bytes, mut fact) = (Vec::new(), Vec::new());
        let (first_tile, mut tiles) = (position / TILE_EVENTS, Vec::new());
        // What is in blocks is indexed, and what follows is not, unless it was in the block in the making.
        let indexed = position.max(self.index.end());
        // To the line that closes the last commit.
        while packer.stands_at().tree.size() < head.size {
            let read_bytes = lines.read_bytes;
            let Some(line) = lines.next()? else { break };
            match parse(line.bytes) {
                Line::Event { leaf, details } => {
                    let record = read_record(&tape, &line, position, leaf, details)?;
                    let event = &record.event;
                    let known = reading(&self.shared.streams).version(&event.stream);
                    if position >= indexed && event.version != known + 1 {
                        let (stream, version) = (&event.stream, event.version);
                        let how = format!("{stream} has version {version} where {} belongs", known + 1);
                        return Err(tape.damaged(line.place, how));
                    }
                    bytes.clear();
                    record::encode(&record.event, record.place, record.widths, &mut bytes)
                        .map_err(|error| tape.damaged(line.place, error.to_string()))?;
                    fact.clear();
                    facts::encode(&record.event, &mut fact);
                    packer.push(&bytes, &fact);
                    tiles.extend(tree.push(leaf_hash(leaf)));
                    self.take(&record.event);
                    (position, end) = (position + 1, line.end());
                }
                Line::Commit(commit) => {
                    packer.close(end);
                    packer.commit(tree.clone());
                    options.report(read_bytes, total_bytes);
                    if self.index.added() >= options.index_events {
                        self.index
                            .save(packer.clerk(), &self.shared, commit.size, commit.root);
                    }
                }
                Line::Unknown => {
                    return Err(tape.damaged(line.place, "a line is neither an event nor a commit"));
                }
            }
        }
        packer.publish(head);
        packer.clerk().file_tiles(first_tile, tiles);
        Ok(())
    }
}
