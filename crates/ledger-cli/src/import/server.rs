//! Importing over HTTP, in batches that the server takes all or nothing.

use indicatif::ProgressBar;
use serde::Deserialize;

use super::{Summary, source::Source, tell_refusal};
use crate::{
    failure::Failure,
    output,
    remote::{Refusal, Server},
};

const PATH: &str = "/v1/commands/batch";
/// What a server takes at once; see the contract.
const BATCH_COMMANDS_MAX: usize = 10_000;
const BATCH_BYTES_MAX: usize = 16 << 20;
/// Stands for a line that is not sent, and makes the server refuse the batch as that line does.
const NO_COMMAND: &[u8] = b"{}";

/// What a server says it did with a batch. A command whose idempotency key was used shows its earlier events.
#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Reply {
    log_position: u64,
    events: Vec<Position>,
}

#[derive(Deserialize)]
struct Position {
    position: u64,
}

/// How far a server is, and that it takes postings.
#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Health {
    log_position: u64,
}

/// Commands that wait to be posted together: their line numbers, and their text with a line end each.
#[derive(Default)]
struct Batch {
    lines: Vec<(u64, Vec<u8>)>,
    bytes: usize,
}

impl Batch {
    fn has_room_for(&self, command: &[u8]) -> bool {
        self.lines.len() < BATCH_COMMANDS_MAX && self.bytes + command.len() < BATCH_BYTES_MAX
    }

    fn add(&mut self, line: u64, command: &[u8]) {
        self.bytes += command.len() + 1;
        self.lines.push((line, command.to_vec()));
    }

    fn body(&self) -> Vec<u8> {
        let mut body = Vec::with_capacity(self.bytes);
        for (_, command) in &self.lines {
            body.extend_from_slice(command);
            body.push(b'\n');
        }
        body
    }
}

/// Imports everything from the source. With `keep_going` full batches are posted as they come; without, all is one
/// batch, since that is as much as a server takes or refuses as a whole.
pub(super) fn import(server: &Server, source: Source, keep_going: bool) -> Result<Summary, Failure> {
    let Health { log_position } = server.get("/v1/health/ready", &[])?;
    let summary = Summary {
        log_position,
        ..Summary::default()
    };
    let mut import = Import {
        server,
        keep_going,
        summary,
        bar: source.bar(),
    };
    let outcome = import.all(source);
    if outcome.is_err() && import.summary.commands > 0 {
        let Summary {
            commands,
            log_position,
            ..
        } = import.summary;
        output::tell(&format!(
            "{commands} commands were imported before it broke off; log position {log_position}"
        ));
    }
    outcome.map(|()| import.summary)
}

struct Import<'a> {
    server: &'a Server,
    keep_going: bool,
    summary: Summary,
    bar: ProgressBar,
}

impl Import<'_> {
    fn all(&mut self, source: Source) -> Result<(), Failure> {
        let mut batch = Batch::default();
        let mut outcome = Ok(());
        source
            .read(&mut |line, entry| {
                match entry {
                    Err(faults) => self.refused(line, "invalid-input", "", &faults),
                    Ok(command) => {
                        if !batch.has_room_for(command) {
                            outcome = self.make_room(&mut batch);
                        }
                        batch.add(line, command);
                    }
                }
                outcome.is_ok()
            })
            .map_err(Failure::machine("the input cannot be read on"))?;
        outcome?;
        // A line that cannot even be sent refuses all. The server still judges the rest: every refusal is told.
        if !self.keep_going && self.summary.refused > 0 {
            if !batch.has_room_for(NO_COMMAND) {
                return Err(too_large());
            }
            batch.add(0, NO_COMMAND);
        }
        self.post(batch)
    }

    fn make_room(&mut self, batch: &mut Batch) -> Result<(), Failure> {
        if self.keep_going {
            self.post(std::mem::take(batch))
        } else {
            Err(too_large())
        }
    }

    fn refused(&mut self, line: u64, code: &str, detail: &str, faults: &[ledger_contract::command::Fault]) {
        self.summary.refused += 1;
        tell_refusal(&self.bar, line, code, detail, faults);
    }

    /// Posts a batch. When lines of it are refused and it may go on, the others are posted without them: the server
    /// judged each line as if the refused ones before it were absent.
    fn post(&mut self, mut batch: Batch) -> Result<(), Failure> {
        while !batch.lines.is_empty() {
            let refusal = match self.server.post::<Reply>(PATH, &batch.body())? {
                Ok(reply) => {
                    // What lies before the position that was seen last is the outcome of an earlier command.
                    let seen = self.summary.log_position;
                    let new = reply.events.iter().filter(|event| event.position >= seen).count();
                    self.summary.events += new as u64;
                    self.summary.commands += batch.lines.len() as u64;
                    self.summary.log_position = reply.log_position;
                    return Ok(());
                }
                Err(refusal) => refusal,
            };
            if refusal.refusals.is_empty() {
                return Err(refusal.problem.into());
            }
            self.take_out(&mut batch, refusal);
            if !self.keep_going {
                return Ok(());
            }
        }
        Ok(())
    }

    /// Tells the refused lines by their numbers in the input, and takes them out of the batch.
    fn take_out(&mut self, batch: &mut Batch, refusal: Refusal) {
        let mut refused = refusal.refusals.into_iter().peekable();
        let lines = std::mem::take(&mut batch.lines);
        for (place, (line, command)) in (1..).zip(lines) {
            match refused.next_if(|refused| refused.line == place) {
                Some(_) if line == 0 => {}
                Some(refused) => self.refused(line, &refused.code, &refused.detail, &refused.errors),
                None => batch.lines.push((line, command)),
            }
        }
        batch.bytes = batch.lines.iter().map(|(_, command)| command.len() + 1).sum();
    }
}

fn too_large() -> Failure {
    Failure::Usage(format!(
        "a server takes at most {BATCH_COMMANDS_MAX} commands or {BATCH_BYTES_MAX} bytes as a whole; give --keep-going to \
         post in batches, or stop the server and import with --data"
    ))
}
