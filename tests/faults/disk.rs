//! Every write, sync, creation, renaming and removal of the tape fails in turn, in every way that disks fail, under a
//! service that posts, imports, and takes imports back.
//!
//! A program of its own: it opens ledgers itself, and a process that another test starts at that moment would share
//! the lock.
#![allow(
    clippy::unwrap_used,
    clippy::indexing_slicing,
    clippy::panic,
    clippy::print_stdout,
    reason = "a test stops at what it did not expect, and this one tells what it did"
)]

mod posting;
mod row;

use std::{path::Path, sync::Arc};

use ledger_contract::event::Event;
use ledger_service::{Import, Submission};
use ledger_store::{
    EventLog as _, EventReader as _, Fatal, Options, TapeLog,
    faults::{Fault, FaultyDisk},
    verify,
};
use ledger_testkit::ManualClock;
use rand_chacha::{ChaCha8Rng, rand_core::Rng as _, rand_core::SeedableRng as _};

use posting::{PLAN, expenditure};
use row::{Row, dice, share};

fn options(disk: Option<&FaultyDisk>) -> Options {
    let mut options = Options {
        segment_bytes: 12 << 10,
        fill_bytes: 4 << 10,
        chunk_bytes: 2 << 10,
        sled_cache_bytes: 1 << 20,
        salt_seed: Some([1; 32]),
        ..Options::new("test.example/ledger")
    };
    if let Some(disk) = disk {
        options.disk = Arc::new(disk.clone());
    }
    options
}

/// What a client knows.
#[derive(Default)]
struct Known {
    acknowledged: Vec<Event>,
    /// In a group whose commit was asked for and not answered.
    in_doubt: Vec<Event>,
}

/// Posts groups of commands; each group's size, and whether an import is taken back in it, follows from the seed.
fn work(directory: &Path, disk: &FaultyDisk, seed: u64, known: &mut Known) -> Result<(), Fatal> {
    let mut dice = ChaCha8Rng::seed_from_u64(seed);
    let clock = Arc::new(ManualClock::at("2022-01-01T12:00:00Z"));
    let (mut writer, queries, _) = ledger_service::open(directory, &options(Some(disk)), clock.clone())?;
    queries.reader().read(0, u64::MAX, &mut |event| {
        known.acknowledged.push(event);
        true
    })?;
    for group in 0..8 {
        clock.advance_us(1_000_000);
        writer.begin(ledger_service::Clock::now(&*clock))?;
        let mut staged = Vec::new();
        for import in 0..=dice.next_u32() % 3 {
            let refused = dice.next_u32() % 3 == 0;
            let lines = 1 + dice.next_u32() % [4, 40][dice.next_u32() as usize % 2];
            let mut events = Vec::new();
            let mut import_of = Import::start(&mut writer);
            let plan = PLAN.iter().map(|line| (*line).to_owned());
            let plan = plan.filter(|_| group == 0 && import == 0);
            let lines = (0..lines).map(|line| expenditure(&format!("e{group}-{import}-{line}"), 100));
            for (line, text) in (1..).zip(plan.chain(lines)) {
                let submission = Submission::read(text.as_bytes(), None, "test").map(Box::new);
                let outcome = import_of.submission(line, submission)?.unwrap();
                events.extend(outcome.events.into_iter().map(|(event, _)| event));
            }
            if refused && !(group == 0 && import == 0) {
                let unknown = PLAN[1].replace(r#""programme":"p""#, r#""programme":"unknown""#);
                let submission = Submission::read(unknown.as_bytes(), None, "test").map(Box::new);
                assert!(import_of.submission(1, submission)?.is_err());
                events.clear();
            }
            import_of.finish(false)?;
            staged.extend(events);
        }
        known.in_doubt = staged;
        if let Err(fatal) = writer.commit() {
            let again = writer.begin(ledger_service::Clock::now(&*clock));
            assert!(matches!(again, Err(Fatal::Poisoned(_))), "poisoned after {fatal}");
            return Err(fatal);
        }
        known.acknowledged.append(&mut known.in_doubt);
    }
    Ok(())
}

/// Opens it with a disk that works, and holds it against what is known.
fn check(directory: &Path, known: &Known, row: &mut Row, what: &str) {
    let mut events = Vec::new();
    let later = ledger_contract::value::parse_instant("2022-01-01T13:00:00Z").unwrap();
    let opened = TapeLog::open(directory, &options(None), later);
    let (log, _) = opened.unwrap_or_else(|error| panic!("{what}: {error}"));
    let read = log.reader().read(0, u64::MAX, &mut |event| {
        events.push(event);
        true
    });
    read.unwrap_or_else(|error| panic!("{what}: {error}"));
    assert_eq!(log.reader().head().size, events.len() as u64, "{what}");
    drop(log);
    let acknowledged = &known.acknowledged;
    let same = acknowledged.iter().zip(&events).filter(|(a, b)| a == b).count();
    row.cases += 1;
    row.acknowledged += acknowledged.len() as u64;
    row.lost += (acknowledged.len() - same) as u64;
    // Nothing but the opening, or all of the group in doubt, or none of it.
    if let Some(rest) = events
        .get(acknowledged.len()..)
        .filter(|_| !acknowledged.is_empty())
    {
        assert!(
            rest.is_empty() || rest == known.in_doubt,
            "{what}: {} more",
            rest.len()
        );
    }
    let verified = verify(directory, &options(None)).unwrap();
    assert_eq!(verified.findings, Vec::<String>::new(), "{what}");
    assert_eq!(verified.events, events.len() as u64, "{what}");
}

#[test]
fn every_operation_fails_in_every_way() {
    let mut dice = dice("failing operations");
    let mut row = Row::default();
    let faults = [
        Fault::Error,
        Fault::Full,
        Fault::ShortWrite,
        Fault::DoneButFailed,
        Fault::Crash,
        Fault::PowerCut(u64::from(dice.next_u32())),
        Fault::PowerCut(u64::from(dice.next_u32())),
    ];
    // One fault for each operation in the short share, going round; all of them in the long one.
    let step = usize::try_from(share(faults.len() as u64, 1)).unwrap();
    for sequence in 0..share(1, 2) {
        let seed = u64::from(dice.next_u32());
        let whole = FaultyDisk::new(None);
        let directory = tempfile::tempdir().unwrap();
        work(directory.path(), &whole, seed, &mut Known::default()).unwrap();
        println!(
            "sequence {sequence}: seed {seed}, {} operations",
            whole.operations()
        );
        for operation in 0..whole.operations() {
            let first = usize::try_from(operation).unwrap() % step;
            for fault in faults.iter().skip(first).step_by(step) {
                let what = format!("seed {seed}, operation {operation}, {fault:?}");
                let directory = tempfile::tempdir().unwrap();
                let (disk, mut known) = (FaultyDisk::new(Some((operation, *fault))), Known::default());
                let ended = work(directory.path(), &disk, seed, &mut known);
                assert!(matches!(ended, Err(Fatal::Io { .. })), "{what}: {ended:?}");
                check(directory.path(), &known, &mut row, &what);
            }
        }
    }
    row.tell("each operation on the tape, failing in 7 ways (fault store)");
}
