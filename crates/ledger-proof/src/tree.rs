//! The Merkle tree of RFC 6962, section 2.1, kept as the roots of its complete subtrees.

use sha2::{Digest, Sha256};

/// SHA-256.
pub type Hash = [u8; 32];

/// The hash of a leaf: SHA-256(0x00 || leaf).
pub fn leaf_hash(leaf: &[u8]) -> Hash {
    Sha256::new()
        .chain_update([0])
        .chain_update(leaf)
        .finalize()
        .into()
}

/// A tile holds 2 to the power of this many leaves.
const TILE_HEIGHT: u32 = 8;

pub(crate) fn node_hash(left: &Hash, right: &Hash) -> Hash {
    let mut node = [1; 65];
    let (_, children) = node.split_at_mut(1);
    let (first, second) = children.split_at_mut(32);
    first.copy_from_slice(left);
    second.copy_from_slice(right);
    Sha256::digest(node).into()
}

/// A tree that grows at its right end. It holds one hash per complete subtree: at most 64, whatever its size.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Tree {
    size: u64,
    /// The roots of the complete subtrees, largest first; one per bit of the size.
    peaks: Vec<Hash>,
}

impl Tree {
    /// The tree of this size with these subtree roots, largest first; none when their number does not fit the size.
    pub fn from_peaks(size: u64, peaks: Vec<Hash>) -> Option<Self> {
        (peaks.len() == size.count_ones() as usize).then_some(Self { size, peaks })
    }

    /// The roots of the complete subtrees, largest first.
    pub fn peaks(&self) -> &[Hash] {
        &self.peaks
    }

    /// The number of leaves.
    pub fn size(&self) -> u64 {
        self.size
    }

    /// Adds the leaf with this hash; tells the root of the tile that it fills, every 256th time.
    pub fn push(&mut self, leaf: Hash) -> Option<Hash> {
        let (mut node, mut tile) = (leaf, None);
        // Every trailing one bit of the size is a subtree as large as the node at hand: they become one.
        for height in 1..=self.size.trailing_ones() {
            if let Some(left) = self.peaks.pop() {
                node = node_hash(&left, &node);
            }
            if height == TILE_HEIGHT {
                tile = Some(node);
            }
        }
        self.peaks.push(node);
        self.size += 1;
        tile
    }

    /// The root: SHA-256 of nothing for the empty tree.
    pub fn root(&self) -> Hash {
        let mut peaks = self.peaks.iter().rev();
        let Some(last) = peaks.next() else {
            return Sha256::digest([]).into();
        };
        peaks.fold(*last, |right, left| node_hash(left, &right))
    }
}
