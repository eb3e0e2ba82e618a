//! What sled has read and nobody asks for again.
//!
//! sled's cache looks whether it is too large only when 64 pages of one of its 256 parts were asked for. Whoever reads
//! hundreds of megabytes once, as a start or a question about the past does, asks too little of each part, and all of it
//! stays. So after so many bytes every part is asked often enough, for pages that hold nothing.

use std::sync::atomic::Ordering;

use crate::blocks::{Blocks, Fault, guard};

/// How many bytes are read before the cache is looked through.
const READ_BYTES_MAX: u64 = 128 << 20;
/// Two pages for each of the parts, and how often they are asked for.
const PAGES: u32 = 512;
const TURNS: u32 = 33;
/// A page that is filled in order is split so that so many keys stay in it.
const KEYS_PER_PAGE: u32 = 8;

impl Blocks {
    /// Counts bytes that were read, and now and then has the cache throw out what is too much of it.
    pub(crate) fn has_read(&self, bytes: usize) -> Result<(), Fault> {
        let bytes = bytes as u64;
        let before = self.read_bytes.fetch_add(bytes, Ordering::Relaxed);
        if before < READ_BYTES_MAX && before + bytes >= READ_BYTES_MAX {
            self.shrink_cache()?;
            self.read_bytes.store(0, Ordering::Relaxed);
        }
        Ok(())
    }

    fn shrink_cache(&self) -> Result<(), Fault> {
        guard("shrinking the cache", || {
            let key = |page: u32| (page * KEYS_PER_PAGE).to_be_bytes();
            // A crash on the way leaves some of the keys, and all are written again.
            if !self.turns.contains_key(key(PAGES))? {
                for number in 0..=PAGES * KEYS_PER_PAGE {
                    self.turns.insert(number.to_be_bytes(), &[])?;
                }
            }
            for _ in 0..TURNS {
                for page in 0..PAGES {
                    self.turns.get(key(page))?;
                }
            }
            Ok(())
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_part_of_the_cache_is_asked_after_so_many_bytes_and_not_before() {
        let directory = tempfile::tempdir().unwrap();
        let blocks = Blocks::open(&directory.path().join("sled"), 1 << 20).unwrap();
        let half = usize::try_from(READ_BYTES_MAX / 2).unwrap();
        blocks.has_read(half).unwrap();
        assert!(blocks.turns.is_empty());
        for _ in 0..2 {
            blocks.has_read(half).unwrap();
            assert_eq!(blocks.turns.len() as u64, u64::from(PAGES * KEYS_PER_PAGE + 1));
            assert_eq!(blocks.read_bytes.load(Ordering::Relaxed), 0);
            blocks.has_read(half).unwrap();
        }
    }
}
