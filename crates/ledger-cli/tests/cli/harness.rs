//! Runs the built binary in directories of its own.

use std::{
    io::{BufRead as _, BufReader, Read as _, Write as _},
    path::PathBuf,
    process::{Child, Command, Output, Stdio},
};

use rustix::process::{Pid, Signal, kill_process};
use serde_json::Value;
use tempfile::TempDir;

/// A place to run in, with a data directory that does not exist yet.
pub(crate) struct Place(TempDir);

/// The directory of an example.
pub(crate) fn example(name: &str) -> PathBuf {
    let examples = concat!(env!("CARGO_MANIFEST_DIR"), "/../../config/examples");
    PathBuf::from(examples).join(name)
}

/// The commands of an example, in the order of their names.
pub(crate) fn example_files(name: &str) -> Vec<PathBuf> {
    let mut files: Vec<_> = example(name)
        .read_dir()
        .expect("the example")
        .map(|entry| entry.expect("an entry").path())
        .filter(|path| path.extension().is_some_and(|extension| extension == "ndjson"))
        .collect();
    files.sort();
    files
}

/// What an example's figures were worked out to be.
pub(crate) fn expected(name: &str) -> Value {
    let text = std::fs::read_to_string(example(name).join("expected.json")).expect("UTF-8");
    serde_json::from_str(&text).expect("JSON")
}

/// What a run ended with.
#[derive(Debug)]
pub(crate) struct Ran {
    pub(crate) status: i32,
    pub(crate) stdout: String,
    pub(crate) stderr: String,
}

impl Place {
    pub(crate) fn new() -> Self {
        Self(tempfile::tempdir().expect("a directory"))
    }

    /// With the example of this name imported.
    pub(crate) fn with_example(name: &str) -> Self {
        let place = Self::new();
        let all: String = example_files(name)
            .iter()
            .map(|file| std::fs::read_to_string(file).expect("UTF-8"))
            .collect();
        place.import(&all, &[]).with_status(0);
        place
    }

    pub(crate) fn data(&self) -> String {
        self.path("data").display().to_string()
    }

    pub(crate) fn path(&self, name: &str) -> PathBuf {
        self.0.path().join(name)
    }

    /// Writes a file and returns its path.
    pub(crate) fn file(&self, name: &str, text: impl AsRef<[u8]>) -> String {
        std::fs::write(self.path(name), text).expect("written");
        self.path(name).display().to_string()
    }

    /// The binary, in this place and without settings of whoever runs the tests.
    pub(crate) fn command(&self, arguments: &[&str]) -> Command {
        let mut command = Command::new(env!("CARGO_BIN_EXE_rekenschap"));
        command.args(arguments).current_dir(self.0.path());
        for (name, _) in std::env::vars().filter(|(name, _)| name.starts_with("REKENSCHAP_")) {
            command.env_remove(name);
        }
        command
    }

    /// Runs it to its end.
    pub(crate) fn run(&self, arguments: &[&str]) -> Ran {
        ran(&self
            .command(arguments)
            .stdin(Stdio::null())
            .output()
            .expect("runs"))
    }

    /// Runs it on this place's data directory.
    pub(crate) fn run_here(&self, arguments: &[&str]) -> Ran {
        self.run(&[&["--data", &self.data()], arguments].concat())
    }

    /// Runs it on this place's data directory with this on standard input.
    pub(crate) fn import(&self, text: &str, options: &[&str]) -> Ran {
        let data = self.data();
        let arguments = [&["import", "-", "--data", &data], options].concat();
        let mut child = self.start(&arguments);
        let mut stdin = child.stdin.take().expect("piped");
        // A run that refuses its arguments closes the pipe early.
        let _ = stdin.write_all(text.as_bytes());
        drop(stdin);
        ran(&child.wait_with_output().expect("runs"))
    }

    /// Starts it with pipes.
    pub(crate) fn start(&self, arguments: &[&str]) -> Child {
        let mut command = self.command(arguments);
        command
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .stderr(Stdio::piped());
        command.spawn().expect("starts")
    }

    /// Serves this place's data directory on a free port.
    pub(crate) fn serve(&self) -> Serving {
        Serving::start(self.command(&["serve", "--listen", "127.0.0.1:0", "--data", &self.data()]))
    }
}

