//! `POST /v1/commands` and `/v1/commands/batch`.

use axum::{body::Body, http::Method};
use serde_json::{Value, json};

use crate::server::{Server, commands, request};

fn lines(commands: &[Value]) -> String {
    let lines: Vec<String> = commands.iter().map(Value::to_string).collect();
    lines.join("\n")
}

fn expenditure(id: &str, amount: &str) -> Value {
    json!({ "type": "postExpenditure", "programme": "jeugd", "project": "mantelzorg", "expenditure": id,
        "amount": amount, "bookingDate": "2021-05-01" })
}

#[tokio::test]
async fn a_command_is_answered_with_its_events() {
    let server = Server::with_programme().await;
    let answer = server.post("/v1/commands", &expenditure("f-2", "55000.00")).await;
    assert_eq!(answer.status, 201);
    insta::assert_json_snapshot!(answer.json());
}

#[tokio::test]
async fn the_same_key_gives_the_first_outcome() {
    let server = Server::with_programme().await;
    let send = async |amount: &str, headers: &[(&str, &str)]| {
        let headers = [&[("content-type", "application/json")], headers].concat();
        let body = Body::from(expenditure("f-2", amount).to_string());
        server
            .send(request(Method::POST, "/v1/commands", &headers, body))
            .await
    };
    let key = [("idempotency-key", "k-1")];
    let first = send("10.00", &key).await;
    assert_eq!(first.status, 201, "{}", first.body);
    assert_eq!(first.json()["events"][0]["idempotencyKey"], "k-1");
    let again = send("10.00", &key).await;
    assert_eq!((again.status, &again.body), (first.status, &first.body));
    let other = send("11.00", &key).await;
    assert_eq!(
        (other.status.as_u16(), other.problem().as_str()),
        (409, "idempotency-key-reused")
    );

    for keys in [
        vec![("idempotency-key", "k-2"), ("idempotency-key", "k-3")],
        vec![("idempotency-key", "")],
        vec![("idempotency-key", "with space")],
    ] {
        let faulty = send("12.00", &keys).await;
        assert_eq!(faulty.status, 400, "{keys:?}");
        assert_eq!(faulty.json()["errors"][0]["pointer"], "/idempotencyKey");
    }
}

#[tokio::test]
async fn a_refusal_is_a_conflict_with_its_figures() {
    let server = Server::with_programme().await;
    let answer = server
        .post("/v1/commands", &expenditure("f-2", "100000.01"))
        .await;
    assert_eq!(answer.status, 409);
    insta::assert_json_snapshot!(answer.json());
    let mut unknown = expenditure("f-2", "1.00");
    unknown["programme"] = json!("wmo");
    let answer = server.post("/v1/commands", &unknown).await;
    assert_eq!(
        (answer.status.as_u16(), answer.problem().as_str()),
        (409, "unknown-programme")
    );
    assert_eq!(answer.json()["detail"], "There is no programme wmo.");
    let region = json!({ "type": "closeRegionPeriod", "region": "noord", "through": "2021-12-31" });
    let answer = server.post("/v1/commands", &region).await;
    assert_eq!(answer.json()["detail"], "There is no region noord.");
    let mut stale = expenditure("f-2", "1.00");
    stale["expectedVersion"] = json!(3);
    let answer = server.post("/v1/commands", &stale).await;
    assert_eq!(
        (answer.status.as_u16(), answer.problem().as_str()),
        (409, "version-conflict")
    );
    assert_eq!(server.get("/v1/health/live").await.json()["logPosition"], 8);
}

#[tokio::test]
async fn faults_come_all_at_once() {
    let server = Server::with_programme().await;
    let faulty = json!({ "type": "postExpenditure", "programme": "Jeugd", "project": "mantelzorg",
        "expenditure": "f-2", "amount": 1.001, "bookingDate": "2020-02-30", "colour": "red" });
    let answer = server.post("/v1/commands", &faulty).await;
    assert_eq!(answer.status, 400);
    insta::assert_json_snapshot!(answer.json());
}

#[tokio::test]
async fn a_byte_order_mark_is_named() {
    let server = Server::with_programme().await;
    let marked = |id: &str| format!("\u{feff}{}", expenditure(id, "1.00"));
    let sentence = "The command begins with a byte order mark, which does not belong there.";
    let json = [("content-type", "application/json")];
    let command = request(Method::POST, "/v1/commands", &json, Body::from(marked("f-2")));
    let answer = server.send(command).await;
    assert_eq!(
        (answer.status.as_u16(), &answer.json()["detail"]),
        (400, &json!(sentence))
    );
    let lines = format!("{}\n{}", expenditure("f-2", "1.00"), marked("f-3"));
    let answer = server.post_lines(&lines).await;
    assert_eq!(
        (answer.json()["line"].as_u64(), &answer.json()["detail"]),
        (Some(2), &json!(sentence))
    );
}

#[tokio::test]
async fn a_batch_is_taken_whole() {
    let server = Server::empty();
    let blank_in_between = lines(&commands()).replace('\n', "\r\n\n");
    let answer = server.post_lines(&blank_in_between).await;
    assert_eq!(answer.status, 201, "{}", answer.body);
    let reply = answer.json();
    assert_eq!(reply["logPosition"], 8);
    let positions: Vec<_> = reply["events"]
        .as_array()
        .unwrap()
        .iter()
        .map(|event| event["position"].as_u64().unwrap())
        .collect();
    assert_eq!(positions, [1, 2, 3, 4, 5, 6, 7]);
}

#[tokio::test]
async fn a_batch_with_refused_lines_leaves_nothing() {
    let server = Server::with_programme().await;
    let batch = format!(
        "{}\n\n{}\n{}\nnot json\n{}\n",
        expenditure("f-2", "60000.00"),
        expenditure("f-3", "60000.00"),
        expenditure("f-2", "1.00"),
        expenditure("f-4", "40000.00"),
    );
    let answer = server.post_lines(&batch).await;
    assert_eq!(answer.status, 409);
    insta::assert_json_snapshot!(answer.json());
    assert_eq!(server.get("/v1/health/live").await.json()["logPosition"], 8);

    let answer = server.post_lines("[]\n{}\n").await;
    assert_eq!(answer.status, 400);
    assert_eq!(answer.json()["line"], 1);
    assert_eq!(answer.json()["refusals"].as_array().unwrap().len(), 2);
    assert_eq!(server.post_lines("\n \n").await.problem(), "invalid-input");
}

#[tokio::test]
async fn a_batch_has_limits() {
    let server = Server::empty();
    let too_many = "{}\n".repeat(10_001);
    assert_eq!(server.post_lines(&too_many).await.status, 413);
    let too_long_a_line = format!("\"{}\"\n", "x".repeat(1 << 20));
    assert_eq!(server.post_lines(&too_long_a_line).await.status, 413);
    let too_large = " ".repeat((16 << 20) + 1);
    assert_eq!(server.post_lines(&too_large).await.status, 413);
    let headers = [("content-type", "application/x-ndjson"), ("idempotency-key", "k")];
    let keyed = request(Method::POST, "/v1/commands/batch", &headers, Body::from("{}"));
    assert_eq!(server.send(keyed).await.status, 400);
}
