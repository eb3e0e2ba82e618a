//! What is staged and goes on: chunks to the scribe, records and facts to sled's blocks, a group to its end; and back.

use std::mem;

use ledger_contract::{event::Event, value::Instant};

use super::TapeLog;
use crate::{
    Fatal, Head,
    chunk::Chunk,
    facts,
    record::{self, Record},
    render::Widths,
    scribe::Settled,
    shared::writing,
    tape::{Commit, Place},
};

impl TapeLog {
    /// A chunk goes to a new segment, named by its first position, when the one at hand is long enough.
    pub(super) fn begin_chunk(&mut self) {
        self.chunk.first = self.size;
        self.chunk.place = if self.end.offset > self.segment_bytes {
            Place {
                segment: self.size,
                offset: 0,
            }
        } else {
            self.end
        };
    }

    /// Gives the scribe the chunk at hand.
    pub(super) fn hand_over(&mut self) -> Result<(), Fatal> {
        let chunk = self.take_chunk();
        self.end = chunk.end();
        let given = self.desk.get_mut().give(chunk);
        self.poison(given)
    }

    /// The chunk at hand; an empty one is in its place.
    pub(super) fn take_chunk(&mut self) -> Chunk {
        let empty = self.desk.get_mut().empty();
        let next = empty.unwrap_or_else(|| Chunk::as_large_as(&self.chunk));
        mem::replace(&mut self.chunk, next)
    }

    pub(super) fn cut(&mut self, size: u64) -> Result<(), Fatal> {
        let pushed = self.packer.cut(size);
        writing(&self.shared.streams).cut(size);
        self.index.cut(size);
        writing(&self.shared.orders).cut(size);
        self.size = size;
        if !self.chunk.is_empty() && self.chunk.first <= size {
            self.chunk.cut(size);
        } else {
            self.chunk = Chunk::default();
            let scribe = self.desk.get_mut().scribe();
            let cut = scribe.and_then(|scribe| scribe.cut(size));
            self.end = self.poison(cut)?;
        }
        let packed = (pushed..size).try_for_each(|position| self.pack_again(position));
        self.poison(packed)
    }

    /// Hands a staged event to sled's blocks that was cut off with others behind it.
    pub(super) fn pack_again(&mut self, position: u64) -> Result<(), Fatal> {
        let Some(Record { event, place, widths }) = self.staged(position)? else {
            return Ok(());
        };
        self.pack(&event, place, widths)
    }

    /// Hands an event to sled's blocks.
    pub(super) fn pack(&mut self, event: &Event, place: Place, widths: Widths) -> Result<(), Fatal> {
        let (record, fact) = &mut self.packed;
        record.clear();
        fact.clear();
        let encoded = record::encode(event, place, widths, record);
        encoded.map_err(|error| self.shared.tape.damaged(place, error.to_string()))?;
        facts::encode(event, fact);
        self.packer.push(record, fact);
        Ok(())
    }

    /// Waits until the group that was closed ahead is durable, and shows it to readers.
    pub(super) fn settle(&mut self) -> Result<(), Fatal> {
        let settled = self.desk.get_mut().settle();
        if let Some(settled) = self.poison(settled)? {
            self.show(settled);
        }
        Ok(())
    }

    /// Shows readers a group that is durable. A crash before this leaves sled behind the tape, and opening catches up.
    pub(super) fn show(&mut self, settled: Settled) -> Head {
        let Settled { head, tree, tiles } = settled;
        self.packer.clerk().file_tiles(tiles.0, tiles.1);
        self.packer.commit(tree);
        self.packer.publish(head);
        head
    }

    /// Ends the group with events that is being staged, and begins another after its commit line.
    pub(super) fn end_group(&mut self, recorded_at: Instant) {
        if self.chunk.is_empty() {
            self.chunk.place = self.end;
        }
        // The commit line stands right after the last event's, in the same segment.
        let end = self.chunk.end();
        self.packer.close(end);
        self.end = Place {
            offset: end.offset + Commit::width(self.first, self.size, recorded_at),
            ..end
        };
        self.first = self.size;
        self.recorded_at = recorded_at;
    }
}
