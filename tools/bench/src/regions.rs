//! The bill of a region, divided: it must cost the same however many costs there are.

use std::{path::Path, time::Instant};

use anyhow::{Context, Result};
use ledger_domain::{Date, Id};
use ledger_service::RegionQuery;
use ledger_testkit::workload::RegionWorkload;

use crate::{
    record::{import, opened},
    table::Table,
};

const MUNICIPALITIES: u16 = 342;
const GROUPS: u32 = 20;
const QUESTIONS: u32 = 300;

/// Cost shares at any date, for a tenth of the costs and for all of them: microseconds, and the ratio of their medians.
pub(crate) fn cost_shares(directory: &Path, costs: u64, table: &mut Table) -> Result<()> {
    let few = asked(directory, costs / 10)?;
    let many = asked(directory, costs)?;
    for (costs, (p50_us, p99_us)) in [(costs / 10, few), (costs, many)] {
        table.figure(
            &format!(
                "cost-shares of {MUNICIPALITIES} municipalities x {GROUPS} groups x {costs} costs at any date"
            ),
            format!("p50 {p50_us} us, p99 {p99_us} us"),
        );
    }
    let ratio = f64::from(many.0) / f64::from(few.0);
    table.figure(
        "the same: ten times the costs take",
        format!("{ratio:.2} times as long (p50)"),
    );
    Ok(())
}

/// The median and the 99th percentile of many questions, in microseconds.
fn asked(directory: &Path, costs: u64) -> Result<(u32, u32)> {
    let directory = tempfile::tempdir_in(directory)?;
    let workload = RegionWorkload {
        seed: 20_210_101,
        municipalities: MUNICIPALITIES,
        groups: GROUPS,
        costs,
    };
    let (mut writer, queries) = opened(&directory.path().join("region"))?;
    import(&mut writer, &queries, &workload.lines().collect::<Vec<_>>())?;
    let region = Id::new("region").context("an id")?;
    let first = Date::from_ymd(2021, 1, 1).context("a day")?.epoch_days();
    let mut taken_us = Vec::new();
    for question in 0..QUESTIONS {
        let day = first + i32::try_from(question * 37 % 365)?;
        let query = RegionQuery {
            as_of: Some(Date::from_epoch_days(day)),
            known_at: None,
        };
        let started = Instant::now();
        let report = queries.cost_shares(&region, Some(2021), &query)?;
        taken_us.push(u32::try_from(started.elapsed().as_micros())?);
        anyhow::ensure!(
            report.municipalities.len() == usize::from(MUNICIPALITIES),
            "every member has a line"
        );
    }
    taken_us.sort_unstable();
    let at = |percent: usize| {
        taken_us
            .get(taken_us.len() * percent / 100)
            .copied()
            .context("a question")
    };
    Ok((at(50)?, at(99)?))
}
