//! The state of every stream that commands are decided against, without the costs of regions: those are in the read
//! model, and few commands ask them. See `costs.rs`.

use std::collections::HashMap;

use foldhash::fast::RandomState;
use ledger_contract::{
    event::{Event, Stream},
    facts::FactV1,
};
use ledger_domain::{
    Id,
    programme::{self, Programme},
    region::{self, CostFact, Recorded, Region},
};
use ledger_store::{EventReader, Fatal, Told};

use crate::read_model::ReadModel;

/// States by id, each looked up several times for every command.
type States<T> = HashMap<Id, T, RandomState>;

/// What the writer knows: one state per stream, nothing per entry and no costs.
#[derive(Clone, Debug, Default)]
pub(crate) struct Streams {
    programmes: States<Programme>,
    regions: States<Region>,
    /// How many events the regions held when they were taken from the read model.
    regions_position: u64,
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

    /// The regions as the read model has them, and no programmes yet: it holds those otherwise.
    pub(crate) fn known_to(model: &ReadModel) -> Self {
        let regions = model.regions();
        Self {
            programmes: States::default(),
            regions: regions
                .map(|(id, projection)| (id.clone(), projection.state().without_costs()))
                .collect(),
            regions_position: model.log_position(),
        }
    }

    /// The states after every durable event; programmes are read from the first.
    pub(crate) fn completed(&self, reader: &impl EventReader) -> Result<Self, Fatal> {
        let mut streams = Self {
            programmes: States::default(),
            ..self.clone()
        };
        let mut visit = |position: u64, told: Told<'_>| streams.apply(position, told);
        reader.read_facts(0, reader.head().size, &mut [&mut visit])?;
        Ok(streams)
    }

    /// Folds one recorded event, unless its region holds it.
    fn apply(&mut self, position: u64, told: Told<'_>) {
        let is_held = position < self.regions_position;
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
                if !is_held
                    && let Some(region) = self.regions.get_mut(cost.region)
                    && let Some(fact) = cost.to_domain()
                {
                    region.note_cost(&fact);
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
                if !is_held && let Some(happened) = event.data.to_region_event() {
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

    /// Folds what happened in a region, as it was recorded; of costs no sums.
    pub(crate) fn apply_region(&mut self, id: &Id, recorded: &Event, happened: &region::Event) {
        let recorded = Recorded {
            position: recorded.position,
            booking_date: recorded.booking_date,
        };
        if let Some(state) = self.regions.get_mut(id) {
            match CostFact::of(happened) {
                Some(fact) => {
                    state.note_cost(&fact);
                }
                None => state.apply(recorded, happened),
            }
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

fn put_back<T>(states: &mut States<T>, id: Id, state: Option<Box<T>>) {
    match state {
        Some(state) => states.insert(id, *state),
        None => states.remove(&id),
    };
}
