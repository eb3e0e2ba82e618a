//! The real program on a directory of its own, clients that post to it, and what must be there afterwards.

use std::{
    collections::BTreeMap,
    fs::{self, File},
    io::{BufRead as _, BufReader, Write as _},
    path::{Path, PathBuf},
    process::{Child, Command, Stdio},
    sync::{Mutex, mpsc},
};

use rustix::process::{Pid, Signal, kill_process};
use serde_json::Value;
use tempfile::TempDir;

use crate::{
    journal,
    posting::{PLAN, expenditure},
    shim::Shim,
};

/// Posters at the same time.
pub(crate) const CLIENTS: u64 = 4;
/// Every so many postings a client posts a batch.
const BATCH_EVERY: u64 = 6;

/// A place for a data directory and what stands beside it.
pub(crate) struct Place {
    folder: PathBuf,
    _made: Option<TempDir>,
}

impl Place {
    pub(crate) fn new() -> Self {
        let made = tempfile::tempdir().unwrap();
        let folder = made.path().canonicalize().unwrap();
        Self {
            folder,
            _made: Some(made),
        }
    }

    /// One in a folder that is somebody else's to remove.
    pub(crate) fn at(folder: &Path) -> Self {
        Self {
            folder: folder.to_owned(),
            _made: None,
        }
    }

    pub(crate) fn path(&self, name: &str) -> PathBuf {
        self.folder.join(name)
    }

    pub(crate) fn data(&self) -> PathBuf {
        self.path("data")
    }

    fn command(&self, shim: &Shim, arguments: &[&str]) -> Command {
        let test = std::env::current_exe().unwrap();
        let program = test.parent().and_then(Path::parent).unwrap().join("rekenschap");
        assert!(
            program.exists(),
            "build the program first: cargo build --workspace --bins"
        );
        let mut command = Command::new(program);
        command.args(arguments).stdin(Stdio::null());
        // Small segments, so that a short run meets their ends.
        command
            .env("REKENSCHAP_DATA", self.data())
            .env("REKENSCHAP_TAPE_SEGMENT_BYTES", "60000")
            .env("REKENSCHAP_TAPE_FILL_BYTES", "8192")
            .env("REKENSCHAP_SLED_CACHE_BYTES", "1000000");
        shim.wrap(&mut command, &self.data());
        command
    }

    /// Runs it to its end.
    pub(crate) fn run(&self, arguments: &[&str]) -> Ran {
        self.run_with(&Shim::new(), arguments)
    }

    pub(crate) fn run_with(&self, shim: &Shim, arguments: &[&str]) -> Ran {
        let output = self.command(shim, arguments).output().unwrap();
        Ran {
            status: output.status.code(),
            stdout: String::from_utf8(output.stdout).unwrap(),
            stderr: String::from_utf8(output.stderr).unwrap(),
        }
    }

    /// Serves on a free port; what it said when it ended before that.
    pub(crate) fn serve(&self, shim: &Shim) -> Result<Server, Ran> {
        let told = tempfile::NamedTempFile::new().unwrap();
        let mut command = self.command(shim, &["serve", "--listen", "127.0.0.1:0"]);
        command.stdout(Stdio::piped()).stderr(told.reopen().unwrap());
        let mut child = command.spawn().unwrap();
        let mut stdout = BufReader::new(child.stdout.take().unwrap());
        let mut first = String::new();
        stdout.read_line(&mut first).unwrap();
        match first.trim_end().strip_prefix("listening on ") {
            Some(url) => Ok(Server {
                url: url.to_owned(),
                child,
                _stdout: stdout,
                told,
            }),
            None => Err(Ran {
                status: child.wait().unwrap().code(),
                stdout: first,
                stderr: fs::read_to_string(told.path()).unwrap(),
            }),
        }
    }

    /// Holds the directory against what was acknowledged: opens it as anyone would, and verifies it. The number of
    /// acknowledged events that are not there, or are others.
    pub(crate) fn lost(&self, acknowledged: &[Value], what: &str) -> u64 {
        let opened = self.run(&["events"]);
        if acknowledged.is_empty() && opened.stderr.contains("there is no ledger in") {
            // It was not even made.
            return 0;
        }
        assert_eq!(opened.status, Some(0), "{what}: {}", opened.stderr);
        let events = opened.events();
        let verified = self.run(&["verify"]);
        assert_eq!(verified.status, Some(0), "{what}: {}", verified.stderr);
        whole(&events, what);
        if !acknowledged.is_empty() {
            assert_eq!(self.spent(), spent(&events), "{what}");
        }
        missing(&events, acknowledged)
    }

