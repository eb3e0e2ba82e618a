//! The reader of a log on disk.

use std::sync::Arc;

use ledger_contract::{
    event::{Details, Event, Stream},
    value::Instant,
};
use ledger_proof::Hash;

use crate::{
    EventReader, FactVisit, Fatal, Head, Options,
    shared::{Shared, reading},
    tape::{Line, Start, parse, survey},
};

/// How many positions of a stream are copied at once, so that the writer is not kept waiting.
const POSITIONS_COPIED: usize = 256;

/// A reader of a [`TapeLog`](crate::TapeLog). Copies are cheap; each reads what is durable, and none waits for the
/// writer's disk.
#[derive(Clone, Debug)]
pub struct TapeReader(pub(crate) Arc<Shared>);

impl TapeReader {
    /// Reads the whole tape again while nothing is posted: the hash of every leaf, the checksum and root of every commit,
    /// and whether they lead to the head that everything stands on. Returns the number of events.
    pub fn check_tape(&self) -> Result<u64, Fatal> {
        let (head, tape) = (self.head(), &self.0.tape);
        let found = survey(tape, &Options::new(""), Start::default())?;
        if (found.tree.size(), found.tree.root()) == (head.size, head.root) {
            return Ok(head.size);
        }
        let how = format!(
            "{} events stand on it, and the log has {}",
            found.tree.size(),
            head.size
        );
        Err(tape.damaged(found.end, how))
    }
}

impl EventReader for TapeReader {
    fn head(&self) -> Head {
        self.0.head()
    }

    fn read(&self, position: u64, before: u64, visit: &mut dyn FnMut(Event) -> bool) -> Result<(), Fatal> {
        self.0.visit(position, before, &mut |record| visit(record.event))
    }

    fn read_facts(&self, position: u64, before: u64, visits: &mut [&mut FactVisit<'_>]) -> Result<(), Fatal> {
        self.0.visit_facts(position, before, visits)
    }

    fn read_stream(
        &self,
        stream: &Stream,
        after_version: u64,
        before: u64,
        visit: &mut dyn FnMut(Event) -> bool,
    ) -> Result<(), Fatal> {
        let before = before.min(self.head().size);
        let mut version = after_version;
        loop {
            let positions = self
                .0
                .stream_positions(stream, version, before, POSITIONS_COPIED)?;
            if positions.is_empty() || !self.0.visit_at(&positions, &mut |record| visit(record.event))? {
                return Ok(());
            }
            version += positions.len() as u64;
        }
    }

    fn stream_version(&self, stream: &Stream, before: u64) -> Result<u64, Fatal> {
        self.0.stream_version(stream, before.min(self.head().size))
    }

    fn stream_heads(&self, before: u64) -> Result<Vec<(Stream, u64)>, Fatal> {
        let streams: Vec<Stream> = reading(&self.0.streams)
            .all()
            .map(|(stream, ..)| stream.clone())
            .collect();
        let mut heads = Vec::with_capacity(streams.len());
        for stream in streams {
            match self.stream_version(&stream, before)? {
                // All its events are later, or staged.
                0 => {}
                version => heads.push((stream, version)),
            }
        }
        Ok(heads)
    }

    fn size_at(&self, instant: Instant) -> Result<u64, Fatal> {
        let head = self.head();
        if instant >= head.recorded_at {
            return Ok(head.size);
        }
        // Stamps rise with positions and are the same within a commit, so the first later event begins a commit.
        let (mut known, mut later) = (0, head.size);
        while known < later {
            let middle = known + (later - known) / 2;
            match self.0.record(middle)? {
                Some(record) if record.event.recorded_at <= instant => known = middle + 1,
                _ => later = middle,
            }
        }
        Ok(known)
    }

    fn commit_root(&self, size: u64) -> Result<Option<Hash>, Fatal> {
        let head = self.head();
        if size >= head.size {
            return Ok((size == head.size).then_some(head.root));
        }
        let Some(last) = size.checked_sub(1) else {
            return Ok(None);
        };
        let Some(record) = self.0.record(last)? else {
            return Ok(None);
        };
        // A commit line follows the last event of its group.
        let mut lines = self.0.tape.lines(record.place.after(record.widths));
        let commit = lines.next()?.map(|line| parse(line.bytes));
        Ok(match commit {
            Some(Line::Commit(commit)) if commit.size == size => Some(commit.root),
            _ => None,
        })
    }

    fn details(&self, event: &Event) -> Result<Option<Box<Details>>, Fatal> {
        self.0.details(event)
    }
}
