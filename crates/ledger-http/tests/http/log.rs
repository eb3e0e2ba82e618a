//! `/v1/log`: what other people's programs check. That the bytes hold is checked by such programs in the tests of the
//! command line; here it is what is served and what is not.

use crate::server::{Server, commands};

#[tokio::test]
async fn a_checkpoint_is_made_when_it_is_asked_for_and_the_log_grew() {
    let server = Server::with_programme().await;
    let keys = server.get("/v1/log/keys").await;
    assert_eq!(keys.json()["keys"].as_array().map(Vec::len), Some(0));
    let first = server.get("/v1/log/checkpoint").await;
    assert_eq!(first.status, 200);
    assert_eq!(first.header("content-type"), "text/plain; charset=utf-8");
    assert_eq!(first.header("cache-control"), "no-cache");
    let lines: Vec<&str> = first.body.lines().collect();
    // Eight events, the key and the stream heads.
    assert_eq!(lines[..2], ["test.example/ledger", "10"]);
    assert!(lines[4].starts_with("— test.example/ledger "), "{}", first.body);
    let keys = server.get("/v1/log/keys").await.json();
    assert_eq!(keys["keys"][0]["position"], 8);
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
    ] {
        let answer = server.get(&format!("/v1/log/tile/{path}")).await;
        assert_eq!(
            (answer.status.as_u16(), answer.problem().as_str()),
            (404, "not-found"),
            "{path}"
        );
    }
    for path in ["0/0", "0/000.p/256", "x", "0/000.p/10/"] {
        let answer = server.get(&format!("/v1/log/tile/{path}")).await;
        assert_eq!(answer.problem(), "invalid-input", "{path}");
    }
    let headers = [("accept", "text/html")];
    assert_eq!(server.get_with("/v1/log/checkpoint", &headers).await.status, 406);
}
