//! What a command's reply and the list of events show.

use serde::Serialize;

use crate::{
    event::{Details, Event, EventData},
    hex::hex,
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
            stream: event.stream.name(),
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

#[cfg(test)]
mod tests {
    use ledger_domain::Date;

    use super::*;
    use crate::{
        event::{LedgerOpenedV1, Stream},
        value::Instant,
    };

    #[test]
    fn an_event_shows_leaf_and_details_in_the_order_of_the_contract() {
        let mut details = Details {
            supplier: Some("Buurtwerk".to_owned()),
            ..Details::default()
        };
        let mut recorded = Vec::new();
        details.write([7; 16], &mut recorded).expect("JSON");
        let event = Event {
            position: 0,
            stream: Stream::Ledger,
            version: 1,
            command: 0,
            recorded_at: Instant(0),
            recorded_by: "local".into(),
            approved_by: None,
            booking_date: Date::from_epoch_days(0),
            idempotency_key: None,
            data: EventData::LedgerOpened(LedgerOpenedV1 {
                format: 1,
                origin: "o".to_owned(),
            }),
            details_hash: Some([0xAB; 32]),
        };
        let shown = |details| {
            let events = vec![EventView {
                event: &event,
                details,
            }];
            let reply = Reply {
                log_position: 1,
                events,
            };
            serde_json::to_string(&reply).expect("JSON")
        };
        let expected = |details: &str| {
            format!(
                r#"{{"logPosition":1,"events":[{{"position":0,"stream":"ledger","version":1,"type":"ledgerOpened","schema":1,"command":0,"recordedAt":"1970-01-01T00:00:00.000000Z","recordedBy":"local","approvedBy":null,"bookingDate":"1970-01-01","idempotencyKey":null,"data":{{"format":1,"origin":"o"}},"detailsHash":"{}","details":{details}}}]}}"#,
                "ab".repeat(32)
            )
        };
        let recorded = String::from_utf8(recorded).expect("UTF-8");
        assert_eq!(
            shown(Some(&details)),
            expected(&recorded),
            "details are the recorded bytes"
        );
        assert_eq!(shown(None), expected("null"));
    }
}
