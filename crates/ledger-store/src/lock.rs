//! One process per data directory.

use std::{
    fs::{File, OpenOptions},
    path::Path,
};

use rustix::fs::{FlockOperation, flock};

use crate::{Fatal, tape::failed};

/// Holds the directory until it is dropped, or until the process ends in any way.
#[derive(Debug)]
pub(crate) struct Lock {
    _file: File,
}

impl Lock {
    /// Takes the lock of a directory, or says at once that somebody else has it.
    pub(crate) fn take(directory: &Path) -> Result<Self, Fatal> {
        let path = directory.join("lock");
        let file = OpenOptions::new()
            .create(true)
            .truncate(false)
            .write(true)
            .open(&path)
            .map_err(|error| failed("opening", &path, &error))?;
        // The file stays when the lock goes: a removed name would let two processes lock two files.
        match flock(&file, FlockOperation::NonBlockingLockExclusive) {
            Ok(()) => Ok(Self { _file: file }),
            Err(rustix::io::Errno::WOULDBLOCK) => Err(Fatal::Locked(directory.display().to_string())),
            Err(error) => Err(failed("locking", &path, &error.into())),
        }
    }
}
