//! The same ledger at several sizes: which figures grow, and how.
//!
//! Each size is imported by one process and asked by another, so that the memory of one is not counted with another's.

use std::{
    collections::BTreeMap,
    fs::File,
    io::{BufRead as _, BufReader, BufWriter, Write as _},
    path::Path,
    process::Command,
    time::{Duration, Instant},
};

use anyhow::{Context, Result, ensure};
use ledger_contract::{report::KnownAt, to_json};
use ledger_domain::{Date, Id};
use ledger_proof::{proof::inclusion, reader::TileReader, tile::TilePath};
use ledger_service::{Clock as _, Queries, RegionQuery, ReportQuery, SystemClock, Visit, make_checkpoint};
use ledger_store::{EventReader as _, Options, SnapshotKind, TapeLog, TapeReader};
use ledger_testkit::workload::{RegionWorkload, Workload};
use rand_chacha::{
    ChaCha8Rng,
    rand_core::{Rng as _, SeedableRng as _},
};

use crate::{
    questions::percentile,
    record::{disk_bytes, opened, tape_bytes},
};

const SEED: u64 = 20_190_601;
const PROGRAMMES: u32 = 342;
const PROJECTS: u32 = 15;
const MUNICIPALITIES: u16 = 342;
const GROUPS: u32 = 20;
/// Commands that one import takes.
const IMPORTED: usize = 1_000_000;
const QUESTIONS: u32 = 200;
/// Of what was known at a position or an instant, of each report.
const QUESTIONS_OF_THE_PAST: u32 = 20;

/// What a child process measures.
#[derive(Clone, Copy, PartialEq, Eq, clap::ValueEnum)]
pub(crate) enum Part {
    /// Makes the ledger.
    Import,
    /// Opens it and asks.
    Ask,
}

/// Figures by name, in the order of measuring, and whether less is better is for the reader.
type Figures = Vec<(String, f64)>;

/// Measures every size and prints a row per figure.
pub(crate) fn growth(directory: &Path, sizes: &[u64]) -> Result<()> {
    let mut names: Vec<String> = Vec::new();
    let mut measured: Vec<BTreeMap<String, f64>> = Vec::new();
    for size in sizes {
        let folder = tempfile::tempdir_in(directory)?;
        let mut figures = BTreeMap::new();
        for part in ["import", "ask"] {
            for (name, value) in child(folder.path(), part, *size)? {
                if !names.contains(&name) {
                    names.push(name.clone());
                }
                figures.insert(name, value);
            }
        }
        measured.push(figures);
    }
    crate::table::say(&format!("| figure | {} | from size to size |", row(sizes.iter())));
    crate::table::say(&format!("|---|{}---|", "---|".repeat(sizes.len())));
    for name in names {
        let values: Vec<f64> = measured
            .iter()
            .map(|figures| figures.get(&name).copied().unwrap_or(f64::NAN))
            .collect();
        let shown = row(values.iter().map(|value| format!("{value:.*}", decimals(*value))));
        crate::table::say(&format!("| {name} | {shown} | {} |", grown(sizes, &values)));
    }
    Ok(())
}

fn row(cells: impl Iterator<Item = impl ToString>) -> String {
    cells.map(|cell| cell.to_string()).collect::<Vec<_>>().join(" | ")
}

fn decimals(value: f64) -> usize {
    if value < 10.0 { 2 } else { 0 }
}

