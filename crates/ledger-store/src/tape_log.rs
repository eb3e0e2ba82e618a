//! The log on disk: stages commands in memory, writes them to the tape, and hands them to sled once they are durable.

use std::{
    path::{Path, PathBuf},
    sync::Arc,
};

use ledger_contract::{
    event::{Details, EntryKind, Event, Stream, read_leaf},
    value::Instant,
};
use ledger_proof::Tree;

use crate::{
    AppendError, EventLog, Fatal, Head, Mark, NewCommand, Opened, Options, Recorded, Snapshots, TapeReader,
    TileRoots,
    ahead::Ahead,
    destroy::{ORDERS, Orders, carry_out},
    facts,
    group::Group,
    index::key_hash,
    lock::Lock,
    memory::{no_group, outside},
    older::Index,
    open,
    packer::Packer,
    record::{self, Record},
    render::{Salts, Sealed, Widths, events_of, line},
    shared::{Shared, details_at, reading, writing},
    tape::{Commit, Line, Place, Writer, parse},
};

/// The log of a data directory: the one writer. Dropping it closes it.
#[derive(Debug)]
pub struct TapeLog {
    pub(crate) shared: Arc<Shared>,
    pub(crate) writer: Writer,
    pub(crate) packer: Packer,
    /// The tree before the open group.
    pub(crate) tree: Tree,
    pub(crate) index: Index,
    pub(crate) index_events: usize,
    pub(crate) group: Group,
    /// The group before it, while it is being synced.
    pub(crate) ahead: Option<Ahead>,
    /// The bytes of the record and the fact that are being made.
    pub(crate) packed: (Vec<u8>, Vec<u8>),
    /// Where the lines of the command at hand stand.
    pub(crate) placed: Vec<(Place, Widths)>,
    pub(crate) salts: Salts,
    pub(crate) chunk_bytes: usize,
    /// Why nothing is written any more, after an error of the tape.
    pub(crate) poisoned: Option<String>,
    /// The last field, so that the directory is given free after everything else is closed.
    pub(crate) _lock: Lock,
}

impl TapeLog {
    /// Opens the log in a directory, or makes one there. What it holds is read with a reader: opening itself reads the
    /// last commit and what follows it, and the few events that sled or its index does not have.
    pub fn open(directory: &Path, options: &Options, now: Instant) -> Result<(Self, Opened), Fatal> {
        open::open(directory, options, now)
    }

    /// Brings sled up to the durable head and syncs it; for benchmarks and verification. Closing does the same.
    pub fn catch_up(&mut self) {
        let head = self.shared.head();
        // Staged events are indexed too, and are not durable.
        if self.mark().size == head.size && self.index.added() > self.index_events / 16 {
            self.index
                .save(self.packer.clerk(), &self.shared, head.size, head.root);
        }
        self.packer.catch_up(head);
    }

    /// Where states that were made from the log are kept.
    pub fn snapshots(&self) -> Snapshots {
        Snapshots(Arc::clone(&self.shared))
    }

    /// The roots of the log's full tiles.
    pub fn tile_roots(&self) -> TileRoots {
        self.shared.tiles.clone()
    }

    /// Whether sled has failed, so that reads go to the slower tape until the log is opened again.
    pub fn is_sled_stale(&self) -> bool {
        self.shared.blocks().is_none()
    }

    /// Overwrites the details that events on the record order to be destroyed, removes the copies aside, and lists the
    /// orders in the file that is kept beside backups. Returns how many details it were, and the file.
    pub fn destroy_ordered(&mut self) -> Result<(u64, PathBuf), Fatal> {
        self.healthy()?;
        let directory = self.shared.tape.data();
        let (size, mut orders) = (self.shared.head().size, reading(&self.shared.orders).clone());
        // What is not durable yet orders nothing yet.
        orders.cut(size);
        let destroyed = carry_out(&self.shared.tape, directory, size, &orders)?;
        Ok((destroyed, directory.join(ORDERS)))
    }

    fn healthy(&self) -> Result<(), Fatal> {
        self.poisoned
            .clone()
            .map_or(Ok(()), |why| Err(Fatal::Poisoned(why)))
    }

