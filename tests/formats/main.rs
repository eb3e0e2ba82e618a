//! What a version of this program wrote, every later one opens: a data directory and its answers, kept as they were.
//!
//! `tests/formats/README.md` tells how the next one is added.
#![allow(
    clippy::unwrap_used,
    clippy::indexing_slicing,
    reason = "a test stops at what it did not expect"
)]

use std::{
    fs,
    path::{Path, PathBuf},
    process::Command,
};

use serde_json::Value;

/// What is asked of every kept ledger: the file with the answer, and the question. Both ends of time are stated, so that
/// the answer never changes.
const QUESTIONS: [(&str, &str); 12] = [
    ("events.ndjson", "events"),
    (
        "budget-position.json",
        "report budget-position plan --as-of 2021-12-31 --format json",
    ),
    (
        "budget-position-2020.json",
        "report budget-position plan --as-of 2020-06-30 --year 2020 --format json",
    ),
    (
        "budget-position-early.json",
        "report budget-position plan --as-of 2021-12-31 --known-at 20 --format json",
    ),
    (
        "underspend.json",
        "report underspend plan --as-of 2021-12-31 --format json",
    ),
    (
        "funding.json",
        "report funding plan --as-of 2021-12-31 --format json",
    ),
    (
        "explanation.json",
        "explain budget-position plan --as-of 2021-12-31 --figure spentOwn --format json",
    ),
    (
        "cost-shares.json",
        "report cost-shares regio --as-of 2022-12-31 --year 2021 --format json",
    ),
    (
        "cost-shares-early.json",
        "report cost-shares regio --as-of 2021-06-30 --year 2021 --known-at 50 --format json",
    ),
    (
        "phase-out.json",
        "report phase-out regio --as-of 2022-12-31 --format json",
    ),
    (
        "settlement.json",
        "report settlement regio --settlement aanvullend-2021 --as-of 2022-12-31 --format json",
    ),
    (
        "region-explanation.json",
        "explain cost-shares regio --as-of 2022-12-31 --year 2021 --municipality GM0505 --figure costShare --format json",
    ),
];

fn here() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("formats")
}

/// What the program prints, run on this directory.
fn rekenschap(data: &Path, arguments: &str) -> String {
    let test = std::env::current_exe().unwrap();
    let program = test.parent().and_then(Path::parent).unwrap().join("rekenschap");
    assert!(
        program.exists(),
        "build the program first: cargo build --workspace --bins"
    );
    let output = Command::new(program)
        .arg("--data")
        .arg(data)
        .args(arguments.split(' '))
        .env("REKENSCHAP_ORIGIN", "example.org/ledger")
        // Several small segments, as a large ledger has large ones.
        .env("REKENSCHAP_TAPE_SEGMENT_BYTES", "12288")
        .env("REKENSCHAP_TAPE_FILL_BYTES", "2048")
        .output()
        .unwrap();
    assert!(
        output.status.success(),
        "{arguments}: {}",
        String::from_utf8_lossy(&output.stderr)
    );
    String::from_utf8(output.stdout).unwrap()
}

fn copy(from: &Path, to: &Path) {
    fs::create_dir_all(to).unwrap();
    for entry in fs::read_dir(from).unwrap() {
        let path = entry.unwrap().path();
        let target = to.join(path.file_name().unwrap());
        if path.is_dir() {
            copy(&path, &target);
        } else {
            fs::copy(&path, &target).unwrap();
        }
    }
}

/// The versions that left a directory here.
fn versions() -> Vec<PathBuf> {
    let entries = fs::read_dir(here()).unwrap().map(|entry| entry.unwrap().path());
    let mut versions: Vec<PathBuf> = entries.filter(|path| path.is_dir()).collect();
    versions.sort();
    versions
}

/// Everything that was answered is still answered so. Later versions may answer more: fields that were not there.
fn still_holds(then: &Value, now: &Value, place: &str) {
    match (then, now) {
        (Value::Object(then), Value::Object(now)) => {
            for (name, value) in then {
                let place = format!("{place}/{name}");
                still_holds(value, now.get(name).unwrap_or(&Value::Null), &place);
            }
        }
        (Value::Array(then), Value::Array(now)) => {
            assert_eq!(then.len(), now.len(), "{place}");
            for (number, (then, now)) in then.iter().zip(now).enumerate() {
                still_holds(then, now, &format!("{place}/{number}"));
            }
        }
        _ => assert_eq!(then, now, "{place}"),
    }
}

fn documents(text: &str) -> Vec<Value> {
    let documents = serde_json::Deserializer::from_str(text).into_iter();
    documents.map(Result::unwrap).collect()
}

