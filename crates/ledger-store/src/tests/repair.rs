//! A damaged tape is repaired from sled to the byte, or refused and left as it is.

use std::{
    fs,
    path::{Path, PathBuf},
    sync::Arc,
};

use ledger_contract::{event::Event, value::Instant};
use tempfile::TempDir;

use super::{
    damage::{LATER, end_of_lines, findings, ledger, segments},
    open, sled_of, small,
};
use crate::{
    EventLog, EventReader, Fatal, Options, backup,
    conformance::post,
    faults::{Fault, FaultyDisk},
    repair,
    samples::{destruction, expenditure, programme},
    verify,
};

/// A closed ledger with its events, and the files of its tape.
struct Whole {
    directory: TempDir,
    events: Vec<Event>,
    files: Vec<(PathBuf, Vec<u8>)>,
}

fn whole() -> Whole {
    let directory = tempfile::tempdir().unwrap();
    ledger(directory.path());
    let (_, _, events) = open(directory.path(), &small(), LATER).unwrap();
    let files = segments(directory.path()).into_iter().map(|path| {
        let bytes = fs::read(&path).unwrap();
        (path, bytes)
    });
    let files = files.collect();
    Whole {
        directory,
        events,
        files,
    }
}

impl Whole {
    fn path(&self) -> &Path {
        self.directory.path()
    }

    /// Repairs, and holds the result against what it was; returns the positions whose details were lost.
    fn repaired(&self, file: &Path, what: &str) -> Vec<u64> {
        let before = fs::read(file).ok();
        let repaired =
            repair(self.path(), None, &small(), LATER).unwrap_or_else(|fatal| panic!("{what}: {fatal}"));
        assert_eq!(repaired.events, self.events.len() as u64, "{what}");
        let [(made, copy)] = &repaired.files[..] else {
            panic!("{what}: {repaired:?}")
        };
        assert_eq!(made, file, "{what}");
        assert_eq!(
            copy.as_ref().map(|copy| fs::read(copy).unwrap()),
            before,
            "{what}: the old file is kept"
        );
        assert!(!self.path().join("repair").exists());
        let verified = verify(self.path(), &small()).unwrap();
        assert_eq!(verified.findings, Vec::<String>::new(), "{what}");
        assert_eq!(
            verified.blank_details,
            repaired.lost_details.len() as u64,
            "{what}"
        );
        let (_, opened, events) = open(self.path(), &small(), LATER).unwrap();
        assert!(events == self.events, "{what}");
        assert_eq!((opened.tail, opened.rebuilt), (None, None), "{what}");
        let _ = fs::remove_dir_all(self.path().join("aside"));
        repaired.lost_details
    }

    fn put_back(&self) {
        for (path, bytes) in &self.files {
            fs::write(path, bytes).unwrap();
        }
    }
}

/// Offsets of the lines of a file that begin in a way.
fn lines(bytes: &[u8], with: &str) -> Vec<usize> {
    let begins = |at: &usize| *at == 0 || bytes[at - 1] == b'\n';
    let starts = (0..bytes.len()).filter(begins);
    starts
        .filter(|at| bytes[*at..].starts_with(with.as_bytes()))
        .collect()
}

#[test]
fn flipped_leaves_and_commit_lines_come_back_to_the_byte() {
    let whole = whole();
    for (path, bytes) in &whole.files {
        let (events, commits) = (lines(bytes, "{"), lines(bytes, "commit"));
        let places = [events.first(), events.last(), commits.first(), commits.last()];
        for at in places.into_iter().flatten() {
            for into in [0, 40, 100] {
                let mut changed = bytes.clone();
                changed[at + into] ^= 1;
                fs::write(path, &changed).unwrap();
                assert!(!findings(whole.path()).is_empty());
                let what = format!("{}, {at} + {into}", path.display());
                assert_eq!(whole.repaired(path, &what), Vec::<u64>::new(), "{what}");
                let end = end_of_lines(path);
                assert!(fs::read(path).unwrap()[..end] == bytes[..end], "{what}");
            }
        }
    }
}

