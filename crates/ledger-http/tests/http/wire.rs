//! What clients see on a real connection: answers before the end of a body, and a server that closes.

use std::time::Duration;

use ledger_http::serve;
use tokio::{
    io::{AsyncReadExt as _, AsyncWriteExt as _},
    net::{TcpListener, TcpStream},
    sync::oneshot,
    task::JoinHandle,
    time::{Instant, timeout},
};

use crate::server::Server;

/// A server that listens, and what tells it to stop.
struct Listening {
    address: std::net::SocketAddr,
    stop: oneshot::Sender<()>,
    closed: JoinHandle<std::io::Result<()>>,
}

impl Listening {
    async fn start() -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let address = listener.local_addr().unwrap();
        let (stop, stopping) = oneshot::channel::<()>();
        let closed = tokio::spawn(serve(listener, Server::empty().door, async {
            let _ = stopping.await;
        }));
        Self {
            address,
            stop,
            closed,
        }
    }

    async fn connect(&self) -> TcpStream {
        TcpStream::connect(self.address).await.unwrap()
    }
}

fn head(path: &str, content_type: &str, more: &str) -> String {
    format!("POST {path} HTTP/1.1\r\nhost: localhost\r\ncontent-type: {content_type}\r\n{more}\r\n")
}

/// Reads one answer: up to the end of its JSON.
async fn answer(connection: &mut TcpStream) -> String {
    let mut received = String::new();
    let mut bytes = [0; 4096];
    while !received.ends_with('}') {
        let read = timeout(Duration::from_secs(20), connection.read(&mut bytes)).await;
        let read = read.expect("in time").expect("an answer and no broken pipe");
        assert_ne!(read, 0, "ended after {received}");
        received.push_str(std::str::from_utf8(&bytes[..read]).unwrap());
    }
    received
}

/// As Python's http.client does it: everything is sent before anything is read.
#[tokio::test]
async fn a_body_that_is_too_large_is_told_after_it_was_sent() {
    let server = Listening::start().await;
    for (path, content_type, megabytes, status) in [
        ("/v1/commands", "application/json", 5, "413"),
        ("/v1/commands/batch", "application/x-ndjson", 20, "413"),
        ("/v1/commands", "text/plain", 5, "415"),
        ("/v1/commands?dryRun=true", "application/json", 5, "400"),
        ("/v1/programmes", "application/json", 5, "405"),
        ("/v1/nothing", "application/json", 5, "404"),
    ] {
        let body = vec![b' '; megabytes << 20];
        let length = format!("content-length: {}\r\n", body.len());
        let mut connection = server.connect().await;
        // Twice, since the connection stays good for another request.
        for _ in 0..2 {
            connection
                .write_all(head(path, content_type, &length).as_bytes())
                .await
                .unwrap();
            connection.write_all(&body).await.expect("no broken pipe");
            let answer = answer(&mut connection).await;
            assert!(
                answer.starts_with(&format!("HTTP/1.1 {status} ")),
                "{path}: {answer}"
            );
        }

        let mut connection = server.connect().await;
        let chunked = head(path, content_type, "transfer-encoding: chunked\r\n");
        connection.write_all(chunked.as_bytes()).await.unwrap();
        let chunk = format!("100000\r\n{}\r\n", " ".repeat(1 << 20));
        for _ in 0..megabytes {
            connection
                .write_all(chunk.as_bytes())
                .await
                .expect("no broken pipe");
        }
        connection.write_all(b"0\r\n\r\n").await.expect("no broken pipe");
        let answer = answer(&mut connection).await;
        assert!(
            answer.starts_with(&format!("HTTP/1.1 {status} ")),
            "{path}: {answer}"
        );
    }
}

#[tokio::test]
async fn a_client_that_asks_first_need_not_send() {
    let server = Listening::start().await;
    let mut connection = server.connect().await;
    let asks = "content-length: 5000000\r\nexpect: 100-continue\r\n";
    let asks = head("/v1/commands", "application/json", asks);
    connection.write_all(asks.as_bytes()).await.unwrap();
    let answer = answer(&mut connection).await;
    assert!(answer.starts_with("HTTP/1.1 413 "), "{answer}");
}

#[tokio::test(start_paused = true)]
async fn a_client_that_never_ends_is_cut_off_with_an_answer() {
    let server = Listening::start().await;
    let mut connection = server.connect().await;
    let never = head("/v1/commands", "application/json", "content-length: 5000000\r\n");
    let began = Instant::now();
    connection.write_all(never.as_bytes()).await.unwrap();
    let answer = answer(&mut connection).await;
    assert!(answer.starts_with("HTTP/1.1 413 "), "{answer}");
    assert!(began.elapsed() < Duration::from_secs(11), "{:?}", began.elapsed());
}

#[tokio::test(start_paused = true)]
async fn a_half_sent_request_does_not_keep_a_closing_server() {
    let server = Listening::start().await;
    let mut connections = Vec::new();
    let with_body = head("/v1/commands", "application/json", "content-length: 100\r\n") + "{";
    for half in ["GET /v1/events HTTP/1.1\r\nho", with_body.as_str()] {
        let mut connection = server.connect().await;
        connection.write_all(half.as_bytes()).await.unwrap();
        connections.push(connection);
    }
    // A whole request beside them: when it is answered, the halves have arrived.
    let mut whole = server.connect().await;
    whole
        .write_all(b"GET /v1/health/live HTTP/1.1\r\nhost: localhost\r\n\r\n")
        .await
        .unwrap();
    answer(&mut whole).await;

    let asked = Instant::now();
    server.stop.send(()).unwrap();
    server.closed.await.unwrap().unwrap();
    assert!(asked.elapsed() < Duration::from_secs(6), "{:?}", asked.elapsed());
}
