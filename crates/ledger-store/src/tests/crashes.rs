//! Every operation on the disk goes wrong once, in every way; then the directory is opened again.

use std::{path::Path, sync::Arc};

use ledger_contract::{event::Event, value::Instant};

use super::{open, small};
use crate::{
    EventLog, EventReader, Fatal, Options,
    conformance::NOON,
    faults::{Fault, FaultyDisk},
    samples::{corrected, expenditure, programme},
    verify,
};

const LATER: Instant = Instant(NOON.0 + 60_000_000);

fn on(disk: &FaultyDisk) -> Options {
    Options {
        disk: Arc::new(disk.clone()),
        ..small()
    }
}

/// What a client knows when the process is gone.
#[derive(Default)]
struct Known {
    /// Acknowledged.
    events: Vec<Event>,
    /// Posted in a group whose commit was asked for and not answered.
    in_doubt: Vec<Event>,
}

/// Opens, and posts: one command, a few, a group that fills segments and is taken back, one that fills them and stays.
fn work(directory: &Path, options: &Options, known: &mut Known) -> Result<(), Fatal> {
    let mut log = open(directory, options, NOON)?.0;
    log.reader()
        .read(known.events.len() as u64, u64::MAX, &mut |event| {
            known.events.push(event);
            true
        })?;
    for (group, commands) in [(0, 1), (1, 3), (2, 1), (3, 60), (4, 1), (5, 2)] {
        log.begin(NOON)?;
        let mark = log.mark();
        let mut staged = Vec::new();
        if group == 3 {
            for number in 0..90 {
                log.stage(expenditure(&programme("gone"), number))
                    .map_err(fatal)?;
            }
            log.rollback(mark)?;
        }
        for number in 0..commands {
            let command = match group {
                4 => corrected(&programme("p"), "E9000"),
                _ => expenditure(&programme("p"), group * 1_000 + number),
            };
            let recorded = log.stage(command).map_err(fatal)?;
            staged.extend(recorded.into_iter().map(|(event, _)| event));
        }
        known.in_doubt = staged;
        if let Err(fatal) = log.commit() {
            assert!(
                matches!(log.begin(NOON), Err(Fatal::Poisoned(_))),
                "poisoned after {fatal}"
            );
            return Err(fatal);
        }
        known.events.append(&mut known.in_doubt);
        log.keep();
    }
    Ok(())
}

fn fatal(error: crate::AppendError) -> Fatal {
    match error {
        crate::AppendError::Fatal(fatal) => fatal,
        refused => panic!("{refused}"),
    }
}

/// What is there after a fault is everything acknowledged, and of the group in doubt all or nothing.
fn check(directory: &Path, known: &Known, what: &str) {
    let (log, _, events) = open(directory, &small(), LATER).unwrap_or_else(|error| panic!("{what}: {error}"));
    let acknowledged = known.events.len();
    if known.events.is_empty() {
        // Not even the opening was acknowledged; the log is as good as new.
        assert_eq!(events.len(), 1, "{what}");
    } else {
        assert!(
            events.len() >= acknowledged,
            "{what}: {} of {acknowledged} events",
            events.len()
        );
        assert_eq!(events[..acknowledged], known.events, "{what}");
        let rest = &events[acknowledged..];
        assert!(
            rest.is_empty() || *rest == known.in_doubt,
            "{what}: {} events more",
            rest.len()
        );
    }
    drop(log);
    let verified = verify(directory, &small()).unwrap();
    assert_eq!(verified.findings, Vec::<String>::new(), "{what}");
    assert_eq!(
        (verified.events, verified.tail_bytes),
        (events.len() as u64, 0),
        "{what}"
    );
}

/// One test for each way to fail, over all operations.
macro_rules! faults {
    ($($name:ident $fault:expr;)*) => {$(
        mod $name {
            use super::*;

            #[test]
            fn while_posting() {
                posting_meets($fault);
            }

            #[test]
            fn while_opening_after_a_crash() {
                opening_meets($fault);
            }
        }
    )*};
}

faults! {
    an_error Fault::Error;
    a_full_disk Fault::Full;
    a_short_write Fault::ShortWrite;
    done_but_told_as_failed Fault::DoneButFailed;
    a_crash Fault::Crash;
    a_power_cut Fault::PowerCut(1);
    another_power_cut Fault::PowerCut(2);
}

fn posting_meets(fault: Fault) {
    let whole = FaultyDisk::new(None);
    let directory = tempfile::tempdir().unwrap();
    work(directory.path(), &on(&whole), &mut Known::default()).unwrap();
    assert!(whole.operations() > 40, "{} operations", whole.operations());
    for number in 0..whole.operations() {
        let what = format!("operation {number}, {fault:?}");
        let directory = tempfile::tempdir().unwrap();
        let mut known = Known::default();
        let disk = FaultyDisk::new(Some((number, fault)));
        match work(directory.path(), &on(&disk), &mut known) {
            Ok(()) => panic!("{what}: nothing failed"),
            Err(Fatal::Io { disk_full, .. }) => assert_eq!(disk_full, fault == Fault::Full, "{what}"),
            Err(other) => panic!("{what}: {other}"),
        }
        check(directory.path(), &known, &what);
    }
}

/// A directory whose process died at an operation.
fn crashed(operation: u64, known: &mut Known) -> tempfile::TempDir {
    let directory = tempfile::tempdir().unwrap();
    let disk = FaultyDisk::new(Some((operation, Fault::Crash)));
    let _ = work(directory.path(), &on(&disk), known);
    directory
}

/// An operation in the large group, a crash at which leaves a tail over several segments.
fn in_the_large_group() -> u64 {
    let leaves_a_long_tail = |operation: &u64| {
        let directory = crashed(*operation, &mut Known::default());
        let opened = open(directory.path(), &small(), LATER).map(|(_, opened, _)| opened);
        let tail = opened.ok().and_then(|opened| opened.tail);
        tail.is_some_and(|tail| tail.bytes > small().segment_bytes)
    };
    (0..1_000)
        .find(leaves_a_long_tail)
        .expect("there is a large group")
}

fn opening_meets(fault: Fault) {
    let whole = FaultyDisk::new(None);
    let in_the_large_group = in_the_large_group();
    let directory = crashed(in_the_large_group, &mut Known::default());
    let (log, ..) = open(directory.path(), &on(&whole), LATER).unwrap();
    drop(log);
    for number in 0..whole.operations() {
        let what = format!("operation {number} of opening, {fault:?}");
        let mut known = Known::default();
        let directory = crashed(in_the_large_group, &mut known);
        let disk = FaultyDisk::new(Some((number, fault)));
        let opened = open(directory.path(), &on(&disk), LATER);
        if let Ok((_, opened, _)) = &opened {
            // On a full disk what is durable can still be read.
            assert!(
                fault == Fault::Full && opened.read_only.is_some(),
                "{what}: {opened:?}"
            );
        }
        drop(opened);
        check(directory.path(), &known, &what);
    }
}