/// How often as much from each size to the next, and whether that is flat or goes with the events: the power of the
/// size that the last step is.
fn grown(sizes: &[u64], values: &[f64]) -> String {
    let steps = sizes.windows(2).zip(values.windows(2));
    let factors: Vec<(f64, f64)> = steps
        .filter_map(|(sizes, values)| match (sizes, values) {
            ([from, to], [before, after]) => {
                let events = f64::from(u32::try_from(*to).ok()?) / f64::from(u32::try_from(*from).ok()?);
                Some((after / before, events))
            }
            _ => None,
        })
        .collect();
    // What was not there at the smaller size cannot be told in times.
    let factors: Vec<_> = factors
        .into_iter()
        .filter(|(factor, _)| factor.is_finite())
        .collect();
    let mut text = row(factors.iter().map(|(factor, _)| format!("x {factor:.1}"))).replace(" | ", ", ");
    if let Some((factor, events)) = factors.last() {
        text.push_str(match factor.ln() / events.ln() {
            power if power < -0.1 => ": falls",
            power if power < 0.15 => ": flat",
            power if power < 0.75 => ": slower than the events",
            power if power < 1.1 => ": with the events",
            _ => ": FASTER than the events",
        });
    }
    text
}

/// This program again, for one part of one size.
fn child(folder: &Path, part: &str, size: u64) -> Result<Figures> {
    // What the part before it left to be written is not measured with this one.
    rustix::fs::sync();
    let output = Command::new(std::env::current_exe()?)
        .arg("--directory")
        .arg(folder)
        .args(["--growth-part", part, "--events", &size.to_string()])
        .output()?;
    ensure!(
        output.status.success(),
        "{size} events, {part}: {}",
        String::from_utf8_lossy(&output.stderr)
    );
    let told = String::from_utf8(output.stdout)?;
    told.lines()
        .map(|line| {
            let (name, value) = line.split_once('\t').context("a figure")?;
            Ok((name.to_owned(), value.parse()?))
        })
        .collect()
}

/// What the child does: figures go to standard output, one a line.
pub(crate) fn part(folder: &Path, part: Part, size: u64) -> Result<()> {
    let data = folder.join("ledger");
    let mut figures = match part {
        Part::Import => imported(folder, &data, size)?,
        Part::Ask => asked(&data)?,
    };
    let of = if part == Part::Import { "import" } else { "answers" };
    for (name, value) in memory_mib()? {
        figures.push((format!("memory of the process with the {of}, {name}, MiB"), value));
    }
    for (name, value) in figures {
        crate::table::say(&format!("{name}\t{value}"));
    }
    Ok(())
}

/// A ledger of about this many events. Commands are made in a file, an import's at a time.
fn imported(folder: &Path, data: &Path, size: u64) -> Result<Figures> {
    let (mut writer, queries) = opened(data)?;
    let mut commands = commands(size).peekable();
    let (mut count, mut taken, file) = (0_u32, Duration::ZERO, folder.join("commands"));
    while commands.peek().is_some() {
        let mut lines = BufWriter::new(File::create(&file)?);
        for line in commands.by_ref().take(IMPORTED) {
            writeln!(lines, "{line}")?;
            count += 1;
        }
        lines.flush()?;
        let started = Instant::now();
        writer.begin(SystemClock.now())?;
        let read = |visit: &mut Visit<'_>| {
            let mut lines = BufReader::new(File::open(&file)?);
            let (mut line, mut number) = (Vec::new(), 0);
            while lines.read_until(b'\n', &mut line)? > 0 {
                number += 1;
                if !visit(number, Ok(line.trim_ascii_end())) {
                    break;
                }
                line.clear();
            }
            Ok(())
        };
        let outcome = ledger_service::import(&mut writer, "bench", false, read, &mut |_| {})?;
        ensure!(outcome.refused == 0, "every command is taken");
        ledger_service::commit_import(&mut writer, &queries)?;
        taken += started.elapsed();
    }
    std::fs::remove_file(&file)?;
    drop((writer, queries));
    let (disk, lines) = (mib(disk_bytes(data)?)?, mib(tape_bytes(data)?)?);
    Ok(vec![
        ("commands".to_owned(), count.into()),
        (
            "import, commands/s".to_owned(),
            f64::from(count) / taken.as_secs_f64(),
        ),
        (
            "disk, bytes an event".to_owned(),
            disk * 1_048_576.0 / f64::from(count),
        ),
        ("disk, ratio to the lines on the tape".to_owned(), disk / lines),
        (
            "store that is read, MiB".to_owned(),
            mib(disk_bytes(&data.join("sled"))?)?,
        ),
    ])
}