    /// The figure of the report.
    fn spent(&self) -> u64 {
        let report = self.run(&["report", "budget-position", "p", "--format", "json"]);
        match report.status {
            Some(0) => spent_in(&serde_json::from_str(&report.stdout).unwrap()),
            // Not even the programme was there yet.
            _ => 0,
        }
    }
}

/// What a run ended with; no status when a signal ended it.
#[derive(Debug)]
pub(crate) struct Ran {
    pub(crate) status: Option<i32>,
    pub(crate) stdout: String,
    pub(crate) stderr: String,
}

impl Ran {
    /// What `events` printed.
    pub(crate) fn events(&self) -> Vec<Value> {
        self.stdout
            .lines()
            .map(|line| serde_json::from_str(line).unwrap())
            .collect()
    }
}

/// How many of the acknowledged events are not among these.
pub(crate) fn missing(events: &[Value], acknowledged: &[Value]) -> u64 {
    let there = |event: &&Value| events.get(position(event)) == Some(*event);
    acknowledged.iter().filter(|event| !there(event)).count() as u64
}

/// Nothing is half there: positions without a gap, stamps that never go back, batches with all of their lines.
fn whole(events: &[Value], what: &str) {
    let mut stamp = "";
    let mut batches = BTreeMap::<&str, (u64, u64)>::new();
    for (at, event) in events.iter().enumerate() {
        assert_eq!(position(event), at, "{what}");
        let recorded_at = event["recordedAt"].as_str().unwrap();
        assert!(stamp <= recorded_at, "{what}: {stamp}, then {recorded_at}");
        stamp = recorded_at;
        // A batch's expenditures are called BATCH-of-SIZE-NUMBER.
        let id = event["data"]["expenditure"].as_str().unwrap_or_default();
        if let Some((batch, rest)) = id.split_once("-of-") {
            let (size, _) = rest.split_once('-').unwrap();
            let found = batches.entry(batch).or_default();
            *found = (found.0 + 1, size.parse().unwrap());
        }
    }
    for (batch, (found, size)) in batches {
        assert_eq!(found, size, "{what}: lines of batch {batch}");
    }
}

fn position(event: &Value) -> usize {
    usize::try_from(event["position"].as_u64().unwrap()).unwrap()
}

fn cents(amount: &Value) -> u64 {
    amount.as_str().unwrap().replace('.', "").parse().unwrap()
}

/// What these events say was spent, in cents.
pub(crate) fn spent(events: &[Value]) -> u64 {
    let posted = events.iter().filter(|event| event["type"] == "expenditurePosted");
    posted.map(|event| cents(&event["data"]["amount"])).sum()
}

/// What a budget position says was spent, in cents.
pub(crate) fn spent_in(report: &Value) -> u64 {
    cents(&report["totals"]["spentTotal"])
}

/// What clients were told is on the record, in the order in which they heard it.
#[derive(Default)]
pub(crate) struct Acknowledged {
    events: Mutex<Vec<Value>>,
    /// Where what they heard is noted between the operations of the disk.
    journal: Option<PathBuf>,
}

impl Acknowledged {
    pub(crate) fn noted_in(journal: &Path) -> Self {
        Self {
            journal: Some(journal.to_owned()),
            ..Self::default()
        }
    }

    pub(crate) fn all(&self) -> Vec<Value> {
        self.events.lock().unwrap().clone()
    }

    fn take(&self, reply: &Value) {
        let mut events = self.events.lock().unwrap();
        events.extend(reply["events"].as_array().unwrap().iter().cloned());
        if let Some(journal) = &self.journal {
            let mut journal = File::options().append(true).open(journal).unwrap();
            journal.write_all(&journal::acknowledged(events.len())).unwrap();
        }
    }
}

/// A running server.
pub(crate) struct Server {
    pub(crate) url: String,
    child: Child,
    /// Kept open, so that a line on it does not end the server.
    _stdout: BufReader<std::process::ChildStdout>,
    told: tempfile::NamedTempFile,
}

/// Why a posting was not acknowledged.
#[derive(Debug)]
pub(crate) enum NotTaken {
    /// There was no answer: the server is gone.
    Gone,
    /// A status and what it said.
    Refused(u16, String),
}

