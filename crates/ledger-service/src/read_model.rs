//! The projections of everything durable, at one log position.

use ledger_contract::{event::Stream, facts::FactV1};
use ledger_domain::{ById, Id};
use ledger_projections::{ProgrammeProjection, RegionProjection};
use ledger_store::{EventReader, FactVisit, Fatal, Told, part_of};

use crate::{kept::Keepable as _, proofs::hex};

/// How many fold what is durable at once, each its part of the streams.
const PARTS: usize = 2;

/// What current reports are made from. It stands at one position, so that a report never mixes two.
#[derive(Debug, Default)]
pub(crate) struct ReadModel {
    log_position: u64,
    /// The root over those events.
    root: [u8; 32],
    parts: [Part; PARTS],
    /// Why it does not go on: of what follows its position some may have been applied, and nobody knows which.
    failed: Option<Fatal>,
}

/// The streams that one folds. Another changes its neighbour at the same time: they share no line of a cache.
#[derive(Debug, Default)]
#[repr(align(128))]
struct Part {
    /// How many events were applied to it in the last folding.
    applied: u64,
    programmes: ById<ProgrammeProjection>,
    regions: ById<RegionProjection>,
}

impl ReadModel {
    /// The model of no streams yet, at a position that is not the first, with the root there.
    pub(crate) fn standing_on(log_position: u64, root: [u8; 32]) -> Self {
        Self {
            log_position,
            root,
            ..Self::default()
        }
    }

    #[expect(clippy::indexing_slicing, reason = "a part is below their number")]
    fn part(&self, id: &Id) -> &Part {
        &self.parts[part_of(id.as_str(), PARTS)]
    }

    #[expect(clippy::indexing_slicing, reason = "a part is below their number")]
    fn part_mut(&mut self, id: &Id) -> &mut Part {
        &mut self.parts[part_of(id.as_str(), PARTS)]
    }

    pub(crate) fn put_programme(&mut self, id: &Id, projection: ProgrammeProjection) {
        self.part_mut(id).programmes.put(id, projection);
    }

    pub(crate) fn put_region(&mut self, id: &Id, projection: RegionProjection) {
        self.part_mut(id).regions.put(id, projection);
    }

    /// The root over the events that were applied, in hexadecimal.
    pub(crate) fn root(&self) -> String {
        hex(&self.root)
    }

    /// The root over the events that were applied.
    pub(crate) fn root_hash(&self) -> [u8; 32] {
        self.root
    }

    /// The number of events that were applied.
    pub(crate) fn log_position(&self) -> u64 {
        self.log_position
    }

    pub(crate) fn programme(&self, id: &Id) -> Option<&ProgrammeProjection> {
        self.part(id).programmes.get(id.as_str())
    }

    /// In the order of their ids.
    pub(crate) fn programmes(&self) -> impl Iterator<Item = (&Id, &ProgrammeProjection)> {
        in_order(self.parts.iter().flat_map(|part| part.programmes.iter()))
    }

    pub(crate) fn region(&self, id: &Id) -> Option<&RegionProjection> {
        self.part(id).regions.get(id.as_str())
    }

    /// In the order of their ids.
    pub(crate) fn regions(&self) -> impl Iterator<Item = (&Id, &RegionProjection)> {
        in_order(self.parts.iter().flat_map(|part| part.regions.iter()))
    }

