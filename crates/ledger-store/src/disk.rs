//! The one narrow way from the tape to the disk, so that a test can make each operation fail in turn.

use std::{
    fmt::Debug,
    fs, io,
    os::unix::fs::FileExt as _,
    path::{Path, PathBuf},
};

/// What a read or write past the system's cache begins at, in the file and in memory, and is long, or a multiple of it, in
/// bytes: the blocks of disks and of file systems divide it.
pub const BLOCK_BYTES: usize = 4_096;

/// The operations on directories that the tape needs. A fault-injecting disk stands in for the real one in tests.
pub trait Disk: Debug + Send + Sync {
    /// Makes a directory; its parents exist. One that is there already is fine.
    fn create_dir(&self, path: &Path) -> io::Result<()>;
    /// Makes a file that must not exist yet, for reading and writing.
    fn create(&self, path: &Path) -> io::Result<Box<dyn File>>;
    /// Opens a file that exists: for reading, and for writing when `write`.
    fn open(&self, path: &Path, write: bool) -> io::Result<Box<dyn File>>;
    /// Opens a file that exists as [`Self::open`] does, past the system's cache: whole blocks are read and written
    /// (`open(2)`, `O_DIRECT`). An error where there is no such thing.
    fn open_direct(&self, _path: &Path, _write: bool) -> io::Result<Box<dyn File>> {
        Err(io::ErrorKind::Unsupported.into())
    }
    /// Removes a file.
    fn remove(&self, path: &Path) -> io::Result<()>;
    /// Gives a file or directory another name.
    fn rename(&self, from: &Path, to: &Path) -> io::Result<()>;
    /// Makes the names in a directory durable.
    fn sync_dir(&self, path: &Path) -> io::Result<()>;
    /// The paths in a directory, in any order.
    fn list(&self, path: &Path) -> io::Result<Vec<PathBuf>>;
    /// Opens a file for writing, or makes it, to hold a lock on it.
    fn open_lock(&self, path: &Path) -> io::Result<fs::File> {
        let mut options = fs::OpenOptions::new();
        options.create(true).truncate(false).write(true).open(path)
    }
}

/// The operations on one file that the tape needs.
pub trait File: Debug + Send + Sync {
    /// Reads up to the buffer's length at an offset; fewer bytes only at the end of the file.
    fn read_at(&self, into: &mut [u8], offset: u64) -> io::Result<usize>;
    /// Writes all of the bytes at an offset; the file grows as needed.
    fn write_at(&self, bytes: &[u8], offset: u64) -> io::Result<()>;
    /// Makes contents and length durable (`fdatasync`).
    fn sync_data(&self) -> io::Result<()>;
    /// The length in bytes.
    fn length(&self) -> io::Result<u64>;
}

/// The operating system's files.
#[derive(Debug)]
pub struct RealDisk;

impl Disk for RealDisk {
    fn create_dir(&self, path: &Path) -> io::Result<()> {
        match fs::create_dir(path) {
            Err(error) if error.kind() == io::ErrorKind::AlreadyExists => Ok(()),
            other => other,
        }
    }

    fn create(&self, path: &Path) -> io::Result<Box<dyn File>> {
        let mut options = fs::OpenOptions::new();
        Ok(Box::new(
            options.read(true).write(true).create_new(true).open(path)?,
        ))
    }

    fn open(&self, path: &Path, write: bool) -> io::Result<Box<dyn File>> {
        Ok(Box::new(
            fs::OpenOptions::new().read(true).write(write).open(path)?,
        ))
    }

    #[cfg(target_os = "linux")]
    fn open_direct(&self, path: &Path, write: bool) -> io::Result<Box<dyn File>> {
        use std::os::unix::fs::OpenOptionsExt as _;

        let direct = rustix::fs::OFlags::DIRECT.bits().cast_signed();
        let mut options = fs::OpenOptions::new();
        let options = options.read(true).write(write).custom_flags(direct);
        Ok(Box::new(options.open(path)?))
    }

    fn remove(&self, path: &Path) -> io::Result<()> {
        fs::remove_file(path)
    }

    fn rename(&self, from: &Path, to: &Path) -> io::Result<()> {
        fs::rename(from, to)
    }

    fn sync_dir(&self, path: &Path) -> io::Result<()> {
        fs::File::open(path)?.sync_all()
    }

    fn list(&self, path: &Path) -> io::Result<Vec<PathBuf>> {
        fs::read_dir(path)?
            .map(|entry| entry.map(|entry| entry.path()))
            .collect()
    }
}

impl File for fs::File {
    fn read_at(&self, into: &mut [u8], offset: u64) -> io::Result<usize> {
        let mut done = 0;
        while let Some(rest) = into.get_mut(done..).filter(|rest| !rest.is_empty()) {
            match std::os::unix::fs::FileExt::read_at(self, rest, offset + done as u64) {
                Ok(0) => break,
                Ok(read) => done += read,
                Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
                Err(error) => return Err(error),
            }
        }
        Ok(done)
    }

    fn write_at(&self, bytes: &[u8], offset: u64) -> io::Result<()> {
        self.write_all_at(bytes, offset)
    }

    fn sync_data(&self) -> io::Result<()> {
        fs::File::sync_data(self)
    }

    fn length(&self) -> io::Result<u64> {
        Ok(self.metadata()?.len())
    }
}
