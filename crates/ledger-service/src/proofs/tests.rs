//! The proofs of a ledger in memory and of one in a directory.

mod hashes;

use std::{path::Path, sync::Arc, time::Duration};

use ledger_contract::{
    event::{EventData, Stream, StreamHeadsRecordedV1},
    report::{Claim, KnownAt},
    value::{Instant, Name},
};
use ledger_domain::Id;
use ledger_projections::ReportName;
use ledger_proof::{
    checkpoint::SignedCheckpoint,
    key::VerifierKey,
    leaf_hash,
    proof::{consistency, inclusion, verify_consistency, verify_inclusion},
    reader::TileReader,
    tile::{TileKind, TilePath},
};
use ledger_store::{EventLog, EventReader, MemoryLog, Options};

use super::{LogKey, Signed, check_bundle, hex, leaf_of, make_checkpoint};
use crate::{Clock, Queries, ReportQuery, Submission, Writer, open, over};

const ORIGIN: &str = "dordrecht.example/rekenschap";

struct At(i64);

impl Clock for At {
    fn now(&self) -> Instant {
        Instant(self.0)
    }
}

fn clock() -> Arc<dyn Clock> {
    Arc::new(At(1_700_000_000_000_000))
}

fn post<L: EventLog>(writer: &mut Writer<L>, queries: &Queries<L::Reader>, commands: &[String]) {
    writer.begin(Instant(1_600_000_000_000_000)).expect("begun");
    for command in commands {
        let submission = Submission::read(command.as_bytes(), None, "controller").expect("a command");
        writer.execute(submission).expect("taken");
    }
    writer.commit().expect("durable");
    queries.catch_up().expect("applied");
}

fn programme(id: &str) -> Vec<String> {
    let decision = r#"{"reference":"R","by":"council","decidedOn":"2021-01-01"}"#;
    vec![
        format!(
            r#"{{"type":"establishProgramme","programme":"{id}","title":"P","municipality":"GM0505","startsOn":"2021-01-01","endsOn":"2022-12-31","authorised":"900000.00","bookingDate":"2021-01-01","decision":{decision}}}"#
        ),
        format!(
            r#"{{"type":"openProject","programme":"{id}","project":"q","title":"Q","bookingDate":"2021-01-01"}}"#
        ),
        format!(
            r#"{{"type":"allocateBudget","programme":"{id}","project":"q","amount":"500000.00","bookingDate":"2021-01-01","decision":{decision}}}"#
        ),
    ]
}

fn expenditures(id: &str, from: usize, to: usize) -> Vec<String> {
    let one = |n: usize| {
        format!(
            r#"{{"type":"postExpenditure","programme":"{id}","project":"q","expenditure":"E{n}","amount":"1.00","supplier":"Bakker","bookingDate":"2021-02-01"}}"#
        )
    };
    (from..to).map(one).collect()
}

fn keys<R: EventReader>(queries: &Queries<R>) -> Vec<VerifierKey> {
    let keys = queries.log_keys().expect("read").into_iter();
    keys.map(|key| key.key.parse().expect("a key")).collect()
}

fn spent<R: EventReader>(queries: &Queries<R>, signed: &Signed, details: bool) -> String {
    let asked = (ReportName::BudgetPosition, "spentOwn", None);
    let id = Id::new("p").expect("an id");
    let bundle = queries.bundle(signed, asked, &id, &ReportQuery::default(), details);
    bundle.expect("answered").expect("written")
}

fn reading<R: EventReader>(
    queries: &Queries<R>,
    signed: &Signed,
) -> TileReader<impl FnMut(&TilePath) -> Result<Vec<u8>, String>> {
    let fetch = |path: &TilePath| {
        let tile = queries.tile(path).map_err(|error| error.to_string())?;
        tile.ok_or_else(|| format!("no {path}"))
    };
    TileReader::open(&signed.checkpoint, fetch).expect("the signed log")
}

