//! The running ledger: a writer thread that commits in groups, and a handle that many hold.

use std::{
    collections::BTreeMap,
    path::Path,
    sync::{Arc, PoisonError, RwLock},
    thread::JoinHandle,
};

use ledger_store::{EventLog, EventReader, Fatal, Opened, Options, TapeLog, TapeReader};
use tokio::sync::{mpsc, oneshot, watch};
use tracing::{error, info};

use crate::{
    clock::Clock,
    import::{Import, ImportOutcome, ImportRefusal, Line},
    kept::Kept,
    proofs::{Keep, ProofError, Proofs, Signed, make_checkpoint, signed_events},
    queries::Queries,
    read_model::ReadModel,
    submission::Submission,
    writer::{Outcome, Rejection, Writer},
};

/// How many commands wait for the writer before posters are held back.
const WAITING_COMMANDS_MAX: usize = 4_096;
/// How many requests share one commit at most, so that the first of them does not wait for ever.
const GROUP_REQUESTS_MAX: usize = 1_024;

/// Why the ledger did not take a request.
#[derive(Clone, Debug, thiserror::Error)]
pub enum LedgerError {
    /// A rule refused the command.
    #[error(transparent)]
    Rejected(#[from] Rejection),
    /// Lines of a batch were refused; nothing of it was appended.
    #[error("{} of the batch's lines were refused, so nothing was appended", .0.len())]
    Batch(Vec<ImportRefusal>),
    /// The ledger is closing.
    #[error("the ledger is closing and takes no more postings")]
    Closing,
}

impl From<Fatal> for LedgerError {
    fn from(fatal: Fatal) -> Self {
        Self::Rejected(Rejection::Fatal(fatal))
    }
}

type Answer<T> = oneshot::Sender<Result<T, LedgerError>>;

enum Request {
    Post(Box<Submission>, Answer<Outcome>),
    Batch(Vec<Line>, Answer<(ImportOutcome, Vec<Outcome>)>),
}

/// What waits for the writer.
enum Waiting {
    Posting(Request),
    /// A commit of its own: its event is the last below the checkpoint.
    Checkpoint(oneshot::Sender<Result<Signed, ProofError>>),
}

/// An answer that is given when the group is durable, and not before.
enum Decided {
    Post(Answer<Outcome>, Result<Outcome, LedgerError>),
    Batch(
        Answer<(ImportOutcome, Vec<Outcome>)>,
        Result<(ImportOutcome, Vec<Outcome>), LedgerError>,
    ),
}

/// Opens the ledger in a data directory, for one process: the writer, the queries, and what opening found.
pub fn open(
    directory: &Path,
    options: &Options,
    clock: Arc<dyn Clock>,
) -> Result<(Writer<TapeLog>, Queries<TapeReader>, Opened), Fatal> {
    // A tail that a checkpoint was signed over is no crash's, and the tape itself cannot tell.
    let options = &Options {
        events_min: signed_events(directory)?.max(options.events_min),
        ..options.clone()
    };
    let (log, opened) = TapeLog::open(directory, options, clock.now())?;
    let reader = log.reader();
    let kept = Kept::new(Some(log.snapshots()));
    let mut read_model = kept.model(&reader)?;
    read_model.catch_up(&reader)?;
    let writable = opened.read_only.is_none();
    let proofs = Proofs::open(Keep::Directory(directory.to_owned()), &reader, writable)?;
    let queries = Queries::new(reader, read_model, proofs, kept, clock);
    Ok((Writer::new(log), queries, opened))
}

/// The same over any log, such as one in memory.
pub fn over<L: EventLog>(log: L, clock: Arc<dyn Clock>) -> Result<(Writer<L>, Queries<L::Reader>), Fatal> {
    let reader = log.reader();
    let mut read_model = ReadModel::default();
    read_model.catch_up(&reader)?;
    let proofs = Proofs::open(Keep::Memory(BTreeMap::new()), &reader, true)?;
    let queries = Queries::new(reader, read_model, proofs, Kept::new(None), clock);
    Ok((Writer::new(log), queries))
}

/// A handle on the running ledger; clones share it.
#[derive(Clone)]
pub struct Ledger<R> {
    requests: mpsc::Sender<Waiting>,
    queries: Arc<Queries<R>>,
    position: watch::Receiver<u64>,
}

impl<R: EventReader + Clone + 'static> Ledger<R> {
    /// Starts the writer's thread. It ends, and closes the log, when the last handle is dropped.
    pub fn start<L: EventLog<Reader = R> + 'static>(
        mut writer: Writer<L>,
        queries: Queries<R>,
    ) -> std::io::Result<(Self, JoinHandle<()>)> {
        let queries = Arc::new(queries);
        let (requests, waiting) = mpsc::channel(WAITING_COMMANDS_MAX);
        let (publish, position) = watch::channel(queries.log_position());
        let shared = Arc::clone(&queries);
        let thread = std::thread::Builder::new()
            .name("writer".to_owned())
            .spawn(move || {
                if let Err(fatal) = writer.make_ready() {
                    // Whoever posts is told.
                    error!(error = %fatal, "the log cannot be read");
                }
                run(writer, waiting, &shared, &publish);
            })?;
        Ok((
            Self {
                requests,
                queries,
                position,
            },
            thread,
        ))
    }

    /// Posts one command; answers when it is durable and visible.
    pub async fn post(&self, submission: Submission) -> Result<Outcome, LedgerError> {
        let (answer, outcome) = oneshot::channel();
        self.requests
            .send(Waiting::Posting(Request::Post(Box::new(submission), answer)))
            .await
            .map_err(|_| LedgerError::Closing)?;
        outcome.await.map_err(|_| LedgerError::Closing)?
    }

    /// Posts many commands as one: all or nothing. Lines carry their number in what the client sent.
    pub async fn post_batch(&self, lines: Vec<Line>) -> Result<(ImportOutcome, Vec<Outcome>), LedgerError> {
        let (answer, outcome) = oneshot::channel();
        self.requests
            .send(Waiting::Posting(Request::Batch(lines, answer)))
            .await
            .map_err(|_| LedgerError::Closing)?;
        outcome.await.map_err(|_| LedgerError::Closing)?
    }

    /// A new checkpoint when the log has grown, else the newest. Ask [`Queries::checkpoint`] first: it hashes what this
    /// needs, off the writer's thread.
    pub async fn make_checkpoint(&self) -> Result<Signed, ProofError> {
        let (answer, made) = oneshot::channel();
        let closing = || Fatal::Poisoned("the ledger is closing".to_owned());
        let sent = self.requests.send(Waiting::Checkpoint(answer)).await;
        sent.map_err(|_| closing())?;
        made.await.map_err(|_| closing())?
    }

    /// The queries.
    pub fn queries(&self) -> &Arc<Queries<R>> {
        &self.queries
    }

    /// Tells the log position whenever it changes.
    pub fn position(&self) -> watch::Receiver<u64> {
        self.position.clone()
    }
}

