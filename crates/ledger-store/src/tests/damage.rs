//! Opening and verifying what is not as it was left: tails, flipped bytes, missing files, another process.

use std::{fs, path::Path};

use ledger_contract::value::Instant;

use super::{open, sled_of, small};
use crate::{
    EventLog, EventReader, Fatal, Options, TapeLog,
    conformance::{NOON, post},
    samples::{expenditure, programme},
    verify,
};

pub(super) const LATER: Instant = Instant(NOON.0 + 60_000_000);

/// A ledger of several segments with blocks in sled, closed.
pub(super) fn ledger(directory: &Path) -> u64 {
    let (mut log, opened, _) = open(directory, &small(), NOON).unwrap();
    assert!(opened.created);
    for group in 0..20 {
        post(&mut log, &programme("p"), group * 10..group * 10 + group + 1);
    }
    log.reader().head().size
}

pub(super) fn segments(directory: &Path) -> Vec<std::path::PathBuf> {
    let mut paths: Vec<_> = fs::read_dir(directory.join("tape"))
        .unwrap()
        .map(|entry| entry.unwrap().path())
        .collect();
    paths.sort();
    paths
}

pub(super) fn end_of_lines(path: &Path) -> usize {
    let bytes = fs::read(path).unwrap();
    bytes.iter().rposition(|byte| *byte != b'\n').unwrap() + 2
}

pub(super) fn refused(directory: &Path, options: &Options) -> Fatal {
    match TapeLog::open(directory, options, LATER) {
        Ok(_) => panic!("it opened"),
        Err(fatal) => fatal,
    }
}

pub(super) fn findings(directory: &Path) -> Vec<String> {
    verify(directory, &small()).unwrap().findings
}

#[test]
fn a_whole_ledger_verifies() {
    let directory = tempfile::tempdir().unwrap();
    let size = ledger(directory.path());
    let verified = verify(directory.path(), &small()).unwrap();
    assert_eq!(verified.findings, Vec::<String>::new());
    assert_eq!((verified.events, verified.commits), (size, 21));
    assert!(verified.segments > 3);
    let (log, opened, events) = open(directory.path(), &small(), LATER).unwrap();
    assert_eq!((opened.created, opened.rebuilt, opened.tail), (false, None, None));
    assert_eq!(events.len() as u64, size);
    assert_eq!(log.reader().head().root, verified.root);
}

#[test]
fn a_torn_tail_is_set_aside_and_told() {
    let directory = tempfile::tempdir().unwrap();
    let size = ledger(directory.path());
    let last = segments(directory.path()).pop().unwrap();
    let mut bytes = fs::read(&last).unwrap();
    let end = end_of_lines(&last);
    // Filler may follow the last commit, or nothing.
    bytes.splice(end..bytes.len().min(end + 9), *b"{\"torn\":\n");
    fs::write(&last, &bytes).unwrap();
    assert_eq!(verify(directory.path(), &small()).unwrap().tail_bytes, 8);
    assert_eq!(findings(directory.path()), Vec::<String>::new());
    let (log, opened, _) = open(directory.path(), &small(), LATER).unwrap();
    drop(log);
    let tail = opened.tail.clone().unwrap();
    assert_eq!((opened.events, tail.bytes), (size, 8));
    assert!(fs::read(&tail.aside).unwrap().starts_with(b"{\"torn\":\n"));
    assert!(opened.to_string().contains("never acknowledged"), "{opened}");
    let filler = &fs::read(&last).unwrap()[end..];
    assert!(filler.iter().all(|byte| *byte == b'\n'));
    assert_eq!(verify(directory.path(), &small()).unwrap().tail_bytes, 0);
}

#[test]
fn a_byte_flipped_anywhere_is_refused_or_was_never_acknowledged() {
    let original = tempfile::tempdir().unwrap();
    let size = ledger(original.path());
    fs::remove_dir_all(original.path().join("sled")).unwrap();
    let paths = segments(original.path());
    let mut refusals = 0;
    for (number, path) in paths.iter().enumerate() {
        let bytes = fs::read(path).unwrap();
        let end = end_of_lines(path);
        for at in (number * 7..end).step_by(997) {
            let mut changed = bytes.clone();
            changed[at] ^= 4;
            fs::write(path, &changed).unwrap();
            let found = findings(original.path());
            match TapeLog::open(original.path(), &small(), LATER) {
                Err(fatal @ Fatal::Damaged { .. }) => {
                    refusals += 1;
                    // Without sled there is nothing to repair it from.
                    assert!(fatal.to_string().contains("put back a copy"), "{fatal}");
                    assert!(found.len() > 1, "{found:?}");
                }
                Err(other) => panic!("{other}"),
                Ok((log, opened)) => {
                    // The last commit, whose damage nobody can tell from a crash; or details, which opening leaves to
                    // whoever reads them.
                    let details = found
                        .iter()
                        .any(|finding| finding.contains("the details do not have"));
                    assert!(
                        opened.tail.is_some() || details,
                        "{at} in {}: {found:?}",
                        path.display()
                    );
                    assert!(opened.events <= size);
                    drop(log);
                    restore(original.path(), &paths, path, &bytes);
                    return_to(original.path(), size);
                    continue;
                }
            }
            fs::write(path, &bytes).unwrap();
        }
    }
    assert!(refusals > 50, "{refusals}");
}

