//! What was answered about an instant never changes afterwards.
//!
//! A report at `knownAt` T holds every commit stamped at or before T. Two things could break that later: a commit
//! stamped at or before T after the answer, and a commit already stamped but not yet durable. The gate rules out both.

use std::{
    collections::VecDeque,
    sync::{Condvar, Mutex, MutexGuard, PoisonError},
};

use ledger_contract::value::Instant;

/// Shared by the writer and the queries.
#[derive(Debug)]
pub(crate) struct Gate {
    state: Mutex<State>,
    closed: Condvar,
}

#[derive(Debug)]
struct State {
    /// The latest instant that an answer was given about.
    answered: Instant,
    /// The stamps of the commits that are not yet durable and visible, in order.
    in_flight: VecDeque<Instant>,
}

impl Gate {
    pub(crate) fn new() -> Self {
        Self {
            state: Mutex::new(State {
                answered: Instant(i64::MIN),
                in_flight: VecDeque::new(),
            }),
            closed: Condvar::new(),
        }
    }

    /// Lets the writer stamp a commit: `begin` gets the earliest stamp that breaks no answer and returns the stamp.
    pub(crate) fn open<E>(&self, begin: impl FnOnce(Instant) -> Result<Instant, E>) -> Result<(), E> {
        let mut state = self.lock();
        let stamp = begin(Instant(state.answered.0.saturating_add(1)))?;
        assert!(
            stamp > state.answered,
            "a commit is stamped after every instant that was answered"
        );
        state.in_flight.push_back(stamp);
        Ok(())
    }

    /// The first of the commits is durable and visible, or failed.
    pub(crate) fn close(&self) {
        self.lock().in_flight.pop_front();
        self.closed.notify_all();
    }

    /// Waits until no commit stamped at or before the instant is on its way, and keeps later ones after it.
    pub(crate) fn answer(&self, instant: Instant) {
        let mut state = self.lock();
        while state.in_flight.front().is_some_and(|stamp| *stamp <= instant) {
            state = self.closed.wait(state).unwrap_or_else(PoisonError::into_inner);
        }
        state.answered = state.answered.max(instant);
    }

    fn lock(&self) -> MutexGuard<'_, State> {
        // Every change under the lock is a single step, so a panic elsewhere leaves nothing half done.
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_commit_is_stamped_after_what_was_answered() {
        let gate = Gate::new();
        gate.answer(Instant(100));
        gate.open(|floor| {
            assert_eq!(floor, Instant(101));
            Ok::<_, ()>(floor)
        })
        .expect("stamped");
        // One that stands between two commits on their way waits for the first only.
        gate.open(|_| Ok::<_, ()>(Instant(200))).expect("stamped");
        gate.answer(Instant(100));
        gate.close();
        gate.answer(Instant(199));
        gate.close();
        gate.answer(Instant(200));
    }
}
