//! Many values put into sled at once, so that it writes little more than them.
//!
//! sled splits a leaf that has seventeen values and writes both halves again. In order, each value is written four to six
//! times, since every leaf is filled, split and filled again. A key without a value costs next to nothing to write twice:
//! so the keys of many values go in first, and the values after them, into leaves that are split already. The last values
//! wait until more keys stand behind theirs. Then a value is written once.

use sled::{IVec, Tree};

use crate::blocks::{Blocks, Fault, guard};

/// How many keys stand behind one whose leaf is split for good.
pub(crate) const KEYS_BEHIND: usize = 16;
/// How many keys it takes where all their values follow: with fewer the leaf at the end is split between the two.
pub(crate) const KEYS_MIN: usize = 32;

impl Blocks {
    /// Makes room in a tree for values whose keys are not in it yet. A crash before they are put leaves keys with an empty
    /// value, which are as good as none.
    pub(crate) fn make_room(tree: &Tree, keys: &[IVec]) -> Result<(), Fault> {
        guard("making room", || {
            for key in keys {
                tree.insert(key, &[])?;
            }
            Ok(())
        })
    }
}

/// How many bytes sled wrote in all: the name of the map that it makes when it is opened tells.
#[cfg(test)]
pub(crate) fn written_by_sled(directory: &std::path::Path) -> u64 {
    drop(Blocks::open(directory, 1 << 20).unwrap());
    let names = std::fs::read_dir(directory).unwrap();
    let names = names.map(|entry| entry.unwrap().file_name().into_string().unwrap());
    let ends = names.filter_map(|name| u64::from_str_radix(name.strip_prefix("snap.")?, 16).ok());
    ends.max().unwrap()
}
