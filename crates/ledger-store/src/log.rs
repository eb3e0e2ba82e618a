//! What a log of events is, whatever keeps it: one writer that stages and commits, readers that see what is durable.

use ledger_contract::{
    event::{Details, EntryKind, Event, EventData, Stream},
    facts::FactV1,
    value::Instant,
};
use ledger_domain::Date;
use ledger_proof::Hash;
use smol_str::SmolStr;

use crate::{Salts, Sealed, parts::part_of_stream};

/// The durable end of the log.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Head {
    /// The number of events; the next position.
    pub size: u64,
    /// The RFC 6962 root over the leaves.
    pub root: [u8; 32],
    /// When the last commit was recorded.
    pub recorded_at: Instant,
}

/// What one command appends, in order; every event goes to the command's one stream.
#[derive(Clone, Debug)]
pub struct NewCommand {
    /// The stream.
    pub stream: Stream,
    /// The version the stream must be at; none to take it as it is.
    pub expected_version: Option<u64>,
    /// Who posts it: a role or key name, never a person's.
    pub recorded_by: SmolStr,
    /// The client's key.
    pub idempotency_key: Option<String>,
    /// At least one event.
    pub events: Vec<NewEvent>,
}

/// An event before it has a position.
#[derive(Clone, Debug)]
pub struct NewEvent {
    /// The business date it counts for.
    pub booking_date: Date,
    /// What happened.
    pub data: EventData,
    /// Texts that can be destroyed. None or empty ones are not kept.
    pub details: Option<NewDetails>,
}

/// The details of an event on their way in.
#[derive(Clone, Debug)]
pub enum NewDetails {
    /// The log seals them.
    Open(Box<Details>),
    /// They were sealed before, so that the writer need not wait for their hash.
    Sealed(Sealed),
}

impl From<Details> for NewDetails {
    fn from(details: Details) -> Self {
        Self::Open(Box::new(details))
    }
}

/// An event and its details with their salt; none without details, or where they were let go.
pub type Recorded = (Event, Option<Box<Details>>);

/// A point in the staged events to come back to.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Mark {
    /// The position that the next staged event would have had.
    pub size: u64,
}

/// The log cannot go on: it must be reopened, or repaired. Never worth a retry.
#[derive(Clone, Debug, thiserror::Error)]
pub enum Fatal {
    /// An earlier write failed; nothing is taken until the log is opened again.
    #[error("the ledger takes no more postings until it is reopened, since {0}")]
    Poisoned(String),
    /// A file operation failed.
    #[error("{doing}: {reason}")]
    Io {
        /// What was being done, with the file's name.
        doing: String,
        /// What the operating system said.
        reason: String,
        /// Whether the disk is full.
        disk_full: bool,
    },
    /// What is stored is not what was written.
    #[error("{what} is damaged: {how}; {remedy}")]
    Damaged {
        /// File and position.
        what: String,
        /// What is wrong with it.
        how: String,
        /// What to do.
        remedy: String,
    },
    /// A directory that is used otherwise.
    #[error("{directory} holds no ledger: {how}; {remedy}")]
    NoLedger {
        /// The directory.
        directory: String,
        /// What it is.
        how: &'static str,
        /// What to do.
        remedy: &'static str,
    },
    /// Another process has the data directory open.
    #[error("the data directory {0} is in use by another process; one process opens it at a time")]
    Locked(String),
    /// The clock is too far behind the log.
    #[error(
        "the clock says {now}, but the log was last written at {recorded_at}; set the clock right and open again"
    )]
    ClockBehind {
        /// The clock.
        now: Instant,
        /// The last commit.
        recorded_at: Instant,
    },
}

/// Why a command was not staged. A conflict leaves the log as it was.
#[derive(Clone, Debug, thiserror::Error)]
pub enum AppendError {
    /// The stream is at another version.
    #[error("{stream} is at version {actual}, not {expected}")]
    Conflict {
        /// The stream.
        stream: Stream,
        /// What the command was made for.
        expected: u64,
        /// What it is.
        actual: u64,
    },
    /// A leaf would be longer than a tile's entry can be.
    #[error("the event would take {bytes} bytes on the record; at most 65535 fit")]
    TooLong {
        /// The length of its leaf.
        bytes: usize,
    },
    /// The log cannot go on.
    #[error(transparent)]
    Fatal(#[from] Fatal),
}

/// The single writer of a log.
///
/// `begin` opens a group, `stage` adds commands to it, `commit` makes the group durable and visible; `rollback` takes
/// staged commands back. Lookups see staged events too, since later commands stand on earlier ones.
pub trait EventLog: Send {
    /// What readers hold.
    type Reader: EventReader + Clone + 'static;

    /// A reader of what is durable.
    fn reader(&self) -> Self::Reader;

    /// What seals details on another thread than the writer's.
    fn salts(&self) -> Salts;

    /// Opens a group stamped `now`, or just after the last commit when `now` is not later; returns the stamp. An open
    /// group keeps its stamp.
    fn begin(&mut self, now: Instant) -> Result<Instant, Fatal>;

