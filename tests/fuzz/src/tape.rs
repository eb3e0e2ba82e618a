//! Tapes: any bytes are a tape, up to its last valid commit, or damage that is named. What opens is what verifies.
//!
//! Two lines are written out before the tape is read, since no mutation finds a checksum: `commit!` becomes the right
//! commit line for the events before it, `segment!` begins a segment with the name that it should have.

mod disk;

use std::{path::Path, sync::Arc};

use crc32fast::Hasher;
use disk::ReadOnlyDisk;
use ledger_contract::{
    event::{Event, read_leaf, write_leaf},
    value::Instant,
};
use ledger_proof::{Tree, leaf_hash};
use ledger_store::{EventLog as _, EventReader as _, Fatal, Options, TapeLog, verify};

/// Verifies, opens and reads a tape on a disk in memory that can only be read.
pub fn holds(bytes: &[u8]) {
    let disk = ReadOnlyDisk::new(written_out(bytes));
    let options = Options {
        disk: Arc::new(disk),
        ..Options::new("fuzz.example/ledger")
    };
    let directory = Path::new("");
    let verified = told(verify(directory, &options));
    let opened = told(TapeLog::open(directory, &options, Instant(0)));
    let Some((log, opened)) = opened else {
        let whole = verified.is_some_and(|found| found.findings.is_empty() && found.events > 0);
        assert!(!whole, "a tape without a fault is not opened");
        return;
    };
    let Some(verified) = verified else {
        panic!("a tape that cannot be verified is opened");
    };
    let head = log.reader().head();
    assert_eq!(opened.events, head.size);
    assert_eq!(
        verified.events, head.size,
        "opened and verified alike: {:?}",
        verified.findings
    );
    let mut read = Vec::new();
    let done = log.reader().read(0, head.size, &mut |event| {
        read.push(event);
        true
    });
    assert!(done.is_ok(), "what was opened is read: {done:?}");
    assert_eq!(read.len() as u64, head.size, "every event is read");
    if verified.findings.is_empty() {
        assert_eq!(verified.root, head.root);
        assert_eq!(root_of(&read), head.root, "every leaf is written as it was read");
        for event in &read {
            let details = log.reader().details(event);
            assert!(details.is_ok(), "the details of {event:?}: {details:?}");
        }
    }
}

/// What came of it, unless it is damage, or nothing at all: those must be told in a sentence.
fn told<T>(outcome: Result<T, Fatal>) -> Option<T> {
    match outcome {
        Ok(found) => Some(found),
        Err(fatal @ (Fatal::Damaged { .. } | Fatal::Poisoned(_))) => {
            assert!(!fatal.to_string().is_empty());
            None
        }
        Err(fatal) => panic!("neither a tape nor damage: {fatal}"),
    }
}

fn root_of(events: &[Event]) -> ledger_proof::Hash {
    let mut tree = Tree::default();
    for event in events {
        let mut leaf = Vec::new();
        assert!(
            write_leaf(event, &mut leaf).is_ok(),
            "an event that was read has a leaf"
        );
        tree.push(leaf_hash(&leaf));
    }
    tree.root()
}

/// The segments by their first position, with right commit lines where they are asked for.
fn written_out(bytes: &[u8]) -> Vec<(u64, Vec<u8>)> {
    let mut segments: Vec<(u64, Vec<u8>)> = Vec::new();
    let mut segment = (0, Vec::new());
    let mut tree = Tree::default();
    let (mut first, mut crc, mut stamp) = (0, Hasher::new(), Instant(0));
    for line in bytes.split_inclusive(|byte| *byte == b'\n') {
        match line {
            b"segment!\n" => {
                let full = std::mem::replace(&mut segment, (tree.size(), Vec::new()));
                segments.push(full);
            }
            b"commit!\n" => {
                let (size, root) = (tree.size(), hex(&tree.root()));
                let text = format!("commit {first} {size} {stamp} {root} ");
                crc.update(text.as_bytes());
                let checksum = std::mem::take(&mut crc).finalize();
                segment
                    .1
                    .extend_from_slice(format!("{text}{checksum:08x}\n").as_bytes());
                first = size;
            }
            _ => {
                segment.1.extend_from_slice(line);
                let line = line.strip_suffix(b"\n").unwrap_or(line);
                if line.starts_with(b"commit ") {
                    (first, crc) = (tree.size(), Hasher::new());
                } else if let Some(tab) = line.iter().position(|byte| *byte == b'\t') {
                    let (leaf, details) = line.split_at(tab);
                    let width = u32::try_from(details.len() - 1).unwrap_or(u32::MAX);
                    crc.update(leaf);
                    crc.update(&width.to_le_bytes());
                    tree.push(leaf_hash(leaf));
                    stamp = read_leaf(leaf).map_or(stamp, |event| event.recorded_at);
                }
            }
        }
    }
    segments.push(segment);
    segments
}

fn hex(bytes: &[u8]) -> String {
    bytes
        .iter()
        .fold(String::new(), |text, byte| format!("{text}{byte:02x}"))
}
