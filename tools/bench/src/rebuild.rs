//! All projections from the log, and a server that was killed and starts again.

use std::{
    io::{BufRead as _, BufReader},
    path::{Path, PathBuf},
    process::{Child, ChildStdout, Command, Stdio},
    time::{Duration, Instant},
};

use anyhow::{Context, Result};
use ledger_store::{EventLog, EventReader};
use ledger_testkit::workload::{RegionWorkload, Workload};
use serde_json::Value;

use crate::{questions::Taken, record::opened, table::Table};

const COMMANDS_PER_BATCH: usize = 10_000;
/// What is asked before the kill and after it: the figures must be the same.
const QUESTIONS: [&str; 2] = [
    "/v1/programmes/p-0/budget-position?asOf=2022-12-31",
    "/v1/regions/region/cost-shares?year=2021&asOf=2021-12-31",
];

/// A server of the real program is filled, killed and started again; then its log is folded anew. Half of the events are
/// expenditures of a programme for every municipality, half costs of a region of them all.
pub(crate) fn rebuild(directory: &Path, rounds: u32, events: u64, table: &mut Table) -> Result<()> {
    let directory = tempfile::tempdir_in(directory)?;
    let data = directory.path().join("ledger");
    let server = Server::start(&data)?;
    fill(&server, events)?;
    let before = server.answers()?;
    table.figure(
        &format!("memory of a server, {events} events posted to it"),
        server.memory()?,
    );
    server.kill()?;
    let mut taken_ms = Vec::new();
    for _ in 0..rounds {
        let started = Instant::now();
        let server = Server::start(&data)?;
        let after = server.answers()?;
        taken_ms.push(started.elapsed().as_millis());
        anyhow::ensure!(before == after, "the figures after a kill are those before it");
        // The writer makes its states ready meanwhile, which is a part of the memory.
        server.wait_for_writer()?;
        if taken_ms.len() == 1 {
            table.figure(
                &format!("memory of a server started again, {events} events"),
                server.memory()?,
            );
        }
        server.kill()?;
    }
    taken_ms.sort_unstable();
    table.figure(
        &format!("start after SIGKILL, {events} events, to budget-position and cost-shares over HTTP"),
        format!("{taken_ms:?} ms"),
    );
    fold(&data, rounds, table)
}

/// The read model made anew; and the same after every leaf on the tape was hashed.
fn fold(data: &Path, rounds: u32, table: &mut Table) -> Result<()> {
    let (writer, queries) = opened(data)?;
    let events = writer.log().reader().head().size;
    let (mut rebuilt, mut verified) = (Taken::default(), Taken::default());
    for _ in 0..rounds {
        // What is given back is not measured: it was the model of before.
        drop(rebuilt.ask(|| queries.rebuild())?);
        let checked = verified.ask(|| {
            let checked = queries.reader().check_tape()?;
            queries.rebuild().map(|before| (checked, before))
        })?;
        anyhow::ensure!(checked.0 == events, "every event stands on the tape");
    }
    for (work, taken) in [
        ("rebuild of all projections", rebuilt),
        ("the same, every leaf hashed and every root checked", verified),
    ] {
        table.figure(&format!("{work}, {events} events"), taken.rate(events));
    }
    Ok(())
}

fn workload(expenditures: u64) -> Workload {
    Workload {
        seed: 20_190_601,
        programmes: 342,
        projects: 15,
        expenditures,
    }
}

fn fill(server: &Server, events: u64) -> Result<()> {
    let region = RegionWorkload {
        seed: 20_210_101,
        municipalities: 342,
        groups: 20,
        costs: events / 2,
    };
    let mut lines = workload(events / 2).lines().chain(region.lines()).peekable();
    while lines.peek().is_some() {
        let batch: Vec<String> = lines.by_ref().take(COMMANDS_PER_BATCH).collect();
        let status = server.post("/batch", &batch.join("\n"))?;
        anyhow::ensure!(status == 201, "a batch is taken, and not answered with {status}");
    }
    Ok(())
}

/// `rekenschap serve` in a process of its own.
struct Server {
    process: Child,
    address: String,
    /// Open as long as the server writes to it.
    _stdout: BufReader<ChildStdout>,
}

impl Server {
    fn start(data: &Path) -> Result<Self> {
        let mut process = Command::new(program()?)
            .args(["serve", "--listen", "127.0.0.1:0", "--data"])
            .arg(data)
            .stdout(Stdio::piped())
            .stderr(Stdio::null())
            .spawn()?;
        let mut first = String::new();
        let mut stdout = BufReader::new(process.stdout.take().context("its stdout")?);
        stdout.read_line(&mut first)?;
        let address = first.trim().strip_prefix("listening on ").context("an address")?;
        let address = address.to_owned();
        Ok(Self {
            process,
            address,
            _stdout: stdout,
        })
    }

    fn post(&self, path: &str, lines: &str) -> Result<u16> {
        let url = format!("{}/v1/commands{path}", self.address);
        let sent = ureq::post(&url).config().http_status_as_error(false);
        let sent = sent.timeout_global(Some(Duration::from_mins(10))).build();
        let json = if path.is_empty() { "json" } else { "x-ndjson" };
        let answer = sent
            .header("content-type", format!("application/{json}"))
            .send(lines)?;
        Ok(answer.status().as_u16())
    }

    /// Posts a command that is refused, for which the writer must have its states.
    fn wait_for_writer(&self) -> Result<()> {
        let again = workload(0).lines().next().context("a command")?;
        let status = self.post("", &again)?;
        anyhow::ensure!(
            status == 409,
            "a programme that exists is refused, and not with {status}"
        );
        Ok(())
    }

    /// The answers, without the position and root of the log: a start appends events of the ledger's own.
    fn answers(&self) -> Result<Vec<Value>> {
        let ask = |question: &&str| {
            let mut answer = ureq::get(format!("{}{question}", self.address)).call()?;
            let mut report: Value =
                serde_json::from_str(&answer.body_mut().with_config().limit(64 << 20).read_to_string()?)?;
            let members = report.as_object_mut().context("a report")?;
            members.remove("logPosition");
            members.remove("root");
            Ok(report)
        };
        QUESTIONS.iter().map(ask).collect()
    }

    /// What it has in memory now, and had at most.
    fn memory(&self) -> Result<String> {
        let status = std::fs::read_to_string(format!("/proc/{}/status", self.process.id()))?;
        let of = |name: &str| {
            let line = status.lines().find_map(|line| line.strip_prefix(name));
            let kib = line.and_then(|line| line.trim().split(' ').next()?.parse::<u64>().ok());
            kib.map(|kib| kib >> 10).context("a size")
        };
        Ok(format!("{} MiB, at most {} MiB", of("VmRSS:")?, of("VmHWM:")?))
    }

    fn kill(mut self) -> Result<()> {
        self.process.kill()?;
        self.process.wait()?;
        Ok(())
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        // It may be dead by then.
        let _ = self.process.kill();
        let _ = self.process.wait();
    }
}

/// The program that was built beside this one.
fn program() -> Result<PathBuf> {
    let program = std::env::current_exe()?.with_file_name("rekenschap");
    anyhow::ensure!(
        program.exists(),
        "build it first, by the same profile: -p ledger-cli"
    );
    Ok(program)
}
