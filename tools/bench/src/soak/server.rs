//! The program itself, as whoever runs it sees it: a process with memory and open files.

use std::{
    fs,
    io::{BufRead as _, BufReader, BufWriter, Write as _},
    net::SocketAddr,
    path::Path,
    process::{Child, Command, Stdio},
};

use anyhow::{Context as _, Result, ensure};
use rustix::process::{Pid, Signal, kill_process};

/// A served ledger.
pub(crate) struct Server {
    process: Child,
    pub(crate) address: SocketAddr,
}

/// What the process takes at one moment.
pub(crate) struct Sample {
    pub(crate) resident_mb: f64,
    pub(crate) descriptors: f64,
}

impl Server {
    pub(crate) fn start(program: &Path, data: &Path) -> Result<Self> {
        let mut process = Command::new(program)
            .args(["serve", "--listen", "127.0.0.1:0", "--data"])
            .arg(data)
            .stdout(Stdio::piped())
            .stderr(Stdio::null())
            .spawn()?;
        let mut first = String::new();
        let stdout = process.stdout.as_mut().context("stdout is a pipe")?;
        BufReader::new(stdout).read_line(&mut first)?;
        let address = first
            .trim()
            .strip_prefix("listening on http://")
            .with_context(|| format!("the server said {first:?}"))?
            .parse()?;
        Ok(Self { process, address })
    }

    /// Linux tells of every process what it takes.
    pub(crate) fn sample(&self) -> Result<Sample> {
        let of = format!("/proc/{}", self.process.id());
        let status = fs::read_to_string(format!("{of}/status"))?;
        let resident = status.lines().find_map(|line| line.strip_prefix("VmRSS:"));
        let resident_kb = resident.and_then(|text| text.trim().strip_suffix(" kB"));
        let descriptors = fs::read_dir(format!("{of}/fd"))?.count();
        Ok(Sample {
            resident_mb: resident_kb.context("VmRSS is told in kB")?.parse::<f64>()? / 1024.0,
            descriptors: f64::from(u32::try_from(descriptors)?),
        })
    }

    /// Asks it to end, as a service manager does.
    pub(crate) fn stop(mut self) -> Result<()> {
        let id = Pid::from_raw(i32::try_from(self.process.id())?).context("a process has an id")?;
        kill_process(id, Signal::TERM)?;
        let status = self.process.wait()?;
        ensure!(status.success(), "the server ended with {status}");
        Ok(())
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        // Gone already when all went well; a soak that failed leaves no server behind.
        let _ = self.process.kill();
        let _ = self.process.wait();
    }
}

pub(crate) fn import(program: &Path, data: &Path, lines: &[String]) -> Result<()> {
    let mut process = Command::new(program)
        .args(["import", "-", "--data"])
        .arg(data)
        .stdin(Stdio::piped())
        .stdout(Stdio::null())
        .spawn()?;
    let mut input = BufWriter::new(process.stdin.take().context("stdin is a pipe")?);
    for line in lines {
        writeln!(input, "{line}")?;
    }
    drop(input.into_inner().map_err(std::io::IntoInnerError::into_error)?);
    let status = process.wait()?;
    ensure!(status.success(), "the import ended with {status}");
    Ok(())
}

/// What `verify` says of the record.
pub(crate) fn verify(program: &Path, data: &Path) -> Result<String> {
    let verified = Command::new(program)
        .args(["verify", "--data"])
        .arg(data)
        .output()?;
    let said = String::from_utf8_lossy(&verified.stdout).trim().to_owned();
    ensure!(
        verified.status.success(),
        "{said} {}",
        String::from_utf8_lossy(&verified.stderr)
    );
    Ok(said)
}
