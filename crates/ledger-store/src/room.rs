//! Many values put into sled at once, so that it writes little more than them.
//!
//! sled splits a leaf that has seventeen values and writes both halves again. In order, each value is written four to six
//! times, since every leaf is filled, split and filled again. A key without a value costs next to nothing to write twice:
//! so the keys of many values go in first, and the values after them, into leaves that are split already. Then a value is
//! written one and a half times, in half the CPU time (400 MiB in blocks of 8 KiB, 2026-11-29).

use sled::{IVec, Tree};

use crate::blocks::{Blocks, Fault, guard};

/// How many keys it takes: with fewer the leaf at the end is split between the keys and the values.
pub(crate) const KEYS_MIN: usize = 32;

impl Blocks {
    /// Makes room in a tree for values whose keys are not in it yet. A crash before they are put leaves keys with an empty
    /// value, which are as good as none.
    pub(crate) fn make_room(tree: &Tree, keys: &[IVec]) -> Result<(), Fault> {
        if keys.len() < KEYS_MIN {
            return Ok(());
        }
        guard("making room", || {
            for key in keys {
                tree.insert(key, &[])?;
            }
            Ok(())
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::blocks::{BLOCK_BYTES_MAX, key};

    /// How many bytes sled wrote in all: the name of the map that it makes when it is opened tells.
    fn written_by_sled(directory: &std::path::Path) -> u64 {
        drop(Blocks::open(directory, 1 << 20).unwrap());
        let names = std::fs::read_dir(directory).unwrap();
        let names = names.map(|entry| entry.unwrap().file_name().into_string().unwrap());
        let ends = names.filter_map(|name| u64::from_str_radix(name.strip_prefix("snap.")?, 16).ok());
        ends.max().unwrap()
    }

    #[test]
    fn values_that_have_room_are_written_less_than_twice() {
        const VALUES: u64 = 2_000;
        let given = VALUES * BLOCK_BYTES_MAX as u64;
        let written = [1, 256].map(|together| {
            let directory = tempfile::tempdir().unwrap();
            let blocks = Blocks::open(directory.path(), 1 << 20).unwrap();
            let keys: Vec<IVec> = (0..VALUES).map(|number| key(number * 70, 0)).collect();
            for keys in keys.chunks(together) {
                Blocks::make_room(&blocks.events, keys).unwrap();
                for key in keys {
                    blocks.insert(&blocks.events, key, &[7; BLOCK_BYTES_MAX]).unwrap();
                }
            }
            drop(blocks);
            written_by_sled(directory.path())
        });
        let [one_by_one, together] = written;
        assert!(together < 2 * given, "{together} bytes for {given}");
        assert!(
            one_by_one > 3 * given,
            "{one_by_one} bytes for {given}: sled does it by itself"
        );
    }
}
