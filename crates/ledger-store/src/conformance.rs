//! What every log must do, whatever keeps it: one suite that each implementation passes.

use ledger_contract::{
    event::{EntryKind, Event, Stream},
    value::Instant,
};
use ledger_proof::{Tree, leaf_hash};

use crate::{
    AppendError, EventLog, EventReader, Fatal, Mark, NewCommand,
    samples::{corrected, expenditure, programme, too_long},
};

/// Makes and reopens logs of one kind. A new log holds `ledgerOpened` and nothing else.
pub trait Fixture {
    /// The kind of log.
    type Log: EventLog;
    /// A new log, opened at this instant.
    fn open(&mut self, now: Instant) -> Self::Log;
    /// Closes a log and opens it again. A log that does not outlive its process hands it back.
    fn reopen(&mut self, log: Self::Log, now: Instant) -> Self::Log;
}

/// Runs every check on a log of its own.
pub fn all<F: Fixture>(mut fixture: impl FnMut() -> F) {
    a_new_log_holds_its_opening(&mut fixture());
    staged_events_are_what_is_read_later(&mut fixture());
    an_expected_version_must_be_the_stream_s(&mut fixture());
    streams_and_positions_are_read_apart(&mut fixture());
    entries_and_keys_are_found(&mut fixture());
    a_rollback_leaves_nothing(&mut fixture());
    a_group_has_one_stamp_and_stamps_rise(&mut fixture());
    readers_see_what_is_durable_and_nothing_else(&mut fixture());
    an_event_that_is_too_long_takes_its_command_with_it(&mut fixture());
    the_root_is_the_tree_s(&mut fixture());
}

/// The instant at which tests begin.
pub const NOON: Instant = Instant(1_700_000_000_000_000);

fn at(seconds: i64) -> Instant {
    Instant(NOON.0 + seconds * 1_000_000)
}

fn p() -> Stream {
    programme("p")
}

fn read(reader: &impl EventReader, from: u64, before: u64) -> Vec<Event> {
    let mut events = Vec::new();
    let read = reader.read(from, before, &mut |event| {
        events.push(event);
        true
    });
    read.expect("the log is readable");
    events
}

fn read_stream(reader: &impl EventReader, stream: &Stream, after: u64, before: u64) -> Vec<Event> {
    let mut events = Vec::new();
    let read = reader.read_stream(stream, after, before, &mut |event| {
        events.push(event);
        true
    });
    read.expect("the stream is readable");
    events
}

/// The events of a command that is staged.
fn stage(log: &mut impl EventLog, command: NewCommand) -> Vec<Event> {
    let staged = log.stage(command).expect("it is staged");
    staged.into_iter().map(|(event, _)| event).collect()
}

/// Commits expenditures with these numbers to one stream, as one group.
pub fn post(log: &mut impl EventLog, stream: &Stream, numbers: std::ops::Range<u64>) -> Vec<Event> {
    log.begin(NOON).expect("a group opens");
    let events = numbers
        .flat_map(|number| stage(log, expenditure(stream, number)))
        .collect();
    log.commit().expect("it is committed");
    events
}

fn a_new_log_holds_its_opening<F: Fixture>(fixture: &mut F) {
    let log = fixture.open(NOON);
    let head = log.reader().head();
    assert_eq!((head.size, head.recorded_at), (1, NOON));
    let events = read(&log.reader(), 0, u64::MAX);
    assert_eq!(events.len(), 1);
    let opened = &events[0];
    assert_eq!((opened.position, opened.version, opened.command), (0, 1, 0));
    assert_eq!(opened.data.type_name(), "ledgerOpened");
    assert_eq!(log.version(&Stream::Ledger), 1);
}

