//! From staged events to sled's blocks: records and facts gather until a block is full. The head tells of durable commits.
//!
//! Blocks of a group go to sled while it is still being staged, so that a long import does not wait for sled in the end.
//! Until the group is durable no head tells of them and no reader sees them; what a rollback or a crash leaves of them is
//! removed, by [`Packer::cut`] or by the next opening.

use std::sync::Arc;

use ledger_proof::Tree;

use crate::{
    Head,
    blocks::{BLOCK_BYTES_MAX, Fault},
    blocks_head::BlocksHead,
    clerk::Clerk,
    cursor::{Cursor, cursor_of, visit_blocks},
    fact_blocks::Making,
    record::{self, Record},
    shared::{Shared, writing},
    tape::Place,
};

/// The writer's end of sled. No block holds events of a durable or closed group and of one behind it that is longer than
/// the block, so that a group is cut off where a block begins.
#[derive(Debug)]
pub(crate) struct Packer {
    shared: Arc<Shared>,
    clerk: Clerk,
    /// The block in the making, its first position, and the position after its last.
    block: Vec<u8>,
    first: u64,
    size: u64,
    /// The facts in the making.
    facts: Making,
    /// The log after the last durable group, and how many bytes of both blocks in the making are of groups up to it.
    committed: BlocksHead,
    whole: Whole,
    /// What ended last and is not durable yet.
    closed: Option<Ended>,
    /// A head that sled is still to be told.
    due: Option<BlocksHead>,
}

/// A group that ended.
#[derive(Debug)]
struct Ended {
    /// The position after its last event, and where on the tape its commit line stands.
    size: u64,
    next: Place,
    /// How many bytes of both blocks in the making are of groups up to it.
    whole: Whole,
}

/// How much of the blocks in the making is of whole groups.
#[derive(Clone, Copy, Debug, Default)]
struct Whole {
    records: usize,
    facts: usize,
}

impl Packer {
    /// Goes on after the blocks that sled's head tells of.
    pub(crate) fn new(shared: Arc<Shared>, head: BlocksHead) -> Self {
        let size = head.tree.size();
        Self {
            clerk: Clerk::new(Arc::clone(&shared)),
            shared,
            block: Vec::new(),
            first: size,
            size,
            facts: Making::at(size),
            committed: head,
            whole: Whole::default(),
            closed: None,
            due: None,
        }
    }

    /// Whoever else has work for sled.
    pub(crate) fn clerk(&mut self) -> &mut Clerk {
        &mut self.clerk
    }

    /// What it goes on after.
    pub(crate) fn stands_at(&self) -> &BlocksHead {
        &self.committed
    }

    /// Adds the record of the next event, and its fact.
    pub(crate) fn push(&mut self, record: &[u8], fact: &[u8]) {
        self.make_room_for_fact(fact.len());
        self.facts.push(fact);
        self.make_room(record.len());
        self.block.extend_from_slice(record);
        self.size += 1;
    }

    /// Seals the whole groups when the block is full, and all of it when it is full without them.
    fn make_room(&mut self, bytes: usize) {
        let is_full = |block: &[u8]| !block.is_empty() && block.len() + bytes > BLOCK_BYTES_MAX;
        if !is_full(&self.block) {
            return;
        }
        match &self.closed {
            Some(Ended { size, whole, .. }) if whole.records > 0 => self.seal(whole.records, *size),
            None if self.whole.records > 0 => self.seal_commits(),
            _ => {}
        }
        if is_full(&self.block) {
            self.seal(self.block.len(), self.size);
        }
    }

    fn make_room_for_fact(&mut self, bytes: usize) {
        if !self.facts.is_full(bytes) {
            return;
        }
        match &self.closed {
            Some(Ended { size, whole, .. }) if whole.facts > 0 => self.seal_facts(whole.facts, *size),
            None if self.whole.facts > 0 => self.seal_facts(self.whole.facts, self.committed.tree.size()),
            _ => {}
        }
        if self.facts.is_full(bytes) {
            self.seal_facts(usize::MAX, self.size);
        }
    }

    /// Ends the group at hand, which is not durable: its last event's line ends at a place.
    pub(crate) fn close(&mut self, next: Place) {
        let whole = Whole {
            records: self.block.len(),
            facts: self.facts.bytes(),
        };
        let size = self.size;
        self.closed = Some(Ended { size, next, whole });
    }

    /// The closed group is durable, and this is the tree with it.
    pub(crate) fn commit(&mut self, tree: Tree) {
        let Some(Ended { size, next, whole }) = self.closed.take() else {
            return;
        };
        assert_eq!(
            size,
            tree.size(),
            "the group that ended is the one that is durable"
        );
        let began_before = self.first > self.committed.tree.size();
        self.committed = BlocksHead {
            tree,
            next,
            committed: 0,
        };
        self.whole = whole;
        if self.first >= size {
            self.due = Some(self.committed.clone());
        } else if began_before {
            self.seal_commits();
        }
    }

    /// Seals the whole groups, which sled's head then tells of.
    fn seal_commits(&mut self) {
        self.seal(self.whole.records, self.committed.tree.size());
        self.due = Some(self.committed.clone());
    }

