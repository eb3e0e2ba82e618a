//! sled lags behind the tape: readers see what was acknowledged all the same, and so does the next opening.

use std::{path::Path, sync::Arc};

use ledger_contract::event::Event;

use super::{
    damage::{LATER, findings},
    destroy::copy,
    open, sled_of, small,
};
use crate::{
    EventLog, EventReader, Options, TapeLog,
    conformance::{NOON, post},
    samples::programme,
    shared::writing,
};

fn read(log: &TapeLog, from: u64) -> Vec<Event> {
    let mut events = Vec::new();
    let reader = log.reader();
    let read = reader.read(from, u64::MAX, &mut |event| {
        events.push(event);
        true
    });
    read.unwrap();
    events
}

/// How many facts are told.
fn facts(log: &TapeLog) -> usize {
    let (reader, mut count) = (log.reader(), 0);
    let read = reader.read_facts(0, u64::MAX, &mut [&mut |_, _| count += 1]);
    read.unwrap();
    count
}

/// Groups of all sizes: of one block, of many, and of a part of one.
fn grow(log: &mut TapeLog, from: u64) {
    for (group, size) in (from..).zip([1, 1, 120, 1, 30, 5, 1, 200, 2, 60, 1]) {
        post(log, &programme("p"), group * 1_000..group * 1_000 + size);
    }
}

/// Block by block as it was before sled had it: without its key, or with its key and no value.
fn readers_see_all(take_out: impl Fn(&sled::Tree, &[u8])) {
    let directory = tempfile::tempdir().unwrap();
    let (mut log, _, _) = open(directory.path(), &small(), NOON).unwrap();
    grow(&mut log, 0);
    let all = read(&log, 0);
    log.catch_up();
    let blocks = log.shared.blocks().unwrap();
    let in_sled: Vec<_> = blocks.blocks_from(0).map(Result::unwrap).collect();
    assert!(in_sled.len() > 8);
    for (first, records) in in_sled.into_iter().rev() {
        take_out(&blocks.events, &first.to_be_bytes());
        writing(&log.shared.waiting).push_front((first, Arc::new(records)));
        for from in [0, first.saturating_sub(1), first, first + 1] {
            assert_eq!(
                read(&log, from),
                all[usize::try_from(from).unwrap()..],
                "from {from}"
            );
        }
        let reader = log.reader();
        let mut positions = Vec::new();
        let read = reader.read_stream(&programme("p"), 0, u64::MAX, &mut |event| {
            positions.push(event.position);
            true
        });
        read.unwrap();
        assert_eq!(positions.len(), all.len() - 1);
        assert!(!log.is_sled_stale(), "sled was asked for {first}");
    }
}

#[test]
fn readers_see_at_once_what_sled_does_not_have_yet() {
    readers_see_all(|tree, key| drop(tree.remove(key).unwrap()));
}

#[test]
fn readers_see_at_once_what_sled_has_the_key_of() {
    readers_see_all(|tree, key| drop(tree.insert(key, &[]).unwrap()));
}

#[test]
fn readers_and_a_kill_find_all_while_sled_is_given_blocks() {
    let directory = tempfile::tempdir().unwrap();
    let options = Options {
        index_events: usize::MAX,
        ..small()
    };
    let (mut log, _, _) = open(directory.path(), &options, NOON).unwrap();
    let mut told = 1;
    for group in 0..9 {
        told += post(&mut log, &programme("p"), group * 1_000..(group + 1) * 1_000).len();
        let positions = read(&log, 0).into_iter().map(|event| event.position);
        assert!(positions.eq(0..told as u64));
        assert_eq!(facts(&log), told);
        assert!(!log.is_sled_stale());
    }
    // A kill leaves what sled was given so far.
    log.shared.blocks().unwrap().flush().unwrap();
    let into = tempfile::tempdir().unwrap();
    copy(directory.path(), into.path());
    let (after, opened, events) = open(into.path(), &options, LATER).unwrap();
    assert_eq!((opened.rebuilt, opened.tail, events.len()), (None, None, told));
    assert_eq!(facts(&after), told);
    drop(after);
    assert_eq!(findings(into.path()), Vec::<String>::new());
}

/// Takes sled back to what it was after some events: with the blocks that came later, or without them.
fn crash_behind(directory: &Path, head: &[u8], first_lost: u64, keep_blocks: bool) {
    let db = sled_of(directory);
    db.open_tree("head").unwrap().insert("head", head).unwrap();
    if !keep_blocks {
        let events = db.open_tree("events").unwrap();
        for key in events.range(first_lost.to_be_bytes()..).keys() {
            events.remove(key.unwrap()).unwrap();
        }
    }
    db.flush().unwrap();
}

#[test]
fn sled_that_a_crash_left_behind_the_tape_catches_up() {
    for keep_blocks in [true, false] {
        let directory = tempfile::tempdir().unwrap();
        let (mut log, _, _) = open(directory.path(), &small(), NOON).unwrap();
        grow(&mut log, 0);
        log.catch_up();
        let head = log.shared.blocks().unwrap().heads.get("head").unwrap().unwrap();
        let behind = log.reader().head().size;
        grow(&mut log, 20);
        let all = read(&log, 0);
        drop(log);
        crash_behind(directory.path(), &head, behind, keep_blocks);
        let (log, opened, events) = open(directory.path(), &small(), LATER).unwrap();
        assert_eq!((opened.rebuilt, opened.tail), (None, None));
        assert_eq!(events, all);
        assert!(!log.is_sled_stale());
        drop(log);
        assert_eq!(findings(directory.path()), Vec::<String>::new());
    }
}
