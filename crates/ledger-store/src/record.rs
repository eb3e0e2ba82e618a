//! The bytes of an event in sled: a hand-written header, then bincode. `FORMAT.md`, "Records", states every byte.
//!
//! A record reads back the leaf byte for byte and tells where its line stands. It holds no details: what sled
//! overwrites stays in its files, and details must be destroyable.

use std::fmt;

use bincode::Options as _;
use ledger_contract::{
    event::{Event, EventData, Stream},
    value::{At, Day},
};
use serde::{
    Deserialize, Serialize,
    de::{DeserializeSeed, Deserializer, Error as _, SeqAccess, Visitor},
};

use crate::{render::Widths, tape::Place};

/// The first two bytes of a record.
const MAGIC: [u8; 2] = *b"RK";
/// The version of header and envelope that is written: integers take as many bytes as they need, which makes a record a
/// third as long as in version 1.
const VERSION: u16 = 2;
/// The version before it: the same fields in the same order, with integers of fixed width.
const VERSION_FIXED: u16 = 1;
/// Magic, version, type, schema, body length, CRC-32.
const HEADER_BYTES: usize = 16;

/// An event as sled keeps it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Record {
    pub(crate) event: Event,
    /// Where its line begins on the tape.
    pub(crate) place: Place,
    pub(crate) widths: Widths,
}

/// Why bytes are no record.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub(crate) enum RecordError {
    #[error("a record is cut short")]
    Short,
    #[error("a record does not begin as one")]
    Magic,
    #[error("a record has version {0}, which this version of the program does not know")]
    Version(u16),
    #[error("a record's checksum is wrong")]
    Checksum,
    #[error(
        "a record has event type {number} with schema {schema}, which this version of the program does not know"
    )]
    Unknown { number: u16, schema: u16 },
    #[error("a record does not decode: {0}")]
    Body(String),
}

/// The envelope, versions 1 and 2. Frozen: a change is a new struct and a new record version.
#[derive(Serialize)]
struct EnvelopeOut<'a> {
    position: u64,
    version: u64,
    command: u64,
    recorded_at_us: i64,
    booking_day: i32,
    stream: &'a str,
    recorded_by: &'a str,
    approved_by: Option<&'a str>,
    idempotency_key: Option<&'a str>,
    details_hash: Option<[u8; 32]>,
    segment: u64,
    offset: u64,
    leaf_width: u32,
    details_width: u32,
}

#[derive(Deserialize)]
struct EnvelopeIn<'a> {
    position: u64,
    version: u64,
    command: u64,
    recorded_at: At,
    booking_day: Day,
    stream: &'a str,
    recorded_by: &'a str,
    approved_by: Option<&'a str>,
    idempotency_key: Option<&'a str>,
    details_hash: Option<[u8; 32]>,
    segment: u64,
    offset: u64,
    leaf_width: u32,
    details_width: u32,
}

/// Little endian, and integers in as few bytes as they need: bincode's defaults.
fn options(limit: u64) -> impl bincode::Options {
    bincode::DefaultOptions::new()
        .with_varint_encoding()
        .with_little_endian()
        .with_limit(limit)
        .reject_trailing_bytes()
}

/// Adds the record of an event.
pub(crate) fn encode(
    event: &Event,
    place: Place,
    widths: Widths,
    into: &mut Vec<u8>,
) -> Result<(), RecordError> {
    let stream = event.stream.name();
    let envelope = EnvelopeOut {
        position: event.position,
        version: event.version,
        command: event.command,
        recorded_at_us: event.recorded_at.0,
        booking_day: event.booking_date.epoch_days(),
        stream: &stream,
        recorded_by: &event.recorded_by,
        approved_by: event.approved_by.as_deref(),
        idempotency_key: event.idempotency_key.as_deref(),
        details_hash: event.details_hash,
        segment: place.segment,
        offset: place.offset,
        leaf_width: widths.leaf,
        details_width: widths.details,
    };
    let start = into.len();
    into.extend_from_slice(&MAGIC);
    into.extend_from_slice(&VERSION.to_le_bytes());
    into.extend_from_slice(&event.data.type_number().to_le_bytes());
    into.extend_from_slice(&event.data.schema().to_le_bytes());
    into.extend_from_slice(&[0; 8]);
    // Without a limit nothing is measured before it is written.
    bincode::DefaultOptions::new()
        .serialize_into(&mut *into, &(envelope, &event.data))
        .map_err(|error| RecordError::Body(error.to_string()))?;
    let Some((header, body)) = into
        .get_mut(start..)
        .and_then(|record| record.split_at_mut_checked(HEADER_BYTES))
    else {
        return Err(RecordError::Short);
    };
    let (before, lengths) = header.split_at_mut(8);
    let length = u32::try_from(body.len())
        .map_err(|_| RecordError::Short)?
        .to_le_bytes();
    let checksum = checksum(before, length, body).to_le_bytes();
    for (to, from) in lengths.iter_mut().zip(length.into_iter().chain(checksum)) {
        *to = from;
    }
    Ok(())
}

/// CRC-32 of the header before it and the body.
fn checksum(before: &[u8], length: [u8; 4], body: &[u8]) -> u32 {
    let mut crc = crc32fast::Hasher::new();
    crc.update(before);
    crc.update(&length);
    crc.update(body);
    crc.finalize()
}