    /// Refuses everything from now on: what the disk holds is known only by reading it back. Pages that were not
    /// synced may read as if they were.
    fn poison<T>(&mut self, result: Result<T, Fatal>) -> Result<T, Fatal> {
        if let Err(fatal) = &result {
            self.poisoned.get_or_insert(fatal.to_string());
        }
        result
    }

    fn cut(&mut self, size: u64) -> Result<(), Fatal> {
        let pushed = self.packer.cut(size);
        let byte = self.group.cut(size);
        let mut streams = writing(&self.shared.streams);
        streams.cut(size);
        drop(streams);
        self.index.cut(size);
        writing(&self.shared.orders).cut(size);
        let taken = self.writer.take_back(byte);
        self.poison(taken)?;
        let packed = (pushed..size).try_for_each(|position| self.pack_again(position));
        self.poison(packed)
    }

    fn write_out(&mut self) -> Result<(), Fatal> {
        // Nothing is written behind a group that is not durable.
        self.settle()?;
        self.group.written += self.group.buffer.len() as u64;
        let written = self.writer.write(&mut self.group.buffer);
        self.group.buffer.clear();
        self.poison(written)
    }

    /// Hands a staged event to sled's blocks that was cut off with others behind it.
    fn pack_again(&mut self, position: u64) -> Result<(), Fatal> {
        let Some((from, to)) = self.group.line(position) else {
            return Ok(());
        };
        let Record { event, place, widths } = self.staged_record(from, to)?;
        self.pack(&event, place, widths)
    }

    /// The line of a staged event: its place, and its bytes without the newline.
    fn staged_line(&self, from: u64, to: u64) -> Result<(Place, Vec<u8>), Fatal> {
        let place = self.writer.place(from, false);
        let mut bytes = if let Some(bytes) = self.group.buffered(from, to) {
            bytes.to_vec()
        } else {
            let width = usize::try_from(to - from).unwrap_or(usize::MAX);
            self.writer.land()?;
            self.shared.tape.bytes(place, width)?
        };
        bytes.pop();
        Ok((place, bytes))
    }

    /// A staged event, read back from its line.
    fn staged_record(&self, from: u64, to: u64) -> Result<Record, Fatal> {
        let (place, line) = self.staged_line(from, to)?;
        let wrong = |how: String| self.shared.tape.damaged(place, how);
        let Line::Event { leaf, details } = parse(&line) else {
            return Err(wrong("a line that was just written is no event".to_owned()));
        };
        let event = read_leaf(leaf).map_err(|error| wrong(error.to_string()))?;
        let width = |part: &[u8]| u32::try_from(part.len()).unwrap_or(u32::MAX);
        Ok(Record {
            event,
            place,
            widths: Widths {
                leaf: width(leaf),
                details: width(details),
            },
        })
    }

    /// Hands an event to sled's blocks.
    fn pack(&mut self, event: &Event, place: Place, widths: Widths) -> Result<(), Fatal> {
        let (record, fact) = &mut self.packed;
        record.clear();
        fact.clear();
        let encoded = record::encode(event, place, widths, record);
        encoded.map_err(|error| self.shared.tape.damaged(place, error.to_string()))?;
        facts::encode(event, fact);
        self.packer.push(record, fact);
        Ok(())
    }

    /// The positions that a hash leads to, in order.
    fn find(&self, hash: u64) -> Result<Vec<u64>, Fatal> {
        let mut positions = self.shared.older().find(&self.shared, hash)?;
        positions.extend(self.index.find(hash));
        Ok(positions)
    }

    /// The record at a position, staged ones too.
    fn record(&self, position: u64) -> Result<Option<Record>, Fatal> {
        if position < self.shared.head().size {
            return self.shared.record(position);
        }
        if let Ok(Some(record)) = self.packer.record(position) {
            return Ok(Some(record));
        }
        // sled has failed.
        if let Some((from, to)) = self.group.stamp.and_then(|_| self.group.line(position)) {
            return self.staged_record(from, to).map(Some);
        }
        let is_ahead = self
            .ahead
            .as_ref()
            .is_some_and(|ahead| position < ahead.head().size);
        is_ahead.then(|| self.shared.written(position)).transpose()
    }

