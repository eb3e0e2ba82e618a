//! Where nothing can be written a ledger is still read.

use std::{
    fs, io,
    path::{Path, PathBuf},
    sync::Arc,
};

use super::{
    damage::{LATER, end_of_lines, ledger, segments},
    open, small,
};
use crate::{
    EventLog, EventReader, Fatal, Options,
    conformance::NOON,
    disk::{Disk, File, RealDisk},
    faults::{Fault, FaultyDisk},
    repair, verify,
};

/// A file system that is mounted to be read; tests may run as root, whom no permission stops.
#[derive(Debug)]
struct ReadOnly;

fn refused<T>() -> io::Result<T> {
    Err(io::ErrorKind::ReadOnlyFilesystem.into())
}

impl Disk for ReadOnly {
    fn create_dir(&self, _: &Path) -> io::Result<()> {
        refused()
    }
    fn create(&self, _: &Path) -> io::Result<Box<dyn File>> {
        refused()
    }
    fn open(&self, path: &Path, write: bool) -> io::Result<Box<dyn File>> {
        if write {
            refused()
        } else {
            RealDisk.open(path, false)
        }
    }
    fn remove(&self, _: &Path) -> io::Result<()> {
        refused()
    }
    fn rename(&self, _: &Path, _: &Path) -> io::Result<()> {
        refused()
    }
    fn sync_dir(&self, _: &Path) -> io::Result<()> {
        refused()
    }
    fn list(&self, path: &Path) -> io::Result<Vec<PathBuf>> {
        RealDisk.list(path)
    }
    fn open_lock(&self, _: &Path) -> io::Result<fs::File> {
        refused()
    }
}

#[test]
fn a_read_only_copy_is_read_and_verified_and_takes_nothing() {
    let directory = tempfile::tempdir().unwrap();
    let size = ledger(directory.path());
    let (log, _, events) = open(directory.path(), &small(), LATER).unwrap();
    let root = log.reader().head().root;
    drop(log);
    let copy = Options {
        disk: Arc::new(ReadOnly),
        ..small()
    };
    let (mut log, opened, read) = open(directory.path(), &copy, LATER).unwrap();
    let (_other, _, _) = open(directory.path(), &copy, LATER).unwrap();
    assert!(read == events);
    assert_eq!((opened.events, log.reader().head().root), (size, root));
    assert!(opened.to_string().contains("takes no postings"), "{opened}");
    let with_details = events.iter().find(|event| event.details_hash.is_some()).unwrap();
    assert!(log.reader().details(with_details).unwrap().is_some());
    assert!(matches!(log.begin(LATER), Err(Fatal::Poisoned(why)) if why.contains("cannot be written")));
    let verified = verify(directory.path(), &copy).unwrap();
    assert_eq!((verified.findings, verified.events), (Vec::new(), size));
    assert!(verified.sled_unread.is_some());
    assert!(repair(directory.path(), None, &copy, LATER).is_err());
}

#[test]
fn on_a_full_disk_what_is_durable_is_read_and_it_says_what_to_free() {
    let directory = tempfile::tempdir().unwrap();
    let size = ledger(directory.path());
    let last = segments(directory.path()).pop().unwrap();
    let mut bytes = fs::read(&last).unwrap();
    let end = end_of_lines(&last);
    bytes.splice(end..bytes.len().min(end + 9), *b"{\"torn\":\n");
    fs::write(&last, &bytes).unwrap();
    // Folder and name of the tape come first; then the copy of the tail meets the full disk.
    let read_only = (0..12).filter_map(|number| {
        let full = Options {
            disk: Arc::new(FaultyDisk::new(Some((number, Fault::Full)))),
            ..small()
        };
        let (mut log, opened, events) = open(directory.path(), &full, LATER).ok()?;
        assert!(matches!(log.begin(NOON), Err(Fatal::Poisoned(_))) == opened.read_only.is_some());
        assert_eq!(events.len() as u64, size);
        opened.read_only
    });
    let why = read_only.collect::<Vec<_>>();
    assert!(!why.is_empty());
    let length = bytes.len() - end;
    assert!(
        why.iter()
            .all(|why| why.contains("aside") && why.contains(&format!("free {length} bytes"))),
        "{why:?}"
    );
    assert_eq!(open(directory.path(), &small(), LATER).unwrap().1.events, size);
}
