//! What the writer shares with readers: the durable end, the block that is not full yet, sled, and the tape to fall
//! back to. Every lock is held for a moment: to copy a few words, or to swap them; that of sled also while it is closed
//! and opened again.

use std::{
    collections::{BTreeMap, VecDeque},
    sync::{Arc, Mutex, OnceLock, PoisonError, RwLock, RwLockReadGuard, RwLockWriteGuard},
};

use ledger_contract::event::Stream;
use ledger_proof::{Hash, Tree};

use crate::{
    Fatal, Head, TileRoots,
    blocks::{Blocks, Fault, close, mark_failed},
    cursor::{Cursor, cursor_of, visit_blocks},
    destroy::Orders,
    from_tape::WAYPOINT_EVENTS,
    index::Streams,
    older::Older,
    positions::Positions,
    record::Record,
    tape::{Line, Place, Tape, parse},
};

/// A look at what is shared. A panic elsewhere leaves it usable: nothing is half changed under a lock.
pub(crate) fn reading<T>(lock: &RwLock<T>) -> RwLockReadGuard<'_, T> {
    lock.read().unwrap_or_else(PoisonError::into_inner)
}

/// A change of what is shared.
pub(crate) fn writing<T>(lock: &RwLock<T>) -> RwLockWriteGuard<'_, T> {
    lock.write().unwrap_or_else(PoisonError::into_inner)
}

/// The durable log at one moment.
#[derive(Clone, Debug)]
pub(crate) struct Durable {
    pub(crate) head: Head,
    /// The first position that is in no block, in sled or on its way there.
    pub(crate) tail_first: u64,
    /// The records from there on: a block in the making.
    pub(crate) tail: Arc<Vec<u8>>,
    /// The first position whose fact is in no block, in sled or on its way there, and the facts from there on.
    pub(crate) facts_first: u64,
    pub(crate) facts: Arc<Vec<u8>>,
}

/// A block in memory: its first position and its records.
pub(crate) type Block = (u64, Arc<Vec<u8>>);

#[derive(Debug)]
pub(crate) struct Shared {
    pub(crate) tape: Arc<Tape>,
    pub(crate) durable: RwLock<Durable>,
    pub(crate) tiles: TileRoots,
    pub(crate) streams: RwLock<Streams>,
    /// The index of what is older; set once, when the log is open.
    pub(crate) older: OnceLock<Older>,
    /// Blocks on their way to sled, in order: first position and records. One is added before `tail_first` passes it, and
    /// leaves when sled has it, so that a reader finds every durable event in one of the three.
    pub(crate) waiting: RwLock<VecDeque<Block>>,
    /// The same of blocks of facts.
    pub(crate) waiting_facts: RwLock<VecDeque<Block>>,
    /// Whose details were destroyed: nobody is given them, also while they are still being overwritten.
    pub(crate) orders: RwLock<Orders>,
    /// None once sled has failed; then the tape is read. Held while sled is closed and opened again.
    pub(crate) blocks: RwLock<Option<Blocks>>,
    /// How many bytes sled is given before that.
    pub(crate) reopen_bytes: u64,
    /// Positions and where their lines begin, gathered whenever the tape is read.
    pub(crate) waypoints: Mutex<BTreeMap<u64, Place>>,
}

impl Shared {
    pub(crate) fn new(tape: Arc<Tape>, durable: Durable, tiles: TileRoots, reopen_bytes: u64) -> Self {
        Self {
            tape,
            durable: RwLock::new(durable),
            tiles,
            streams: RwLock::default(),
            older: OnceLock::default(),
            waiting: RwLock::default(),
            waiting_facts: RwLock::default(),
            orders: RwLock::default(),
            blocks: RwLock::default(),
            reopen_bytes,
            waypoints: Mutex::default(),
        }
    }

    /// The durable log as it is now; what a reader took stays as it was.
    pub(crate) fn durable(&self) -> Durable {
        reading(&self.durable).clone()
    }

    pub(crate) fn head(&self) -> Head {
        reading(&self.durable).head
    }

    pub(crate) fn blocks(&self) -> Option<Blocks> {
        reading(&self.blocks).clone()
    }

    pub(crate) fn set_blocks(&self, blocks: Option<Blocks>) {
        let old = {
            let mut held = writing(&self.blocks);
            std::mem::replace(&mut *held, blocks)
        };
        close(old);
    }

    /// Stops using sled until the log is opened again, which makes it anew; the tape has everything.
    pub(crate) fn distrust(&self, fault: &Fault) {
        if let Some(blocks) = self.blocks() {
            mark_failed(&blocks.directory, fault);
        }
        tracing::warn!(
            fault,
            "sled is not used any more: the tape is read instead, which is slower"
        );
        self.set_blocks(None);
    }

    /// The index of what is older than this opening.
    pub(crate) fn older(&self) -> &Older {
        self.older.get_or_init(Older::default)
    }

    /// The positions of a stream's events with a version above `after_version`, below `before`, at most `max`.
    pub(crate) fn stream_positions(
        &self,
        stream: &Stream,
        after_version: u64,
        before: u64,
        max: usize,
    ) -> Result<Vec<u64>, Fatal> {
        let from = |version: u64| usize::try_from(version).unwrap_or(usize::MAX);
        let older = {
            let streams = reading(&self.streams);
            let (older, newer) = streams.positions(stream);
            if let Some(version) = after_version.checked_sub(older) {
                let rest = newer.into_iter().flat_map(|newer| newer.after(from(version)));
                return Ok(rest.take_while(|position| *position < before).take(max).collect());
            }
            older
        };
        let positions = self.older().positions(self, stream)?;
        let count = positions.map_or(0, Positions::count);
        if count as u64 != older {
            let what = format!("the index of {stream}");
            let how = format!("it has {count} of {older} events");
            let remedy = "nothing on the tape is touched; remove the folder sled and open again".to_owned();
            return Err(Fatal::Damaged { what, how, remedy });
        }
        let rest = positions
            .into_iter()
            .flat_map(|positions| positions.after(from(after_version)));
        Ok(rest.take_while(|position| *position < before).take(max).collect())
    }

