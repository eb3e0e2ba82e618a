//! The example regions through the real binary: the figures that they were worked out to have, and their tables.

use serde_json::{Value, json};

use crate::harness::{Place, expected};

const ZHZ: &str = "zuid-holland-zuid";

/// Every field of what is expected has its value in what was found; rows of lists are found by their names.
#[track_caller]
fn holds(found: &Value, expected: &Value, place: &str) {
    match (found, expected) {
        (Value::Object(found), Value::Object(expected)) => {
            for (name, expected) in expected {
                let found = found.get(name).unwrap_or(&Value::Null);
                holds(found, expected, &format!("{place}/{name}"));
            }
        }
        (Value::Array(found), Value::Array(expected)) => {
            assert_eq!(found.len(), expected.len(), "{place}");
            for (at, (found, expected)) in found.iter().zip(expected).enumerate() {
                holds(found, expected, &format!("{place}/{at}"));
            }
        }
        _ => assert_eq!(found, expected, "{place}"),
    }
}

#[test]
fn every_figure_of_the_examples_is_as_worked_out() {
    for region in [ZHZ, "achterhoek"] {
        let place = Place::with_example(region);
        let expected = expected(region);
        for expected in expected["costShares"].as_array().expect("a list") {
            let (year, as_of) = (
                expected["year"].to_string(),
                expected["asOf"].as_str().expect("a day"),
            );
            let report = place.run_here(&[
                "report",
                "cost-shares",
                region,
                "--year",
                &year,
                "--as-of",
                as_of,
                "--format",
                "json",
            ]);
            let report = report.with_status(0).json();
            holds(&report, expected, &format!("{region} {year} {as_of}"));
        }
        for expected in expected["settlements"].as_array().expect("a list") {
            let settlement = expected["settlement"].as_str().expect("an id");
            let report = place.run_here(&["report", "settlement", region, "--settlement", settlement]);
            holds(
                &report.with_status(0).json(),
                expected,
                &format!("{region} {settlement}"),
            );
        }
    }
}

#[test]
fn the_tables_of_a_region_are_golden() {
    let place = Place::with_example(ZHZ);
    for (name, arguments) in [
        (
            "cost-shares",
            "report cost-shares zuid-holland-zuid --year 2021 --as-of 2021-12-31 --format table",
        ),
        (
            "settlement",
            "report settlement zuid-holland-zuid --settlement afrekening-2021 --as-of 2022-12-31 --format table",
        ),
        (
            "settlement-taken-over",
            "report settlement zuid-holland-zuid --settlement afrekening-2018 --as-of 2022-12-31 --format table",
        ),
        (
            "settlement-csv",
            "report settlement zuid-holland-zuid --settlement afrekening-2018 --as-of 2022-12-31 --format csv",
        ),
        (
            "phase-out",
            "report phase-out zuid-holland-zuid --municipality GM0642 --as-of 2024-12-31 --format table",
        ),
        (
            "phase-out-csv",
            "report phase-out zuid-holland-zuid --municipality GM0642 --as-of 2024-12-31 --format csv",
        ),
        (
            "explanation",
            "explain cost-shares zuid-holland-zuid --municipality GM0642 --figure balance --year 2021 \
             --as-of 2021-03-31 --format table",
        ),
    ] {
        let arguments: Vec<&str> = arguments.split_whitespace().collect();
        insta::assert_snapshot!(name, place.run_here(&arguments).with_status(0).stdout);
    }
    let place = Place::with_example("achterhoek");
    for (name, format) in [("achterhoek", "table"), ("achterhoek-csv", "csv")] {
        let report = place.run_here(&[
            "report",
            "cost-shares",
            "achterhoek",
            "--year",
            "2021",
            "--as-of",
            "2022-06-30",
            "--format",
            format,
        ]);
        insta::assert_snapshot!(name, report.with_status(0).stdout);
    }
}

