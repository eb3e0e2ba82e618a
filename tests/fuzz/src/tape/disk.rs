//! A disk in memory that holds the segments of one tape and can only be read.

use std::{
    collections::BTreeMap,
    fs, io,
    path::{Path, PathBuf},
    sync::Arc,
};

use ledger_store::disk::{Disk, File};

/// The segments by their path.
#[derive(Debug)]
pub(super) struct ReadOnlyDisk(BTreeMap<PathBuf, Arc<Vec<u8>>>);

impl ReadOnlyDisk {
    /// A disk with these segments by their first position.
    pub(super) fn new(segments: Vec<(u64, Vec<u8>)>) -> Self {
        let path = |first: u64| PathBuf::from(format!("tape/{first:020}.tape"));
        Self(
            segments
                .into_iter()
                .map(|(first, bytes)| (path(first), Arc::new(bytes)))
                .collect(),
        )
    }
}

fn refused<T>() -> io::Result<T> {
    Err(io::ErrorKind::ReadOnlyFilesystem.into())
}

impl Disk for ReadOnlyDisk {
    fn create_dir(&self, _: &Path) -> io::Result<()> {
        refused()
    }

    fn create(&self, _: &Path) -> io::Result<Box<dyn File>> {
        refused()
    }

    fn open(&self, path: &Path, _: bool) -> io::Result<Box<dyn File>> {
        let bytes = self.0.get(path).ok_or(io::ErrorKind::NotFound)?;
        Ok(Box::new(Segment(Arc::clone(bytes))))
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

    fn list(&self, _: &Path) -> io::Result<Vec<PathBuf>> {
        Ok(self.0.keys().cloned().collect())
    }

    fn open_lock(&self, _: &Path) -> io::Result<fs::File> {
        refused()
    }
}

#[derive(Debug)]
struct Segment(Arc<Vec<u8>>);

impl File for Segment {
    fn read_at(&self, into: &mut [u8], offset: u64) -> io::Result<usize> {
        let start = usize::try_from(offset).unwrap_or(usize::MAX);
        let rest = self.0.get(start..).unwrap_or_default();
        let read = rest.len().min(into.len());
        for (to, from) in into.iter_mut().zip(rest) {
            *to = *from;
        }
        Ok(read)
    }

    fn write_at(&self, _: &[u8], _: u64) -> io::Result<()> {
        refused()
    }

    fn sync_data(&self) -> io::Result<()> {
        refused()
    }

    fn length(&self) -> io::Result<u64> {
        Ok(self.0.len() as u64)
    }
}