/// Puts a segment back, without sled and copies.
fn restore(directory: &Path, paths: &[std::path::PathBuf], path: &Path, bytes: &[u8]) {
    fs::write(path, bytes).unwrap();
    fs::remove_dir_all(directory.join("sled")).unwrap();
    for other in segments(directory) {
        assert!(paths.contains(&other), "{}", other.display());
    }
}

fn return_to(directory: &Path, size: u64) {
    assert_eq!(verify(directory, &small()).unwrap().events, size);
}

#[test]
fn a_tape_that_ends_before_sled_s_head_is_damage() {
    let directory = tempfile::tempdir().unwrap();
    ledger(directory.path());
    let last = segments(directory.path()).pop().unwrap();
    let bytes = fs::read(&last).unwrap();
    let cut = |length: usize| {
        fs::write(&last, &bytes[..length]).unwrap();
        let fatal = refused(directory.path(), &small());
        assert!(matches!(fatal, Fatal::Damaged { .. }), "{fatal}");
        assert!(fatal.to_string().contains("acknowledged"), "{fatal}");
        assert!(!findings(directory.path()).is_empty());
    };
    cut(end_of_lines(&last) - 200);
    cut(0);
    fs::remove_file(&last).unwrap();
    let fatal = refused(directory.path(), &small());
    assert!(fatal.to_string().contains("acknowledged"), "{fatal}");
    fs::write(&last, &bytes).unwrap();
    let middle = &segments(directory.path())[1];
    let kept = fs::read(middle).unwrap();
    fs::remove_file(middle).unwrap();
    assert!(!findings(directory.path()).is_empty());
    fs::write(middle, kept).unwrap();
    assert_eq!(findings(directory.path()), Vec::<String>::new());
    open(directory.path(), &small(), LATER).unwrap();
}

#[test]
fn sled_is_made_anew_when_it_is_missing_wrong_or_another_s() {
    let directory = tempfile::tempdir().unwrap();
    let size = ledger(directory.path());
    let sled = directory.path().join("sled");
    let heals = |why: &str| {
        let (log, opened, events) = open(directory.path(), &small(), LATER).unwrap();
        assert!(
            opened.rebuilt.as_ref().is_some_and(|told| told.contains(why)),
            "{why}: {opened:?}"
        );
        assert_eq!(events.len() as u64, size);
        assert!(!log.is_sled_stale());
        drop(log);
        assert_eq!(findings(directory.path()), Vec::<String>::new(), "{why}");
        let (_, opened, _) = open(directory.path(), &small(), LATER).unwrap();
        assert_eq!(opened.rebuilt, None);
    };
    fs::remove_dir_all(&sled).unwrap();
    heals("missing");
    for file in ["db", "conf"] {
        fs::write(sled.join(file), b"nothing that sled knows").unwrap();
        heals("");
    }
    let other = tempfile::tempdir().unwrap();
    let (mut log, _, _) = open(other.path(), &small(), Instant(NOON.0 + 5)).unwrap();
    post(&mut log, &programme("other"), 0..100);
    drop(log);
    fs::remove_dir_all(&sled).unwrap();
    fs::rename(other.path().join("sled"), &sled).unwrap();
    heals("does not fit");
    // A block that is lost or changed, with the head in place. Opening looks at some of them only; whoever reads another
    // is given what the tape has, and the next opening is told.
    let mut found_by_reading = 0;
    for (block, change) in [(1, 0), (1, 1), (2, 0), (2, 1), (3, 0), (3, 1)] {
        let db = sled_of(directory.path());
        let events = db.open_tree("events").unwrap();
        let (key, mut bytes) = events.iter().nth(block).unwrap().unwrap();
        if change == 0 {
            events.remove(&key).unwrap();
        } else {
            bytes[300] ^= 1;
            events.insert(&key, bytes).unwrap();
        }
        db.flush().unwrap();
        drop((db, events));
        assert_eq!(findings(directory.path()).len(), 1);
        let (log, opened, events) = open(directory.path(), &small(), LATER).unwrap();
        assert_eq!(events.len() as u64, size);
        let stale = log.is_sled_stale();
        drop(log);
        assert_eq!(stale, opened.rebuilt.is_none());
        if stale {
            found_by_reading += 1;
            heals(["missing", "checksum"][change]);
        }
        assert_eq!(findings(directory.path()), Vec::<String>::new());
    }
    assert!(found_by_reading > 0);
}

