//! Tests of the log as a whole; those of one part stand beside it.

mod ahead;
mod backup;
mod crashes;
mod cut;
mod damage;
mod destroy;
mod facts;
mod golden;
mod lagging;
mod logs;
mod older;
mod reading;
mod reopen;
mod repair;
mod restore;
mod snapshots;
mod tape_damage;

use std::path::Path;

use ledger_contract::{event::Event, value::Instant};

use crate::{EventLog, EventReader, Fatal, Opened, Options, TapeLog, faults::Fault};

/// Small everything, so that a few hundred events meet every edge.
fn small() -> Options {
    Options {
        segment_bytes: 24 << 10,
        fill_bytes: 4 << 10,
        chunk_bytes: 3 << 10,
        early_sync_bytes: 10 << 10,
        index_events: 48,
        sled_cache_bytes: 1 << 20,
        salt_seed: Some([1; 32]),
        ..Options::new("test.example/ledger")
    }
}

/// Ways in which an operation of the disk fails, each with the numbers of the operations to try it on: every operation
/// fails in one way, the ways taking turns, or with `FAULTS_LONG` in all of them.
fn faults() -> impl Iterator<Item = (Fault, impl Iterator<Item = u64>)> {
    let ways = [
        Fault::Full,
        Fault::ShortWrite,
        Fault::DoneButFailed,
        Fault::Crash,
        Fault::PowerCut(1),
    ];
    let long = std::env::var_os("FAULTS_LONG").is_some();
    (0..).zip(ways).map(move |(turn, fault)| {
        let (first, step) = if long { (0, 1) } else { (turn, ways.len()) };
        (fault, (first..).step_by(step))
    })
}

/// The sled of a ledger that was dropped: a thread of sled lets go of its lock a moment after that.
fn sled_of(directory: &Path) -> sled::Db {
    loop {
        match sled::open(directory.join("sled")) {
            Err(error) if error.to_string().contains("could not acquire lock") => std::thread::yield_now(),
            opened => return opened.unwrap(),
        }
    }
}

/// Opens, and reads everything.
fn open(directory: &Path, options: &Options, now: Instant) -> Result<(TapeLog, Opened, Vec<Event>), Fatal> {
    let mut events = Vec::new();
    let (log, opened) = TapeLog::open(directory, options, now)?;
    log.reader().read(0, u64::MAX, &mut |event| {
        events.push(event);
        true
    })?;
    Ok((log, opened, events))
}