    /// The number of a stream's events below a position.
    pub(crate) fn stream_version(&self, stream: &Stream, before: u64) -> Result<u64, Fatal> {
        let older = {
            let streams = reading(&self.streams);
            let (older, newer) = streams.positions(stream);
            let below = newer.map_or(0, |newer| newer.below(before)) as u64;
            if below > 0 || older == 0 {
                return Ok(older + below);
            }
            older
        };
        if before >= self.older.get().map_or(0, Older::end) {
            return Ok(older);
        }
        let positions = self.older().positions(self, stream)?;
        Ok(positions.map_or(0, |positions| positions.below(before)) as u64)
    }

    /// Visits durable records from a position on, below another, until `visit` returns false.
    pub(crate) fn visit(
        &self,
        from: u64,
        before: u64,
        visit: &mut dyn FnMut(Record) -> bool,
    ) -> Result<(), Fatal> {
        let durable = self.durable();
        let before = before.min(durable.head.size);
        let stored = before.min(durable.tail_first);
        let mut position = from;
        while position < stored {
            let (waiting, next) = self.waiting_block(position);
            if let Some((first, records)) = waiting {
                let read = Cursor::new(first, records).visit(&mut position, stored, visit);
                if !read.map_err(in_memory)? {
                    return Ok(());
                }
                continue;
            }
            let stored = stored.min(next);
            if let Some(blocks) = self.blocks() {
                match visit_blocks(&blocks, &mut position, stored, visit) {
                    Ok(true) => continue,
                    Ok(false) => return Ok(()),
                    Err(fault) => self.distrust(&fault),
                }
            }
            if !self.visit_tape(&mut position, stored, visit)? {
                return Ok(());
            }
        }
        let mut tail = Cursor::new(durable.tail_first, durable.tail);
        tail.visit(&mut position, before, visit).map_err(in_memory)?;
        Ok(())
    }

    /// Visits the durable records at these positions, which ascend.
    pub(crate) fn visit_at(
        &self,
        positions: &[u64],
        visit: &mut dyn FnMut(Record) -> bool,
    ) -> Result<bool, Fatal> {
        let durable = self.durable();
        let mut cursor = Cursor::new(durable.tail_first, Arc::clone(&durable.tail));
        let mut rest = positions;
        while let [position, after @ ..] = rest {
            // Neighbours stand in the same block most of the time.
            let mut record = cursor.seek(*position).map_err(in_memory)?;
            if record.is_none()
                && *position < durable.tail_first
                && let (Some((first, records)), _) = self.waiting_block(*position)
            {
                cursor = Cursor::new(first, records);
                record = cursor.seek(*position).map_err(in_memory)?;
            }
            if record.is_none() && *position < durable.tail_first {
                match self.blocks().map(|blocks| cursor_of(&blocks, *position)) {
                    Some(Ok((next, found))) => (cursor, record) = (next, Some(found)),
                    Some(Err(fault)) => self.distrust(&fault),
                    None => {}
                }
            }
            rest = if let Some(record) = record {
                if !visit(record) {
                    return Ok(false);
                }
                after
            } else {
                let is_near = |(one, next): &(&u64, &u64)| next.saturating_sub(**one) <= WAYPOINT_EVENTS;
                let near = rest.iter().zip(after).take_while(is_near).count();
                let (run, later) = rest.split_at(near + 1);
                if !self.visit_tape_at(run, visit)? {
                    return Ok(false);
                }
                later
            };
        }
        Ok(true)
    }

    /// The block on its way to sled that holds a position, and else the first position of those that are.
    pub(crate) fn waiting_block(&self, position: u64) -> (Option<Block>, u64) {
        let waiting = reading(&self.waiting);
        let next = waiting.partition_point(|(first, _)| *first <= position);
        let block = next.checked_sub(1).and_then(|at| waiting.get(at));
        let first = waiting.front().map_or(u64::MAX, |(first, _)| *first);
        (block.cloned(), first)
    }

    /// The durable record at a position.
    pub(crate) fn record(&self, position: u64) -> Result<Option<Record>, Fatal> {
        let mut found = None;
        if position < self.head().size {
            self.visit_at(&[position], &mut |record| {
                found = Some(record);
                false
            })?;
        }
        Ok(found)
    }

    /// The root that the log had when it had so many events; none where no commit ended.
    pub(crate) fn root_at(&self, size: u64) -> Result<Option<Hash>, Fatal> {
        let head = self.head();
        if size == head.size {
            return Ok(Some(head.root));
        }
        let Some(last) = size.checked_sub(1) else {
            return Ok(Some(Tree::default().root()));
        };
        let Some(record) = self.record(last)? else {
            return Ok(None);
        };
        let mut lines = self.tape.lines(record.place.after(record.widths));
        Ok(lines.next()?.and_then(|line| match parse(line.bytes) {
            Line::Commit(commit) if commit.size == size => Some(commit.root),
            _ => None,
        }))
    }
}

/// A block that was made by this process does not read back: not the disk's fault, and nothing a repair helps.
pub(crate) fn in_memory(fault: Fault) -> Fatal {
    Fatal::Damaged {
        what: "a block in memory".to_owned(),
        how: fault,
        remedy: "nothing on disk is touched; restart the program".to_owned(),
    }
}