#[test]
fn zwijndrechts_benefit_falls_to_nothing() {
    let place = Place::with_example(ZHZ);
    let report = place
        .run_here(&[
            "report",
            "phase-out",
            ZHZ,
            "--municipality",
            "GM0642",
            "--as-of",
            "2024-12-31",
        ])
        .with_status(0)
        .json();
    let benefits: Vec<(u64, &str, &str)> = report["years"]
        .as_array()
        .expect("years")
        .iter()
        .map(|year| {
            let text = |name: &str| year[name].as_str().expect("a text");
            (
                year["year"].as_u64().expect("a year"),
                text("degree"),
                text("benefit"),
            )
        })
        .filter(|(year, ..)| *year >= 2020)
        .collect();
    assert_eq!(
        benefits,
        [
            (2020, "1", "1600000.00"),
            (2021, "2/3", "1066666.67"),
            (2022, "1/3", "533333.33"),
            (2023, "0", "0.00"),
        ]
    );
    assert_eq!(report["simulation"], Value::Null);
}

#[test]
fn a_simulation_says_so_and_records_nothing() {
    let place = Place::with_example(ZHZ);
    let before = place.run_here(&["events"]).with_status(0).stdout;
    let file = place.file(
        "schedule.json",
        r#"[{"year": 2021, "degree": "0.5"}, {"year": 2022, "degree": "0"}]"#,
    );
    // Without costs of 2022 yet, those of 2021 stand in.
    let simulate = |format: &str| {
        place.run_here(&[
            "report",
            "phase-out",
            ZHZ,
            "--municipality",
            "GM0642",
            "--schedule",
            &file,
            "--assume-costs-of",
            "2021",
            "--as-of",
            "2021-12-31",
            "--format",
            format,
        ])
    };
    let table = simulate("table").with_status(0).stdout;
    assert!(table.starts_with("SIMULATION"), "{table}");
    insta::assert_snapshot!("phase-out-simulated", table);
    let report = simulate("json").with_status(0).json();
    let year = |number: u64| -> &Value {
        let years = report["years"].as_array().expect("years");
        years
            .iter()
            .find(|year| year["year"] == number)
            .expect("the year")
    };
    assert_eq!(year(2021)["benefit"], "800000.00");
    assert_eq!(year(2021)["adopted"]["benefit"], "1066666.67");
    assert_eq!(
        (&year(2022)["simulated"], &year(2022)["benefit"]),
        (&json!(true), &json!("0.00"))
    );
    assert_eq!(year(2022)["adopted"]["benefit"], "533333.33");
    assert_eq!(place.run_here(&["events"]).with_status(0).stdout, before);
}

#[test]
fn steps_and_events_sum_to_the_figure_they_explain() {
    let place = Place::with_example(ZHZ);
    let cents = |amount: &Value| -> i64 {
        let text = amount.as_str().expect("an amount").replace('.', "");
        text.parse().expect("digits")
    };
    for (figure, amount) in [
        ("actualCost", "11303294.15"),
        ("costShare", "10236627.48"),
        ("benefit", "1066666.67"),
        ("balance", "433497.26"),
    ] {
        let explained = place
            .run_here(&[
                "explain",
                "cost-shares",
                ZHZ,
                "--municipality",
                "GM0642",
                "--figure",
                figure,
                "--year",
                "2021",
                "--as-of",
                "2021-12-31",
            ])
            .with_status(0)
            .json();
        assert_eq!(explained["amount"], amount, "{figure}");
        for parts in ["steps", "events"] {
            let parts = explained[parts].as_array().expect("a list");
            let sum: i64 = parts.iter().map(|part| cents(&part["amount"])).sum();
            assert_eq!(sum, cents(&explained["amount"]), "{figure}");
        }
    }
}

