//! The reports, their explanations and the list of programmes.

use axum::{body::Body, http::Method};
use serde_json::json;

use crate::server::{Server, request};

#[tokio::test]
async fn reports_as_they_are() {
    let server = Server::with_programme().await;
    for (name, path) in [
        ("budget_position", "budget-position?asOf=2021-12-31"),
        (
            "budget_position_grouped",
            "budget-position?year=2020&by=theme&project=jongerenwerk",
        ),
        ("underspend", "underspend?knownAt=5"),
        ("funding", "funding?asOf=2020-12-31&knownAt=2022-01-15T09:30:30Z"),
        (
            "explanation",
            "budget-position/explanations?figure=spentOwn&project=jongerenwerk&asOf=2020-12-31",
        ),
        (
            "explanation_of_source",
            "funding/explanations?figure=spent&source=lokale-impuls&project=jongerenwerk",
        ),
    ] {
        let answer = server.get(&format!("/v1/programmes/jeugd/{path}")).await;
        assert_eq!(answer.status, 200, "{name}: {}", answer.body);
        insta::assert_json_snapshot!(name, answer.json());
    }
}

#[tokio::test]
async fn a_tag_saves_the_answer_until_something_is_recorded() {
    let server = Server::with_programme().await;
    let path = "/v1/programmes/jeugd/budget-position?asOf=2021-12-31";
    let first = server.get(path).await;
    assert_eq!(first.header("cache-control"), "no-cache");
    let etag = first.header("etag").to_owned();
    let again = server.get_with(path, &[("if-none-match", &etag)]).await;
    assert_eq!((again.status.as_u16(), again.body.as_str()), (304, ""));
    assert_eq!(again.header("etag"), etag);
    let other = server.get_with(path, &[("if-none-match", "\"8-other\"")]).await;
    assert_eq!(other.status, 200);

    let close = json!({ "type": "closePeriod", "programme": "jeugd", "through": "2020-12-31" });
    assert_eq!(server.post("/v1/commands", &close).await.status, 201);
    let after = server.get_with(path, &[("if-none-match", &etag)]).await;
    assert_eq!(after.status, 200);
    assert_ne!(after.header("etag"), etag);
}

#[tokio::test]
async fn an_answer_is_given_again_until_something_is_recorded() {
    let server = Server::with_programme().await;
    let path = "/v1/programmes/jeugd/budget-position?asOf=2021-12-31";
    let first = server.get(path).await;
    let again = server.get(path).await;
    assert_eq!((again.status, &again.body), (first.status, &first.body));
    for name in ["etag", "content-type", "cache-control", "content-length"] {
        assert_eq!(again.header(name), first.header(name), "{name}");
    }
    // What is asked of is unknown, also when the same was answered for another.
    let other = "/v1/programmes/wmo/budget-position?asOf=2021-12-31";
    assert_eq!(server.get(other).await.status, 404);
    let refused = server.get_with(path, &[("accept", "text/csv")]).await;
    assert_eq!(refused.status, 406);

    let close = json!({ "type": "closePeriod", "programme": "jeugd", "through": "2020-12-31" });
    assert_eq!(server.post("/v1/commands", &close).await.status, 201);
    let after = server.get(path).await;
    let position = |answer: &serde_json::Value| answer["logPosition"].as_u64();
    assert_eq!(
        position(&after.json()),
        position(&first.json()).map(|before| before + 1)
    );
    assert_ne!(after.header("etag"), first.header("etag"));
}

#[tokio::test]
async fn without_a_date_the_tag_lasts_a_day_in_amsterdam() {
    let server = Server::with_programme().await;
    let path = "/v1/programmes/jeugd/underspend";
    server.clock.set("2022-01-15T22:59:59Z");
    let first = server.get(path).await;
    assert_eq!(first.json()["asOf"], "2022-01-15");
    let known = [("if-none-match", first.header("etag"))];
    assert_eq!(server.get_with(path, &known).await.status, 304);
    server.clock.set("2022-01-15T23:00:00Z");
    let next_day = server.get_with(path, &known).await;
    assert_eq!(
        (next_day.status.as_u16(), &next_day.json()["asOf"]),
        (200, &json!("2022-01-16"))
    );
}

#[tokio::test]
async fn a_tag_stands_for_one_question_only() {
    let server = Server::with_programme().await;
    let path = "/v1/programmes/jeugd/budget-position?asOf=2021-12-31&year=2020";
    let etag = server.get(path).await.header("etag").to_owned();
    for known in [etag.as_str(), "*"] {
        let known = [("if-none-match", known)];
        for (path, status) in [
            (
                "/v1/programmes/wmo/budget-position?asOf=2021-12-31&year=2020",
                404,
            ),
            ("/v1/programmes/NO%20ID/budget-position", 404),
            ("/v1/programmes/jeugd/budget-position?project=wmo", 404),
            ("/v1/programmes/jeugd/budget-position?knownAt=1", 404),
            ("/v1/programmes/jeugd/budget-position?knownAt=9", 400),
            ("/v1/programmes/jeugd/budget-position?year=20", 400),
            (
                "/v1/programmes/jeugd/budget-position/explanations?figure=colour",
                400,
            ),
            ("/v1/regions/noord/cost-shares", 404),
        ] {
            let answer = server.get_with(path, &known).await;
            assert_eq!(answer.status.as_u16(), status, "{path} {known:?}");
            assert_eq!(answer.header("etag"), "", "{path}");
        }
    }
    let known = [("if-none-match", etag.as_str())];
    for other in [
        "/v1/programmes/jeugd/budget-position?asOf=2021-12-31",
        "/v1/programmes/jeugd/budget-position?asOf=2021-12-31&year=2021",
        "/v1/programmes/jeugd/underspend?asOf=2021-12-31&year=2020",
        "/v1/programmes/jeugd/funding?asOf=2021-12-31&year=2020",
        "/v1/programmes",
        "/v1/regions",
    ] {
        let answer = server.get_with(other, &known).await;
        assert_eq!(answer.status, 200, "{other}");
        assert_ne!(answer.header("etag"), etag, "{other}");
    }
    let in_another_order = "/v1/programmes/jeugd/budget-position?year=2020&asOf=2021-12-31";
    for (path, known) in [(path, "*"), (path, &etag), (in_another_order, &etag)] {
        let answer = server.get_with(path, &[("if-none-match", known)]).await;
        assert_eq!(answer.status, 304, "{path} {known}");
        assert_eq!(answer.header("etag"), etag);
    }
}

