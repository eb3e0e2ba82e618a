//! The roots of tiles that are kept: taken when they are right, made again when they are not, and what they spare.

use std::{
    path::{Path, PathBuf},
    sync::atomic::{AtomicU64, Ordering},
};

use ledger_contract::event::{Details, Event};
use ledger_proof::{Hash, Tree};
use ledger_store::{Fatal, Head, TapeLog, TileRoots};

use super::*;
use crate::proofs::{Keep, Proofs};

/// A reader that counts the events it gives.
struct Counting<R> {
    inner: R,
    given: AtomicU64,
}

impl<R: EventReader> Counting<R> {
    fn over(inner: R) -> Self {
        let given = AtomicU64::new(0);
        Self { inner, given }
    }

    /// How many events it gave since it was last asked.
    fn given(&self) -> u64 {
        self.given.swap(0, Ordering::Relaxed)
    }
}

impl<R: EventReader> EventReader for Counting<R> {
    fn head(&self) -> Head {
        self.inner.head()
    }

    fn read(&self, from: u64, before: u64, visit: &mut dyn FnMut(Event) -> bool) -> Result<(), Fatal> {
        self.inner.read(from, before, &mut |event| {
            self.given.fetch_add(1, Ordering::Relaxed);
            visit(event)
        })
    }

    fn read_stream(
        &self,
        stream: &Stream,
        after_version: u64,
        before: u64,
        visit: &mut dyn FnMut(Event) -> bool,
    ) -> Result<(), Fatal> {
        self.inner.read_stream(stream, after_version, before, visit)
    }

    fn stream_version(&self, stream: &Stream, before: u64) -> Result<u64, Fatal> {
        self.inner.stream_version(stream, before)
    }

    fn stream_heads(&self, before: u64) -> Result<Vec<(Stream, u64)>, Fatal> {
        self.inner.stream_heads(before)
    }

    fn size_at(&self, instant: Instant) -> Result<u64, Fatal> {
        self.inner.size_at(instant)
    }

    fn commit_root(&self, size: u64) -> Result<Option<Hash>, Fatal> {
        self.inner.commit_root(size)
    }

    fn details(&self, event: &Event) -> Result<Option<Box<Details>>, Fatal> {
        self.inner.details(event)
    }
}

/// The root over the first events as they are read.
fn root_of_events(reader: &impl EventReader, size: u64) -> Hash {
    let mut tree = Tree::default();
    let read = reader.read(0, size, &mut |event| {
        tree.push(leaf_hash(leaf_of(&event).expect("a leaf").as_bytes()));
        true
    });
    read.expect("read");
    tree.root()
}

/// How many events are read for the roots at some sizes, the first question's and each later one's apart; each is right.
fn events_read_for_roots(log: &TapeLog, roots: TileRoots, sizes: &[u64]) -> Vec<u64> {
    let reader = Counting::over(log.reader());
    let keep = Keep::Memory([].into());
    let proofs = Proofs::open(keep, roots, &reader, false).expect("opens");
    reader.given();
    let mut read = Vec::new();
    for size in sizes {
        proofs.catch_up(&reader, *size).expect("the log's");
        let root = proofs.lock().hashes.root_at(*size, &reader).expect("read");
        read.push(reader.given());
        assert_eq!(root, Some(root_of_events(&log.reader(), *size)), "{size}");
    }
    read
}

fn roots_file(directory: &Path) -> PathBuf {
    directory.join("tile-roots")
}

/// A ledger of so many events in one group, after `ledgerOpened`.
fn imported(directory: &Path, expenditures_to: usize) {
    let (mut writer, queries) = in_directory(directory);
    let commands = [programme("p"), expenditures("p", 0, expenditures_to)].concat();
    post(&mut writer, &queries, &commands);
}

fn log_in(directory: &Path) -> TapeLog {
    let now = Instant(1_700_000_000_000_000);
    TapeLog::open(directory, &options(), now).expect("opens").0
}

#[test]
fn a_root_within_an_import_reads_no_more_than_two_tiles() {
    let directory = tempfile::tempdir().expect("a directory");
    let (mut writer, queries) = in_directory(directory.path());
    let commands = [programme("p"), expenditures("p", 0, 2_000)].concat();
    post(&mut writer, &queries, &commands);
    // 2,004 events are seven full tiles and 212 more. Right after the commit, and as the next start finds it.
    let asked = [1_500, 7, 256, 1_792, 2_000];
    let read = [212 + 256, 256, 0, 0, 0];
    assert_eq!(
        events_read_for_roots(&writer.log, writer.log.tile_roots(), &asked),
        read
    );
    drop((writer, queries));
    let log = log_in(directory.path());
    assert_eq!(events_read_for_roots(&log, log.tile_roots(), &asked), read);
    // Without any that were kept all is read, once.
    let read = [2_004 + 256, 256, 0, 0, 0];
    assert_eq!(events_read_for_roots(&log, TileRoots::default(), &asked), read);
}