    /// Applies what became durable since. After an error it is to be made anew.
    pub(crate) fn catch_up(&mut self, reader: &impl EventReader) -> Result<(), Fatal> {
        if let Some(fatal) = &self.failed {
            return Err(fatal.clone());
        }
        let head = reader.head();
        let parts = self.parts.iter_mut();
        let mut apply: Vec<_> = parts
            .map(|part| {
                part.applied = 0;
                |position: u64, told: Told<'_>| part.apply(position, told)
            })
            .collect();
        let mut visits: Vec<&mut FactVisit<'_>> = Vec::with_capacity(PARTS);
        visits.extend(apply.iter_mut().map(|apply| apply as &mut FactVisit<'_>));
        let read = reader.read_facts(self.log_position, head.size, &mut visits);
        if let Err(fatal) = read {
            return Err(self.failed.insert(fatal).clone());
        }
        self.log_position += self.parts.iter().map(|part| part.applied).sum::<u64>();
        assert_eq!(self.log_position, head.size, "every event is applied once");
        self.root = head.root;
        Ok(())
    }
}

/// Sorted runs of several parts as one.
fn in_order<'a, T: 'a>(
    states: impl Iterator<Item = (&'a Id, &'a T)>,
) -> impl Iterator<Item = (&'a Id, &'a T)> {
    let mut states: Vec<_> = states.collect();
    states.sort_by_key(|(id, _)| *id);
    states.into_iter()
}

impl Part {
    /// Applies an event of one of its streams; those of one programme in order.
    fn apply(&mut self, position: u64, told: Told<'_>) {
        self.applied += 1;
        match told {
            Told::Fact(fact @ FactV1::Entry(entry)) => {
                if let Some(programme) = self.programmes.get_mut(entry.programme) {
                    programme.fold_fact(position, fact);
                }
            }
            Told::Fact(fact @ FactV1::Cost(cost)) => {
                if let Some(region) = self.regions.get_mut(cost.region) {
                    region.fold_fact(position, fact);
                }
            }
            Told::Fact(FactV1::Nothing | FactV1::Whole) => {}
            Told::Event(event) => match &event.stream {
                Stream::Programme(id) => {
                    if let Some(programme) = self.programmes.entry(id) {
                        programme.apply(event);
                    }
                }
                Stream::Region(id) => {
                    if let Some(region) = self.regions.entry(id) {
                        region.apply(event);
                    }
                }
                Stream::Ledger => {}
            },
        }
    }
}

#[cfg(test)]
mod tests {
    use ledger_contract::{
        event::{Details, Event},
        value::Instant,
    };
    use ledger_proof::Hash;
    use ledger_store::{EventLog as _, Head, MemoryLog, MemoryReader};

    use super::*;
    use crate::{Submission, Writer};

    const NOW: Instant = Instant(1_700_000_000_000_000);

    /// Reads so many events, and then fails.
    struct Failing(MemoryReader, u64);

    impl EventReader for Failing {
        fn head(&self) -> Head {
            self.0.head()
        }

        fn read(
            &self,
            position: u64,
            before: u64,
            visit: &mut dyn FnMut(Event) -> bool,
        ) -> Result<(), Fatal> {
            self.0.read(position, before.min(position + self.1), visit)?;
            Err(Fatal::Poisoned("of the test".to_owned()))
        }

        fn read_stream(
            &self,
            stream: &Stream,
            after_version: u64,
            before: u64,
            visit: &mut dyn FnMut(Event) -> bool,
        ) -> Result<(), Fatal> {
            self.0.read_stream(stream, after_version, before, visit)
        }

        fn stream_version(&self, stream: &Stream, before: u64) -> Result<u64, Fatal> {
            self.0.stream_version(stream, before)
        }

        fn stream_heads(&self, before: u64) -> Result<Vec<(Stream, u64)>, Fatal> {
            self.0.stream_heads(before)
        }

        fn size_at(&self, instant: Instant) -> Result<u64, Fatal> {
            self.0.size_at(instant)
        }

        fn commit_root(&self, size: u64) -> Result<Option<Hash>, Fatal> {
            self.0.commit_root(size)
        }

        fn details(&self, event: &Event) -> Result<Option<Box<Details>>, Fatal> {
            self.0.details(event)
        }
    }

    #[test]
    fn a_model_does_not_go_on_after_an_error() {
        let log = MemoryLog::new("model.example/ledger", NOW).unwrap();
        let reader = log.reader();
        let mut writer = Writer::new(log, crate::ledger::SharedModel::default());
        writer.begin(NOW).unwrap();
        for region in ["r", "s", "t"] {
            let command = format!(
                r#"{{"type":"establishRegion","region":"{region}","title":"R","body":"B","bookingDate":"2021-01-01"}}"#
            );
            let submission = Submission::read(command.as_bytes(), None, "controller").unwrap();
            writer.execute(submission).unwrap();
        }
        writer.commit().unwrap();
        let mut model = ReadModel::default();
        let told = model.catch_up(&Failing(reader.clone(), 2)).unwrap_err();
        // Some was applied: reading well from the same position would apply it twice.
        assert_eq!(model.regions().count(), 1);
        for _ in 0..2 {
            assert_eq!(model.catch_up(&reader).unwrap_err().to_string(), told.to_string());
            assert_eq!((model.log_position(), model.regions().count()), (0, 1));
        }
        let mut anew = ReadModel::default();
        anew.catch_up(&reader).unwrap();
        assert_eq!((anew.log_position(), anew.regions().count()), (4, 3));
    }
}
