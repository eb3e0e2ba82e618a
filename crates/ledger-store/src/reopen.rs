//! sled closed and opened again now and then, so that a start after a kill has little to read.
//!
//! sled 0.34 makes its map of its own files only when it is opened, from all that was written since the opening before: a
//! second for each gigabyte or two. Whoever starts after a kill would wait for all that was written since the last start.

use std::{path::Path, sync::atomic::Ordering};

use crate::{
    blocks::{Blocks, Fault, close, mark_failed},
    shared::{Shared, reading, writing},
};

impl Shared {
    /// Closes sled and opens it again, when it was given enough since it was opened and nobody else holds it: whoever reads
    /// for long puts it off. Whoever asks for sled meanwhile waits, half a second say; nobody who waits holds it, so
    /// nobody waits for ever.
    ///
    /// A kill on the way leaves what it leaves at any other moment: files that the next opening has to read.
    pub(crate) fn reopen_when_due(&self) {
        let is_due = |blocks: &Blocks| blocks.written_bytes.load(Ordering::Relaxed) >= self.reopen_bytes;
        if !reading(&self.blocks).as_ref().is_some_and(is_due) {
            return;
        }
        let mut held = writing(&self.blocks);
        // Nobody can take a copy while the lock is held, so nobody but who has one can make more.
        let Some(blocks) = held.take_if(|blocks| is_due(blocks) && blocks.is_alone()) else {
            return;
        };
        let (directory, cache_bytes) = (blocks.directory.clone(), blocks.cache_bytes);
        let opened = reopened(blocks, &directory, cache_bytes);
        let failed = opened.as_ref().err().cloned();
        *held = opened.ok();
        drop(held);
        if let Some(fault) = failed {
            mark_failed(&directory, &fault);
            self.distrust(&fault);
        }
    }
}

fn reopened(blocks: Blocks, directory: &Path, cache_bytes: u64) -> Result<Blocks, Fault> {
    let flushed = blocks.flush();
    close(blocks);
    flushed?;
    Blocks::open(directory, cache_bytes)
}
