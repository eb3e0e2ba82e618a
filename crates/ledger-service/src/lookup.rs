//! The entries of one stream, folded from the events that the log finds under their ids.

use std::cell::RefCell;

use ledger_contract::event::{EntryKind as IndexKind, Event, Stream};
use ledger_domain::{
    EntryId,
    programme::{Commitment, Entries, EntryKind, Event as ProgrammeEvent, Expenditure},
};
use ledger_store::{EventLog, Fatal};

/// Looks entries up in the log. The rules cannot fail on storage, so a failure is kept here: whoever decides with
/// this must ask [`LogEntries::finish`] before using the outcome.
pub(crate) struct LogEntries<'a, L> {
    log: &'a L,
    stream: &'a Stream,
    failure: RefCell<Option<Fatal>>,
}

impl<'a, L: EventLog> LogEntries<'a, L> {
    pub(crate) fn new(log: &'a L, stream: &'a Stream) -> Self {
        Self {
            log,
            stream,
            failure: RefCell::new(None),
        }
    }

    pub(crate) fn finish(self) -> Result<(), Fatal> {
        self.failure.into_inner().map_or(Ok(()), Err)
    }

    fn events(&self, kind: EntryKind, id: &EntryId) -> Vec<Event> {
        let kind = match kind {
            EntryKind::Expenditure => IndexKind::Expenditure,
            EntryKind::Commitment => IndexKind::Commitment,
            EntryKind::Correction => IndexKind::Correction,
            EntryKind::Receipt => IndexKind::Receipt,
        };
        self.log
            .entry_events(self.stream, kind, id.as_str())
            .unwrap_or_else(|fatal| {
                self.failure.borrow_mut().get_or_insert(fatal);
                Vec::new()
            })
    }
}

impl<L: EventLog> Entries for LogEntries<'_, L> {
    fn expenditure(&self, id: &EntryId) -> Option<Expenditure> {
        self.events(EntryKind::Expenditure, id)
            .iter()
            .fold(None, |state, event| match event.data.to_programme_event() {
                Some(happened) => Expenditure::evolve(state, event.booking_date, &happened),
                None => state,
            })
    }

    fn commitment(&self, id: &EntryId) -> Option<Commitment> {
        self.events(EntryKind::Commitment, id).iter().find_map(|event| {
            match event.data.to_programme_event()? {
                ProgrammeEvent::CommitmentEntered(entered) => {
                    Some(Commitment::entered(event.booking_date, &entered))
                }
                _ => None,
            }
        })
    }

    fn is_taken(&self, kind: EntryKind, id: &EntryId) -> bool {
        !self.events(kind, id).is_empty()
    }
}
