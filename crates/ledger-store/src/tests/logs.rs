//! Both logs pass the suite; the one on disk with blocks and with the tape alone.

use std::fs;

use ledger_contract::{event::Event, value::Instant};
use tempfile::TempDir;

use super::{
    damage::{end_of_lines, segments},
    open, small,
};
use crate::{
    EventLog, Mark, MemoryLog, Options, TapeLog,
    conformance::{self, Fixture, NOON},
    samples::{expenditure, programme},
    verify,
};

struct InMemory;

impl Fixture for InMemory {
    type Log = MemoryLog;
    fn open(&mut self, now: Instant) -> MemoryLog {
        MemoryLog::new("test.example/ledger", now).unwrap()
    }
    fn reopen(&mut self, log: MemoryLog, _: Instant) -> MemoryLog {
        log
    }
}

#[test]
fn the_log_in_memory_conforms() {
    conformance::all(|| InMemory);
}

struct OnDisk {
    directory: TempDir,
    without_sled: bool,
}

impl Fixture for OnDisk {
    type Log = TapeLog;
    fn open(&mut self, now: Instant) -> TapeLog {
        let (log, opened, events) = open(self.directory.path(), &small(), now).unwrap();
        assert_eq!(opened.events, events.len() as u64);
        if self.without_sled {
            log.shared.set_blocks(None);
        }
        log
    }
    fn reopen(&mut self, log: TapeLog, now: Instant) -> TapeLog {
        drop(log);
        self.open(now)
    }
}

#[test]
fn the_log_on_disk_conforms() {
    conformance::all(|| OnDisk {
        directory: tempfile::tempdir().unwrap(),
        without_sled: false,
    });
}

#[test]
fn the_log_on_disk_conforms_after_sled_has_failed() {
    conformance::all(|| OnDisk {
        directory: tempfile::tempdir().unwrap(),
        without_sled: true,
    });
}

/// Of the events so far, those from any position on are read, whatever of them is durable.
fn reads_what_is_staged(log: &mut impl EventLog) {
    let check = |log: &_, events: &[Event]| {
        for from in [0, 1, 40, 71, 72, 400, 601, 9_999] {
            let mut read = Vec::new();
            EventLog::read_staged(log, from as u64, &mut |event| read.push(event)).unwrap();
            assert_eq!(read, events.get(from..).unwrap_or_default(), "from {from}");
        }
    };
    let mut events = Vec::new();
    log.read_staged(0, &mut |event| events.push(event)).unwrap();
    events.extend(conformance::post(log, &programme("p"), 0..70));
    check(log, &events);
    for numbers in [70..600, 600..1_200] {
        log.begin(NOON).unwrap();
        for number in numbers {
            let staged = log.stage(expenditure(&programme("p"), number)).unwrap();
            events.extend(staged.into_iter().map(|(event, _)| event));
        }
        check(log, &events);
        let mark = log.mark();
        for number in 9_000..9_400 {
            log.stage(expenditure(&programme("q"), number)).unwrap();
        }
        log.rollback(mark).unwrap();
        check(log, &events);
        log.commit_ahead(|| ()).unwrap();
        check(log, &events);
    }
}

#[test]
fn staged_events_are_read_after_those_before_them() {
    reads_what_is_staged(&mut InMemory.open(NOON));
    for without_sled in [false, true] {
        let directory = tempfile::tempdir().unwrap();
        let mut on_disk = OnDisk {
            directory,
            without_sled,
        };
        reads_what_is_staged(&mut on_disk.open(NOON));
    }
}

#[test]
fn a_rollback_deep_in_a_large_group_keeps_tree_and_checksum_right() {
    let directory = tempfile::tempdir().unwrap();
    let (mut log, _, _) = open(directory.path(), &small(), NOON).unwrap();
    log.begin(NOON).unwrap();
    let first = log.mark().size;
    let stage = |log: &mut TapeLog, count: u64| {
        for _ in 0..count {
            let number = log.mark().size;
            log.stage(expenditure(&programme("p"), number)).unwrap();
        }
    };
    for (count, keep) in [
        (3_000, 1_023),
        (1_500, 1_024),
        (1_500, 2_047),
        (900, 2_500),
        (700, 3_200),
    ] {
        stage(&mut log, count);
        log.rollback(Mark { size: first + keep }).unwrap();
    }
    let head = log.commit().unwrap();
    drop(log);
    let verified = verify(directory.path(), &small()).unwrap();
    assert_eq!(verified.findings, Vec::<String>::new());
    assert_eq!(
        (verified.events, verified.commits, verified.root),
        (first + 3_200, 2, head.root)
    );
}

#[test]
fn a_new_ledger_s_folders_are_made() {
    let directory = tempfile::tempdir().unwrap();
    let deep = directory.path().join("a/b/c");
    open(&deep, &small(), NOON).unwrap();
    assert_eq!(verify(&deep, &small()).unwrap().events, 1);
}

/// Filler costs as much as what it stands for: a long group that is written in short chunks had it after each.
#[test]
fn filler_follows_short_groups_only() {
    let directory = tempfile::tempdir().unwrap();
    let options = Options {
        chunk_bytes: 512,
        ..small()
    };
    let (mut log, ..) = open(directory.path(), &options, NOON).unwrap();
    let mut number = 0;
    for (count, is_filled) in [(60, false), (1, true)] {
        log.begin(NOON).unwrap();
        for _ in 0..count {
            number += 1;
            log.stage(expenditure(&programme("p"), number)).unwrap();
        }
        log.commit().unwrap();
        let last = segments(directory.path()).pop().unwrap();
        let filler = fs::metadata(&last).unwrap().len() - end_of_lines(&last) as u64;
        assert_eq!(filler > 0, is_filled, "{filler} bytes after {count} events");
    }
}
