//! From staged lines to the tape: leaves are hashed into the tree, lines are written and synced.

use ledger_contract::value::Instant;
use ledger_proof::{Hash, Tree};

use crate::{
    Fatal, Head,
    chunk::Chunk,
    group::Group,
    tape::{Commit, Place, Writer},
};

/// The one who writes, in order: nothing of a group before the group before it is durable, so that a crash leaves the log
/// whole, or a tail. After an error it must not be used again: what the disk holds is known only by reading it back.
#[derive(Debug)]
pub(crate) struct Scribe {
    tape: Writer,
    group: Group,
    /// What went wrong first, on whatever thread: an answer of the disk is given once.
    failed: Option<Fatal>,
}

/// A group that is durable.
#[derive(Debug)]
pub(crate) struct Settled {
    /// The log after it.
    pub(crate) head: Head,
    pub(crate) tree: Tree,
    /// The number of the first tile that it fills, and their roots.
    pub(crate) tiles: (u64, Vec<Hash>),
}

impl Scribe {
    /// Goes on after a durable log.
    pub(crate) fn new(tape: Writer, tree: &Tree) -> Self {
        Self {
            tape,
            group: Group::after(tree),
            failed: None,
        }
    }

    /// Takes in a chunk of the open group and writes it; nothing is left in it. A crash leaves a tail without a commit
    /// line.
    pub(crate) fn take(&mut self, chunk: &mut Chunk) -> Result<(), Fatal> {
        self.hash(chunk);
        let written = self.tape.write(chunk.place, &chunk.bytes);
        chunk.clear();
        self.note(written)
    }

    /// Writes all that was taken in, so that its lines can be read.
    pub(crate) fn write_out(&mut self) -> Result<(), Fatal> {
        let written = self.tape.write_out();
        self.note(written)
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

    /// Ends the open group with a last chunk and a commit line, and makes it durable; none without events. Nothing is left
    /// in the chunk.
    pub(crate) fn close(
        &mut self,
        chunk: &mut Chunk,
        recorded_at: Instant,
    ) -> Result<Option<Settled>, Fatal> {
        self.hash(chunk);
        let (first, size) = (self.group.first(), self.group.size());
        if size == first {
            let closed = self.tape.close_group();
            return self.note(closed).map(|()| None);
        }
        let root = self.group.tree().root();
        let commit = Commit::new(first, size, recorded_at, root, self.group.checksum());
        commit.write(&mut chunk.bytes);
        // A crash before the sync returns leaves the group whole or not at all: opening decides by its checksum. Nobody
        // was told yet.
        let written = self.tape.write(chunk.place, &chunk.bytes);
        let closed = written.and_then(|()| self.tape.close_group());
        let synced = closed.and_then(|()| self.tape.sync());
        chunk.clear();
        self.note(synced)?;
        let tiles = self.group.take_tiles();
        self.group.close();
        let head = Head {
            size,
            root,
            recorded_at,
        };
        let tree = self.group.tree().clone();
        Ok(Some(Settled { head, tree, tiles }))
    }
}
