//! The reports of a region: the bill divided, the phase-out, settlements, and the events behind a figure.

use serde_json::{Value, json};

use crate::server::Server;

fn decision() -> Value {
    json!({ "reference": "AB 2019-12-12", "by": "joint-body", "decidedOn": "2019-12-12" })
}

/// Two municipalities and one cost group: degree 1 in 2020, 1/2 in 2021; a settled year, corrected afterwards; and a
/// cost in a year without a key.
fn commands() -> Vec<Value> {
    let admit = |municipality: &str, name: &str| {
        json!({ "type": "admitMunicipality", "region": "zuid", "municipality": municipality, "name": name,
            "from": "2019-01-01" })
    };
    let key = |year: u16| {
        json!({ "type": "setDistributionKey", "region": "zuid", "key": "inwoners", "year": year,
            "weights": { "GM0505": "3", "GM0642": "1" }, "source": "CBS", "bookingDate": "2020-01-01" })
    };
    let cost = |cost: &str, municipality: Option<&str>, year: u16, amount: &str| {
        let mut command = json!({ "type": "recordCost", "region": "zuid", "group": "jeugdhulp", "cost": cost,
            "year": year, "amount": amount, "document": "factuur", "bookingDate": format!("{year}-12-30") });
        if let Some(municipality) = municipality {
            command["municipality"] = json!(municipality);
        }
        command
    };
    vec![
        json!({ "type": "establishRegion", "region": "zuid", "title": "Zuid", "body": "Dienst",
            "bookingDate": "2019-01-01" }),
        admit("GM0505", "Dordrecht"),
        admit("GM0642", "Zwijndrecht"),
        json!({ "type": "defineCostGroup", "region": "zuid", "group": "jeugdhulp", "title": "Jeugdhulp",
            "key": "inwoners", "decision": decision(), "bookingDate": "2019-12-12" }),
        json!({ "type": "schedulePhaseOut", "region": "zuid", "group": "jeugdhulp",
            "steps": [{ "year": 2021, "degree": "1/2" }, { "year": 2022, "degree": "0" }],
            "decision": decision(), "bookingDate": "2019-12-12" }),
        key(2020),
        key(2021),
        json!({ "type": "budgetCosts", "region": "zuid", "group": "jeugdhulp", "year": 2021,
            "amounts": { "GM0505": "300.00", "GM0642": "500.01" }, "decision": decision(),
            "bookingDate": "2020-11-01" }),
        cost("c-1", Some("GM0505"), 2020, "200.00"),
        cost("c-2", Some("GM0642"), 2020, "600.00"),
        cost("c-3", Some("GM0505"), 2021, "200.00"),
        cost("c-4", Some("GM0642"), 2021, "600.00"),
        cost("c-5", None, 2021, "100.01"),
        json!({ "type": "invoiceAdvance", "region": "zuid", "year": 2020, "municipality": "GM0642",
            "advance": "v-1", "amount": "150.00", "bookingDate": "2020-01-01" }),
        json!({ "type": "drawUpSettlement", "region": "zuid", "year": 2020, "settlement": "afrekening-2020",
            "decision": decision(), "bookingDate": "2021-04-15" }),
        json!({ "type": "correctCost", "region": "zuid", "cost": "c-2", "correction": "c-2-a",
            "amount": "-100.00", "reason": "te veel", "bookingDate": "2021-05-01" }),
        cost("c-0", Some("GM0642"), 2019, "80.00"),
    ]
}

impl Server {
    /// With the region of [`commands`], a minute ago.
    async fn with_region() -> Self {
        let server = Self::empty();
        for command in commands() {
            let answer = server.post("/v1/commands", &command).await;
            assert_eq!(answer.status, 201, "{command}: {}", answer.body);
        }
        server.clock.set("2022-01-15T09:31:00Z");
        server
    }
}