/// The writer's thread: take what waits, decide it in order, make it durable, let the read model apply it, answer.
fn run<L: EventLog>(
    mut writer: Writer<L>,
    mut waiting: mpsc::Receiver<Waiting>,
    queries: &Queries<L::Reader>,
    publish: &watch::Sender<u64>,
) {
    let mut next = waiting.blocking_recv();
    while let Some(first) = next.take() {
        let requests = match first {
            Waiting::Checkpoint(answer) => {
                let made = make_checkpoint(&mut writer, queries, false);
                let _ = publish.send(queries.log_position());
                let _ = answer.send(made);
                next = waiting.blocking_recv();
                continue;
            }
            Waiting::Posting(first) => gather(first, &mut waiting, &mut next),
        };
        let opened = queries
            .gate()
            .open(|floor| writer.begin(queries.now().max(floor)));
        let decided: Vec<Decided> = match &opened {
            Ok(()) => requests
                .into_iter()
                .map(|request| decide(&mut writer, request))
                .collect(),
            Err(fatal) => requests
                .into_iter()
                .map(|request| refuse(request, fatal))
                .collect(),
        };
        // A crash up to here leaves an unfinished tail on the tape that the next opening cuts: nothing was answered.
        let committed = opened
            .and_then(|()| writer.commit())
            .and_then(|_| queries.catch_up())
            .inspect_err(|fatal| error!(error = %fatal, "the writer stopped"));
        queries.gate().close();
        // Receivers may be gone: whoever asked no longer waits, and the commit stands all the same.
        let _ = publish.send(queries.log_position());
        for answer in decided {
            give(answer, committed.as_ref().err());
        }
        if next.is_none() {
            next = waiting.blocking_recv();
        }
    }
    info!(log_position = queries.log_position(), "the writer closed");
}

