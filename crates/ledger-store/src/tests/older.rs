//! What was posted before an opening is found without reading it, and found all the same when the index is gone.

use std::{fs, path::Path};

use ledger_contract::event::{EntryKind, Event, Stream};

use super::{
    damage::{LATER, segments},
    open, sled_of, small,
};
use crate::{
    EventLog, EventReader, Fatal, Options, TapeLog,
    conformance::{NOON, post},
    samples::{expenditure, programme},
    segments::{HASHES, join_parts},
    verify,
};

const STREAMS: [&str; 3] = ["a", "b", "c"];

/// Three segments of the index, and a rest that is in none.
fn ledger(directory: &Path) -> Vec<Event> {
    let (mut log, _, _) = open(directory, &small(), NOON).unwrap();
    for (group, stream) in (0..17).zip(STREAMS.into_iter().cycle()) {
        let stream = programme(stream);
        log.begin(NOON).unwrap();
        for number in group * 10..group * 10 + 10 {
            let mut command = expenditure(&stream, number);
            command.idempotency_key = (number % 4 == 0).then(|| format!("key-{number}"));
            log.stage(command).unwrap();
        }
        log.commit().unwrap();
        log.keep();
    }
    let mut events = Vec::new();
    let reader = log.reader();
    let read = reader.read(0, u64::MAX, &mut |event| {
        events.push(event);
        true
    });
    read.unwrap();
    events
}

/// Every way to find an event leads to what a scan of all events finds.
fn finds(log: &TapeLog, events: &[Event], what: &str) {
    let streams = STREAMS
        .map(programme)
        .into_iter()
        .chain([Stream::Ledger, programme("none")]);
    for stream in streams {
        let of_stream: Vec<&Event> = events.iter().filter(|event| event.stream == stream).collect();
        assert_eq!(log.version(&stream), of_stream.len() as u64, "{what}");
        let reader = log.reader();
        for before in [0, 1, 40, 97, 150, u64::MAX] {
            let expected: Vec<&Event> = of_stream
                .iter()
                .filter(|event| event.position < before)
                .copied()
                .collect();
            let version = reader.stream_version(&stream, before).unwrap();
            assert_eq!(version, expected.len() as u64, "{what}: {stream} before {before}");
            for after in [0_u8, 3, 30, 200] {
                let mut found = Vec::new();
                let read = reader.read_stream(&stream, after.into(), before, &mut |event| {
                    found.push(event);
                    true
                });
                read.unwrap();
                let rest: Vec<&Event> = expected.iter().skip(after.into()).copied().collect();
                assert_eq!(
                    found.iter().collect::<Vec<_>>(),
                    rest,
                    "{what}: {stream} after {after}"
                );
            }
        }
    }
    for event in events {
        for (kind, id) in event.data.entry_keys() {
            let found = log.entry_events(&event.stream, kind, id).unwrap();
            assert!(found.contains(event), "{what}: {id}");
            let nowhere = log.entry_events(&programme("none"), kind, id).unwrap();
            assert_eq!(nowhere, [], "{what}: {id}");
        }
        if let Some(key) = &event.idempotency_key {
            assert_eq!(
                log.key_events(key).unwrap(),
                std::slice::from_ref(event),
                "{what}: {key}"
            );
        }
    }
    assert_eq!(
        log.entry_events(&programme("a"), EntryKind::Expenditure, "nobody's")
            .unwrap(),
        []
    );
}

#[test]
fn what_is_older_is_found_with_its_index_and_without() {
    let directory = tempfile::tempdir().unwrap();
    let mut events = ledger(directory.path());
    let log = TapeLog::open(directory.path(), &small(), LATER).unwrap().0;
    let kept: Vec<(Vec<u8>, Vec<u8>)> = {
        let snapshots = log.shared.blocks().unwrap().snapshots;
        let pairs = snapshots.iter().map(Result::unwrap);
        pairs.map(|(key, value)| (key.to_vec(), value.to_vec())).collect()
    };
    assert!(kept.len() >= 4 * 3 + 2, "{} keys", kept.len());
    finds(&log, &events, "whole");
    drop(log);
    for (key, value) in &kept {
        let log = TapeLog::open(directory.path(), &small(), LATER).unwrap().0;
        let tree = log.shared.blocks().unwrap().snapshots;
        let mut changed = value.clone();
        changed[value.len() / 2] ^= 1;
        tree.insert(key, changed).unwrap();
        // Changed before it was loaded, and before the next opening.
        finds(&log, &events, "changed under the log");
        drop((tree, log));
        let log = TapeLog::open(directory.path(), &small(), LATER).unwrap().0;
        finds(&log, &events, "changed before the opening");
        let tree = log.shared.blocks().unwrap().snapshots;
        tree.clear().unwrap();
        for (key, value) in &kept {
            tree.insert(key.as_slice(), value.as_slice()).unwrap();
        }
    }
    let mut log = TapeLog::open(directory.path(), &small(), LATER).unwrap().0;
    log.shared.distrust(&"a test says so".to_owned());
    finds(&log, &events, "sled failed before it was asked");
    events.extend(post(&mut log, &programme("b"), 500..600));
    finds(&log, &events, "posted without sled");
    drop(log);
    let (log, opened) = TapeLog::open(directory.path(), &small(), LATER).unwrap();
    assert!(opened.rebuilt.unwrap().contains("a test says so"));
    finds(&log, &events, "made anew");
}

