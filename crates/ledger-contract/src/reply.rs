//! What a command's reply and the list of events show.

use serde::Serialize;

use crate::{
    event::{Details, Event, EventData, hex},
    value::{At, Day},
};

/// An event and its details as one object. The details are as they were recorded, salt included: written without
/// spaces they are the bytes of `detailsHash`.
#[derive(Clone, Copy, Debug)]
pub struct EventView<'a> {
    /// The leaf.
    pub event: &'a Event,
    /// None without details, and once they are destroyed.
    pub details: Option<&'a Details>,
}

/// What a command appended, or what it appended when its idempotency key was first used.
#[derive(Clone, Debug, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct Reply<'a> {
    /// The number of events in the log right after the command.
    pub log_position: u64,
    /// In the order of their positions.
    pub events: Vec<EventView<'a>>,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Shown<'a> {
    position: u64,
    stream: String,
    version: u64,
    r#type: &'static str,
    schema: u16,
    command: u64,
    recorded_at: At,
    recorded_by: &'a str,
    approved_by: Option<&'a str>,
    booking_date: Day,
    idempotency_key: Option<&'a str>,
    data: &'a EventData,
    details_hash: Option<String>,
    details: Option<&'a Details>,
}

impl Serialize for EventView<'_> {
    fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let event = self.event;
        Shown {
            position: event.position,
            stream: event.stream.to_string(),
            version: event.version,
            r#type: event.data.type_name(),
            schema: event.data.schema(),
            command: event.command,
            recorded_at: At(event.recorded_at),
            recorded_by: &event.recorded_by,
            approved_by: event.approved_by.as_deref(),
            booking_date: Day(event.booking_date),
            idempotency_key: event.idempotency_key.as_deref(),
            data: &event.data,
            details_hash: event.details_hash.as_ref().map(|hash| hex(hash)),
            details: self.details,
        }
        .serialize(serializer)
    }
}
