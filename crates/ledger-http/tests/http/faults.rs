//! Every other answer than the one asked for, and what becomes of a ledger that fails.

use std::sync::{
    Arc,
    atomic::{AtomicBool, Ordering},
};

use axum::{body::Body, http::Method};
use ledger_contract::{
    event::{Details, EntryKind, Event, Stream},
    value::Instant,
};
use ledger_service::Clock as _;
use ledger_store::{
    AppendError, EventLog, Fatal, Head, Mark, MemoryLog, MemoryReader, NewCommand, Recorded, Salts,
};
use ledger_testkit::ManualClock;
use tower::ServiceExt as _;

use crate::server::{Server, commands, request};

#[tokio::test]
async fn http_goes_wrong_with_a_problem_too() {
    let server = Server::with_programme().await;
    let json = ("content-type", "application/json");
    for (method, path, headers, status, code) in [
        (Method::GET, "/", vec![], 404, "not-found"),
        (Method::GET, "/v1/budgets", vec![], 404, "not-found"),
        (Method::GET, "/v1/programmes/", vec![], 404, "not-found"),
        (
            Method::DELETE,
            "/v1/programmes",
            vec![],
            405,
            "method-not-allowed",
        ),
        (Method::GET, "/v1/commands", vec![], 405, "method-not-allowed"),
        (
            Method::POST,
            "/v1/commands",
            vec![],
            415,
            "unsupported-media-type",
        ),
        (
            Method::POST,
            "/v1/commands",
            vec![("content-type", "text/plain")],
            415,
            "unsupported-media-type",
        ),
        (
            Method::POST,
            "/v1/commands/batch",
            vec![json],
            415,
            "unsupported-media-type",
        ),
        (
            Method::POST,
            "/v1/commands",
            vec![json, ("accept", "text/html")],
            406,
            "not-acceptable",
        ),
        (
            Method::GET,
            "/v1/events",
            vec![("accept", "text/html")],
            406,
            "not-acceptable",
        ),
        (
            Method::GET,
            "/v1/programmes",
            vec![("accept", "text/html")],
            406,
            "not-acceptable",
        ),
        (
            Method::POST,
            "/v1/commands?dryRun=true",
            vec![json],
            400,
            "invalid-input",
        ),
        (
            Method::POST,
            "/v1/commands",
            vec![json, ("content-length", "1048577")],
            413,
            "too-large",
        ),
    ] {
        let answer = server.send(request(method, path, &headers, Body::empty())).await;
        assert_eq!(
            (answer.status.as_u16(), answer.problem().as_str()),
            (status, code),
            "{path} {headers:?}"
        );
    }
    let unannounced = Body::from(vec![b' '; (1 << 20) + 1]);
    let answer = server
        .send(request(Method::POST, "/v1/commands", &[json], unannounced))
        .await;
    assert_eq!(answer.status, 413);
    insta::assert_json_snapshot!(answer.json());
}

#[tokio::test]
async fn the_methods_that_are_taken_are_named() {
    let server = Server::empty();
    for (method, path, allow) in [
        (Method::PUT, "/v1/commands", "POST"),
        (Method::PUT, "/v1/programmes", "GET,HEAD"),
        (Method::POST, "/v1/events", "GET,HEAD"),
    ] {
        let answer = server.send(request(method, path, &[], Body::empty())).await;
        assert_eq!(
            (answer.status.as_u16(), answer.header("allow")),
            (405, allow),
            "{path}"
        );
    }
}

#[tokio::test]
async fn malformed_bodies_are_refused_without_a_panic() {
    let server = Server::empty();
    let deep = "[".repeat(100_000);
    for body in [
        "",
        "null",
        "{",
        "\u{0}",
        "[]",
        "{}",
        "\"x\"",
        "{\"type\":\"a\",\"type\":\"b\"}",
        &deep,
    ] {
        let json = [("content-type", "application/json")];
        let body = Body::from(body.to_owned());
        let answer = server
            .send(request(Method::POST, "/v1/commands", &json, body))
            .await;
        assert_eq!(
            (answer.status.as_u16(), answer.problem().as_str()),
            (400, "invalid-input")
        );
        assert!(!answer.json()["errors"].as_array().unwrap().is_empty());
    }
    let not_text = Body::from(vec![0xff, 0xfe]);
    let json = [("content-type", "application/json")];
    let answer = server
        .send(request(Method::POST, "/v1/commands", &json, not_text))
        .await;
    assert_eq!(answer.status, 400);
}

