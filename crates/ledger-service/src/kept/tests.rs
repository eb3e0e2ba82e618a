//! Whatever is known at any position is answered from a snapshot and the events since as from all events.

use std::{collections::BTreeMap, path::Path, sync::Arc};

use ledger_contract::{
    event::{Event, Stream},
    report::KnownAt,
    value::Instant,
};
use ledger_domain::{
    Date, Id, programme,
    region::{self, Region},
};
use ledger_projections::{PhaseOutQuery, ProgrammeProjection, RegionProjection};
use ledger_store::{
    EventLog, EventReader, Options, Snapshot, SnapshotKind, Snapshots, TapeLog, TapeReader, TileRoots,
};

use super::{KIND, Kept};
use crate::{
    Clock, Queries, RegionQuery, Rejection, ReportQuery, Submission, Visit, Writer, commit_import,
    costs::Costs,
    import,
    ledger::read,
    open,
    proofs::{Keep, Proofs},
    read_model::ReadModel,
    streams::Streams,
};

struct At(i64);

impl Clock for At {
    fn now(&self) -> Instant {
        Instant(self.0)
    }
}

fn clock() -> Arc<dyn Clock> {
    Arc::new(At(1_700_000_000_000_000))
}

const SPACING_EVENTS: u64 = 16;
const DECISION: &str = r#""decision":{"reference":"R","by":"council","decidedOn":"2021-01-01"}"#;
const ON: &str = r#""bookingDate":"2021-01-01""#;