    /// Closes the open group with its commit line, which is written and not synced; none without events.
    fn write_commit(&mut self) -> Result<Option<Head>, Fatal> {
        let (first, size) = (self.group.first(), self.group.size());
        let Some(recorded_at) = self.group.stamp.filter(|_| size > first) else {
            self.writer.close_group();
            self.group.close();
            return Ok(None);
        };
        let root = self.group.tree().root();
        let commit = Commit::new(first, size, recorded_at, root, self.group.checksum());
        let end = self.group.end();
        commit.write(&mut self.group.buffer);
        self.write_out()?;
        let head = Head {
            size,
            root,
            recorded_at,
        };
        // Right after the last event's line, in the segment that the line stands in.
        let next = self.writer.place(end, true);
        self.packer.close(self.group.tree(), next);
        let (tile, roots) = self.group.take_tiles();
        self.packer.clerk().file_tiles(tile, roots);
        self.tree.clone_from(self.group.tree());
        self.writer.close_group();
        self.group.close();
        Ok(Some(head))
    }

    /// Waits until the group that is being synced is durable, and shows it to readers.
    fn settle(&mut self) -> Result<(), Fatal> {
        let Some(ahead) = self.ahead.take() else {
            return Ok(());
        };
        let settled = ahead.wait();
        let head = self.poison(settled)?;
        self.packer.commit();
        self.packer.publish(head);
        Ok(())
    }

    /// Makes the closed group durable, here and now.
    fn sync(&mut self, head: Head) -> Result<Head, Fatal> {
        // A crash before this returns leaves the group whole or not at all: opening decides by its checksum. Nobody
        // was told yet.
        let synced = self.writer.sync();
        self.poison(synced)?;
        // Durable from here on. A crash leaves sled behind the tape, and opening catches up.
        self.packer.commit();
        self.packer.publish(head);
        if self.index.added() >= self.index_events {
            self.index
                .save(self.packer.clerk(), &self.shared, head.size, head.root);
        }
        Ok(head)
    }
}

impl EventLog for TapeLog {
    type Reader = TapeReader;

    fn reader(&self) -> TapeReader {
        TapeReader(Arc::clone(&self.shared))
    }

    fn salts(&self) -> Salts {
        self.salts.clone()
    }

    fn begin(&mut self, now: Instant) -> Result<Instant, Fatal> {
        self.healthy()?;
        if let Some(stamp) = self.group.stamp {
            return Ok(stamp);
        }
        let before = self
            .ahead
            .as_ref()
            .map_or_else(|| self.shared.head(), Ahead::head);
        let after = Instant(before.recorded_at.0.saturating_add(1));
        let stamp = now.max(after);
        self.group.open(stamp, &self.tree);
        Ok(stamp)
    }

    fn stage(&mut self, command: NewCommand) -> Result<Vec<Recorded>, AppendError> {
        self.healthy()?;
        let stamp = self.group.stamp.ok_or_else(no_group)?;
        let version = self.version(&command.stream);
        if let Some(expected) = command.expected_version.filter(|expected| *expected != version) {
            return Err(AppendError::Conflict {
                stream: command.stream,
                expected,
                actual: version,
            });
        }
        let first = self.group.size();
        if self.group.buffer.is_empty() {
            self.writer.plan(first);
        }
        let mut events = Vec::with_capacity(command.events.len());
        self.placed.clear();
        for (mut event, details) in events_of(command, first, version, stamp) {
            let start = self.group.buffer.len();
            let sealed = details.map_or(Ok(None), |details| details.sealed(&self.salts));
            let written = sealed.and_then(|sealed| {
                let widths = line(&mut event, sealed.as_ref(), &mut self.group.buffer)?;
                Ok((widths, sealed.map(Sealed::into_details)))
            });
            let (widths, details) = match written {
                Ok(written) => written,
                Err(refused) => {
                    // The events before it go too; none of them was written, since that is done between commands.
                    self.group.cut(first);
                    return Err(refused);
                }
            };
            let place = self.writer.place(self.group.written + start as u64, false);
            self.group.add(start, widths);
            self.placed.push((place, widths));
            events.push((event, details));
        }
        for at in 0..events.len() {
            if let (Some((event, _)), Some((place, widths))) = (events.get(at), self.placed.get(at).copied())
            {
                let packed = self.pack(event, place, widths);
                self.poison(packed)?;
            }
        }
        let mut streams = writing(&self.shared.streams);
        for (event, _) in &events {
            streams.push(&event.stream, event.position);
        }
        // Letting go of a lock waits until memory has what was stored before: less than what follows.
        drop(streams);
        for (event, _) in &events {
            self.index.add(event);
            if Orders::concern(event) {
                writing(&self.shared.orders).add(event);
            }
        }
        if self.group.buffer.len() >= self.chunk_bytes {
            self.write_out()?;
        }
        Ok(events)
    }