#[tokio::test]
async fn reports_of_regions_as_they_are() {
    let server = Server::with_region().await;
    for (name, path) in [
        ("cost_shares", "cost-shares?year=2021&asOf=2021-12-31"),
        (
            "cost_shares_key_missing",
            "cost-shares?asOf=2019-12-31&knownAt=2022-01-15T09:31:00Z",
        ),
        ("phase_out", "phase-out?municipality=GM0642"),
        (
            "phase_out_simulated",
            "phase-out?assumeCostsOf=2021&schedule=2021:3/4,2022:1/4,2023:0&municipality=GM0642",
        ),
        ("settlements", "settlements"),
        ("settlement", "settlements/afrekening-2020?asOf=2021-12-31"),
        (
            "region_explanation",
            "cost-shares/explanations?year=2021&municipality=GM0642&figure=costShare&group=jeugdhulp",
        ),
        ("advance_plan", "advance-plan?year=2021&terms=2&asOf=2020-12-31"),
    ] {
        let answer = server.get(&format!("/v1/regions/zuid/{path}")).await;
        assert_eq!(answer.status, 200, "{name}: {}", answer.body);
        assert!(!answer.header("etag").is_empty(), "{name}");
        insta::assert_json_snapshot!(name, answer.json());
    }
}

#[tokio::test]
async fn the_bill_is_that_of_the_formula() {
    let server = Server::with_region().await;
    let report = server.get("/v1/regions/zuid/cost-shares?year=2021").await.json();
    // (1/2 x 800.00 + 100.01) x 1/4 + 1/2 x 600.00 = 425.0025.
    assert_eq!(report["municipalities"][1]["costShare"], "425.00");
    assert_eq!(report["municipalities"][0]["costShare"], "475.01");
    assert_eq!(report["total"], "900.01");
    // 2020 at degree 1, after its settlement: 1/4 x 700.00 less 150.00 less what was settled.
    let settled = server
        .get("/v1/regions/zuid/settlements/afrekening-2020")
        .await
        .json();
    let line = &settled["lines"][1];
    assert_eq!(
        (&line["costShare"], &line["amount"]),
        (&json!("200.00"), &json!("50.00"))
    );
    assert_eq!(
        (&line["since"]["costShare"], &line["since"]["balance"]),
        (&json!("-25.00"), &json!("-25.00"))
    );
}

#[tokio::test]
async fn the_plan_of_advances_can_be_posted_as_it_is() {
    let server = Server::with_region().await;
    let plan = server.get("/v1/regions/zuid/advance-plan?year=2021").await.json();
    let lines: Vec<String> = plan["commands"]
        .as_array()
        .unwrap()
        .iter()
        .map(ToString::to_string)
        .collect();
    assert_eq!(lines.len(), 24);
    let posted = server.post_lines(&lines.join("\n")).await;
    assert_eq!(posted.status, 201, "{}", posted.body);
    let report = server.get("/v1/regions/zuid/cost-shares?year=2021").await.json();
    for municipality in report["municipalities"].as_array().unwrap() {
        assert_eq!(municipality["advances"], municipality["budgetedShare"]);
    }
}

#[tokio::test]
async fn an_unknown_region_settlement_municipality_or_group_is_not_found() {
    let server = Server::with_region().await;
    for (path, code) in [
        ("noord/cost-shares", "unknown-region"),
        ("noord/phase-out", "unknown-region"),
        ("noord/settlements", "unknown-region"),
        ("noord/advance-plan?year=2021", "unknown-region"),
        ("NO%20ID/cost-shares", "unknown-region"),
        ("%ff/settlements/x", "unknown-region"),
        ("zuid/cost-shares?knownAt=1", "unknown-region"),
        ("zuid/settlements/afrekening-2021", "unknown-settlement"),
        ("zuid/settlements/NO%20ID", "unknown-settlement"),
        (
            "zuid/settlements/afrekening-2020?asOf=2021-04-14",
            "unknown-settlement",
        ),
        ("zuid/phase-out?municipality=GM0001", "unknown-municipality"),
        (
            "zuid/cost-shares/explanations?figure=costShare&municipality=GM0001&year=2021",
            "unknown-municipality",
        ),
        (
            "zuid/cost-shares/explanations?figure=costShare&municipality=GM0642&year=2021&group=wmo",
            "unknown-group",
        ),
    ] {
        let answer = server.get(&format!("/v1/regions/{path}")).await;
        assert_eq!(
            (answer.status.as_u16(), answer.problem().as_str()),
            (404, code),
            "{path}"
        );
    }
}

