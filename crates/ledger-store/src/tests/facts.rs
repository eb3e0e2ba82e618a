//! Facts tell of every event what the events tell, wherever a crash, damage or an earlier version left them.

use std::{fmt::Write as _, fs, path::Path};

use ledger_contract::{
    event::{Event, EventData},
    facts::FactV1,
};

use super::{
    damage::{LATER, findings, segments},
    open, small,
};
use crate::{
    EventLog, EventReader, FactVisit, TapeLog, Told,
    blocks::Blocks,
    conformance::{NOON, post},
    facts::{decode, encode, first},
    parts::part_of_stream,
    samples::{every_type, programme},
};

const FILE: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/golden/facts-v1.tsv");

fn fact_of(event: &Event) -> Vec<u8> {
    let mut fact = Vec::new();
    encode(event, &mut fact);
    fact
}

fn event(data: EventData) -> Event {
    let position = u64::from(data.type_number());
    Event {
        position,
        stream: programme("p"),
        version: position,
        command: position,
        recorded_at: NOON,
        recorded_by: "controller".into(),
        approved_by: None,
        booking_date: ledger_domain::Date::from_epoch_days(18_068),
        idempotency_key: None,
        data,
        details_hash: None,
    }
}

#[test]
fn the_bytes_of_a_fact_never_change() {
    let mut rows = String::new();
    for data in every_type() {
        let event = event(data);
        let bytes = fact_of(&event);
        let (fact, rest) = first(&bytes).unwrap().unwrap();
        assert!(rest.is_empty());
        let decoded = decode(fact).unwrap();
        assert_eq!(decoded, ledger_contract::facts::FactV1::of(&event));
        write!(rows, "{}\t", event.data.type_name()).unwrap();
        for byte in fact {
            write!(rows, "{byte:02x}").unwrap();
        }
        rows.push('\n');
    }
    // Made once, and never again: a type that is new adds a row.
    if !Path::new(FILE).exists() {
        fs::write(FILE, &rows).unwrap();
    }
    assert_eq!(fs::read_to_string(FILE).unwrap(), rows);
}

#[test]
fn a_fact_with_very_many_funders_is_read_whole() {
    let mut data = every_type()
        .into_iter()
        .find(|data| matches!(data, EventData::ExpenditurePosted(_)));
    if let Some(EventData::ExpenditurePosted(posted)) = &mut data {
        let funder = posted.charges[0].clone();
        for number in 0..64 {
            let mut charge = funder.clone();
            let id = format!("{number:02}-{}", "a".repeat(60));
            charge.source.0 = ledger_domain::Id::new(&id).unwrap();
            posted.charges.push(charge);
        }
    }
    assert_eq!(fact_of(&event(data.unwrap())), [1, 0, 1]);
}

/// What the facts of every event are, by position; and how many events of entries were told whole.
type AllTold = (Vec<(u64, Vec<u8>)>, usize);

/// What each of so many who fold is told.
fn told(log: &TapeLog, from: u64, parts: usize) -> Vec<AllTold> {
    let mut all_told = vec![AllTold::default(); parts];
    let visits = all_told.iter_mut().map(|(all, whole)| {
        move |position: u64, told: Told<'_>| {
            let bytes = match told {
                Told::Event(event) => {
                    *whole += usize::from(matches!(event.data, EventData::ExpenditurePosted(_)));
                    fact_of(event)
                }
                Told::Fact(fact) => {
                    let bytes = crate::facts::bytes_of(fact).unwrap();
                    let length = u16::try_from(bytes.len()).unwrap();
                    [&length.to_le_bytes()[..], &bytes].concat()
                }
            };
            all.push((position, bytes));
        }
    });
    let mut visits: Vec<_> = visits.collect();
    let mut visits: Vec<&mut FactVisit<'_>> = visits
        .iter_mut()
        .map(|visit| visit as &mut FactVisit<'_>)
        .collect();
    log.reader().read_facts(from, u64::MAX, &mut visits).unwrap();
    all_told
}

fn facts_of(events: &[Event], from: u64) -> Vec<(u64, Vec<u8>)> {
    let events = events.iter().filter(|event| event.position >= from);
    events.map(|event| (event.position, fact_of(event))).collect()
}

/// Groups of all sizes: of one block of facts, of many, and of a part of one.
fn grow(log: &mut TapeLog, from: u64) {
    for (group, size) in (from..).zip([1, 700, 1, 30, 400, 1, 2]) {
        let stream = programme(["a", "b", "c"][usize::try_from(group % 3).unwrap()]);
        post(log, &stream, group * 1_000..group * 1_000 + size);
    }
}

