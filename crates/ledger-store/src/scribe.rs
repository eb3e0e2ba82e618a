//! From staged lines to the tape: leaves are hashed into the tree, lines are written and synced.

use std::mem;

use ledger_contract::value::Instant;
use ledger_proof::{Hash, Tree};

use crate::{
    Fatal, Head,
    chunk::Chunk,
    group::Group,
    tape::{Commit, Place, Syncing, Writer, wait_for},
};

/// How many chunks wait for the group before theirs at most; then the writer waits, too.
const HELD_MAX: usize = 16;

/// The one who writes. After an error it must not be used again: what the disk holds is known only by reading it back.
#[derive(Debug)]
pub(crate) struct Scribe {
    tape: Writer,
    pub(crate) group: Group,
    /// The log after the group before it, while that is being synced. Nothing is written to the tape meanwhile: a crash
    /// leaves it whole, or a tail.
    ahead: Option<(Head, Syncing)>,
    /// Chunks that wait for that.
    held: Vec<Chunk>,
    /// Chunks that were written, emptied.
    written: Vec<Chunk>,
    /// The durable end, when it is told to nobody yet.
    settled: Option<Head>,
    /// What went wrong first, on whatever thread: an answer of the disk is given once.
    failed: Option<Fatal>,
}

/// A group that was closed.
pub(crate) struct Closed {
    /// The log after it.
    pub(crate) head: Head,
    /// The number of the first tile that it fills, and their roots.
    pub(crate) tiles: (u64, Vec<Hash>),
}

impl Scribe {
    /// Goes on after a durable log.
    pub(crate) fn new(tape: Writer, tree: &Tree) -> Self {
        Self {
            tape,
            group: Group::after(tree),
            ahead: None,
            held: Vec::new(),
            written: Vec::new(),
            settled: None,
            failed: None,
        }
    }

    /// Takes in a chunk of the open group and writes it, now or when the group before it is durable. A crash leaves a tail
    /// without a commit line.
    pub(crate) fn take(&mut self, chunk: Chunk) -> Result<(), Fatal> {
        self.hash(&chunk);
        self.held.push(chunk);
        let is_syncing = |(_, syncing): &(Head, Syncing)| !syncing.is_finished();
        if self.ahead.as_ref().is_some_and(is_syncing) && self.held.len() < HELD_MAX {
            return Ok(());
        }
        self.write_held()
    }

    /// Writes all that was taken in, so that its lines can be read.
    pub(crate) fn write_out(&mut self) -> Result<(), Fatal> {
        self.write_held()?;
        let written = self.tape.write_out();
        self.note(written)
    }

    fn write_held(&mut self) -> Result<(), Fatal> {
        // Nothing is written behind a group that is not durable.
        self.wait()?;
        let mut held = mem::take(&mut self.held);
        let tape = &mut self.tape;
        let written = held
            .iter()
            .try_for_each(|chunk| tape.write(chunk.place, &chunk.bytes));
        held.iter_mut().for_each(Chunk::clear);
        self.written = held;
        self.note(written)
    }

    /// Chunks that were written last, emptied: their memory can be used again.
    pub(crate) fn take_written(&mut self) -> Vec<Chunk> {
        mem::take(&mut self.written)
    }

    /// What went wrong, if anything did.
    pub(crate) fn failure(&self) -> Option<&Fatal> {
        self.failed.as_ref()
    }

    fn note<T>(&mut self, result: Result<T, Fatal>) -> Result<T, Fatal> {
        if let Err(fatal) = &result {
            self.failed.get_or_insert_with(|| fatal.clone());
        }
        result
    }

    fn hash(&mut self, chunk: &Chunk) {
        assert!(
            chunk.is_empty() || chunk.first == self.group.size(),
            "events come in order"
        );
        for (leaf, widths) in chunk.leaves() {
            self.group.add(leaf, widths);
        }
    }

    /// Forgets the events of the open group from a position on, also on the tape; tells where that ends then.
    pub(crate) fn cut(&mut self, size: u64) -> Result<Place, Fatal> {
        self.write_out()?;
        let Self { group, tape, .. } = self;
        let cut = group.cut(size, |from, to| tape.read(from, to));
        let taken = cut.and_then(|byte| tape.take_back(byte));
        self.note(taken)
    }

    /// Where the next byte goes.
    pub(crate) fn end(&self) -> Place {
        self.tape.end()
    }

    /// The line of an event of the open group that was taken in, and where it stands.
    pub(crate) fn line(&mut self, position: u64) -> Result<Option<(Place, Vec<u8>)>, Fatal> {
        self.write_out()?;
        let line = self.group.line(position);
        line.map(|(from, to)| Ok((self.tape.place(from, false), self.tape.read(from, to)?)))
            .transpose()
    }

    /// Ends the open group with a last chunk and a commit line, which are written and not synced; none without events.
    pub(crate) fn close(&mut self, chunk: &mut Chunk, recorded_at: Instant) -> Result<Option<Closed>, Fatal> {
        self.hash(chunk);
        let (first, size) = (self.group.first(), self.group.size());
        if size == first {
            let closed = self.tape.close_group();
            return self.note(closed).map(|()| None);
        }
        let root = self.group.tree().root();
        let commit = Commit::new(first, size, recorded_at, root, self.group.checksum());
        commit.write(&mut chunk.bytes);
        self.write_held()?;
        let written = self.tape.write(chunk.place, &chunk.bytes);
        let closed = written.and_then(|()| self.tape.close_group());
        self.note(closed)?;
        let tiles = self.group.take_tiles();
        self.group.close();
        let head = Head {
            size,
            root,
            recorded_at,
        };
        Ok(Some(Closed { head, tiles }))
    }

    /// Waits until the group that is being synced is durable.
    fn wait(&mut self) -> Result<(), Fatal> {
        if let Some((head, syncing)) = self.ahead.take() {
            let synced = wait_for(syncing);
            self.note(synced)?;
            self.settled = Some(head);
        }
        Ok(())
    }

    /// The same, and what is durable since this was last asked.
    pub(crate) fn settle(&mut self) -> Result<Option<Head>, Fatal> {
        self.wait()?;
        Ok(self.settled.take())
    }

    /// Begins to make a closed group durable on another thread, which calls `answered` at its end; false when there can
    /// be no such thread.
    pub(crate) fn sync_ahead(
        &mut self,
        head: Head,
        answered: impl FnOnce() + Send + 'static,
    ) -> Result<bool, Fatal> {
        let syncing = self.tape.sync_aside(answered);
        let syncing = self.note(syncing)?;
        self.ahead = syncing.map(|syncing| (head, syncing));
        Ok(self.ahead.is_some())
    }

    /// Makes a closed group durable, here and now.
    pub(crate) fn sync(&mut self) -> Result<(), Fatal> {
        let synced = self.tape.sync();
        self.note(synced)
    }
}
