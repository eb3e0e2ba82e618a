//! The read model as it was, kept in snapshots: a question about the past reads the newest one before it and the events
//! since, never the whole log.
//!
//! A snapshot holds the sums of entries and the positions of all other events, which are few and read again. It is a
//! hint: one that is missing, damaged, of another version or not of this log is passed over, and the stream is read from
//! its beginning.

#[cfg(test)]
mod tests;

use std::sync::atomic::{AtomicU64, Ordering};

use ledger_contract::{
    event::{Event, Stream},
    sums::{ProgrammeSumsV1, ReadModelSumsV1, RegionSumsV1},
};
use ledger_projections::{ProgrammeProjection, RegionProjection};
use ledger_store::{EventReader, Fatal, Snapshot, SnapshotKind, Snapshots, from_bytes, to_bytes};

use crate::read_model::ReadModel;

const KIND: SnapshotKind = SnapshotKind {
    name: "read-model",
    schema: 1,
};
/// How many events lie between two snapshots at least: what a question about the past reads at most.
const SPACING_EVENTS: u64 = 1 << 16;
/// How many bytes an event may cost in snapshots; large ones are kept further apart.
const BYTES_PER_EVENT: u64 = 128;

/// Where snapshots are kept; nowhere for a log that keeps none.
#[derive(Debug)]
pub(crate) struct Kept {
    place: Option<Snapshots>,
    spacing_events: u64,
    /// At how many events the next one is due.
    due: AtomicU64,
}

/// A projection of one stream that can be kept as its sums.
pub(crate) trait Keepable: Default {
    /// Folds one event of the stream.
    fn fold(&mut self, event: &Event);

    /// The bytes of its sums.
    fn bytes(&self) -> Option<Vec<u8>>;

    /// The projection that has these sums; `fold_at` folds the events at the positions that they name. None when the
    /// bytes are no sums, or not those of this log.
    fn of_bytes(
        bytes: &[u8],
        fold_at: impl FnOnce(&mut Self, &[u64]) -> Result<(), Fatal>,
    ) -> Result<Option<Self>, Fatal>;
}

macro_rules! keepable {
    ($projection:ty, $sums:ty) => {
        impl Keepable for $projection {
            fn fold(&mut self, event: &Event) {
                self.apply(event);
            }

            fn bytes(&self) -> Option<Vec<u8>> {
                to_bytes(&self.to_sums())
            }

            fn of_bytes(
                bytes: &[u8],
                fold_at: impl FnOnce(&mut Self, &[u64]) -> Result<(), Fatal>,
            ) -> Result<Option<Self>, Fatal> {
                let Some(sums) = from_bytes::<$sums>(bytes) else {
                    return Ok(None);
                };
                let mut projection = Self::default();
                fold_at(&mut projection, &sums.positions)?;
                Ok(projection.put_sums(&sums).then_some(projection))
            }
        }
    };
}

keepable!(ProgrammeProjection, ProgrammeSumsV1);
keepable!(RegionProjection, RegionSumsV1);

impl Kept {
    /// Snapshots in this place.
    pub(crate) fn new(place: Option<Snapshots>) -> Self {
        Self {
            place,
            spacing_events: SPACING_EVENTS,
            due: AtomicU64::new(SPACING_EVENTS),
        }
        .take_up()
    }

    /// The same, with so many events between two.
    pub(crate) fn every(self, spacing_events: u64) -> Self {
        Self {
            spacing_events,
            due: AtomicU64::new(spacing_events),
            ..self
        }
        .take_up()
    }

    /// The next one is due some way after the newest that is there.
    fn take_up(self) -> Self {
        let positions = self.place.as_ref().map(|place| place.positions(KIND));
        if let Some(newest) = positions.and_then(|positions| positions.last().copied()) {
            self.due
                .store(newest.saturating_add(self.spacing_events), Ordering::Relaxed);
        }
        self
    }

    /// Keeps the read model when that is due. One that is not kept, because sled fails, is missed by nobody.
    pub(crate) fn keep(&self, model: &ReadModel) {
        let position = model.log_position();
        let Some(place) = self
            .place
            .as_ref()
            .filter(|_| position >= self.due.load(Ordering::Relaxed))
        else {
            return;
        };
        let mut size = 0;
        if let Some(bytes) = sums(model) {
            size = bytes.len() as u64;
            place.store(
                KIND,
                &Snapshot {
                    position,
                    root: model.root_hash(),
                    bytes,
                },
            );
        }
        let spacing = self.spacing_events.max(size / BYTES_PER_EVENT);
        self.due
            .store(position.saturating_add(spacing), Ordering::Relaxed);
    }

    /// The projection of a stream when the log had so many events; none when it had none of that stream.
    pub(crate) fn known_at<P: Keepable>(
        &self,
        reader: &impl EventReader,
        stream: &Stream,
        events: u64,
    ) -> Result<Option<P>, Fatal> {
        let (mut projection, after_version) = match self.newest(reader, stream, events)? {
            Some((position, projection)) => (Some(projection), reader.stream_version(stream, position)?),
            None => (None, 0),
        };
        reader.read_stream(stream, after_version, events, &mut |event| {
            projection.get_or_insert_with(P::default).fold(&event);
            true
        })?;
        Ok(projection)
    }

    fn newest<P: Keepable>(
        &self,
        reader: &impl EventReader,
        stream: &Stream,
        events: u64,
    ) -> Result<Option<(u64, P)>, Fatal> {
        let snapshot = self.place.as_ref().and_then(|place| place.load(KIND, events));
        let Some(Snapshot { position, bytes, .. }) = snapshot else {
            return Ok(None);
        };
        let name = stream.to_string();
        let streams = from_bytes::<ReadModelSumsV1>(&bytes).map(|sums| sums.streams);
        let found = streams.into_iter().flatten().find(|(stream, _)| *stream == name);
        let Some((_, bytes)) = found else { return Ok(None) };
        let projection = P::of_bytes(&bytes, |projection, positions| {
            read_at(reader, positions, position, &mut |event| {
                if event.stream == *stream {
                    projection.fold(event);
                }
            })
        })?;
        Ok(projection.map(|projection| (position, projection)))
    }
}

/// Each stream's sums, apart: a question decodes its own.
fn sums(model: &ReadModel) -> Option<Vec<u8>> {
    let programmes = model.programmes().map(|(id, projection)| {
        let stream = Stream::Programme(id.clone());
        Some((stream.to_string(), projection.bytes()?))
    });
    let regions = model.regions().map(|(id, projection)| {
        let stream = Stream::Region(id.clone());
        Some((stream.to_string(), projection.bytes()?))
    });
    let streams = programmes.chain(regions).collect::<Option<_>>()?;
    to_bytes(&ReadModelSumsV1 { streams })
}

/// Visits the events at these ascending positions below `before`, those that lie together in one go.
fn read_at(
    reader: &impl EventReader,
    positions: &[u64],
    before: u64,
    visit: &mut dyn FnMut(&Event),
) -> Result<(), Fatal> {
    for run in positions.chunk_by(|one, next| one.checked_add(1) == Some(*next)) {
        if let [first, ..] = run {
            let end = first.saturating_add(run.len() as u64).min(before);
            reader.read(*first, end, &mut |event| {
                visit(&event);
                true
            })?;
        }
    }
    Ok(())
}
