//! A clock that is set by hand.

use std::sync::atomic::{AtomicI64, Ordering};

use ledger_contract::value::{Instant, parse_instant};
use ledger_service::Clock;

/// Stands still until it is set or moved on.
#[derive(Debug)]
pub struct ManualClock(AtomicI64);

impl ManualClock {
    /// A clock at an instant such as `2022-01-15T09:30:00Z`.
    ///
    /// # Panics
    /// When the text is not an instant: a mistake in the test.
    pub fn at(text: &str) -> Self {
        Self(AtomicI64::new(instant(text).0))
    }

    /// Sets the clock.
    ///
    /// # Panics
    /// When the text is not an instant: a mistake in the test.
    pub fn set(&self, text: &str) {
        self.0.store(instant(text).0, Ordering::SeqCst);
    }

    /// Moves the clock on by this many microseconds.
    pub fn advance_us(&self, microseconds: i64) {
        self.0.fetch_add(microseconds, Ordering::SeqCst);
    }
}

#[expect(clippy::panic, reason = "a mistake in a test stops the test")]
fn instant(text: &str) -> Instant {
    parse_instant(text).unwrap_or_else(|fault| panic!("{fault}"))
}

impl Clock for ManualClock {
    fn now(&self) -> Instant {
        Instant(self.0.load(Ordering::SeqCst))
    }
}
