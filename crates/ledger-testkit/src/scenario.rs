//! Given these commands, when this one is posted, then these events or this refusal.

use std::sync::Arc;

use ledger_domain::{Code, Id};
use ledger_service::{Clock, Outcome, Queries, Rejection, ReportQuery, Submission, Writer, over};
use ledger_store::{EventLog, MemoryLog};
use serde_json::Value;

use crate::ManualClock;

type Reader = <MemoryLog as EventLog>::Reader;

/// A ledger in memory that is spoken to in the contract's own JSON.
pub struct Scenario {
    /// Starts at 2022-01-01T00:00:00Z and moves on a second with every command.
    pub clock: Arc<ManualClock>,
    writer: Writer<MemoryLog>,
    /// What can be asked.
    pub queries: Queries<Reader>,
}

impl Default for Scenario {
    fn default() -> Self {
        Self::new()
    }
}

impl Scenario {
    /// An empty ledger.
    ///
    /// # Panics
    /// When a log in memory cannot be opened.
    #[expect(clippy::expect_used, reason = "a log in memory that fails stops the test")]
    pub fn new() -> Self {
        let clock = Arc::new(ManualClock::at("2022-01-01T00:00:00Z"));
        let log = MemoryLog::new("test.example/ledger", clock.now()).expect("a log in memory opens");
        let (writer, queries) = over(log, clock.clone()).expect("a log in memory opens");
        Self {
            clock,
            writer,
            queries,
        }
    }

    /// Posts commands that must be taken.
    ///
    /// # Panics
    /// When one is refused, with its sentence.
    #[must_use]
    #[expect(clippy::panic, reason = "a refused given stops the test")]
    pub fn given(mut self, commands: &[Value]) -> Self {
        for command in commands {
            if let Err(rejection) = self.post(command) {
                panic!("given {command}, refused: {rejection}");
            }
        }
        self
    }

    /// Posts one command and makes it durable.
    ///
    /// # Panics
    /// When the log in memory fails.
    #[expect(
        clippy::expect_used,
        clippy::panic,
        reason = "a log in memory that fails stops the test"
    )]
    pub fn post(&mut self, command: &Value) -> Result<Outcome, Rejection> {
        self.clock.advance_us(1_000_000);
        self.writer.begin(self.clock.now()).expect("a group opens");
        let submission = Submission::read(command.to_string().as_bytes(), None, "test")
            .unwrap_or_else(|faults| panic!("{command} has faults: {faults:?}"));
        let outcome = self.writer.execute(submission);
        self.writer.commit().expect("a group commits");
        self.queries.catch_up().expect("the read model catches up");
        outcome
    }

    /// Posts a command that must be refused with this code, leaving log and figures as they were; gives the sentence.
    ///
    /// # Panics
    /// When it is taken or refused with another code, or anything changed.
    #[expect(clippy::panic, reason = "what the test is about")]
    pub fn refused(&mut self, code: Code, command: &Value) -> String {
        let before = self.writer.log().mark();
        match self.post(command) {
            Err(Rejection::Refused(refusal)) => {
                assert_eq!(refusal.code, code, "{}", refusal.detail);
                assert_eq!(
                    self.writer.log().mark(),
                    before,
                    "a refused command appends nothing"
                );
                refusal.detail
            }
            other => panic!("when {command}, then {other:?} instead of {code}"),
        }
    }

    /// The budget position of a programme as JSON.
    ///
    /// # Panics
    /// When it cannot be made.
    #[expect(clippy::expect_used, reason = "what the test is about")]
    pub fn budget_position(&self, programme: &str, query: &ReportQuery) -> Value {
        let id = Id::new(programme).expect("an id");
        let report = self.queries.budget_position(&id, query).expect("a report");
        serde_json::to_value(report).expect("a report is JSON")
    }
}
