//! Backups of a running ledger: a right prefix whatever went wrong, only new bytes, and never another ledger's.

use std::{
    fs,
    path::Path,
    sync::{
        Arc,
        atomic::{AtomicBool, Ordering},
    },
};

use super::{damage::LATER, destroy::copy, faults, open, small};
use crate::{
    Backed, BackupError, EventLog, EventReader, Fatal, Options, TapeLog, Verified, backup,
    conformance::{NOON, post},
    faults::FaultyDisk,
    samples::{destruction, expenditure, programme},
    verify,
};

fn ledger(directory: &Path, events: u64) -> TapeLog {
    let (mut log, ..) = open(directory, &small(), NOON).unwrap();
    for first in (0..events).step_by(20) {
        post(&mut log, &programme("p"), first..first + 20);
    }
    log
}

/// A backup that is right, with as many events as were told.
pub(super) fn right(folder: &Path, what: &str) -> Verified {
    let verified = verify(folder, &small()).unwrap();
    assert_eq!(verified.findings, Vec::<String>::new(), "{what}");
    verified
}

fn tape(directory: &Path) -> Vec<(String, Vec<u8>)> {
    let mut files: Vec<_> = directory
        .join("tape")
        .read_dir()
        .unwrap()
        .map(|entry| {
            let path = entry.unwrap().path();
            let name = path.file_name().unwrap().to_str().unwrap().to_owned();
            (name, fs::read(path).unwrap())
        })
        .collect();
    files.sort();
    files
}

#[test]
fn only_new_bytes_are_copied_while_the_ledger_is_open() {
    let (directory, folder) = (tempfile::tempdir().unwrap(), tempfile::tempdir().unwrap());
    let folder = folder.path().join("of/mine");
    let mut log = ledger(directory.path(), 100);
    let first = backup(directory.path(), &folder, &small()).unwrap();
    assert_eq!((first.events, first.checkpoint), (101, None));
    assert_eq!(first.root, log.reader().head().root);
    assert!(first.copied_bytes > 2 * small().segment_bytes);
    let again = backup(directory.path(), &folder, &small()).unwrap();
    assert_eq!(
        again,
        Backed {
            copied_bytes: 0,
            ..first
        }
    );
    let new = post(&mut log, &programme("p"), 100..102);
    let third = backup(directory.path(), &folder, &small()).unwrap();
    assert_eq!(third.events, 103);
    let lines = third.copied_bytes;
    assert!(
        (500..5_000).contains(&lines),
        "{lines} bytes for {} events",
        new.len()
    );
    assert_eq!(right(&folder, "third").events, 103);
    for ((name, ours), (other, theirs)) in tape(&folder).iter().zip(tape(directory.path())) {
        assert_eq!(*name, other);
        let (same, rest) = theirs.split_at(ours.len());
        assert!(same == ours && rest.iter().all(|byte| *byte == b'\n'), "{name}");
    }
    // What was staged and not committed is not in it.
    log.begin(LATER).unwrap();
    for number in 200..230 {
        log.stage(expenditure(&programme("p"), number)).unwrap();
    }
    assert_eq!(backup(directory.path(), &folder, &small()).unwrap().events, 103);
    let refused = open(&folder, &small(), LATER).unwrap_err();
    assert!(matches!(refused, Fatal::NoLedger { .. }), "{refused}");
}

#[test]
fn a_backup_while_posting_is_a_prefix() {
    let (directory, folder) = (tempfile::tempdir().unwrap(), tempfile::tempdir().unwrap());
    let mut log = ledger(directory.path(), 20);
    let posting = AtomicBool::new(true);
    let runs = std::thread::scope(|threads| {
        let writer = threads.spawn(|| {
            for round in 0..60 {
                // A group over segments that is taken back, and one that stays.
                log.begin(NOON).unwrap();
                let mark = log.mark();
                for number in 0..60 {
                    log.stage(expenditure(&programme("gone"), number)).unwrap();
                }
                log.rollback(mark).unwrap();
                let from = 1_000 + round * 10;
                for number in from..from + 10 {
                    log.stage(expenditure(&programme("p"), number)).unwrap();
                }
                log.commit().unwrap();
            }
            posting.store(false, Ordering::Release);
            log
        });
        let (mut runs, mut events) = (0, 0);
        while posting.load(Ordering::Acquire) {
            let backed = backup(directory.path(), folder.path(), &small()).unwrap();
            assert!(backed.events >= events && (backed.events - 21).is_multiple_of(10));
            assert_eq!(right(folder.path(), "while posting").root, backed.root);
            (runs, events) = (runs + 1, backed.events);
        }
        drop(writer.join().unwrap());
        runs
    });
    assert!(runs > 1, "{runs} runs");
    let last = backup(directory.path(), folder.path(), &small()).unwrap();
    assert_eq!(last.events, 621);
    assert_eq!(right(folder.path(), "at the end").events, 621);
}

