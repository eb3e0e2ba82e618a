//! The index on disk: what the events before an opening are found by, kept as snapshots in sled so that opening reads
//! none of them.
//!
//! A *segment* covers the events from the one before it to the end of a commit, and is never written again; the
//! *directory* tells which segments there are and how many events each stream has. Segments are loaded when something
//! older is first asked for. Without them, or when one is damaged, the events themselves are read.

use std::{
    collections::HashMap,
    sync::{Arc, Mutex, OnceLock, PoisonError},
};

use bincode::Options as _;
use ledger_contract::event::{EntryKind, Event, EventData, Stream};
use ledger_proof::Hash;
use serde::{Deserialize, Serialize, de::DeserializeOwned};

use crate::{
    Fatal, Snapshot, SnapshotKind, Snapshots,
    clerk::Clerk,
    index::{EntryHashes, HashIndex, Streams},
    positions::Positions,
    runs::Run,
    shared::{Shared, reading, writing},
};

const SEGMENT: SnapshotKind = SnapshotKind {
    name: "index",
    schema: 2,
};
const DIRECTORY: SnapshotKind = SnapshotKind {
    name: "index-directory",
    schema: 2,
};

/// A segment, version 2. Frozen. Its integers take as many bytes as they need.
#[derive(Serialize, Deserialize)]
struct SegmentV2 {
    /// The first position it covers; its own position ends it.
    first: u64,
    /// Of each stream the positions of its events: the first, and how far each lies behind the one before.
    streams: Vec<(String, Vec<u64>)>,
    /// Hashes, sorted, and for each a position, counted from the first; those of one hash are sorted too.
    hashes: Vec<u64>,
    positions: Vec<u32>,
}

/// Each stream's name and number of events.
type Counts = Vec<(String, u64)>;

/// The directory, version 2. Frozen.
#[derive(Serialize, Deserialize)]
struct DirectoryV2 {
    /// Where each segment ends, in order.
    segments: Vec<u64>,
    streams: Counts,
    /// The positions of the events that opening looks at, since they say what may be read.
    orders: Vec<u64>,
    /// The positions of the ledger's own events: opening reads those too, and the segments are left for later.
    own: Vec<u64>,
}

fn options() -> impl bincode::Options {
    bincode::DefaultOptions::new()
        .with_varint_encoding()
        .with_little_endian()
        .reject_trailing_bytes()
}

fn decode<T: DeserializeOwned>(bytes: &[u8]) -> Option<T> {
    options().with_limit(bytes.len() as u64).deserialize(bytes).ok()
}

/// The writer's side: what was added since the last segment, and the segments there are.
#[derive(Debug, Default)]
pub(crate) struct Index {
    hashes: HashIndex,
    entry_hashes: EntryHashes,
    /// The events before it are in segments.
    end: u64,
    segments: Vec<u64>,
    /// The positions of all events that order details to be destroyed.
    orders: Vec<u64>,
    /// How many events were added behind the end.
    added: usize,
}

impl Index {
    /// What sled has of the index of a log; the streams' versions go to what readers share. Nothing when it has none.
    pub(crate) fn load(shared: &Arc<Shared>) -> (Self, Older) {
        let snapshots = Snapshots(Arc::clone(shared));
        let loaded = snapshots
            .load(DIRECTORY, shared.head().size)
            .and_then(|snapshot| {
                let directory: DirectoryV2 = decode(&snapshot.bytes)?;
                let counts: Option<Vec<(Stream, u64)>> = directory
                    .streams
                    .iter()
                    .map(|(name, count)| Some((Stream::parse(name)?, *count)))
                    .collect();
                (directory.segments.last() == Some(&snapshot.position)).then_some((directory, counts?))
            });
        let Some((directory, counts)) = loaded else {
            return Default::default();
        };
        *writing(&shared.streams) = Streams::of_older(counts, directory.own);
        let end = directory.segments.last().copied().unwrap_or(0);
        // What a crash left before the directory told of it.
        for position in snapshots.positions(SEGMENT) {
            if directory.segments.binary_search(&position).is_err() {
                snapshots.remove(SEGMENT, position);
            }
        }
        let older = Older {
            end,
            segments: directory.segments.clone(),
            ..Older::default()
        };
        let index = Self {
            end,
            segments: directory.segments,
            orders: directory.orders,
            ..Self::default()
        };
        (index, older)
    }

    /// The first position that is in no segment.
    pub(crate) fn end(&self) -> u64 {
        self.end
    }

    pub(crate) fn add(&mut self, event: &Event) {
        self.hashes.add(event, &self.entry_hashes);
        self.added += 1;
        if matches!(event.data, EventData::DetailsDestroyed(_)) {
            self.orders.push(event.position);
        }
    }

    /// What an entry is found by.
    pub(crate) fn entry_hash(&self, stream: &Stream, kind: EntryKind, id: &str) -> u64 {
        self.entry_hashes.of(stream, kind, id)
    }

    /// The positions with this hash that were added since the log was opened, in order.
    pub(crate) fn find(&self, hash: u64) -> Vec<u64> {
        self.hashes.find(hash)
    }

    /// Forgets positions from `size` on, which are in no segment.
    pub(crate) fn cut(&mut self, size: u64) {
        self.hashes.cut(size);
        self.added = usize::try_from(size.saturating_sub(self.end)).unwrap_or(usize::MAX);
        self.orders.retain(|position| *position < size);
    }

    /// The positions of the events that order details to be destroyed.
    pub(crate) fn orders(&self) -> &[u64] {
        &self.orders
    }