#[tokio::test]
async fn head_is_get_without_a_body() {
    let server = Server::with_programme().await;
    let path = "/v1/programmes/jeugd/funding";
    let head = server.send(request(Method::HEAD, path, &[], Body::empty())).await;
    assert_eq!((head.status.as_u16(), head.body.as_str()), (200, ""));
    let get = server.get(path).await;
    assert_eq!(head.header("etag"), get.header("etag"));
    assert_eq!(head.header("content-length"), get.body.len().to_string());
}

#[tokio::test]
async fn what_is_not_there_is_not_found() {
    let server = Server::with_programme().await;
    for (path, code) in [
        ("/v1/programmes/wmo/budget-position", "unknown-programme"),
        ("/v1/programmes/wmo/funding?knownAt=3", "unknown-programme"),
        ("/v1/programmes/NO%20ID/underspend", "unknown-programme"),
        ("/v1/programmes/%ff/underspend", "unknown-programme"),
        ("/v1/programmes/jeugd/underspend?knownAt=1", "unknown-programme"),
        (
            "/v1/programmes/jeugd/budget-position?project=wmo",
            "unknown-project",
        ),
        (
            "/v1/programmes/wmo/funding/explanations?figure=spent",
            "unknown-programme",
        ),
        (
            "/v1/programmes/jeugd/funding/explanations?figure=spent&source=wmo",
            "unknown-funder",
        ),
    ] {
        let answer = server.get(path).await;
        assert_eq!(
            (answer.status.as_u16(), answer.problem().as_str()),
            (404, code),
            "{path}"
        );
    }
}

#[tokio::test]
async fn parameters_are_read_strictly() {
    let server = Server::with_programme().await;
    let path = "/v1/programmes/jeugd/budget-position";
    let answer = server
        .get(&format!(
            "{path}?asOf=2020-02-30&knownAt=soon&year=20&by=colour&project=&as~of=1&year=2020"
        ))
        .await;
    assert_eq!(answer.status, 400);
    insta::assert_json_snapshot!(answer.json());
    for (query, pointer) in [
        ("knownAt=9", "/knownAt"),
        ("knownAt=2022-01-15T09:31:00.000001Z", "/knownAt"),
        ("knownAt=", "/knownAt"),
        ("knownAt=01", "/knownAt"),
        ("year=02020", "/year"),
        ("year=%2B2020", "/year"),
        ("year=18446744073709551616", "/year"),
        ("figure=spentOwn", "/figure"),
    ] {
        let answer = server.get(&format!("{path}?{query}")).await;
        assert_eq!(answer.status, 400, "{query}");
        let fault = &answer.json()["errors"][0];
        assert_eq!(fault["pointer"], pointer, "{query}");
        let sentence = fault["detail"].as_str().unwrap();
        assert!(!sentence.starts_with(char::is_lowercase), "{sentence}");
        assert!(sentence.ends_with('.'), "{sentence}");
    }
    for (path, sentence) in [
        (
            format!("{path}?year=02020"),
            "\"02020\" is not a year from 1900 to 2999.",
        ),
        (
            "/v1/programmes?limit=010".to_owned(),
            "\"010\" has zeros in front, which do not belong there.",
        ),
    ] {
        let zeros = server.get(&path).await;
        assert_eq!(zeros.json()["errors"][0]["detail"], sentence, "{path}");
    }
    for query in ["", "?figure=", "?figure=colour", "?figure=spentOwn&by=theme"] {
        let answer = server.get(&format!("{path}/explanations{query}")).await;
        assert_eq!(answer.status, 400, "{query}");
    }
}

#[tokio::test]
async fn programmes_come_in_pages() {
    let server = Server::with_programme().await;
    for programme in ["wmo", "arbeid"] {
        let mut command = crate::server::commands().remove(0);
        command["programme"] = json!(programme);
        assert_eq!(server.post("/v1/commands", &command).await.status, 201);
    }
    let first = server.get("/v1/programmes?limit=2").await.json();
    assert_eq!(
        first,
        json!({ "programmes": [
            { "programme": "arbeid", "title": "Investeren in jeugd" },
            { "programme": "jeugd", "title": "Investeren in jeugd" },
        ], "next": "jeugd" })
    );
    let second = server.get("/v1/programmes?limit=2&after=jeugd").await.json();
    assert_eq!(second["programmes"][0]["programme"], "wmo");
    assert_eq!(second["next"], json!(null));
    assert_eq!(server.get("/v1/programmes?limit=0").await.status, 400);
}
