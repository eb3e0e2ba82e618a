//! The read model as it was, kept in snapshots: a question about the past reads the newest one before it and the events
//! since, never the whole log; and so does opening.
//!
//! A snapshot holds the sums of entries and the positions of all other events, which are few and read again. It is a
//! hint: one that is missing, damaged, of another version or not of this log is passed over, and the stream is read from
//! its beginning.

#[cfg(test)]
mod tests;

use std::sync::atomic::{AtomicU64, Ordering};

use ledger_contract::{
    event::{Event, Stream},
    facts::FactV1,
    sums::{ProgrammeSumsV1, ReadModelSumsV1, RegionSumsV1, SumBytes},
};
use ledger_domain::Id;
use ledger_projections::{ProgrammeProjection, RegionProjection};
use ledger_store::{
    EventReader, Fatal, Parts, Snapshot, SnapshotKind, Snapshots, Told, from_bytes, to_bytes,
};

use crate::read_model::ReadModel;

const KIND: SnapshotKind = SnapshotKind {
    name: "read-model",
    schema: 1,
};
/// How many events lie between two snapshots at least: what a question about the past reads at most.
const SPACING_EVENTS: u64 = 1 << 16;
/// How many bytes an event may cost in snapshots; large ones are kept further apart.
const BYTES_PER_EVENT: u64 = 128;
/// How many facts, of all streams, are read in the time of one event that is looked up. A stream that has a larger part of
/// the log is read as facts.
const FACTS_PER_EVENT: u64 = 8;

/// Where snapshots are kept; nowhere for a log that keeps none.
#[derive(Debug)]
pub(crate) struct Kept {
    place: Option<Snapshots>,
    spacing_events: u64,
    /// See [`FACTS_PER_EVENT`].
    facts_per_event: u64,
    /// At how many events the next one is due.
    due: AtomicU64,
}

/// A projection of one stream that can be kept as its sums.
pub(crate) trait Keepable: Default + Send {
    /// Folds one event of the stream.
    fn fold(&mut self, event: &Event);

