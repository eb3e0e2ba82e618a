//! What it costs that the record proves itself: for each event as it is recorded, and for whoever asks or checks.

use std::{
    hint::black_box,
    path::Path,
    time::{Duration, Instant},
};

use anyhow::{Context, Result, ensure};
use ledger_contract::event::{Details, Event, read_leaf, write_leaf};
use ledger_domain::Id;
use ledger_projections::ReportName;
use ledger_proof::{Tree, key::VerifierKey, leaf_hash, proof::inclusion, reader::TileReader, tile::TilePath};
use ledger_service::{ReportQuery, check_bundle, make_checkpoint};
use ledger_store::EventReader;
use ledger_testkit::workload::Workload;
use rand_chacha::{
    ChaCha20Rng,
    rand_core::{Rng as _, SeedableRng as _},
};
use rustix::time::{ClockId, clock_gettime};
use sha2::{Digest as _, Sha256};

use crate::{
    record::{import, opened},
    table::Table,
};

/// Leaves rendered in each round.
const LEAVES: u32 = 100_000;
/// Proofs, each by a reader that holds nothing yet.
const PROOFS: u64 = 200;
/// The length of the leaf that the limit is about.
const LEAF_BYTES: usize = 550;

/// Rendering, hashing, tree and details hash for one event; an inclusion proof in a log of `events`; verifying a bundle
/// of 1,000 events.
pub(crate) fn proofs(directory: &Path, rounds: u32, events: u64, table: &mut Table) -> Result<()> {
    rendering(rounds, table)?;
    inclusion_proofs(directory, events, table)?;
    bundle(directory, rounds, table)
}

/// Every step of a leaf, together and each alone, in CPU time: another process on the core makes none of them longer.
fn rendering(rounds: u32, table: &mut Table) -> Result<()> {
    let (mut event, mut details) = example()?;
    let mut salts = ChaCha20Rng::from_seed([7; 32]);
    let (mut leaf, mut right, mut tree) = (Vec::new(), Vec::new(), Tree::default());
    let mut measured = Vec::new();
    let mut parts: [(&str, Vec<u128>); 5] = [
        ("details rendered", Vec::new()),
        ("details hashed", Vec::new()),
        ("leaf rendered", Vec::new()),
        ("leaf hashed", Vec::new()),
        ("into the tree", Vec::new()),
    ];
    for _ in 0..rounds {
        let all = cpu_time(|| {
            details_rendered(&mut details, &mut salts, &mut right)?;
            event.details_hash = Some(Sha256::digest(&right).into());
            leaf_rendered(&event, &mut leaf)?;
            tree.push(leaf_hash(&leaf));
            Ok(())
        })?;
        ensure!(leaf.len() == LEAF_BYTES, "the leaf has {} bytes", leaf.len());
        let both = [leaf.as_slice(), right.as_slice()].concat();
        let hash = leaf_hash(&leaf);
        let floor = cpu_time(|| {
            black_box(Sha256::digest(black_box(&both)));
            Ok(())
        })?;
        let each = [
            cpu_time(|| details_rendered(&mut details, &mut salts, &mut right))?,
            cpu_time(|| {
                black_box(Sha256::digest(black_box(&right)));
                Ok(())
            })?,
            cpu_time(|| leaf_rendered(black_box(&event), &mut leaf))?,
            cpu_time(|| {
                black_box(leaf_hash(black_box(&leaf)));
                Ok(())
            })?,
            cpu_time(|| {
                tree.push(black_box(hash));
                Ok(())
            })?,
        ];
        for ((_, taken), part) in parts.iter_mut().zip(each) {
            taken.push(part.as_nanos());
        }
        let rate = |taken: Duration| f64::from(LEAVES) / taken.as_secs_f64();
        measured.push((rate(all), rate(floor)));
    }
    black_box(tree.root());
    let work = "leaf of 550 bytes: rendered, hashed, into the tree, details hashed (the limit is 833,333/s)";
    table.pair(work, "leaves/s", "SHA-256 of the same bytes", &measured);
    let split = parts.iter_mut().map(|(part, taken)| {
        taken.sort_unstable();
        let median = taken.get(taken.len() / 2).copied().unwrap_or_default();
        format!("{part} {} ns", median / u128::from(LEAVES))
    });
    table.figure(
        "the same leaf, each step alone",
        split.collect::<Vec<_>>().join(", "),
    );
    Ok(())
}

fn details_rendered(details: &mut Details, salts: &mut ChaCha20Rng, into: &mut Vec<u8>) -> Result<()> {
    let mut salt = [0; 16];
    salts.fill_bytes(&mut salt);
    into.clear();
    Ok(details.write(salt, into)?)
}

fn leaf_rendered(event: &Event, into: &mut Vec<u8>) -> Result<()> {
    into.clear();
    Ok(write_leaf(event, into)?)
}

