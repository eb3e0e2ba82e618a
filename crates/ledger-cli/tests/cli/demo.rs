//! The demo, as a stranger starts it.

use crate::harness::{Place, Serving};

#[test]
fn the_demo_tells_its_address_first_and_answers_there() {
    let place = Place::new();
    let data = place.data();
    let serving = Serving::start(place.command(&["demo", "--listen", "127.0.0.1:0", "--data", &data]));
    let path = "/v1/programmes/investeringsplan-sociaal-domein/budget-position?asOf=2021-12-31";
    let report: serde_json::Value = serde_json::from_str(&serving.get(path)).expect("JSON");
    assert_eq!(report["totals"]["spentOwn"], "3497147.45");
    assert_eq!(report["totals"]["budget"], "5000000.00");
    let url = serving.url.clone();
    let (status, rest) = serving.stop();
    assert_eq!(status, Some(0));
    for hint in [
        "public key of the log: rekenschap.local/ledger+",
        "curl '",
        " report budget-position ",
        " explain budget-position ",
        " report phase-out zuid-holland-zuid ",
        " explain cost-shares zuid-holland-zuid ",
        "achterhoek",
        &url,
        &data,
    ] {
        assert!(rest.contains(hint), "{hint}: {rest}");
    }
    place.run_here(&["verify"]).with_status(0);
    // A directory that holds a ledger is no place for examples.
    let again = place
        .run(&["demo", "--listen", "127.0.0.1:0", "--data", &data])
        .with_status(2);
    assert!(again.stderr.contains("is not empty"), "{}", again.stderr);
}

#[test]
fn the_things_to_try_work_as_printed() {
    let place = Place::new();
    let serving =
        Serving::start(place.command(&["demo", "--listen", "127.0.0.1:0", "--data", &place.data()]));
    let url = serving.url.clone();
    let report = place.run(&[
        "report",
        "budget-position",
        "investeringsplan-sociaal-domein",
        "--as-of",
        "2021-12-31",
        "--by",
        "theme",
        "--format",
        "table",
        "--url",
        &url,
    ]);
    assert!(report.with_status(0).stdout.contains("Basis op orde"));
    let explained = place.run(&[
        "explain",
        "budget-position",
        "investeringsplan-sociaal-domein",
        "--project",
        "jongerenwerk-op-school",
        "--figure",
        "spentOwn",
        "--as-of",
        "2021-12-31",
        "--url",
        &url,
    ]);
    let explained: serde_json::Value = serde_json::from_str(&explained.with_status(0).stdout).expect("JSON");
    assert_eq!(explained["amount"], "387500.00");
    let phase_out = place.run(&[
        "report",
        "phase-out",
        "zuid-holland-zuid",
        "--municipality",
        "GM0642",
        "--format",
        "table",
        "--url",
        &url,
    ]);
    assert!(phase_out.with_status(0).stdout.contains("1066666.67"));
    let share = place.run(&[
        "explain",
        "cost-shares",
        "zuid-holland-zuid",
        "--municipality",
        "GM0642",
        "--figure",
        "costShare",
        "--year",
        "2021",
        "--format",
        "table",
        "--url",
        &url,
    ]);
    assert!(share.with_status(0).stdout.contains("44735 of 461029"));
    let regions: serde_json::Value = serde_json::from_str(&serving.get("/v1/regions")).expect("JSON");
    let ids: Vec<_> = regions["regions"]
        .as_array()
        .expect("regions")
        .iter()
        .map(|region| &region["region"])
        .collect();
    assert_eq!(ids, ["achterhoek", "zuid-holland-zuid"]);
    let cents = |amount: &serde_json::Value| -> i64 {
        amount
            .as_str()
            .expect("an amount")
            .replace('.', "")
            .parse()
            .expect("digits")
    };
    let events = explained["events"].as_array().expect("events");
    assert_eq!(
        events.iter().map(|event| cents(&event["amount"])).sum::<i64>(),
        38_750_000
    );
}