    /// Folds a fact of the stream.
    fn fold_fact(&mut self, position: u64, fact: &FactV1<'_>);

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
    ($projection:ty, $sums:ty, $fold_fact:expr, $bytes:expr) => {
        impl Keepable for $projection {
            fn fold(&mut self, event: &Event) {
                self.apply(event);
            }

            fn fold_fact(&mut self, position: u64, fact: &FactV1<'_>) {
                $fold_fact(self, position, fact);
            }

            fn bytes(&self) -> Option<Vec<u8>> {
                $bytes(self)
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

keepable!(
    ProgrammeProjection,
    ProgrammeSumsV1,
    |programme: &mut ProgrammeProjection, position, fact: &FactV1<'_>| {
        if let FactV1::Entry(entry) = fact
            && let Some(fact) = entry.to_domain()
        {
            programme.apply_entry(position, entry.booking_date(), &fact);
        }
    },
    |programme: &ProgrammeProjection| to_bytes(&programme.to_sums())
);
keepable!(
    RegionProjection,
    RegionSumsV1,
    |region: &mut RegionProjection, _, fact: &FactV1<'_>| {
        if let FactV1::Cost(cost) = fact
            && let Some(fact) = cost.to_domain()
        {
            region.apply_cost(cost.booking_date(), &fact);
        }
    },
    region_bytes
);

/// The bytes of a [`RegionSumsV1`], made group by group.
fn region_bytes(region: &RegionProjection) -> Option<Vec<u8>> {
    let RegionSumsV1 {
        positions, volumes, ..
    } = region.to_sums_but_groups();
    let mut all = to_bytes(&(positions, volumes))?;
    let (at, mut groups) = (all.len(), 0_u64);
    all.extend(groups.to_le_bytes());
    for group in region.group_sums() {
        all.extend(to_bytes(&group)?);
        groups += 1;
    }
    all.get_mut(at..at + 8)?.copy_from_slice(&groups.to_le_bytes());
    Some(all)
}

impl Kept {
    /// Snapshots in this place.
    pub(crate) fn new(place: Option<Snapshots>) -> Self {
        Self {
            place,
            spacing_events: SPACING_EVENTS,
            facts_per_event: FACTS_PER_EVENT,
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
        let root = model.root_hash();
        let bytes = place.write(KIND, position, root, |parts| write_sums(model, parts));
        self.put_off(position, bytes.unwrap_or(0));
    }

    /// The next one is due some way after one of so many bytes.
    fn put_off(&self, position: u64, bytes: u64) {
        let spacing = self.spacing_events.max(bytes / BYTES_PER_EVENT);
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
        let newest = self.newest(reader, stream, events)?;
        let (position, mut projection) =
            newest.map_or((0, None), |(position, projection)| (position, Some(projection)));
        let size = reader.head().size;
        let in_all = reader.stream_version(stream, size)?;
        match stream {
            Stream::Programme(id) | Stream::Region(id)
                if in_all.saturating_mul(self.facts_per_event) >= size =>
            {
                let mut visit = |position: u64, told: Told<'_>| match (told, &mut projection) {
                    (Told::Event(event), _) if event.stream == *stream => {
                        projection.get_or_insert_with(P::default).fold(event);
                    }
                    (Told::Fact(fact), Some(projection)) if is_of(id, fact) => {
                        projection.fold_fact(position, fact);
                    }
                    _ => {}
                };
                reader.read_facts(position, events, &mut [&mut visit])?;
            }
            _ => {
                let after_version = reader.stream_version(stream, position)?;
                reader.read_stream(stream, after_version, events, &mut |event| {
                    projection.get_or_insert_with(P::default).fold(&event);
                    true
                })?;
            }
        }
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
        let streams = from_bytes::<ReadModelSumsV1<'_>>(&bytes).map(|sums| sums.streams);
        let found = streams.into_iter().flatten().find(|(stream, _)| *stream == name);
        let Some((_, SumBytes(bytes))) = found else {
            return Ok(None);
        };
        let projection = made_of(reader, stream, position, bytes)?;
        Ok(projection.map(|projection| (position, projection)))
    }

    /// The read model as it was at the newest snapshot; one of no events where there is none that can be used.
    pub(crate) fn model(&self, reader: &impl EventReader) -> Result<ReadModel, Fatal> {
        let events = reader.head().size;
        let snapshot = self.place.as_ref().and_then(|place| place.load(KIND, events));
        let model = match &snapshot {
            Some(snapshot) => {
                self.put_off(snapshot.position, snapshot.bytes.len() as u64);
                model_of(reader, snapshot)?
            }
            None => None,
        };
        Ok(model.unwrap_or_default())
    }
}

fn model_of(reader: &impl EventReader, snapshot: &Snapshot) -> Result<Option<ReadModel>, Fatal> {
    let Snapshot {
        position,
        root,
        bytes,
    } = snapshot;
    let Some(sums) = from_bytes::<ReadModelSumsV1<'_>>(bytes) else {
        return Ok(None);
    };
    let mut model = ReadModel::standing_on(*position, *root);
    for (name, SumBytes(bytes)) in sums.streams {
        let stream = Stream::parse(name);
        let made = match &stream {
            Some(stream @ Stream::Programme(id)) => {
                made_of(reader, stream, *position, bytes)?.map(|made| model.put_programme(id, made))
            }
            Some(stream @ Stream::Region(id)) => {
                made_of(reader, stream, *position, bytes)?.map(|made| model.put_region(id, made))
            }
            _ => None,
        };
        if made.is_none() {
            return Ok(None);
        }
    }
    Ok(Some(model))
}

/// Whether a fact is about what has this id: a programme takes no costs, and a region nothing else.
fn is_of(id: &Id, fact: &FactV1<'_>) -> bool {
    match fact {
        FactV1::Entry(entry) => entry.programme == id.as_str(),
        FactV1::Cost(cost) => cost.region == id.as_str(),
        FactV1::Nothing | FactV1::Whole => false,
    }
}

/// The projection of a stream, of the bytes of its sums and the events that they name.
fn made_of<P: Keepable>(
    reader: &impl EventReader,
    stream: &Stream,
    position: u64,
    bytes: &[u8],
) -> Result<Option<P>, Fatal> {
    P::of_bytes(bytes, |projection, positions| {
        read_at(reader, positions, position, &mut |event| {
            if event.stream == *stream {
                projection.fold(event);
            }
        })
    })
}

/// Writes the bytes of a [`ReadModelSumsV1`] stream by stream.
fn write_sums(model: &ReadModel, parts: &mut Parts<'_>) -> Option<()> {
    let streams = model.programmes().count() + model.regions().count();
    parts.add(&to_bytes(&(streams as u64))?)?;
    let mut add = |stream: Stream, bytes: Option<Vec<u8>>| {
        let (name, bytes) = (stream.to_string(), bytes?);
        parts.add(&to_bytes(&(name.as_str(), bytes.len() as u64))?)?;
        parts.add(&bytes)
    };
    for (id, projection) in model.programmes() {
        add(Stream::Programme(id.clone()), projection.bytes())?;
    }
    for (id, projection) in model.regions() {
        add(Stream::Region(id.clone()), projection.bytes())?;
    }
    Some(())
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