#[test]
fn checkpoints_are_signed_over_what_tiles_hold() {
    let log = MemoryLog::new(ORIGIN, Instant(0)).expect("a log");
    let (mut writer, queries) = over(log, clock()).expect("open");
    assert!(queries.checkpoint(Duration::ZERO).expect("asked").is_none());
    let key = queries.log_keys().expect("read").remove(0);
    assert_eq!(
        key.position, None,
        "made at the first start, on the record with the first checkpoint"
    );
    post(&mut writer, &queries, &programme("p"));
    let first = make_checkpoint(&mut writer, &queries, false).expect("signed");
    // Opened, three of the programme, the key, the heads.
    assert_eq!(first.checkpoint.size, 6);
    assert_eq!(
        first.note.to_string(),
        make_checkpoint(&mut writer, &queries, false)
            .expect("the same")
            .note
            .to_string()
    );
    post(&mut writer, &queries, &expenditures("p", 0, 700));
    assert!(queries.checkpoint(Duration::ZERO).expect("asked").is_none());
    let fresh = queries
        .checkpoint(Duration::from_hours(1_000_000))
        .expect("asked");
    assert_eq!(fresh.expect("not yet due").checkpoint, first.checkpoint);

    assert_eq!(
        queries.log_keys().expect("read"),
        [LogKey {
            position: Some(4),
            ..key
        }]
    );
    let second = make_checkpoint(&mut writer, &queries, false).expect("signed");
    assert_eq!(second.checkpoint.size, 707);
    SignedCheckpoint::open(second.note.to_string().as_bytes(), &keys(&queries))
        .expect("signed by the key on the record");
    let mut tiles = reading(&queries, &second);
    for index in [0, 5, 255, 256, 511, 700, 706] {
        let proof = inclusion(&mut tiles, index, 707).expect("a proof");
        let mut leaf = String::new();
        let read = queries.reader().read(index, index + 1, &mut |event| {
            leaf = leaf_of(&event).expect("a leaf");
            false
        });
        read.expect("read");
        let hash = leaf_hash(leaf.as_bytes());
        verify_inclusion(&hash, index, 707, &proof, &second.checkpoint.root).expect("there");
        let entries = tiles.entries(index / 256).expect("entries");
        assert!(entries.contains(&leaf.into_bytes()));
    }
    let proof = consistency(&mut tiles, 6, 707).expect("a proof");
    let (old, new) = (&first.checkpoint, &second.checkpoint);
    verify_consistency(old.size, &old.root, new.size, &new.root, &proof).expect("goes on");
    assert_eq!(queries.root_at(6).expect("read"), Some(old.root));
    for size in [1, 255, 256, 257, 512, 700] {
        let mut tree = ledger_proof::Tree::default();
        let read = queries.reader().read(0, size, &mut |event| {
            tree.push(leaf_hash(leaf_of(&event).expect("a leaf").as_bytes()));
            true
        });
        read.expect("read");
        assert_eq!(queries.root_at(size).expect("read"), Some(tree.root()), "{size}");
    }
    let tile = |text: &str| queries.tile(&text.parse().expect("a path")).expect("read");
    let lengths = [
        "tile/0/000",
        "tile/0/002.p/195",
        "tile/1/000.p/2",
        "tile/0/000.p/6",
        "tile/entries/000.p/6",
    ]
    .map(|path| tile(path).map(|bytes| bytes.len()).is_some());
    assert_eq!(lengths, [true; 5]);
    for never_signed in [
        "tile/0/000.p/7",
        "tile/0/002.p/194",
        "tile/0/002",
        "tile/1/000.p/1",
        "tile/entries/002.p/100",
        // The last that 64 bits can count.
        "tile/0/x018/x446/x744/x073/x709/x551/615",
    ] {
        assert_eq!(tile(never_signed), None, "{never_signed}");
    }
    assert_eq!(
        TilePath::in_tree(TileKind::Entries, 0, 707).map(|path| path.width()),
        Some(256)
    );
}

