//! Snapshots: kept, found again, and handed out only when they are whole and of this log.

use super::{damage::LATER, open, small};
use crate::{
    EventLog, EventReader, Snapshot, SnapshotKind, Snapshots, TapeLog,
    blocks::BLOCK_BYTES_MAX,
    conformance::{NOON, post},
    samples::programme,
    snapshots::{key, part_key},
};

const KIND: SnapshotKind = SnapshotKind {
    name: "position",
    schema: 3,
};

fn snapshot(log: &TapeLog, byte: u8) -> Snapshot {
    let head = log.reader().head();
    Snapshot {
        position: head.size,
        root: head.root,
        bytes: (0..=byte).cycle().take(3 * BLOCK_BYTES_MAX + 100).collect(),
    }
}

/// A log with a snapshot halfway and one of its end.
fn with_two(directory: &std::path::Path) -> (TapeLog, Snapshots, Snapshot, Snapshot) {
    let (mut log, _, _) = open(directory, &small(), NOON).unwrap();
    post(&mut log, &programme("p"), 0..100);
    let first = snapshot(&log, 100);
    post(&mut log, &programme("p"), 100..150);
    let second = snapshot(&log, 200);
    let snapshots = log.snapshots();
    assert!(snapshots.store(KIND, &first) && snapshots.store(KIND, &second));
    (log, snapshots, first, second)
}

#[test]
fn the_newest_that_is_not_beyond_is_found_also_after_opening_again() {
    let directory = tempfile::tempdir().unwrap();
    let (log, snapshots, first, second) = with_two(directory.path());
    let look = |snapshots: &Snapshots| {
        assert_eq!(snapshots.positions(KIND), [first.position, second.position]);
        for (events, found) in [
            (u64::MAX, Some(&second)),
            (second.position, Some(&second)),
            (second.position - 1, Some(&first)),
            (first.position, Some(&first)),
            (first.position - 1, None),
        ] {
            assert_eq!(snapshots.load(KIND, events).as_ref(), found, "at {events}");
        }
    };
    look(&snapshots);
    drop(log);
    // Nothing is kept for a log that is closed.
    assert_eq!(snapshots.load(KIND, u64::MAX), None);
    assert!(!snapshots.store(KIND, &first));
    let (log, _, _) = open(directory.path(), &small(), LATER).unwrap();
    look(&log.snapshots());
    log.snapshots().remove(KIND, second.position);
    assert_eq!(log.snapshots().positions(KIND), [first.position]);
    assert_eq!(log.snapshots().load(KIND, u64::MAX), Some(first));
}

#[test]
fn one_that_is_written_in_pieces_is_the_one_of_their_bytes() {
    let directory = tempfile::tempdir().unwrap();
    let (_log, snapshots, first, second) = with_two(directory.path());
    for length in [0, 1, BLOCK_BYTES_MAX, 3 << 20, (3 << 20) + 77] {
        let bytes: Vec<u8> = (0..=250).cycle().take(length).collect();
        for piece in [100_000, 2 << 20] {
            let written = snapshots.write(KIND, first.position, first.root, |parts| {
                bytes.chunks(piece).try_for_each(|bytes| parts.add(bytes))
            });
            assert_eq!(written, Some(length as u64));
            let found = snapshots.load(KIND, first.position).unwrap();
            assert_eq!((found.root, found.bytes == bytes), (first.root, true), "{length}");
        }
    }
    let given_up = snapshots.write(KIND, first.position, first.root, |parts| {
        parts.add(&vec![7; 5 << 20])?;
        None
    });
    assert_eq!(
        (given_up, snapshots.positions(KIND)),
        (None, vec![second.position])
    );
}

#[test]
fn another_kind_schema_or_log_has_none() {
    let directory = tempfile::tempdir().unwrap();
    let (log, snapshots, first, mut second) = with_two(directory.path());
    for other in [
        SnapshotKind { schema: 4, ..KIND },
        SnapshotKind { name: "pos", ..KIND },
        SnapshotKind {
            name: "positions",
            ..KIND
        },
    ] {
        assert_eq!(snapshots.load(other, u64::MAX), None);
    }
    second.root[0] ^= 1;
    assert!(snapshots.store(KIND, &second));
    assert_eq!(snapshots.load(KIND, u64::MAX).as_ref(), Some(&first));
    // Inside a commit, and beyond the log.
    for position in [first.position - 1, second.position + 1] {
        let head = log.reader().head();
        let (root, bytes) = (head.root, Vec::new());
        snapshots.remove(KIND, second.position);
        assert!(snapshots.store(
            KIND,
            &Snapshot {
                position,
                root,
                bytes
            }
        ));
        assert_eq!(snapshots.load(KIND, u64::MAX).as_ref(), Some(&first));
        snapshots.remove(KIND, position);
    }
}

#[test]
fn one_that_is_torn_at_any_part_is_none() {
    let directory = tempfile::tempdir().unwrap();
    let (log, snapshots, first, second) = with_two(directory.path());
    let tree = log.shared.blocks().unwrap().snapshots;
    let older = |what: &str| {
        assert_eq!(snapshots.load(KIND, u64::MAX).as_ref(), Some(&first), "{what}");
    };
    let mut keys: Vec<Vec<u8>> = (0..4).map(|part| part_key(KIND, second.position, part)).collect();
    keys.push(key(KIND, second.position));
    for (at, key) in keys.iter().enumerate() {
        let right = tree.remove(key).unwrap().unwrap();
        older(&format!("part {at} is missing"));
        tree.insert(key, &right[..right.len() - 1]).unwrap();
        older(&format!("part {at} is cut"));
        let mut changed = right.to_vec();
        changed[50] ^= 1;
        tree.insert(key, changed).unwrap();
        older(&format!("part {at} is changed"));
        tree.insert(key, right).unwrap();
        assert_eq!(snapshots.load(KIND, u64::MAX).as_ref(), Some(&second));
    }
    let beyond = part_key(KIND, second.position, 4);
    tree.insert(beyond, b"of an older, longer one".as_slice())
        .unwrap();
    older("there is a part too many");
    // Storing it again mends it.
    assert!(snapshots.store(KIND, &second));
    assert_eq!(snapshots.load(KIND, u64::MAX), Some(second));
}

#[test]
fn a_kill_after_any_part_of_the_next_leaves_the_one_before() {
    let directory = tempfile::tempdir().unwrap();
    let (mut log, snapshots, _, second) = with_two(directory.path());
    post(&mut log, &programme("p"), 150..160);
    let third = snapshot(&log, 50);
    let tree = log.shared.blocks().unwrap().snapshots;
    for (part, bytes) in (0..).zip(third.bytes.chunks(BLOCK_BYTES_MAX)) {
        tree.insert(part_key(KIND, third.position, part), bytes).unwrap();
        assert_eq!(snapshots.load(KIND, u64::MAX).as_ref(), Some(&second));
    }
    assert!(snapshots.store(KIND, &third));
    assert_eq!(snapshots.load(KIND, u64::MAX), Some(third));
}
