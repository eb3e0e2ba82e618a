//! The projections of everything durable, at one log position.

use ledger_contract::{event::Stream, facts::FactV1};
use ledger_domain::{ById, Id};
use ledger_projections::{ProgrammeProjection, RegionProjection};
use ledger_store::{EventReader, Fatal, Told};

use crate::{kept::Keepable as _, proofs::hex};

/// What current reports are made from. It stands at one position, so that a report never mixes two.
#[derive(Debug, Default)]
pub(crate) struct ReadModel {
    log_position: u64,
    /// The root over those events.
    root: [u8; 32],
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

    pub(crate) fn put_programme(&mut self, id: &Id, projection: ProgrammeProjection) {
        self.programmes.put(id, projection);
    }

    pub(crate) fn put_region(&mut self, id: &Id, projection: RegionProjection) {
        self.regions.put(id, projection);
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
        self.programmes.get(id.as_str())
    }

    /// In the order of their ids.
    pub(crate) fn programmes(&self) -> impl Iterator<Item = (&Id, &ProgrammeProjection)> {
        self.programmes.iter()
    }

    pub(crate) fn region(&self, id: &Id) -> Option<&RegionProjection> {
        self.regions.get(id.as_str())
    }

    /// In the order of their ids.
    pub(crate) fn regions(&self) -> impl Iterator<Item = (&Id, &RegionProjection)> {
        self.regions.iter()
    }

    /// Applies an event; those of one programme in order.
    fn apply(&mut self, position: u64, told: Told<'_>) {
        self.log_position += 1;
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

    /// Applies what became durable since.
    pub(crate) fn catch_up(&mut self, reader: &impl EventReader) -> Result<(), Fatal> {
        let head = reader.head();
        reader.read_facts(self.log_position, head.size, &mut |position, told| {
            self.apply(position, told);
        })?;
        assert_eq!(self.log_position, head.size, "every event is applied once");
        self.root = head.root;
        Ok(())
    }
}