struct Header {
    version: u16,
    number: u16,
    schema: u16,
    length: [u8; 4],
    checksum: u32,
}

fn header(bytes: &[u8]) -> Result<Header, RecordError> {
    let header = bytes.first_chunk::<HEADER_BYTES>().ok_or(RecordError::Short)?;
    let [m0, m1, v0, v1, t0, t1, s0, s1, l0, l1, l2, l3, c0, c1, c2, c3] = *header;
    if [m0, m1] != MAGIC {
        return Err(RecordError::Magic);
    }
    let version = u16::from_le_bytes([v0, v1]);
    if version != VERSION && version != VERSION_FIXED {
        return Err(RecordError::Version(version));
    }
    Ok(Header {
        version,
        number: u16::from_le_bytes([t0, t1]),
        schema: u16::from_le_bytes([s0, s1]),
        length: [l0, l1, l2, l3],
        checksum: u32::from_le_bytes([c0, c1, c2, c3]),
    })
}

/// The first record of a block, without decoding; none at the end of the block.
pub(crate) fn first(block: &[u8]) -> Result<Option<&[u8]>, RecordError> {
    if block.is_empty() {
        return Ok(None);
    }
    let width = usize::try_from(u32::from_le_bytes(header(block)?.length))
        .ok()
        .and_then(|length| length.checked_add(HEADER_BYTES));
    let record = width.and_then(|width| block.get(..width));
    record.map(Some).ok_or(RecordError::Short)
}

/// How many bytes the first records of a block take, at most so many of them.
pub(crate) fn bytes_of(block: &[u8], records: usize) -> usize {
    let mut bytes = 0;
    for _ in 0..records {
        match first(block.get(bytes..).unwrap_or_default()) {
            Ok(Some(record)) => bytes += record.len(),
            _ => break,
        }
    }
    bytes
}

/// The record in exactly these bytes.
pub(crate) fn decode(bytes: &[u8]) -> Result<Record, RecordError> {
    let header = header(bytes)?;
    let (before, body) = bytes.split_at_checked(HEADER_BYTES).ok_or(RecordError::Short)?;
    if body.len() != u32::from_le_bytes(header.length) as usize {
        return Err(RecordError::Short);
    }
    if header.checksum != checksum(before.get(..8).unwrap_or_default(), header.length, body) {
        return Err(RecordError::Checksum);
    }
    let unknown = RecordError::Unknown {
        number: header.number,
        schema: header.schema,
    };
    let seed = BodySeed {
        number: header.number,
        schema: header.schema,
    };
    let options = options(body.len() as u64);
    let read = match header.version {
        VERSION_FIXED => options.with_fixint_encoding().deserialize_seed(seed, body),
        _ => options.deserialize_seed(seed, body),
    };
    let (envelope, data) = read.map_err(|error| RecordError::Body(error.to_string()))?;
    let data = data.ok_or(unknown)?;
    let stream = Stream::parse(envelope.stream)
        .ok_or_else(|| RecordError::Body("its stream has no such name".to_owned()))?;
    Ok(Record {
        event: Event {
            position: envelope.position,
            stream,
            version: envelope.version,
            command: envelope.command,
            recorded_at: envelope.recorded_at.0,
            recorded_by: envelope.recorded_by.into(),
            approved_by: envelope.approved_by.map(str::to_owned),
            booking_date: envelope.booking_day.0,
            idempotency_key: envelope.idempotency_key.map(str::to_owned),
            data,
            details_hash: envelope.details_hash,
        },
        place: Place {
            segment: envelope.segment,
            offset: envelope.offset,
        },
        widths: Widths {
            leaf: envelope.leaf_width,
            details: envelope.details_width,
        },
    })
}

/// Reads the envelope, and then the data that the header's type and schema say. Data of an unknown type ends the body
/// early, which is told as such and not as trailing bytes.
#[derive(Clone, Copy)]
struct BodySeed {
    number: u16,
    schema: u16,
}

impl<'de> DeserializeSeed<'de> for BodySeed {
    type Value = (EnvelopeIn<'de>, Option<EventData>);

    fn deserialize<D: Deserializer<'de>>(self, deserializer: D) -> Result<Self::Value, D::Error> {
        deserializer.deserialize_tuple(2, self)
    }
}

impl<'de> Visitor<'de> for BodySeed {
    type Value = (EnvelopeIn<'de>, Option<EventData>);

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("an envelope and an event's data")
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut body: A) -> Result<Self::Value, A::Error> {
        let missing = || A::Error::custom("a part is missing");
        let envelope = body.next_element()?.ok_or_else(missing)?;
        let data = body.next_element_seed(DataSeed(self))?.ok_or_else(missing)?;
        Ok((envelope, data))
    }
}

struct DataSeed(BodySeed);

impl<'de> DeserializeSeed<'de> for DataSeed {
    type Value = Option<EventData>;

    fn deserialize<D: Deserializer<'de>>(self, deserializer: D) -> Result<Self::Value, D::Error> {
        EventData::deserialize(self.0.number, self.0.schema, deserializer)
    }
}
