//! Bytes that decode forever: one line and one record of every event type and schema version, committed.

use std::{collections::BTreeMap, fs, path::PathBuf};

use ledger_contract::{
    event::{Event, EventData, read_leaf, write_leaf},
    value::Instant,
};
use ledger_domain::Date;
use proptest::prelude::*;

use super::small;
use crate::{
    disk::RealDisk,
    record,
    render::{self, Salts, Widths},
    samples::{details, every_type, programme},
    tape::{Place, Start, Tape, survey},
};

/// One file for each version of records; the last is what is written now.
const FILES: [&str; 2] = ["golden/v1.tsv", "golden/v2.tsv"];

fn file() -> PathBuf {
    PathBuf::from(env!("CARGO_MANIFEST_DIR")).join(FILES[FILES.len() - 1])
}

const PLACE: Place = Place {
    segment: 1_000,
    offset: 65_536,
};

/// An event with everything that an envelope can hold, its line and its record. All of it follows from the type.
fn written(data: EventData) -> (Event, Vec<u8>, Vec<u8>) {
    let number = u64::from(data.type_number());
    let even = number.is_multiple_of(2);
    let mut event = Event {
        position: 1_000 + number,
        stream: programme("p"),
        version: 7 + number,
        command: 1_000,
        recorded_at: Instant(1_700_000_000_123_456),
        recorded_by: "controller".into(),
        approved_by: None,
        booking_date: Date::from_epoch_days(18_068),
        idempotency_key: even.then(|| "key \"é\" 1".to_owned()),
        data,
        details_hash: None,
    };
    let texts = even.then(|| Box::new(details("é € 😀")));
    let seed = [u8::try_from(number % 251).unwrap(); 32];
    let (mut line, mut record) = (Vec::new(), Vec::new());
    let salts = Salts::new(Some(seed)).unwrap();
    let sealed = texts.and_then(|texts| salts.sealing().seal(texts).unwrap());
    let widths = render::line(&mut event, sealed.as_ref(), &mut line).unwrap();
    record::encode(&event, PLACE, widths, &mut record).unwrap();
    (event, line, record)
}

fn hex(bytes: &[u8]) -> String {
    bytes
        .iter()
        .fold(String::new(), |text, byte| text + &format!("{byte:02x}"))
}

fn unhex(text: &str) -> Vec<u8> {
    let digits = |at| u8::from_str_radix(&text[at..at + 2], 16).unwrap();
    (0..text.len()).step_by(2).map(digits).collect()
}

/// Type, schema, leaf, details, record in hexadecimal.
fn row(data: &EventData, line: &[u8], record: &[u8]) -> String {
    let line = std::str::from_utf8(line).unwrap().trim_end_matches('\n');
    format!(
        "{}\t{}\t{line}\t{}\n",
        data.type_name(),
        data.schema(),
        hex(record)
    )
}

#[test]
fn every_type_has_golden_bytes_and_they_read_as_they_did() {
    add_new_types();
    let golden = fs::read_to_string(file()).unwrap();
    // A type with several schema versions has a row for each; the last is what is written now.
    let rows: BTreeMap<&str, &str> = golden
        .lines()
        .map(|row| (row.split('\t').next().unwrap(), row))
        .collect();
    let samples = every_type();
    for (_, name, _) in EventData::TYPES {
        let known = samples.iter().any(|data| data.type_name() == *name);
        assert!(known, "{name} has no sample in samples/");
    }
    for data in samples {
        let name = data.type_name();
        let row = rows
            .get(name)
            .unwrap_or_else(|| panic!("{name} has no golden bytes: run with UPDATE_GOLDEN=1"));
        let [_, schema, leaf, details, record] = row.split('\t').collect::<Vec<_>>()[..] else {
            panic!("{name}: {row}")
        };
        let (event, line, bytes) = written(data);
        assert_eq!(schema.parse(), Ok(event.data.schema()), "{name}");
        assert_eq!(read_leaf(leaf.as_bytes()).unwrap(), event, "{name}");
        let decoded = record::decode(&unhex(record)).unwrap();
        assert_eq!((decoded.event, decoded.place), (event, PLACE), "{name}");
        let widths = Widths {
            leaf: u32::try_from(leaf.len()).unwrap(),
            details: u32::try_from(details.len()).unwrap(),
        };
        assert_eq!(decoded.widths, widths, "{name}");
        // What is written for the latest schema is the same bytes too.
        assert_eq!(line, format!("{leaf}\t{details}\n").as_bytes(), "{name}");
        assert_eq!(hex(&bytes), record, "{name}");
    }
}

