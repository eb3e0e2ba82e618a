//! The project and the funder that a question about a figure names. One that no event shows would have figures of 0.00,
//! which nobody should be told, and no bundle should prove.

use ledger_contract::event::EventData;
use ledger_domain::{Code, Id, Refusal};

use crate::queries::{no_programme, no_project};

/// What is named, and what of it was not found yet.
pub(crate) struct Named<'a> {
    programme: &'a Id,
    has_events: bool,
    project: Option<&'a Id>,
    funder: Option<&'a Id>,
}

impl<'a> Named<'a> {
    /// Nothing is found yet. Own money (`programme`) is a source that no event brings.
    pub(crate) fn new(programme: &'a Id, project: Option<&'a Id>, source: Option<&'a Id>) -> Self {
        Self {
            programme,
            has_events: false,
            project,
            funder: source.filter(|source| !source.is_programme()),
        }
    }

    /// Finds what an event of the programme shows.
    pub(crate) fn take(&mut self, event: &EventData) {
        self.has_events = true;
        match event {
            EventData::ProjectOpened(opened) => {
                self.project = self.project.filter(|project| **project != opened.project.0);
            }
            EventData::CofinancingExpected(promised) | EventData::CofinancingPledged(promised) => {
                self.funder = self.funder.filter(|funder| **funder != promised.funder.0);
            }
            _ => {}
        }
    }

    /// Refuses when no event showed one of them.
    pub(crate) fn check(&self) -> Result<(), Refusal> {
        let programme = self.programme;
        if !self.has_events {
            return Err(no_programme(programme));
        }
        if let Some(project) = self.project {
            return Err(no_project(programme, project));
        }
        match self.funder {
            None => Ok(()),
            Some(funder) => {
                let sentence = format!("Programme {programme} has no funder {funder}.");
                Err(Refusal::new(Code::UnknownFunder, sentence))
            }
        }
    }
}
