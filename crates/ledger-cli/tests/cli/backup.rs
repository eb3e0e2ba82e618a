//! Backups, restores and destroyed details, as an operator does them: with a server running, and with a kill half-way.

use std::{fs, path::Path};

use crate::harness::{PLAN, Place, Serving, expenditure};

/// A text that must be gone everywhere once it is destroyed.
pub(crate) const SECRET: &str = "Bakkerij De Vier Winden";

fn secret(id: &str, date: &str) -> String {
    expenditure(id, "0.10")
        .replace(r#""supplier":"S""#, &format!(r#""supplier":"{SECRET}""#))
        .replace(
            r#""bookingDate":"2020-02-01""#,
            &format!(r#""bookingDate":"{date}""#),
        )
}

const CLOSE: &str = r#"{"type":"closePeriod","programme":"p","through":"2020-12-31"}"#;

/// A plan with an expenditure of 2020 and one of 2021, an explanation, and 2020 closed.
pub(crate) fn with_secrets(more: usize) -> Place {
    let place = Place::new();
    let many = (0..more).map(|number| secret(&format!("m{number}"), "2020-03-01"));
    let e1 = secret("e1", "2020-02-01").replacen('{', r#"{"idempotencyKey":"e1-key","#, 1);
    let e2 = secret("e2", "2021-02-01").replace(SECRET, "Kept");
    let explained = format!(
        r#"{{"type":"explainFigure","programme":"p","project":"a","figure":"spentOwn","explanation":"{SECRET} liep uit","bookingDate":"2020-05-01"}}"#
    );
    let rest = [e1, e2, explained, CLOSE.to_owned()];
    let lines: Vec<String> = many.chain(rest).collect();
    let lines = PLAN.to_owned() + &lines.join("\n");
    place.import(&lines, &[]).with_status(0);
    place
}

/// How many times a text stands in the files below a directory.
pub(crate) fn count(directory: &Path, text: &str) -> usize {
    let mut found = 0;
    for entry in directory.read_dir().expect("a directory") {
        let path = entry.expect("an entry").path();
        if path.is_dir() {
            found += count(&path, text);
            continue;
        }
        let bytes = fs::read(path).expect("readable");
        let windows = bytes.windows(text.len());
        found += windows.filter(|window| *window == text.as_bytes()).count();
    }
    found
}

pub(crate) fn destroy(place: &Place) -> Vec<String> {
    let words = [
        "destroy-details",
        "p",
        "--through",
        "2020-12-31",
        "--decision",
        "B 2031-7",
        "--yes",
    ];
    let mut words: Vec<String> = words.map(str::to_owned).into();
    words.extend(["--data".to_owned(), place.data()]);
    words
}

pub(crate) fn run(place: &Place, words: &[String]) -> crate::harness::Ran {
    place.run(&words.iter().map(String::as_str).collect::<Vec<_>>())
}

#[test]
fn a_destroyed_text_is_nowhere_and_no_figure_changes() {
    let place = with_secrets(0);
    let report = [
        "report",
        "budget-position",
        "p",
        "--as-of",
        "2021-12-31",
        "--format",
        "json",
    ];
    let known = [&report[..], &["--known-at", "7"]].concat();
    let before = place.run_here(&report).with_status(0).json();
    let earlier = place.run_here(&known).with_status(0).json();
    assert!(
        before["projects"][0]["explanations"][0]["explanation"]
            .as_str()
            .expect("a text")
            .contains(SECRET)
    );
    place.file(
        "before.checkpoint",
        place.run_here(&["checkpoint"]).with_status(0).stdout,
    );
    let bundle = |name: &str| {
        let path = place.path(name).display().to_string();
        let words = [
            "explain",
            "budget-position",
            "p",
            "--figure",
            "spentOwn",
            "--as-of",
            "2021-12-31",
            "--with-proofs",
            &path,
        ];
        place.run_here(&words).with_status(0);
        path
    };
    let old_bundle = bundle("old.bundle");
    let backup = place.path("backup").display().to_string();
    place.run_here(&["backup", &backup]).with_status(0);
    let leaves = place.run_here(&["events", "--leaves"]).with_status(0).stdout;
    assert!(count(&place.path("data"), SECRET) >= 2);

    // The period must be closed, and somebody must mean it.
    let open = place.run_here(&[
        "destroy-details",
        "p",
        "--through",
        "2021-12-31",
        "--decision",
        "B",
        "--yes",
    ]);
    assert!(open.with_status(1).stderr.contains("period-open"));
    let unasked = place.run_here(&[
        "destroy-details",
        "p",
        "--through",
        "2020-12-31",
        "--decision",
        "B",
    ]);
    assert!(unasked.with_status(2).stderr.contains("--yes"));
    let unknown = place.run_here(&[
        "destroy-details",
        "q",
        "--through",
        "2020-12-31",
        "--decision",
        "B",
        "--yes",
    ]);
    assert!(unknown.with_status(1).stderr.contains("unknown-programme"));
    let empty = place.run_here(&[
        "destroy-details",
        "p",
        "--through",
        "2020-12-31",
        "--decision",
        " ",
        "--yes",
    ]);
    empty.with_status(2);
    assert_eq!(
        place.run_here(&["events", "--leaves"]).with_status(0).stdout,
        leaves
    );

    let destroyed = run(&place, &destroy(&place)).with_status(0);
    assert!(
        destroyed
            .stdout
            .starts_with("destroyed the details of 5 events of programme/p"),
        "{destroyed:?}"
    );
    assert_eq!(count(&place.path("data"), SECRET), 0);
    let mut after = place.run_here(&report).with_status(0).json();
    assert_eq!(
        after["projects"][0]["explanations"][0]["explanation"],
        serde_json::Value::Null
    );
    let mut past = place.run_here(&known).with_status(0).json();
    assert_eq!(
        past["projects"][0]["explanations"][0]["explanation"],
        serde_json::Value::Null
    );
    for (now, then) in [(&mut after, &before), (&mut past, &earlier)] {
        for field in ["logPosition", "root"] {
            now[field] = then[field].clone();
        }
        now["projects"][0]["explanations"] = then["projects"][0]["explanations"].clone();
        assert_eq!(now, then, "a figure changed");
    }
    let all = place.run_here(&["events"]).with_status(0).stdout;
    assert!(!all.contains(SECRET) && all.contains("Kept") && all.contains("detailsDestroyed"));
    assert!(
        place
            .run_here(&["events", "--leaves"])
            .with_status(0)
            .stdout
            .starts_with(&leaves)
    );
    // A repeated command cannot be told from another one any more.
    let key = secret("e1", "2020-02-01").replacen('{', r#"{"idempotencyKey":"e1-key","#, 1);
    let again = place.import(&key, &[]).with_status(1);
    assert!(
        again.stderr.contains("idempotency-key-reused") && again.stderr.contains("destroyed"),
        "{again:?}"
    );

    // What was signed and proved before still holds, and what is made after it.
    let verified = place.run_here(&["verify"]).with_status(0);
    assert!(
        verified.stdout.contains("events with destroyed details 5\n"),
        "{verified:?}"
    );
    let kept = place.path("before.checkpoint").display().to_string();
    place.run_here(&["verify", "--checkpoint", &kept]).with_status(0);
    let key = place
        .run_here(&["checkpoint", "--public-key"])
        .with_status(0)
        .stdout;
    for bundle in [old_bundle, bundle("new.bundle")] {
        place
            .run(&["verify-bundle", &bundle, "--key", key.trim()])
            .with_status(0);
    }

    // The backup follows, and so does what is restored of an older one.
    let older = place.path("older");
    copy(Path::new(&backup), &older);
    let backed = place.run_here(&["backup", &backup]).with_status(0);
    assert!(
        backed
            .stderr
            .contains("the details of 5 events were destroyed in it too"),
        "{backed:?}"
    );
    assert_eq!(count(Path::new(&backup), SECRET), 0);
    assert!(count(&older, SECRET) > 0);
    let (older, target) = (
        older.display().to_string(),
        place.path("target").display().to_string(),
    );
    let unsaid = place.run(&["restore", &older, "--data", &target]).with_status(2);
    assert!(unsaid.stderr.contains("--none-since"), "{}", unsaid.stderr);
    let orders = place.path("data/destructions").display().to_string();
    let words = ["restore", &older, "--data", &target, "--destructions", &orders];
    place.run(&words).with_status(0);
    assert_eq!(count(Path::new(&target), SECRET), 0);
    let restored = place
        .run(&[&report[..], &["--data", &target]].concat())
        .with_status(0)
        .json();
    assert_eq!(
        restored["projects"][0]["spentOwn"],
        before["projects"][0]["spentOwn"]
    );
    assert_eq!(count(Path::new(&target), SECRET), 0);
    // Any newer checkpoint tells that it is an older one.
    let newest = place.file("newest", place.run_here(&["checkpoint"]).with_status(0).stdout);
    let rolled = place
        .run(&["verify", "--data", &target, "--checkpoint", &newest])
        .with_status(1);
    assert!(
        rolled.stderr.contains("restored from an older backup"),
        "{rolled:?}"
    );
    fs::copy(&newest, place.path("target/checkpoint")).expect("copied");
    let rolled = place.run(&["verify", "--data", &target]).with_status(1);
    assert!(rolled.stderr.contains("the tape ends after"), "{rolled:?}");
}

/// What is logged cannot be destroyed, so no text of the details may get there, however much is logged.
#[test]
fn no_log_line_has_a_text_of_the_details() {
    let place = with_secrets(0);
    let log = place.path("server.log");
    let mut command = place.command(&["serve", "--listen", "127.0.0.1:0", "--data", &place.data()]);
    command.env("REKENSCHAP_LOG_LEVEL", "trace");
    let serving = Serving::logging(command, fs::File::create(&log).expect("a file").into());
    let posted = secret("e3", "2021-03-01");
    assert!(serving.post(&posted).is_some());
    let refused = secret("e4", "2021-03-01").replace("0.10", "9999.00");
    let malformed = posted.replace("2021-03-01", "2021-02-30");
    let broken = format!("{{\"supplier\": \"{SECRET}");
    for unheard in [&posted, &refused, &malformed, &broken] {
        assert!(serving.post(unheard).is_none(), "{unheard}");
    }
    let explained = "/v1/programmes/p/budget-position/explanations?project=a&figure=spentOwn";
    for asked in ["/v1/events", explained, "/v1/programmes/p/budget-position"] {
        assert!(serving.get(asked).contains(SECRET), "{asked}");
    }
    serving.stop();
    let logged = fs::read_to_string(log).expect("text");
    assert!(logged.contains("/v1/commands"), "{logged}");
    assert!(!logged.contains(SECRET), "{logged}");
}

#[test]
fn a_server_is_backed_up_while_it_serves() {
    let place = Place::new();
    place.import(PLAN, &[]).with_status(0);
    let mut command = place.command(&["serve", "--listen", "127.0.0.1:0", "--data", &place.data()]);
    command.env("REKENSCHAP_CHECKPOINT_EVERY_S", "0");
    let serving = Serving::start(command);
    let backup = place.path("backup").display().to_string();
    let mut copied = Vec::new();
    for number in 0..4 {
        serving
            .post(&expenditure(&format!("e{number}"), "1.00"))
            .expect("posted");
        place.run(&["checkpoint", "--url", &serving.url]).with_status(0);
        let backed = place.run_here(&["backup", &backup]).with_status(0);
        assert_eq!(backed.stderr, "", "the checkpoint covers it all");
        let bytes = backed.stdout.split(' ').nth(1).expect("a number").parse::<u64>();
        copied.push(bytes.expect("a number"));
        let verified = place.run(&["verify", "--data", &backup]).with_status(0);
        assert!(verified.stdout.ends_with("all is right\n"), "{verified:?}");
    }
    assert!(copied[1..].iter().all(|bytes| *bytes < copied[0]), "{copied:?}");
    let names: Vec<_> = fs::read_dir(&backup)
        .expect("a folder")
        .map(|entry| entry.expect("an entry").file_name())
        .collect();
    assert!(!names.iter().any(|name| name == "keys"), "{names:?}");
    let opened = place.run(&["events", "--data", &backup]).with_status(3);
    assert!(opened.stderr.contains("rekenschap restore"), "{opened:?}");
    let all = place
        .run(&["events", "--url", &serving.url])
        .with_status(0)
        .stdout;
    drop(serving);
    let target = place.path("target").display().to_string();
    place
        .run(&["restore", &backup, "--data", &target, "--none-since"])
        .with_status(0);
    let again = place
        .run(&["restore", &backup, "--data", &target, "--none-since"])
        .with_status(1);
    assert!(again.stderr.contains("is not empty"), "{again:?}");
    assert_eq!(
        place.run(&["events", "--data", &target]).with_status(0).stdout,
        all
    );
    // It is signed on with a key of its own, since backups have none.
    let unsigned = place.run(&["checkpoint", "--data", &target]);
    if unsigned.status != 0 {
        place
            .run(&["checkpoint", "--rotate-key", "--data", &target])
            .with_status(0);
    }
    place.run(&["verify", "--data", &target]).with_status(0);
}

fn copy(from: &Path, to: &Path) {
    fs::create_dir_all(to).expect("made");
    for entry in from.read_dir().expect("a directory") {
        let path = entry.expect("an entry").path();
        let target = to.join(path.file_name().expect("a name"));
        if path.is_dir() {
            copy(&path, &target);
        } else {
            fs::copy(&path, &target).expect("copied");
        }
    }
}
