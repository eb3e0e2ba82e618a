//! What the index on disk is in bytes: the kinds of its snapshots, and their frozen shapes.

use std::borrow::Cow;

use bincode::Options as _;
use serde::{Deserialize, Serialize, de::DeserializeOwned};

use crate::SnapshotKind;
#[cfg(test)]
use crate::{Snapshot, Snapshots};

pub(crate) const POSITIONS: SnapshotKind = SnapshotKind {
    name: "index-positions",
    schema: 1,
};
pub(crate) const HASHES: SnapshotKind = SnapshotKind {
    name: "index-hashes",
    schema: 1,
};
/// Both parts in one, as earlier programs wrote them; it is read, and never written.
pub(crate) const WHOLE: SnapshotKind = SnapshotKind {
    name: "index",
    schema: 2,
};
pub(crate) const DIRECTORY: SnapshotKind = SnapshotKind {
    name: "index-directory",
    schema: 2,
};

/// The positions of a segment, version 1. Frozen. Its integers take as many bytes as they need, and so in all of these.
#[derive(Serialize, Deserialize)]
pub(crate) struct PositionsV1 {
    /// The first position it covers; its own position ends it.
    pub(crate) first: u64,
    pub(crate) streams: Distances,
}

/// The hashes of a segment, version 1. Frozen.
#[derive(Serialize, Deserialize)]
pub(crate) struct HashesV1<'a> {
    pub(crate) first: u64,
    /// Sorted, and for each a position, counted from the first; those of one hash are sorted too.
    pub(crate) hashes: Cow<'a, [u64]>,
    pub(crate) positions: Cow<'a, [u32]>,
}

/// A whole segment, version 2. Frozen.
#[derive(Deserialize)]
#[cfg_attr(test, derive(Serialize))]
pub(crate) struct SegmentV2 {
    pub(crate) first: u64,
    pub(crate) streams: Distances,
    pub(crate) hashes: Vec<u64>,
    pub(crate) positions: Vec<u32>,
}

/// Of each stream the positions of its events: the first, and how far each lies behind the one before.
pub(crate) type Distances = Vec<(String, Vec<u64>)>;

/// A part of a segment and its bytes.
pub(crate) type Part = (SnapshotKind, Vec<u8>);

/// Each stream's name and number of events.
pub(crate) type Counts = Vec<(String, u64)>;

/// The directory, version 2. Frozen.
#[derive(Serialize, Deserialize)]
pub(crate) struct DirectoryV2 {
    /// Where each segment ends, in order.
    pub(crate) segments: Vec<u64>,
    pub(crate) streams: Counts,
    /// The positions of the events that opening looks at, since they say what may be read.
    pub(crate) orders: Vec<u64>,
    /// The positions of the ledger's own events: opening reads those too, and the segments are left for later.
    pub(crate) own: Vec<u64>,
}

fn options() -> impl bincode::Options {
    bincode::DefaultOptions::new()
        .with_varint_encoding()
        .with_little_endian()
        .reject_trailing_bytes()
}

pub(crate) fn encode<T: Serialize>(shape: &T) -> Option<Vec<u8>> {
    options().serialize(shape).ok()
}

pub(crate) fn decode<T: DeserializeOwned>(bytes: &[u8]) -> Option<T> {
    options().with_limit(bytes.len() as u64).deserialize(bytes).ok()
}

/// The first of so many ascending positions, and the distance of each from the one before.
pub(crate) fn distances(count: usize, positions: impl Iterator<Item = u64>) -> Vec<u64> {
    let (mut before, mut distances) = (0, Vec::with_capacity(count));
    distances.extend(positions.map(|position| position - std::mem::replace(&mut before, position)));
    distances
}

/// Leaves the segments as earlier programs wrote them, and tells how many there are.
#[cfg(test)]
pub(crate) fn join_parts(snapshots: &Snapshots) -> usize {
    let segments = snapshots.positions(POSITIONS);
    for position in &segments {
        let load = |kind| snapshots.load(kind, *position).unwrap();
        let streams: PositionsV1 = decode(&load(POSITIONS).bytes).unwrap();
        let hashes: HashesV1<'_> = decode(&load(HASHES).bytes).unwrap();
        let whole = SegmentV2 {
            first: streams.first,
            streams: streams.streams,
            hashes: hashes.hashes.into_owned(),
            positions: hashes.positions.into_owned(),
        };
        let bytes = encode(&whole).unwrap();
        let whole = Snapshot {
            bytes,
            ..load(HASHES)
        };
        assert!(snapshots.store(WHOLE, &whole));
        snapshots.remove(POSITIONS, *position);
        snapshots.remove(HASHES, *position);
    }
    segments.len()
}
