//! sled is closed and opened again while the log is used, and nobody notices.

use std::{
    fs,
    path::Path,
    sync::atomic::{AtomicBool, Ordering},
};

use ledger_contract::event::Event;

use super::{
    damage::{LATER, findings},
    destroy::copy,
    open, small,
};
use crate::{
    EventLog, EventReader, Options, TapeLog, TapeReader,
    conformance::{NOON, post},
    samples::programme,
};

/// What sled is given before it is opened again.
const REOPEN_BYTES: u64 = 64 << 10;

fn often() -> Options {
    Options {
        sled_reopen_bytes: REOPEN_BYTES,
        ..small()
    }
}

/// The name of the map of sled's files, which is another one after every opening that had something to read; none when it
/// was never opened but to be made.
fn map(directory: &Path) -> Option<String> {
    let names = fs::read_dir(directory.join("sled")).unwrap();
    let names = names.map(|entry| entry.unwrap().file_name().into_string().unwrap());
    let mut maps = names.filter(|name| name.starts_with("snap."));
    let map = maps.next();
    assert_eq!(maps.next(), None);
    map
}

fn note_map(maps: &mut Vec<Option<String>>, directory: &Path) {
    let map = map(directory);
    if maps.last() != Some(&map) {
        maps.push(map);
    }
}

fn given(log: &TapeLog) -> u64 {
    log.shared.blocks().unwrap().written_bytes.load(Ordering::Relaxed)
}

fn read(reader: &TapeReader) -> Vec<Event> {
    let mut events = Vec::new();
    let read = reader.read(0, u64::MAX, &mut |event| {
        events.push(event);
        true
    });
    read.unwrap();
    events
}

#[test]
fn sled_is_opened_again_after_so_many_bytes_and_readers_find_everything_meanwhile() {
    let directory = tempfile::tempdir().unwrap();
    let (mut log, _, _) = open(directory.path(), &often(), NOON).unwrap();
    let (reader, stop) = (log.reader(), AtomicBool::new(false));
    let (mut maps, mut posted) = (vec![map(directory.path())], 0);
    std::thread::scope(|scope| {
        let reads = scope.spawn(|| {
            while !stop.load(Ordering::Relaxed) {
                let (before, events) = (reader.head().size, read(&reader));
                assert!(events.len() as u64 >= before);
                assert!((0..).zip(&events).all(|(at, event)| event.position == at));
                let mut facts = 0;
                reader
                    .read_facts(0, before, &mut [&mut |_, _| facts += 1])
                    .unwrap();
                assert_eq!(facts, before);
            }
        });
        for group in 0..24 {
            posted += post(&mut log, &programme("p"), group * 1_000..group * 1_000 + 60).len();
            log.catch_up();
            note_map(&mut maps, directory.path());
        }
        stop.store(true, Ordering::Relaxed);
        reads.join().unwrap();
    });
    // The reader may have put any of them off, and holds nothing now.
    for group in 30..60 {
        posted += post(&mut log, &programme("p"), group * 1_000..group * 1_000 + 60).len();
        log.catch_up();
        note_map(&mut maps, directory.path());
        assert!(
            given(&log) < REOPEN_BYTES + (32 << 10),
            "it was opened again in time"
        );
    }
    assert!(maps.len() > 3, "{maps:?}");
    assert!(!log.is_sled_stale());
    assert_eq!(read(&log.reader()).len(), posted + 1);
    drop(log);
    assert_eq!(findings(directory.path()), Vec::<String>::new());
}

#[test]
fn who_holds_sled_puts_it_off() {
    let directory = tempfile::tempdir().unwrap();
    let (mut log, _, _) = open(directory.path(), &often(), NOON).unwrap();
    let map_before = map(directory.path());
    let held = log.shared.blocks().unwrap();
    for group in 0..10 {
        post(&mut log, &programme("p"), group * 1_000..group * 1_000 + 100);
        log.catch_up();
    }
    assert!(given(&log) > REOPEN_BYTES);
    assert_eq!(map(directory.path()), map_before);
    drop(held);
    post(&mut log, &programme("p"), 20_000..20_001);
    log.catch_up();
    assert_ne!(map(directory.path()), map_before);
    assert!(given(&log) < REOPEN_BYTES);
}

