//! The entries of one stream, folded from the events that the log finds under their ids.

use std::cell::RefCell;

use ledger_contract::event::{EntryKind as IndexKind, Event, Stream};
use ledger_domain::{
    EntryId, Id, Year,
    programme::{self, Commitment, Event as ProgrammeEvent, Expenditure},
    region::{self, Cost},
};
use ledger_store::{EventLog, Fatal};

use crate::clients::Clients;

/// Looks entries up in the log. The rules cannot fail on storage, so a failure is kept here: whoever decides with
/// this must ask [`LogEntries::finish`] before using the outcome.
pub(crate) struct LogEntries<'a, L> {
    log: &'a L,
    stream: &'a Stream,
    clients: &'a Clients,
    failure: RefCell<Option<Fatal>>,
}

impl<'a, L: EventLog> LogEntries<'a, L> {
    pub(crate) fn new(log: &'a L, stream: &'a Stream, clients: &'a Clients) -> Self {
        Self {
            log,
            stream,
            clients,
            failure: RefCell::new(None),
        }
    }

    pub(crate) fn finish(self) -> Result<(), Fatal> {
        self.failure.into_inner().map_or(Ok(()), Err)
    }

    fn events(&self, kind: IndexKind, id: &EntryId) -> Vec<Event> {
        self.log
            .entry_events(self.stream, kind, id.as_str())
            .unwrap_or_else(|fatal| {
                self.failure.borrow_mut().get_or_insert(fatal);
                Vec::new()
            })
    }
}

impl<L: EventLog> programme::Entries for LogEntries<'_, L> {
    fn expenditure(&self, id: &EntryId) -> Option<Expenditure> {
        let events = self.events(IndexKind::Expenditure, id);
        events
            .iter()
            .fold(None, |state, event| match event.data.to_programme_event() {
                Some(happened) => Expenditure::evolve(state, event.booking_date, &happened),
                None => state,
            })
    }

    fn commitment(&self, id: &EntryId) -> Option<Commitment> {
        let events = self.events(IndexKind::Commitment, id);
        events
            .iter()
            .find_map(|event| match event.data.to_programme_event()? {
                ProgrammeEvent::CommitmentEntered(entered) => {
                    Some(Commitment::entered(event.booking_date, &entered))
                }
                _ => None,
            })
    }

    fn is_taken(&self, kind: programme::EntryKind, id: &EntryId) -> bool {
        let kind = match kind {
            programme::EntryKind::Expenditure => IndexKind::Expenditure,
            programme::EntryKind::Commitment => IndexKind::Commitment,
            programme::EntryKind::Correction => IndexKind::Correction,
            programme::EntryKind::Receipt => IndexKind::Receipt,
        };
        !self.events(kind, id).is_empty()
    }
}

impl<L: EventLog> region::Entries for LogEntries<'_, L> {
    fn cost(&self, id: &EntryId) -> Option<Cost> {
        let events = self.events(IndexKind::Cost, id);
        events
            .iter()
            .fold(None, |state, event| match event.data.to_region_event() {
                Some(happened) => Cost::evolve(state, event.booking_date, &happened),
                None => state,
            })
    }

    fn is_taken(&self, kind: region::EntryKind, id: &EntryId) -> bool {
        let kind = match kind {
            region::EntryKind::Cost => IndexKind::Cost,
            region::EntryKind::CostCorrection => IndexKind::CostCorrection,
            region::EntryKind::Advance => IndexKind::Advance,
        };
        !self.events(kind, id).is_empty()
    }

    fn client_no(&self, group: &Id, year: Year, client: &str) -> Option<u32> {
        let Stream::Region(region) = self.stream else {
            return None;
        };
        self.clients.number(region, group, year, client)
    }
}
