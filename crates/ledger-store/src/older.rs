//! The index on disk: what the events before an opening are found by, kept as snapshots in sled so that opening reads
//! none of them.
//!
//! A *segment* covers the events from the one before it to the end of a commit, and is never written again; the
//! *directory* tells which segments there are and how many events each stream has. A segment has two parts, each loaded
//! when it is first asked for: the positions of streams, which questions about the past need, and the hashes, which are
//! far more and which only whoever posts needs. Without them, or when one is damaged, the events themselves are read.

use std::{
    collections::HashMap,
    sync::{Arc, Mutex, OnceLock, PoisonError},
};

use ledger_contract::event::{EntryKind, Event, EventData, Stream};
use ledger_proof::Hash;
use serde::de::DeserializeOwned;

use crate::{
    Fatal, Snapshot, SnapshotKind, Snapshots,
    clerk::Clerk,
    index::{EntryHashes, HashIndex, Streams},
    positions::Positions,
    record::Record,
    runs::Run,
    segments::{
        Counts, DIRECTORY, DirectoryV2, HASHES, HashesV1, POSITIONS, Part, PositionsV1, SegmentV2, WHOLE,
        decode, distances, encode,
    },
    shared::{Shared, reading, writing},
};

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
        for kind in [POSITIONS, HASHES] {
            for position in snapshots.positions(kind) {
                if directory.segments.binary_search(&position).is_err() {
                    snapshots.remove(kind, position);
                }
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

    /// Makes a segment of what was added up to the end of a durable commit. In sled its parts are written, then the
    /// directory, then the old directory is removed: a crash on the way leaves the index as it was, or parts that the
    /// next opening removes. When sled fails there, nothing behind it is asked of it.
    pub(crate) fn save(&mut self, clerk: &mut Clerk, shared: &Shared, position: u64, root: Hash) {
        let run = self.hashes.take_recent(self.end);
        if let Some((parts, streams)) = self.drawn(shared, &run) {
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
                own: reading(&shared.streams).own(),
            };
            let directory = encode(&directory).unwrap_or_default();
            for (kind, part) in parts {
                clerk.keep(kind, snapshot(part), None);
            }
            let earlier = Some(self.end).filter(|end| *end > 0);
            clerk.keep(DIRECTORY, snapshot(directory), earlier);
        }
        self.hashes.push_run(run);
        self.end = position;
        self.added = 0;
    }

    /// The parts of the next segment, and every stream's number of events; none without sled.
    fn drawn(&self, shared: &Shared, run: &Run) -> Option<([Part; 2], Counts)> {
        shared.blocks()?;
        let (mut positions, mut counts) = (Vec::new(), Vec::new());
        for (stream, version, newer) in reading(&shared.streams).all() {
            counts.push((stream.to_string(), version));
            let below = newer.below(self.end);
            let added = distances(newer.count() - below, newer.after(below));
            if !added.is_empty() {
                positions.push((stream.to_string(), added));
            }
        }
        let positions = PositionsV1 {
            first: self.end,
            streams: positions,
        };
        let (hashes, from_first) = run.parts();
        let hashes = HashesV1 {
            first: self.end,
            hashes: hashes.into(),
            positions: from_first.into(),
        };
        let parts = [(POSITIONS, encode(&positions)?), (HASHES, encode(&hashes)?)];
        Some((parts, counts))
    }
}

/// What was indexed before the log was opened. In memory it never changes.
#[derive(Debug, Default)]
pub(crate) struct Older {
    /// The first position that is not in it.
    end: u64,
    segments: Vec<u64>,
    streams: Late<HashMap<Stream, Positions>>,
    hashes: Late<HashIndex>,
}

/// What is made when it is first asked for.
#[derive(Debug, Default)]
struct Late<T> {
    made: OnceLock<T>,
    making: Mutex<()>,
}

impl<T> Late<T> {
    /// Makes it when this is the first to ask; others wait for that.
    fn get(&self, load: impl FnOnce() -> Result<T, Fatal>) -> Result<&T, Fatal> {
        if let Some(made) = self.made.get() {
            return Ok(made);
        }
        let _alone = self.making.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(made) = self.made.get() {
            return Ok(made);
        }
        let made = load()?;
        Ok(self.made.get_or_init(|| made))
    }
}