    /// Adds a command to the open group and returns its events as they will be recorded.
    fn stage(&mut self, command: NewCommand) -> Result<Vec<Recorded>, AppendError>;

    /// Where the staged events end now.
    fn mark(&self) -> Mark;

    /// Takes back what was staged after the mark, which must lie in the open group.
    fn rollback(&mut self, mark: Mark) -> Result<(), Fatal>;

    /// Makes the open group durable, then visible. Returns only after the record is synced; an error poisons the log.
    /// A group without events closes without a trace.
    fn commit(&mut self) -> Result<Head, Fatal>;

    /// Closes the open group and begins to make it durable, while the next one is staged: it is durable when the next
    /// `commit` or `commit_ahead` returns, and nobody is told before. Returns the head that is durable now; when the
    /// group is beyond it, `answered` is called once the disk has answered or never will, and that return is a matter of no
    /// time. A log that cannot do so commits.
    fn commit_ahead(&mut self, answered: impl FnOnce() + Send + 'static) -> Result<Head, Fatal> {
        drop(answered);
        self.commit()
    }

    /// Keeps on disk what the next opening would make anew of the events, when it is much: after a commit, once nobody
    /// waits for it any more. `begin` does it where nobody did.
    fn keep(&mut self) {}

    /// The stream's version with what is staged; 0 for a stream without events.
    fn version(&self, stream: &Stream) -> u64;

    /// The events that touch an entry of a stream, in order, staged ones too.
    fn entry_events(&self, stream: &Stream, kind: EntryKind, id: &str) -> Result<Vec<Event>, Fatal>;

    /// The events of the command with this idempotency key, staged ones too; empty when there is none.
    fn key_events(&self, key: &str) -> Result<Vec<Event>, Fatal>;

    /// Visits events from a position on in order, staged ones too.
    fn read_staged(&self, from: u64, visit: &mut dyn FnMut(Event)) -> Result<(), Fatal>;

    /// The details of an event, staged or durable; none when it has none or they were destroyed.
    fn details(&self, event: &Event) -> Result<Option<Box<Details>>, Fatal>;
}

/// A durable event, as whoever folds it needs it.
#[derive(Clone, Copy, Debug)]
pub enum Told<'a> {
    /// What the figures need of it; never [`FactV1::Whole`].
    Fact(&'a FactV1<'a>),
    /// All of it.
    Event(&'a Event),
}

/// Whoever folds what is durable.
pub type FactVisit<'a> = dyn FnMut(u64, Told<'_>) + Send + 'a;

/// A reader of the durable log; many read at once and never wait for the writer.
pub trait EventReader: Send + Sync {
    /// The durable end.
    fn head(&self) -> Head;

    /// Visits events from `position` on in order, below `before`, until `visit` says to stop by returning false.
    fn read(&self, position: u64, before: u64, visit: &mut dyn FnMut(Event) -> bool) -> Result<(), Fatal>;

    /// Visits the same events as far as figures need them, each with its position: faster, where facts are kept. Those
    /// of one programme come in order; those of others may come before or after them, and so may a region's costs.
    ///
    /// Each of those who visit is told of the streams in its part ([`crate::part_of`]), and they may be told at once. An
    /// event that changes no figure may be told to any.
    fn read_facts(&self, position: u64, before: u64, visits: &mut [&mut FactVisit<'_>]) -> Result<(), Fatal> {
        self.read(position, before, &mut |event| {
            let part = part_of_stream(&event.stream, visits.len());
            match (visits.get_mut(part), FactV1::of(&event)) {
                (Some(visit), FactV1::Whole) => visit(event.position, Told::Event(&event)),
                (Some(visit), fact) => visit(event.position, Told::Fact(&fact)),
                (None, _) => {}
            }
            true
        })
    }

    /// Visits a stream's events with a version above `after_version` and a position below `before`, in order.
    fn read_stream(
        &self,
        stream: &Stream,
        after_version: u64,
        before: u64,
        visit: &mut dyn FnMut(Event) -> bool,
    ) -> Result<(), Fatal>;

    /// The stream's version when the log had `before` events: the number of its events below that position.
    fn stream_version(&self, stream: &Stream, before: u64) -> Result<u64, Fatal>;

    /// Every stream that had events when the log had `before` of them, with its version then; in no order.
    fn stream_heads(&self, before: u64) -> Result<Vec<(Stream, u64)>, Fatal>;

    /// The number of events in the log as it was at an instant: up to the last commit at or before it.
    fn size_at(&self, instant: Instant) -> Result<u64, Fatal>;

    /// The root that the log has on record for a size; none where no commit ended, or where none is kept.
    fn commit_root(&self, size: u64) -> Result<Option<Hash>, Fatal>;

    /// The details of an event; none when it has none or they were destroyed.
    fn details(&self, event: &Event) -> Result<Option<Box<Details>>, Fatal>;
}
