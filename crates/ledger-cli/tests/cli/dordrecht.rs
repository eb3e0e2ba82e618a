//! The example plan of Dordrecht through the real binary: the figures that its README promises.

use std::path::Path;

use serde_json::Value;

use crate::harness::Place;

const PROGRAMME: &str = "investeringsplan-sociaal-domein";
const EXAMPLE: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/../../config/examples/dordrecht");

fn imported() -> Place {
    let place = Place::new();
    let mut files: Vec<_> = Path::new(EXAMPLE)
        .read_dir()
        .expect("the example")
        .map(|entry| entry.expect("an entry").path())
        .filter(|path| path.extension().is_some_and(|extension| extension == "ndjson"))
        .collect();
    files.sort();
    let all: String = files
        .iter()
        .map(|file| std::fs::read_to_string(file).expect("UTF-8"))
        .collect();
    place.import(&all, &[]).with_status(0);
    place
}

#[test]
fn the_totals_of_both_years_are_those_expected() {
    let place = imported();
    let expected = std::fs::read_to_string(Path::new(EXAMPLE).join("expected.json")).expect("UTF-8");
    let expected: Value = serde_json::from_str(&expected).expect("JSON");
    for (date, expected) in expected.as_object().expect("dates") {
        let report = place
            .run_here(&["report", "budget-position", PROGRAMME, "--as-of", date])
            .with_status(0);
        let report: Value = serde_json::from_str(&report.stdout).expect("JSON");
        holds(&report["totals"], &expected["totals"], date);
        for (project, expected) in expected["projects"].as_object().expect("projects") {
            let rows = report["projects"].as_array().expect("rows");
            let row = rows
                .iter()
                .find(|row| row["project"] == project.as_str())
                .expect("the project");
            holds(row, expected, project);
        }
    }
}

#[track_caller]
fn holds(found: &Value, expected: &Value, what: &str) {
    for (name, value) in expected.as_object().expect("figures") {
        assert_eq!(&found[name], value, "{what} {name}");
    }
}

#[test]
fn the_tables_are_golden() {
    let place = imported();
    for (name, date) in [("2021", "2021-12-31"), ("2022", "2022-12-31")] {
        let report = place.run_here(&[
            "report",
            "budget-position",
            PROGRAMME,
            "--as-of",
            date,
            "--format",
            "table",
        ]);
        insta::assert_snapshot!(format!("dordrecht-{name}"), report.with_status(0).stdout);
    }
    let report = place.run_here(&[
        "report",
        "funding",
        PROGRAMME,
        "--as-of",
        "2022-12-31",
        "--format",
        "csv",
    ]);
    insta::assert_snapshot!("dordrecht-funding-csv", report.with_status(0).stdout);
    let report = place.run_here(&[
        "report",
        "underspend",
        PROGRAMME,
        "--as-of",
        "2022-12-31",
        "--format",
        "table",
    ]);
    insta::assert_snapshot!("dordrecht-underspend", report.with_status(0).stdout);
}
