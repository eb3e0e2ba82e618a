//! Wrong usage ends with status 2 and a sentence, and touches nothing.

use std::process::Stdio;

use crate::harness::{PLAN, Place, ran};

#[track_caller]
fn refused(place: &Place, arguments: &[&str], sentence: &str) {
    let ran = place.run(arguments).with_status(2);
    assert_eq!(ran.stdout, "", "{arguments:?}");
    assert!(ran.stderr.contains(sentence), "{arguments:?}: {}", ran.stderr);
}

#[test]
fn what_cannot_be_meant_is_refused() {
    let place = Place::new();
    let data = place.data();
    refused(&place, &["report", "budget-position", "p"], "no ledger was named");
    refused(
        &place,
        &["report", "budget-position", "p", "--data", &data],
        "there is no ledger in",
    );
    refused(&place, &["verify", "--data", &data], "there is no ledger in");
    refused(
        &place,
        &["report", "profit", "p", "--data", &data],
        "unrecognized subcommand 'profit'",
    );
    refused(
        &place,
        &["report", "funding", "P!", "--data", &data],
        "is not an id",
    );
    refused(
        &place,
        &["report", "funding", "p", "--as-of", "2020-02-30", "--data", &data],
        "is not a day",
    );
    refused(
        &place,
        &[
            "report",
            "funding",
            "p",
            "--known-at",
            "yesterday",
            "--data",
            &data,
        ],
        "is not an instant",
    );
    refused(
        &place,
        &["report", "funding", "p", "--year", "02020", "--data", &data],
        "is not a year",
    );
    refused(
        &place,
        &["report", "funding", "p", "--by", "colour", "--data", &data],
        "grouped by",
    );
    refused(
        &place,
        &["events", "--stream", "x", "--data", &data],
        "a stream is named",
    );
    refused(
        &place,
        &["import", "absent.ndjson", "--data", &data],
        "cannot be read",
    );
    refused(
        &place,
        &["repair", "--url", "http://127.0.0.1:1"],
        "works on a directory",
    );
    // The key of the golang.org/x/mod documentation: of no checkpoint here.
    let key = "PeterNeumann+c74f20a3+ARpc2QcUPDhMQegwxbzhKqiBfsVkmqq/LDE4izWy10TW";
    refused(
        &place,
        &["verify", "--data", &data, "--key", key],
        "--key is the key of a checkpoint",
    );
    refused(&place, &["events", "--url", "ftp://x"], "write http://HOST:PORT");
    refused(
        &place,
        &["events", "--url", "http://127.0.0.1:1", "--data", &data],
        "cannot be used with",
    );
    refused(
        &place,
        &["events", "--config", "absent.toml", "--data", &data],
        "the configuration cannot be used",
    );
    assert!(!place.path("data").exists(), "nothing was made");
}

#[test]
fn an_address_that_others_reach_needs_a_yes() {
    let place = Place::new();
    let data = place.data();
    for address in ["0.0.0.0:0", "[::]:0", "192.0.2.1:80"] {
        refused(
            &place,
            &["serve", "--listen", address, "--data", &data],
            "--allow-unauthenticated",
        );
        refused(
            &place,
            &["demo", "--listen", address],
            "reached from other machines",
        );
    }
    assert!(!place.path("data").exists());
}

#[test]
fn the_directory_comes_from_option_environment_or_file_in_that_order() {
    let place = Place::new();
    place.import(PLAN, &[]).with_status(0);
    let ask = |environment: Option<&str>, arguments: &[&str]| {
        let mut command = place.command(&[&["events", "--limit", "1"], arguments].concat());
        command.envs(environment.map(|directory| ("REKENSCHAP_DATA", directory)));
        ran(&command.output().expect("runs")).status
    };
    let data = place.data();
    let data = data.as_str();
    assert_eq!(ask(None, &["--data", data]), 0);
    assert_eq!(ask(Some(data), &[]), 0);
    assert_eq!(ask(Some("absent"), &["--data", data]), 0);
    let file = place.file("other.toml", format!("data = {data:?}\n"));
    assert_eq!(ask(None, &["--config", &file]), 0);
    assert_eq!(ask(Some("absent"), &["--config", &file]), 2);
    place.file("rekenschap.toml", format!("data = {data:?}\n"));
    assert_eq!(ask(None, &[]), 0);
    place.file("rekenschap.toml", "dtaa = \"x\"\n");
    assert_eq!(ask(None, &[]), 2);
}

#[test]
fn a_reader_that_has_seen_enough_ends_it_quietly() {
    let place = Place::new();
    place.import(PLAN, &[]).with_status(0);
    let data = place.data();
    for arguments in [
        &["events", "--data", &data][..],
        &["report", "budget-position", "p", "--data", &data],
    ] {
        let mut command = place.command(arguments);
        let (reader, writer) = std::io::pipe().expect("a pipe");
        drop(reader);
        let child = command
            .stdout(writer)
            .stderr(Stdio::piped())
            .spawn()
            .expect("starts");
        // The command holds the pipe's end too.
        drop(command);
        let ran = ran(&child.wait_with_output().expect("runs"));
        assert_eq!((ran.status, ran.stderr.as_str()), (0, ""), "{arguments:?}");
    }
}
