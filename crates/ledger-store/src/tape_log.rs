//! The log on disk: stages commands in memory, hands them to sled's blocks, and has a scribe write them to the tape.

mod groups;

use std::{
    cell::RefCell,
    path::{Path, PathBuf},
    sync::Arc,
};

use ledger_contract::{
    event::{Details, EntryKind, Event, Stream},
    value::Instant,
};

use crate::{
    AppendError, EventLog, Fatal, Head, Mark, NewCommand, Opened, Options, Recorded, Snapshots, TapeReader,
    TileRoots,
    chunk::Chunk,
    desk::{Answered, Closing, Desk},
    destroy::{ORDERS, Orders, carry_out},
    index::key_hash,
    lock::Lock,
    memory::{no_group, outside},
    older::Index,
    open,
    packer::Packer,
    render::{Salts, Sealed, events_of, line},
    scribe::Scribe,
    shared::{Shared, reading, writing},
    tape::Place,
};

/// The log of a data directory: the one writer. Dropping it closes it.
#[derive(Debug)]
pub struct TapeLog {
    pub(crate) shared: Arc<Shared>,
    pub(crate) packer: Packer,
    pub(crate) index: Index,
    index_events: usize,
    /// The stamp of the open group, if one is.
    open: Option<Instant>,
    /// The position of its first event, and the position after its last.
    pub(crate) first: u64,
    size: u64,
    /// When the last group was recorded, durable or not.
    recorded_at: Instant,
    /// What was staged last, and where the lines before it end.
    pub(crate) chunk: Chunk,
    end: Place,
    /// Behind a cell since looking up what is staged may call the scribe back.
    pub(crate) desk: RefCell<Desk>,
    /// The bytes of the record and the fact that are being made.
    packed: (Vec<u8>, Vec<u8>),
    salts: Salts,
    chunk_bytes: usize,
    segment_bytes: u64,
    /// Why nothing is written any more, after an error of the tape.
    poisoned: Option<String>,
    /// The last field, so that the directory is given free after everything else is closed.
    _lock: Lock,
}

impl TapeLog {
    /// Opens the log in a directory, or makes one there. What it holds is read with a reader: opening itself reads the
    /// last commit and what follows it, and the few events that sled or its index does not have.
    pub fn open(directory: &Path, options: &Options, now: Instant) -> Result<(Self, Opened), Fatal> {
        open::open(directory, options, now)
    }

    /// Goes on after a durable log; or only reads it, and why.
    pub(crate) fn new(
        shared: Arc<Shared>,
        scribe: Scribe,
        packer: Packer,
        index: Index,
        options: &Options,
        lock: Lock,
        poisoned: Option<String>,
    ) -> Result<Self, Fatal> {
        let head = shared.head();
        Ok(Self {
            shared,
            packer,
            index,
            index_events: options.index_events,
            open: None,
            first: head.size,
            size: head.size,
            recorded_at: head.recorded_at,
            chunk: Chunk::default(),
            end: scribe.end(),
            desk: RefCell::new(Desk::new(scribe)),
            packed: Default::default(),
            salts: Salts::new(options.salt_seed)?,
            chunk_bytes: options.chunk_bytes,
            segment_bytes: options.segment_bytes,
            poisoned,
            _lock: lock,
        })
    }

