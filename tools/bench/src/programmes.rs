//! Where a programme stands, at any date and as known at any time: it must cost the same however many events there are.

use std::path::Path;

use anyhow::{Context, Result};
use ledger_contract::{report::KnownAt, to_json};
use ledger_domain::{Date, Id};
use ledger_service::{Queries, ReportQuery, Writer};
use ledger_store::{TapeLog, TapeReader};
use ledger_testkit::workload::Workload;

use crate::{
    questions::Taken,
    record::{import, opened},
    table::Table,
};

const PROJECTS: u32 = 500;
const QUESTIONS: u32 = 300;
const QUESTIONS_OF_THE_PAST: u64 = 20;
const COMMANDS_PER_COMMIT: usize = 50_000;

/// Budget positions of one programme with many projects, for a hundredth of the events, a tenth, and all of them; asked
/// in turn, so that what else the machine does falls on all alike.
pub(crate) fn budget_positions(directory: &Path, events: u64, table: &mut Table) -> Result<()> {
    let directory = tempfile::tempdir_in(directory)?;
    let mut programmes = Vec::new();
    for events in [events / 100, events / 10, events] {
        let data = directory.path().join(events.to_string());
        programmes.push((events, filled(&data, events)?, Taken::default(), Taken::default()));
    }
    let programme = Id::new("p-0").context("an id")?;
    let first = Date::from_ymd(2019, 6, 1).context("a day")?.epoch_days();
    for question in 0..QUESTIONS {
        let query = ReportQuery {
            as_of: Some(Date::from_epoch_days(
                first + i32::try_from(question * 37 % 1_300)?,
            )),
            ..ReportQuery::default()
        };
        for (_, (_, queries), taken, _) in &mut programmes {
            taken.ask(|| -> Result<Vec<u8>> {
                let report = queries.budget_position(&programme, &query)?;
                anyhow::ensure!(
                    report.projects.len() == usize::try_from(PROJECTS)?,
                    "every project has a row"
                );
                Ok(to_json(&report)?)
            })?;
        }
    }
    for question in 1..=QUESTIONS_OF_THE_PAST {
        for (_, (_, queries), _, past) in &mut programmes {
            let position = queries.log_position() * question / (QUESTIONS_OF_THE_PAST + 1);
            let query = ReportQuery {
                as_of: Date::from_ymd(2022, 12, 31),
                known_at: Some(KnownAt::Position(position.max(2))),
                ..ReportQuery::default()
            };
            past.ask(|| queries.budget_position(&programme, &query))?;
        }
    }
    for (events, _, taken, past) in programmes {
        let work = format!("budget-position of {PROJECTS} projects x {events} events");
        table.figure(&format!("{work} at any date"), taken.to_string());
        table.figure(&format!("{work}, as known at any position"), past.to_string());
    }
    Ok(())
}

/// The writer is kept: without it sled is closed, and questions go to the tape.
fn filled(data: &Path, events: u64) -> Result<(Writer<TapeLog>, Queries<TapeReader>)> {
    let workload = Workload {
        seed: 20_190_601,
        programmes: 1,
        projects: PROJECTS,
        expenditures: events,
    };
    let (mut writer, queries) = opened(data)?;
    // In several commits: what was known is kept at the end of one.
    let mut lines = workload.lines().peekable();
    while lines.peek().is_some() {
        let group: Vec<String> = lines.by_ref().take(COMMANDS_PER_COMMIT).collect();
        import(&mut writer, &queries, &group)?;
    }
    Ok((writer, queries))
}
