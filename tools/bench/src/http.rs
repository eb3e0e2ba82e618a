//! Over HTTP on this machine: postings beside a bare group committer, reports beside a handler that only has their bytes.
//!
//! Both sides are axum on the same runtime and have the same clients, which take their part of the same cores: one
//! connection each, kept alive, the next request when the answer has come.

use std::{
    fs::File,
    io::Write as _,
    net::{Ipv4Addr, SocketAddr},
    path::Path,
    thread::JoinHandle,
    time::Instant,
};

use anyhow::{Context as _, Result, bail, ensure};
use axum::{
    Router,
    body::Bytes,
    http::{StatusCode, header::CONTENT_TYPE},
    routing::{get, post},
};
use ledger_http::{Door, Settings, serve};
use ledger_service::Ledger;
use rustix::time::ClockId;
use tokio::{
    io::{AsyncReadExt as _, AsyncWriteExt as _},
    net::{TcpListener, TcpStream},
    runtime::Runtime,
    sync::{mpsc, oneshot},
    task::JoinSet,
};

use crate::{
    questions::cpu_time_of,
    record::{WORKLOAD, import, opened, opening_commands},
    table::Table,
};

/// The report that is asked for.
const REPORT: &str = "/v1/programmes/p-0/budget-position?asOf=2021-12-31";

/// What a round of requests came to.
struct Load {
    per_second: f64,
    p99_us: f64,
    /// Of the whole process, clients too, for each request.
    cpu_us: f64,
}

/// So many connections post one command at a time, each durable before its answer.
pub(crate) fn commits(
    directory: &Path,
    rounds: u32,
    connections: u32,
    each: u32,
    table: &mut Table,
) -> Result<()> {
    let directory = tempfile::tempdir_in(directory)?;
    let runtime = Runtime::new()?;
    let mut lines = WORKLOAD.lines();
    let opening: Vec<String> = lines.by_ref().take(opening_commands()).collect();
    let mut requests = |path: &str| -> Vec<Vec<Bytes>> {
        let mut of_one = || {
            lines
                .by_ref()
                .take(each as usize)
                .map(|line| posting(path, &line))
                .collect()
        };
        (0..connections).map(|_| of_one()).collect()
    };
    let mut writers = Vec::new();
    let pairs = runtime.block_on(async {
        let (ours, writer) = ledger(&directory.path().join("ledger"), &opening).await?;
        let (bare, committer) = bare_committer(&directory.path().join("plain")).await?;
        writers.extend([writer, committer]);
        let mut pairs = Vec::new();
        for _ in 0..rounds {
            let theirs = load(bare, requests("/")).await?;
            pairs.push((load(ours, requests("/v1/commands")).await?, theirs));
        }
        Ok::<_, anyhow::Error>(pairs)
    })?;
    // The servers end with the runtime, and with them those who write.
    drop(runtime);
    for writer in writers {
        writer.join().map_err(|_| anyhow::anyhow!("a writer panicked"))?;
    }
    rows(
        &format!("durable commits over HTTP, {connections} connections"),
        "a bare axum handler that appends the same bodies in groups, fdatasync each",
        &pairs,
        table,
    );
    Ok(())
}

/// So many connections ask for a current report of a ledger that stands still.
pub(crate) fn reports(
    directory: &Path,
    rounds: u32,
    connections: u32,
    each: u32,
    table: &mut Table,
) -> Result<()> {
    let directory = tempfile::tempdir_in(directory)?;
    let runtime = Runtime::new()?;
    let lines: Vec<String> = WORKLOAD.lines().take(opening_commands() + 10_000).collect();
    let requests = |path: &str| {
        let request = Bytes::from(format!("GET {path} HTTP/1.1\r\nhost: 127.0.0.1\r\n\r\n"));
        vec![vec![request; each as usize]; connections as usize]
    };
    let (writer, bytes, pairs) = runtime.block_on(async {
        let (ours, writer) = ledger(&directory.path().join("ledger"), &lines).await?;
        let mut asked = TcpStream::connect(ours).await?;
        let request = format!("GET {REPORT} HTTP/1.1\r\nhost: 127.0.0.1\r\n\r\n");
        asked.write_all(request.as_bytes()).await?;
        let mut answer = Vec::new();
        let body = read_answer(&mut asked, &mut answer).await?;
        let report = Bytes::from(answer.split_off(body));
        let bytes = report.len();
        let show = async move || ([(CONTENT_TYPE, "application/json")], report);
        let bare = serve_bare(Router::new().route("/", get(show))).await?;
        let mut pairs = Vec::new();
        for _ in 0..rounds {
            let theirs = load(bare, requests("/")).await?;
            pairs.push((load(ours, requests(REPORT)).await?, theirs));
        }
        Ok::<_, anyhow::Error>((writer, bytes, pairs))
    })?;
    drop(runtime);
    writer
        .join()
        .map_err(|_| anyhow::anyhow!("the writer panicked"))?;
    rows(
        &format!("budget-position over HTTP, {connections} connections"),
        &format!("a bare axum handler of the same {bytes} bytes"),
        &pairs,
        table,
    );
    Ok(())
}

fn rows(work: &str, against: &str, pairs: &[(Load, Load)], table: &mut Table) {
    let of = |figure: fn(&Load) -> f64| -> Vec<(f64, f64)> {
        pairs
            .iter()
            .map(|(ours, theirs)| (figure(ours), figure(theirs)))
            .collect()
    };
    table.pair(work, "/s", against, &of(|load| load.per_second));
    table.pair(
        "the same, p99 (lower is better)",
        "us",
        "the same",
        &of(|load| load.p99_us),
    );
    table.pair(
        "the same, CPU time of a request and its client (lower is better)",
        "us",
        "the same",
        &of(|load| load.cpu_us),
    );
}

