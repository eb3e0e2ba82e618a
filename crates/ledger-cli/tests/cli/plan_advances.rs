//! The plan of advances, which import takes as it is.

use std::collections::BTreeMap;

use serde_json::Value;

use crate::harness::{Place, example_files};

const ZHZ: &str = "zuid-holland-zuid";

#[test]
fn planned_advances_are_imported_as_they_are_and_once() {
    // The example up to the advances of 2021, and the key that they need.
    let place = Place::new();
    let read = |file: &std::path::PathBuf| std::fs::read_to_string(file).expect("UTF-8");
    let files = example_files(ZHZ);
    let before: String = files.iter().take(3).map(read).collect();
    let advances = read(files.get(3).expect("the advances of 2021"));
    let (key, invoices) = advances.split_once('\n').expect("lines");
    place.import(&format!("{before}{key}\n"), &[]).with_status(0);
    let planned = place
        .run_here(&[
            "plan-advances",
            ZHZ,
            "--year",
            "2021",
            "--terms",
            "12",
            "--as-of",
            "2021-01-01",
        ])
        .with_status(0)
        .stdout;
    // They are those of the example, which another program worked out.
    let facts = |lines: &str| -> BTreeMap<String, (Value, Value, Value)> {
        let commands = lines
            .lines()
            .map(|line| serde_json::from_str::<Value>(line).expect("JSON"));
        commands
            .map(|command| {
                let id = command["advance"].as_str().expect("an id").to_owned();
                let fact = |name: &str| command[name].clone();
                (id, (fact("municipality"), fact("amount"), fact("bookingDate")))
            })
            .collect()
    };
    assert_eq!(facts(&planned).len(), 120);
    assert_eq!(facts(&planned), facts(invoices));

    let imported = place.import(&planned, &[]).with_status(0).stdout;
    assert!(
        imported.starts_with("imported 120 commands as 120 events"),
        "{imported}"
    );
    let again = place.import(&planned, &[]).with_status(0).stdout;
    assert!(again.starts_with("imported 120 commands as 0 events"), "{again}");
    let report = place
        .run_here(&[
            "report",
            "cost-shares",
            ZHZ,
            "--year",
            "2021",
            "--as-of",
            "2021-12-31",
        ])
        .with_status(0)
        .json();
    for municipality in report["municipalities"].as_array().expect("rows") {
        assert_eq!(
            municipality["advances"], municipality["budgetedShare"],
            "{municipality}"
        );
    }

    let nothing = place
        .run_here(&["plan-advances", ZHZ, "--year", "2017"])
        .with_status(0);
    assert_eq!(nothing.stdout, "");
    assert!(
        nothing.stderr.contains("nothing to advance"),
        "{}",
        nothing.stderr
    );
}