#[test]
fn a_bundle_proves_its_figure_and_no_other() {
    let log = MemoryLog::new(ORIGIN, Instant(0)).expect("a log");
    let (mut writer, queries) = over(log, clock()).expect("open");
    post(&mut writer, &queries, &programme("p"));
    post(&mut writer, &queries, &programme("other"));
    post(&mut writer, &queries, &expenditures("p", 0, 20));
    let signed = make_checkpoint(&mut writer, &queries, false).expect("signed");
    // What is recorded later is not in the bundle, and the bundle says so with its position.
    post(&mut writer, &queries, &expenditures("p", 20, 25));
    for details in [true, false] {
        let bundle = spent(&queries, &signed, details);
        assert_eq!(bundle.contains("Bakker"), details);
        let checked = check_bundle(bundle.as_bytes(), &keys(&queries)).expect("holds");
        assert_eq!(checked.claim.amount.0.to_string(), "20.00");
        assert_eq!(checked.established.stream, "programme/p");
        assert_eq!(checked.claim.log_position, signed.checkpoint.size);
        // Whoever rewrites the claim can make its digest fit, and then the events contradict it.
        let altered = with_digest(&bundle.replace(r#""amount":"20.00""#, r#""amount":"21.00""#));
        let fault = check_bundle(altered.as_bytes(), &keys(&queries)).expect_err("refused");
        assert_eq!(
            fault.to_string(),
            "the bundle claims 21.00, and its events make 20.00"
        );
        for at in (0..bundle.len()).step_by(97) {
            let mut bytes = bundle.clone().into_bytes();
            bytes[at] ^= 1;
            assert!(check_bundle(&bytes, &keys(&queries)).is_err(), "byte {at}");
        }
    }
    let query = ReportQuery {
        known_at: Some(KnownAt::Position(10)),
        ..ReportQuery::default()
    };
    let id = Id::new("p").expect("an id");
    let asked = (ReportName::BudgetPosition, "spentOwn", None);
    let bundle = queries
        .bundle(&signed, asked, &id, &query, true)
        .expect("answered")
        .expect("written");
    let checked = check_bundle(bundle.as_bytes(), &keys(&queries)).expect("holds");
    assert_eq!(checked.claim.amount.0.to_string(), "3.00");
}

#[test]
fn what_was_never_recorded_has_no_figure() {
    let log = MemoryLog::new(ORIGIN, Instant(0)).expect("a log");
    let (mut writer, queries) = over(log, clock()).expect("open");
    post(&mut writer, &queries, &programme("p"));
    let signed = make_checkpoint(&mut writer, &queries, false).expect("signed");
    let honest = check_bundle(spent(&queries, &signed, true).as_bytes(), &keys(&queries)).expect("holds");
    let id = Id::new("nothing").expect("an id");
    let claim = Claim {
        stream: "programme/nothing".to_owned(),
        ..honest.claim.clone()
    };
    // The map of heads proves that the stream is empty, and of nothing there is no 0.00 to claim.
    let bundle = queries.write_bundle(&signed, &Stream::Programme(id.clone()), &claim, true);
    let fault = check_bundle(bundle.expect("written").as_bytes(), &keys(&queries)).expect_err("refused");
    assert!(fault.to_string().contains("no programme nothing"), "{fault}");
    let claim = Claim {
        project: Some(Name(id)),
        ..honest.claim
    };
    let stream = Stream::Programme(Id::new("p").expect("an id"));
    let bundle = queries
        .write_bundle(&signed, &stream, &claim, true)
        .expect("written");
    let fault = check_bundle(bundle.as_bytes(), &keys(&queries)).expect_err("refused");
    assert!(fault.to_string().contains("no project nothing"), "{fault}");
}

#[test]
fn a_false_record_of_the_stream_heads_shows() {
    let log = MemoryLog::new(ORIGIN, Instant(0)).expect("a log");
    let (mut writer, queries) = over(log, clock()).expect("open");
    let size = make_checkpoint(&mut writer, &queries, false)
        .expect("signed")
        .checkpoint
        .size;
    let honest = queries.stream_heads_at(size).expect("read").expect("a record");
    assert_eq!(honest.0, honest.1);
    assert_eq!(queries.stream_heads_at(size - 1).expect("read"), None);

    let again = EventData::StreamHeadsRecorded(StreamHeadsRecordedV1 {
        root: honest.0.clone(),
        streams: 1,
    });
    writer.begin(queries.now()).expect("a commit");
    writer
        .record_own(vec![again], queries.now().date())
        .expect("recorded");
    writer.commit().expect("committed");
    let (recorded, made) = queries
        .stream_heads_at(size + 1)
        .expect("read")
        .expect("a record");
    assert_eq!(recorded, honest.0);
    assert_ne!(recorded, made);
}

/// The document with a digest that fits, as whoever rewrites it would make it.
fn with_digest(bundle: &str) -> String {
    let (body, _) = bundle.rsplit_once(",\"digest\":").expect("a digest");
    let digest = <sha2::Sha256 as sha2::Digest>::digest(body);
    format!("{body},\"digest\":\"{}\"}}\n", hex(&digest))
}

fn options() -> Options {
    Options::new(ORIGIN)
}

fn in_directory(directory: &Path) -> (Writer<ledger_store::TapeLog>, Queries<ledger_store::TapeReader>) {
    let (writer, queries, _) = open(directory, &options(), clock()).expect("open");
    (writer, queries)
}

#[test]
fn keys_are_private_rotate_and_old_signatures_stay_valid() {
    use std::os::unix::fs::PermissionsExt as _;
    let directory = tempfile::tempdir().expect("a directory");
    let (writer, queries) = in_directory(directory.path());
    let files = || {
        let files = std::fs::read_dir(directory.path().join("keys")).expect("a folder");
        files.map(|file| file.expect("a file").path()).collect::<Vec<_>>()
    };
    // Made at the first start, and still the one that signs after another.
    let made = queries.log_keys().expect("read").remove(0).key;
    assert_eq!(files().len(), 1);
    drop((writer, queries));
    let (mut writer, queries) = in_directory(directory.path());
    post(&mut writer, &queries, &programme("p"));
    let first = make_checkpoint(&mut writer, &queries, false).expect("signed");
    let on_record = queries.log_keys().expect("read");
    assert_eq!((on_record.len(), &on_record[0].key), (1, &made));
    assert_eq!(files().len(), 1);
    let file = files().remove(0);
    assert_eq!(
        std::fs::metadata(&file).expect("there").permissions().mode() & 0o777,
        0o600
    );
    drop((writer, queries));

    // The same checkpoint is served after a restart, and bundles of it can be made.
    let (mut writer, queries) = in_directory(directory.path());
    assert_eq!(
        queries.newest_checkpoint().expect("kept").note.to_string(),
        first.note.to_string()
    );
    let same = make_checkpoint(&mut writer, &queries, false).expect("the same");
    check_bundle(spent(&queries, &same, true).as_bytes(), &keys(&queries)).expect("holds");

    let old_keys = keys(&queries);
    let rotated = make_checkpoint(&mut writer, &queries, true).expect("signed");
    let new_keys = keys(&queries);
    assert_eq!((old_keys.len(), new_keys.len()), (1, 2));
    for trusted in [&old_keys[..], &new_keys[1..]] {
        SignedCheckpoint::open(rotated.note.to_string().as_bytes(), trusted).expect("both signed");
    }
    assert!(!file.exists(), "the old secret is gone");
    post(&mut writer, &queries, &expenditures("p", 0, 1));
    let later = make_checkpoint(&mut writer, &queries, false).expect("signed");
    assert!(SignedCheckpoint::open(later.note.to_string().as_bytes(), &old_keys).is_err());
    SignedCheckpoint::open(first.note.to_string().as_bytes(), &new_keys).expect("still valid");

    // Without its secret nothing is signed until another key is asked for.
    std::fs::remove_file(&files()[0]).expect("removed");
    post(&mut writer, &queries, &expenditures("p", 1, 2));
    let absent = make_checkpoint(&mut writer, &queries, false).expect_err("refused");
    assert!(absent.to_string().contains("--rotate-key"), "{absent}");
    make_checkpoint(&mut writer, &queries, true).expect("signed by the new one alone");
}

#[test]
fn a_log_that_was_cut_or_rewritten_below_its_checkpoint_signs_nothing() {
    let directory = tempfile::tempdir().expect("a directory");
    let (mut writer, queries) = in_directory(directory.path());
    post(&mut writer, &queries, &programme("p"));
    make_checkpoint(&mut writer, &queries, false).expect("signed");
    let checkpoint = std::fs::read_to_string(directory.path().join("checkpoint")).expect("kept");
    drop((writer, queries));

    let other = tempfile::tempdir().expect("a directory");
    let (writer, queries) = in_directory(other.path());
    drop((writer, queries));
    std::fs::write(other.path().join("checkpoint"), &checkpoint).expect("written");
    let cut = open(other.path(), &options(), clock())
        .map(drop)
        .expect_err("refused")
        .to_string();
    assert!(cut.contains("ends after 1 events"), "{cut}");
    std::fs::remove_file(other.path().join("checkpoint")).expect("removed");
    let (mut writer, queries) = in_directory(other.path());
    post(&mut writer, &queries, &programme("another"));
    post(&mut writer, &queries, &programme("yet-another"));
    drop((writer, queries));
    std::fs::write(other.path().join("checkpoint"), &checkpoint).expect("written");
    let (mut writer, queries) = in_directory(other.path());
    let rewritten = make_checkpoint(&mut writer, &queries, false)
        .expect_err("refused")
        .to_string();
    assert!(rewritten.contains("first 6 events"), "{rewritten}");
}
