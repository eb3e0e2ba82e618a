//! The bill of a region, divided: it must cost the same however many costs there are.

use std::path::Path;

use anyhow::{Context, Result};
use ledger_contract::to_json;
use ledger_domain::{Date, Id};
use ledger_service::{Queries, RegionQuery, Writer};
use ledger_store::{TapeLog, TapeReader};
use ledger_testkit::workload::RegionWorkload;

use crate::{
    questions::Taken,
    record::{import, opened},
    table::Table,
};

const MUNICIPALITIES: u16 = 342;
const GROUPS: u32 = 20;
const QUESTIONS: u32 = 300;

/// Cost shares at any date, for a hundredth of the costs, a tenth, and all of them; asked in turn, so that what else the
/// machine does falls on all alike.
pub(crate) fn cost_shares(directory: &Path, costs: u64, table: &mut Table) -> Result<()> {
    let directory = tempfile::tempdir_in(directory)?;
    let mut regions = Vec::new();
    for costs in [costs / 100, costs / 10, costs] {
        let data = directory.path().join(costs.to_string());
        regions.push((costs, filled(&data, costs)?, Taken::default()));
    }
    let region = Id::new("region").context("an id")?;
    let first = Date::from_ymd(2021, 1, 1).context("a day")?.epoch_days();
    for question in 0..QUESTIONS {
        let day = first + i32::try_from(question * 37 % 365)?;
        let query = RegionQuery {
            as_of: Some(Date::from_epoch_days(day)),
            known_at: None,
        };
        for (_, (_, queries), taken) in &mut regions {
            let json = taken.ask(|| -> Result<Vec<u8>> {
                let report = queries.cost_shares(&region, Some(2021), &query)?;
                anyhow::ensure!(
                    report.municipalities.len() == usize::from(MUNICIPALITIES),
                    "every member has a line"
                );
                Ok(to_json(&report)?)
            })?;
            anyhow::ensure!(json.len() > 1_000_000, "every group has all of them");
        }
    }
    for (costs, _, taken) in regions {
        table.figure(
            &format!(
                "cost-shares of {MUNICIPALITIES} municipalities x {GROUPS} groups x {costs} costs at any date"
            ),
            taken.to_string(),
        );
    }
    Ok(())
}

/// The writer is kept: without it sled is closed, and questions go to the tape.
fn filled(data: &Path, costs: u64) -> Result<(Writer<TapeLog>, Queries<TapeReader>)> {
    let workload = RegionWorkload {
        seed: 20_210_101,
        municipalities: MUNICIPALITIES,
        groups: GROUPS,
        costs,
    };
    let (mut writer, queries) = opened(data)?;
    import(&mut writer, &queries, &workload.lines().collect::<Vec<_>>())?;
    Ok((writer, queries))
}
