//! `/v1/events` in pages and live.

use std::time::Duration;

use axum::{
    body::{Body, BodyDataStream},
    http::Method,
};
use futures_util::StreamExt as _;
use ledger_http::serve;
use serde_json::{Value, json};
use tokio::{
    io::{AsyncReadExt as _, AsyncWriteExt as _},
    net::{TcpListener, TcpStream},
    sync::oneshot,
    time::timeout,
};
use tower::ServiceExt as _;

use crate::server::{Server, request};

const LIVE: (&str, &str) = ("accept", "text/event-stream");

fn positions(page: &Value) -> Vec<u64> {
    let events = page["events"].as_array().unwrap();
    events
        .iter()
        .map(|event| event["position"].as_u64().unwrap())
        .collect()
}

#[tokio::test]
async fn events_come_in_pages() {
    let server = Server::with_programme().await;
    let mut page = server.get("/v1/events?limit=3").await.json();
    assert_eq!(positions(&page), [0, 1, 2]);
    let mut seen = positions(&page);
    while let Some(next) = page["next"].as_u64() {
        page = server
            .get(&format!("/v1/events?limit=3&after={next}"))
            .await
            .json();
        seen.extend(positions(&page));
    }
    assert_eq!(seen, [0, 1, 2, 3, 4, 5, 6, 7]);
    assert_eq!(positions(&server.get("/v1/events?after=7").await.json()), [0; 0]);
    let stream = server
        .get("/v1/events?stream=programme/jeugd&after=2&limit=2")
        .await
        .json();
    assert_eq!((positions(&stream), &stream["next"]), (vec![3, 4], &json!(4)));
    let ledger = server.get("/v1/events?stream=ledger").await.json();
    assert_eq!((positions(&ledger), &ledger["next"]), (vec![0], &json!(null)));
    insta::assert_json_snapshot!("opening", ledger);
    let nobody = server.get("/v1/events?stream=programme/wmo").await.json();
    assert_eq!(positions(&nobody), [0; 0]);
}

#[tokio::test]
async fn events_are_asked_strictly() {
    let server = Server::with_programme().await;
    for (query, pointer) in [
        ("after=8", "/after"),
        ("after=-1", "/after"),
        ("after=18446744073709551615", "/after"),
        ("limit=0", "/limit"),
        ("limit=1001", "/limit"),
        ("stream=jeugd", "/stream"),
        ("from=1", "/from"),
    ] {
        let answer = server.get(&format!("/v1/events?{query}")).await;
        assert_eq!(answer.status, 400, "{query}");
        assert_eq!(answer.json()["errors"][0]["pointer"], pointer, "{query}");
    }
    for (headers, pointer) in [
        ([LIVE, ("last-event-id", "8")], "/Last-Event-ID"),
        ([LIVE, ("last-event-id", "x")], "/Last-Event-ID"),
    ] {
        let answer = server.get_with("/v1/events", &headers).await;
        assert_eq!(answer.status, 400);
        assert_eq!(answer.json()["errors"][0]["pointer"], pointer);
    }
    let answer = server.get_with("/v1/events?limit=5", &[LIVE]).await;
    assert_eq!(answer.json()["errors"][0]["pointer"], "/limit");
}

/// A live stream as its client reads it.
struct Client {
    chunks: BodyDataStream,
    text: String,
}

impl Client {
    async fn connect(server: &Server, path: &str, headers: &[(&str, &str)]) -> Self {
        let request = request(Method::GET, path, headers, Body::empty());
        let response = server.door.clone().oneshot(request).await.unwrap();
        assert_eq!(response.status(), 200);
        assert_eq!(response.headers()["content-type"], "text/event-stream");
        Self {
            chunks: response.into_body().into_data_stream(),
            text: String::new(),
        }
    }

    /// The id and position of the next event.
    async fn next(&mut self) -> (u64, u64) {
        while !self.text.contains("\n\n") {
            let chunk = timeout(Duration::from_secs(20), self.chunks.next()).await;
            let chunk = chunk.expect("in time").expect("not the end").unwrap();
            self.text.push_str(std::str::from_utf8(&chunk).unwrap());
        }
        let text = std::mem::take(&mut self.text);
        let (event, rest) = text.split_once("\n\n").unwrap();
        rest.clone_into(&mut self.text);
        let field = |name: &str| event.lines().find_map(|line| line.strip_prefix(name)).unwrap();
        let id = field("id: ").parse().unwrap();
        let data: Value = serde_json::from_str(field("data: ")).unwrap();
        crate::schema::check("Event", &data);
        (id, data["position"].as_u64().unwrap())
    }
}

#[tokio::test]
async fn a_live_stream_goes_on_where_the_client_left_off() {
    let server = Server::with_programme().await;
    let mut client = Client::connect(&server, "/v1/events?after=4", &[LIVE]).await;
    for position in [5, 6, 7] {
        assert_eq!(client.next().await, (position, position));
    }
    let close = |through: &str| json!({ "type": "closePeriod", "programme": "jeugd", "through": through });
    server.post("/v1/commands", &close("2020-12-31")).await;
    assert_eq!(client.next().await, (8, 8));
    drop(client);

    server.post("/v1/commands", &close("2021-01-31")).await;
    // A browser that connects again repeats the address, and the id tells where it is.
    let headers = [LIVE, ("last-event-id", "8")];
    let mut client = Client::connect(&server, "/v1/events?after=4", &headers).await;
    assert_eq!(client.next().await, (9, 9));
}

#[tokio::test]
async fn a_live_stream_shows_one_stream_when_asked() {
    let server = Server::with_programme().await;
    let mut other = crate::server::commands().remove(0);
    other["programme"] = json!("wmo");
    let mut client = Client::connect(&server, "/v1/events?stream=programme/wmo", &[LIVE]).await;
    assert_eq!(server.post("/v1/commands", &other).await.status, 201);
    assert_eq!(client.next().await, (8, 8));
}

#[tokio::test]
async fn a_server_that_closes_ends_live_streams() {
    let server = Server::with_programme().await;
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = listener.local_addr().unwrap();
    let (stop, stopping) = oneshot::channel::<()>();
    let closed = tokio::spawn(serve(listener, server.door, async {
        stopping.await.unwrap();
    }));
    let mut connection = TcpStream::connect(address).await.unwrap();
    let request = "GET /v1/events HTTP/1.1\r\nhost: localhost\r\naccept: text/event-stream\r\n\r\n";
    connection.write_all(request.as_bytes()).await.unwrap();
    let mut received = String::new();
    let mut bytes = [0; 4096];
    while !received.contains("id: 7") {
        let read = connection.read(&mut bytes).await.unwrap();
        assert_ne!(read, 0, "ended after {received}");
        received.push_str(std::str::from_utf8(&bytes[..read]).unwrap());
    }
    stop.send(()).unwrap();
    timeout(Duration::from_secs(20), closed)
        .await
        .expect("in time")
        .unwrap()
        .unwrap();
}
