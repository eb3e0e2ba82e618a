//! Details that were destroyed are nowhere any more, whatever went wrong on the way, and nothing else changed.

use std::{fs, path::Path, sync::Arc};

use ledger_contract::event::Event;

use super::{
    damage::{LATER, findings},
    faults, open, small,
};
use crate::{
    EventLog, EventReader, Fatal, Options, TapeLog, Verified,
    conformance::{NOON, post},
    faults::{Fault, FaultyDisk},
    samples::{destruction, expenditure, programme},
    verify,
};

/// In the details of every event of stream `p`, and of no other: these have numbers from 1,000 on.
const DESTROYED: &str = "supplier 1";
const KEPT: &str = "supplier 2";

/// Details of two streams over several segments, and a tail set aside that holds details too.
fn ledger(directory: &Path) -> TapeLog {
    let (mut log, ..) = open(directory, &small(), NOON).unwrap();
    post(&mut log, &programme("p"), 1_000..1_020);
    post(&mut log, &programme("q"), 2_000..2_030);
    log.begin(NOON).unwrap();
    for number in 1_060..1_095 {
        log.stage(expenditure(&programme("p"), number)).unwrap();
    }
    // The process goes while a group is being written: its lines are set aside at the next opening.
    drop(log);
    let (mut log, opened, _) = open(directory, &small(), LATER).unwrap();
    assert!(opened.tail.is_some());
    post(&mut log, &programme("p"), 1_100..1_104);
    log
}

fn order(log: &mut TapeLog) {
    log.begin(LATER).unwrap();
    log.stage(destruction(&programme("p"), true)).unwrap();
    log.commit().unwrap();
}

/// How many times a text stands in the files below a directory.
pub(super) fn count(directory: &Path, text: &str) -> usize {
    let mut found = 0;
    for entry in directory.read_dir().unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() {
            found += count(&path, text);
            continue;
        }
        let bytes = fs::read(&path).unwrap();
        let windows = bytes.windows(text.len());
        found += windows.filter(|window| *window == text.as_bytes()).count();
    }
    found
}

/// All is right, and the destroyed texts are nowhere.
fn gone(directory: &Path, before: &[Event], what: &str) -> Verified {
    assert_eq!(count(directory, DESTROYED), 0, "{what}");
    assert_eq!(count(directory, KEPT), 15, "{what}");
    let verified = verify(directory, &small()).unwrap();
    assert_eq!(verified.findings, Vec::<String>::new(), "{what}");
    assert_eq!(verified.blank_details, 12, "{what}");
    let (log, _, events) = open(directory, &small(), LATER).unwrap();
    assert!(events == before, "{what}: another event");
    let details = |event: &Event| log.reader().details(event).unwrap();
    for event in &events {
        let kept = event.details_hash.is_some() && event.stream == programme("q");
        assert_eq!(details(event).is_some(), kept, "{what}: {}", event.position);
    }
    verified
}

fn all(log: &TapeLog) -> Vec<Event> {
    let mut events = Vec::new();
    log.reader()
        .read(0, u64::MAX, &mut |event| {
            events.push(event);
            true
        })
        .unwrap();
    events
}

