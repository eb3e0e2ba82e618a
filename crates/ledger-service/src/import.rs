//! Many commands as one: all or nothing, or the good ones only.

use ledger_contract::command::Fault;
use ledger_domain::Code;
use ledger_store::{EventLog, Fatal};

use crate::{
    submission::Submission,
    writer::{Outcome, Rejection, Writer},
};

/// One refused line.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ImportRefusal {
    /// The line's number in its file, from 1.
    pub line: u64,
    /// For programs.
    pub code: Code,
    /// One sentence for people.
    pub detail: String,
    /// Every fault of form; empty for other codes.
    pub faults: Vec<Fault>,
}

/// What an import did.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ImportOutcome {
    /// Commands that were taken, repeated ones included; 0 when nothing was appended for a refusal.
    pub commands: u64,
    /// Events that were appended.
    pub events: u64,
    /// Lines that were refused.
    pub refused: u64,
    /// The number of events in the log afterwards.
    pub log_position: u64,
}

/// An import in progress: commands are decided one by one, later ones as if the refused ones were absent, and
/// nothing is durable or visible before [`Import::finish`].
pub struct Import<'a, L: EventLog> {
    writer: &'a mut Writer<L>,
    recorded_by: String,
    commands: u64,
    events: u64,
    refused: u64,
}

impl<'a, L: EventLog> Import<'a, L> {
    /// Starts an import in the writer's open group.
    pub fn start(writer: &'a mut Writer<L>, recorded_by: &str) -> Self {
        writer.begin_transaction();
        Self {
            writer,
            recorded_by: recorded_by.to_owned(),
            commands: 0,
            events: 0,
            refused: 0,
        }
    }

    /// Decides the command on one line.
    pub fn line(&mut self, line: u64, bytes: &[u8]) -> Result<Result<Outcome, ImportRefusal>, Fatal> {
        let submission = Submission::read(bytes, None, &self.recorded_by);
        self.submission(line, submission)
    }

    /// Decides a command that was read elsewhere, or counts its faults as a refusal.
    pub fn submission(
        &mut self,
        line: u64,
        submission: Result<Submission, Vec<Fault>>,
    ) -> Result<Result<Outcome, ImportRefusal>, Fatal> {
        let refusal = match submission {
            Err(faults) => {
                let detail = match faults.as_slice() {
                    [only] => only.detail.clone(),
                    several => format!("The command has {} faults.", several.len()),
                };
                ImportRefusal {
                    line,
                    code: Code::InvalidInput,
                    detail,
                    faults,
                }
            }
            Ok(submission) => match self.writer.execute(&submission) {
                Ok(outcome) => {
                    self.commands += 1;
                    if !outcome.repeated {
                        self.events += outcome.events.len() as u64;
                    }
                    return Ok(Ok(outcome));
                }
                Err(Rejection::Fatal(fatal)) => return Err(fatal),
                Err(Rejection::Refused(refusal)) => ImportRefusal {
                    line,
                    code: refusal.code,
                    detail: refusal.detail,
                    faults: Vec::new(),
                },
            },
        };
        self.refused += 1;
        Ok(Err(refusal))
    }

    /// Keeps everything when nothing was refused or `keep_going` is set; else takes everything back. The caller
    /// commits the group.
    pub fn finish(mut self, keep_going: bool) -> Result<ImportOutcome, Fatal> {
        if self.refused > 0 && !keep_going {
            self.writer.roll_back_transaction()?;
            (self.commands, self.events) = (0, 0);
        } else {
            self.writer.keep_transaction();
        }
        Ok(ImportOutcome {
            commands: self.commands,
            events: self.events,
            refused: self.refused,
            log_position: self.writer.log().mark().size,
        })
    }
}
