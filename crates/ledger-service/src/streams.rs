//! The state of every stream that commands are decided against.

use std::collections::{HashMap, hash_map::Entry};

use ledger_contract::event::{Event, Stream};
use ledger_domain::{
    Id,
    programme::{self, Programme},
};

/// What the writer knows: one state per stream, nothing per entry.
#[derive(Debug, Default)]
pub(crate) struct Streams {
    programmes: HashMap<Id, Programme>,
}

/// One stream's state, kept aside to come back to.
#[derive(Clone, Debug)]
pub(crate) enum Saved {
    Programme(Id, Option<Programme>),
    Nothing,
}

impl Streams {
    pub(crate) fn programme(&self, id: &Id) -> Option<&Programme> {
        self.programmes.get(id)
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
        }
    }

    pub(crate) fn save(&self, stream: &Stream) -> Saved {
        match stream {
            Stream::Programme(id) => Saved::Programme(id.clone(), self.programmes.get(id).cloned()),
            Stream::Region(_) | Stream::Ledger => Saved::Nothing,
        }
    }

    pub(crate) fn restore(&mut self, saved: Saved) {
        match saved {
            Saved::Programme(id, Some(state)) => {
                self.programmes.insert(id, state);
            }
            Saved::Programme(id, None) => {
                self.programmes.remove(&id);
            }
            Saved::Nothing => {}
        }
    }
}