impl Ran {
    /// What was printed, as JSON.
    #[track_caller]
    pub(crate) fn json(&self) -> Value {
        serde_json::from_str(&self.stdout).expect("JSON")
    }

    /// The run, which must have ended with this status.
    #[track_caller]
    pub(crate) fn with_status(self, status: i32) -> Self {
        assert_eq!(self.status, status, "{self:#?}");
        self
    }
}

pub(crate) fn ran(output: &Output) -> Ran {
    Ran {
        status: output.status.code().expect("not ended by a signal"),
        stdout: String::from_utf8(output.stdout.clone()).expect("UTF-8"),
        stderr: String::from_utf8(output.stderr.clone()).expect("UTF-8"),
    }
}

/// A running server.
pub(crate) struct Serving {
    child: Child,
    /// `http://ADDRESS`
    pub(crate) url: String,
    stdout: BufReader<std::process::ChildStdout>,
}

impl Serving {
    /// Starts it and waits for its address, which is the first line on stdout.
    pub(crate) fn start(command: Command) -> Self {
        Self::logging(command, Stdio::null())
    }

    /// The same, with its log lines going somewhere.
    pub(crate) fn logging(mut command: Command, log: Stdio) -> Self {
        command.stdin(Stdio::null()).stdout(Stdio::piped()).stderr(log);
        let mut child = command.spawn().expect("starts");
        let mut stdout = BufReader::new(child.stdout.take().expect("piped"));
        let mut first = String::new();
        stdout.read_line(&mut first).expect("readable");
        let url = first
            .strip_prefix("listening on ")
            .expect("the first line tells the address")
            .trim_end()
            .to_owned();
        Self { child, url, stdout }
    }

    /// Asks it to stop; returns its status and what else it printed.
    pub(crate) fn stop(mut self) -> (Option<i32>, String) {
        kill_process(Pid::from_child(&self.child), Signal::TERM).expect("signalled");
        let status = self.child.wait().expect("ends").code();
        let mut rest = String::new();
        self.stdout.read_to_string(&mut rest).expect("readable");
        (status, rest)
    }

    /// Posts one command; its reply when it was acknowledged.
    pub(crate) fn post(&self, command: &str) -> Option<Value> {
        let request = ureq::post(format!("{}/v1/commands", self.url)).content_type("application/json");
        let body = request.send(command).ok()?.body_mut().read_to_vec().ok()?;
        serde_json::from_slice(&body).ok()
    }

    /// One answer as text.
    pub(crate) fn get(&self, path: &str) -> String {
        let mut answer = ureq::get(format!("{}{path}", self.url)).call().expect("answers");
        answer.body_mut().read_to_string().expect("UTF-8")
    }
}

impl Drop for Serving {
    fn drop(&mut self) {
        // It has ended already where a test stopped it.
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

/// A programme with one project and its budget: three commands.
pub(crate) const PLAN: &str = concat!(
    r#"{"type":"establishProgramme","programme":"p","title":"Plan","municipality":"GM0505","startsOn":"2020-01-01","endsOn":"2022-12-31","authorised":"1000.00","decision":{"reference":"R1","by":"council","decidedOn":"2020-01-01"},"bookingDate":"2020-01-01","idempotencyKey":"plan-1"}"#,
    "\n",
    r#"{"type":"openProject","programme":"p","project":"a","title":"=A","theme":"T","bookingDate":"2020-01-01","idempotencyKey":"plan-2"}"#,
    "\n\n",
    r#"{"type":"allocateBudget","programme":"p","project":"a","amount":"600.00","decision":{"reference":"R1","by":"council","decidedOn":"2020-01-01"},"bookingDate":"2020-01-01","idempotencyKey":"plan-3"}"#,
    "\n",
);

/// One expenditure on that project, without a line end.
pub(crate) fn expenditure(id: &str, amount: &str) -> String {
    format!(
        r#"{{"type":"postExpenditure","programme":"p","project":"a","expenditure":"{id}","amount":"{amount}","supplier":"S","bookingDate":"2020-02-01"}}"#
    )
}
