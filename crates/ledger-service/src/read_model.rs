//! The projections of everything durable, at one log position.

use std::collections::BTreeMap;

use ledger_contract::event::{Event, Stream};
use ledger_domain::Id;
use ledger_projections::{ProgrammeProjection, RegionProjection};
use ledger_store::{EventReader, Fatal, Head};

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
    /// After the events of an opening were applied: the root over them.
    pub(crate) fn stand_on(&mut self, head: &Head) {
        self.root = head.root;
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
    pub(crate) fn apply(&mut self, event: &Event) {
        assert_eq!(
            event.position, self.log_position,
            "events are applied in the order of the log"
        );
        self.log_position += 1;
        match &event.stream {
            Stream::Programme(id) => self.programmes.entry(id.clone()).or_default().apply(event),
            Stream::Region(id) => self.regions.entry(id.clone()).or_default().apply(event),
            Stream::Ledger => {}
        }
    }

    /// Applies what became durable since.
    pub(crate) fn catch_up(&mut self, reader: &impl EventReader) -> Result<(), Fatal> {
        let head = reader.head();
        reader.read(self.log_position, head.size, &mut |event| {
            self.apply(&event);
            true
        })?;
        self.stand_on(&head);
        Ok(())
    }
}
