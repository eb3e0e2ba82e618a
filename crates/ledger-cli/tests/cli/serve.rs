//! A server and `--url`: the same answers as from the directory.

use crate::harness::{PLAN, Place, expenditure, ran};

const QUESTIONS: [&[&str]; 12] = [
    &[
        "report",
        "budget-position",
        "p",
        "--as-of",
        "2021-01-01",
        "--format",
        "json",
    ],
    &[
        "report",
        "budget-position",
        "p",
        "--as-of",
        "2021-01-01",
        "--by",
        "theme",
        "--format",
        "table",
    ],
    &[
        "report",
        "budget-position",
        "p",
        "--as-of",
        "2020-01-15",
        "--known-at",
        "4",
        "--format",
        "csv",
    ],
    &[
        "report",
        "underspend",
        "p",
        "--as-of",
        "2021-01-01",
        "--format",
        "csv",
    ],
    &[
        "report",
        "funding",
        "p",
        "--as-of",
        "2021-01-01",
        "--year",
        "2020",
        "--format",
        "table",
    ],
    &[
        "explain",
        "budget-position",
        "p",
        "--figure",
        "spentOwn",
        "--project",
        "a",
        "--as-of",
        "2021-01-01",
    ],
    &[
        "explain",
        "funding",
        "p",
        "--figure",
        "spent",
        "--source",
        "programme",
        "--as-of",
        "2021-01-01",
        "--format",
        "table",
    ],
    &["events"],
    &["events", "--leaves"],
    &[
        "events",
        "--after",
        "2",
        "--limit",
        "1",
        "--stream",
        "programme/p",
    ],
    &["report", "budget-position", "absent", "--as-of", "2021-01-01"],
    &[
        "explain",
        "budget-position",
        "p",
        "--figure",
        "profit",
        "--as-of",
        "2021-01-01",
    ],
];

#[test]
fn a_server_answers_as_its_directory_does() {
    let place = Place::new();
    let lines = format!(
        "{PLAN}{}\n{}\n",
        expenditure("e1", "100.00"),
        expenditure("=2", "50.00")
    );
    place.import(&lines, &[]).with_status(0);
    let here: Vec<_> = QUESTIONS
        .iter()
        .map(|question| place.run_here(question))
        .collect();
    let serving = place.serve();
    for (question, here) in QUESTIONS.iter().zip(here) {
        let there = place.run(&[&["--url", &serving.url], *question].concat());
        assert_eq!(there.stdout, here.stdout, "{question:?}");
        assert_eq!(there.stderr, here.stderr, "{question:?}");
        assert_eq!(there.status, here.status, "{question:?}");
        assert_eq!(
            there.status,
            i32::from(there.stdout.is_empty()),
            "{question:?} {there:?}"
        );
    }
    let report = serving.get("/v1/programmes/p/budget-position?asOf=2021-01-01");
    let ran = place.run(&[
        "report",
        "budget-position",
        "p",
        "--as-of",
        "2021-01-01",
        "--url",
        &serving.url,
    ]);
    assert_eq!(ran.stdout, report + "\n", "the JSON is that of HTTP");
}

#[test]
fn importing_over_a_server_tells_the_same() {
    let (near, far) = (Place::new(), Place::new());
    near.import(PLAN, &[]).with_status(0);
    let serving = far.serve();
    let plan = far.file("plan.ndjson", PLAN);
    let import = |options: &[&str]| {
        let arguments = [&["import", "--url", serving.url.as_str()], options].concat();
        far.run(&arguments)
    };
    let first = import(&[&plan]).with_status(0);
    assert_eq!(first.stdout, "imported 3 commands as 3 events; log position 4\n");
    let again = import(&[&plan]).with_status(0);
    assert_eq!(again.stdout, "imported 3 commands as 0 events; log position 4\n");

    let long = format!("{{\"type\":\"{}\"}}", "x".repeat(2 << 20));
    let lines = [
        &expenditure("e1", "500.00"),
        &expenditure("e2", "200.00"),
        &long,
        "{}",
        &expenditure("e3", "100.00"),
    ]
    .join("\n");
    let mixed = far.file("mixed.ndjson", &lines);
    for options in [&[][..], &["--keep-going"]] {
        let here = near.import(&lines, options).with_status(1);
        let there = import(&[&[mixed.as_str()], options].concat()).with_status(1);
        assert_eq!(there.stdout, here.stdout, "{options:?}");
        // A line that is too long is told at once, those that the server refuses with its answer.
        let sorted = |text: &str| {
            let mut lines: Vec<String> = text.lines().map(str::to_owned).collect();
            lines.sort();
            lines
        };
        assert_eq!(sorted(&there.stderr), sorted(&here.stderr), "{options:?}");
    }
}

#[test]
fn more_than_a_server_takes_as_a_whole_is_posted_in_batches_only_when_asked() {
    let place = Place::new();
    place.import(PLAN, &[]).with_status(0);
    let lines: Vec<String> = (0..10_001)
        .map(|number| expenditure(&format!("e{number}"), "0.01"))
        .collect();
    let file = place.file("many.ndjson", lines.join("\n"));
    let serving = place.serve();
    let whole = place
        .run(&["import", &file, "--url", &serving.url])
        .with_status(2);
    assert!(whole.stderr.contains("--keep-going"), "{}", whole.stderr);
    let ran = place
        .run(&["import", &file, "--url", &serving.url, "--keep-going"])
        .with_status(0);
    assert_eq!(
        ran.stdout,
        "imported 10001 commands as 10001 events; log position 10005\n"
    );
}

#[test]
fn a_directory_is_open_once_and_closes_when_asked() {
    let place = Place::new();
    place.import(PLAN, &[]).with_status(0);
    let serving = place.serve();
    for arguments in [
        &["events"][..],
        &["report", "funding", "p"],
        &["import", "-"],
        &["verify"],
    ] {
        let locked = place.run_here(arguments).with_status(3);
        assert!(
            locked.stderr.contains("in use by another process"),
            "{arguments:?}: {}",
            locked.stderr
        );
        assert_eq!(locked.stdout, "");
    }
    assert!(serving.post(&expenditure("e1", "1.00")).is_some());
    let (status, rest) = serving.stop();
    assert_eq!(status, Some(0));
    // Made at the first start, before any checkpoint.
    let key = place
        .run_here(&["checkpoint", "--public-key"])
        .with_status(0)
        .stdout;
    assert_eq!(rest, format!("public key of the log: {key}"));
    place.run_here(&["verify"]).with_status(0);
    assert_eq!(
        place.run_here(&["events"]).with_status(0).stdout.lines().count(),
        5
    );
}

#[test]
fn a_taken_port_and_an_absent_server_are_told() {
    let place = Place::new();
    let taken = std::net::TcpListener::bind("127.0.0.1:0").expect("a port");
    let address = taken.local_addr().expect("an address").to_string();
    let ran_taken = place.run_here(&["serve", "--listen", &address]).with_status(2);
    assert!(
        ran_taken.stderr.contains("cannot be listened on"),
        "{}",
        ran_taken.stderr
    );
    drop(taken);
    let absent = ran(&place
        .command(&["events", "--url", &format!("http://{address}")])
        .output()
        .expect("runs"));
    let absent = absent.with_status(3);
    assert!(absent.stderr.contains("cannot be reached"), "{}", absent.stderr);
}
