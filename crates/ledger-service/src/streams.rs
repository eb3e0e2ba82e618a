//! The state of every stream that commands are decided against.

use std::collections::{HashMap, hash_map::Entry};

use ledger_contract::event::{Event, Stream};
use ledger_domain::{
    Id,
    programme::{self, Programme},
    region::{self, Recorded, Region},
};

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

    /// Folds one recorded event.
    pub(crate) fn apply(&mut self, event: &Event) {
        if let (Stream::Programme(id), Some(happened)) = (&event.stream, event.data.to_programme_event()) {
            match self.programmes.entry(id.clone()) {
                Entry::Occupied(mut state) => state.get_mut().apply(&happened),
                Entry::Vacant(place) => {
                    if let Some(state) = programme::evolve(None, &happened) {
                        place.insert(state);
                    }
                }
            }
        } else if let (Stream::Region(id), Some(happened)) = (&event.stream, event.data.to_region_event()) {
            let recorded = Recorded {
                position: event.position,
                booking_date: event.booking_date,
            };
            match self.regions.entry(id.clone()) {
                Entry::Occupied(mut state) => state.get_mut().apply(recorded, &happened),
                Entry::Vacant(place) => {
                    if let Some(state) = region::evolve(None, recorded, &happened) {
                        place.insert(state);
                    }
                }
            }
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
