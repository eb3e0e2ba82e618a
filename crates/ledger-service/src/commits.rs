//! The writer's thread: it decides what waits, in order, into an open group, and makes that durable as one.
//!
//! A large group is hashed, written and synced on another thread while the next is decided, so that at most two are on
//! their way; a small one is waited for, since handing it over takes more than deciding what came meanwhile. An answer
//! waits for its group, and for every group before it.

use ledger_store::{EventLog, Fatal};
use tokio::sync::{mpsc, oneshot, watch};
use tracing::{error, info};

use crate::{
    import::{Import, ImportOutcome, Line},
    ledger::LedgerError,
    proofs::{ProofError, Signed, make_checkpoint},
    queries::Queries,
    submission::Submission,
    writer::{Outcome, Writer},
};

/// How many requests wait for the writer before posters are held back.
pub(crate) const WAITING_MAX: usize = 4_096;
/// How many requests share one commit at most, so that the first of them does not wait for ever.
const GROUP_REQUESTS_MAX: usize = 1_024;

/// How many events make a group large. Waking another thread, and being woken by it, costs a quarter of all commits at 64
/// clients; at 256 and at 1,024 it is even where the disk is quick, and brings the more the slower that is.
const LARGE_EVENTS_MIN: u64 = 256;

/// A queue with no room loses the notice that a group is synced; then there is enough in it to fill the open group, which
/// waits for the disk by itself.
const _: () = assert!(WAITING_MAX > 2 * GROUP_REQUESTS_MAX);

pub(crate) type Answer<T> = oneshot::Sender<Result<T, LedgerError>>;
pub(crate) type Batch = (ImportOutcome, Vec<Outcome>);

/// What waits for the writer.
pub(crate) enum Waiting {
    Post(Box<Submission>, Answer<Outcome>),
    Batch(Vec<Line>, Answer<Batch>),
    /// A commit of its own: its event is the last below the checkpoint.
    Checkpoint(oneshot::Sender<Result<Signed, ProofError>>),
    /// The disk answered about the group that ends at this log position.
    Synced(u64),
}

/// An answer that is given when its group is durable and visible, and not before.
enum Decided {
    Post(Answer<Outcome>, Result<Outcome, LedgerError>),
    Batch(Answer<Batch>, Result<Batch, LedgerError>),
}

/// What was decided into one commit.
struct Group {
    decided: Vec<Decided>,
    /// The log position before it.
    begin: u64,
    /// The log position after what was decided so far.
    end: u64,
}

impl Group {
    fn is_large(&self) -> bool {
        self.end - self.begin >= LARGE_EVENTS_MIN
    }
}

/// Takes what waits until nobody can ask any more.
pub(crate) fn run<L: EventLog>(
    writer: Writer<L>,
    mut waiting: mpsc::Receiver<Waiting>,
    notices: mpsc::WeakSender<Waiting>,
    queries: &Queries<L::Reader>,
    publish: &watch::Sender<u64>,
) {
    let mut commits = Commits {
        writer,
        notices,
        queries,
        publish,
        open: None,
        syncing: None,
    };
    while let Some(first) = waiting.blocking_recv() {
        commits.take(first);
        commits.take_all(&mut waiting);
        // Whoever is about to post, and waits for this core, does so before the group goes to the disk.
        std::thread::yield_now();
        commits.take_all(&mut waiting);
        if commits.syncing.is_none() && commits.open.is_some() {
            commits.close();
        }
    }
    commits.settle();
    info!(log_position = queries.log_position(), "the writer closed");
}

struct Commits<'a, L: EventLog> {
    writer: Writer<L>,
    /// The queue, to put notices in. It ends all the same when nobody else holds it.
    notices: mpsc::WeakSender<Waiting>,
    queries: &'a Queries<L::Reader>,
    publish: &'a watch::Sender<u64>,
    /// Staged, and not closed.
    open: Option<Group>,
    /// Written, and not known to be durable.
    syncing: Option<Group>,
}

