//! Damage of a tape whose sled is whole: what was acknowledged is never called anything else, and sled is never given
//! up for a tape that is not proven.

use std::{fs, path::Path};

use tempfile::TempDir;

use super::{
    damage::{LATER, end_of_lines, findings, ledger, refused, segments},
    open, small,
};
use crate::{Fatal, conformance::NOON, verify};

/// A closed ledger of several segments, and its size.
fn closed() -> (TempDir, u64) {
    let directory = tempfile::tempdir().unwrap();
    let size = ledger(directory.path());
    (directory, size)
}

/// The files of the tape with their bytes.
fn tape(directory: &Path) -> Vec<(std::path::PathBuf, Vec<u8>)> {
    let with_bytes = |path: std::path::PathBuf| {
        let bytes = fs::read(&path).unwrap();
        (path, bytes)
    };
    segments(directory).into_iter().map(with_bytes).collect()
}

/// Opening and verifying both refuse, name the file and send nobody to remove sled; nothing is changed.
fn damaged(directory: &Path, file: &Path, what: &str) -> String {
    let before = tape(directory);
    let found = findings(directory).join("\n");
    let told = refused(directory, &small());
    assert!(matches!(told, Fatal::Damaged { .. }), "{what}: {told}");
    let told = told.to_string();
    let name = file.file_name().unwrap().to_str().unwrap();
    for text in [&told, &found] {
        assert!(text.contains(name), "{what}: {name} is not named in {text}");
        assert!(text.contains("rekenschap repair"), "{what}: {text}");
        assert!(!text.contains("remove the folder sled"), "{what}: {text}");
        assert!(!text.contains("never acknowledged"), "{what}: {text}");
    }
    assert_eq!(verify(directory, &small()).unwrap().tail_bytes, 0, "{what}");
    assert!(tape(directory) == before, "{what}: the tape was changed");
    assert!(directory.join("sled").exists());
    told
}

#[test]
fn a_byte_flipped_in_the_last_group_is_damage_when_sled_knows_it() {
    let (directory, size) = closed();
    let (last, bytes) = tape(directory.path()).pop().unwrap();
    let end = end_of_lines(&last);
    // The last group's 20 events, and its commit line.
    let lines: Vec<usize> = (0..end).filter(|at| *at == 0 || bytes[at - 1] == b'\n').collect();
    for (back, position) in [(1, None), (2, Some(size - 1)), (5, Some(size - 4))] {
        let begins = lines[lines.len() - back];
        for into in [1, 9, 60, 110] {
            let mut changed = bytes.clone();
            changed[begins + into] ^= 1;
            fs::write(&last, &changed).unwrap();
            let told = damaged(
                directory.path(),
                &last,
                &format!("line {back} from the end, byte {into}"),
            );
            assert!(told.contains(" at byte "), "{told}");
            if let Some(position) = position {
                assert!(told.contains(&format!("byte {begins} ")), "{begins}: {told}");
                assert!(told.contains(&format!("position {position} ")), "{told}");
            }
        }
    }
    fs::write(&last, &bytes).unwrap();
    assert_eq!(open(directory.path(), &small(), LATER).unwrap().1.events, size);
}

#[test]
fn a_missing_emptied_or_cut_file_is_named_when_sled_is_there() {
    let (directory, size) = closed();
    let whole = tape(directory.path());
    assert!(whole.len() > 3);
    for (path, bytes) in &whole {
        let end = end_of_lines(path);
        for left in [None, Some(0), Some(1), Some(end / 2), Some(end - 1)] {
            match left {
                None => fs::remove_file(path).unwrap(),
                Some(length) => fs::write(path, &bytes[..length]).unwrap(),
            }
            damaged(
                directory.path(),
                path,
                &format!("{} cut to {left:?}", path.display()),
            );
            fs::write(path, bytes).unwrap();
        }
    }
    fs::rename(directory.path().join("tape"), directory.path().join("elsewhere")).unwrap();
    let told = refused(directory.path(), &small()).to_string();
    assert!(
        told.contains("acknowledged") || told.contains("missing"),
        "{told}"
    );
    fs::remove_dir(directory.path().join("tape")).unwrap();
    fs::rename(directory.path().join("elsewhere"), directory.path().join("tape")).unwrap();
    let (_, opened, _) = open(directory.path(), &small(), LATER).unwrap();
    assert_eq!((opened.events, opened.rebuilt), (size, None));
}

#[test]
fn no_ledger_is_made_over_what_is_left_of_one() {
    let (directory, size) = closed();
    fs::remove_dir_all(directory.path().join("sled")).unwrap();
    let whole = tape(directory.path());
    // Of the last file nothing but sled, or a copy elsewhere, tells that it was there.
    for (path, bytes) in &whole[..whole.len() - 1] {
        let end = end_of_lines(path);
        for left in [None, Some(0), Some(end / 2), Some(end - 1)] {
            match left {
                None => fs::remove_file(path).unwrap(),
                Some(length) => fs::write(path, &bytes[..length]).unwrap(),
            }
            let name = path.file_name().unwrap().to_str().unwrap();
            let told = refused(directory.path(), &small()).to_string();
            assert!(told.contains(name), "{name}, {left:?}: {told}");
            assert!(
                told.contains("put back a copy") && !told.contains("repair"),
                "{told}"
            );
            assert!(
                findings(directory.path())
                    .iter()
                    .any(|finding| finding.contains(name)),
                "{name}, {left:?}"
            );
            fs::write(path, bytes).unwrap();
        }
    }
    assert_eq!(open(directory.path(), &small(), LATER).unwrap().1.events, size);
}

#[test]
fn a_ledger_of_one_damaged_commit_is_not_made_anew() {
    let directory = tempfile::tempdir().unwrap();
    drop(open(directory.path(), &small(), NOON).unwrap());
    let (path, mut bytes) = tape(directory.path()).pop().unwrap();
    bytes[9] ^= 1;
    fs::write(&path, &bytes).unwrap();
    damaged(directory.path(), &path, "with sled");
    fs::remove_dir_all(directory.path().join("sled")).unwrap();
    let told = refused(directory.path(), &small()).to_string();
    assert!(told.contains("put back a copy"), "{told}");
    assert!(!findings(directory.path()).is_empty());
}