#[test]
fn roots_that_were_kept_are_taken_up_and_wrong_ones_are_made_again() {
    let directory = tempfile::tempdir().expect("a directory");
    let file = roots_file(directory.path());
    imported(directory.path(), 1_200);
    let (mut writer, queries) = in_directory(directory.path());
    let signed = make_checkpoint(&mut writer, &queries, false).expect("signed");
    drop((writer, queries));
    let right = std::fs::read(&file).expect("kept");
    assert_eq!(signed.checkpoint.size / 256, 4);
    assert_eq!(right.len(), 4 * 32);

    let other = tempfile::tempdir().expect("a directory");
    let (mut writer, queries) = in_directory(other.path());
    post(&mut writer, &queries, &programme("other"));
    post(&mut writer, &queries, &expenditures("other", 0, 1_500));
    drop((writer, queries));
    let foreign = std::fs::read(roots_file(other.path())).expect("kept");

    let flipped = |at: usize| {
        let mut bytes = right.clone();
        bytes[at] ^= 1;
        bytes
    };
    let holed = [&right[..32], &[0; 64], &right[96..]].concat();
    let long = [&right[..], &[7; 80]].concat();
    for kept in [
        right.clone(),
        right[..70].to_vec(),
        flipped(0),
        flipped(127),
        holed,
        long,
        foreign,
        Vec::new(),
    ] {
        std::fs::write(&file, kept).expect("written");
        let (mut writer, queries) = in_directory(directory.path());
        let same = make_checkpoint(&mut writer, &queries, false).expect("the same");
        assert_eq!(same.checkpoint, signed.checkpoint);
        inclusion(&mut reading(&queries, &same), 300, same.checkpoint.size).expect("a proof");
        // A commit's root is on the record; within a commit it is made of the hashes.
        for size in [4, 200, 604, 1_024, signed.checkpoint.size] {
            let root = root_of_events(queries.reader(), size);
            assert_eq!(queries.root_at(size).expect("read"), Some(root), "{size}");
        }
        drop((writer, queries));
        assert_eq!(std::fs::read(&file).expect("kept"), right);
    }
}

#[test]
fn what_was_never_written_to_the_file_costs_only_its_own_events() {
    let directory = tempfile::tempdir().expect("a directory");
    let file = roots_file(directory.path());
    imported(directory.path(), 2_000);
    // As after a power cut: the file ends early, or in zeros.
    let right = std::fs::read(&file).expect("kept");
    for kept in [right[..64].to_vec(), [&right[..64], &[0; 160]].concat()] {
        std::fs::write(&file, kept).expect("written");
        let log = log_in(directory.path());
        let read = events_read_for_roots(&log, log.tile_roots(), &[1_000, 1_000]);
        assert_eq!(read, [2_004 - 512 + 256, 256]);
        drop(log);
        assert_eq!(std::fs::read(&file).expect("kept"), right);
    }
}

#[test]
fn a_log_grows_on_what_it_was_held_against() {
    let directory = tempfile::tempdir().expect("a directory");
    let (mut writer, queries) = in_directory(directory.path());
    post(&mut writer, &queries, &programme("p"));
    let mut from = 0;
    for to in [250, 251, 252, 253, 600, 1_020, 1_021, 2_000] {
        post(&mut writer, &queries, &expenditures("p", from, to));
        from = to;
        let head = queries.reader().head().size;
        for size in [head - 1, head / 2, 3] {
            let root = root_of_events(queries.reader(), size);
            assert_eq!(queries.root_at(size).expect("read"), Some(root), "{size}");
        }
    }
}

#[test]
fn without_a_file_that_can_be_written_the_ledger_goes_on() {
    let directory = tempfile::tempdir().expect("a directory");
    std::fs::create_dir(roots_file(directory.path())).expect("in its place");
    imported(directory.path(), 600);
    let (mut writer, queries) = in_directory(directory.path());
    let signed = make_checkpoint(&mut writer, &queries, false).expect("signed");
    inclusion(&mut reading(&queries, &signed), 300, signed.checkpoint.size).expect("a proof");
}
