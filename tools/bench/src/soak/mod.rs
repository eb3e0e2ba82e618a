//! A soak: the real server for many minutes, with mixed posting and asking, to see what grows and what slows down.
//!
//! Connections pause between requests, so that the load is the same all the time and the ledger of a known size at the
//! end; what is compared is the first tenth of the time with the last. Afterwards every figure is held against what was
//! posted, and the record is verified.

mod server;
mod work;

use std::{
    path::{Path, PathBuf},
    sync::Arc,
    time::{Duration, Instant},
};

use anyhow::{Context as _, Result, ensure};

use crate::table::{say, spread};
use server::{Sample, Server};
use work::{Kind, Work};

/// How large it is.
#[derive(clap::Args)]
pub(crate) struct Size {
    /// How long a soak takes.
    #[arg(long, default_value_t = 30)]
    minutes: u64,
    /// Connections that post in a soak; as many ask.
    #[arg(long, default_value_t = 8)]
    connections: u32,
    /// How long each connection of a soak pauses between an answer and its next request.
    #[arg(long, default_value_t = 20)]
    pause_ms: u64,
    /// The program that a soak serves with; by default the one beside this program.
    #[arg(long)]
    program: Option<PathBuf>,
}

/// Imports a ledger, serves it, and tells how the server held out.
pub(crate) fn soak(directory: &Path, events: u64, size: &Size) -> Result<()> {
    let directory = tempfile::tempdir_in(directory)?;
    let program = match &size.program {
        Some(program) => program.clone(),
        None => std::env::current_exe()?.with_file_name("rekenschap"),
    };
    ensure!(
        program.exists(),
        "{} is not there: build it with `cargo build --release -p ledger-cli`",
        program.display()
    );
    let data = directory.path().join("ledger");
    let work = Arc::new(Work::new(events));
    server::import(&program, &data, &work.imported())?;
    let server = Server::start(&program, &data)?;
    let runtime = tokio::runtime::Runtime::new()?;
    let time = Duration::from_secs(size.minutes * 60);
    let pause = Duration::from_millis(size.pause_ms);
    let samples = runtime.block_on(async {
        work.begin(server.address).await?;
        let running = work::start(&work, server.address, size.connections, pause, time);
        let (started, mut samples) = (Instant::now(), Vec::new());
        while started.elapsed() < time && !running.is_finished() {
            samples.push(server.sample()?);
            tokio::time::sleep(Duration::from_secs(1)).await;
        }
        samples.push(server.sample()?);
        running.await??;
        work.check(server.address).await?;
        Ok::<_, anyhow::Error>(samples)
    })?;
    drop(runtime);
    server.stop()?;
    let verified = server::verify(&program, &data)?;
    print(size, &work, &samples)?;
    say(&format!(
        "\nEvery figure is the sum of what was posted. {verified}"
    ));
    Ok(())
}

fn print(size: &Size, work: &Work, samples: &[Sample]) -> Result<()> {
    say(&format!(
        "{} minutes, {} connections that post and as many that ask, {} ms between requests\n",
        size.minutes, size.connections, size.pause_ms
    ));
    say("| what | in all | first tenth | last tenth |");
    say("|---|---|---|---|");
    for kind in Kind::ALL {
        let (count, first, last) = work.taken(kind);
        say(&format!(
            "| {} | {count} | {} | {} |",
            kind.name(),
            latencies(first),
            latencies(last)
        ));
    }
    let tenth = samples.len().div_ceil(10);
    let of = |figure: fn(&Sample) -> f64, unit: &str| {
        let part = |samples: &[Sample]| {
            let (least, median, most) = spread(samples.iter().map(figure).collect());
            format!("{median:.0} {unit} ({least:.0} to {most:.0})")
        };
        let last = samples.get(samples.len() - tenth..).unwrap_or_default();
        (part(samples.get(..tenth).unwrap_or_default()), part(last))
    };
    for (what, (first, last)) in [
        ("resident memory", of(|sample| sample.resident_mb, "MB")),
        ("file descriptors", of(|sample| sample.descriptors, "open")),
    ] {
        say(&format!("| {what} | | {first} | {last} |"));
    }
    let (before, after) = work.positions();
    say(&format!(
        "| events | {} more | {before} | {after} |",
        after - before
    ));
    samples.first().context("nothing was sampled").map(drop)
}

fn latencies(mut taken_us: Vec<f64>) -> String {
    taken_us.sort_by(f64::total_cmp);
    let at = |percent: usize| {
        let index = (taken_us.len() * percent / 100).min(taken_us.len().saturating_sub(1));
        taken_us.get(index).copied().unwrap_or(f64::NAN) / 1e3
    };
    format!(
        "p50 {:.2} ms, p99 {:.2} ms, max {:.1} ms",
        at(50),
        at(99),
        at(100)
    )
}
