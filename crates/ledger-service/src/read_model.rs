//! The projections of everything durable, at one log position.

use std::collections::BTreeMap;

use ledger_contract::{event::Stream, facts::FactV1};
use ledger_domain::Id;
use ledger_projections::{ProgrammeProjection, RegionProjection};
use ledger_store::{EventReader, Fatal, Told};

use crate::proofs::hex;

/// What current reports are made from. It stands at one position, so that a report never mixes two.
#[derive(Debug, Default)]
pub(crate) struct ReadModel {
    log_position: u64,
    /// The root over those events.
    root: [u8; 32],
    programmes: BTreeMap<Id, ProgrammeProjection>,
    regions: BTreeMap<Id, RegionProjection>,
}

impl ReadModel {
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
        self.programmes.get(id)
    }

    pub(crate) fn programmes(&self) -> impl Iterator<Item = (&Id, &ProgrammeProjection)> {
        self.programmes.iter()
    }

    pub(crate) fn region(&self, id: &Id) -> Option<&RegionProjection> {
        self.regions.get(id)
    }

    pub(crate) fn regions(&self) -> impl Iterator<Item = (&Id, &RegionProjection)> {
        self.regions.iter()
    }

    /// Applies the next event of the log.
    fn apply(&mut self, position: u64, told: Told<'_>) {
        assert_eq!(
            position, self.log_position,
            "events are applied in the order of the log"
        );
        self.log_position += 1;
        match told {
            Told::Fact(FactV1::Entry(entry)) => {
                if let Some(programme) = self.programmes.get_mut(entry.programme)
                    && let Some(fact) = entry.to_domain()
                {
                    programme.apply_entry(position, entry.booking_date(), &fact);
                }
            }
            Told::Fact(FactV1::Cost(cost)) => {
                if let Some(region) = self.regions.get_mut(cost.region)
                    && let Some(fact) = cost.to_domain()
                {
                    region.apply_cost(cost.booking_date(), &fact);
                }
            }
            Told::Fact(FactV1::Nothing | FactV1::Whole) => {}
            Told::Event(event) => match &event.stream {
                Stream::Programme(id) => self.programmes.entry(id.clone()).or_default().apply(event),
                Stream::Region(id) => self.regions.entry(id.clone()).or_default().apply(event),
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
        self.root = head.root;
        Ok(())
    }
}