#[test]
fn flipped_details_become_blank_and_it_says_whose() {
    let whole = whole();
    let (path, bytes) = &whole.files[1];
    let line = lines(bytes, "{")[2];
    let details = line + bytes[line..].iter().position(|byte| *byte == b'\t').unwrap() + 1;
    let mut changed = bytes.clone();
    changed[details + 20] ^= 1;
    fs::write(path, &changed).unwrap();
    let first: u64 = path.file_stem().unwrap().to_str().unwrap().parse().unwrap();
    assert_eq!(whole.repaired(path, "details"), vec![first + 2]);
    // Once blank they are not lost again.
    let again = repair(whole.path(), None, &small(), LATER).unwrap();
    assert_eq!((again.files, again.lost_details), (Vec::new(), Vec::new()));
}

#[test]
fn missing_emptied_and_cut_files_come_back_without_the_details_that_went_with_them() {
    let whole = whole();
    for (path, bytes) in &whole.files {
        let end = end_of_lines(path);
        for left in [None, Some(0), Some(end / 2), Some(end - 1)] {
            match left {
                None => fs::remove_file(path).unwrap(),
                Some(length) => fs::write(path, &bytes[..length]).unwrap(),
            }
            let what = format!("{} cut to {left:?}", path.display());
            let lost = whole.repaired(path, &what);
            // Whose details end behind the cut.
            let kept = left.unwrap_or(0);
            let line_end = |at: usize| at + bytes[at..].iter().position(|byte| *byte == b'\n').unwrap();
            let ends = lines(bytes, "{").into_iter().map(line_end);
            let gone = ends.filter(|end| bytes[end - 1] != b'\t' && *end > kept).count();
            assert_eq!(lost.len(), gone, "{what}");
            whole.put_back();
        }
    }
}

#[test]
fn bytes_that_were_pushed_in_move_no_details() {
    let whole = whole();
    let (path, bytes) = &whole.files[1];
    let mut changed = bytes.clone();
    changed.splice(500..500, *b"pushed in");
    fs::write(path, &changed).unwrap();
    assert!(whole.repaired(path, "pushed in").len() <= 1);
}

#[test]
fn a_repair_that_fails_anywhere_is_made_good_by_the_next_one() {
    let whole = whole();
    for fault in [Fault::Crash, Fault::DoneButFailed, Fault::Full] {
        for number in 0..1_000 {
            for (path, bytes) in &whole.files[..2] {
                let mut changed = bytes.clone();
                changed[100] ^= 1;
                fs::write(path, &changed).unwrap();
            }
            let disk = FaultyDisk::new(Some((number, fault)));
            let failing = Options {
                disk: Arc::new(disk.clone()),
                ..small()
            };
            let failed = repair(whole.path(), None, &failing, Instant(LATER.0 + 1)).is_err();
            let what = format!("{fault:?} at {number}");
            assert_eq!(failed, disk.operations() > number, "{what}");
            let repaired =
                repair(whole.path(), None, &small(), LATER).unwrap_or_else(|fatal| panic!("{what}: {fatal}"));
            assert_eq!(repaired.lost_details, Vec::<u64>::new(), "{what}");
            assert_eq!(findings(whole.path()), Vec::<String>::new(), "{what}");
            let _ = fs::remove_dir_all(whole.path().join("aside"));
            if !failed {
                assert!(number > 12, "{number} operations");
                break;
            }
        }
    }
}

