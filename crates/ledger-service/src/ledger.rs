//! The running ledger: a handle that many hold, on the writer's thread and the queries.

use std::{
    collections::BTreeMap,
    path::Path,
    sync::{Arc, PoisonError, RwLock},
    thread::JoinHandle,
};

use ledger_store::{EventLog, EventReader, Fatal, Opened, Options, TapeLog, TapeReader, TileRoots};
use tokio::sync::{mpsc, oneshot, watch};
use tracing::error;

use crate::{
    clock::Clock,
    commits::{self, WAITING_MAX, Waiting},
    import::{ImportOutcome, ImportRefusal, Line},
    kept::Kept,
    proofs::{Keep, ProofError, Proofs, Signed, signed_events},
    queries::Queries,
    read_model::ReadModel,
    submission::Submission,
    writer::{Outcome, Rejection, Writer},
};

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
    let (kept, roots) = (Kept::new(Some(log.snapshots())), log.tile_roots());
    let mut read_model = kept.model(&reader)?;
    read_model.catch_up(&reader)?;
    let writable = opened.read_only.is_none();
    let proofs = Proofs::open(Keep::Directory(directory.to_owned()), roots, &reader, writable)?;
    let queries = Queries::new(reader, read_model, proofs, kept, clock);
    let writer = Writer::new(log, Arc::clone(&queries.model));
    Ok((writer, queries, opened))
}

/// The same over any log, such as one in memory.
pub fn over<L: EventLog>(log: L, clock: Arc<dyn Clock>) -> Result<(Writer<L>, Queries<L::Reader>), Fatal> {
    let reader = log.reader();
    let mut read_model = ReadModel::default();
    read_model.catch_up(&reader)?;
    let proofs = Proofs::open(Keep::Memory(BTreeMap::new()), TileRoots::default(), &reader, true)?;
    let queries = Queries::new(reader, read_model, proofs, Kept::new(None), clock);
    let writer = Writer::new(log, Arc::clone(&queries.model));
    Ok((writer, queries))
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
        let (requests, waiting) = mpsc::channel(WAITING_MAX);
        let (publish, position) = watch::channel(queries.log_position());
        let (shared, notices) = (Arc::clone(&queries), requests.downgrade());
        let thread = std::thread::Builder::new()
            .name("writer".to_owned())
            .spawn(move || {
                if let Err(fatal) = writer.make_ready() {
                    // Whoever posts is told.
                    error!(error = %fatal, "the log cannot be read");
                }
                // What a kill left undone of the index is done before anybody waits for it.
                writer.keep();
                // One is due where a kill took the last, or where events came without a server.
                shared.keep();
                commits::run(writer, waiting, notices, &shared, &publish);
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
    pub async fn post(&self, submission: impl Into<Box<Submission>>) -> Result<Outcome, LedgerError> {
        let (answer, outcome) = oneshot::channel();
        self.requests
            .send(Waiting::Post(submission.into(), answer))
            .await
            .map_err(|_| LedgerError::Closing)?;
        outcome.await.map_err(|_| LedgerError::Closing)?
    }

    /// Posts many commands as one: all or nothing. Lines carry their number in what the client sent.
    pub async fn post_batch(&self, lines: Vec<Line>) -> Result<(ImportOutcome, Vec<Outcome>), LedgerError> {
        let (answer, outcome) = oneshot::channel();
        self.requests
            .send(Waiting::Batch(lines, answer))
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

/// The read model behind its lock: readers hold it for one report, the writer for applying one commit.
pub(crate) type SharedModel = Arc<RwLock<ReadModel>>;

/// A poisoned lock means that a report panicked while reading; the model itself is only changed by `apply`.
pub(crate) fn read(model: &SharedModel) -> std::sync::RwLockReadGuard<'_, ReadModel> {
    model.read().unwrap_or_else(PoisonError::into_inner)
}

pub(crate) fn write(model: &SharedModel) -> std::sync::RwLockWriteGuard<'_, ReadModel> {
    model.write().unwrap_or_else(PoisonError::into_inner)
}
