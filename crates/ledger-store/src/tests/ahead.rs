//! One group is synced while the next is staged: nobody is told too early, and a fault at any operation loses nothing
//! that was told.

use std::{
    path::Path,
    sync::{
        Arc,
        atomic::{AtomicU64, Ordering},
        mpsc,
    },
};

use ledger_contract::event::{EntryKind, Event};

use super::{
    damage::{LATER, findings, segments},
    open, small,
};
use crate::{
    EventLog, EventReader, Fatal, Options, TapeLog,
    conformance::NOON,
    faults::{Fault, FaultyDisk},
    samples::{expenditure, programme},
};

/// Stages a group of expenditures, each with its key.
fn stage(log: &mut TapeLog, numbers: std::ops::Range<u64>) -> Result<Vec<Event>, Fatal> {
    log.begin(NOON)?;
    let mut events = Vec::new();
    for number in numbers {
        let mut command = expenditure(&programme("p"), number);
        command.idempotency_key = Some(format!("key-{number}"));
        let staged = log.stage(command).map_err(|error| match error {
            crate::AppendError::Fatal(fatal) => fatal,
            refused => panic!("{refused}"),
        })?;
        events.extend(staged.into_iter().map(|(event, _)| event));
    }
    Ok(events)
}

#[test]
fn the_writer_stands_on_a_group_that_readers_do_not_see_yet() {
    let directory = tempfile::tempdir().unwrap();
    let (mut log, _, _) = open(directory.path(), &small(), NOON).unwrap();
    let reader = log.reader();
    let first = stage(&mut log, 0..5).unwrap();
    assert_eq!(log.commit_ahead(|| ()).unwrap().size, 1);
    let stamp = first[0].recorded_at;
    for opened in [false, true] {
        if opened {
            assert!(log.begin(NOON).unwrap() > stamp);
        }
        assert_eq!((reader.head().size, log.mark().size), (1, 6));
        assert_eq!(log.version(&programme("p")), 5);
        for (number, event) in first.iter().enumerate() {
            assert_eq!(
                log.key_events(&format!("key-{number}")).unwrap(),
                std::slice::from_ref(event)
            );
            for (kind, id) in event.data.entry_keys() {
                assert_eq!(kind, EntryKind::Expenditure);
                assert!(log.entry_events(&event.stream, kind, id).unwrap().contains(event));
            }
            let details = log.details(event).unwrap();
            assert_eq!(details.is_some(), event.details_hash.is_some());
        }
        // What is on its way is not taken back.
        assert!(log.rollback(crate::Mark { size: 5 }).is_err());
    }
    let second = stage(&mut log, 5..8).unwrap();
    assert_eq!(second[0].version, 6);
    assert_eq!(log.commit_ahead(|| ()).unwrap().size, 6);
    assert_eq!(reader.head().size, 6);
    assert_eq!(log.commit().unwrap().size, 9);
    // Closing waits too.
    stage(&mut log, 8..9).unwrap();
    log.commit_ahead(|| ()).unwrap();
    drop(log);
    let (_, _, events) = open(directory.path(), &small(), LATER).unwrap();
    assert_eq!(events[1..9], [first, second].concat());
    assert_eq!(events.len(), 10);
}

#[test]
fn whoever_is_called_finds_the_group_durable() {
    let directory = tempfile::tempdir().unwrap();
    let (mut log, _, _) = open(directory.path(), &small(), NOON).unwrap();
    let (call, called) = mpsc::channel();
    stage(&mut log, 0..5).unwrap();
    log.commit_ahead(move || call.send(()).unwrap()).unwrap();
    called.recv().unwrap();
    // A copy of the directory is what a crash would leave here.
    let copy = tempfile::tempdir().unwrap();
    let tape = copy.path().join("tape");
    std::fs::create_dir(&tape).unwrap();
    for segment in std::fs::read_dir(directory.path().join("tape")).unwrap() {
        let segment = segment.unwrap();
        std::fs::copy(segment.path(), tape.join(segment.file_name())).unwrap();
    }
    let (_, _, events) = open(copy.path(), &small(), LATER).unwrap();
    assert_eq!(events.len(), 6);
}

/// What was told to be durable, and the groups that nobody was told of.
#[derive(Default)]
struct Known {
    told: Vec<Event>,
    in_doubt: Vec<Vec<Event>>,
    /// How many groups were to be followed by a call, and how many calls there were.
    promised: u64,
    called: Arc<AtomicU64>,
}

impl Known {
    fn durable(&mut self, size: u64) {
        while (self.told.len() as u64) < size {
            self.told.append(&mut self.in_doubt.remove(0));
        }
    }
}