fn opening() -> Vec<String> {
    let mut lines = vec![
        format!(
            r#"{{"type":"establishProgramme","programme":"p","title":"P","municipality":"GM0505","startsOn":"2021-01-01","endsOn":"2022-12-31","authorised":"900000.00","overspend":"explain",{ON},{DECISION}}}"#
        ),
        format!(r#"{{"type":"establishRegion","region":"r","title":"R","body":"B",{ON}}}"#),
        format!(
            r#"{{"type":"defineCostGroup","region":"r","group":"g","title":"G","key":"k",{ON},{DECISION}}}"#
        ),
        format!(
            r#"{{"type":"defineCostGroup","region":"r","group":"h","title":"H","key":"k","threshold":"90.00",{ON},{DECISION}}}"#
        ),
        format!(
            r#"{{"type":"schedulePhaseOut","region":"r","group":"h","steps":[{{"year":2021,"degree":"1/3"}}],{ON},{DECISION}}}"#
        ),
    ];
    for project in ["a", "b"] {
        lines.push(format!(r#"{{"type":"openProject","programme":"p","project":"{project}","title":"T","taakveld":"6.2",{ON}}}"#));
        lines.push(format!(r#"{{"type":"allocateBudget","programme":"p","project":"{project}","amount":"900.00",{ON},{DECISION}}}"#));
        lines.push(format!(r#"{{"type":"pledgeCofinancing","programme":"p","project":"{project}","funder":"rijk","amount":"400.00",{ON}}}"#));
    }
    for code in ["GM0505", "GM0642"] {
        lines.push(format!(r#"{{"type":"admitMunicipality","region":"r","municipality":"{code}","name":"{code}","from":"2021-01-01"}}"#));
    }
    lines.push(format!(r#"{{"type":"setDistributionKey","region":"r","key":"k","year":2021,"weights":{{"GM0505":"2","GM0642":"1"}},"source":"S",{ON}}}"#));
    lines
}

/// Any number makes a command; many are refused.
fn command(number: u64, random: u64) -> String {
    let pick = |shift: u32, of: u64| (random >> shift) % of;
    let project = ["a", "b"][usize::try_from(pick(8, 2)).expect("small")];
    let group = ["g", "h"][usize::try_from(pick(8, 2)).expect("small")];
    let code = ["GM0505", "GM0642"][usize::try_from(pick(10, 2)).expect("small")];
    let source = ["programme", "rijk"][usize::try_from(pick(12, 2)).expect("small")];
    let on = format!(
        r#""bookingDate":"20{}-{:02}-{:02}""#,
        21 + pick(14, 3),
        1 + pick(16, 12),
        1 + pick(20, 28)
    );
    let amount = format!("{}.{:02}", 1 + pick(26, 90), pick(34, 100));
    let earlier = number.saturating_sub(1 + pick(40, 12));
    match pick(0, 10) {
        0..=2 => format!(
            r#"{{"type":"postExpenditure","programme":"p","project":"{project}","expenditure":"F{number}","amount":"{amount}","charges":[{{"source":"{source}","amount":"{amount}"}}],"explanation":"E",{on}}}"#
        ),
        3 => format!(
            r#"{{"type":"enterCommitment","programme":"p","project":"{project}","commitment":"C{number}","amount":"{amount}","supplier":"S","explanation":"E",{on}}}"#
        ),
        4 => format!(
            r#"{{"type":"correctExpenditure","programme":"p","expenditure":"F{earlier}","correction":"X{number}","amount":"-0.50","reason":"Y",{on}}}"#
        ),
        5 => format!(
            r#"{{"type":"receiveCofinancing","programme":"p","project":"{project}","funder":"rijk","receipt":"I{number}","amount":"{amount}",{on}}}"#
        ),
        6 => format!(
            r#"{{"type":"correctCost","region":"r","cost":"K{earlier}","correction":"X{number}","amount":"-0.50","reason":"Y",{on}}}"#
        ),
        7 => format!(
            r#"{{"type":"invoiceAdvance","region":"r","municipality":"{code}","advance":"A{number}","year":2021,"amount":"{amount}",{on}}}"#
        ),
        8 => format!(
            r#"{{"type":"recordCost","region":"r","group":"g","cost":"K{number}","year":2021,"amount":"{amount}",{on}}}"#
        ),
        _ => format!(
            r#"{{"type":"recordCost","region":"r","group":"{group}","municipality":"{code}","cost":"K{number}","year":2021,"amount":"{amount}","client":"c{}",{on}}}"#,
            pick(44, 3)
        ),
    }
}

fn opened(directory: &Path) -> (Writer<TapeLog>, Queries<TapeReader>) {
    let (writer, queries, _) = open(directory, &Options::new("kept.example/ledger"), clock()).expect("opens");
    (writer, queries.with_snapshots_every(SPACING_EVENTS))
}

/// The same log asked without facts, and without snapshots unless they are given.
fn replaying(writer: &Writer<TapeLog>, snapshots: Option<Snapshots>) -> Queries<TapeReader> {
    let kept = Kept {
        facts_per_event: 0,
        ..Kept::new(snapshots)
    };
    let reader = writer.log().reader();
    let mut model = ReadModel::default();
    model.catch_up(&reader).expect("applied");
    let proofs =
        Proofs::open(Keep::Memory(BTreeMap::new()), TileRoots::default(), &reader, true).expect("opens");
    Queries::new(reader, model, proofs, kept, clock())
}

/// Every report at many positions, the last among them, as text.
fn told(queries: &Queries<TapeReader>) -> Vec<String> {
    let (p, r) = (Id::new("p").expect("an id"), Id::new("r").expect("an id"));
    let mut all = Vec::new();
    for position in (2..=queries.log_position()).rev().step_by(13) {
        for as_of in [Date::from_ymd(2021, 7, 1), Date::from_ymd(2024, 1, 1)] {
            let known_at = Some(KnownAt::Position(position));
            let query = ReportQuery {
                as_of,
                known_at: known_at.clone(),
                ..ReportQuery::default()
            };
            all.push(format!("{:?}", queries.budget_position(&p, &query)));
            all.push(format!("{:?}", queries.underspend(&p, &query)));
            all.push(format!("{:?}", queries.funding(&p, &query)));
            let query = RegionQuery { as_of, known_at };
            all.push(format!("{:?}", queries.cost_shares(&r, Some(2021), &query)));
            all.push(format!(
                "{:?}",
                queries.phase_out(&r, &PhaseOutQuery::default(), &query)
            ));
        }
    }
    all
}

/// Facts and events come to the same, in what is asked and in what commands are decided on.
fn agrees_with_events(writer: &Writer<TapeLog>, queries: &Queries<TapeReader>, what: &str) {
    let (reader, mut programme, mut region) = (queries.reader(), ProgrammeProjection::new(), None);
    let (mut p, mut r) = (None, None);
    let mut apply = |event: Event| {
        if let Some(happened) = event.data.to_programme_event() {
            programme.apply(&event);
            p = programme::evolve(p.take(), &happened);
        }
        if let Some(happened) = event.data.to_region_event() {
            region.get_or_insert_with(RegionProjection::new).apply(&event);
            let recorded = region::Recorded {
                position: event.position,
                booking_date: event.booking_date,
            };
            r = region::evolve(r.take(), recorded, &happened);
        }
        true
    };
    reader.read(0, u64::MAX, &mut apply).expect("reads");
    let (p_id, r_id) = (Id::new("p").expect("an id"), Id::new("r").expect("an id"));
    let model = read(&queries.model);
    let told = model.programme(&p_id).expect("a programme");
    assert!(told.to_sums() == programme.to_sums(), "{what}");
    let told = model.region(&r_id).expect("a region");
    assert!(
        Some(told.to_sums()) == region.map(|region| region.to_sums()),
        "{what}"
    );
    for streams in [
        &writer.streams,
        &Streams::default().completed(reader).expect("reads"),
    ] {
        assert!(streams.programme(&p_id) == p.as_ref(), "{what}");
        assert!(
            streams.region(&r_id).cloned() == r.as_ref().map(Region::without_costs),
            "{what}"
        );
    }
    let mut costs = Costs::default();
    let with_costs = costs.of(&r_id, &queries.model, writer.log()).expect("reads");
    assert!(with_costs == r.as_ref(), "{what}");
}

/// Whether both streams are found in the newest snapshot.
fn uses_snapshots(queries: &Queries<TapeReader>) -> bool {
    let (reader, events) = (queries.reader(), queries.log_position());
    let programme = Stream::Programme(Id::new("p").expect("an id"));
    let region = Stream::Region(Id::new("r").expect("an id"));
    let programme = queries
        .kept
        .newest::<ProgrammeProjection>(reader, &programme, events);
    let region = queries.kept.newest::<RegionProjection>(reader, &region, events);
    programme.expect("reads").is_some() && region.expect("reads").is_some()
}

fn post(writer: &mut Writer<TapeLog>, queries: &Queries<TapeReader>, commands: &[String]) {
    writer.begin(Instant(1_600_000_000_000_000)).expect("begun");
    for command in commands {
        let submission = Submission::read(command.as_bytes(), None, "controller").expect(command);
        match writer.execute(submission) {
            Ok(_) | Err(Rejection::Refused(_)) => {}
            Err(Rejection::Fatal(fatal)) => panic!("{fatal}"),
        }
    }
    writer.commit().expect("durable");
    queries.catch_up().expect("applied");
}

/// Knuth's 64-bit linear congruential generator; its high bits are good enough here.
fn next(random: &mut u64) -> u64 {
    *random = random
        .wrapping_mul(6_364_136_223_846_793_005)
        .wrapping_add(1_442_695_040_888_963_407);
    *random >> 11
}

#[test]
fn a_long_import_is_decided_and_folded_as_its_commands_one_by_one() {
    let mut random = 20_261_129;
    let lines: Vec<String> = opening()
        .into_iter()
        .chain((0..8_000).map(|number| command(number, next(&mut random))))
        .collect();
    let imported = tempfile::tempdir().expect("a directory");
    let (mut writer, queries) = opened(imported.path());
    writer.begin(Instant(1_600_000_000_000_000)).expect("begun");
    let input = |visit: &mut Visit<'_>| {
        let mut lines = (1..).zip(&lines);
        let _ = lines.all(|(number, line)| visit(number, Ok(line.as_bytes())));
        Ok(())
    };
    import(&mut writer, "controller", true, input, &mut |_| {}).expect("imported");
    commit_import(&mut writer, &queries).expect("committed");
    agrees_with_events(&writer, &queries, "imported");
    drop(queries.rebuild().expect("made anew"));
    agrees_with_events(&writer, &queries, "made anew");

    let posted = tempfile::tempdir().expect("a directory");
    let (mut one_by_one, theirs) = opened(posted.path());
    post(&mut one_by_one, &theirs, &lines);
    let events = |queries: &Queries<TapeReader>| {
        let mut events = Vec::new();
        let read = queries.reader().read(0, u64::MAX, &mut |event| {
            events.push((event.stream, event.version, event.booking_date, event.data));
            true
        });
        read.map(|()| events).expect("reads")
    };
    let events = (events(&queries), events(&theirs));
    // Enough for the facts of a stream to be put together, and numbers of clients among them.
    assert!(events.0.len() > 5_000, "{} events", events.0.len());
    assert!(events.0 == events.1);
}

#[test]
fn what_was_known_is_told_from_a_snapshot_as_from_all_events() {
    for seed in [3_u64, 0x9E37_79B9_7F4A_7C15] {
        let directory = tempfile::tempdir().expect("a directory");
        let (mut writer, queries) = opened(directory.path());
        post(&mut writer, &queries, &opening());
        let mut random = seed;
        for group in 0..32 {
            let commands: Vec<String> = (0..=group % 4)
                .map(|at| command(group * 4 + at, next(&mut random)))
                .collect();
            post(&mut writer, &queries, &commands);
        }
        let snapshots = writer.log().snapshots();
        let kept = snapshots.positions(KIND);
        assert!(kept.len() > 3, "seed {seed}: {kept:?}");
        let all = told(&replaying(&writer, None));
        assert!(uses_snapshots(&queries));
        assert!(told(&queries) == all, "seed {seed}: by facts");
        let by_events = replaying(&writer, Some(snapshots.clone()));
        assert!(told(&by_events) == all, "seed {seed}: by events");
        agrees_with_events(&writer, &queries, &format!("seed {seed}"));
        drop((writer, queries, snapshots));
        let (mut writer, queries) = opened(directory.path());
        let from = queries
            .kept
            .model(queries.reader())
            .expect("reads")
            .log_position();
        assert!(from > 0, "seed {seed}");
        assert!(told(&queries) == all, "seed {seed}: opened again");
        writer.make_ready().expect("reads");
        agrees_with_events(&writer, &queries, &format!("seed {seed}: opened again"));
        let snapshots = writer.log().snapshots();

        // Of another version, of other bytes, and of a state that this log never had.
        let earlier = snapshots.load(KIND, kept[1]).expect("a snapshot").bytes;
        for (at, position) in kept.iter().enumerate() {
            let whole = snapshots.load(KIND, *position).expect("a snapshot");
            let (kind, bytes) = match at % 3 {
                0 => (
                    SnapshotKind {
                        schema: KIND.schema + 1,
                        ..KIND
                    },
                    whole.bytes,
                ),
                1 => (KIND, whole.bytes[1..].to_vec()),
                _ => (KIND, earlier.iter().rev().copied().collect()),
            };
            assert!(snapshots.store(kind, &Snapshot { bytes, ..whole }));
        }
        assert!(!uses_snapshots(&queries));
        assert!(told(&queries) == all, "seed {seed}: damaged");
        drop((writer, queries, snapshots));
        let (_writer, queries) = opened(directory.path());
        assert!(told(&queries) == all, "seed {seed}: opened again");
    }
}