#[test]
fn a_kill_while_sled_is_closed_or_makes_its_map_costs_nothing() {
    let directory = tempfile::tempdir().unwrap();
    let (mut log, _, _) = open(directory.path(), &often(), NOON).unwrap();
    for group in 0..20 {
        post(&mut log, &programme("p"), group * 1_000..group * 1_000 + 60);
    }
    log.catch_up();
    let events = read(&log.reader());
    // Between the closing and the opening: the files, and no process that has them open.
    log.shared.set_blocks(None);
    let into = tempfile::tempdir().unwrap();
    copy(directory.path(), into.path());
    let torn = into.path().join("sled/snap.7FFFFFFFFFFFFFFF.generating");
    for map in [None, Some(&b""[..]), Some(b"half of a map of sled's files")] {
        if let Some(map) = map {
            fs::write(&torn, map).unwrap();
        }
        let (log, opened, found) = open(into.path(), &often(), LATER).unwrap();
        assert_eq!((opened.rebuilt, opened.tail), (None, None), "{map:?}");
        assert_eq!(found, events);
        assert!(!torn.exists() && !log.is_sled_stale());
    }
    assert_eq!(findings(into.path()), Vec::<String>::new());
}

#[test]
fn keys_whose_blocks_a_kill_took_are_removed() {
    let directory = tempfile::tempdir().unwrap();
    let (mut log, _, _) = open(directory.path(), &small(), NOON).unwrap();
    post(&mut log, &programme("p"), 0..200);
    log.catch_up();
    // Facts may begin before the end of the blocks that the head tells of.
    let blocks = log.shared.blocks().unwrap();
    let (last_facts, _) = blocks.facts.last().unwrap().unwrap();
    blocks.facts.insert(last_facts, &[]).unwrap();
    for tree in [&blocks.events, &blocks.facts] {
        for position in [201_u64, 260, 300] {
            tree.insert(position.to_be_bytes(), &[]).unwrap();
        }
    }
    let counts = |log: &TapeLog| {
        let mut count = 0;
        log.reader()
            .read_facts(0, 201, &mut [&mut |_, _| count += 1])
            .unwrap();
        count
    };
    assert_eq!(counts(&log), 201, "an empty one is passed over");
    drop(blocks);
    drop(log);
    assert_eq!(findings(directory.path()), Vec::<String>::new());
    let (log, opened, events) = open(directory.path(), &small(), LATER).unwrap();
    assert_eq!((opened.rebuilt, opened.tail, events.len()), (None, None, 201));
    assert_eq!(counts(&log), 201);
    let blocks = log.shared.blocks().unwrap();
    let mut values = blocks.events.iter().values().chain(blocks.facts.iter().values());
    assert!(values.all(|value| !value.unwrap().is_empty()));
}

#[test]
fn sled_that_cannot_be_opened_again_is_given_up_and_made_anew() {
    let directory = tempfile::tempdir().unwrap();
    let (mut log, _, _) = open(directory.path(), &often(), NOON).unwrap();
    // It counts as enough, whatever was given.
    let blocks = log.shared.blocks().unwrap();
    blocks.written_bytes.store(REOPEN_BYTES, Ordering::Relaxed);
    drop(blocks);
    // Its settings are damaged, which it reads when it is opened.
    fs::write(directory.path().join("sled/conf"), "no settings").unwrap();
    log.shared.reopen_when_due();
    assert!(log.is_sled_stale());
    let posted = post(&mut log, &programme("p"), 0..200).len();
    assert_eq!(read(&log.reader()).len(), posted + 1);
    drop(log);
    let (_, opened, events) = open(directory.path(), &often(), LATER).unwrap();
    assert!(opened.rebuilt.is_some());
    assert_eq!(events.len(), posted + 1);
}