fn work(directory: &Path, options: &Options, known: &mut Known) -> Result<(), Fatal> {
    let mut log = open(directory, options, NOON)?.0;
    log.reader().read(0, u64::MAX, &mut |event| {
        known.told.push(event);
        true
    })?;
    for (group, size) in (0..).zip([1, 3, 60, 1, 2, 50, 1]) {
        let staged = stage(&mut log, group * 100..group * 100 + size)?;
        known.in_doubt.push(staged);
        let called = Arc::clone(&known.called);
        let head = log.commit_ahead(move || _ = called.fetch_add(1, Ordering::Relaxed))?;
        known.promised += u64::from(head.size < log.mark().size);
        known.durable(head.size);
        assert!(known.in_doubt.len() <= 2);
    }
    let head = log.commit()?;
    known.durable(head.size);
    Ok(())
}

fn meets(fault: Fault) {
    let whole = FaultyDisk::new(None);
    let on = |disk: &FaultyDisk| Options {
        disk: Arc::new(disk.clone()),
        ..small()
    };
    let directory = tempfile::tempdir().unwrap();
    let mut known = Known::default();
    work(directory.path(), &on(&whole), &mut known).unwrap();
    assert!(known.in_doubt.is_empty());
    for number in 0..whole.operations() {
        let what = format!("operation {number}, {fault:?}");
        let directory = tempfile::tempdir().unwrap();
        let mut known = Known::default();
        let disk = FaultyDisk::new(Some((number, fault)));
        let failed = work(directory.path(), &on(&disk), &mut known);
        assert!(matches!(failed, Err(Fatal::Io { .. })), "{what}: {failed:?}");
        // The log is closed: whoever waits for a call waits for ever if it has not come.
        assert!(known.called.load(Ordering::Relaxed) >= known.promised, "{what}");
        let (log, _, events) =
            open(directory.path(), &small(), LATER).unwrap_or_else(|error| panic!("{what}: {error}"));
        drop(log);
        assert_eq!(findings(directory.path()), Vec::<String>::new(), "{what}");
        if known.told.is_empty() {
            assert_eq!(events.len(), 1, "{what}");
            continue;
        }
        let mut possible = known.told.clone();
        let mut is_possible = events == possible;
        for group in known.in_doubt {
            possible.extend(group);
            is_possible |= events == possible;
        }
        assert!(is_possible, "{what}: {} events", events.len());
    }
}

macro_rules! faults {
    ($($name:ident $fault:expr;)*) => {$(
        #[test]
        fn $name() {
            meets($fault);
        }
    )*};
}

faults! {
    an_error Fault::Error;
    a_short_write Fault::ShortWrite;
    done_but_told_as_failed Fault::DoneButFailed;
    a_crash Fault::Crash;
    a_power_cut Fault::PowerCut(1);
    another_power_cut Fault::PowerCut(2);
}

/// Every operation fails once, and the log goes on being used as `work` does.
fn failing(fault: Fault, mut work: impl FnMut(&mut TapeLog, &Path)) {
    for number in 0..60 {
        let directory = tempfile::tempdir().unwrap();
        let options = Options {
            disk: Arc::new(FaultyDisk::new(Some((number, fault)))),
            // Nothing is synced beside the writing, so that every operation has its number.
            early_sync_bytes: u64::MAX,
            ..small()
        };
        if let Ok((mut log, _, _)) = open(directory.path(), &options, NOON) {
            work(&mut log, directory.path());
        }
    }
}

#[test]
fn after_a_look_that_failed_nothing_is_written() {
    for fault in [Fault::Full, Fault::DoneButFailed] {
        let mut met = 0;
        failing(fault, |log, _| {
            let Ok(staged) = stage(log, 0..30) else { return };
            let event = staged.iter().find(|event| event.details_hash.is_some()).unwrap();
            // A look writes out what was staged; it cannot poison the log.
            let Err(why) = log.details(event) else { return };
            met += 1;
            assert_eq!(log.commit_ahead(|| ()).unwrap_err().to_string(), why.to_string());
            assert!(log.commit().is_err());
            assert!(stage(log, 30..31).is_err());
            assert_eq!(log.reader().head().size, 1);
        });
        assert!(met > 0, "{fault:?}");
    }
}

#[test]
fn what_became_durable_is_shown_though_the_group_behind_it_failed() {
    let (mut shown, mut not_shown) = (0, 0);
    failing(Fault::Full, |log, directory| {
        let ahead = stage(log, 0..3).and_then(|_| log.commit_ahead(|| ()));
        if ahead.is_err() {
            return;
        }
        let _ = stage(log, 3..40);
        if log.commit().is_ok() {
            return;
        }
        let tape: Vec<u8> = segments(directory)
            .into_iter()
            .flat_map(|segment| std::fs::read(segment).unwrap())
            .collect();
        let lines = tape.split(|byte| *byte == b'\n');
        let is_written = lines.filter(|line| line.starts_with(b"commit ")).count() > 1;
        if is_written {
            let is_shown = log.reader().head().size == 4;
            shown += u64::from(is_shown);
            not_shown += u64::from(!is_shown);
        }
    });
    // Once it is the group's own sync that fails.
    assert!(shown > 0);
    assert_eq!(not_shown, 1);
}
