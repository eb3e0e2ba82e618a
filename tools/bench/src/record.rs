//! The record under postings: single commits, groups, an import, an opening.

use std::{
    os::unix::fs::MetadataExt as _,
    path::Path,
    sync::Arc,
    time::{Duration, Instant},
};

use anyhow::{Context, Result};
use ledger_contract::event::{EventData, ExpenditurePostedV1, Stream};
use ledger_domain::{Date, Id};
use ledger_service::{Clock, Queries, ReportQuery, Submission, SystemClock, Visit, Writer, open};
use ledger_store::{EventLog, NewCommand, NewEvent, Options, TapeLog, TapeReader};
use ledger_testkit::workload::Workload;
use rustix::time::{ClockId, clock_gettime};

use crate::{
    floor::{Plain, appends_us},
    table::{Table, spread},
};

pub(crate) const WORKLOAD: Workload = Workload {
    seed: 20_190_601,
    programmes: 10,
    projects: 15,
    expenditures: u64::MAX,
};

/// How many commands open its programmes and projects, before the first expenditure.
pub(crate) fn opening_commands() -> usize {
    (WORKLOAD.programmes * (1 + 2 * WORKLOAD.projects)) as usize
}

pub(crate) fn opened(directory: &Path) -> Result<(Writer<TapeLog>, Queries<TapeReader>)> {
    let (writer, queries, _) = open(
        directory,
        &Options::new("bench.example/ledger"),
        Arc::new(SystemClock),
    )?;
    Ok((writer, queries))
}

/// The bytes that the tape holds, filler excluded.
pub(crate) fn tape_bytes(directory: &Path) -> Result<u64> {
    let mut bytes = 0;
    for segment in std::fs::read_dir(directory.join("tape"))? {
        let text = std::fs::read(segment?.path())?;
        bytes += text.len() - text.iter().rev().take_while(|byte| **byte == b'\n').count();
    }
    Ok(bytes as u64)
}

/// What a data directory takes on the disk: the space given to its files.
pub(crate) fn disk_bytes(directory: &Path) -> Result<u64> {
    let mut bytes = 0;
    for entry in std::fs::read_dir(directory)? {
        let entry = entry?;
        bytes += if entry.file_type()?.is_dir() {
            disk_bytes(&entry.path())?
        } else {
            entry.metadata()?.blocks() * 512
        };
    }
    Ok(bytes)
}

/// One client posts one command at a time: parsed, decided, rendered, hashed, synced, projected.
pub(crate) fn single_commits(directory: &Path, rounds: u32, count: u32, table: &mut Table) -> Result<()> {
    let directory = tempfile::tempdir_in(directory)?;
    let data = directory.path().join("single");
    let (mut writer, queries) = opened(&data)?;
    let mut lines = WORKLOAD.lines();
    let mut post = |count: u32| -> Result<Vec<f64>> {
        let lines: Vec<String> = lines.by_ref().take(count as usize).collect();
        let mut latencies_us = Vec::with_capacity(lines.len());
        for line in lines {
            let started = Instant::now();
            let submission =
                Submission::read(line.as_bytes(), None, "bench").map_err(|_| anyhow::anyhow!("{line}"))?;
            writer.begin(SystemClock.now())?;
            writer.execute(submission)?;
            writer.commit()?;
            queries.catch_up()?;
            latencies_us.push(started.elapsed().as_secs_f64() * 1e6);
        }
        Ok(latencies_us)
    };
    // The opening of programmes and projects comes first and is not measured.
    post(u32::try_from(opening_commands())?)?;
    let before = tape_bytes(&data)?;
    post(100)?;
    let bytes = usize::try_from((tape_bytes(&data)? - before) / 100)?;
    let (mut growing, mut filled, mut p50_us) = (Vec::new(), Vec::new(), Vec::new());
    for _ in 0..rounds {
        let floor = appends_us(directory.path(), Plain::Growing, count, bytes)?;
        let ours = post(count)?;
        let floor_filled = appends_us(directory.path(), Plain::Filled, count, bytes)?;
        growing.push((per_second(&ours), per_second(&floor)));
        filled.push((per_second(&ours), per_second(&floor_filled)));
        p50_us.push((spread(ours).1, spread(floor_filled).1));
    }
    let held = format!("append + fdatasync of the same {bytes} bytes");
    table.pair(
        "durable single commit, one client, in-process",
        "/s",
        &format!("{held}, growing file"),
        &growing,
    );
    let in_advance = format!("{held}, file filled in advance");
    table.pair("the same", "/s", &in_advance, &filled);
    table.pair("the same, p50 (lower is better)", "us", &in_advance, &p50_us);
    Ok(())
}

