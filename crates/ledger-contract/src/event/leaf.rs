//! The leaf: the exact bytes that are hashed into the tree, canonical JSON (RFC 8785).

use ledger_domain::Digits;
use serde::Deserialize;
use serde_json::value::RawValue;

use super::{Event, EventData, Stream};
use crate::{
    canonical::write_json,
    hex::{push_hex, unhex},
    value::{At, Day},
};

#[derive(Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
struct LeafIn<'a> {
    approved_by: Option<String>,
    booking_date: Day,
    command: u64,
    #[serde(borrow)]
    data: &'a RawValue,
    details_hash: Option<String>,
    idempotency_key: Option<String>,
    position: u64,
    recorded_at: At,
    recorded_by: String,
    schema: u16,
    stream: String,
    r#type: String,
    version: u64,
}

/// Why bytes are not a leaf.
#[derive(Debug, thiserror::Error)]
pub enum LeafError {
    /// Not the JSON of a leaf.
    #[error("the leaf is not readable: {0}")]
    Json(#[from] serde_json::Error),
    /// A type or schema version that this program does not know.
    #[error("the event type {name} with schema {schema} is not known to this version of the program")]
    UnknownType {
        /// The type's name.
        name: String,
        /// The schema version.
        schema: u16,
    },
    /// A stream name or a hash of another form.
    #[error("the leaf's {field} is malformed")]
    Malformed {
        /// The field's name.
        field: &'static str,
    },
}

/// Writes the leaf of an event, the same bytes every time.
pub fn write_leaf(event: &Event, into: &mut Vec<u8>) -> Result<(), serde_json::Error> {
    // The envelope is the same for every event, so its names are written as they stand here, in the order of RFC 8785.
    into.extend_from_slice(b"{\"approvedBy\":");
    write_json(&event.approved_by, into)?;
    into.extend_from_slice(b",\"bookingDate\":\"");
    into.extend_from_slice(Digits::default().date(event.booking_date).as_bytes());
    into.extend_from_slice(b"\",\"command\":");
    write_json(&event.command, into)?;
    into.extend_from_slice(b",\"data\":");
    write_json(&event.data, into)?;
    into.extend_from_slice(b",\"detailsHash\":");
    match &event.details_hash {
        None => into.extend_from_slice(b"null"),
        Some(hash) => {
            into.push(b'"');
            push_hex(hash, into);
            into.push(b'"');
        }
    }
    into.extend_from_slice(b",\"idempotencyKey\":");
    write_json(&event.idempotency_key, into)?;
    into.extend_from_slice(b",\"position\":");
    write_json(&event.position, into)?;
    into.extend_from_slice(b",\"recordedAt\":\"");
    into.extend_from_slice(event.recorded_at.put(&mut Digits::default()).as_bytes());
    into.extend_from_slice(b"\",\"recordedBy\":");
    write_json(event.recorded_by.as_str(), into)?;
    into.extend_from_slice(b",\"schema\":");
    write_json(&event.data.schema(), into)?;
    into.extend_from_slice(b",\"stream\":\"");
    let (kind, id) = event.stream.parts();
    into.extend_from_slice(kind.as_bytes());
    into.extend_from_slice(id.as_bytes());
    into.extend_from_slice(b"\",\"type\":\"");
    into.extend_from_slice(event.data.type_name().as_bytes());
    into.extend_from_slice(b"\",\"version\":");
    write_json(&event.version, into)?;
    into.push(b'}');
    Ok(())
}

/// Reads the event in a leaf.
pub fn read_leaf(bytes: &[u8]) -> Result<Event, LeafError> {
    let leaf: LeafIn<'_> = serde_json::from_slice(bytes)?;
    let unknown = || LeafError::UnknownType {
        name: leaf.r#type.clone(),
        schema: leaf.schema,
    };
    let (number, ..) = EventData::TYPES
        .iter()
        .find(|(_, name, _)| *name == leaf.r#type)
        .ok_or_else(unknown)?;
    let data = EventData::deserialize(
        *number,
        leaf.schema,
        &mut serde_json::Deserializer::from_str(leaf.data.get()),
    )?
    .ok_or_else(unknown)?;
    let details_hash = match leaf.details_hash {
        None => None,
        Some(text) => Some(unhex(&text).ok_or(LeafError::Malformed { field: "detailsHash" })?),
    };
    Ok(Event {
        position: leaf.position,
        stream: Stream::parse(&leaf.stream).ok_or(LeafError::Malformed { field: "stream" })?,
        version: leaf.version,
        command: leaf.command,
        recorded_at: leaf.recorded_at.0,
        recorded_by: leaf.recorded_by.into(),
        approved_by: leaf.approved_by,
        booking_date: leaf.booking_date.0,
        idempotency_key: leaf.idempotency_key,
        data,
        details_hash,
    })
}