#[test]
fn every_row_that_was_ever_written_reads_as_one_event() {
    let golden =
        FILES.map(|name| fs::read_to_string(PathBuf::from(env!("CARGO_MANIFEST_DIR")).join(name)).unwrap());
    for row in golden.iter().flat_map(|golden| golden.lines()) {
        let [name, schema, leaf, _, record] = row.split('\t').collect::<Vec<_>>()[..] else {
            panic!("{row}")
        };
        let event = read_leaf(leaf.as_bytes()).unwrap();
        assert_eq!(event.data.type_name(), name);
        assert!(leaf.contains(&format!("\"schema\":{schema},")), "{name}");
        assert_eq!(
            record::decode(&unhex(record)).unwrap().event,
            event,
            "{name} {schema}"
        );
    }
}

/// Adds rows for types and schema versions that have none; rows that are there are never written again.
/// `UPDATE_GOLDEN=1` asks for it, when a type is new.
fn add_new_types() {
    if std::env::var_os("UPDATE_GOLDEN").is_none() {
        return;
    }
    let mut golden = fs::read_to_string(file()).unwrap_or_default();
    for data in every_type() {
        let (event, line, record) = written(data);
        let (name, schema) = (event.data.type_name(), event.data.schema());
        let known = golden
            .lines()
            .any(|row| row.starts_with(&format!("{name}\t{schema}\t")));
        if !known {
            golden.push_str(&row(&event.data, &line, &record));
        }
    }
    fs::create_dir_all(file().parent().unwrap()).unwrap();
    fs::write(file(), golden).unwrap();
}

#[test]
fn leaves_are_canonical_json() {
    for data in every_type() {
        let (event, ..) = written(data);
        let mut leaf = Vec::new();
        write_leaf(&event, &mut leaf).unwrap();
        let value: serde_json::Value = serde_json::from_slice(&leaf).unwrap();
        let canonical = serde_json_canonicalizer::to_vec(&value).unwrap();
        assert_eq!(String::from_utf8(leaf), String::from_utf8(canonical));
    }
}

fn records() -> Vec<Vec<u8>> {
    every_type().into_iter().map(|data| written(data).2).collect()
}

#[test]
fn a_record_with_any_bit_changed_is_refused() {
    let record = &records()[11];
    for at in 0..record.len() * 8 {
        let mut changed = record.clone();
        changed[at / 8] ^= 1 << (at % 8);
        assert!(record::decode(&changed).is_err(), "bit {at}");
    }
    assert!(record::decode(&record[..record.len() - 1]).is_err());
    assert!(record::decode(&[record.as_slice(), b"x"].concat()).is_err());
}

proptest! {
    #[test]
    fn any_bytes_are_a_record_or_an_error(bytes in proptest::collection::vec(any::<u8>(), 0..400)) {
        let _ = record::decode(&bytes);
        let _ = record::first(&bytes);
    }

    /// The checksum hides most damage from what comes after it; here it is made right again.
    #[test]
    fn a_body_of_any_bytes_is_a_record_or_an_error(
        of in 0..EventData::TYPES.len(),
        at in 16usize..300,
        change in proptest::collection::vec(any::<u8>(), 1..12),
    ) {
        let mut record = records()[of].clone();
        let at = at % record.len();
        for (byte, to) in record.iter_mut().skip(at.max(16)).zip(change) {
            *byte = to;
        }
        let mut crc = crc32fast::Hasher::new();
        crc.update(&record[..12]);
        crc.update(&record[16..]);
        let crc = crc.finalize().to_le_bytes();
        record[12..16].copy_from_slice(&crc);
        if let Ok(read) = record::decode(&record) {
            let mut again = Vec::new();
            record::encode(&read.event, read.place, read.widths, &mut again).unwrap();
        }
    }

    #[test]
    fn a_tape_of_any_bytes_is_surveyed(pieces in proptest::collection::vec(
        prop_oneof![
            proptest::collection::vec(any::<u8>(), 0..60),
            Just(b"\n\n\n".to_vec()),
            Just(b"{}\t\n".to_vec()),
            Just(b"commit 0 1 2026-11-22T10:09:08.000000Z \n".to_vec()),
        ],
        0..20,
    )) {
        let directory = tempfile::tempdir().unwrap();
        let tape = directory.path().join("tape");
        fs::create_dir(&tape).unwrap();
        for (segment, part) in pieces.chunks(7).enumerate() {
            fs::write(tape.join(format!("{segment:020}.tape")), part.concat()).unwrap();
        }
        let tape = Tape::open(std::sync::Arc::new(RealDisk), directory.path(), false).unwrap();
        match survey(&tape, &small(), Start::default()) {
            Ok(found) => prop_assert_eq!(found.tree.size(), 0),
            Err(fatal) => prop_assert!(matches!(fatal, crate::Fatal::Damaged { .. }), "{}", fatal),
        }
        prop_assert_eq!(crate::verify(directory.path(), &small()).unwrap().events, 0);
    }
}