/// One after the other, how many a second.
fn per_second(latencies_us: &[f64]) -> f64 {
    1e6 / (latencies_us.iter().sum::<f64>()
        / f64::from(u32::try_from(latencies_us.len()).unwrap_or(u32::MAX)))
}

/// Events handed to the store in groups, sled caught up at the end.
pub(crate) fn groups(directory: &Path, rounds: u32, groups: u32, size: u32, table: &mut Table) -> Result<()> {
    let directory = tempfile::tempdir_in(directory)?;
    let data = directory.path().join("groups");
    let options = Options::new("bench.example/ledger");
    let (mut log, _) = TapeLog::open(&data, &options, SystemClock.now())?;
    let mut number = 0u32;
    let mut append = |groups: u32| -> Result<f64> {
        let batches: Vec<Vec<NewCommand>> = (0..groups)
            .map(|_| {
                (0..size)
                    .map(|_| {
                        number += 1;
                        expenditure(number)
                    })
                    .collect::<Result<Vec<_>>>()
            })
            .collect::<Result<_>>()?;
        let started = Instant::now();
        for batch in batches {
            log.begin(SystemClock.now())?;
            for command in batch {
                log.stage(command)?;
            }
            // The next group is staged while this one is synced, and written only after that.
            log.commit_ahead(|| ())?;
        }
        log.commit()?;
        log.catch_up();
        Ok(f64::from(groups * size) / started.elapsed().as_secs_f64())
    };
    append(1)?;
    let before = tape_bytes(&data)?;
    append(1)?;
    let group_bytes = usize::try_from(tape_bytes(&data)? - before)?;
    let mut pairs = Vec::new();
    for _ in 0..rounds {
        let floor = per_second(&appends_us(
            directory.path(),
            Plain::Growing,
            groups,
            group_bytes,
        )?);
        pairs.push((append(groups)?, floor * f64::from(size)));
    }
    let held = format!("a growing file given the same {group_bytes} bytes a group, fdatasync each");
    table.pair(
        &format!("groups of {size} events through the store, sled caught up"),
        "events/s",
        &held,
        &pairs,
    );
    Ok(())
}

fn expenditure(number: u32) -> Result<NewCommand> {
    let programme = Id::new("bench").context("an id")?;
    let text = format!(
        r#"{{"amount":"1250.00","category":null,"charges":[{{"amount":"1250.00","source":"programme"}}],"commitment":null,"drawnDown":null,"expenditure":"F-{number:09}","overspend":"0.00","programme":"bench","project":"project-1","taakveld":null,"tags":{{}},"year":2021}}"#
    );
    let data: ExpenditurePostedV1 = from_json(&text)?;
    Ok(NewCommand {
        stream: Stream::Programme(programme),
        expected_version: None,
        recorded_by: "bench".into(),
        idempotency_key: None,
        events: vec![NewEvent {
            booking_date: Date::from_ymd(2021, 3, 31).context("a day")?,
            data: EventData::ExpenditurePosted(data),
            details: None,
        }],
    })
}

fn from_json(text: &str) -> Result<ExpenditurePostedV1> {
    let mut reader = serde_json::Deserializer::from_str(text);
    match EventData::deserialize(111, 1, &mut reader)? {
        Some(EventData::ExpenditurePosted(data)) => Ok(data),
        other => anyhow::bail!("not an expenditure: {other:?}"),
    }
}