impl Older {
    /// The first position that is not in it.
    pub(crate) fn end(&self) -> u64 {
        self.end
    }

    /// The positions of a stream's events.
    pub(crate) fn positions(&self, shared: &Shared, stream: &Stream) -> Result<Option<&Positions>, Fatal> {
        let streams = self.streams.get(|| match self.load_streams(shared) {
            Some(streams) => Ok(streams),
            None => self.read_streams(shared),
        })?;
        Ok(streams.get(stream))
    }

    /// The positions with this hash, in order.
    pub(crate) fn find(&self, shared: &Shared, hash: u64) -> Result<Vec<u64>, Fatal> {
        let hashes = self.hashes.get(|| match self.load_hashes(shared) {
            Some(hashes) => Ok(hashes),
            None => self.read_hashes(shared),
        })?;
        Ok(hashes.find(hash))
    }

    fn load_streams(&self, shared: &Shared) -> Option<HashMap<Stream, Positions>> {
        let mut streams: HashMap<Stream, Positions> = HashMap::new();
        let of_whole = |whole: SegmentV2| PositionsV1 {
            first: whole.first,
            streams: whole.streams,
        };
        self.load_each(shared, POSITIONS, of_whole, &mut |end, part: PositionsV1| {
            for (name, distances) in part.streams {
                let positions = distances.into_iter().scan(0_u64, |at, distance| {
                    *at = at.checked_add(distance)?;
                    Some(*at)
                });
                let stream = Stream::parse(&name)?;
                streams.entry(stream).or_default().extend(positions);
            }
            (part.first == end).then_some(())
        })?;
        Some(streams)
    }

    fn load_hashes(&self, shared: &Shared) -> Option<HashIndex> {
        let mut runs = Vec::new();
        let of_whole = |whole: SegmentV2| HashesV1 {
            first: whole.first,
            hashes: whole.hashes.into(),
            positions: whole.positions.into(),
        };
        self.load_each(shared, HASHES, of_whole, &mut |end, part: HashesV1<'_>| {
            let (hashes, positions) = (part.hashes.into_owned(), part.positions.into_owned());
            runs.push(Run::of_parts(end, hashes, positions)?);
            (part.first == end).then_some(())
        })?;
        Some(HashIndex::of_runs(runs))
    }

    /// Takes one part of every segment, with the position that it has to begin at.
    fn load_each<T: DeserializeOwned>(
        &self,
        shared: &Shared,
        kind: SnapshotKind,
        of_whole: fn(SegmentV2) -> T,
        take: &mut dyn FnMut(u64, T) -> Option<()>,
    ) -> Option<()> {
        let mut end = 0;
        for position in &self.segments {
            let part = match shared.snapshot(kind, *position) {
                Some(part) => decode(&part.bytes)?,
                None => of_whole(decode(&shared.snapshot(WHOLE, *position)?.bytes)?),
            };
            take(end, part)?;
            end = *position;
        }
        (end == self.end).then_some(())
    }

    /// Makes them from the events themselves.
    fn read_streams(&self, shared: &Shared) -> Result<HashMap<Stream, Positions>, Fatal> {
        let mut streams: HashMap<Stream, Positions> = HashMap::new();
        shared.visit(0, self.end, &mut |Record { event, .. }| {
            streams.entry(event.stream).or_default().push(event.position);
            true
        })?;
        Ok(streams)
    }

    fn read_hashes(&self, shared: &Shared) -> Result<HashIndex, Fatal> {
        let (mut index, hashes) = (HashIndex::default(), EntryHashes::default());
        shared.visit(0, self.end, &mut |record| {
            index.add(&record.event, &hashes);
            true
        })?;
        let run = index.take_recent(0);
        index.push_run(run);
        Ok(index)
    }
}

#[cfg(test)]
impl Older {
    pub(crate) fn has_hashes(&self) -> bool {
        self.hashes.made.get().is_some()
    }
}
