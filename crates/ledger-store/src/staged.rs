//! Finding what is staged and not durable: in sled's blocks, and where sled has failed in the lines themselves.

use ledger_contract::event::{Details, Event, read_leaf};
use ledger_proof::Hash;

use crate::{
    EventLog, Fatal, TapeLog,
    from_tape::details_at,
    record::Record,
    render::Widths,
    shared::in_memory,
    tape::{Line, Place, parse},
};

impl TapeLog {
    /// The positions that a hash leads to, in order.
    pub(crate) fn find(&self, hash: u64) -> Result<Vec<u64>, Fatal> {
        let mut positions = self.shared.older().find(&self.shared, hash)?;
        positions.extend(self.index.find(hash));
        Ok(positions)
    }

    /// The record at a position, staged ones too.
    pub(crate) fn record(&self, position: u64) -> Result<Option<Record>, Fatal> {
        if position < self.shared.head().size {
            return self.shared.record(position);
        }
        if let Ok(Some(record)) = self.packer.record(position) {
            return Ok(Some(record));
        }
        // sled has failed.
        if let Some(record) = self.staged(position)? {
            return Ok(Some(record));
        }
        let is_ahead = position < self.first;
        is_ahead.then(|| self.shared.written(position)).transpose()
    }

    /// Visits the events from a position on, staged ones too.
    pub(crate) fn visit_from(&self, from: u64, visit: &mut dyn FnMut(Event)) -> Result<(), Fatal> {
        let mut visit = |record: Record| {
            visit(record.event);
            true
        };
        let durable = self.shared.head().size;
        self.shared.visit(from, durable, &mut visit)?;
        let mut position = from.max(durable);
        // What sled fails to tell is found one by one.
        let _ = self.packer.visit(&mut position, &mut visit);
        for position in position..self.mark().size {
            let record = self.record(position)?;
            visit(record.ok_or_else(|| in_memory(format!("position {position} is missing from it")))?);
        }
        Ok(())
    }

    /// An event of the open group, read back from its line.
    pub(crate) fn staged(&self, position: u64) -> Result<Option<Record>, Fatal> {
        if let Some((place, line)) = self.chunk.line(position) {
            return self.record_of(place, line).map(Some);
        }
        let mut desk = self.desk.borrow_mut();
        let line = desk.scribe()?.line(position)?;
        line.map(|(place, line)| self.record_of(place, &line)).transpose()
    }

    /// The event of a line with its newline.
    fn record_of(&self, place: Place, line: &[u8]) -> Result<Record, Fatal> {
        let (leaf, details) = self.parts_of(place, line)?;
        let event = read_leaf(leaf).map_err(|error| self.shared.tape.damaged(place, error.to_string()))?;
        let width = |part: &[u8]| u32::try_from(part.len()).unwrap_or(u32::MAX);
        let widths = Widths {
            leaf: width(leaf),
            details: width(details),
        };
        Ok(Record { event, place, widths })
    }

    /// The leaf and the details of such a line.
    fn parts_of<'a>(&self, place: Place, line: &'a [u8]) -> Result<(&'a [u8], &'a [u8]), Fatal> {
        match parse(line.strip_suffix(b"\n").unwrap_or(line)) {
            Line::Event { leaf, details } => Ok((leaf, details)),
            _ => Err(self
                .shared
                .tape
                .damaged(place, "a line that was just written is no event")),
        }
    }

    /// The details of an event that is not durable, which have this hash.
    pub(crate) fn staged_details(&self, position: u64, hash: Hash) -> Result<Option<Box<Details>>, Fatal> {
        if let Some((place, line)) = self.chunk.line(position) {
            let (_, details) = self.parts_of(place, line)?;
            let details = Details::read(details);
            let details = details.map_err(|error| self.shared.tape.damaged(place, error.to_string()))?;
            return Ok(Some(Box::new(details)));
        }
        // Also those of a closed group may still be on their way to the tape.
        self.desk.borrow_mut().scribe()?.write_out()?;
        let record = self.record(position)?;
        let details = |record: Record| details_at(&self.shared.tape, record.place, record.widths, hash);
        record.map_or(Ok(None), details)
    }
}
