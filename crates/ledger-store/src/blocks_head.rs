//! The head that tells of sled's blocks: its bytes. `FORMAT.md`, "Head".

use bincode::Options as _;
use ledger_proof::{Hash, Tree};
use serde::{Deserialize, Serialize};

use crate::{blocks::Fault, tape::Place};

const HEAD_MAGIC_V1: [u8; 4] = *b"RKH\x01";
const HEAD_MAGIC: [u8; 4] = *b"RKH\x02";

/// What the blocks hold; the default is nothing.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct BlocksHead {
    /// The tree over the leaves of all events in blocks; its size is their number.
    pub(crate) tree: Tree,
    /// Where on the tape the events after them are found.
    pub(crate) next: Place,
    /// How many events were in commits that had been synced when the head was written: no fewer than in blocks. When
    /// it is as many, the last block ends with a commit.
    pub(crate) committed: u64,
}

/// The head, version 2. Frozen.
#[derive(Serialize, Deserialize)]
struct HeadV2 {
    size: u64,
    segment: u64,
    offset: u64,
    peaks: Vec<Hash>,
    committed: u64,
}

/// The head, version 1. Frozen.
#[derive(Deserialize)]
#[cfg_attr(test, derive(Serialize))]
struct HeadV1 {
    size: u64,
    segment: u64,
    offset: u64,
    peaks: Vec<Hash>,
}

fn options() -> impl bincode::Options {
    bincode::DefaultOptions::new()
        .with_fixint_encoding()
        .with_little_endian()
        .with_limit(4_096)
        .reject_trailing_bytes()
}

pub(crate) fn write_head(head: &BlocksHead) -> Result<Vec<u8>, Fault> {
    let body = HeadV2 {
        size: head.tree.size(),
        segment: head.next.segment,
        offset: head.next.offset,
        peaks: head.tree.peaks().to_vec(),
        committed: head.committed,
    };
    let body = options()
        .serialize(&body)
        .map_err(|error| format!("its head cannot be written: {error}"))?;
    let mut bytes = HEAD_MAGIC.to_vec();
    bytes.extend_from_slice(&crc32fast::hash(&body).to_le_bytes());
    bytes.extend_from_slice(&body);
    Ok(bytes)
}

pub(crate) fn read_head(bytes: &[u8]) -> Option<BlocksHead> {
    let (magic, bytes) = bytes.split_first_chunk()?;
    let (checksum, body) = bytes.split_first_chunk()?;
    if crc32fast::hash(body) != u32::from_le_bytes(*checksum) {
        return None;
    }
    let head: HeadV2 = match *magic {
        HEAD_MAGIC => options().deserialize(body).ok()?,
        HEAD_MAGIC_V1 => options().deserialize::<HeadV1>(body).ok()?.into(),
        _ => return None,
    };
    if head.committed < head.size {
        return None;
    }
    Some(BlocksHead {
        tree: Tree::from_peaks(head.size, head.peaks)?,
        next: Place {
            segment: head.segment,
            offset: head.offset,
        },
        committed: head.committed,
    })
}

impl From<HeadV1> for HeadV2 {
    fn from(head: HeadV1) -> Self {
        Self {
            size: head.size,
            segment: head.segment,
            offset: head.offset,
            peaks: head.peaks,
            committed: head.size,
        }
    }
}

#[cfg(test)]
pub(crate) mod tests {
    use proptest::prelude::*;

    use super::*;

    pub(crate) fn head() -> BlocksHead {
        let mut tree = Tree::default();
        for leaf in 0..11 {
            tree.push([leaf; 32]);
        }
        BlocksHead {
            tree,
            next: Place {
                segment: 4,
                offset: 77,
            },
            committed: 13,
        }
    }

    #[test]
    fn a_head_of_version_1_reads_as_it_did() {
        let head = head();
        let body = HeadV1 {
            size: 11,
            segment: 4,
            offset: 77,
            peaks: head.tree.peaks().to_vec(),
        };
        let body = options().serialize(&body).unwrap();
        let checksum = crc32fast::hash(&body).to_le_bytes();
        let bytes = [&HEAD_MAGIC_V1[..], &checksum, &body].concat();
        assert_eq!(
            read_head(&bytes),
            Some(BlocksHead {
                committed: 11,
                ..head
            })
        );
    }

    #[test]
    fn a_head_reads_back_and_a_changed_one_is_refused() {
        let bytes = write_head(&head()).unwrap();
        assert_eq!(read_head(&bytes), Some(head()));
        for at in 0..bytes.len() {
            let mut changed = bytes.clone();
            changed[at] ^= 1;
            assert_eq!(read_head(&changed), None, "byte {at}");
        }
    }

    proptest! {
        #[test]
        fn any_bytes_are_a_head_or_none(bytes in proptest::collection::vec(any::<u8>(), 0..200)) {
            let _ = read_head(&bytes);
        }
    }
}