#[test]
fn without_proof_nothing_is_changed() {
    let whole = whole();
    let (path, bytes) = &whole.files[1];
    let mut changed = bytes.clone();
    changed[100] ^= 1;
    fs::write(path, &changed).unwrap();
    let refused = |why: &str| {
        let told = repair(whole.path(), None, &small(), LATER).unwrap_err();
        assert!(matches!(told, Fatal::Damaged { .. }), "{told}");
        assert!(told.to_string().contains(why), "{why}: {told}");
        assert!(told.to_string().contains("put back a copy"), "{told}");
        assert!(fs::read(path).unwrap() == changed);
        assert!(!whole.path().join("repair").exists());
    };
    let (sled, kept) = (whole.path().join("sled"), whole.path().join("kept"));
    fs::rename(&sled, &kept).unwrap();
    refused("no folder sled");
    // Another ledger's, which is right by itself.
    let other = tempfile::tempdir().unwrap();
    let (mut log, _, _) = open(other.path(), &small(), LATER).unwrap();
    post(&mut log, &programme("other"), 0..300);
    drop(log);
    fs::rename(other.path().join("sled"), &sled).unwrap();
    refused("another one in sled");
    // One with a block that is lost.
    fs::remove_dir_all(&sled).unwrap();
    fs::rename(&kept, &sled).unwrap();
    let db = sled_of(whole.path());
    let events = db.open_tree("events").unwrap();
    let (key, _) = events.iter().nth(2).unwrap().unwrap();
    events.remove(&key).unwrap();
    db.flush().unwrap();
    drop((db, events));
    refused("missing");
}

#[test]
fn what_sled_does_not_know_yet_stays_as_it_is() {
    let whole = whole();
    // A process that died: its last events are on the tape alone.
    let sled = whole.path().join("sled");
    let kept = whole.path().join("kept");
    let copy = std::process::Command::new("cp")
        .arg("-r")
        .arg(&sled)
        .arg(&kept)
        .status();
    assert!(copy.unwrap().success());
    let (mut log, _, _) = open(whole.path(), &small(), LATER).unwrap();
    log.begin(LATER).unwrap();
    log.stage(expenditure(&programme("p"), 9_000)).unwrap();
    log.commit().unwrap();
    let size = log.reader().head().size;
    drop(log);
    fs::remove_dir_all(&sled).unwrap();
    fs::rename(&kept, &sled).unwrap();
    let (path, bytes) = &whole.files[0];
    let mut changed = bytes.clone();
    changed[50] ^= 1;
    fs::write(path, &changed).unwrap();
    let repaired = repair(whole.path(), None, &small(), LATER).unwrap();
    assert_eq!((repaired.events, repaired.files.len()), (size, 1));
    assert_eq!(findings(whole.path()), Vec::<String>::new());
    assert_eq!(open(whole.path(), &small(), LATER).unwrap().1.events, size);
}

#[test]
fn details_come_back_from_a_backup_unless_they_were_destroyed() {
    let whole = whole();
    let folder = tempfile::tempdir().unwrap();
    backup(whole.path(), folder.path(), &small()).unwrap();
    let (path, bytes) = &whole.files[0];
    let at = bytes.windows(10).position(|text| text == b"supplier 2").unwrap();
    let mut changed = bytes.clone();
    changed[at] ^= 1;
    fs::write(path, &changed).unwrap();
    let repaired = repair(whole.path(), Some(folder.path()), &small(), LATER).unwrap();
    assert_eq!((repaired.lost_details, repaired.restored_details), (vec![], 1));
    let end = end_of_lines(path);
    assert!(fs::read(path).unwrap()[..end] == bytes[..end]);

    // Once they were destroyed, the backup that still has them gives none back.
    let (mut log, _, events) = open(whole.path(), &small(), LATER).unwrap();
    let of = events.iter().find(|event| event.details_hash.is_some()).unwrap();
    log.begin(LATER).unwrap();
    log.stage(destruction(&of.stream, true)).unwrap();
    log.commit().unwrap();
    log.destroy_ordered().unwrap();
    drop(log);
    let mut changed = fs::read(path).unwrap();
    changed[at] ^= 1;
    fs::write(path, &changed).unwrap();
    let repaired = repair(whole.path(), Some(folder.path()), &small(), LATER).unwrap();
    assert_eq!((repaired.lost_details.len(), repaired.restored_details), (1, 0));
    assert!(
        fs::read(path).unwrap()[at..at + 10]
            .iter()
            .all(|byte| *byte == b' ')
    );
}
