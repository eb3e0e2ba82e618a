//! `/v1/log`: what other people's programs check. That the bytes hold is checked by such programs in the tests of the
//! command line; here it is what is served and what is not.

use crate::server::{Server, commands};

#[tokio::test]
async fn a_checkpoint_is_made_when_it_is_asked_for_and_the_log_grew() {
    let server = Server::with_programme().await;
    let made = server.get("/v1/log/keys").await.json()["keys"][0].clone();
    assert_eq!(made["position"], serde_json::Value::Null, "not on the record yet");
    let first = server.get("/v1/log/checkpoint").await;
    assert_eq!(first.status, 200);
    assert_eq!(first.header("content-type"), "text/plain; charset=utf-8");
    assert_eq!(first.header("cache-control"), "no-cache");
    let lines: Vec<&str> = first.body.lines().collect();
    // Eight events, the key and the stream heads.
    assert_eq!(lines[..2], ["test.example/ledger", "10"]);
    assert!(lines[4].starts_with("— test.example/ledger "), "{}", first.body);
    let keys = server.get("/v1/log/keys").await.json();
    assert_eq!(
        (&keys["keys"][0]["position"], &keys["keys"][0]["key"]),
        (&8.into(), &made["key"])
    );
    let events = server.get("/v1/events?stream=ledger").await.json();
    let types: Vec<&str> = events["events"]
        .as_array()
        .unwrap()
        .iter()
        .filter_map(|event| event["type"].as_str())
        .collect();
    assert_eq!(types, ["ledgerOpened", "logKeyIntroduced", "streamHeadsRecorded"]);

    // The same one until the log grows, and for a while after it.
    assert_eq!(server.get("/v1/log/checkpoint").await.body, first.body);
    let mut later = commands().pop().unwrap();
    later["expenditure"] = "E-later".into();
    assert_eq!(server.post("/v1/commands", &later).await.status, 201);
    assert_eq!(server.get("/v1/log/checkpoint").await.body, first.body);
    server.clock.set("2022-01-15T10:30:00Z");
    let second = server.get("/v1/log/checkpoint").await;
    assert_eq!(second.body.lines().nth(1), Some("12"));
}

#[tokio::test]
async fn tiles_are_those_of_signed_checkpoints_and_never_change() {
    let server = Server::with_programme().await;
    assert_eq!(
        server.get("/v1/log/tile/0/000.p/8").await.status,
        404,
        "before any checkpoint"
    );
    server.get("/v1/log/checkpoint").await;
    assert_eq!(server.get("/v1/log/tile/0/000.p/10").await.status, 200);
    let entries = server.get("/v1/log/tile/entries/000.p/10").await;
    assert_eq!(entries.status, 200);
    assert_eq!(entries.header("content-type"), "application/octet-stream");
    assert_eq!(
        entries.header("cache-control"),
        "public, max-age=31536000, immutable"
    );
    assert!(entries.body.contains(r#""type":"ledgerOpened""#) && !entries.body.contains("supplier"));
    for path in [
        "0/000.p/9",
        "0/000",
        "0/001.p/1",
        "1/000.p/1",
        "entries/000",
        "8/000",
        "0/x001/234",
        "63/x018/x446/x744/x073/x709/x551/615",
    ] {
        let answer = server.get(&format!("/v1/log/tile/{path}")).await;
        assert_eq!(
            (answer.status.as_u16(), answer.problem().as_str()),
            (404, "not-found"),
            "{path}"
        );
    }
    for path in [
        "0/0",
        "0/000.p/256",
        "0/000.p/0",
        "0/000.p/010",
        "x",
        "0/000.p/10/",
        "0/x000/001",
        "0/001/234",
        "64/000",
        "00/000",
        "0/x018/x446/x744/x073/x709/x551/616/000",
    ] {
        let answer = server.get(&format!("/v1/log/tile/{path}")).await;
        assert_eq!(answer.problem(), "invalid-input", "{path}");
    }
    let headers = [("accept", "text/html")];
    assert_eq!(server.get_with("/v1/log/checkpoint", &headers).await.status, 406);
}

#[tokio::test]
async fn a_bundle_stands_next_to_the_explanation_of_its_figure() {
    let server = Server::with_programme().await;
    let figure = "figure=spentOwn&asOf=2021-12-31";
    let address = "/v1/programmes/jeugd/budget-position";
    let bundle = server.get(&format!("{address}/bundles?{figure}")).await;
    assert_eq!(
        (bundle.status.as_u16(), bundle.header("content-type")),
        (200, "application/json")
    );
    assert_eq!(bundle.header("cache-control"), "no-cache");
    let explained = server
        .get(&format!("{address}/explanations?{figure}"))
        .await
        .json();
    let document = bundle.json();
    assert_eq!(document["query"]["amount"], explained["amount"]);
    assert_eq!(document["stream"], "programme/jeugd");
    let keys = server.get("/v1/log/keys").await.json();
    let key = keys["keys"][0]["key"].as_str().unwrap().parse().unwrap();
    let checked = ledger_service::check_bundle(bundle.body.as_bytes(), &[key]).unwrap();
    assert_eq!(
        checked.established.events.len() as u64,
        document["events"].as_array().unwrap().len() as u64
    );

    let without = server
        .get(&format!("{address}/bundles?{figure}&details=false"))
        .await;
    assert!(bundle.body.contains("supplier") && !without.body.contains("supplier"));
    for (query, status, problem) in [
        ("", 400, "invalid-input"),
        ("figure=nothing", 400, "invalid-input"),
        ("figure=spentOwn&details=perhaps", 400, "invalid-input"),
        ("figure=spentOwn&project=nothing", 404, "unknown-project"),
        ("figure=charged&source=nothing", 404, "unknown-funder"),
    ] {
        let answer = server.get(&format!("{address}/bundles?{query}")).await;
        assert_eq!(
            (answer.status.as_u16(), answer.problem().as_str()),
            (status, problem),
            "{query}"
        );
    }
    let answer = server
        .get("/v1/regions/nothing/cost-shares/bundles?figure=costShare&municipality=GM0642")
        .await;
    assert_eq!(answer.problem(), "unknown-region");
}