/// An import of many commands as one, then an opening that answers one question.
pub(crate) fn import_and_open(directory: &Path, events: u64, table: &mut Table) -> Result<()> {
    let directory = tempfile::tempdir_in(directory)?;
    let data = directory.path().join("import");
    let workload = Workload {
        expenditures: events.saturating_sub(opening_commands() as u64),
        ..WORKLOAD
    };
    let lines: Vec<String> = workload.lines().collect();
    let (mut writer, queries) = opened(&data)?;
    let count = u32::try_from(lines.len())?;
    let started = Instant::now();
    for line in &lines {
        Submission::read(line.as_bytes(), None, "bench").map_err(|_| anyhow::anyhow!("{line}"))?;
    }
    let read = started.elapsed() / count;
    let (started, before) = (Instant::now(), cpu_time()?);
    import(&mut writer, &queries, &lines)?;
    drop((writer, queries));
    let seconds = started.elapsed().as_secs_f64();
    let cpu = (cpu_time()?.saturating_sub(before)) / count;
    table.figure(
        &format!("import of {count} commands as one, projections caught up, sled too, closed"),
        format!("{:.0} commands/s", f64::from(count) / seconds),
    );
    table.figure(
        "of which CPU time, of all threads",
        format!(
            "{} ns a command, of which reading it {} ns",
            cpu.as_nanos(),
            read.as_nanos()
        ),
    );
    let (lines_bytes, all_bytes) = (tape_bytes(&data)?, disk_bytes(&data)?);
    table.figure(
        "disk, with tape, sled and tiles",
        format!(
            "{} bytes an event, {:.2} of the bytes of its line on the tape",
            all_bytes / events.max(1),
            ratio(all_bytes, lines_bytes)?
        ),
    );
    let started = Instant::now();
    let (writer, queries) = opened(&data)?;
    let opened_ms = started.elapsed().as_millis();
    let started = Instant::now();
    let programme = Id::new("p-0").context("an id")?;
    let report = queries.budget_position(&programme, &ReportQuery::default())?;
    let answered_us = started.elapsed().as_micros();
    anyhow::ensure!(!report.projects.is_empty(), "the programme has projects");
    drop((writer, queries));
    let started = Instant::now();
    let (log, _) = TapeLog::open(&data, &Options::new("bench.example/ledger"), SystemClock.now())?;
    let store_ms = started.elapsed().as_millis();
    let started = Instant::now();
    let found = log.key_events("no such key")?;
    let index_ms = started.elapsed().as_millis();
    anyhow::ensure!(found.is_empty(), "nothing has that key");
    table.figure(
        &format!("opening {events} events after a close"),
        format!("{opened_ms} ms; then budget-position in {answered_us} us"),
    );
    table.figure(
        "of which the store",
        format!("{store_ms} ms; the first look in its index {index_ms} ms"),
    );
    Ok(())
}

/// What all threads of this process took so far.
fn cpu_time() -> Result<Duration> {
    Ok(Duration::try_from(clock_gettime(ClockId::ProcessCPUTime))?)
}

fn ratio(of: u64, to: u64) -> Result<f64> {
    // In KiB, which is as exact as a ratio needs.
    Ok(f64::from(u32::try_from(of >> 10)?) / f64::from(u32::try_from(to >> 10)?.max(1)))
}

/// All lines as one commit, projections caught up.
pub(crate) fn import(
    writer: &mut Writer<TapeLog>,
    queries: &Queries<TapeReader>,
    lines: &[String],
) -> Result<()> {
    writer.begin(SystemClock.now())?;
    let mut first = None;
    let input = |visit: &mut Visit<'_>| {
        for (number, line) in (1..).zip(lines) {
            if !visit(number, Ok(line.as_bytes())) {
                break;
            }
        }
        Ok(())
    };
    ledger_service::import(writer, "bench", false, input, &mut |refusal| {
        first.get_or_insert(refusal);
    })?;
    if let Some(refusal) = first {
        anyhow::bail!("line {}: {}", refusal.line, refusal.detail);
    }
    ledger_service::commit_import(writer, queries)?;
    Ok(())
}