fn staged_events_are_what_is_read_later<F: Fixture>(fixture: &mut F) {
    let mut log = fixture.open(NOON);
    let mut events = read(&log.reader(), 0, 1);
    // Uneven groups, so that blocks and groups end in different places.
    for (from, to) in [(0, 1), (1, 40), (40, 41), (41, 300), (300, 302)] {
        events.extend(post(
            &mut log,
            &programme(["a", "b"][usize::from(from % 2 == 1)]),
            from..to,
        ));
    }
    for _ in 0..3 {
        let reader = log.reader();
        assert_eq!(read(&reader, 0, u64::MAX), events);
        for event in &events {
            let details = reader.details(event).expect("details are readable");
            assert_eq!(details.is_some(), event.details_hash.is_some());
            let number = match &event.data {
                ledger_contract::event::EventData::ExpenditurePosted(data) => data.expenditure.0.to_string(),
                _ => continue,
            };
            let supplier = details.and_then(|details| details.supplier);
            let expected = event.details_hash.map(|_| format!("supplier {}", &number[1..]));
            assert_eq!(supplier, expected);
        }
        log = fixture.reopen(log, at(1));
    }
}

fn an_expected_version_must_be_the_stream_s<F: Fixture>(fixture: &mut F) {
    let mut log = fixture.open(NOON);
    log.begin(NOON).expect("a group opens");
    let mut stage = |expected_version| {
        let mut command = expenditure(&p(), 1);
        command.expected_version = expected_version;
        log.stage(command).map(|staged| staged[0].0.version)
    };
    assert!(matches!(
        stage(Some(1)),
        Err(AppendError::Conflict {
            expected: 1,
            actual: 0,
            ..
        })
    ));
    assert_eq!(stage(Some(0)).expect("it is at 0"), 1);
    assert!(matches!(
        stage(Some(0)),
        Err(AppendError::Conflict {
            expected: 0,
            actual: 1,
            ..
        })
    ));
    assert_eq!(stage(None).expect("any will do"), 2);
    assert_eq!(stage(Some(2)).expect("staged events count"), 3);
    log.commit().expect("it is committed");
    assert_eq!(log.version(&p()), 3);
    let log = fixture.reopen(log, at(1));
    assert_eq!((log.version(&p()), log.version(&programme("q"))), (3, 0));
}

fn streams_and_positions_are_read_apart<F: Fixture>(fixture: &mut F) {
    let mut log = fixture.open(NOON);
    let streams = [
        programme("a"),
        programme("b"),
        Stream::Region(ledger_domain::Id::programme()),
    ];
    for number in 0..90 {
        let stream = &streams[usize::try_from(number % 3).expect("small")];
        post(&mut log, stream, number..number + 1);
    }
    for _ in 0..2 {
        let reader = log.reader();
        let all = read(&reader, 0, u64::MAX);
        assert_eq!(read(&reader, 17, 23), all[17..23]);
        assert_eq!(read(&reader, 91, 95), []);
        assert_eq!(read(&reader, 50, 2), []);
        for stream in &streams {
            let own: Vec<Event> = all
                .iter()
                .filter(|event| event.stream == *stream)
                .cloned()
                .collect();
            assert_eq!(read_stream(&reader, stream, 0, u64::MAX), own);
            assert_eq!(read_stream(&reader, stream, 7, u64::MAX), own[7..]);
            let early: Vec<Event> = own.iter().filter(|event| event.position < 40).cloned().collect();
            assert_eq!(read_stream(&reader, stream, 2, 40), early[2..]);
            let version = |before| reader.stream_version(stream, before).expect("it is readable");
            assert_eq!(version(40), early.len() as u64);
            assert_eq!(version(u64::MAX), 30);
            assert_eq!(read_stream(&reader, stream, 99, u64::MAX), []);
        }
        let mut seen = 0;
        let stopped = reader.read(0, u64::MAX, &mut |_| {
            seen += 1;
            seen < 5
        });
        assert!(stopped.is_ok() && seen == 5);
        log = fixture.reopen(log, at(1));
    }
}

fn entries_and_keys_are_found<F: Fixture>(fixture: &mut F) {
    let mut log = fixture.open(NOON);
    log.begin(NOON).expect("a group opens");
    let early = stage(&mut log, corrected(&p(), "E1"));
    log.commit().expect("it is committed");
    post(&mut log, &p(), 100..200);
    log.begin(NOON).expect("a group opens");
    let other = stage(&mut log, corrected(&programme("q"), "E1"));
    // Once staged, once durable, once reopened.
    for round in 0..3 {
        let find = |stream: &Stream, kind, id| log.entry_events(stream, kind, id).expect("it is readable");
        assert_eq!(find(&p(), EntryKind::Expenditure, "E1"), early);
        assert_eq!(find(&p(), EntryKind::Correction, "E1-c"), early[1..]);
        assert_eq!(find(&programme("q"), EntryKind::Expenditure, "E1"), other);
        assert_eq!(find(&p(), EntryKind::Correction, "E1"), []);
        assert_eq!(find(&p(), EntryKind::Expenditure, "E150").len(), 1);
        let key = |key| log.key_events(key).expect("it is readable");
        // The same key twice is the service's to refuse; the first is found.
        assert_eq!(key("both-E1"), early);
        assert_eq!(key("key-150").len(), 1);
        assert_eq!(key("key-151"), []);
        log.commit().expect("it is committed");
        if round > 0 {
            log = fixture.reopen(log, at(1));
        }
    }
}