#[test]
fn details_are_null_from_the_order_on_and_then_blank() {
    let directory = tempfile::tempdir().unwrap();
    let mut log = ledger(directory.path());
    let before = all(&log);
    let root = log.reader().head().root;
    assert!(
        count(directory.path(), DESTROYED) > 20,
        "the copies aside hold some"
    );
    // A rollback takes the order back.
    let event = &before[1];
    assert!(log.reader().details(event).unwrap().is_some());
    log.begin(LATER).unwrap();
    let mark = log.mark();
    log.stage(destruction(&programme("p"), true)).unwrap();
    log.rollback(mark).unwrap();
    assert!(log.reader().details(event).unwrap().is_some());
    // One through the day before covers nothing.
    log.stage(destruction(&programme("p"), false)).unwrap();
    log.commit().unwrap();
    assert_eq!(log.destroy_ordered().unwrap().0, 0);
    assert!(log.reader().details(event).unwrap().is_some());

    order(&mut log);
    assert_eq!(log.reader().details(event).unwrap(), None);
    assert!(
        count(&directory.path().join("tape"), DESTROYED) > 0,
        "not yet blank"
    );
    let posted = post(&mut log, &programme("p"), 3_000..3_002);
    assert!(
        log.reader().details(&posted[0]).unwrap().is_some(),
        "recorded after it"
    );
    let (destroyed, file) = log.destroy_ordered().unwrap();
    assert_eq!(destroyed, 12);
    assert_eq!(log.destroy_ordered().unwrap().0, 0, "once");
    let after = all(&log);
    assert!(after.starts_with(&before));
    assert!(log.reader().details(&posted[0]).unwrap().is_some());
    drop(log);
    assert_eq!(count(directory.path(), DESTROYED), 0);
    assert_eq!(findings(directory.path()), Vec::<String>::new());
    let orders = fs::read_to_string(file).unwrap();
    let types: Vec<bool> = orders
        .lines()
        .map(|line| line.contains("detailsDestroyed"))
        .collect();
    assert_eq!(types, [false, true, true], "{orders}");
    // The root over what was there before is what it was.
    let mut tree = ledger_proof::Tree::default();
    for event in &before {
        let mut leaf = Vec::new();
        ledger_contract::event::write_leaf(event, &mut leaf).unwrap();
        tree.push(ledger_proof::leaf_hash(&leaf));
    }
    assert_eq!(tree.root(), root);
}

#[test]
fn what_a_crash_leaves_of_a_destruction_is_finished_by_the_next_opening() {
    let template = tempfile::tempdir().unwrap();
    let mut log = ledger(template.path());
    order(&mut log);
    let events = all(&log);
    drop(log);
    let mut operations = 0;
    for (fault, numbers) in faults() {
        for number in numbers {
            let what = format!("operation {number}, {fault:?}");
            let directory = tempfile::tempdir().unwrap();
            copy(template.path(), directory.path());
            // The opening itself carries the order out: what a crash between order and blanking leaves.
            let disk = FaultyDisk::new(Some((number, fault)));
            let options = Options {
                disk: Arc::new(disk.clone()),
                ..small()
            };
            let opened = open(directory.path(), &options, LATER);
            if disk.operations() <= number {
                operations = number;
                drop(opened);
                gone(directory.path(), &events, &what);
                break;
            }
            match opened {
                // Nobody is given those details, and the next opening tries again.
                Ok((log, ..)) => {
                    assert_eq!(fault, Fault::Full, "{what}");
                    for event in events.iter().filter(|event| event.stream == programme("p")) {
                        assert_eq!(log.reader().details(event).unwrap(), None, "{what}");
                    }
                }
                Err(fatal) => assert!(matches!(fatal, Fatal::Io { .. }), "{what}: {fatal}"),
            }
            drop(open(directory.path(), &small(), LATER).unwrap());
            gone(directory.path(), &events, &what);
        }
    }
    assert!(operations > 20, "{operations} operations");
}

#[test]
fn verify_tells_of_details_that_should_not_be_there() {
    let directory = tempfile::tempdir().unwrap();
    let mut log = ledger(directory.path());
    order(&mut log);
    drop(log);
    let found = findings(directory.path());
    assert_eq!(found.len(), 1, "{found:?}");
    assert!(
        found[0].starts_with("The details of 12 events are still there"),
        "{found:?}"
    );
    let (log, opened, _) = open(directory.path(), &small(), LATER).unwrap();
    assert_eq!(opened.destroyed, 12);
    assert!(
        opened.to_string().contains("12 events, whose destruction"),
        "{opened}"
    );
    drop(log);
    assert_eq!(findings(directory.path()), Vec::<String>::new());
}

/// Copies a directory with its folders.
pub(super) fn copy(from: &Path, to: &Path) {
    fs::create_dir_all(to).unwrap();
    for entry in from.read_dir().unwrap() {
        let path = entry.unwrap().path();
        let target = to.join(path.file_name().unwrap());
        if path.is_dir() {
            copy(&path, &target);
        } else {
            fs::copy(&path, &target).unwrap();
        }
    }
}