#[test]
fn a_server_answers_about_regions_as_its_directory_does() {
    let place = Place::with_example(ZHZ);
    let file = place.file("schedule.json", r#"[{"year": 2021, "degree": "1/2"}]"#);
    let questions = [
        "report cost-shares zuid-holland-zuid --year 2021 --as-of 2021-12-31 --format table",
        "report cost-shares zuid-holland-zuid --as-of 2021-06-30 --known-at 300 --format csv",
        "report phase-out zuid-holland-zuid --as-of 2024-12-31 --format table",
        "report phase-out zuid-holland-zuid --as-of 2021-12-31 --municipality GM0642 --assume-costs-of 2021 --schedule FILE",
        "report settlement zuid-holland-zuid --settlement afrekening-2021 --as-of 2024-12-31",
        "explain cost-shares zuid-holland-zuid --figure costShare --municipality GM0642 --group jeugdhulp --year 2021 --as-of 2021-12-31",
        "plan-advances zuid-holland-zuid --year 2021 --terms 3 --as-of 2021-01-01",
        "report cost-shares absent --as-of 2021-12-31",
        "report settlement zuid-holland-zuid --settlement absent --as-of 2021-12-31",
        "report phase-out zuid-holland-zuid --municipality GM0001 --as-of 2021-12-31",
        "explain cost-shares zuid-holland-zuid --figure profit --municipality GM0642 --as-of 2021-12-31",
        "explain cost-shares zuid-holland-zuid --figure costShare --municipality GM0642 --group absent --as-of 2021-12-31",
    ];
    let words = |question: &str| -> Vec<String> {
        question
            .split(' ')
            .map(|word| word.replace("FILE", &file))
            .collect()
    };
    let run = |question: &str, place_of: &[&str]| {
        let words = words(question);
        let words: Vec<&str> = words.iter().map(String::as_str).collect();
        place.run(&[place_of, words.as_slice()].concat())
    };
    let data = place.data();
    let here: Vec<_> = questions
        .iter()
        .map(|question| run(question, &["--data", &data]))
        .collect();
    let serving = place.serve();
    for (question, here) in questions.iter().zip(here) {
        let there = run(question, &["--url", &serving.url]);
        assert_eq!(there.stdout, here.stdout, "{question}");
        assert_eq!(there.stderr, here.stderr, "{question}");
        assert_eq!(there.status, here.status, "{question}");
        assert_eq!(
            there.status,
            i32::from(there.stdout.is_empty()),
            "{question} {there:?}"
        );
    }
}

#[test]
fn what_cannot_be_meant_of_a_region_is_refused() {
    let place = Place::new();
    let data = place.data();
    let file = |name: &str, text: &str| place.file(name, text);
    for (arguments, sentence) in [
        ("report settlement r", "--settlement"),
        (
            "report cost-shares r --municipality GM0642",
            "unexpected argument",
        ),
        ("report cost-shares r --project p", "unexpected argument"),
        (
            "report phase-out r --municipality Dordrecht",
            "is not a CBS municipality code",
        ),
        ("report phase-out r --assume-costs-of 99", "is not a year"),
        ("report phase-out r --schedule absent.json", "cannot be read"),
        ("explain cost-shares r --figure costShare", "--municipality"),
        ("plan-advances r", "--year"),
        ("plan-advances r --year 2021 --terms 0", "is not in 1..=366"),
    ] {
        let words: Vec<&str> = arguments.split(' ').chain(["--data", &data]).collect();
        let ran = place.run(&words).with_status(2);
        assert!(ran.stderr.contains(sentence), "{arguments}: {}", ran.stderr);
    }
    for (text, sentence) in [
        ("{}", "it is no list such as"),
        ("[]", "it has no steps"),
        (r#"[{"year": 2021}]"#, "missing field `degree`"),
        (r#"[{"year": 2021, "degree": "2"}]"#, "is not a fraction"),
        (r#"[{"year": 2021, "degree": 1}]"#, "it is no list such as"),
        (r#"[{"year": 21, "degree": "1"}]"#, "is not a year"),
        (
            r#"[{"year": 2021, "degree": "1", "group": "x"}]"#,
            "unknown field",
        ),
        (
            r#"[{"year": 2021, "degree": "1"}, {"year": 2021, "degree": "0"}]"#,
            "more than one degree",
        ),
    ] {
        let schedule = file("schedule.json", text);
        let ran = place
            .run(&[
                "report",
                "phase-out",
                "r",
                "--schedule",
                &schedule,
                "--data",
                &data,
            ])
            .with_status(2);
        assert!(ran.stderr.contains(sentence), "{text}: {}", ran.stderr);
    }
    assert!(!place.path("data").exists(), "nothing was made");
}