#[tokio::test]
async fn parameters_of_regions_are_read_strictly() {
    let server = Server::with_region().await;
    for (path, pointer) in [
        ("cost-shares?project=x", "/project"),
        ("cost-shares?year=20", "/year"),
        ("cost-shares?knownAt=999", "/knownAt"),
        ("phase-out?municipality=Dordrecht", "/municipality"),
        ("phase-out?assumeCostsOf=last", "/assumeCostsOf"),
        ("phase-out?schedule=2021:2", "/schedule"),
        ("phase-out?schedule=", "/schedule"),
        ("settlements?limit=0", "/limit"),
        ("settlements/afrekening-2020?year=2020", "/year"),
        ("advance-plan", "/year"),
        ("advance-plan?year=2021&terms=0", "/terms"),
        ("cost-shares/explanations?figure=costShare", "/municipality"),
        ("cost-shares/explanations?municipality=GM0642", "/figure"),
        (
            "cost-shares/explanations?municipality=GM0642&figure=profit",
            "/figure",
        ),
        (
            "cost-shares/explanations?municipality=GM0642&figure=balance&group=jeugdhulp",
            "/figure",
        ),
    ] {
        let answer = server.get(&format!("/v1/regions/zuid/{path}")).await;
        assert_eq!(answer.status, 400, "{path}: {}", answer.body);
        assert_eq!(answer.json()["errors"][0]["pointer"], pointer, "{path}");
    }
}

#[tokio::test]
async fn regions_and_settlements_come_in_pages() {
    let server = Server::with_region().await;
    let north = json!({ "type": "establishRegion", "region": "noord", "title": "Noord", "body": "Dienst",
        "bookingDate": "2019-01-01" });
    assert_eq!(server.post("/v1/commands", &north).await.status, 201);
    let supplement = json!({ "type": "drawUpSettlement", "region": "zuid", "year": 2020,
        "settlement": "aanvulling-2020", "decision": decision(), "bookingDate": "2021-10-15" });
    assert_eq!(server.post("/v1/commands", &supplement).await.status, 201);

    let first = server.get("/v1/regions?limit=1").await.json();
    assert_eq!(
        first,
        json!({ "regions": [{ "region": "noord", "title": "Noord" }], "next": "noord" })
    );
    let second = server.get("/v1/regions?limit=1&after=noord").await.json();
    assert_eq!(
        second,
        json!({ "regions": [{ "region": "zuid", "title": "Zuid" }], "next": null })
    );

    let path = "/v1/regions/zuid/settlements";
    let ids = |page: &Value| -> Vec<String> {
        let settlements = page["settlements"].as_array().unwrap().iter();
        settlements
            .map(|summary| summary["settlement"].as_str().unwrap().to_owned())
            .collect()
    };
    let first = server.get(&format!("{path}?limit=1")).await.json();
    assert_eq!(ids(&first), ["afrekening-2020"]);
    assert_eq!(first["next"], "afrekening-2020");
    let second = server
        .get(&format!("{path}?limit=1&after=afrekening-2020"))
        .await
        .json();
    assert_eq!(ids(&second), ["aanvulling-2020"]);
    assert_eq!(second["next"], json!(null));
    let before = server.get(&format!("{path}?asOf=2021-09-30")).await.json();
    assert_eq!(ids(&before), ["afrekening-2020"]);
    let none = server.get(&format!("{path}?after=absent")).await.json();
    assert_eq!(ids(&none), Vec::<String>::new());
}

#[tokio::test]
async fn a_tag_saves_the_answer_until_something_is_recorded() {
    let server = Server::with_region().await;
    let path = "/v1/regions/zuid/cost-shares?year=2021&asOf=2021-12-31";
    let etag = server.get(path).await.header("etag").to_owned();
    let again = server.get_with(path, &[("if-none-match", &etag)]).await;
    assert_eq!((again.status.as_u16(), again.body.as_str()), (304, ""));
    let close = json!({ "type": "closeRegionPeriod", "region": "zuid", "through": "2020-12-31" });
    assert_eq!(server.post("/v1/commands", &close).await.status, 201);
    assert_eq!(
        server.get_with(path, &[("if-none-match", &etag)]).await.status,
        200
    );
}