    /// How many events are in no segment yet.
    pub(crate) fn added(&self) -> usize {
        self.added
    }

    /// Makes a segment of what was added up to the end of a durable commit. In sled the segment is written, then the
    /// directory, then the old directory is removed: a crash on the way leaves the index as it was, or a segment that the
    /// next opening removes. When sled fails there, nothing behind it is asked of it.
    pub(crate) fn save(&mut self, clerk: &mut Clerk, shared: &Shared, position: u64, root: Hash) {
        let run = self.hashes.take_recent(self.end);
        if let Some((segment, streams)) = self.drawn(shared, &run) {
            let snapshot = |bytes| Snapshot {
                position,
                root,
                bytes,
            };
            self.segments.push(position);
            let directory = DirectoryV2 {
                segments: self.segments.clone(),
                streams,
                orders: self.orders.clone(),
                own: reading(&shared.streams).positions(&Stream::Ledger).1.to_vec(),
            };
            let directory = options().serialize(&directory).unwrap_or_default();
            clerk.keep(SEGMENT, snapshot(segment), None);
            let earlier = Some(self.end).filter(|end| *end > 0);
            clerk.keep(DIRECTORY, snapshot(directory), earlier);
        }
        self.hashes.push_run(run);
        self.end = position;
        self.added = 0;
    }

    /// The bytes of the next segment, and every stream's number of events; none without sled.
    fn drawn(&self, shared: &Shared, run: &Run) -> Option<(Vec<u8>, Counts)> {
        shared.blocks()?;
        let (mut positions, mut counts) = (Vec::new(), Vec::new());
        for (stream, version, newer) in reading(&shared.streams).all() {
            let start = newer.partition_point(|position| *position < self.end);
            counts.push((stream.to_string(), version));
            match newer.get(start..) {
                Some(rest) if !rest.is_empty() => positions.push((stream.to_string(), distances(rest))),
                _ => {}
            }
        }
        let (hashes, from_first) = run.parts();
        let segment = SegmentV2 {
            first: self.end,
            streams: positions,
            hashes: hashes.to_vec(),
            positions: from_first.to_vec(),
        };
        Some((options().serialize(&segment).ok()?, counts))
    }
}

/// The first of ascending positions, and the distance of each from the one before.
fn distances(positions: &[u64]) -> Vec<u64> {
    let before = std::iter::once(&0).chain(positions);
    let distances = positions.iter().zip(before);
    distances.map(|(position, before)| position - before).collect()
}

/// What was indexed before the log was opened.
#[derive(Debug, Default)]
pub(crate) struct Older {
    /// The first position that is not in it.
    end: u64,
    segments: Vec<u64>,
    loaded: OnceLock<Loaded>,
    loading: Mutex<()>,
}

/// The older index in memory; it never changes.
#[derive(Debug, Default)]
pub(crate) struct Loaded {
    streams: HashMap<Stream, Positions>,
    hashes: HashIndex,
}

impl Older {
    /// The first position that is not in it.
    pub(crate) fn end(&self) -> u64 {
        self.end
    }

    /// Loads it when this is the first to ask; others wait for that.
    pub(crate) fn get(&self, shared: &Shared) -> Result<&Loaded, Fatal> {
        if let Some(loaded) = self.loaded.get() {
            return Ok(loaded);
        }
        let _alone = self.loading.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(loaded) = self.loaded.get() {
            return Ok(loaded);
        }
        let loaded = match self.load(shared) {
            Some(loaded) => loaded,
            None => self.read_again(shared)?,
        };
        Ok(self.loaded.get_or_init(|| loaded))
    }

    fn load(&self, shared: &Shared) -> Option<Loaded> {
        let (mut loaded, mut runs, mut end) = (Loaded::default(), Vec::new(), 0);
        for position in &self.segments {
            let snapshot = shared.snapshot(SEGMENT, *position)?;
            let segment: SegmentV2 = decode(&snapshot.bytes)?;
            drop(snapshot);
            if segment.first != end {
                return None;
            }
            for (name, distances) in segment.streams {
                let stream = Stream::parse(&name)?;
                let positions = distances.into_iter().scan(0_u64, |at, distance| {
                    *at = at.checked_add(distance)?;
                    Some(*at)
                });
                loaded.streams.entry(stream).or_default().extend(positions);
            }
            runs.push(Run::of_parts(end, segment.hashes, segment.positions)?);
            end = *position;
        }
        loaded.hashes = HashIndex::of_runs(runs);
        (end == self.end).then_some(loaded)
    }

    /// Makes it from the events themselves.
    fn read_again(&self, shared: &Shared) -> Result<Loaded, Fatal> {
        let (mut loaded, hashes) = (Loaded::default(), EntryHashes::default());
        shared.visit(0, self.end, &mut |record| {
            let event = &record.event;
            let positions = loaded.streams.entry(event.stream.clone()).or_default();
            positions.push(event.position);
            loaded.hashes.add(event, &hashes);
            true
        })?;
        let run = loaded.hashes.take_recent(0);
        loaded.hashes.push_run(run);
        Ok(loaded)
    }
}

impl Loaded {
    /// The positions with this hash, in order.
    pub(crate) fn find(&self, hash: u64) -> Vec<u64> {
        self.hashes.find(hash)
    }

    /// The positions of a stream's events.
    pub(crate) fn positions(&self, stream: &Stream) -> Option<&Positions> {
        self.streams.get(stream)
    }
}