/// Programmes and a region as `tools/generate` makes them: what opens them first, then an expenditure and a cost in turn.
fn commands(size: u64) -> impl Iterator<Item = String> {
    let opening_programmes = PROGRAMMES * (1 + 2 * PROJECTS);
    let opening_region = 1 + u32::from(MUNICIPALITIES) + 2 * GROUPS + 1;
    let each = size.saturating_sub(u64::from(opening_programmes + opening_region)) / 2;
    let programmes = Workload {
        seed: SEED,
        programmes: PROGRAMMES,
        projects: PROJECTS,
        expenditures: each,
    };
    let region = RegionWorkload {
        seed: SEED,
        municipalities: MUNICIPALITIES,
        groups: GROUPS,
        costs: each,
    };
    let opening = programmes
        .lines()
        .take(opening_programmes as usize)
        .chain(region.lines().take(opening_region as usize));
    let expenditures = programmes.lines().skip(opening_programmes as usize);
    let costs = region.lines().skip(opening_region as usize);
    opening.chain(
        expenditures
            .zip(costs)
            .flat_map(|(expenditure, cost)| [expenditure, cost]),
    )
}

/// Opens the ledger and asks it everything.
fn asked(data: &Path) -> Result<Figures> {
    let mut figures = Figures::new();
    let started = Instant::now();
    let (mut writer, queries) = opened(data)?;
    figures.push(("opening after a close, ms".to_owned(), ms(started)));
    let started = Instant::now();
    position(&queries, 0, &ReportQuery::default())?;
    figures.push(("first answer after it, ms".to_owned(), ms(started)));

    let mut random = ChaCha8Rng::seed_from_u64(SEED);
    let mut ask = |name: &str, count: u32, known_at: &dyn Fn(&mut ChaCha8Rng) -> Result<Option<KnownAt>>| {
        let (mut positions, mut shares) = (Vec::new(), Vec::new());
        for _ in 0..count {
            let known_at = known_at(&mut random)?;
            let (programme, day) = (random.next_u32() % PROGRAMMES, random.next_u32() % 1_300);
            let query = ReportQuery {
                as_of: day_after((2019, 6, 1), day),
                known_at: known_at.clone(),
                ..ReportQuery::default()
            };
            let started = Instant::now();
            position(&queries, programme, &query)?;
            positions.push(started.elapsed().as_micros());
            let query = RegionQuery {
                as_of: day_after((2021, 1, 1), day % 365),
                known_at,
            };
            let started = Instant::now();
            share(&queries, &query)?;
            shares.push(started.elapsed().as_micros());
        }
        for (report, taken) in [("budget-position", positions), ("cost-shares", shares)] {
            for percent in [50, 99] {
                let value = f64::from(u32::try_from(percentile(&taken, percent))?) / 1_000.0;
                figures.push((format!("{report} {name}, p{percent}, ms"), value));
            }
        }
        Ok::<_, anyhow::Error>(())
    };
    let head = queries.reader().head();
    // Before it there are no programmes to ask about.
    let opened_by = u64::from(PROGRAMMES * (1 + 2 * PROJECTS) + 1_000).min(head.size);
    let some_position = |random: &mut ChaCha8Rng| opened_by + random.next_u64() % (head.size - opened_by + 1);
    ask("at any date", QUESTIONS, &|_| Ok(None))?;
    ask("as known at any position", QUESTIONS_OF_THE_PAST, &|random| {
        Ok(Some(KnownAt::Position(some_position(random))))
    })?;
    ask("as known at any instant", QUESTIONS_OF_THE_PAST, &|random| {
        let position = some_position(random).min(head.size - 1);
        let mut at = None;
        queries.reader().read(position, position + 1, &mut |event| {
            at = Some(KnownAt::Instant(event.recorded_at.into()));
            false
        })?;
        Ok(at)
    })?;
    figures.extend(proofs(&mut writer, &queries)?);
    drop((writer, queries));
    figures.extend(snapshots(data)?);
    Ok(figures)
}