/// The CPU time of this thread for doing a step once per leaf.
fn cpu_time(mut step: impl FnMut() -> Result<()>) -> Result<Duration> {
    let now = || Duration::try_from(clock_gettime(ClockId::ThreadCPUTime));
    let started = now()?;
    for _ in 0..LEAVES {
        step()?;
    }
    Ok(now()?.saturating_sub(started))
}

/// An expenditure whose leaf has the length that the limit is about, and its details.
fn example() -> Result<(Event, Details)> {
    let leaf = |recorder: &str| {
        format!(
            r#"{{"approvedBy":null,"bookingDate":"2021-03-04","command":1234567,"data":{{"amount":"1234.56","category":null,"charges":[],"commitment":null,"drawnDown":null,"expenditure":"F-000000001","overspend":"0.00","programme":"p-1","project":"project-1","taakveld":null,"tags":{{}},"year":2021}},"detailsHash":null,"idempotencyKey":null,"position":1234567,"recordedAt":"2021-03-04T05:06:07.000001Z","recordedBy":"{recorder}","schema":1,"stream":"programme/p-1","type":"expenditurePosted","version":1234}}"#
        )
    };
    let mut written = Vec::new();
    let mut event = read_leaf(leaf("").as_bytes())?;
    event.details_hash = Some([0; 32]);
    write_leaf(&event, &mut written)?;
    let missing = LEAF_BYTES
        .checked_sub(written.len())
        .context("the example is too long")?;
    let event = read_leaf(leaf(&"n".repeat(missing)).as_bytes())?;
    let details = Details {
        supplier: Some("Leverancier 123".to_owned()),
        description: Some("Inzet week 12".to_owned()),
        ..Details::default()
    };
    Ok((event, details))
}

fn inclusion_proofs(directory: &Path, events: u64, table: &mut Table) -> Result<()> {
    let workload = Workload {
        seed: 7,
        programmes: 10,
        projects: 10,
        expenditures: events,
    };
    let folder = tempfile::tempdir_in(directory)?;
    let (mut writer, queries) = opened(&folder.path().join("ledger"))?;
    import(&mut writer, &queries, &workload.lines().collect::<Vec<_>>())?;
    let started = Instant::now();
    let signed = make_checkpoint(&mut writer, &queries, false)?;
    let size = signed.checkpoint.size;
    let seconds = started.elapsed().as_secs_f64();
    table.figure(
        &format!("first checkpoint of {size} events"),
        format!("{seconds:.2} s"),
    );
    let mut taken_us = Vec::new();
    for number in 0..PROOFS {
        let started = Instant::now();
        let fetch = |path: &TilePath| queries.tile(path).ok().flatten().ok_or("no such tile");
        let mut tiles = TileReader::open(&signed.checkpoint, fetch)?;
        black_box(inclusion(&mut tiles, number * (size / PROOFS), size)?);
        taken_us.push(u32::try_from(started.elapsed().as_micros())?);
    }
    taken_us.sort_unstable();
    let at = |part: usize| {
        taken_us
            .get(taken_us.len() * part / 100)
            .copied()
            .unwrap_or_default()
    };
    table.figure(
        &format!("inclusion proof in a log of {size}, nothing held before (the limit is 1000 us)"),
        format!("p50 {} us, p99 {} us", at(50), at(99)),
    );
    Ok(())
}

fn bundle(directory: &Path, rounds: u32, table: &mut Table) -> Result<()> {
    let workload = Workload {
        seed: 7,
        programmes: 1,
        projects: 2,
        expenditures: 995,
    };
    let folder = tempfile::tempdir_in(directory)?;
    let (mut writer, queries) = opened(&folder.path().join("ledger"))?;
    import(&mut writer, &queries, &workload.lines().collect::<Vec<_>>())?;
    let signed = make_checkpoint(&mut writer, &queries, false)?;
    let keys = queries.log_keys()?;
    let trusted: Vec<VerifierKey> = keys.iter().filter_map(|key| key.key.parse().ok()).collect();
    let programme = Id::new("p-0").context("an id")?;
    let figure = (ReportName::BudgetPosition, "spentOwn", None);
    let written = queries.bundle(&signed, figure, &programme, &ReportQuery::default(), true)??;
    ensure!(
        queries.reader().head().size > 1_000,
        "the bundle is of 1,000 events"
    );
    let mut measured = Vec::new();
    for _ in 0..rounds {
        let started = Instant::now();
        let checked = check_bundle(written.as_bytes(), &trusted)?;
        let ours = 1.0 / started.elapsed().as_secs_f64();
        ensure!(checked.established.events.len() == 1_000, "1,000 events");
        let started = Instant::now();
        black_box(Sha256::digest(black_box(written.as_bytes())));
        measured.push((ours, 1.0 / started.elapsed().as_secs_f64()));
    }
    let work = "bundle of 1,000 events: verified, and its figure derived again (the limit is 10/s)";
    table.pair(work, "bundles/s", "SHA-256 of the same bytes", &measured);
    Ok(())
}
