//! Proofs in the tree: that a leaf is in it, and that a later tree goes on from an earlier one.
//! RFC 6962, sections 2.1.1 and 2.1.2; verified as in RFC 9162, sections 2.1.3.2 and 2.1.4.2.

use sha2::{Digest, Sha256};

use crate::{Hash, tree::node_hash};

/// Where the hashes of a tree come from: tiles, or a tree in memory.
pub trait HashSource {
    /// Why a hash could not be had.
    type Error;

    /// The root of the complete subtree of 2^level leaves that starts at leaf `index` * 2^level. It is asked only for
    /// subtrees within the tree's size.
    fn hash(&mut self, level: u32, index: u64) -> Result<Hash, Self::Error>;
}

impl<S: HashSource> HashSource for &mut S {
    type Error = S::Error;

    fn hash(&mut self, level: u32, index: u64) -> Result<Hash, S::Error> {
        (**self).hash(level, index)
    }
}

/// Why no proof can be made.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum NoProof<E> {
    /// A leaf that the tree does not have.
    #[error("there is no leaf {index} in a log of {size}")]
    NoLeaf {
        /// Its index.
        index: u64,
        /// The number of leaves.
        size: u64,
    },
    /// An earlier tree that is not earlier, or is empty and so proves nothing.
    #[error("a log of {new} does not go on from one of {old}")]
    NotEarlier {
        /// The size that is to be the earlier one.
        old: u64,
        /// The size that is to be the later one.
        new: u64,
    },
    /// A hash could not be had.
    #[error(transparent)]
    Source(#[from] E),
}

/// Why a proof does not hold.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum Unproven {
    /// More or fewer hashes than trees of these sizes need.
    #[error("the proof has {found} hashes and needs another number of them")]
    Length {
        /// How many it has.
        found: usize,
    },
    /// A leaf outside the tree, or an earlier tree that is the larger.
    #[error("the proof is about leaf or size {0}, which a log of {1} does not have")]
    Range(u64, u64),
    /// The hashes lead to another root than the earlier one that is known.
    #[error("the proof does not lead to the earlier root: what it held was changed")]
    OldRoot,
    /// The hashes lead to another root than the one that was signed.
    #[error("the proof does not lead to the signed root")]
    Root,
}

/// The root of the tree of this size.
pub fn root<S: HashSource>(source: &mut S, size: u64) -> Result<Hash, S::Error> {
    range_root(source, 0, size)
}

/// The hashes that lead from leaf `index` to the root of the tree of `size`, from the leaf upwards.
pub fn inclusion<S: HashSource>(
    source: &mut S,
    index: u64,
    size: u64,
) -> Result<Vec<Hash>, NoProof<S::Error>> {
    if index >= size {
        return Err(NoProof::NoLeaf { index, size });
    }
    let mut proof = Vec::new();
    let (mut from, mut to) = (0, size);
    while to - from > 1 {
        let middle = from + split(to - from);
        if index < middle {
            proof.push(range_root(source, middle, to)?);
            to = middle;
        } else {
            proof.push(range_root(source, from, middle)?);
            from = middle;
        }
    }
    proof.reverse();
    Ok(proof)
}

/// The hashes that show the tree of size `old` to be the beginning of the tree of size `new`.
pub fn consistency<S: HashSource>(
    source: &mut S,
    old: u64,
    new: u64,
) -> Result<Vec<Hash>, NoProof<S::Error>> {
    if old == 0 || old > new {
        return Err(NoProof::NotEarlier { old, new });
    }
    let mut proof = Vec::new();
    let (mut from, mut to) = (0, new);
    while to != old {
        let middle = from + split(to - from);
        if old <= middle {
            proof.push(range_root(source, middle, to)?);
            to = middle;
        } else {
            proof.push(range_root(source, from, middle)?);
            from = middle;
        }
    }
    // The old tree itself is known to who checks; a part at its right end is not.
    if from > 0 {
        proof.push(range_root(source, from, to)?);
    }
    proof.reverse();
    Ok(proof)
}

