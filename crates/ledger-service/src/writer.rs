//! The single writer: it decides commands in order and stages what they append.

use std::collections::HashMap;

use foldhash::fast::RandomState;
use ledger_contract::{
    command::{Action, Command},
    event::{EventData, Stream},
    value::Instant,
};
use ledger_domain::{Code, Date, Id, Posting, Refusal, programme, region};
use ledger_store::{AppendError, EventLog, Fatal, Head, Mark, NewCommand, NewDetails, NewEvent, Recorded};

use crate::{
    clients::Clients,
    costs::Costs,
    ledger::{SharedModel, read},
    lookup::LogEntries,
    queries::no_programme,
    region_queries::no_region,
    streams::{Saved, Streams},
    submission::Submission,
};

/// What a command appended, or appended earlier under the same idempotency key.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Outcome {
    /// The command's events with their details; without those that an import sealed and let go.
    pub events: Vec<Recorded>,
    /// Whether the command was posted before and nothing was appended now.
    pub repeated: bool,
}

impl Outcome {
    /// The number of events in the log up to and including the command's last.
    pub fn log_position(&self) -> u64 {
        self.events.last().map_or(0, |(event, _)| event.position + 1)
    }
}

/// Why a command was not taken.
#[derive(Clone, Debug, thiserror::Error)]
pub enum Rejection {
    /// A rule refused it: nothing was appended, and the same command is refused again until something else changes.
    #[error(transparent)]
    Refused(#[from] Refusal),
    /// The log cannot go on.
    #[error(transparent)]
    Fatal(#[from] Fatal),
}

/// Decides and stages; nothing is durable or visible before [`Writer::commit`].
pub struct Writer<L> {
    pub(crate) log: L,
    pub(crate) streams: Streams,
    /// Where the costs of regions are.
    model: SharedModel,
    costs: Costs,
    /// Whether every durable event was folded into the streams.
    is_ready: bool,
    /// States as they were before the open transaction touched them.
    undo: Option<Undo>,
    pub(crate) clients: Clients,
}

/// What a command does, as the state machine of its stream has it.
#[expect(clippy::large_enum_variant, reason = "it lives on the stack, for one command")]
enum Happened {
    Programme(Id, programme::Event),
    Region(Id, Vec<region::Event>),
}

impl Happened {
    /// The same as it is recorded, booked on a date; the details go with the first of several.
    fn recorded(&self, booking_date: Date, mut details: Option<NewDetails>) -> Vec<NewEvent> {
        let mut new = |data| NewEvent {
            booking_date,
            data,
            details: details.take(),
        };
        match self {
            Self::Programme(id, event) => vec![new(EventData::from_programme_event(id, event))],
            Self::Region(id, events) => {
                let data = events.iter().map(|event| EventData::from_region_event(id, event));
                data.map(new).collect()
            }
        }
    }
}

/// Where a transaction began, and the streams that it touched since.
struct Undo {
    mark: Mark,
    touched: HashMap<Stream, Option<Saved>, RandomState>,
}

impl<L: EventLog> Writer<L> {
    /// A writer on a log, and the read model of it.
    pub(crate) fn new(log: L, model: SharedModel) -> Self {
        let streams = Streams::known_to(&read(&model));
        Self {
            log,
            streams,
            model,
            costs: Costs::default(),
            is_ready: false,
            undo: None,
            clients: Clients::default(),
        }
    }

    /// The log that is written to.
    pub fn log(&self) -> &L {
        &self.log
    }

    /// Gives the log back, to close it.
    pub fn into_log(self) -> L {
        self.log
    }

    /// Folds what was recorded before, once: no question needs it, so it is done after opening, by whoever posts.
    pub fn make_ready(&mut self) -> Result<(), Fatal> {
        if !self.is_ready {
            self.streams = self.streams.completed(&self.log.reader())?;
            self.is_ready = true;
        }
        Ok(())
    }

    /// Opens a group stamped `now` or later; returns the stamp.
    pub fn begin(&mut self, now: Instant) -> Result<Instant, Fatal> {
        self.make_ready()?;
        self.log.begin(now)
    }

    /// From here on everything staged can be taken back at once.
    pub fn begin_transaction(&mut self) {
        self.undo = Some(Undo {
            mark: self.log.mark(),
            touched: HashMap::default(),
        });
        self.clients.begin_transaction();
    }

    /// Takes back what was staged since the transaction began: log and states are as they were.
    pub fn roll_back_transaction(&mut self) -> Result<(), Fatal> {
        let Some(undo) = self.undo.take() else {
            return Ok(());
        };
        self.log.rollback(undo.mark)?;
        self.costs.roll_back(undo.mark);
        for state in undo.touched.into_values().flatten() {
            self.streams.restore(state);
        }
        self.clients.roll_back_transaction();
        Ok(())
    }

    /// Keeps what was staged since the transaction began.
    pub fn keep_transaction(&mut self) {
        self.undo = None;
    }

    /// Makes everything staged durable.
    pub fn commit(&mut self) -> Result<Head, Fatal> {
        self.costs.forget();
        self.log.commit()
    }

    /// Keeps what makes the next opening quick, when it is much: see [`EventLog::keep`].
    pub fn keep(&mut self) {
        self.log.keep();
    }

    /// Closes the open group, and has it made durable while the next is decided: see [`EventLog::commit_ahead`].
    pub(crate) fn commit_ahead(&mut self, answered: impl FnOnce() + Send + 'static) -> Result<Head, Fatal> {
        self.costs.forget();
        self.log.commit_ahead(answered)
    }

    /// Stages events of the ledger's own, booked on the day they are recorded.
    pub(crate) fn record_own(&mut self, events: Vec<EventData>, booking_date: Date) -> Result<(), Fatal> {
        let events = events.into_iter().map(|data| NewEvent {
            booking_date,
            data,
            details: None,
        });
        let staged = self.log.stage(NewCommand {
            stream: Stream::Ledger,
            expected_version: None,
            recorded_by: "ledger".into(),
            idempotency_key: None,
            events: events.collect(),
        });
        match staged {
            Ok(_) => Ok(()),
            Err(AppendError::Fatal(fatal)) => Err(fatal),
            Err(refused) => Err(Fatal::Poisoned(refused.to_string())),
        }
    }

    /// Decides one command and stages its events.
    pub fn execute(&mut self, submission: impl Into<Box<Submission>>) -> Result<Outcome, Rejection> {
        let submission = submission.into();
        let command = &submission.command;
        if let Some(key) = &command.idempotency_key
            && let Some(outcome) = self.earlier(key, submission.fingerprint.as_deref())?
        {
            return Ok(outcome);
        }
        if let Some(expected) = command.expected_version {
            self.check_version(&command.stream, expected)?;
        }
        let happened = self.decide(command)?;
        self.stage(submission, &happened)
    }

    /// The outcome of an earlier command with this key, when it was the same command.
    fn earlier(&self, key: &str, fingerprint: Option<&str>) -> Result<Option<Outcome>, Rejection> {
        let events = self.log.key_events(key)?;
        let Some(first) = events.first() else {
            return Ok(None);
        };
        let position = first.position;
        let known = self.log.details(first)?.and_then(|details| details.fingerprint);
        if known.is_none() || known.as_deref() != fingerprint {
            let why = if known.is_some() {
                "with another body"
            } else {
                "and its details were destroyed since"
            };
            return Err(Refusal::new(
                Code::IdempotencyKeyReused,
                format!("The idempotency key {key} was used for the event at position {position}, {why}."),
            )
            .into());
        }
        let mut with_details = Vec::with_capacity(events.len());
        for event in events {
            let details = self.log.details(&event)?;
            with_details.push((event, details));
        }
        Ok(Some(Outcome {
            events: with_details,
            repeated: true,
        }))
    }

    fn check_version(&self, stream: &Stream, expected: u64) -> Result<(), Refusal> {
        let actual = self.log.version(stream);
        if actual == expected {
            return Ok(());
        }
        let sentence = format!(
            "Stream {stream} is at version {actual}, and the command was made for version {expected}."
        );
        Err(Refusal::new(Code::VersionConflict, sentence))
    }

    fn decide(&mut self, command: &Command) -> Result<Happened, Rejection> {
        let posting = Posting {
            booking_date: command.booking_date,
            explained: command.explained,
        };
        match (&command.action, &command.stream) {
            (Action::Programme(asked), Stream::Programme(id)) => {
                let entries = LogEntries::new(&self.log, &command.stream, &self.clients);
                let decided = programme::decide(self.streams.programme(id), &entries, posting, asked);
                entries.finish()?;
                let decided = decided.map_err(|refusal| match refusal.code {
                    Code::UnknownProgramme => no_programme(id),
                    _ => refusal,
                });
                Ok(Happened::Programme(id.clone(), decided?))
            }
            (Action::Region(asked), Stream::Region(id)) => {
                if matches!(asked, region::Command::RecordCost(cost) if cost.client.is_some()) {
                    self.clients.load(&self.log, id)?;
                }
                let region = if asked.asks_costs() {
                    self.costs.of(id, &self.model, &self.log)?
                } else {
                    self.streams.region(id)
                };
                let entries = LogEntries::new(&self.log, &command.stream, &self.clients);
                let decided = region::decide(region, &entries, posting, asked);
                entries.finish()?;
                let decided = decided.map_err(|refusal| match refusal.code {
                    Code::UnknownRegion => no_region(id),
                    _ => refusal,
                });
                Ok(Happened::Region(id.clone(), decided?))
            }
            (_, stream) => unreachable!("a command names a stream of its own kind, not {stream}"),
        }
    }

    fn stage(&mut self, mut submission: Box<Submission>, happened: &Happened) -> Result<Outcome, Rejection> {
        let details = submission.take_details().map_err(refused)?;
        let Submission {
            command, recorded_by, ..
        } = *submission;
        if let Some(Undo { touched, .. }) = &mut self.undo
            && !touched.contains_key(&command.stream)
        {
            touched.insert(command.stream.clone(), self.streams.save(&command.stream));
        }
        let staged = self.log.stage(NewCommand {
            stream: command.stream,
            expected_version: None,
            recorded_by,
            idempotency_key: command.idempotency_key,
            events: happened.recorded(command.booking_date, details),
        });
        let recorded = staged.map_err(refused)?;
        match happened {
            Happened::Programme(id, event) => self.streams.apply_programme(id, event),
            Happened::Region(id, events) => {
                for ((recorded, details), event) in recorded.iter().zip(events) {
                    self.streams.apply_region(id, recorded, event);
                    self.clients.note(recorded, details.as_deref());
                }
            }
        }
        Ok(Outcome {
            events: recorded,
            repeated: false,
        })
    }
}

fn refused(error: AppendError) -> Rejection {
    match error {
        AppendError::Fatal(fatal) => Rejection::Fatal(fatal),
        AppendError::TooLong { .. } => Refusal::new(Code::InvalidInput, sentence(&error)).into(),
        AppendError::Conflict { .. } => Refusal::new(Code::VersionConflict, sentence(&error)).into(),
    }
}

/// An error of the log as other refusals are worded.
fn sentence(error: &AppendError) -> String {
    let text = error.to_string();
    let mut letters = text.chars();
    let first = letters.next().map(|first| first.to_ascii_uppercase());
    first.into_iter().chain(letters).chain(['.']).collect()
}
