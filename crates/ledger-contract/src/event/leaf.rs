//! The leaf: the exact bytes that are hashed into the tree, canonical JSON (RFC 8785).

use serde::{Deserialize, Serialize};
use serde_json::value::RawValue;

use super::{Event, EventData, Stream};
use crate::value::{At, Day};

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct LeafOut<'a> {
    approved_by: &'a Option<String>,
    booking_date: Day,
    command: u64,
    data: &'a EventData,
    details_hash: Option<String>,
    idempotency_key: &'a Option<String>,
    position: u64,
    recorded_at: At,
    recorded_by: &'a str,
    schema: u16,
    stream: String,
    r#type: &'static str,
    version: u64,
}

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
    let leaf = LeafOut {
        approved_by: &event.approved_by,
        booking_date: Day(event.booking_date),
        command: event.command,
        data: &event.data,
        details_hash: event.details_hash.as_ref().map(|hash| hex(hash)),
        idempotency_key: &event.idempotency_key,
        position: event.position,
        recorded_at: At(event.recorded_at),
        recorded_by: &event.recorded_by,
        schema: event.data.schema(),
        stream: event.stream.to_string(),
        r#type: event.data.type_name(),
        version: event.version,
    };
    serde_json::to_writer(into, &leaf)
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
        recorded_by: leaf.recorded_by,
        approved_by: leaf.approved_by,
        booking_date: leaf.booking_date.0,
        idempotency_key: leaf.idempotency_key,
        data,
        details_hash,
    })
}

/// Lower-case hexadecimal.
pub(crate) fn hex(bytes: &[u8]) -> String {
    const DIGITS: &[u8; 16] = b"0123456789abcdef";
    let digit = |nibble: u8| char::from(DIGITS.get(usize::from(nibble)).copied().unwrap_or(b'0'));
    bytes
        .iter()
        .flat_map(|byte| [digit(byte >> 4), digit(byte & 15)])
        .collect()
}

fn unhex(text: &str) -> Option<[u8; 32]> {
    let nibble = |byte: u8| match byte {
        b'0'..=b'9' => Some(byte - b'0'),
        b'a'..=b'f' => Some(byte - b'a' + 10),
        _ => None,
    };
    let mut bytes = [0; 32];
    if text.len() != 64 {
        return None;
    }
    for (byte, pair) in bytes.iter_mut().zip(text.as_bytes().chunks_exact(2)) {
        let [high, low] = pair else { return None };
        *byte = nibble(*high)? << 4 | nibble(*low)?;
    }
    Some(bytes)
}