fn a_rollback_leaves_nothing<F: Fixture>(fixture: &mut F) {
    let mut log = fixture.open(NOON);
    post(&mut log, &p(), 0..10);
    let before = log.mark();
    log.begin(NOON).expect("a group opens");
    for number in 10..20 {
        log.stage(expenditure(&p(), number)).expect("it is staged");
    }
    let middle = log.mark();
    assert_eq!((before, middle), (Mark { size: 11 }, Mark { size: 21 }));
    for number in 20..600 {
        log.stage(expenditure(&programme("q"), number))
            .expect("it is staged");
    }
    log.rollback(middle).expect("it is taken back");
    assert_eq!((log.mark(), log.version(&programme("q"))), (middle, 0));
    assert_eq!(log.key_events("key-30").expect("it is readable"), []);
    assert_eq!(log.key_events("key-12").expect("it is readable").len(), 1);
    let after = stage(&mut log, expenditure(&p(), 700));
    assert_eq!((after[0].position, after[0].version), (21, 21));
    let head = log.commit().expect("it is committed");
    assert_eq!(head.size, 22);
    // A group that is taken back as a whole leaves no trace, not even a commit.
    log.begin(at(5)).expect("a group opens");
    let end = log.mark();
    for number in 800..1_500 {
        log.stage(expenditure(&p(), number)).expect("it is staged");
    }
    assert!(
        matches!(log.rollback(before), Err(Fatal::Poisoned(_))),
        "durable events stay"
    );
    assert!(matches!(
        log.rollback(Mark { size: 9_999 }),
        Err(Fatal::Poisoned(_))
    ));
    log.rollback(end).expect("it is taken back");
    assert_eq!(log.commit().expect("an empty group closes"), head);
    let events = read(&log.reader(), 0, u64::MAX);
    let log = fixture.reopen(log, at(6));
    assert_eq!(log.reader().head(), head);
    assert_eq!(read(&log.reader(), 0, u64::MAX), events);
    assert_eq!(
        log.entry_events(&p(), EntryKind::Expenditure, "E900")
            .expect("readable"),
        []
    );
}

fn a_group_has_one_stamp_and_stamps_rise<F: Fixture>(fixture: &mut F) {
    let mut log = fixture.open(NOON);
    let mut stamps = vec![(NOON, 1)];
    for (now, events) in [(at(10), 3), (at(10), 1), (at(4), 2), (at(60), 4)] {
        let stamp = log.begin(now).expect("a group opens");
        assert_eq!(log.begin(at(999)).expect("it is open"), stamp);
        assert!(stamp >= now && stamp > stamps[stamps.len() - 1].0);
        let first = log.mark().size;
        for number in first..first + events {
            let staged = stage(&mut log, expenditure(&p(), number));
            assert_eq!(staged[0].recorded_at, stamp);
        }
        let head = log.commit().expect("it is committed");
        assert_eq!(head.recorded_at, stamp);
        stamps.push((stamp, head.size));
    }
    assert_eq!(stamps[2].0, Instant(at(10).0 + 1), "just after the last one");
    for _ in 0..2 {
        let reader = log.reader();
        let size_at = |instant| reader.size_at(instant).expect("it is readable");
        assert_eq!(size_at(Instant(NOON.0 - 1)), 0);
        for (index, (stamp, size)) in stamps.iter().enumerate() {
            assert_eq!(size_at(*stamp), *size);
            assert_eq!(
                size_at(Instant(stamp.0 - 1)),
                index.checked_sub(1).map_or(0, |before| stamps[before].1)
            );
        }
        assert_eq!(size_at(at(1_000)), 11);
        log = fixture.reopen(log, at(61));
    }
}

