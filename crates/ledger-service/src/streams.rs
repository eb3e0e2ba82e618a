//! The state of every stream that commands are decided against.

use std::collections::HashMap;

use ledger_contract::{
    event::{Event, Stream},
    facts::FactV1,
};
use ledger_domain::{
    Id,
    programme::{self, Programme},
    region::{self, Recorded, Region},
};
use ledger_store::{EventReader, Fatal, Told};

/// What the writer knows: one state per stream, nothing per entry.
#[derive(Debug, Default)]
pub(crate) struct Streams {
    programmes: HashMap<Id, Programme>,
    regions: HashMap<Id, Region>,
}

/// One stream's state, kept aside to come back to; none for a stream that had no events yet.
#[derive(Debug)]
pub(crate) enum Saved {
    Programme(Id, Option<Box<Programme>>),
    Region(Id, Option<Box<Region>>),
}

impl Streams {
    pub(crate) fn programme(&self, id: &Id) -> Option<&Programme> {
        self.programmes.get(id)
    }

    pub(crate) fn region(&self, id: &Id) -> Option<&Region> {
        self.regions.get(id)
    }

    /// The states after every durable event.
    pub(crate) fn of(reader: &impl EventReader) -> Result<Self, Fatal> {
        let mut streams = Self::default();
        reader.read_facts(0, reader.head().size, &mut |_, told| streams.apply(told))?;
        Ok(streams)
    }

    /// Folds one recorded event.
    fn apply(&mut self, told: Told<'_>) {
        let event = match told {
            Told::Fact(FactV1::Entry(entry)) => {
                if let Some(programme) = self.programmes.get_mut(entry.programme)
                    && let Some(fact) = entry.to_domain()
                {
                    programme.apply_entry(&fact);
                }
                return;
            }
            Told::Fact(FactV1::Cost(cost)) => {
                if let Some(region) = self.regions.get_mut(cost.region)
                    && let Some(fact) = cost.to_domain()
                {
                    region.apply_cost(cost.booking_date(), &fact);
                }
                return;
            }
            Told::Fact(FactV1::Nothing | FactV1::Whole) => return,
            Told::Event(event) => event,
        };
        match &event.stream {
            Stream::Programme(id) => {
                if let Some(happened) = event.data.to_programme_event() {
                    self.apply_programme(id, &happened);
                }
            }
            Stream::Region(id) => {
                if let Some(happened) = event.data.to_region_event() {
                    self.apply_region(id, event, &happened);
                }
            }
            Stream::Ledger => {}
        }
    }

    /// Folds what happened in a programme.
    pub(crate) fn apply_programme(&mut self, id: &Id, happened: &programme::Event) {
        // Looked up by reference first: nearly every event belongs to a stream that is known.
        if let Some(state) = self.programmes.get_mut(id) {
            state.apply(happened);
        } else if let Some(state) = programme::evolve(None, happened) {
            self.programmes.insert(id.clone(), state);
        }
    }

    /// Folds what happened in a region, as it was recorded.
    pub(crate) fn apply_region(&mut self, id: &Id, recorded: &Event, happened: &region::Event) {
        let recorded = Recorded {
            position: recorded.position,
            booking_date: recorded.booking_date,
        };
        if let Some(state) = self.regions.get_mut(id) {
            state.apply(recorded, happened);
        } else if let Some(state) = region::evolve(None, recorded, happened) {
            self.regions.insert(id.clone(), state);
        }
    }

    /// A copy of a stream's state; none for the ledger's own stream, which has none.
    pub(crate) fn save(&self, stream: &Stream) -> Option<Saved> {
        match stream {
            Stream::Programme(id) => Some(Saved::Programme(
                id.clone(),
                self.programmes.get(id).cloned().map(Box::new),
            )),
            Stream::Region(id) => Some(Saved::Region(
                id.clone(),
                self.regions.get(id).cloned().map(Box::new),
            )),
            Stream::Ledger => None,
        }
    }

    pub(crate) fn restore(&mut self, saved: Saved) {
        match saved {
            Saved::Programme(id, state) => put_back(&mut self.programmes, id, state),
            Saved::Region(id, state) => put_back(&mut self.regions, id, state),
        }
    }
}

fn put_back<T>(states: &mut HashMap<Id, T>, id: Id, state: Option<Box<T>>) {
    match state {
        Some(state) => states.insert(id, *state),
        None => states.remove(&id),
    };
}
