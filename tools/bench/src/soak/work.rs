//! What is posted and asked in a soak, how long each took, and what the figures must come to.

use std::{
    collections::BTreeMap,
    net::SocketAddr,
    sync::{
        Arc, Mutex, MutexGuard, PoisonError,
        atomic::{AtomicU64, Ordering},
    },
    time::{Duration, Instant},
};

use anyhow::{Context as _, Result, ensure};
use axum::body::Bytes;
use ledger_testkit::workload::RegionWorkload;
use rand_chacha::{
    ChaCha8Rng,
    rand_core::{Rng as _, SeedableRng as _},
};
use serde_json::Value;
use tokio::{
    io::AsyncWriteExt as _,
    net::TcpStream,
    task::{JoinHandle, JoinSet},
    time::sleep,
};

use crate::{
    http::{posting, read_answer},
    record::{WORKLOAD, opening_commands},
};

const REGION: &str = "region";
const COSTS: RegionWorkload = RegionWorkload {
    seed: 20_210_101,
    municipalities: 50,
    groups: 8,
    costs: u64::MAX,
};
/// Its region, members, groups with their schedules, and key.
const REGION_COMMANDS: usize = 1 + 50 + 2 * 8 + 1;

/// A kind of request.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Kind {
    Post,
    BudgetPosition,
    BudgetPositionKnownAt,
    CostShares,
    CostSharesKnownAt,
    Events,
    Checkpoint,
}

impl Kind {
    pub(crate) const ALL: [Self; 7] = [
        Self::Post,
        Self::BudgetPosition,
        Self::BudgetPositionKnownAt,
        Self::CostShares,
        Self::CostSharesKnownAt,
        Self::Events,
        Self::Checkpoint,
    ];

    pub(crate) fn name(self) -> &'static str {
        match self {
            Self::Post => "one command posted",
            Self::BudgetPosition => "budget-position at any date",
            Self::BudgetPositionKnownAt => "budget-position as known at any position",
            Self::CostShares => "cost-shares at any date",
            Self::CostSharesKnownAt => "cost-shares as known at any position",
            Self::Events => "a page of 100 events",
            Self::Checkpoint => "the newest checkpoint",
        }
    }
}

type Lines = Box<dyn Iterator<Item = String> + Send>;

/// Shared by all connections.
pub(crate) struct Work {
    imported: Vec<String>,
    state: Mutex<State>,
    /// The log position after the import, and the newest that was told.
    imported_position: AtomicU64,
    position: AtomicU64,
}

struct State {
    /// What is posted next: expenditures and costs in turn.
    lines: Lines,
    /// What each programme and the region must come to, in cents.
    cents: BTreeMap<String, i64>,
    taken: BTreeMap<Kind, Taken>,
}

#[derive(Clone, Default)]
struct Taken {
    count: u64,
    first_us: Vec<f64>,
    last_us: Vec<f64>,
}

impl Work {
    /// A ledger of so many events to begin with.
    pub(crate) fn new(events: u64) -> Self {
        let half = usize::try_from(events / 2).unwrap_or(usize::MAX);
        let (mut programmes, mut region) = (WORKLOAD.lines(), COSTS.lines_of(REGION));
        let mut imported: Vec<String> = programmes.by_ref().take(opening_commands()).collect();
        imported.extend(region.by_ref().take(REGION_COMMANDS));
        imported.extend(programmes.by_ref().take(half));
        imported.extend(region.by_ref().take(half));
        Self {
            imported,
            state: Mutex::new(State {
                lines: Box::new(programmes.zip(region).flat_map(|(spent, cost)| [spent, cost])),
                cents: BTreeMap::new(),
                taken: BTreeMap::new(),
            }),
            imported_position: AtomicU64::new(0),
            position: AtomicU64::new(0),
        }
    }

    pub(crate) fn imported(&self) -> Vec<String> {
        self.imported.clone()
    }

