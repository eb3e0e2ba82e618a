//! From durable events to sled's blocks: records gather until a block is full, then it is written, the head last.

use std::sync::Arc;

use ledger_proof::Hash;

use crate::{
    Head,
    blocks::{BLOCK_BYTES_MAX, BlocksHead},
    shared::{Shared, writing},
    tape::Place,
};

/// The writer's end of sled. It never fails: when sled does, the block is dropped and readers go to the tape.
#[derive(Debug)]
pub(crate) struct Packer {
    shared: Arc<Shared>,
    /// The records of the block in the making.
    block: Vec<u8>,
    hashes: Vec<Hash>,
    /// Where the tape goes on after the last of them.
    next: Place,
    /// What was sealed: the tree over it, and where the tape goes on.
    sealed: BlocksHead,
    /// Whether blocks were written that the head in sled does not tell of.
    behind: bool,
}

impl Packer {
    /// Goes on after the blocks that sled's head tells of.
    pub(crate) fn new(shared: Arc<Shared>, head: BlocksHead) -> Self {
        Self {
            shared,
            block: Vec::new(),
            hashes: Vec::new(),
            next: head.next,
            sealed: head,
            behind: false,
        }
    }

    /// The position and the place on the tape that it goes on with.
    pub(crate) fn stands_at(&self) -> (u64, Place) {
        (self.sealed.tree.size() + self.hashes.len() as u64, self.next)
    }

    /// Adds a durable event: its record, the hash of its leaf, and where the tape goes on after it.
    pub(crate) fn push(&mut self, record: &[u8], hash: Hash, next: Place) {
        if !self.block.is_empty() && self.block.len() + record.len() > BLOCK_BYTES_MAX {
            self.seal();
        }
        self.block.extend_from_slice(record);
        self.hashes.push(hash);
        self.next = next;
    }

    fn seal(&mut self) {
        if let Some(blocks) = self.shared.blocks() {
            match blocks.put_block(self.sealed.tree.size(), &self.block) {
                Ok(()) => self.behind = true,
                Err(fault) => self.shared.distrust(&fault),
            }
        }
        for hash in self.hashes.drain(..) {
            self.sealed.tree.push(hash);
        }
        self.sealed.next = self.next;
        self.block.clear();
    }

    /// Writes the head for the blocks that were sealed. A crash before it leaves blocks that nothing tells of: they
    /// are made again from the tape.
    fn put_head(&mut self, committed: u64) {
        let size = self.sealed.tree.size();
        // Below it only after an error within a group that was synced: more is committed than this block ends with.
        self.sealed.committed = if committed < size { size + 1 } else { committed };
        if std::mem::take(&mut self.behind)
            && let Some(blocks) = self.shared.blocks()
            && let Err(fault) = blocks.put_head(&self.sealed)
        {
            self.shared.distrust(&fault);
        }
    }

    /// Shows readers everything that was pushed, at once.
    pub(crate) fn publish(&mut self, head: Head) {
        self.put_head(head.size);
        let mut durable = writing(&self.shared.durable);
        durable.head = head;
        if durable.tail_first == self.sealed.tree.size() {
            // Copies the block only when a reader holds it at this moment.
            let tail = Arc::make_mut(&mut durable.tail);
            let new = self.block.get(tail.len()..).unwrap_or_default();
            tail.extend_from_slice(new);
        } else {
            durable.tail_first = self.sealed.tree.size();
            durable.tail = Arc::new(self.block.clone());
        }
    }

    /// Writes the block in the making too, and syncs sled, so that opening finds everything there.
    pub(crate) fn catch_up(&mut self, head: Head) {
        if !self.block.is_empty() {
            self.seal();
        }
        self.publish(head);
        if let Some(blocks) = self.shared.blocks()
            && let Err(fault) = blocks.flush()
        {
            self.shared.distrust(&fault);
        }
    }
}