/// Verifies that the leaf with this hash is at `index` in the tree of `size` with this root.
pub fn verify_inclusion(
    leaf: &Hash,
    index: u64,
    size: u64,
    proof: &[Hash],
    root: &Hash,
) -> Result<(), Unproven> {
    if index >= size {
        return Err(Unproven::Range(index, size));
    }
    let (mut node, mut last, mut hash) = (index, size - 1, *leaf);
    for sibling in proof {
        if last == 0 {
            return Err(Unproven::Length { found: proof.len() });
        }
        if node & 1 == 1 || node == last {
            hash = node_hash(sibling, &hash);
            // At the right edge a node without a sibling is its own parent.
            while node & 1 == 0 && node != 0 {
                node >>= 1;
                last >>= 1;
            }
        } else {
            hash = node_hash(&hash, sibling);
        }
        node >>= 1;
        last >>= 1;
    }
    if last != 0 {
        return Err(Unproven::Length { found: proof.len() });
    }
    if hash == *root {
        Ok(())
    } else {
        Err(Unproven::Root)
    }
}

/// Verifies that the tree of size `new` begins with the tree of size `old`. Every tree begins with the empty one, and
/// that needs no proof.
pub fn verify_consistency(
    old: u64,
    old_root: &Hash,
    new: u64,
    new_root: &Hash,
    proof: &[Hash],
) -> Result<(), Unproven> {
    let length = Unproven::Length { found: proof.len() };
    if old > new {
        return Err(Unproven::Range(old, new));
    }
    if old == 0 || old == new {
        let known = if old == 0 { &empty_root() } else { new_root };
        return match (old_root == known, proof.is_empty()) {
            (false, _) => Err(Unproven::OldRoot),
            (true, false) => Err(length),
            (true, true) => Ok(()),
        };
    }
    let (mut node, mut last) = (old - 1, new - 1);
    while node & 1 == 1 {
        node >>= 1;
        last >>= 1;
    }
    // An old tree that is complete is itself the first hash, and then not in the proof.
    let mut hashes = proof.iter();
    let first = if old.is_power_of_two() {
        old_root
    } else {
        hashes.next().ok_or(length)?
    };
    let (mut old_hash, mut new_hash) = (*first, *first);
    for sibling in hashes {
        if last == 0 {
            return Err(length);
        }
        if node & 1 == 1 || node == last {
            old_hash = node_hash(sibling, &old_hash);
            new_hash = node_hash(sibling, &new_hash);
            while node & 1 == 0 && node != 0 {
                node >>= 1;
                last >>= 1;
            }
        } else {
            new_hash = node_hash(&new_hash, sibling);
        }
        node >>= 1;
        last >>= 1;
    }
    if last != 0 {
        return Err(length);
    }
    if old_hash != *old_root {
        return Err(Unproven::OldRoot);
    }
    if new_hash == *new_root {
        Ok(())
    } else {
        Err(Unproven::Root)
    }
}

/// The root of the tree without leaves.
pub(crate) fn empty_root() -> Hash {
    Sha256::digest([]).into()
}

/// The largest power of two below `size`, which is at least 2 (RFC 6962, section 2.1).
fn split(size: u64) -> u64 {
    1 << (size - 1).ilog2()
}

/// The root over the leaves `from..to`, where `from` is a multiple of a power of two that is at least their number.
fn range_root<S: HashSource>(source: &mut S, from: u64, to: u64) -> Result<Hash, S::Error> {
    let mut rest = to - from;
    let mut end = to;
    let mut hash = None;
    // From the right: the smallest complete subtree is deepest.
    while rest > 0 {
        let level = rest.trailing_zeros();
        end -= 1 << level;
        let left = source.hash(level, end >> level)?;
        hash = Some(hash.map_or(left, |right| node_hash(&left, &right)));
        rest &= rest - 1;
    }
    Ok(hash.unwrap_or_else(empty_root))
}
