//! A chunk that a thread of its own writes, while the next one is made.

use std::{
    mem,
    path::Path,
    sync::{Arc, Mutex, PoisonError},
    thread::Builder,
};

use super::{Syncing, failed, wait_for};
use crate::{Fatal, disk::File};

/// At most one chunk is on its way. Whoever reads the file, syncs it or writes to it otherwise lets that land first.
#[derive(Debug, Default)]
pub(crate) struct Aside(Mutex<Chunk>);

#[derive(Debug)]
enum Chunk {
    /// None is on its way; a buffer to be used again.
    Landed(Vec<u8>),
    Flying(Syncing, Arc<Vec<u8>>),
    /// One failed, which everybody is told who asks: the file is not what it should be.
    Lost(Fatal),
}

impl Default for Chunk {
    fn default() -> Self {
        Self::Landed(Vec::new())
    }
}

impl Chunk {
    fn land(self) -> Self {
        match self {
            Self::Flying(writing, bytes) => match wait_for(writing) {
                Ok(()) => Self::Landed(Arc::try_unwrap(bytes).unwrap_or_default()),
                Err(fatal) => Self::Lost(fatal),
            },
            landed => landed,
        }
    }
}

impl Aside {
    /// Waits for the chunk that is on its way.
    pub(crate) fn land(&self) -> Result<(), Fatal> {
        let mut chunk = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        *chunk = mem::take(&mut *chunk).land();
        match &*chunk {
            Chunk::Lost(fatal) => Err(fatal.clone()),
            _ => Ok(()),
        }
    }

    /// Takes a chunk, whose bytes begin at an offset of the file, and leaves an empty buffer in its place. A crash leaves
    /// any part of it.
    pub(crate) fn write(
        &self,
        file: &Arc<dyn File>,
        path: &Path,
        offset: u64,
        bytes: &mut Vec<u8>,
    ) -> Result<(), Fatal> {
        self.land()?;
        let mut chunk = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let mut buffer = match mem::take(&mut *chunk) {
            Chunk::Landed(buffer) => buffer,
            _ => Vec::new(),
        };
        buffer.clear();
        let full = Arc::new(mem::replace(bytes, buffer));
        let (theirs, their_file, their_path) = (Arc::clone(&full), Arc::clone(file), path.to_owned());
        let write = move || {
            let written = their_file.write_at(&theirs, offset);
            written.map_err(|error| failed("writing", &their_path, &error))
        };
        if let Ok(writing) = Builder::new().name("tape".to_owned()).spawn(write) {
            *chunk = Chunk::Flying(writing, full);
            return Ok(());
        }
        let written = file.write_at(&full, offset);
        written.map_err(|error| failed("writing", path, &error))
    }
}