#[test]
fn what_every_version_wrote_opens_and_answers_as_it_did() {
    let versions = versions();
    assert!(!versions.is_empty());
    for version in versions {
        let directory = tempfile::tempdir().unwrap();
        let data = directory.path().join("ledger");
        copy(&version.join("data"), &data);
        let tape = fs::read(data.join("tape/00000000000000000000.tape")).unwrap();
        let leaves = fs::read_to_string(version.join("leaves.ndjson")).unwrap();
        assert_eq!(
            rekenschap(&data, "events --leaves"),
            leaves,
            "{}",
            version.display()
        );
        assert!(rekenschap(&data, "verify").contains("all is right\n"));
        for (file, question) in QUESTIONS {
            let file = version.join("answers").join(file);
            // A question of a later version has no answer of an earlier one.
            let Ok(answer) = fs::read_to_string(&file) else {
                continue;
            };
            let now = rekenschap(&data, question);
            let (then, now) = (documents(&answer), documents(&now));
            still_holds(&then.into(), &now.into(), &file.display().to_string());
        }
        let bundle = version.join("bundle.json");
        let keys = fs::read_to_string(version.join("keys.txt")).unwrap();
        let key = keys.lines().last().unwrap();
        rekenschap(&data, &format!("verify-bundle {} --key {key}", bundle.display()));
        let after = fs::read(data.join("tape/00000000000000000000.tape")).unwrap();
        assert_eq!(after, tape, "reading changes nothing on the tape");
    }
}

#[test]
fn a_kept_ledger_takes_postings() {
    for version in versions() {
        let directory = tempfile::tempdir().unwrap();
        let data = directory.path().join("ledger");
        copy(&version.join("data"), &data);
        let commands = directory.path().join("commands.ndjson");
        let command = r#"{"type":"explainFigure","programme":"plan","figure":"spentOwn","explanation":"later","bookingDate":"2022-01-01"}"#;
        fs::write(&commands, command).unwrap();
        rekenschap(&data, &format!("import {}", commands.display()));
        assert!(rekenschap(&data, "verify").contains("all is right\n"));
        let signed = rekenschap(&data, "checkpoint");
        assert!(signed.starts_with("example.org/ledger\n"), "{signed}");
    }
}

/// `WRITE_FORMAT=1` adds what this version writes, in a folder of its own; those that are there are never written again.
#[test]
fn every_kept_ledger_has_its_answers() {
    let mut versions = versions();
    if std::env::var_os("WRITE_FORMAT").is_some() {
        versions.push(here().join((versions.len() + 1).to_string()));
        write(versions.last().unwrap());
    }
    for version in versions {
        let answers = fs::read_dir(version.join("answers")).unwrap().count();
        assert!(answers >= 12, "{}: {answers}", version.display());
    }
}

fn write(version: &Path) {
    let data = version.join("data");
    let commands = fs::read_to_string(here().join("commands.ndjson")).unwrap();
    let directory = tempfile::tempdir().unwrap();
    for part in commands.lines().collect::<Vec<_>>().chunks(10) {
        let file = directory.path().join("commands.ndjson");
        fs::write(&file, part.join("\n")).unwrap();
        rekenschap(&data, &format!("import {}", file.display()));
    }
    rekenschap(&data, "checkpoint");
    rekenschap(&data, "checkpoint --rotate-key");
    fs::create_dir(version.join("answers")).unwrap();
    let bundle = version.join("bundle.json");
    let question = "explain budget-position plan --as-of 2021-12-31 --figure spentOwn";
    rekenschap(&data, &format!("{question} --with-proofs {}", bundle.display()));
    fs::write(
        version.join("keys.txt"),
        rekenschap(&data, "checkpoint --public-key"),
    )
    .unwrap();
    fs::write(
        version.join("leaves.ndjson"),
        rekenschap(&data, "events --leaves"),
    )
    .unwrap();
    let leaves = fs::read_to_string(version.join("leaves.ndjson")).unwrap();
    for (_, name, _) in ledger_contract::event::EventData::TYPES {
        let told = leaves.contains(&format!("\"type\":\"{name}\""));
        assert!(
            told,
            "nothing in commands.ndjson is recorded as {name}: add it, remove {} and try again",
            version.display()
        );
    }
    for (file, question) in QUESTIONS {
        let answer = rekenschap(&data, question);
        fs::write(version.join("answers").join(file), answer).unwrap();
    }
    // Made anew from the tape whenever it is missing, and half a megabyte at the least.
    fs::remove_dir_all(data.join("sled")).unwrap();
}