fn all_events(log: &TapeLog) -> Vec<Event> {
    let mut events = Vec::new();
    let read = log.reader().read(0, u64::MAX, &mut |event| {
        events.push(event);
        true
    });
    read.unwrap();
    events
}

fn agree(log: &TapeLog, what: &str) -> usize {
    let events = all_events(log);
    let mut whole_in_all = 0;
    for (from, parts) in [
        (0, 1),
        (0, 7),
        (1, 2),
        (300, 1),
        (702, 3),
        (events.len() as u64 - 1, 2),
    ] {
        let mut expected = vec![Vec::new(); parts];
        for (position, fact) in facts_of(&events, from) {
            let stream = &events[usize::try_from(position).unwrap()].stream;
            let tells_nothing = decode(&fact[2..]) == Some(FactV1::Nothing);
            let part = if tells_nothing {
                0
            } else {
                part_of_stream(stream, parts)
            };
            expected[part].push((position, fact));
        }
        for ((mut told, whole), expected) in told(log, from, parts).into_iter().zip(expected) {
            let in_order = |id| {
                let of_it = |(position, _): &&(u64, _)| {
                    events[usize::try_from(*position).unwrap()].stream == programme(id)
                };
                told.iter().filter(of_it).is_sorted()
            };
            assert!(["a", "b", "c"].into_iter().all(in_order), "{what}, from {from}");
            told.sort_unstable();
            assert!(told == expected, "{what}, from {from}, {parts} parts");
            whole_in_all += whole;
        }
    }
    whole_in_all
}

#[test]
fn facts_are_told_from_memory_and_from_sled_and_when_opened_again() {
    let directory = tempfile::tempdir().unwrap();
    let (mut log, _, _) = open(directory.path(), &small(), NOON).unwrap();
    for round in 0..4 {
        grow(&mut log, round * 10);
        assert_eq!(agree(&log, "as it is written"), 0);
    }
    log.catch_up();
    assert_eq!(agree(&log, "caught up"), 0);
    grow(&mut log, 50);
    drop(log);
    let (log, opened, _) = open(directory.path(), &small(), LATER).unwrap();
    assert_eq!(opened.rebuilt, None);
    assert_eq!(agree(&log, "opened again"), 0);
    // Enough for those of one programme to be told together.
    assert!(log.reader().head().size > 4_096);
}

/// A ledger, and its facts in sled.
fn ledger(directory: &Path) -> Vec<u64> {
    let (mut log, _, _) = open(directory, &small(), NOON).unwrap();
    grow(&mut log, 0);
    log.catch_up();
    let blocks = log.shared.blocks().unwrap();
    blocks.facts_from(0).map(|block| block.unwrap().0).collect()
}

fn change_sled(directory: &Path, change: impl Fn(&sled::Tree)) {
    let blocks = Blocks::open(&directory.join("sled"), 1 << 20).unwrap();
    change(&blocks.facts);
    blocks.flush().unwrap();
}

#[test]
fn facts_that_a_crash_or_an_earlier_version_left_out_are_made_when_opened() {
    let directory = tempfile::tempdir().unwrap();
    let blocks = ledger(directory.path());
    assert!(blocks.len() > 3);
    for first_lost in blocks.into_iter().rev() {
        change_sled(directory.path(), |facts| {
            for key in facts.range(first_lost.to_be_bytes()..).keys() {
                facts.remove(key.unwrap()).unwrap();
            }
        });
        let (log, opened, _) = open(directory.path(), &small(), LATER).unwrap();
        assert_eq!(opened.rebuilt, None);
        assert_eq!(agree(&log, "lost from a block on"), 0);
        assert!(!log.is_sled_stale());
    }
}

#[test]
fn facts_of_events_that_the_head_does_not_tell_of_are_made_again() {
    let directory = tempfile::tempdir().unwrap();
    let (mut log, _, _) = open(directory.path(), &small(), NOON).unwrap();
    grow(&mut log, 0);
    log.catch_up();
    let head = log.shared.blocks().unwrap().heads.get("head").unwrap().unwrap();
    grow(&mut log, 20);
    drop(log);
    let blocks = Blocks::open(&directory.path().join("sled"), 1 << 20).unwrap();
    blocks.heads.insert("head", head).unwrap();
    // What is wrong in them is not believed.
    let (last, _) = blocks.facts.last().unwrap().unwrap();
    let other = crate::facts::write_block(&[1, 0, 0, 1, 0, 0]);
    blocks.facts.insert(last, other).unwrap();
    blocks.flush().unwrap();
    drop(blocks);
    let (log, opened, _) = open(directory.path(), &small(), LATER).unwrap();
    assert_eq!(opened.rebuilt, None);
    assert_eq!(agree(&log, "behind the tape"), 0);
}