/// Serves a ledger that these commands were imported into, until the runtime ends.
async fn ledger(data: &Path, lines: &[String]) -> Result<(SocketAddr, JoinHandle<()>)> {
    let (mut writer, queries) = opened(data)?;
    import(&mut writer, &queries, lines)?;
    let (ledger, thread) = Ledger::start(writer, queries)?;
    let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).await?;
    let address = listener.local_addr()?;
    tokio::spawn(serve(
        listener,
        Door::new(ledger, Settings::default()),
        std::future::pending(),
    ));
    Ok((address, thread))
}

/// Appends every body to one file, all that wait at once, and answers with it when it is synced.
async fn bare_committer(path: &Path) -> Result<(SocketAddr, JoinHandle<()>)> {
    let mut file = File::create(path)?;
    let (bodies, mut waiting) = mpsc::channel::<(Bytes, oneshot::Sender<()>)>(4_096);
    let committer = std::thread::spawn(move || {
        let (mut group, mut answers) = (Vec::new(), Vec::new());
        while let Some(first) = waiting.blocking_recv() {
            let mut next = Some(first);
            while let Some((body, answer)) = next.take() {
                group.extend_from_slice(&body);
                answers.push(answer);
                next = waiting.try_recv().ok();
            }
            if file.write_all(&group).and_then(|()| file.sync_data()).is_err() {
                // Nobody is answered any more, so the measuring ends with an error.
                return;
            }
            group.clear();
            for answer in answers.drain(..) {
                // Who gave up waiting needs no answer.
                let _ = answer.send(());
            }
        }
    });
    let take = async move |body: Bytes| {
        let (answer, synced) = oneshot::channel();
        let sent = bodies.send((body.clone(), answer)).await.is_ok();
        if sent && synced.await.is_ok() {
            (StatusCode::CREATED, body)
        } else {
            (StatusCode::SERVICE_UNAVAILABLE, body)
        }
    };
    Ok((serve_bare(Router::new().route("/", post(take))).await?, committer))
}

/// Serves until the runtime ends.
async fn serve_bare(router: Router) -> Result<SocketAddr> {
    use axum::serve::ListenerExt as _;

    let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).await?;
    let address = listener.local_addr()?;
    let listener = listener.tap_io(|connection| {
        // As the ledger does.
        let _ = connection.set_nodelay(true);
    });
    tokio::spawn(async move { axum::serve(listener, router).await });
    Ok(address)
}

pub(crate) fn posting(path: &str, command: &str) -> Bytes {
    let length = command.len();
    Bytes::from(format!(
        "POST {path} HTTP/1.1\r\nhost: 127.0.0.1\r\ncontent-type: application/json\r\ncontent-length: {length}\r\n\r\n\
         {command}"
    ))
}

/// Every client sends its requests, all clients at once.
async fn load(address: SocketAddr, clients: Vec<Vec<Bytes>>) -> Result<Load> {
    let mut ready = Vec::with_capacity(clients.len());
    for requests in clients {
        let connection = TcpStream::connect(address).await?;
        connection.set_nodelay(true)?;
        ready.push((connection, requests));
    }
    let (started, cpu) = (Instant::now(), cpu_time_of(ClockId::ProcessCPUTime));
    let mut running: JoinSet<Result<Vec<f64>>> = JoinSet::new();
    for (connection, requests) in ready {
        running.spawn(client(connection, requests));
    }
    let mut latencies_us = Vec::new();
    while let Some(done) = running.join_next().await {
        latencies_us.extend(done??);
    }
    let seconds = started.elapsed().as_secs_f64();
    let cpu = cpu_time_of(ClockId::ProcessCPUTime).saturating_sub(cpu);
    let requests = f64::from(u32::try_from(latencies_us.len())?);
    latencies_us.sort_by(f64::total_cmp);
    let p99 = latencies_us.get(latencies_us.len() * 99 / 100);
    Ok(Load {
        per_second: requests / seconds,
        cpu_us: cpu.as_secs_f64() * 1e6 / requests,
        p99_us: p99.copied().context("no request was sent")?,
    })
}

async fn client(mut connection: TcpStream, requests: Vec<Bytes>) -> Result<Vec<f64>> {
    let mut latencies_us = Vec::with_capacity(requests.len());
    let mut answer = Vec::with_capacity(1 << 16);
    for request in requests {
        let sent = Instant::now();
        connection.write_all(&request).await?;
        answer.clear();
        read_answer(&mut connection, &mut answer).await?;
        latencies_us.push(sent.elapsed().as_secs_f64() * 1e6);
    }
    Ok(latencies_us)
}

/// Reads one answer, which must be a good one of known length, and tells where its body begins.
pub(crate) async fn read_answer(connection: &mut TcpStream, answer: &mut Vec<u8>) -> Result<usize> {
    let mut end = None;
    loop {
        ensure!(
            connection.read_buf(answer).await? > 0,
            "the server closed a connection"
        );
        if end.is_none()
            && let Some(head) = answer.windows(4).position(|end| end == b"\r\n\r\n")
        {
            let text = std::str::from_utf8(answer.get(..head).unwrap_or_default())?;
            let length = text.lines().find_map(|line| {
                let (name, value) = line.split_once(": ")?;
                name.eq_ignore_ascii_case("content-length").then_some(value)
            });
            if !text.starts_with("HTTP/1.1 20") {
                bail!("the server answered {}", String::from_utf8_lossy(answer));
            }
            let length: usize = length.context("an answer tells its length")?.parse()?;
            end = Some((head + 4, head + 4 + length));
        }
        if let Some((body, end)) = end
            && answer.len() >= end
        {
            return Ok(body);
        }
    }
}
