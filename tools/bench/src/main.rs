//! Benchmarks: ours beside the floor of the same disk in the same run, interleaved, as ratios.
//!
//! Absolute figures swing when cores are shared; the ratio of two things measured in turn does not. Nothing durable
//! or checked is switched off.

mod floor;
mod growth;
mod http;
mod programmes;
mod proof;
mod questions;
mod rebuild;
mod record;
mod regions;
mod soak;
mod table;

use std::path::PathBuf;

use clap::Parser;
use tikv_jemallocator::Jemalloc;

/// That of the binary.
#[global_allocator]
static ALLOCATOR: Jemalloc = Jemalloc;

/// Measures the ledger against a plain file on the same disk.
#[derive(Parser)]
struct Arguments {
    /// Where the files go; a temporary directory there is used and removed.
    #[arg(long, default_value = "target/bench")]
    directory: PathBuf,
    /// Rounds of each pair; the median is quoted.
    #[arg(long, default_value_t = 7)]
    rounds: u32,
    /// The size of the ledger that is imported and opened.
    #[arg(long, default_value_t = 1_000_000)]
    events: u64,
    /// Only this work.
    #[arg(long)]
    only: Option<Work>,
    /// The sizes of `--only growth` [default: 100000,1000000, and 10000000 when --events is as many]
    #[arg(long, value_delimiter = ',')]
    sizes: Vec<u64>,
    /// What a process that measures one size does.
    #[arg(long, hide = true)]
    growth_part: Option<growth::Part>,
    #[command(flatten)]
    soak: soak::Size,
}

#[derive(Clone, Copy, PartialEq, Eq, clap::ValueEnum)]
enum Work {
    /// Durable single commits.
    Single,
    /// Groups through the store.
    Groups,
    /// An import, and an opening after it.
    Import,
    /// Postings and reports over HTTP.
    Http,
    /// Cost shares of many municipalities, groups and costs.
    Shares,
    /// Budget positions of many projects and events.
    Positions,
    /// Leaves, inclusion proofs and bundles.
    Proofs,
    /// All projections from the log, and a start after a kill.
    Rebuild,
    /// The same ledger at several sizes, each in processes of its own; only when asked.
    Growth,
    /// The real server for many minutes; never part of everything.
    Soak,
}

fn main() -> anyhow::Result<()> {
    let Arguments {
        directory,
        rounds,
        events,
        only,
        mut sizes,
        growth_part,
        soak,
    } = Arguments::parse();
    std::fs::create_dir_all(&directory)?;
    if let Some(part) = growth_part {
        return growth::part(&directory, part, events);
    }
    if only == Some(Work::Growth) {
        if sizes.is_empty() {
            sizes = vec![100_000, 1_000_000, 10_000_000];
            sizes.retain(|size| *size <= events);
        }
        return growth::growth(&directory, &sizes);
    }
    if only == Some(Work::Soak) {
        return soak::soak(&directory, events, &soak);
    }
    let mut table = table::Table::default();
    let asked = |work| only.is_none_or(|only| only == work);
    if asked(Work::Single) {
        record::single_commits(&directory, rounds, 1_000, &mut table)?;
    }
    if asked(Work::Groups) {
        record::groups(&directory, rounds, 100, 1_000, &mut table)?;
    }
    if asked(Work::Import) {
        record::import_and_open(&directory, events, &mut table)?;
    }
    if asked(Work::Http) {
        for connections in [16, 64] {
            http::commits(&directory, rounds, connections, 19_200 / connections, &mut table)?;
        }
        for connections in [16, 64] {
            http::reports(&directory, rounds, connections, 40_000 / connections, &mut table)?;
        }
    }
    if asked(Work::Shares) {
        regions::cost_shares(&directory, events, &mut table)?;
    }
    if asked(Work::Positions) {
        programmes::budget_positions(&directory, events, &mut table)?;
    }
    if asked(Work::Proofs) {
        proof::proofs(&directory, rounds, events, &mut table)?;
    }
    if asked(Work::Rebuild) {
        rebuild::rebuild(&directory, rounds, events, &mut table)?;
    }
    table.print();
    Ok(())
}
