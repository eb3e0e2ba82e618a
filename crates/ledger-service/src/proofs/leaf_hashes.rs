//! The hashes of all leaves, 32 bytes each in a file beside the log, so that a proof reads 8 KiB where it would hash 256
//! events again, and a start reads 32 MB where it would hash a million.
//!
//! The file is written when hashes are asked for, off the writer's path, and never synced: what a crash or a bit flip
//! leaves in it does not lead to the root of the log, and then all is hashed again.

use std::{
    fs::{File, OpenOptions},
    os::unix::fs::{FileExt as _, OpenOptionsExt as _},
    path::Path,
};

use ledger_proof::Hash;
use ledger_store::Fatal;
use tracing::warn;

const HASH_BYTES: u64 = 32;
/// The file's name in the data directory.
const NAME: &str = "leaf-hashes";

/// The hashes, in order of position.
#[derive(Debug)]
pub(crate) enum LeafHashes {
    /// In the data directory.
    File { file: File, size: u64 },
    /// Beside a log in memory, or where the directory cannot be written.
    Memory(Vec<Hash>),
}

impl LeafHashes {
    /// Those that the directory holds, or none yet.
    pub(crate) fn open(directory: &Path) -> Self {
        let opened = OpenOptions::new()
            .read(true)
            .write(true)
            .create(true)
            .truncate(false)
            .mode(0o600)
            .open(directory.join(NAME))
            .and_then(|file| Ok((file.metadata()?.len(), file)));
        match opened {
            Ok((bytes, file)) => Self::File {
                file,
                size: bytes / HASH_BYTES,
            },
            Err(error) => {
                warn!(%error, "the hashes of the leaves are held in memory");
                Self::Memory(Vec::new())
            }
        }
    }

    /// How many there are.
    pub(crate) fn size(&self) -> u64 {
        match self {
            Self::File { size, .. } => *size,
            Self::Memory(hashes) => hashes.len() as u64,
        }
    }

    /// Adds hashes at the end. A disk that takes no more costs memory, not proofs.
    pub(crate) fn append(&mut self, new: &[Hash]) -> Result<(), Fatal> {
        let written = match self {
            Self::Memory(hashes) => {
                hashes.extend_from_slice(new);
                return Ok(());
            }
            Self::File { file, size } => file.write_all_at(new.as_flattened(), *size * HASH_BYTES),
        };
        match (written, &mut *self) {
            (Ok(()), Self::File { size, .. }) => *size += new.len() as u64,
            (Err(error), _) => {
                warn!(%error, "the hashes of the leaves are held in memory from now on");
                let mut hashes = self.read(0, self.size())?;
                hashes.extend_from_slice(new);
                *self = Self::Memory(hashes);
            }
            (Ok(()), Self::Memory(_)) => {}
        }
        Ok(())
    }

    /// The hashes from one position to another.
    pub(crate) fn read(&self, from: u64, to: u64) -> Result<Vec<Hash>, Fatal> {
        let wanted = usize::try_from(to.saturating_sub(from)).unwrap_or(usize::MAX);
        match self {
            Self::Memory(hashes) => {
                let from = usize::try_from(from).unwrap_or(usize::MAX);
                Ok(hashes.iter().skip(from).take(wanted).copied().collect())
            }
            Self::File { file, .. } => {
                let mut hashes = vec![[0; 32]; wanted];
                file.read_exact_at(hashes.as_flattened_mut(), from * HASH_BYTES)
                    .map_err(|error| Fatal::Io {
                        doing: format!("reading the file {NAME} in the data directory"),
                        reason: error.to_string(),
                        disk_full: false,
                    })?;
                Ok(hashes)
            }
        }
    }

    /// Forgets all: what is there is not of this log.
    pub(crate) fn clear(&mut self) {
        match self {
            Self::File { file, size } => {
                // What stays is written over, and what is not written over is found wrong at the next start.
                let _ = file.set_len(0);
                *size = 0;
            }
            Self::Memory(hashes) => hashes.clear(),
        }
    }
}
