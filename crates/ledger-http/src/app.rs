//! What handlers share: the ledger, how it is set up, and how much is asked of it at once.

use std::{
    fmt::Write as _,
    sync::{
        Arc,
        atomic::{AtomicBool, Ordering},
    },
    time::Duration,
};

use axum::routing::MethodRouter;
use ledger_contract::problem::Trouble;
use ledger_service::{Clock, Ledger, LedgerError, Queries, QueryError, Rejection, SystemClock, today};
use ledger_store::EventReader;
use serde_json::Value;
use tokio::sync::{OwnedSemaphorePermit, Semaphore};

use crate::{answers::Answers, problem::Failure, serve::Closing};

/// As many postings as the writer's queue holds, so that none waits outside it unseen.
const POSTINGS_MAX: usize = 4_096;
/// A batch is held in memory twice: as bytes and as commands.
const BATCHES_MAX: usize = 4;
/// Each takes a thread; a question about an earlier `knownAt` replays a stream.
const QUESTIONS_MAX: usize = 64;
/// Each is a connection that stays.
const LIVE_STREAMS_MAX: usize = 1_024;
/// How long a question waits for its turn.
const QUESTION_WAIT_MAX: Duration = Duration::from_secs(5);

/// A reader of the record that handlers can share.
pub trait Record: EventReader + Clone + 'static {}
impl<R: EventReader + Clone + 'static> Record for R {}

/// How the router behaves.
#[derive(Clone)]
pub struct Settings {
    /// Who commands are recorded as: a role or key name, never a person's.
    pub recorded_by: String,
    /// The clock that tells the day a report without `asOf` stands for.
    pub clock: Arc<dyn Clock>,
    /// Whether requests must name this machine itself (`localhost`, `127.0.0.1`, `[::1]`) if they name a host. Without
    /// access control nothing else keeps pages of other sites out; behind a proxy that does, it is set to false.
    pub loopback_only: bool,
    /// How old the newest checkpoint must be before a request for one makes another.
    pub checkpoint_every: Duration,
}

impl Default for Settings {
    fn default() -> Self {
        Self {
            recorded_by: "http".into(),
            clock: Arc::new(SystemClock),
            loopback_only: true,
            checkpoint_every: Duration::from_mins(1),
        }
    }
}

/// One address: what answers there, and what the OpenAPI document says of it. They stand together so that neither
/// forgets the other.
pub(crate) struct Page<R> {
    /// Below the base; router and document write it the same way.
    pub(crate) path: &'static str,
    pub(crate) methods: MethodRouter<Shared<R>>,
    pub(crate) about: Value,
}

/// The state of every handler.
pub(crate) type Shared<R> = Arc<App<R>>;

/// See the module.
pub(crate) struct App<R> {
    pub(crate) ledger: Ledger<R>,
    pub(crate) settings: Settings,
    /// Tells this ledger and this program from others at the same address.
    pub(crate) identity: String,
    pub(crate) postings: Arc<Semaphore>,
    pub(crate) batches: Arc<Semaphore>,
    pub(crate) live_streams: Arc<Semaphore>,
    pub(crate) answers: Arc<Answers>,
    /// Tells live streams that the server is closing.
    pub(crate) closing: Closing,
    questions: Arc<Semaphore>,
    /// Whether the last posting found the writer stopped.
    stopped: AtomicBool,
}

impl<R: Record> App<R> {
    pub(crate) fn new(ledger: Ledger<R>, settings: Settings, closing: Closing) -> Shared<R> {
        // Two ledgers at one size differ in their roots; two programs may show one ledger differently.
        let mut identity = concat!(env!("CARGO_PKG_VERSION"), "-").to_owned();
        for byte in ledger.queries().reader().head().root.iter().take(6) {
            // Writing to a String cannot fail.
            let _ = write!(identity, "{byte:02x}");
        }
        let (queries, clock) = (Arc::clone(ledger.queries()), Arc::clone(&settings.clock));
        let answers = Answers::new(move || (queries.log_position(), today(clock.now())));
        Arc::new(Self {
            ledger,
            settings,
            identity,
            postings: Arc::new(Semaphore::new(POSTINGS_MAX)),
            batches: Arc::new(Semaphore::new(BATCHES_MAX)),
            live_streams: Arc::new(Semaphore::new(LIVE_STREAMS_MAX)),
            answers: Arc::new(answers),
            closing,
            questions: Arc::new(Semaphore::new(QUESTIONS_MAX)),
            stopped: AtomicBool::new(false),
        })
    }

    /// Asks the ledger on a thread that may wait and compute, since some questions replay a stream.
    pub(crate) async fn ask<T: Send + 'static>(
        &self,
        question: impl FnOnce(&Queries<R>) -> Result<T, QueryError> + Send + 'static,
    ) -> Result<T, Failure> {
        let turn = Arc::clone(&self.questions).acquire_owned();
        let Ok(Ok(turn)) = tokio::time::timeout(QUESTION_WAIT_MAX, turn).await else {
            return Err(too_many("questions"));
        };
        let queries = Arc::clone(self.ledger.queries());
        let answer = tokio::task::spawn_blocking(move || {
            // Kept until the work is done, also when whoever asked has left.
            let _turn = turn;
            question(&queries)
        });
        Ok(answer.await.map_err(|_| Failure::internal())??)
    }

    /// The answer to a posting, remembering whether the writer still takes any.
    pub(crate) fn posted<T>(&self, outcome: Result<T, LedgerError>) -> Result<T, Failure> {
        let fatal = matches!(outcome, Err(LedgerError::Rejected(Rejection::Fatal(_))));
        self.stopped.store(fatal, Ordering::Relaxed);
        Ok(outcome?)
    }

    /// Whether postings can be expected to be taken.
    pub(crate) fn takes_postings(&self) -> bool {
        let writer_runs = self.ledger.position().has_changed().is_ok();
        writer_runs && !self.stopped.load(Ordering::Relaxed)
    }
}

/// A place among those served at once, or 429.
pub(crate) fn admit(places: &Arc<Semaphore>, of: &str) -> Result<OwnedSemaphorePermit, Failure> {
    Arc::clone(places).try_acquire_owned().map_err(|_| too_many(of))
}

fn too_many(of: &str) -> Failure {
    let sentence = format!("More {of} are being served than fit at once; try again.");
    Failure::trouble(Trouble::TooManyRequests, &sentence).retry_after_s(1)
}