#[test]
fn without_a_block_of_facts_the_events_are_read() {
    let directory = tempfile::tempdir().unwrap();
    let blocks = ledger(directory.path());
    change_sled(directory.path(), |facts| {
        facts.remove(blocks[1].to_be_bytes()).unwrap();
    });
    let (log, opened, _) = open(directory.path(), &small(), LATER).unwrap();
    assert_eq!(opened.rebuilt, None);
    assert!(agree(&log, "one block less") > 0);
    assert!(!log.is_sled_stale());
}

#[test]
fn the_event_is_read_in_the_place_of_a_fact_that_a_later_program_wrote() {
    let directory = tempfile::tempdir().unwrap();
    let blocks = ledger(directory.path());
    change_sled(directory.path(), |facts| {
        for first in &blocks {
            let key = first.to_be_bytes();
            let value = facts.get(key).unwrap().unwrap();
            let mut other = crate::facts::read_block(&value).unwrap().to_vec();
            other[2] = 4;
            facts.insert(key, crate::facts::write_block(&other)).unwrap();
        }
    });
    let (log, opened, _) = open(directory.path(), &small(), LATER).unwrap();
    assert_eq!(opened.rebuilt, None);
    assert!(agree(&log, "of a later program") > 0);
    assert!(!log.is_sled_stale());
}

#[test]
fn verification_finds_a_fact_that_is_not_what_its_event_tells() {
    let directory = tempfile::tempdir().unwrap();
    let blocks = ledger(directory.path());
    assert_eq!(findings(directory.path()), Vec::<String>::new());
    change_sled(directory.path(), |facts| {
        facts.remove(blocks[1].to_be_bytes()).unwrap();
    });
    assert_eq!(findings(directory.path()), Vec::<String>::new(), "one block less");
    change_sled(directory.path(), |facts| {
        let key = blocks[2].to_be_bytes();
        let value = facts.get(key).unwrap().unwrap();
        let mut other = crate::facts::read_block(&value).unwrap().to_vec();
        // A byte of the first fact, with a checksum made anew.
        other[20] ^= 1;
        facts.insert(key, crate::facts::write_block(&other)).unwrap();
    });
    let found = findings(directory.path());
    let position = blocks[2];
    let told = format!("the fact of position {position} is not what its event tells");
    assert!(found.len() == 1 && found[0].contains(&told), "{found:?}");
}

#[test]
fn a_damaged_block_of_facts_is_found_and_sled_made_anew() {
    let directory = tempfile::tempdir().unwrap();
    let blocks = ledger(directory.path());
    for at in [0, 5, 40] {
        change_sled(directory.path(), |facts| {
            let key = blocks[1].to_be_bytes();
            let mut value = facts.get(key).unwrap().unwrap().to_vec();
            value[at] ^= 1;
            facts.insert(key, value).unwrap();
        });
        let (log, opened, _) = open(directory.path(), &small(), LATER).unwrap();
        assert_eq!(opened.rebuilt, None);
        assert!(agree(&log, "damaged") > 0);
        assert!(log.is_sled_stale());
        drop(log);
        let (log, opened, _) = open(directory.path(), &small(), LATER).unwrap();
        assert!(opened.rebuilt.is_some());
        assert_eq!(agree(&log, "made anew"), 0);
    }
}

#[test]
fn a_tape_that_changed_under_a_reader_is_found_when_every_leaf_is_hashed() {
    let directory = tempfile::tempdir().unwrap();
    let (mut log, _, _) = open(directory.path(), &small(), NOON).unwrap();
    for group in 0..20 {
        post(&mut log, &programme("p"), group * 10..group * 10 + 7);
    }
    let reader = log.reader();
    assert_eq!(reader.check_tape().unwrap(), 141);
    for segment in segments(directory.path()) {
        let whole = fs::read(&segment).unwrap();
        // In a leaf, and without its end.
        let mut changed = whole.clone();
        changed[20] ^= 1;
        for changed in [changed.as_slice(), &whole[..whole.len() / 2]] {
            fs::write(&segment, changed).unwrap();
            assert!(reader.check_tape().is_err(), "{}", segment.display());
        }
        fs::write(&segment, &whole).unwrap();
    }
    assert_eq!(reader.check_tape().unwrap(), 141);
}