    fn lock(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Notes what was imported.
    pub(crate) async fn begin(&self, address: SocketAddr) -> Result<()> {
        for line in &self.imported {
            self.count(line)?;
        }
        let mut connection = Connection::open(address).await?;
        let position = connection.json("/v1/health/live").await?["logPosition"]
            .as_u64()
            .context("a position")?;
        self.imported_position.store(position, Ordering::Relaxed);
        self.position.store(position, Ordering::Relaxed);
        Ok(())
    }

    /// Adds a command that was taken to what its stream must come to.
    fn count(&self, line: &str) -> Result<()> {
        let command: Value = serde_json::from_str(line)?;
        if ["postExpenditure", "recordCost"].contains(&command["type"].as_str().unwrap_or_default()) {
            let stream = command["programme"].as_str().unwrap_or(REGION).to_owned();
            *self.lock().cents.entry(stream).or_default() += cents(&command["amount"])?;
        }
        Ok(())
    }

    fn took(&self, kind: Kind, took: Duration, part: f64) {
        let mut state = self.lock();
        let taken = state.taken.entry(kind).or_default();
        taken.count += 1;
        let us = took.as_secs_f64() * 1e6;
        if part < 0.1 {
            taken.first_us.push(us);
        } else if part >= 0.9 {
            taken.last_us.push(us);
        }
    }

    /// How many requests of a kind there were, and what those of the first and the last tenth took.
    pub(crate) fn taken(&self, kind: Kind) -> (u64, Vec<f64>, Vec<f64>) {
        let taken = self.lock().taken.get(&kind).cloned().unwrap_or_default();
        (taken.count, taken.first_us, taken.last_us)
    }

    /// The log position after the import, and at the end.
    pub(crate) fn positions(&self) -> (u64, u64) {
        let of = |position: &AtomicU64| position.load(Ordering::Relaxed);
        (of(&self.imported_position), of(&self.position))
    }

    /// Holds every figure, and the number of events, against what was posted.
    pub(crate) async fn check(&self, address: SocketAddr) -> Result<()> {
        let mut connection = Connection::open(address).await?;
        let cents_of = self.lock().cents.clone();
        for (stream, expected) in cents_of {
            let figure = if stream == REGION {
                let path = format!("/v1/regions/{REGION}/cost-shares?year=2021&asOf=2022-12-31");
                cents(&connection.json(&path).await?["total"])?
            } else {
                let path = format!("/v1/programmes/{stream}/budget-position?asOf=2022-12-31");
                cents(&connection.json(&path).await?["totals"]["spentTotal"])?
            };
            ensure!(
                figure == expected,
                "{stream} comes to {figure} cents; {expected} were posted"
            );
        }
        let live = connection.json("/v1/health/live").await?;
        let position = live["logPosition"].as_u64().context("a position")?;
        self.position.store(position, Ordering::Relaxed);
        let after = self.imported_position.load(Ordering::Relaxed) - 1;
        let own = format!("/v1/events?stream=ledger&limit=1000&after={after}");
        let own = connection.json(&own).await?["events"]
            .as_array()
            .map_or(0, Vec::len);
        let posted = self.taken(Kind::Post).0 + own as u64;
        ensure!(
            position == after + 1 + posted,
            "the log has {position} events, of which {} were imported and {posted} posted or its own",
            after + 1
        );
        Ok(())
    }
}

/// So many connections that post, and as many that ask, for so long.
pub(crate) fn start(
    work: &Arc<Work>,
    address: SocketAddr,
    connections: u32,
    pause: Duration,
    time: Duration,
) -> JoinHandle<Result<()>> {
    let started = Instant::now();
    let mut running: JoinSet<Result<()>> = JoinSet::new();
    for number in 0..2 * u64::from(connections) {
        let work = Arc::clone(work);
        running.spawn(async move {
            let mut connection = Connection::open(address).await?;
            let mut random = ChaCha8Rng::seed_from_u64(number);
            // Ends with the time; a server that answers at once is asked no more often than the pauses let it.
            while started.elapsed() < time {
                let part = started.elapsed().as_secs_f64() / time.as_secs_f64();
                let (kind, took) = if number % 2 == 0 {
                    post(&work, &mut connection).await?
                } else {
                    ask(&work, &mut connection, &mut random).await?
                };
                work.took(kind, took, part);
                sleep(pause).await;
            }
            Ok(())
        });
    }
    tokio::spawn(async move {
        // The first error ends all of them.
        while let Some(ended) = running.join_next().await {
            ended??;
        }
        Ok(())
    })
}

async fn post(work: &Work, connection: &mut Connection) -> Result<(Kind, Duration)> {
    let line = work.lock().lines.next().context("there is always more to post")?;
    let started = Instant::now();
    let reply = connection.send(posting("/v1/commands", &line)).await?;
    let took = started.elapsed();
    let reply: Value = serde_json::from_slice(reply)?;
    work.count(&line)?;
    let position = reply["logPosition"].as_u64().context("a position")?;
    work.position.fetch_max(position, Ordering::Relaxed);
    Ok((Kind::Post, took))
}

async fn ask(work: &Work, connection: &mut Connection, random: &mut ChaCha8Rng) -> Result<(Kind, Duration)> {
    let mut draw = |below: u64| random.next_u64() % below;
    let (_, position) = work.positions();
    let programme = draw(u64::from(WORKLOAD.programmes));
    let (month, day) = (draw(12) + 1, draw(28) + 1);
    // Any position since the programmes and the region were opened; its own opening comes before all.
    let opening = (1 + opening_commands() + REGION_COMMANDS) as u64;
    let known_at = opening + draw(position - opening + 1);
    let of_programme = format!(
        "/v1/programmes/p-{programme}/budget-position?asOf={}-{month:02}-{day:02}",
        2019 + draw(4)
    );
    let of_region = format!("/v1/regions/{REGION}/cost-shares?year=2021&asOf=2021-{month:02}-{day:02}");
    let (kind, path) = match draw(100) {
        0..40 => (Kind::BudgetPosition, of_programme),
        40..50 => (
            Kind::BudgetPositionKnownAt,
            format!("{of_programme}&knownAt={known_at}"),
        ),
        50..75 => (Kind::CostShares, of_region),
        75..85 => (Kind::CostSharesKnownAt, format!("{of_region}&knownAt={known_at}")),
        85..99 => (Kind::Events, format!("/v1/events?after={}", draw(position))),
        _ => (Kind::Checkpoint, "/v1/log/checkpoint".to_owned()),
    };
    let started = Instant::now();
    connection.send(get(&path)).await?;
    Ok((kind, started.elapsed()))
}

fn get(path: &str) -> Bytes {
    Bytes::from(format!("GET {path} HTTP/1.1\r\nhost: 127.0.0.1\r\n\r\n"))
}

/// An amount in cents.
fn cents(amount: &Value) -> Result<i64> {
    let text = amount.as_str().context("an amount")?;
    Ok(text.replace('.', "").parse()?)
}

/// One connection to the server, kept alive.
struct Connection {
    stream: TcpStream,
    answer: Vec<u8>,
}

impl Connection {
    async fn open(address: SocketAddr) -> Result<Self> {
        ensure!(address.ip().is_loopback(), "a soak stays on this machine");
        let stream = TcpStream::connect(address).await?;
        stream.set_nodelay(true)?;
        let answer = Vec::new();
        Ok(Self { stream, answer })
    }

    /// The body of a good answer.
    async fn send(&mut self, request: Bytes) -> Result<&[u8]> {
        self.stream.write_all(&request).await?;
        self.answer.clear();
        let body = read_answer(&mut self.stream, &mut self.answer).await?;
        Ok(self.answer.get(body..).unwrap_or_default())
    }

    async fn json(&mut self, path: &str) -> Result<Value> {
        Ok(serde_json::from_slice(self.send(get(path)).await?)?)
    }
}
