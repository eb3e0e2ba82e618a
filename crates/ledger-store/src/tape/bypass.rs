//! Long groups go to the disk past the system's cache, which would copy them once more and hold them for nobody.

use std::{io, sync::Arc};

use crate::disk::{BLOCK_BYTES, File};

/// Bytes on their way to a file, from a block's begin on. What does not begin or fill a block goes through the cache: the
/// system puts both ways in order, and a reader sees the last write of either.
#[derive(Debug)]
pub(super) struct Bypass {
    /// The same file where the system has no way past its cache.
    file: Arc<dyn File>,
    memory: Vec<u8>,
    /// Where the first block begins in memory, and how many bytes there are from there on.
    begin: usize,
    room: usize,
    /// Where the first byte that waits goes.
    offset: u64,
    waiting: usize,
}

impl Bypass {
    /// One that writes when so many bytes wait, or a few more.
    pub(super) fn new(file: Arc<dyn File>, room: usize) -> Self {
        let room = room.max(1).next_multiple_of(BLOCK_BYTES);
        let memory = vec![0; room + BLOCK_BYTES];
        Self {
            file,
            // Memory does not move any more.
            begin: memory.as_ptr().align_offset(BLOCK_BYTES),
            memory,
            room,
            offset: 0,
            waiting: 0,
        }
    }

    /// Goes on with another file.
    pub(super) fn change_to(&mut self, file: Arc<dyn File>) {
        assert_eq!(self.waiting, 0, "nothing waits for the file before");
        self.file = file;
    }

    pub(super) fn is_empty(&self) -> bool {
        self.waiting == 0
    }

    /// Takes bytes of which the first goes to an offset, and writes what is full. `cached` is the file as others have it.
    pub(super) fn write(&mut self, mut bytes: &[u8], offset: u64, cached: &Arc<dyn File>) -> io::Result<()> {
        if self.is_empty() {
            let missing = offset.next_multiple_of(BLOCK_BYTES as u64) - offset;
            let missing = usize::try_from(missing).unwrap_or(0).min(bytes.len());
            let (head, rest) = bytes.split_at(missing);
            cached.write_at(head, offset)?;
            self.offset = offset + head.len() as u64;
            bytes = rest;
        }
        while !bytes.is_empty() {
            let free = self.begin + self.waiting..self.begin + self.room;
            let (now, later) = bytes.split_at(free.len().min(bytes.len()));
            if let Some(free) = self
                .memory
                .get_mut(free)
                .and_then(|free| free.get_mut(..now.len()))
            {
                free.copy_from_slice(now);
            }
            self.waiting += now.len();
            bytes = later;
            if self.waiting == self.room {
                self.write_out(cached)?;
            }
        }
        Ok(())
    }

    /// Writes all that waits.
    pub(super) fn write_out(&mut self, cached: &Arc<dyn File>) -> io::Result<()> {
        let waiting = self.memory.get(self.begin..self.begin + self.waiting);
        let (blocks, rest) = waiting
            .unwrap_or_default()
            .split_at(self.waiting - self.waiting % BLOCK_BYTES);
        if !blocks.is_empty() {
            match self.file.write_at(blocks, self.offset) {
                // Larger blocks than ours, or a file system that says so late.
                Err(error) if error.kind() == io::ErrorKind::InvalidInput => {
                    cached.write_at(blocks, self.offset)?;
                    self.file = Arc::clone(cached);
                }
                written => written?,
            }
        }
        if !rest.is_empty() {
            cached.write_at(rest, self.offset + blocks.len() as u64)?;
        }
        self.offset += self.waiting as u64;
        self.waiting = 0;
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use std::fs;

    use proptest::prelude::*;

    use super::*;
    use crate::{
        disk::Disk as _,
        faults::{Fault, FaultyDisk},
    };

    /// A file system that opens such a file and then takes no write.
    #[derive(Debug)]
    struct Refusing;

    impl File for Refusing {
        fn read_at(&self, _: &mut [u8], _: u64) -> io::Result<usize> {
            Err(io::ErrorKind::InvalidInput.into())
        }

        fn write_at(&self, _: &[u8], _: u64) -> io::Result<()> {
            Err(io::ErrorKind::InvalidInput.into())
        }

        fn sync_data(&self) -> io::Result<()> {
            Ok(())
        }

        fn length(&self) -> io::Result<u64> {
            Ok(0)
        }
    }

    proptest! {
        // Alignment is asserted by the disk.
        #[test]
        fn what_is_written_is_what_was_given(
            first in 0..10_000_u64,
            chunks in prop::collection::vec((0..20_000_usize, any::<bool>()), 1..12),
            is_refused: bool,
        ) {
            let folder = tempfile::tempdir().unwrap();
            let path = folder.path().join("file");
            let disk = FaultyDisk::new(None);
            let cached: Arc<dyn File> = disk.create(&path).unwrap().into();
            let direct: Arc<dyn File> = if is_refused {
                Arc::new(Refusing)
            } else {
                disk.open_direct(&path, true).unwrap().into()
            };
            let mut bypass = Bypass::new(direct, 9_000);
            let mut expected = vec![0; usize::try_from(first).unwrap()];
            for (number, (length, is_end)) in (1..).zip(chunks) {
                let chunk: Vec<u8> = (number..=u8::MAX).cycle().take(length).collect();
                bypass.write(&chunk, expected.len() as u64, &cached).unwrap();
                expected.extend_from_slice(&chunk);
                if is_end {
                    bypass.write_out(&cached).unwrap();
                    prop_assert!(fs::read(&path).unwrap() == expected || expected.len() as u64 == first);
                }
            }
            bypass.write_out(&cached).unwrap();
            prop_assert!(bypass.is_empty());
            if expected.len() as u64 > first {
                prop_assert!(fs::read(&path).unwrap() == expected);
            }
        }
    }

    #[test]
    fn an_error_of_the_disk_is_told() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("file");
        let disk = FaultyDisk::new(Some((1, Fault::Full)));
        let cached: Arc<dyn File> = disk.create(&path).unwrap().into();
        let mut bypass = Bypass::new(disk.open_direct(&path, true).unwrap().into(), BLOCK_BYTES);
        let told = bypass.write(&[b'x'; BLOCK_BYTES], 0, &cached);
        assert_eq!(told.unwrap_err().kind(), io::ErrorKind::StorageFull);
    }
}