#[test]
fn a_backup_that_stops_anywhere_is_gone_on_with() {
    let directory = tempfile::tempdir().unwrap();
    let (log, old) = (ledger(directory.path(), 100), tempfile::tempdir().unwrap());
    backup(directory.path(), old.path(), &small()).unwrap();
    drop(log);
    let (mut log, ..) = open(directory.path(), &small(), LATER).unwrap();
    post(&mut log, &programme("q"), 300..360);
    log.begin(LATER).unwrap();
    log.stage(destruction(&programme("p"), true)).unwrap();
    log.commit().unwrap();
    log.destroy_ordered().unwrap();
    // From nothing, and from what an earlier run left, with details in it that are to be destroyed.
    let (mut operations, mut resumed) = (0, 0);
    let both = faults()
        .map(|way| (false, way))
        .chain(faults().map(|way| (true, way)));
    for (begun, (fault, numbers)) in both {
        for number in numbers {
            let what = format!("operation {number}, {fault:?}, begun {begun}");
            let folder = tempfile::tempdir().unwrap();
            if begun {
                copy(old.path(), folder.path());
            }
            let disk = FaultyDisk::new(Some((number, fault)));
            let options = Options {
                disk: Arc::new(disk.clone()),
                ..small()
            };
            let failed = backup(directory.path(), folder.path(), &options);
            if disk.operations() <= number {
                assert!(failed.is_ok(), "{what}");
                operations += number;
                break;
            }
            let failed = failed.expect_err(&what);
            assert!(
                matches!(failed, BackupError::Fatal(Fatal::Io { .. })),
                "{what}: {failed}"
            );
            // What the file tells of it is whole already.
            if begun {
                let findings = verify(folder.path(), &small()).unwrap().findings;
                let kept = |finding: &String| finding.contains(" events are still there, though they");
                assert!(findings.iter().all(kept), "{what}: {findings:?}");
            }
            let all = backup(directory.path(), folder.path(), &small()).unwrap();
            let verified = right(folder.path(), &what);
            assert_eq!(
                (all.events, verified.events, verified.blank_details),
                (162, 162, 50),
                "{what}"
            );
            assert_eq!(all.root, log.reader().head().root, "{what}");
            resumed += u64::from(all.copied_bytes < 40_000);
        }
    }
    assert!(operations > 100, "{operations} operations");
    assert!(resumed > 10, "{resumed} runs had less to copy");
}

#[test]
fn a_backup_of_another_ledger_or_another_past_is_refused() {
    let (directory, folder) = (tempfile::tempdir().unwrap(), tempfile::tempdir().unwrap());
    let (older, other) = (tempfile::tempdir().unwrap(), tempfile::tempdir().unwrap());
    drop(ledger(directory.path(), 60));
    copy(directory.path(), older.path());
    let (mut log, ..) = open(directory.path(), &small(), LATER).unwrap();
    post(&mut log, &programme("p"), 60..64);
    backup(directory.path(), folder.path(), &small()).unwrap();
    let files = tape(folder.path());

    let behind = backup(older.path(), folder.path(), &small()).unwrap_err();
    assert!(
        matches!(
            behind,
            BackupError::Behind {
                ledger: 61,
                backup: 65
            }
        ),
        "{behind}"
    );
    let (mut log, ..) = open(older.path(), &small(), LATER).unwrap();
    post(&mut log, &programme("p"), 70..80);
    let diverged = backup(older.path(), folder.path(), &small()).unwrap_err();
    assert!(
        matches!(diverged, BackupError::Diverged { position: 61, .. }),
        "{diverged}"
    );
    let options = Options {
        salt_seed: Some([2; 32]),
        ..Options::new("test.example/other")
    };
    drop(open(other.path(), &options, NOON).unwrap());
    let foreign = backup(other.path(), folder.path(), &small()).unwrap_err();
    assert!(matches!(foreign, BackupError::Foreign(_)), "{foreign}");
    let used = backup(directory.path(), other.path(), &small()).unwrap_err();
    assert!(matches!(used, BackupError::NotEmpty(_)), "{used}");
    let of_backup = backup(folder.path(), &other.path().join("new"), &small()).unwrap_err();
    assert!(
        matches!(of_backup, BackupError::Fatal(Fatal::NoLedger { .. })),
        "{of_backup}"
    );
    assert!(tape(folder.path()) == files, "nothing was changed");
}

#[test]
fn a_ledger_or_a_backup_that_went_bad_is_told_and_not_copied() {
    let (directory, folder) = (tempfile::tempdir().unwrap(), tempfile::tempdir().unwrap());
    drop(ledger(directory.path(), 60));
    backup(directory.path(), folder.path(), &small()).unwrap();
    let segment = folder.path().join("tape/00000000000000000000.tape");
    let bytes = fs::read(&segment).unwrap();
    for at in [300, 700, bytes.len() - 20] {
        let mut changed = bytes.clone();
        changed[at] ^= 1;
        fs::write(&segment, changed).unwrap();
        let refused = backup(directory.path(), folder.path(), &small()).unwrap_err();
        assert!(refused.to_string().contains("is damaged"), "{at}: {refused}");
    }
    fs::write(&segment, &bytes).unwrap();
    fs::write(folder.path().join("backup"), "rekenschap backup 1\n0 7").unwrap();
    let refused = backup(directory.path(), folder.path(), &small()).unwrap_err();
    assert!(matches!(refused, BackupError::NoBackup(_)), "{refused}");

    // Damage in the ledger, in a leaf or in details, goes to no backup.
    let segment = directory.path().join("tape/00000000000000000000.tape");
    let bytes = fs::read(&segment).unwrap();
    let text = |text: &str| {
        bytes
            .windows(text.len())
            .position(|part| part == text.as_bytes())
            .unwrap()
    };
    for at in [text("E4"), text("supplier 4")] {
        let mut changed = bytes.clone();
        changed[at] ^= 1;
        fs::write(&segment, changed).unwrap();
        let fresh = tempfile::tempdir().unwrap();
        let refused = backup(directory.path(), fresh.path(), &small()).unwrap_err();
        assert!(refused.to_string().contains("is damaged"), "{at}: {refused}");
        assert_eq!(right(fresh.path(), "nothing").events, 0);
    }
}