    /// Files the first bytes of the block in the making: those of the events before a position.
    fn seal(&mut self, bytes: usize, before: u64) {
        let mut rest = self.clerk.empty();
        rest.extend_from_slice(self.block.get(bytes..).unwrap_or_default());
        let mut records = std::mem::replace(&mut self.block, rest);
        records.truncate(bytes);
        if !records.is_empty() {
            self.clerk.file((self.first, Arc::new(records)));
        }
        self.first = before;
        self.all_whole(|whole| whole.records = whole.records.saturating_sub(bytes));
    }

    fn seal_facts(&mut self, bytes: usize, before: u64) {
        if let Some(facts) = self.facts.seal(bytes, before, self.clerk.empty()) {
            self.clerk.file_facts(facts);
        }
        self.all_whole(|whole| whole.facts = whole.facts.saturating_sub(bytes));
    }

    fn all_whole(&mut self, change: impl Fn(&mut Whole)) {
        change(&mut self.whole);
        if let Some(Ended { whole, .. }) = &mut self.closed {
            change(whole);
        }
    }

    /// Shows readers every durable group, at once.
    pub(crate) fn publish(&mut self, head: Head) {
        if let Some(mut due) = self.due.take() {
            due.committed = head.size;
            self.clerk.head(due);
        }
        let mut durable = writing(&self.shared.durable);
        durable.head = head;
        let records = self.block.get(..self.whole.records).unwrap_or_default();
        if durable.tail_first == self.first {
            // Copies the block only when a reader holds it at this moment.
            let tail = Arc::make_mut(&mut durable.tail);
            tail.extend_from_slice(records.get(tail.len()..).unwrap_or_default());
        } else {
            durable.tail_first = self.first;
            durable.tail = Arc::new(records.to_vec());
        }
        let new = self.facts.first_bytes(self.whole.facts);
        if durable.facts_first == self.facts.first {
            let facts = Arc::make_mut(&mut durable.facts);
            facts.extend_from_slice(new.get(facts.len()..).unwrap_or_default());
        } else {
            durable.facts_first = self.facts.first;
            durable.facts = Arc::new(new.to_vec());
        }
    }

    /// Forgets the events from a position on, which are not closed. Tells the position from which on the caller must push
    /// them again: where the group at hand begins, when it lost more than the block in the making.
    pub(crate) fn cut(&mut self, size: u64) -> u64 {
        let committed = self.committed.tree.size();
        let begins = self.closed.as_ref().map_or(committed, |ended| ended.size);
        if size >= self.first && size >= self.facts.first {
            let kept = usize::try_from(size - self.first).unwrap_or(usize::MAX);
            self.block.truncate(record::bytes_of(&self.block, kept));
            self.facts.cut(size);
            self.size = size;
            return size;
        }
        // A block at the group's begin holds only what is of the groups before it.
        if self.first > begins {
            self.block.clear();
            self.first = begins;
        }
        let kept = usize::try_from(begins - self.first).unwrap_or(usize::MAX);
        self.block.truncate(record::bytes_of(&self.block, kept));
        if self.facts.first > begins {
            self.facts = Making::at(begins);
        }
        self.facts.cut(begins);
        self.size = begins;
        self.clerk.cut(begins);
        begins
    }

    /// The record of an event that is pushed and not published.
    pub(crate) fn record(&self, position: u64) -> Result<Option<Record>, Fault> {
        if position >= self.size {
            return Ok(None);
        }
        if let Some(skipped) = position.checked_sub(self.first) {
            let at = record::bytes_of(&self.block, usize::try_from(skipped).unwrap_or(usize::MAX));
            let rest = self.block.get(at..).unwrap_or_default();
            let bytes = record::first(rest).map_err(|error| error.to_string())?;
            return bytes
                .map(|bytes| record::decode(bytes).map_err(|error| error.to_string()))
                .transpose();
        }
        if let (Some((first, records)), _) = self.shared.waiting_block(position) {
            return Cursor::new(first, records).seek(position);
        }
        match self.shared.blocks() {
            Some(blocks) => Ok(Some(cursor_of(&blocks, position)?.1)),
            None => Ok(None),
        }
    }

    /// Visits the records from a position on, as far as they are pushed and sled has not failed; the position moves along.
    pub(crate) fn visit(
        &self,
        position: &mut u64,
        visit: &mut dyn FnMut(Record) -> bool,
    ) -> Result<(), Fault> {
        while *position < self.first {
            match (self.shared.waiting_block(*position), self.shared.blocks()) {
                ((Some((first, records)), _), _) => {
                    Cursor::new(first, records).visit(position, self.first, visit)?;
                }
                ((None, next), Some(blocks)) => {
                    visit_blocks(&blocks, position, self.first.min(next), visit)?;
                }
                ((None, _), None) => return Ok(()),
            }
        }
        let block = Arc::new(self.block.clone());
        Cursor::new(self.first, block).visit(position, self.size, visit)?;
        Ok(())
    }

    /// Files the whole groups, and waits until sled has everything, so that opening finds it there.
    pub(crate) fn catch_up(&mut self, head: Head) {
        if self.whole.facts > 0 {
            self.seal_facts(self.whole.facts, self.committed.tree.size());
        }
        if self.whole.records > 0 {
            self.seal_commits();
        }
        self.publish(head);
        self.clerk.catch_up();
    }
}
