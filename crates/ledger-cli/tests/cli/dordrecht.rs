//! The example plan of Dordrecht through the real binary: the figures that its README promises.

use serde_json::Value;

use crate::harness::{Place, expected};

const PROGRAMME: &str = "investeringsplan-sociaal-domein";

fn imported() -> Place {
    Place::with_example("dordrecht")
}

#[test]
fn the_totals_of_both_years_are_those_expected() {
    let place = imported();
    for (date, expected) in expected("dordrecht").as_object().expect("dates") {
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