#[tokio::test(start_paused = true)]
async fn a_body_that_does_not_come_is_not_waited_for() {
    let server = Server::empty();
    let never = Body::from_stream(futures_util::stream::pending::<Result<Vec<u8>, std::io::Error>>());
    let json = [("content-type", "application/json")];
    let answer = server
        .send(request(Method::POST, "/v1/commands", &json, never))
        .await;
    assert_eq!(
        (answer.status.as_u16(), answer.problem().as_str()),
        (408, "request-timeout")
    );
}

#[tokio::test]
async fn another_host_is_not_answered() {
    let server = Server::with_programme().await;
    for (host, status) in [("localhost:8080", 200), ("attacker.example", 421)] {
        let answer = server.get_with("/v1/events", &[("host", host)]).await;
        assert_eq!(answer.status, status, "{host}");
    }
}

#[tokio::test]
async fn more_batches_than_fit_are_told_to_come_back() {
    let server = Server::empty();
    let headers = [("content-type", "application/jsonl")];
    let batch = |body| request(Method::POST, "/v1/commands/batch", &headers, body);
    for _ in 0..4 {
        let never = Body::from_stream(futures_util::stream::pending::<Result<Vec<u8>, std::io::Error>>());
        tokio::spawn(server.door.clone().oneshot(batch(never)));
    }
    tokio::task::yield_now().await;
    let answer = server.send(batch(Body::from("{}"))).await;
    assert_eq!(
        (answer.status.as_u16(), answer.problem().as_str()),
        (429, "too-many-requests")
    );
    assert_eq!(answer.header("retry-after"), "1");
}

#[tokio::test]
async fn a_stopped_writer_is_told_and_questions_go_on() {
    let clock = Arc::new(ManualClock::at("2022-01-15T09:30:00Z"));
    let inner = MemoryLog::new("test.example/ledger", clock.now()).unwrap();
    let broken = Arc::new(AtomicBool::new(false));
    let log = Breakable {
        inner,
        broken: Arc::clone(&broken),
    };
    let server = Server::over(log, clock);
    let [establish, open, ..] = &commands()[..] else {
        panic!("commands to post")
    };
    assert_eq!(server.post("/v1/commands", establish).await.status, 201);
    assert_eq!(server.get("/v1/health/ready").await.status, 200);

    broken.store(true, Ordering::SeqCst);
    let answer = server.post("/v1/commands", open).await;
    assert_eq!(
        (answer.status.as_u16(), answer.problem().as_str()),
        (503, "unavailable")
    );
    assert!(
        !answer.body.contains("disk"),
        "what failed is for the operator's log"
    );
    let ready = server.get("/v1/health/ready").await;
    assert_eq!(
        (ready.status.as_u16(), ready.problem().as_str()),
        (503, "unavailable")
    );
    assert_eq!(server.get("/v1/health/live").await.status, 200);
    assert_eq!(
        server.get("/v1/programmes/jeugd/budget-position").await.status,
        200
    );
}

/// A log whose commits fail once it is broken.
struct Breakable {
    inner: MemoryLog,
    broken: Arc<AtomicBool>,
}

impl EventLog for Breakable {
    type Reader = MemoryReader;

    fn reader(&self) -> MemoryReader {
        self.inner.reader()
    }

    fn salts(&self) -> Salts {
        self.inner.salts()
    }

    fn begin(&mut self, now: Instant) -> Result<Instant, Fatal> {
        self.inner.begin(now)
    }

    fn stage(&mut self, command: NewCommand) -> Result<Vec<Recorded>, AppendError> {
        self.inner.stage(command)
    }

    fn mark(&self) -> Mark {
        self.inner.mark()
    }

    fn rollback(&mut self, mark: Mark) -> Result<(), Fatal> {
        self.inner.rollback(mark)
    }

    fn commit(&mut self) -> Result<Head, Fatal> {
        if self.broken.load(Ordering::SeqCst) {
            return Err(Fatal::Poisoned("the disk failed".to_owned()));
        }
        self.inner.commit()
    }

    fn version(&self, stream: &Stream) -> u64 {
        self.inner.version(stream)
    }

    fn entry_events(&self, stream: &Stream, kind: EntryKind, id: &str) -> Result<Vec<Event>, Fatal> {
        self.inner.entry_events(stream, kind, id)
    }

    fn key_events(&self, key: &str) -> Result<Vec<Event>, Fatal> {
        self.inner.key_events(key)
    }

    fn read_staged(&self, from: u64, visit: &mut dyn FnMut(Event)) -> Result<(), Fatal> {
        self.inner.read_staged(from, visit)
    }

    fn details(&self, event: &Event) -> Result<Option<Box<Details>>, Fatal> {
        self.inner.details(event)
    }
}