    /// Brings sled up to the durable head and syncs it; for benchmarks and verification. Closing does the same.
    pub fn catch_up(&mut self) {
        let head = self.shared.head();
        // Staged events are indexed too, and are not durable.
        if self.size == head.size && self.index.added() > self.index_events / 16 {
            self.save_index(head);
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
        result.map_err(|fatal| self.poison_with(fatal))
    }

    fn poison_with(&mut self, fatal: Fatal) -> Fatal {
        self.poisoned.get_or_insert_with(|| fatal.to_string());
        fatal
    }

    fn save_index(&mut self, head: Head) {
        let clerk = self.packer.clerk();
        self.index.save(clerk, &self.shared, head.size, head.root);
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
        if self.open.is_none() {
            self.keep();
        }
        let after = Instant(self.recorded_at.0.saturating_add(1));
        Ok(*self.open.get_or_insert(now.max(after)))
    }

    fn stage(&mut self, command: NewCommand) -> Result<Vec<Recorded>, AppendError> {
        self.healthy()?;
        let stamp = self.open.ok_or_else(no_group)?;
        let version = self.version(&command.stream);
        if let Some(expected) = command.expected_version.filter(|expected| *expected != version) {
            return Err(AppendError::Conflict {
                stream: command.stream,
                expected,
                actual: version,
            });
        }
        if self.chunk.is_empty() {
            self.begin_chunk();
        }
        let before = (self.chunk.bytes.len(), self.chunk.lines.len());
        let mut events = Vec::with_capacity(command.events.len());
        for (mut event, details) in events_of(command, self.size, version, stamp) {
            let start = self.chunk.bytes.len();
            let sealed = details.map_or(Ok(None), |details| details.sealed(&self.salts));
            let written = sealed.and_then(|sealed| {
                let widths = line(&mut event, sealed.as_ref(), &mut self.chunk.bytes)?;
                Ok((widths, sealed.and_then(Sealed::into_details)))
            });
            match written {
                Ok((widths, details)) => {
                    self.chunk.lines.push((start, widths));
                    events.push((event, details));
                }
                Err(refused) => {
                    // The events before it go too.
                    self.chunk.bytes.truncate(before.0);
                    self.chunk.lines.truncate(before.1);
                    return Err(refused);
                }
            }
        }
        self.size += events.len() as u64;
        for (event, _) in &events {
            if let Some((place, widths)) = self.chunk.at(event.position) {
                // A result that is passed on whole is copied before it is written: that waits as long as packing a fact.
                if let Err(fatal) = self.pack(event, place, widths) {
                    return Err(self.poison_with(fatal).into());
                }
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
        if self.chunk.bytes.len() >= self.chunk_bytes {
            self.hand_over()?;
        }
        Ok(events)
    }

    fn mark(&self) -> Mark {
        Mark { size: self.size }
    }

    fn rollback(&mut self, mark: Mark) -> Result<(), Fatal> {
        self.healthy()?;
        if mark > self.mark() || mark.size < self.first {
            return Err(outside());
        }
        if mark < self.mark() {
            self.cut(mark.size)
        } else {
            Ok(())
        }
    }

    fn commit(&mut self) -> Result<Head, Fatal> {
        // What became durable is shown also when nothing is written any more.
        self.settle()?;
        self.healthy()?;
        let Some(recorded_at) = self.open.take() else {
            return Ok(self.shared.head());
        };
        if self.size > self.first {
            self.end_group(recorded_at);
        }
        let scribe = self.desk.get_mut().scribe();
        let closed = scribe.and_then(|scribe| scribe.close(&mut self.chunk, recorded_at));
        match self.poison(closed)? {
            Some(settled) => Ok(self.show(settled)),
            None => Ok(self.shared.head()),
        }
    }

    fn commit_ahead(&mut self, answered: impl FnOnce() + Send + 'static) -> Result<Head, Fatal> {
        self.settle()?;
        self.healthy()?;
        // A commit that ends a segment of the index is waited for: only what is durable is indexed on disk.
        let is_waited_for = self.size == self.first || self.index.added() >= self.index_events;
        let Some(recorded_at) = self.open.filter(|_| !is_waited_for) else {
            return self.commit();
        };
        self.open = None;
        self.end_group(recorded_at);
        let closing = Closing {
            chunk: self.take_chunk(),
            recorded_at,
            answered: Answered::by(answered),
        };
        let given = self.desk.get_mut().close(closing);
        self.poison(given)?;
        Ok(self.shared.head())
    }

    fn keep(&mut self) {
        let head = self.shared.head();
        if self.size == head.size && self.index.added() >= self.index_events.max(1) {
            self.save_index(head);
        }
    }

    fn version(&self, stream: &Stream) -> u64 {
        reading(&self.shared.streams).version(stream)
    }

    fn entry_events(&self, stream: &Stream, kind: EntryKind, id: &str) -> Result<Vec<Event>, Fatal> {
        let mut events = Vec::new();
        for position in self.find(self.index.entry_hash(stream, kind, id))? {
            let record = self.record(position)?;
            let same = |event: &Event| {
                event.stream == *stream && event.data.entry_keys().any(|key| key == (kind, id))
            };
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

    fn read_staged(&self, from: u64, visit: &mut dyn FnMut(Event)) -> Result<(), Fatal> {
        self.visit_from(from, visit)
    }

    fn details(&self, event: &Event) -> Result<Option<Box<Details>>, Fatal> {
        let Some(hash) = event.details_hash else {
            return Ok(None);
        };
        if event.position < self.shared.head().size {
            return self.shared.details(event);
        }
        self.staged_details(event.position, hash)
    }
}

impl Drop for TapeLog {
    fn drop(&mut self) {
        // After an error it was never acknowledged. Nothing may be on its way to a file that another may open.
        let _ = self.settle();
        // A crash instead of this leaves the last block to be read from the tape at the next opening.
        self.catch_up();
        // Readers may live on, and read the tape; sled's files are free for whoever opens the directory next.
        self.shared.set_blocks(None);
    }
}