/// What waits and fits one group. A checkpoint ends it, and is left in `next`.
fn gather(first: Request, waiting: &mut mpsc::Receiver<Waiting>, next: &mut Option<Waiting>) -> Vec<Request> {
    let mut requests = vec![first];
    while requests.len() < GROUP_REQUESTS_MAX
        && let Ok(waited) = waiting.try_recv()
    {
        match waited {
            Waiting::Posting(request) => requests.push(request),
            checkpoint @ Waiting::Checkpoint(_) => {
                *next = Some(checkpoint);
                break;
            }
        }
    }
    requests
}

fn decide<L: EventLog>(writer: &mut Writer<L>, request: Request) -> Decided {
    match request {
        Request::Post(submission, answer) => {
            Decided::Post(answer, writer.execute(*submission).map_err(LedgerError::from))
        }
        Request::Batch(lines, answer) => Decided::Batch(answer, batch(writer, lines)),
    }
}

fn batch<L: EventLog>(
    writer: &mut Writer<L>,
    lines: Vec<Line>,
) -> Result<(ImportOutcome, Vec<Outcome>), LedgerError> {
    let mut import = Import::start(writer);
    let (mut outcomes, mut refusals) = (Vec::with_capacity(lines.len()), Vec::new());
    for (line, submission) in lines {
        match import.submission(line, submission)? {
            Ok(outcome) => outcomes.push(outcome),
            Err(refusal) => refusals.push(refusal),
        }
    }
    let outcome = import.finish(false)?;
    if refusals.is_empty() {
        Ok((outcome, outcomes))
    } else {
        Err(LedgerError::Batch(refusals))
    }
}

fn refuse(request: Request, fatal: &Fatal) -> Decided {
    match request {
        Request::Post(_, answer) => Decided::Post(answer, Err(fatal.clone().into())),
        Request::Batch(_, answer) => Decided::Batch(answer, Err(fatal.clone().into())),
    }
}

/// A refusal too stands on events of the group before it, so a failed commit turns every answer into its failure.
fn give(answer: Decided, failure: Option<&Fatal>) {
    let failed = failure.map(|fatal| LedgerError::from(fatal.clone()));
    // A receiver that is gone no longer wants the answer.
    match answer {
        Decided::Post(to, outcome) => drop(to.send(failed.map_or(outcome, Err))),
        Decided::Batch(to, outcome) => drop(to.send(failed.map_or(outcome, Err))),
    }
}

/// The read model behind its lock: readers hold it for one report, the writer for applying one commit.
pub(crate) type SharedModel = Arc<RwLock<ReadModel>>;

/// A poisoned lock means that a report panicked while reading; the model itself is only changed by `apply`.
pub(crate) fn read(model: &SharedModel) -> std::sync::RwLockReadGuard<'_, ReadModel> {
    model.read().unwrap_or_else(PoisonError::into_inner)
}

pub(crate) fn write(model: &SharedModel) -> std::sync::RwLockWriteGuard<'_, ReadModel> {
    model.write().unwrap_or_else(PoisonError::into_inner)
}
