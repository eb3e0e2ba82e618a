//! Groups that are staged, partly taken back, and committed or not: blocks of them are in sled before they are durable,
//! and nothing that was taken back, or never became durable, may ever be read.

use std::{fs::OpenOptions, os::unix::fs::FileExt as _, path::Path};

use ledger_contract::event::{Event, write_leaf};
use ledger_proof::{Hash, Tree, leaf_hash};
use proptest::prelude::*;

use super::{
    damage::{LATER, findings, segments},
    open, small,
};
use crate::{
    EventLog, EventReader, Fatal, Mark, TapeLog, Told,
    conformance::NOON,
    samples::{expenditure, programme},
    tile_roots::TILE_EVENTS,
};

/// What is done to a log.
#[derive(Clone, Debug)]
enum Step {
    Stage(u64),
    /// To so many thousandths of what is staged.
    Cut(u64),
    /// To so many events.
    CutTo(usize),
    Commit,
    CommitAhead,
    /// The log is closed with what is staged, and opened again.
    Close,
}

fn steps() -> impl Strategy<Value = Vec<Step>> {
    let step = prop_oneof![
        4 => (1..400_u64).prop_map(Step::Stage),
        2 => (0..=1_000_u64).prop_map(Step::Cut),
        1 => Just(Step::Commit),
        2 => Just(Step::CommitAhead),
        1 => Just(Step::Close),
    ];
    proptest::collection::vec(step, 1..14)
}

fn read(log: &TapeLog) -> Vec<Event> {
    let mut events = Vec::new();
    let reader = log.reader();
    reader
        .read(0, u64::MAX, &mut |event| {
            events.push(event);
            true
        })
        .unwrap();
    let mut told = 0;
    reader
        .read_facts(
            0,
            u64::MAX,
            &mut [&mut |position, what| {
                assert_eq!(position, told);
                if let Told::Event(event) = what {
                    assert_eq!(Some(event), events.get(usize::try_from(position).unwrap()));
                }
                told += 1;
            }],
        )
        .unwrap();
    assert_eq!(told, events.len() as u64);
    assert_eq!(
        log.tile_roots().known(0, told / TILE_EVENTS),
        tile_roots(&events),
        "whole or not at all, and of these events"
    );
    events
}

/// The roots of the full tiles over these events.
fn tile_roots(events: &[Event]) -> Vec<Hash> {
    let mut tree = Tree::default();
    let leaves = events.iter().map(|event| {
        let mut leaf = Vec::new();
        write_leaf(event, &mut leaf).unwrap();
        leaf_hash(&leaf)
    });
    leaves.filter_map(|leaf| tree.push(leaf)).collect()
}

fn follow(directory: &Path, steps: Vec<Step>) {
    let options = small();
    let (mut log, _, mut durable) = open(directory, &options, NOON).unwrap();
    let stream = programme("p");
    let (mut ahead, mut staged, mut number): (Vec<Event>, Vec<Event>, u64) = (Vec::new(), Vec::new(), 0);
    for step in steps {
        match step {
            Step::Stage(count) => {
                log.begin(NOON).unwrap();
                for _ in 0..count {
                    number += 1;
                    let events = log.stage(expenditure(&stream, number)).unwrap();
                    staged.extend(events.into_iter().map(|(event, _)| event));
                }
            }
            Step::Cut(_) | Step::CutTo(_) => {
                let kept = match step {
                    Step::CutTo(kept) => kept,
                    Step::Cut(part) => staged.len() * usize::try_from(part).unwrap() / 1_000,
                    _ => staged.len(),
                };
                let gone = staged.split_off(kept);
                let size = (durable.len() + ahead.len() + kept) as u64;
                log.rollback(Mark { size }).unwrap();
                for event in gone.iter().chain(&staged) {
                    for (kind, id) in event.data.entry_keys() {
                        let found = log.entry_events(&stream, kind, id).unwrap();
                        assert_eq!(
                            found.contains(event),
                            staged.contains(event),
                            "{}",
                            event.position
                        );
                    }
                }
            }
            Step::Commit | Step::CommitAhead => {
                durable.append(&mut ahead);
                let told = if matches!(step, Step::Commit) {
                    durable.append(&mut staged);
                    log.commit()
                } else {
                    ahead.append(&mut staged);
                    log.commit_ahead(|| ())
                };
                // A commit that is due an index is waited for.
                if told.unwrap().size > durable.len() as u64 {
                    durable.append(&mut ahead);
                }
                assert_eq!(read(&log), durable);
            }
            Step::Close => {
                durable.append(&mut ahead);
                staged.clear();
                drop(log);
                let opened = open(directory, &options, LATER).unwrap();
                (log, _, durable) = (opened.0, opened.1, {
                    assert_eq!(opened.2, durable);
                    opened.2
                });
            }
        }
    }
    drop(log);
    assert_eq!(findings(directory), Vec::<String>::new());
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 24, ..ProptestConfig::default() })]

    #[test]
    fn what_was_taken_back_is_never_read(steps in steps()) {
        let directory = tempfile::tempdir().unwrap();
        follow(directory.path(), steps);
    }
}

#[test]
fn a_long_group_is_taken_back_to_anywhere() {
    for part in [0, 1, 500, 999, 1_000] {
        let directory = tempfile::tempdir().unwrap();
        let steps = [
            Step::Stage(7),
            Step::CommitAhead,
            Step::Stage(900),
            Step::Cut(part),
            Step::Stage(300),
            Step::Commit,
            Step::Stage(200),
            Step::Close,
            Step::Stage(100),
            Step::Commit,
        ];
        follow(directory.path(), steps.to_vec());
    }
}

#[test]
fn a_group_of_several_runs_is_taken_back_to_the_edges_of_each() {
    for kept in [0, 1, 1_023, 1_024, 1_025, 2_048, 2_099] {
        let directory = tempfile::tempdir().unwrap();
        let steps = [
            Step::Stage(7),
            Step::CommitAhead,
            Step::Stage(2_100),
            Step::CutTo(kept),
            Step::Stage(30),
            Step::Commit,
            Step::Close,
        ];
        follow(directory.path(), steps.to_vec());
    }
}

#[test]
fn a_rollback_does_not_believe_lines_that_changed_on_the_tape() {
    let directory = tempfile::tempdir().unwrap();
    let (mut log, _, before) = open(directory.path(), &small(), NOON).unwrap();
    log.begin(NOON).unwrap();
    for number in 0..300 {
        log.stage(expenditure(&programme("p"), number)).unwrap();
    }
    let written = segments(directory.path());
    // All of it is of the open group, and so much is written behind it that it is on the disk.
    let segment = OpenOptions::new().write(true).open(&written[1]).unwrap();
    // Another year of the booking date: a leaf all the same.
    segment.write_all_at(b"1987", 34).unwrap();
    let cut = log.rollback(Mark { size: 200 });
    assert!(matches!(cut, Err(Fatal::Damaged { .. })), "{cut:?}");
    assert!(matches!(log.begin(NOON), Err(Fatal::Poisoned(_))));
    drop(log);
    let (log, opened, _) = open(directory.path(), &small(), LATER).unwrap();
    assert!(opened.tail.is_some(), "nothing of it was acknowledged");
    assert_eq!(read(&log), before);
}
