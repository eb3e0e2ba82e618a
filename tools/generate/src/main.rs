//! Seeded commands of any number as NDJSON, for `rekenschap import`: the workloads of tests and benchmarks.

use std::io::{BufWriter, Write, stdout};

use clap::Parser;
use ledger_testkit::workload::{RegionWorkload, Workload};

/// Prints commands that are all taken, in order: every programme and its expenditures, then every region and its costs.
/// The same numbers give the same bytes on every machine.
#[derive(Parser)]
struct Arguments {
    /// Every draw follows from it.
    #[arg(long, default_value_t = 1)]
    seed: u64,
    /// Programmes, one for each municipality.
    #[arg(long, default_value_t = 342)]
    programmes: u32,
    /// Projects in each programme.
    #[arg(long, default_value_t = 15)]
    projects: u32,
    /// Expenditures over all programmes.
    #[arg(long, default_value_t = 100_000)]
    expenditures: u64,
    /// Regions.
    #[arg(long, default_value_t = 1)]
    regions: u16,
    /// Members of each region.
    #[arg(long, default_value_t = 342)]
    municipalities: u16,
    /// Cost groups of each region; every fourth has a stop-loss and clients.
    #[arg(long, default_value_t = 20)]
    groups: u32,
    /// Costs of each region.
    #[arg(long, default_value_t = 100_000)]
    costs: u64,
}

fn main() -> anyhow::Result<()> {
    let asked = Arguments::parse();
    let divided = |parts: u64, over: u64, what| {
        anyhow::ensure!(parts > 0 || over == 0, "without {what} there is nowhere to post");
        Ok(())
    };
    divided(
        u64::from(asked.programmes) * u64::from(asked.projects),
        asked.expenditures,
        "programmes and projects",
    )?;
    divided(
        u64::from(asked.municipalities) * u64::from(asked.groups),
        asked.costs,
        "municipalities and groups",
    )?;
    let mut out = BufWriter::new(stdout().lock());
    let programmes = Workload {
        seed: asked.seed,
        programmes: asked.programmes,
        projects: asked.projects,
        expenditures: asked.expenditures,
    };
    for line in programmes.lines() {
        writeln!(out, "{line}")?;
    }
    for number in 0..asked.regions {
        let region = RegionWorkload {
            seed: asked.seed.wrapping_add(number.into()),
            municipalities: asked.municipalities,
            groups: asked.groups,
            costs: asked.costs,
        };
        for line in region.lines_of(&format!("region-{number}")) {
            writeln!(out, "{line}")?;
        }
    }
    out.flush()?;
    Ok(())
}