#[test]
fn sled_that_fails_while_running_leaves_the_log_whole() {
    let directory = tempfile::tempdir().unwrap();
    let size = ledger(directory.path());
    let (mut log, _, before) = open(directory.path(), &small(), LATER).unwrap();
    log.shared.distrust(&"a test says so".to_owned());
    assert!(log.is_sled_stale());
    let after = post(&mut log, &programme("p"), 1_000..1_100);
    let mut read = Vec::new();
    let reader = log.reader();
    reader
        .read(0, u64::MAX, &mut |event| {
            read.push(event);
            true
        })
        .unwrap();
    assert_eq!(read, [before, after].concat());
    assert_eq!(
        reader.stream_version(&programme("p"), u64::MAX).unwrap(),
        size - 1 + 100
    );
    drop(log);
    assert_eq!(findings(directory.path()), Vec::<String>::new());
}

#[test]
fn destroyed_details_read_as_none_and_change_nothing_else() {
    let directory = tempfile::tempdir().unwrap();
    ledger(directory.path());
    let first = &segments(directory.path())[0];
    let mut bytes = fs::read(first).unwrap();
    let salt = bytes
        .windows(8)
        .position(|window| window == b"{\"client")
        .unwrap();
    let width = bytes[salt..].iter().position(|byte| *byte == b'\n').unwrap();
    bytes[salt..salt + width].fill(b' ');
    fs::write(first, &bytes).unwrap();
    let verified = verify(directory.path(), &small()).unwrap();
    assert_eq!((verified.findings.len(), verified.blank_details), (0, 1));
    let (log, _, events) = open(directory.path(), &small(), LATER).unwrap();
    let blank = events.iter().find(|event| event.details_hash.is_some()).unwrap();
    assert_eq!(log.reader().details(blank).unwrap(), None);
}

#[test]
fn one_process_has_the_directory() {
    let directory = tempfile::tempdir().unwrap();
    let (log, _, _) = open(directory.path(), &small(), NOON).unwrap();
    assert!(matches!(refused(directory.path(), &small()), Fatal::Locked(_)));
    assert!(matches!(
        verify(directory.path(), &small()),
        Err(Fatal::Locked(_))
    ));
    drop(log);
    open(directory.path(), &small(), NOON).unwrap();
}

#[test]
fn a_clock_far_behind_is_refused() {
    let directory = tempfile::tempdir().unwrap();
    open(directory.path(), &small(), LATER).unwrap();
    let early = |seconds: i64| {
        let now = Instant(LATER.0 - seconds * 1_000_000);
        TapeLog::open(directory.path(), &small(), now).map(drop)
    };
    assert!(early(300).is_ok());
    assert!(matches!(early(301), Err(Fatal::ClockBehind { .. })));
}

#[test]
fn readers_and_the_writer_do_not_wait_for_each_other() {
    let directory = tempfile::tempdir().unwrap();
    let (mut log, _, _) = open(directory.path(), &small(), NOON).unwrap();
    let reader = log.reader();
    std::thread::scope(|scope| {
        let readers: Vec<_> = (0..2)
            .map(|_| {
                let reader = reader.clone();
                scope.spawn(move || {
                    let mut size = 0;
                    while size < 401 {
                        let head = reader.head();
                        assert!(head.size >= size);
                        size = head.size;
                        let mut next = 0;
                        reader
                            .read(0, size, &mut |event| {
                                assert_eq!(event.position, next);
                                next += 1;
                                true
                            })
                            .unwrap();
                        assert_eq!(next, size);
                    }
                })
            })
            .collect();
        for number in 0..400 {
            log.begin(NOON).unwrap();
            log.stage(expenditure(&programme("p"), number)).unwrap();
            log.commit().unwrap();
        }
        for reader in readers {
            reader.join().unwrap();
        }
    });
}