impl<L: EventLog> Commits<'_, L> {
    /// Takes what waits now.
    fn take_all(&mut self, waiting: &mut mpsc::Receiver<Waiting>) {
        while let Ok(next) = waiting.try_recv() {
            self.take(next);
        }
    }

    fn take(&mut self, waiting: Waiting) {
        match waiting {
            Waiting::Post(submission, answer) => {
                let outcome = self.opened().and_then(|()| Ok(self.writer.execute(submission)?));
                self.decided(Decided::Post(answer, outcome));
            }
            Waiting::Batch(lines, answer) => {
                let outcome = self.opened().and_then(|()| batch(&mut self.writer, lines));
                self.decided(Decided::Batch(answer, outcome));
            }
            Waiting::Checkpoint(answer) => {
                self.settle();
                let made = make_checkpoint(&mut self.writer, self.queries, false);
                let _ = self.publish.send(self.queries.log_position());
                let _ = answer.send(made);
                self.writer.keep();
            }
            // A notice about a group that was waited for otherwise comes too late.
            Waiting::Synced(end) if self.syncing.as_ref().is_some_and(|group| group.end == end) => {
                self.close();
            }
            Waiting::Synced(_) => {}
        }
    }

    /// Opens a group unless one is open.
    fn opened(&mut self) -> Result<(), LedgerError> {
        if self.open.is_none() {
            let (writer, queries) = (&mut self.writer, self.queries);
            queries
                .gate()
                .open(|floor| writer.begin(queries.now().max(floor)))?;
            let begin = self.writer.log().mark().size;
            self.open = Some(Group {
                decided: Vec::new(),
                begin,
                end: begin,
            });
        }
        Ok(())
    }

    fn decided(&mut self, decided: Decided) {
        let Some(group) = &mut self.open else {
            // No group can be opened any more, and none is on its way: its failure is why.
            return give(decided, None);
        };
        group.decided.push(decided);
        group.end = self.writer.log().mark().size;
        if group.decided.len() == GROUP_REQUESTS_MAX {
            self.close();
        }
    }

    /// Waits for the group that is being synced, and has the open one follow it to the disk.
    fn close(&mut self) {
        // A crash up to here leaves nothing of the open group but what did not fit in memory: a tail that the next opening
        // cuts.
        let committed = match &self.open {
            Some(group) if group.is_large() || self.syncing.is_some() => {
                let (notices, end) = (self.notices.clone(), group.end);
                self.writer.commit_ahead(move || {
                    // No room, or nobody who listens: see `WAITING_MAX` and `run`.
                    let _ = notices
                        .upgrade()
                        .map(|queue| queue.try_send(Waiting::Synced(end)));
                })
            }
            _ => self.writer.commit(),
        };
        // The group that was being synced is durable now, or lost. A crash leaves it whole if it is, and of the one that
        // follows all or nothing: opening decides by its commit line. Nobody was told of either.
        let caught_up = self.queries.catch_up();
        let failure = committed.map(drop).and(caught_up).err();
        let groups = [self.syncing.take(), self.open.take()];
        if let Some(fatal) = &failure {
            error!(error = %fatal, "the writer stopped");
            // What follows a group that failed is on its way to nowhere; nobody is told before it has got there.
            let _ = self.writer.commit().and_then(|_| self.queries.catch_up());
        }
        let visible = self.queries.log_position();
        let _ = self.publish.send(visible);
        for group in groups.into_iter().flatten() {
            if group.end > visible && failure.is_none() {
                self.syncing = Some(group);
                continue;
            }
            self.queries.gate().close();
            // A refusal stands on the events before it: it is told when those are, or fails with them.
            let failure = failure.as_ref().filter(|_| group.end > visible);
            for decided in group.decided {
                give(decided, failure);
            }
        }
        self.writer.keep();
        if self.syncing.as_ref().is_some_and(|group| !group.is_large()) {
            self.close();
        }
    }

    /// Waits until nothing is on its way.
    fn settle(&mut self) {
        while self.open.is_some() || self.syncing.is_some() {
            self.close();
        }
    }
}

fn batch<L: EventLog>(writer: &mut Writer<L>, lines: Vec<Line>) -> Result<Batch, LedgerError> {
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

/// A failed commit turns every answer that stands on it into its failure.
fn give(answer: Decided, failure: Option<&Fatal>) {
    let failed = failure.map(|fatal| LedgerError::from(fatal.clone()));
    // A receiver that is gone no longer wants the answer; the commit stands all the same.
    match answer {
        Decided::Post(to, outcome) => drop(to.send(failed.map_or(outcome, Err))),
        Decided::Batch(to, outcome) => drop(to.send(failed.map_or(outcome, Err))),
    }
}
