//! What the rules need to know of a programme.

use super::{EstablishProgramme, Event};

/// The state that commands of one programme are decided against.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Programme {}

impl Programme {
    /// A programme that was just established.
    pub fn new(established: &EstablishProgramme) -> Self {
        let _ = established;
        Self {}
    }

    /// Folds one event of this programme.
    pub fn apply(&mut self, event: &Event) {
        let _ = event;
    }
}

/// Folds one event: the first establishes the programme. None when there is none yet and the event is another one.
#[must_use]
pub fn evolve(state: Option<Programme>, event: &Event) -> Option<Programme> {
    match (state, event) {
        (None, Event::ProgrammeEstablished(established)) => Some(Programme::new(established)),
        (None, _) => None,
        (Some(mut programme), event) => {
            programme.apply(event);
            Some(programme)
        }
    }
}
