//! Importing into a directory. One thread reads and parses, this one decides and appends.

use std::{
    path::Path,
    sync::mpsc::{SyncSender, sync_channel},
    thread,
};

use ledger_contract::command::Fault;
use ledger_service::{Clock as _, Import, Submission, SystemClock};

use super::{RECORDED_BY, Summary, source::Source, tell_refusal};
use crate::{failure::Failure, local, settings::Settings};

/// How many commands go from one thread to the other at once.
const CHUNK_COMMANDS: usize = 256;
/// How many chunks wait at most, which bounds the memory of what is parsed and not yet decided.
const CHUNKS_WAITING_MAX: usize = 16;

type Parsed = (u64, Result<Submission, Vec<Fault>>);

/// Imports everything from the source.
pub(super) fn import(
    directory: &Path,
    settings: &Settings,
    source: Source,
    keep_going: bool,
) -> Result<Summary, Failure> {
    let mut ledger = local::open(directory, settings)?;
    ledger.writer.begin(SystemClock.now())?;
    let mut import = Import::start(&mut ledger.writer, RECORDED_BY);
    let bar = source.bar();
    thread::scope(|scope| -> Result<(), Failure> {
        let (chunks, parsed) = sync_channel(CHUNKS_WAITING_MAX);
        let reader = scope.spawn(move || parse(source, &chunks));
        for chunk in parsed {
            for (line, submission) in chunk {
                if let Err(refusal) = import.submission(line, submission)? {
                    tell_refusal(
                        &bar,
                        line,
                        refusal.code.as_str(),
                        &refusal.detail,
                        &refusal.faults,
                    );
                }
            }
        }
        // An input that breaks off is no whole: nothing of it is kept.
        reader
            .join()
            .map_err(|_| Failure::Fault)?
            .map_err(Failure::machine("the input cannot be read on"))
    })?;
    let outcome = import.finish(keep_going)?;
    // A crash before this returns leaves a tail that the next opening cuts: nothing of it was told as imported.
    ledger.writer.commit()?;
    Ok(Summary {
        commands: outcome.commands,
        events: outcome.events,
        refused: outcome.refused,
        log_position: outcome.log_position,
    })
}

/// Parses the source's lines in chunks. It ends early when nobody takes them any more, which means a failure there.
fn parse(source: Source, chunks: &SyncSender<Vec<Parsed>>) -> std::io::Result<()> {
    let mut chunk = Vec::with_capacity(CHUNK_COMMANDS);
    source.read(&mut |line, entry| {
        chunk.push((
            line,
            entry.and_then(|bytes| Submission::read(bytes, None, RECORDED_BY)),
        ));
        if chunk.len() < CHUNK_COMMANDS {
            return true;
        }
        chunks
            .send(std::mem::replace(&mut chunk, Vec::with_capacity(CHUNK_COMMANDS)))
            .is_ok()
    })?;
    // The other side may be gone; then it has told why.
    let _ = chunks.send(chunk);
    Ok(())
}