fn readers_see_what_is_durable_and_nothing_else<F: Fixture>(fixture: &mut F) {
    let mut log = fixture.open(NOON);
    let reader = log.reader();
    log.begin(NOON).expect("a group opens");
    let staged = log.stage(expenditure(&p(), 2)).expect("it is staged");
    let details = staged[0].1.clone();
    let staged: Vec<Event> = staged.into_iter().map(|(event, _)| event).collect();
    assert_eq!(
        (
            reader.head().size,
            reader.stream_version(&p(), u64::MAX).expect("it is readable")
        ),
        (1, 0)
    );
    let heads = reader.stream_heads(u64::MAX).expect("they are readable");
    assert_eq!(heads, [(Stream::Ledger, 1)]);
    assert_eq!(read(&reader, 1, u64::MAX), []);
    assert_eq!(read_stream(&reader, &p(), 0, u64::MAX), []);
    assert!(details.is_some());
    assert_eq!(
        log.details(&staged[0]).expect("it is readable"),
        details,
        "the writer sees its own"
    );
    log.commit().expect("it is committed");
    assert_eq!(read(&reader, 1, u64::MAX), staged);
    assert_eq!(read_stream(&reader, &p(), 0, u64::MAX), staged);
    assert_eq!(log.details(&staged[0]).expect("it is readable"), details);
}

fn an_event_that_is_too_long_takes_its_command_with_it<F: Fixture>(fixture: &mut F) {
    let mut log = fixture.open(NOON);
    log.begin(NOON).expect("a group opens");
    let mut command = expenditure(&p(), 1);
    command.events.extend(too_long(&p()).events);
    command.idempotency_key = too_long(&p()).idempotency_key;
    assert!(matches!(log.stage(command), Err(AppendError::TooLong { bytes }) if bytes > 65_535));
    let mut command = expenditure(&p(), 2);
    let details = ledger_contract::event::Details {
        explanation: Some("x".repeat(600_000)),
        ..Default::default()
    };
    command.events[0].details = Some(details.into());
    assert!(matches!(log.stage(command), Err(AppendError::TooLong { .. })));
    assert_eq!((log.mark().size, log.version(&p())), (1, 0));
    log.stage(expenditure(&p(), 3)).expect("it is staged");
    assert_eq!(log.commit().expect("it is committed").size, 2);
    assert_eq!(read(&fixture.reopen(log, at(1)).reader(), 0, u64::MAX).len(), 2);
}

fn the_root_is_the_tree_s<F: Fixture>(fixture: &mut F) {
    let mut log = fixture.open(NOON);
    post(&mut log, &p(), 0..7);
    post(&mut log, &p(), 7..50);
    let mut roots = vec![Tree::default()];
    for event in read(&log.reader(), 0, u64::MAX) {
        let mut leaf = Vec::new();
        ledger_contract::event::write_leaf(&event, &mut leaf).expect("a leaf is writable");
        let mut tree = roots[roots.len() - 1].clone();
        tree.push(leaf_hash(&leaf));
        roots.push(tree);
    }
    let commits = [1, 8, 51];
    let head = log.reader().head();
    assert_eq!((head.size, head.root), (51, roots[51].root()));
    for (size, tree) in (0..60).zip(roots.iter().map(Some).chain(std::iter::repeat(None))) {
        let expected = tree.filter(|_| commits.contains(&size)).map(Tree::root);
        let found = log.reader().commit_root(size).expect("it is readable");
        assert_eq!(found, expected, "{size}");
    }
    let mut expected = [(Stream::Ledger, 1), (p(), 7)];
    expected.sort();
    let heads = |reader: &<F::Log as EventLog>::Reader| {
        let mut heads = reader.stream_heads(8).expect("they are readable");
        heads.sort();
        heads
    };
    assert_eq!(heads(&log.reader()), expected);
    let reopened = fixture.reopen(log, at(1)).reader();
    assert_eq!(
        (reopened.head(), heads(&reopened).as_slice()),
        (head, &expected[..])
    );
    assert_eq!(
        reopened.commit_root(8).expect("it is readable"),
        Some(roots[8].root())
    );
}
