//! Destroying details when archive law demands it: the rule, the event, and then the bytes.

use std::path::PathBuf;

use ledger_contract::{
    event::{DetailsDestroyedV1, EventData, Stream},
    value::Day,
};
use ledger_domain::{Date, check_destruction};
use ledger_store::{
    AppendError, EventLog as _, EventReader as _, Fatal, NewCommand, NewEvent, TapeLog, TapeReader,
};

use crate::{
    queries::{Queries, no_programme},
    region_queries::no_region,
    writer::{Rejection, Writer},
};

/// What is to be destroyed.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Destruction {
    /// A programme or a region.
    pub stream: Stream,
    /// The last booking date of it.
    pub through: Date,
    /// The document in which it was decided.
    pub decision: String,
    /// Who orders it: a role or key name, never a person's.
    pub recorded_by: String,
}

/// What was destroyed.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Destroyed {
    /// The position of `detailsDestroyed`.
    pub position: u64,
    /// How many events have no details any more.
    pub events: u64,
    /// The file of all orders, to keep beside backups.
    pub orders: PathBuf,
}

/// Destroys the details of a stream's events that are booked through a date. An order that was durable is carried out
/// at the next opening if this fails on the way; a refusal leaves everything as it was.
///
/// It commits, so it is called with no open group.
pub fn destroy_details(
    writer: &mut Writer<TapeLog>,
    queries: &Queries<TapeReader>,
    asked: &Destruction,
) -> Result<Destroyed, Rejection> {
    check_destruction(writer.closed_through(&asked.stream)?, asked.through)?;
    let position = queries.reader().head().size;
    let opened = queries
        .gate()
        .open(|floor| writer.begin(queries.now().max(floor)));
    let committed = opened
        .and_then(|()| writer.order(asked))
        .and_then(|()| writer.commit())
        .and_then(|_| queries.catch_up());
    queries.gate().close();
    committed?;
    // From here on nobody is given those details; a crash leaves the bytes to the next opening.
    let (events, orders) = writer.destroy_ordered()?;
    Ok(Destroyed {
        position,
        events,
        orders,
    })
}

impl Writer<TapeLog> {
    /// Through which date a stream's books are closed.
    fn closed_through(&mut self, stream: &Stream) -> Result<Option<Date>, Rejection> {
        self.make_ready()?;
        match stream {
            Stream::Programme(id) => match self.streams.programme(id) {
                Some(programme) => Ok(programme.closed_through()),
                None => Err(no_programme(id).into()),
            },
            Stream::Region(id) => match self.streams.region(id) {
                Some(region) => Ok(region.closed_through),
                None => Err(no_region(id).into()),
            },
            Stream::Ledger => Ok(None),
        }
    }

    /// Stages `detailsDestroyed`, booked on the day through which it destroys.
    fn order(&mut self, asked: &Destruction) -> Result<(), Fatal> {
        let data = EventData::DetailsDestroyed(DetailsDestroyedV1 {
            decision: asked.decision.clone(),
            through: Day(asked.through),
        });
        let staged = self.log.stage(NewCommand {
            stream: asked.stream.clone(),
            expected_version: None,
            recorded_by: asked.recorded_by.as_str().into(),
            idempotency_key: None,
            events: vec![NewEvent {
                booking_date: asked.through,
                data,
                details: None,
            }],
        });
        match staged {
            Ok(_) => Ok(()),
            Err(AppendError::Fatal(fatal)) => Err(fatal),
            Err(refused) => Err(Fatal::Poisoned(refused.to_string())),
        }
    }

    fn destroy_ordered(&mut self) -> Result<(u64, PathBuf), Fatal> {
        // Pseudonyms of clients are read from the record again, where they still are.
        self.clients.forget();
        self.log.destroy_ordered()
    }
}