fn position(queries: &Queries<TapeReader>, programme: u32, query: &ReportQuery) -> Result<()> {
    let programme = Id::new(&format!("p-{programme}")).context("an id")?;
    to_json(&queries.budget_position(&programme, query)?)?;
    Ok(())
}

fn share(queries: &Queries<TapeReader>, query: &RegionQuery) -> Result<()> {
    let region = Id::new("region").context("an id")?;
    to_json(&queries.cost_shares(&region, Some(2021), query)?)?;
    Ok(())
}

fn day_after((year, month, day): (u16, u8, u8), days: u32) -> Option<Date> {
    let first = Date::from_ymd(year, month, day)?.epoch_days();
    Some(Date::from_epoch_days(first + i32::try_from(days).ok()?))
}

/// The first checkpoint, and proofs by readers that hold nothing yet.
fn proofs(writer: &mut ledger_service::Writer<TapeLog>, queries: &Queries<TapeReader>) -> Result<Figures> {
    let started = Instant::now();
    let signed = make_checkpoint(writer, queries, false)?;
    let checkpoint_ms = ms(started);
    let size = signed.checkpoint.size;
    let mut taken = Vec::new();
    for number in 0..u64::from(QUESTIONS) {
        let started = Instant::now();
        let fetch = |path: &TilePath| queries.tile(path).ok().flatten().ok_or("no such tile");
        let mut tiles = TileReader::open(&signed.checkpoint, fetch)?;
        inclusion(&mut tiles, number * (size / u64::from(QUESTIONS)), size)?;
        taken.push(started.elapsed().as_micros());
    }
    Ok(vec![
        ("first checkpoint, ms".to_owned(), checkpoint_ms),
        (
            "inclusion proof, p50, us".to_owned(),
            f64::from(u32::try_from(percentile(&taken, 50))?),
        ),
    ])
}

/// What the index and the kept sums of the past take in the store that is read.
fn snapshots(data: &Path) -> Result<Figures> {
    let (log, _) = TapeLog::open(data, &Options::new("bench.example/ledger"), SystemClock.now())?;
    let snapshots = log.snapshots();
    let mut figures = Figures::new();
    for (what, kinds) in [
        (
            "index",
            &[
                ("index-positions", 1),
                ("index-hashes", 1),
                ("index-directory", 2),
            ][..],
        ),
        ("sums of the past", &[("read-model", 1)]),
    ] {
        let mut bytes = 0;
        for (name, schema) in kinds.iter().copied() {
            let kind = SnapshotKind { name, schema };
            for position in snapshots.positions(kind) {
                bytes += snapshots
                    .load(kind, position)
                    .map_or(0, |snapshot| snapshot.bytes.len() as u64);
            }
        }
        anyhow::ensure!(bytes > 0, "there is no {what}, or of another schema");
        figures.push((format!("{what} in it, MiB"), mib(bytes)?));
    }
    Ok(figures)
}

/// What this process has in memory, and had at most.
fn memory_mib() -> Result<Figures> {
    let status = std::fs::read_to_string("/proc/self/status")?;
    let of = |field: &str| -> Result<f64> {
        let line = status.lines().find_map(|line| line.strip_prefix(field));
        let kib = line.and_then(|line| line.trim().strip_suffix(" kB"));
        let kib: u32 = kib.context("a field of /proc/self/status")?.trim().parse()?;
        Ok(f64::from(kib) / 1_024.0)
    };
    Ok(vec![
        ("at the end".to_owned(), of("VmRSS:")?),
        ("at most".to_owned(), of("VmHWM:")?),
    ])
}

fn ms(started: Instant) -> f64 {
    started.elapsed().as_secs_f64() * 1_000.0
}

/// In KiB, which is as exact as a figure needs.
fn mib(bytes: u64) -> Result<f64> {
    Ok(f64::from(u32::try_from(bytes >> 10)?) / 1_024.0)
}
