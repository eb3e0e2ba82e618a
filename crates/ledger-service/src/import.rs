//! Many commands as one: all or nothing, or the good ones only.

use std::{
    io, panic,
    sync::mpsc::{SyncSender, sync_channel},
    thread,
};

use ledger_contract::command::Fault;
use ledger_domain::Code;
use ledger_store::{EventLog, Fatal, Salts};

use crate::{
    queries::Queries,
    submission::Submission,
    writer::{Outcome, Rejection, Writer},
};

/// How many commands go from the thread that reads to the one that decides at once.
const READ_COMMANDS: usize = 512;
/// How many times as many wait at most: few enough that they are still in the cache when they are decided.
const READ_WAITING_MAX: usize = 3;

/// One line of an input: a command's JSON, or why it is none.
pub type Entry<'a> = Result<&'a [u8], Vec<Fault>>;

/// What an input shows its lines to, with their numbers; it wants no more once it returns false.
pub type Visit<'v> = dyn FnMut(u64, Entry<'_>) -> bool + 'v;

/// Why an import was given up. Nothing of it is kept.
#[derive(Debug, thiserror::Error)]
pub enum ImportError {
    /// The log cannot go on.
    #[error(transparent)]
    Fatal(#[from] Fatal),
    /// The input broke off, so it is no whole.
    #[error("the input cannot be read on: {0}")]
    Unreadable(#[from] io::Error),
}

/// Imports all lines of an input as one, or the good ones with `keep_going`, in the writer's open group, which the
/// caller commits. `refused` sees every refusal in the order of the lines; a later line is judged as if the refused
/// ones were absent.
///
/// `input` runs on a thread of its own: one core reads commands, checks their form and seals their details, the other
/// decides and appends.
pub fn import<L: EventLog>(
    writer: &mut Writer<L>,
    recorded_by: &str,
    keep_going: bool,
    input: impl FnOnce(&mut Visit<'_>) -> io::Result<()> + Send,
    refused: &mut dyn FnMut(ImportRefusal),
) -> Result<ImportOutcome, ImportError> {
    let salts = writer.log().salts();
    let mut import = Import::start(writer);
    let read = thread::scope(|scope| {
        let (submissions, waiting) = sync_channel(READ_WAITING_MAX);
        let reader = scope.spawn(move || read(input, recorded_by, &salts, &submissions));
        for (line, submission) in waiting.into_iter().flatten() {
            if let Err(refusal) = import.submission(line, submission)? {
                refused(refusal);
            }
        }
        let read = reader
            .join()
            .unwrap_or_else(|reason| panic::resume_unwind(reason));
        Ok::<_, Fatal>(read)
    })?;
    match read {
        Ok(()) => Ok(import.finish(keep_going)?),
        Err(error) => {
            import.abandon()?;
            Err(error.into())
        }
    }
}

/// Makes what was imported durable, and then brings the figures up to it and keeps what the next opening needs, each on a
/// core of its own.
pub fn commit_import<L: EventLog>(writer: &mut Writer<L>, queries: &Queries<L::Reader>) -> Result<(), Fatal> {
    // A crash before this returns leaves a tail that the next opening cuts: nothing of it was told as imported.
    writer.commit()?;
    thread::scope(|scope| {
        // Where there can be no thread, closing the log does it.
        let _ = thread::Builder::new().spawn_scoped(scope, || writer.keep());
        queries.catch_up()
    })
}

/// Reads an input's commands, and seals their details. It ends early when nobody takes them any more, which means a
/// failure there.
fn read(
    input: impl FnOnce(&mut Visit<'_>) -> io::Result<()>,
    recorded_by: &str,
    salts: &Salts,
    submissions: &SyncSender<Vec<Line>>,
) -> io::Result<()> {
    let send = |mut lines: Vec<Line>| {
        let mut sealing = salts.sealing();
        for submission in lines.iter_mut().flat_map(|(_, submission)| submission) {
            submission.seal(&mut sealing);
        }
        drop(sealing);
        submissions.send(lines).is_ok()
    };
    let mut lines = Vec::with_capacity(READ_COMMANDS);
    input(&mut |line, entry| {
        let read = |bytes| Submission::read(bytes, None, recorded_by).map(Box::new);
        lines.push((line, entry.and_then(read)));
        if lines.len() < READ_COMMANDS {
            return true;
        }
        send(std::mem::replace(&mut lines, Vec::with_capacity(READ_COMMANDS)))
    })?;
    // The other side may be gone; then it has told why.
    send(lines);
    Ok(())
}

/// A line's number, and its command or its faults.
pub type Line = (u64, Result<Box<Submission>, Vec<Fault>>);

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
    commands: u64,
    events: u64,
    refused: u64,
}

impl<'a, L: EventLog> Import<'a, L> {
    /// Starts an import in the writer's open group.
    pub fn start(writer: &'a mut Writer<L>) -> Self {
        writer.begin_transaction();
        Self {
            writer,
            commands: 0,
            events: 0,
            refused: 0,
        }
    }

    /// Decides the command of a line, or counts its faults as a refusal.
    pub fn submission(
        &mut self,
        line: u64,
        submission: Result<Box<Submission>, Vec<Fault>>,
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
            Ok(submission) => match self.writer.execute(submission) {
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

    /// Takes everything back.
    fn abandon(self) -> Result<(), Fatal> {
        self.writer.roll_back_transaction()
    }
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;

    use ledger_contract::value::Instant;
    use ledger_store::MemoryLog;

    use super::*;
    use crate::{SystemClock, over};

    const NOON: Instant = Instant(1_640_995_200_000_000);

    fn writer() -> Writer<MemoryLog> {
        let log = MemoryLog::new("test.example/ledger", NOON).expect("a log in memory opens");
        let (mut writer, _) = over(log, Arc::new(SystemClock)).expect("it is folded");
        writer.begin(NOON).expect("a group opens");
        writer
    }

    /// A programme with room for 400 of the expenditures that follow. Every fiftieth line is no command, every
    /// seventieth an entry that exists.
    fn lines() -> Vec<String> {
        let decision = r#"{"reference":"R","by":"council","decidedOn":"2021-01-01"}"#;
        let mut lines = vec![
            format!(
                r#"{{"type":"establishProgramme","programme":"p","title":"P","municipality":"GM0505","startsOn":"2021-01-01","endsOn":"2022-12-31","authorised":"400.00","decision":{decision},"bookingDate":"2021-01-01"}}"#
            ),
            r#"{"type":"openProject","programme":"p","project":"a","title":"A","bookingDate":"2021-01-01"}"#
                .to_owned(),
            format!(
                r#"{{"type":"allocateBudget","programme":"p","project":"a","amount":"400.00","decision":{decision},"bookingDate":"2021-01-01"}}"#
            ),
        ];
        lines.extend((0..700).map(|number| match number {
            _ if number % 50 == 49 => r#"{"type":"postExpenditure"}"#.to_owned(),
            _ => format!(
                r#"{{"type":"postExpenditure","programme":"p","project":"a","expenditure":"e-{}","amount":"1.00","description":"{number}","bookingDate":"2021-05-01"}}"#,
                if number % 70 == 69 { 0 } else { number },
            ),
        }));
        lines
    }

    fn visit_all(lines: &[String], visit: &mut Visit<'_>) {
        for (number, line) in (1..).zip(lines) {
            if !visit(number, Ok(line.as_bytes())) {
                break;
            }
        }
    }

    #[test]
    fn an_import_is_its_commands_one_after_the_other() {
        let lines = lines();
        let mut alone = writer();
        let mut expected = Vec::new();
        for (number, line) in (1..).zip(&lines) {
            let code = match Submission::read(line.as_bytes(), None, "test") {
                Err(_) => Some(Code::InvalidInput),
                Ok(mut submission) => {
                    // What is refused draws a salt too.
                    submission.seal(&mut alone.log().salts().sealing());
                    match alone.execute(submission) {
                        Ok(_) => None,
                        Err(Rejection::Refused(refusal)) => Some(refusal.code),
                        Err(Rejection::Fatal(fatal)) => panic!("{fatal}"),
                    }
                }
            };
            expected.extend(code.map(|code| (number, code)));
        }
        let codes = |code| expected.iter().filter(|(_, refused)| *refused == code).count();
        assert!(
            codes(Code::DuplicateEntry) > 0 && codes(Code::BudgetExceeded) > 100,
            "{expected:?}"
        );
        for keep_going in [true, false] {
            let mut together = writer();
            let mut refused = Vec::new();
            let input = |visit: &mut Visit<'_>| {
                visit_all(&lines, visit);
                Ok(())
            };
            let outcome = import(&mut together, "test", keep_going, input, &mut |refusal| {
                refused.push((refusal.line, refusal.code));
            })
            .expect("it is decided");
            assert_eq!(refused, expected, "keep going: {keep_going}");
            assert_eq!(outcome.refused, expected.len() as u64);
            let head = together.commit().expect("it commits");
            let kept = if keep_going {
                lines.len() - expected.len()
            } else {
                0
            };
            assert_eq!((outcome.commands, head.size), (kept as u64, 1 + kept as u64));
            if keep_going {
                assert_eq!(head, alone.commit().expect("it commits"));
            }
        }
    }

    #[test]
    fn an_input_that_breaks_off_leaves_nothing() {
        let mut writer = writer();
        let lines = lines();
        for end in [0, 10, 300] {
            let before = writer.log().mark();
            let input = |visit: &mut Visit<'_>| {
                visit_all(&lines[..end], visit);
                Err(io::Error::other("the cable came loose"))
            };
            let given_up = import(&mut writer, "test", true, input, &mut |_| {});
            assert!(
                matches!(given_up, Err(ImportError::Unreadable(_))),
                "{given_up:?}"
            );
            assert_eq!(writer.log().mark(), before);
        }
        let established = Submission::read(lines[0].as_bytes(), None, "test").expect("a command");
        assert!(
            writer.execute(established).is_ok(),
            "nothing of the programme is left"
        );
    }
}