impl Server {
    /// Posts one command, or a batch.
    pub(crate) fn post(&self, path: &str, body: &str) -> Result<Value, NotTaken> {
        post(&self.url, path, body)
    }

    /// Posts what every ledger here begins with.
    pub(crate) fn plan(&self, acknowledged: &Acknowledged) -> Result<(), NotTaken> {
        acknowledged.take(&self.post("batch", &PLAN.join("\n"))?);
        Ok(())
    }

    /// Posts one expenditure, or says why it was not taken.
    pub(crate) fn spend(&self, id: &str, acknowledged: &Acknowledged) -> Result<(), NotTaken> {
        acknowledged.take(&self.post("", &expenditure(id, 1))?);
        Ok(())
    }

    /// Clients post at once until one of them is not answered, or refused with the server in trouble. Meanwhile
    /// `watch` learns of each acknowledgement, and may end the server.
    pub(crate) fn post_until_gone(
        &mut self,
        run: &str,
        acknowledged: &Acknowledged,
        watch: impl FnOnce(&mut Child, mpsc::Receiver<()>),
    ) {
        let (tell, heard) = mpsc::channel();
        let url = self.url.clone();
        std::thread::scope(|scope| {
            for client in 0..CLIENTS {
                let (tell, url) = (tell.clone(), url.clone());
                scope.spawn(move || {
                    for number in 0.. {
                        let (path, body) = posting(run, client, number);
                        match post(&url, path, &body) {
                            Ok(reply) => acknowledged.take(&reply),
                            Err(NotTaken::Gone | NotTaken::Refused(503, _)) => break,
                            Err(refused) => panic!("{refused:?}"),
                        }
                        // Nobody listens once it was decided when the end comes.
                        let _ = tell.send(());
                    }
                });
            }
            drop(tell);
            watch(&mut self.child, heard);
        });
    }

    /// One answer.
    pub(crate) fn get(&self, path: &str) -> Result<Value, NotTaken> {
        let mut answer = agent()
            .get(format!("{}{path}", self.url))
            .call()
            .map_err(|_| NotTaken::Gone)?;
        let status = answer.status().as_u16();
        let text = answer.body_mut().read_to_string().map_err(|_| NotTaken::Gone)?;
        if status == 200 {
            Ok(serde_json::from_str(&text).unwrap_or(Value::String(text)))
        } else {
            Err(NotTaken::Refused(status, text))
        }
    }

    pub(crate) fn signal(&self, signal: Signal) {
        kill_process(Pid::from_child(&self.child), signal).unwrap();
    }

    /// Asks it to stop; what it said.
    pub(crate) fn stop(mut self) -> Ran {
        self.signal(Signal::TERM);
        self.end()
    }

    /// Ends it at once.
    pub(crate) fn kill(mut self) -> Ran {
        self.child.kill().unwrap();
        self.end()
    }

    fn end(&mut self) -> Ran {
        Ran {
            status: self.child.wait().unwrap().code(),
            stdout: String::new(),
            stderr: fs::read_to_string(self.told.path()).unwrap(),
        }
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        // It has ended already where a test ended it.
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

fn agent() -> ureq::Agent {
    ureq::Agent::config_builder()
        .http_status_as_error(false)
        .build()
        .into()
}

fn post(url: &str, path: &str, body: &str) -> Result<Value, NotTaken> {
    let (path, kind) = match path {
        "" => ("/v1/commands", "application/json"),
        _ => ("/v1/commands/batch", "application/x-ndjson"),
    };
    let mut answer = agent()
        .post(format!("{url}{path}"))
        .content_type(kind)
        .send(body)
        .map_err(|_| NotTaken::Gone)?;
    let status = answer.status().as_u16();
    let text = answer.body_mut().read_to_string().map_err(|_| NotTaken::Gone)?;
    if status == 201 {
        Ok(serde_json::from_str(&text).unwrap())
    } else {
        Err(NotTaken::Refused(status, text))
    }
}

/// The n-th posting of a client: where to, and what.
fn posting(run: &str, client: u64, number: u64) -> (&'static str, String) {
    if number % BATCH_EVERY == BATCH_EVERY - 1 {
        let size = 2 + number % 13;
        let line = |at| expenditure(&format!("{run}-{client}-{number}-of-{size}-{at}"), at + 1) + "\n";
        ("batch", (0..size).map(line).collect())
    } else {
        ("", expenditure(&format!("{run}-{client}-{number}"), number + 1))
    }
}
