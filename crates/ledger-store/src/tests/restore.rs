//! A ledger from a backup: verified before it stands, and without the details that were destroyed since.

use std::{fs, path::Path, sync::Arc};

use tempfile::TempDir;

use super::{backup::right, damage::LATER, destroy::count, faults, open, small};
use crate::{
    BackupError, EventLog, EventReader, Fatal, Options, TapeLog, backup,
    conformance::{NOON, post},
    faults::FaultyDisk,
    restore,
    samples::{destruction, programme},
    verify,
};

/// A ledger, its backup, and then an order to destroy that the backup does not know.
fn backed_up() -> (TempDir, TempDir, TapeLog, Vec<u8>) {
    let (directory, folder) = (tempfile::tempdir().unwrap(), tempfile::tempdir().unwrap());
    let (mut log, ..) = open(directory.path(), &small(), NOON).unwrap();
    post(&mut log, &programme("p"), 1_000..1_040);
    post(&mut log, &programme("q"), 2_000..2_020);
    backup(directory.path(), folder.path(), &small()).unwrap();
    log.begin(LATER).unwrap();
    log.stage(destruction(&programme("p"), true)).unwrap();
    log.commit().unwrap();
    let (destroyed, file) = log.destroy_ordered().unwrap();
    assert_eq!(destroyed, 20);
    (directory, folder, log, fs::read(file).unwrap())
}

fn restored(ledger: &Path) -> (usize, usize) {
    let verified = verify(ledger, &small()).unwrap();
    let only_sled = |finding: &String| finding.contains("sled is missing");
    assert!(verified.findings.iter().all(only_sled), "{:?}", verified.findings);
    drop(open(ledger, &small(), LATER).unwrap());
    (count(ledger, "supplier 1"), count(ledger, "supplier 2"))
}

#[test]
fn an_older_backup_is_restored_with_what_was_destroyed_since() {
    let (_directory, folder, _log, orders) = backed_up();
    let place = tempfile::tempdir().unwrap();
    let ledger = place.path().join("ledger");
    let found = restore(folder.path(), &ledger, &small(), Some(&orders)).unwrap();
    assert_eq!((found.events, found.destroyed), (61, 20));
    assert_eq!(restored(&ledger), (0, 10));
    assert!(!ledger.join("restore").exists());
    // Without it the details are back: that is why it is asked for.
    let careless = place.path().join("careless");
    restore(folder.path(), &careless, &small(), None).unwrap();
    assert_eq!(restored(&careless), (20, 10));
    // The backup is as it was; a ledger that was restored goes on, and its own backups do.
    assert_eq!(right(folder.path(), "the backup").blank_details, 0);
    let (mut log, _, events) = open(&ledger, &small(), LATER).unwrap();
    let new = post(&mut log, &programme("p"), 3_000..3_002);
    assert!(log.reader().details(&new[0]).unwrap().is_some());
    assert_eq!(log.reader().details(&events[1]).unwrap(), None);
    assert_eq!(backup(&ledger, folder.path(), &small()).unwrap().events, 63);
}

#[test]
fn a_backup_that_knows_of_a_destruction_carries_it_out() {
    let (directory, folder, mut log, _) = backed_up();
    assert_eq!(count(folder.path(), "supplier 1"), 20);
    let backed = backup(directory.path(), folder.path(), &small()).unwrap();
    assert_eq!(backed.destroyed, 20);
    assert_eq!(
        (
            count(folder.path(), "supplier 1"),
            count(folder.path(), "supplier 2")
        ),
        (0, 10)
    );
    assert_eq!(right(folder.path(), "blank").blank_details, 20);
    post(&mut log, &programme("p"), 4_000..4_002);
    let backed = backup(directory.path(), folder.path(), &small()).unwrap();
    assert_eq!((backed.destroyed, backed.events), (0, 64));
    let place = tempfile::tempdir().unwrap();
    restore(folder.path(), place.path(), &small(), None).unwrap();
    assert_eq!(restored(place.path()), (0, 10));
}

#[test]
fn what_cannot_be_restored_is_refused() {
    let (directory, folder, log, orders) = backed_up();
    drop(log);
    let place = tempfile::tempdir().unwrap();
    let attempt = |orders: Option<&[u8]>| restore(folder.path(), place.path(), &small(), orders).unwrap_err();
    let used = restore(folder.path(), directory.path(), &small(), None).unwrap_err();
    assert!(matches!(used, BackupError::NotEmpty(_)), "{used}");
    let none = restore(directory.path(), place.path(), &small(), None).unwrap_err();
    assert!(matches!(none, BackupError::NoBackup(_)), "{none}");
    // A folder of somebody's own is none that a restore left.
    fs::create_dir(place.path().join("restore")).unwrap();
    fs::write(place.path().join("restore/mine"), "x").unwrap();
    let used = restore(folder.path(), place.path(), &small(), None).unwrap_err();
    assert!(matches!(used, BackupError::NotEmpty(_)), "{used}");
    fs::remove_dir_all(place.path().join("restore")).unwrap();
    let text = String::from_utf8(orders).unwrap();
    let other = text.replace("test.example/ledger", "test.example/other");
    for wrong in ["", "x", &other, &text[..text.len() / 2]] {
        let refused = attempt(Some(wrong.as_bytes()));
        assert!(matches!(refused, BackupError::Orders(_)), "{refused}");
    }
    for file in folder.path().join("tape").read_dir().unwrap() {
        let path = file.unwrap().path();
        let bytes = fs::read(&path).unwrap();
        for at in [0, bytes.len() / 3, bytes.len() - 2] {
            let mut changed = bytes.clone();
            changed[at] ^= 1;
            fs::write(&path, changed).unwrap();
            let refused = attempt(None);
            assert!(refused.to_string().contains("is damaged"), "{at}: {refused}");
        }
        fs::write(&path, &bytes[..bytes.len() / 2]).unwrap();
        let refused = attempt(None);
        assert!(refused.to_string().contains("is damaged"), "cut: {refused}");
        fs::write(&path, bytes).unwrap();
    }
    assert!(!place.path().join("tape").exists());
    restore(folder.path(), place.path(), &small(), None).unwrap();
}

#[test]
fn a_restore_that_stops_anywhere_is_no_ledger_and_is_begun_again() {
    let (_directory, folder, _log, orders) = backed_up();
    let mut operations = 0;
    for (fault, numbers) in faults() {
        for number in numbers {
            let what = format!("operation {number}, {fault:?}");
            let place = tempfile::tempdir().unwrap();
            let disk = FaultyDisk::new(Some((number, fault)));
            let options = Options {
                disk: Arc::new(disk.clone()),
                ..small()
            };
            let failed = restore(folder.path(), place.path(), &options, Some(&orders));
            if disk.operations() <= number {
                assert!(failed.is_ok(), "{what}");
                operations = number;
                break;
            }
            let failed = failed.expect_err(&what);
            assert!(
                matches!(failed, BackupError::Fatal(Fatal::Io { .. })),
                "{what}: {failed}"
            );
            if !place.path().join("tape").exists() {
                if place.path().join("restore").exists() {
                    let refused = open(place.path(), &small(), LATER).unwrap_err();
                    assert!(matches!(refused, Fatal::NoLedger { .. }), "{what}: {refused}");
                }
                restore(folder.path(), place.path(), &small(), Some(&orders))
                    .unwrap_or_else(|error| panic!("{what}: {error}"));
            }
            assert_eq!(restored(place.path()), (0, 10), "{what}");
        }
    }
    assert!(operations > 30, "{operations} operations");
}
