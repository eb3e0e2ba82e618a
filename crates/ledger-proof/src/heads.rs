//! The map of stream heads: how many events every stream has, under one root. With it a bundle shows that it holds a
//! stream's every event, and that a stream does not exist.
//!
//! A sparse Merkle tree over the keys SHA-256(name of the stream), whose bits lead down from the root, the most
//! significant first, 0 to the left. Its hashes, which no leaf or node of the log's own tree can have (those begin with
//! 0x00 and 0x01):
//!
//! - a subtree without streams: 32 zero bytes;
//! - a subtree with one stream, at whatever depth: SHA-256(0x02 || key || version as 8 bytes, big-endian);
//! - any other: SHA-256(0x03 || left || right).
//!
//! So the path to a stream among n is about log2(n) long, not 256, and one root gives one version for every name.

use sha2::{Digest, Sha256};

use crate::Hash;

const EMPTY: Hash = [0; 32];

/// The position of a stream in the map.
fn stream_key(stream: &str) -> Hash {
    Sha256::digest(stream).into()
}

fn head_hash(key: &Hash, version: u64) -> Hash {
    Sha256::new()
        .chain_update([2])
        .chain_update(key)
        .chain_update(version.to_be_bytes())
        .finalize()
        .into()
}

fn fork_hash(left: &Hash, right: &Hash) -> Hash {
    Sha256::new()
        .chain_update([3])
        .chain_update(left)
        .chain_update(right)
        .finalize()
        .into()
}

/// Whether the path to a key goes right at this depth. No path is longer than the key.
fn goes_right(key: &Hash, depth: usize) -> bool {
    key.get(depth / 8)
        .is_some_and(|byte| byte >> (7 - depth % 8) & 1 == 1)
}

/// The versions of all streams.
#[derive(Clone, Debug, Default)]
pub struct Heads {
    top: Node,
}

#[derive(Clone, Debug, Default)]
enum Node {
    #[default]
    Empty,
    Head {
        key: Hash,
        version: u64,
    },
    Fork {
        /// None after a change below, until it is asked for: events change heads more often than checkpoints are made.
        hash: Option<Hash>,
        left: Box<Node>,
        right: Box<Node>,
    },
}

impl Heads {
    /// Sets the version of a stream: the number of its events, at least 1.
    pub fn set(&mut self, stream: &str, version: u64) {
        self.top.set(stream_key(stream), version, 0);
    }

    /// The root, which `streamHeadsRecorded` puts on the record.
    pub fn root(&mut self) -> Hash {
        self.top.hash()
    }

    /// The proof of a stream's version, or that there is no such stream.
    pub fn prove(&mut self, stream: &str) -> HeadProof {
        let key = stream_key(stream);
        let mut siblings = Vec::new();
        let mut node = &mut self.top;
        while let Node::Fork { left, right, .. } = node {
            let (next, sibling) = if goes_right(&key, siblings.len()) {
                (right, left)
            } else {
                (left, right)
            };
            siblings.push(sibling.hash());
            node = next;
        }
        let other = match node {
            Node::Head { key: found, version } if *found != key => Some((*found, *version)),
            _ => None,
        };
        HeadProof { siblings, other }
    }
}

impl<S: AsRef<str>> FromIterator<(S, u64)> for Heads {
    fn from_iter<I: IntoIterator<Item = (S, u64)>>(streams: I) -> Self {
        let mut heads = Self::default();
        for (stream, version) in streams {
            heads.set(stream.as_ref(), version);
        }
        heads
    }
}

impl Node {
    fn set(&mut self, key: Hash, version: u64, depth: usize) {
        match self {
            Self::Fork { hash, left, right } => {
                *hash = None;
                let next = if goes_right(&key, depth) { right } else { left };
                next.set(key, version, depth + 1);
            }
            Self::Head { key: found, .. } if *found != key => {
                // Both go one step down, until their keys part.
                let there = std::mem::take(self);
                let mut sides = [Self::Empty, there];
                if let Self::Head { key: found, .. } = &sides[1]
                    && !goes_right(found, depth)
                {
                    sides.reverse();
                }
                let [left, right] = sides.map(Box::new);
                *self = Self::Fork {
                    hash: None,
                    left,
                    right,
                };
                self.set(key, version, depth);
            }
            Self::Empty | Self::Head { .. } => *self = Self::Head { key, version },
        }
    }

    fn hash(&mut self) -> Hash {
        match self {
            Self::Empty => EMPTY,
            Self::Head { key, version } => head_hash(key, *version),
            Self::Fork { hash, left, right } => {
                *hash.get_or_insert_with(|| fork_hash(&left.hash(), &right.hash()))
            }
        }
    }
}

/// The way from the root of the map to where a stream is, or would be.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct HeadProof {
    /// The hashes beside the way, from the top down.
    pub siblings: Vec<Hash>,
    /// The key and version of another stream that the way ends at: then the asked one does not exist.
    pub other: Option<(Hash, u64)>,
}

/// The proof does not show what it should.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum HeadUnproven {
    /// The way is longer than a key, or ends at a stream that is not on it.
    #[error("the proof of the stream's head does not have the form of one")]
    Form,
    /// The hashes lead to another root.
    #[error("the proof of the stream's head does not lead to the recorded root")]
    Root,
}

impl HeadProof {
    /// Verifies that in the map with this root the stream has this version; 0: that it does not exist.
    pub fn verify(&self, root: &Hash, stream: &str, version: u64) -> Result<(), HeadUnproven> {
        let key = stream_key(stream);
        let depth = self.siblings.len();
        if depth > 256 {
            return Err(HeadUnproven::Form);
        }
        let end = match (&self.other, version) {
            (None, 0) => EMPTY,
            (None, _) => head_hash(&key, version),
            (Some((other, version_there)), 0) => {
                let beside = |at: usize| goes_right(other, at) != goes_right(&key, at);
                if *other == key || (0..depth).any(beside) {
                    return Err(HeadUnproven::Form);
                }
                head_hash(other, *version_there)
            }
            (Some(_), _) => return Err(HeadUnproven::Form),
        };
        let climb = |hash: Hash, (depth, sibling): (usize, &Hash)| {
            if goes_right(&key, depth) {
                fork_hash(sibling, &hash)
            } else {
                fork_hash(&hash, sibling)
            }
        };
        let found = self.siblings.iter().enumerate().rev().fold(end, climb);
        if found == *root {
            Ok(())
        } else {
            Err(HeadUnproven::Root)
        }
    }
}
