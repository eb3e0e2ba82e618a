//! From durable events to sled's blocks: records gather until a block is full. The head tells of whole commits.

use std::sync::Arc;

use ledger_proof::Tree;

use crate::{
    Head,
    blocks::{BLOCK_BYTES_MAX, BlocksHead},
    clerk::Clerk,
    facts::Making,
    shared::{Shared, writing},
    tape::Place,
};

/// The writer's end of sled. Blocks end where the same events end them whenever they come by: what a crash left without
/// a head is written again under the same keys.
#[derive(Debug)]
pub(crate) struct Packer {
    shared: Arc<Shared>,
    clerk: Clerk,
    /// The block in the making: the records of whole commits, and then those of the commit at hand.
    block: Vec<u8>,
    /// Where the commit at hand begins in it.
    whole: usize,
    /// The block's first position, and the position after its last.
    first: u64,
    size: u64,
    /// The facts in the making, and where those of the commit at hand begin in them.
    facts: Making,
    whole_facts: usize,
    /// The log after the last whole commit.
    committed: BlocksHead,
    /// A head that sled is still to be told.
    due: Option<BlocksHead>,
}

impl Packer {
    /// Goes on after the blocks that sled's head tells of.
    pub(crate) fn new(shared: Arc<Shared>, head: BlocksHead) -> Self {
        Self {
            clerk: Clerk::new(Arc::clone(&shared)),
            shared,
            block: Vec::new(),
            whole: 0,
            first: head.tree.size(),
            size: head.tree.size(),
            facts: Making::at(head.tree.size()),
            whole_facts: 0,
            committed: head,
            due: None,
        }
    }

    /// What it goes on after.
    pub(crate) fn stands_at(&self) -> &BlocksHead {
        &self.committed
    }

    /// Adds the record of a durable event of the commit at hand, and its fact.
    pub(crate) fn push(&mut self, record: &[u8], fact: &[u8]) {
        if let Some(facts) = self.facts.push(fact) {
            self.clerk.file_facts(facts);
            self.whole_facts = 0;
        }
        let full = |block: &[u8]| !block.is_empty() && block.len() + record.len() > BLOCK_BYTES_MAX;
        if full(&self.block) && self.whole > 0 {
            self.seal_commits();
        }
        if full(&self.block) {
            self.seal(self.block.len(), self.size);
        }
        self.block.extend_from_slice(record);
        self.size += 1;
    }

    /// Ends the commit at hand: the tree with it, and where its last event's line ends.
    pub(crate) fn commit(&mut self, tree: &Tree, next: Place) {
        let began_before = self.first > self.committed.tree.size();
        self.committed.tree.clone_from(tree);
        self.committed.next = next;
        self.whole = self.block.len();
        self.whole_facts = self.facts.facts.len();
        if began_before {
            self.seal_commits();
        }
    }

    /// Seals the whole commits, which sled's head then tells of.
    fn seal_commits(&mut self) {
        self.seal(self.whole, self.committed.tree.size());
        self.due = Some(self.committed.clone());
    }

    /// Files the first bytes of the block in the making; those of the events before a position.
    fn seal(&mut self, bytes: usize, before: u64) {
        let mut rest = Vec::with_capacity(BLOCK_BYTES_MAX);
        rest.extend_from_slice(self.block.get(bytes..).unwrap_or_default());
        let mut records = std::mem::replace(&mut self.block, rest);
        records.truncate(bytes);
        if !records.is_empty() {
            self.clerk.file((self.first, Arc::new(records)));
        }
        self.first = before;
        self.whole = 0;
    }

    /// Shows readers every whole commit, at once.
    pub(crate) fn publish(&mut self, head: Head) {
        if let Some(mut due) = self.due.take() {
            due.committed = head.size;
            self.clerk.head(due);
        }
        let mut durable = writing(&self.shared.durable);
        durable.head = head;
        if durable.tail_first == self.first {
            // Copies the block only when a reader holds it at this moment.
            let tail = Arc::make_mut(&mut durable.tail);
            let new = self.block.get(tail.len()..).unwrap_or_default();
            tail.extend_from_slice(new);
        } else {
            durable.tail_first = self.first;
            durable.tail = Arc::new(self.block.clone());
        }
        if durable.facts_first == self.facts.first {
            let facts = Arc::make_mut(&mut durable.facts);
            facts.extend_from_slice(self.facts.facts.get(facts.len()..).unwrap_or_default());
        } else {
            durable.facts_first = self.facts.first;
            durable.facts = Arc::new(self.facts.facts.clone());
        }
    }

    /// Files the block in the making too, and waits until sled has everything, so that opening finds it there.
    pub(crate) fn catch_up(&mut self, head: Head) {
        // After an error within a commit its events are read from the tape by the next opening, whole.
        self.block.truncate(self.whole);
        self.facts.facts.truncate(self.whole_facts);
        if let Some(facts) = self.facts.seal() {
            self.clerk.file_facts(facts);
            self.whole_facts = 0;
        }
        if !self.block.is_empty() {
            self.seal_commits();
        }
        self.publish(head);
        self.clerk.catch_up();
    }
}