#[test]
fn segments_of_earlier_programs_are_read_and_later_ones_stand_beside_them() {
    let directory = tempfile::tempdir().unwrap();
    let mut events = ledger(directory.path());
    let log = TapeLog::open(directory.path(), &small(), LATER).unwrap().0;
    assert!(join_parts(&log.snapshots()) >= 3);
    drop(log);
    let mut log = TapeLog::open(directory.path(), &small(), LATER).unwrap().0;
    finds(&log, &events, "joined");
    events.extend(post(&mut log, &programme("b"), 500..600));
    drop(log);
    let log = TapeLog::open(directory.path(), &small(), LATER).unwrap().0;
    finds(&log, &events, "joined ones and one in parts");
}

#[test]
fn a_question_about_the_past_loads_no_hashes() {
    let directory = tempfile::tempdir().unwrap();
    ledger(directory.path());
    let log = TapeLog::open(directory.path(), &small(), LATER).unwrap().0;
    let reader = log.reader();
    assert_eq!(reader.stream_version(&programme("a"), 20).unwrap(), 10);
    reader.read_stream(&programme("a"), 3, 97, &mut |_| true).unwrap();
    assert!(!log.shared.older().has_hashes());
    log.key_events("key-4").unwrap();
    assert!(log.shared.older().has_hashes());
}

#[test]
fn opening_reads_no_event_that_is_indexed() {
    let directory = tempfile::tempdir().unwrap();
    ledger(directory.path());
    // The first block is damaged, and nobody asks for what is in it.
    let db = sled_of(directory.path());
    let blocks = db.open_tree("events").unwrap();
    let (key, mut block) = blocks.iter().nth(1).unwrap().unwrap();
    block[300] ^= 1;
    blocks.insert(key, block).unwrap();
    drop((blocks, db));
    let (mut log, opened) = TapeLog::open(directory.path(), &small(), LATER).unwrap();
    assert_eq!(opened.rebuilt, None);
    assert_eq!(log.version(&programme("a")), 60);
    post(&mut log, &programme("a"), 900..901);
    assert!(!log.is_sled_stale());
}

#[test]
fn what_is_staged_is_not_indexed_on_disk() {
    let directory = tempfile::tempdir().unwrap();
    let events = ledger(directory.path());
    let mut log = TapeLog::open(directory.path(), &small(), LATER).unwrap().0;
    log.begin(LATER).unwrap();
    for number in 700..800 {
        log.stage(expenditure(&programme("a"), number)).unwrap();
    }
    drop(log);
    let log = TapeLog::open(directory.path(), &small(), LATER).unwrap().0;
    finds(&log, &events, "after staging");
}

#[test]
fn of_a_long_commit_its_end_is_read_again() {
    let directory = tempfile::tempdir().unwrap();
    let options = Options::new("test.example/ledger");
    let (mut log, _, _) = open(directory.path(), &options, NOON).unwrap();
    post(&mut log, &programme("p"), 0..5_000);
    drop(log);
    let segment = segments(directory.path()).remove(0);
    let whole = fs::read(&segment).unwrap();
    let lines: Vec<usize> = [0]
        .into_iter()
        .chain(
            whole
                .iter()
                .enumerate()
                .filter(|(_, byte)| **byte == b'\n')
                .map(|(at, _)| at + 1),
        )
        .collect();
    let opens_with = |line: usize| {
        let mut changed = whole.clone();
        changed[lines[line] + 40] ^= 1;
        fs::write(&segment, &changed).unwrap();
        assert!(!verify(directory.path(), &options).unwrap().findings.is_empty());
        let opened = TapeLog::open(directory.path(), &options, LATER);
        fs::write(&segment, &whole).unwrap();
        match opened {
            Ok((_, opened)) => {
                assert_eq!((opened.rebuilt, opened.tail, opened.events), (None, None, 5_001));
                true
            }
            Err(Fatal::Damaged { .. }) => false,
            Err(other) => panic!("{other}"),
        }
    };
    // The first event and its commit, 5,000 events, their commit.
    assert!(opens_with(2), "the first of the long commit is left to verify");
    for line in [2 + 5_000 - 4_096, 2 + 4_999, 2 + 5_000] {
        assert!(!opens_with(line), "line {line}");
    }
    TapeLog::open(directory.path(), &options, LATER).unwrap();
}

#[test]
fn who_begins_keeps_the_index_where_nobody_did() {
    let directory = tempfile::tempdir().unwrap();
    let (mut log, _, _) = open(directory.path(), &small(), NOON).unwrap();
    log.begin(NOON).unwrap();
    for number in 0..60 {
        log.stage(expenditure(&programme("a"), number)).unwrap();
    }
    let head = log.commit().unwrap();
    log.packer.catch_up(head);
    assert!(log.snapshots().positions(HASHES).is_empty(), "nobody kept it");
    log.begin(LATER).unwrap();
    log.packer.catch_up(head);
    assert_eq!(log.snapshots().positions(HASHES), [head.size]);
}
