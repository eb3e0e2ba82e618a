//! One process per data directory; where nothing can be written, any number that read.

use std::{fs::File, io::ErrorKind, path::Path};

use rustix::fs::{FlockOperation, flock};

use crate::{Fatal, disk::Disk, tape::failed};

/// Holds the directory until it is dropped, or until the process ends in any way.
#[derive(Debug)]
pub(crate) struct Lock {
    _file: Option<File>,
    /// Why the directory can be read and not written, as a part of a sentence.
    pub(crate) read_only: Option<String>,
}

impl Lock {
    /// Takes the lock of a directory, or says at once that somebody else has it.
    pub(crate) fn take(disk: &dyn Disk, directory: &Path) -> Result<Self, Fatal> {
        let path = directory.join("lock");
        let (file, read_only) = match disk.open_lock(&path) {
            Ok(file) => (Some(file), None),
            Err(error)
                if matches!(
                    error.kind(),
                    ErrorKind::ReadOnlyFilesystem | ErrorKind::PermissionDenied
                ) =>
            {
                // A copy for reading may have no lock file, and then nobody writes here.
                let why = format!("{} cannot be written: {error}", directory.display());
                (File::open(&path).ok(), Some(why))
            }
            Err(error) => return Err(failed("opening", &path, &error)),
        };
        let operation = match read_only {
            None => FlockOperation::NonBlockingLockExclusive,
            Some(_) => FlockOperation::NonBlockingLockShared,
        };
        // The file stays when the lock goes: a removed name would let two processes lock two files.
        match file.as_ref().map_or(Ok(()), |file| flock(file, operation)) {
            Ok(()) => Ok(Self {
                _file: file,
                read_only,
            }),
            Err(rustix::io::Errno::WOULDBLOCK) => Err(Fatal::Locked(directory.display().to_string())),
            Err(error) => Err(failed("locking", &path, &error.into())),
        }
    }
}