    fn mark(&self) -> Mark {
        let size = match self.group.stamp {
            Some(_) => self.group.size(),
            None => self.tree.size(),
        };
        Mark { size }
    }

    fn rollback(&mut self, mark: Mark) -> Result<(), Fatal> {
        self.healthy()?;
        if mark > self.mark() || mark.size < self.tree.size() {
            return Err(outside());
        }
        if mark < self.mark() {
            self.cut(mark.size)
        } else {
            Ok(())
        }
    }

    fn commit(&mut self) -> Result<Head, Fatal> {
        self.healthy()?;
        self.settle()?;
        match self.write_commit()? {
            Some(head) => self.sync(head),
            None => Ok(self.shared.head()),
        }
    }

    fn commit_ahead(&mut self, answered: impl FnOnce() + Send + 'static) -> Result<Head, Fatal> {
        self.healthy()?;
        self.settle()?;
        // A commit that ends a segment of the index is waited for.
        if self.index.added() >= self.index_events {
            return self.commit();
        }
        let Some(head) = self.write_commit()? else {
            return Ok(self.shared.head());
        };
        let aside = self.writer.sync_aside(answered);
        let Some(syncing) = self.poison(aside)? else {
            return self.sync(head);
        };
        self.ahead = Some(Ahead::new(head, syncing));
        Ok(self.shared.head())
    }

    fn version(&self, stream: &Stream) -> u64 {
        reading(&self.shared.streams).version(stream)
    }

    fn entry_events(&self, stream: &Stream, kind: EntryKind, id: &str) -> Result<Vec<Event>, Fatal> {
        let mut events = Vec::new();
        for position in self.find(self.index.entry_hash(stream, kind, id))? {
            let record = self.record(position)?;
            let same =
                |event: &Event| event.stream == *stream && event.data.entry_keys().contains(&(kind, id));
            events.extend(record.map(|record| record.event).filter(same));
        }
        Ok(events)
    }

    fn key_events(&self, key: &str) -> Result<Vec<Event>, Fatal> {
        for first in self.find(key_hash(key))? {
            let mut events = Vec::new();
            // The events of a command stand next to each other.
            while let Some(record) = self.record(first + events.len() as u64)?
                && record.event.command == first
                && record.event.idempotency_key.as_deref() == Some(key)
            {
                events.push(record.event);
            }
            if !events.is_empty() {
                return Ok(events);
            }
        }
        Ok(Vec::new())
    }

    fn details(&self, event: &Event) -> Result<Option<Details>, Fatal> {
        let Some(hash) = event.details_hash else {
            return Ok(None);
        };
        let Some((from, to)) = self.group.stamp.and_then(|_| self.group.line(event.position)) else {
            if event.position < self.shared.head().size {
                return self.shared.details(event);
            }
            let record = self.record(event.position)?;
            let details = |record: Record| details_at(&self.shared.tape, record.place, record.widths, hash);
            return record.map_or(Ok(None), details);
        };
        let (place, line) = self.staged_line(from, to)?;
        let wrong = |how: String| self.shared.tape.damaged(place, how);
        let Line::Event { details, .. } = parse(&line) else {
            return Err(wrong("a line that was just written is no event".to_owned()));
        };
        Details::read(details)
            .map(Some)
            .map_err(|error| wrong(error.to_string()))
    }
}

impl Drop for TapeLog {
    fn drop(&mut self) {
        // After an error it was never acknowledged. Nothing may be on its way to a file that another may open.
        let _ = self.settle();
        let _ = self.writer.land();
        // A crash instead of this leaves the last block to be read from the tape at the next opening.
        self.catch_up();
        // Readers may live on, and read the tape; sled's files are free for whoever opens the directory next.
        self.shared.set_blocks(None);
    }
}
