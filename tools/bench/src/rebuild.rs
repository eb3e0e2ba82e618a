//! All projections from the log, and a server that was killed and starts again.

use std::path::Path;

use anyhow::Result;
use ledger_service::Queries;
use ledger_store::TapeReader;
use ledger_testkit::workload::{RegionWorkload, Workload};

use crate::{
    questions::Taken,
    record::{import, opened},
    table::Table,
};

const COMMANDS_PER_COMMIT: usize = 50_000;

/// Half of the events are expenditures of a programme for every municipality, half costs of a region of them all.
pub(crate) fn rebuild(directory: &Path, rounds: u32, events: u64, table: &mut Table) -> Result<()> {
    let data = directory.join(format!("rebuild-{events}"));
    if !data.exists() {
        drop(filled(&data, events)?);
    }
    let started = std::time::Instant::now();
    let (writer, queries) = opened(&data)?;
    table.figure("open", format!("{:?}", started.elapsed()));
    let mut taken = Taken::default();
    for _ in 0..rounds {
        let before = taken.ask(|| queries.rebuild())?;
        drop(before);
    }
    drop(writer);
    table.figure(
        &format!("rebuild of all projections, {events} events"),
        taken.to_string(),
    );
    Ok(())
}

fn filled(data: &Path, events: u64) -> Result<Queries<TapeReader>> {
    let programmes = Workload {
        seed: 20_190_601,
        programmes: 342,
        projects: 15,
        expenditures: events / 2,
    };
    let region = RegionWorkload {
        seed: 20_210_101,
        municipalities: 342,
        groups: 20,
        costs: events / 2,
    };
    let (mut writer, queries) = opened(data)?;
    let mut lines = programmes.lines().chain(region.lines()).peekable();
    while lines.peek().is_some() {
        let group: Vec<String> = lines.by_ref().take(COMMANDS_PER_COMMIT).collect();
        import(&mut writer, &queries, &group)?;
    }
    Ok(queries)
}
