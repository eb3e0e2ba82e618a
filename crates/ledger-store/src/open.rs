//! Opening a data directory: from whatever a crash left to a log that goes on.
//!
//! The order is what makes it safe: look at the tape without changing it, refuse damage, make the tape durable up to
//! its last commit, and only then read what it holds.

use std::{fs, path::Path, sync::Arc};

use ledger_contract::value::Instant;

use crate::{
    AppendError, EventLog, Fatal, Head, Opened, Options, TapeLog, TileRoots,
    backup::BACKUP,
    blocks::{Blocks, Fault, close},
    blocks_head::BlocksHead,
    destroy::{Orders, carry_out},
    filling::Filling,
    known::{Doubt, missing, start, with_remedy},
    lock::Lock,
    packer::Packer,
    render::ledger_opened,
    restore::is_unfinished,
    scribe::Scribe,
    shared::{Shared, writing},
    tape::{Start, Survey, Tape, Writer, copy_bytes, cut_tail, failed, make_durable, survey},
};

/// How far the clock may be behind the last commit, in microseconds: five minutes.
const CLOCK_BEHIND_MAX_US: i64 = 5 * 60 * 1_000_000;

pub(crate) fn open(directory: &Path, options: &Options, now: Instant) -> Result<(TapeLog, Opened), Fatal> {
    let started = std::time::Instant::now();
    refuse_others(directory)?;
    make_durably(directory, options)?;
    let lock = Lock::take(&*options.disk, directory)?;
    let to_read = lock.read_only.clone();
    let tape = Arc::new(Tape::open(
        Arc::clone(&options.disk),
        directory,
        to_read.is_none(),
    )?);
    if let Some(why) = to_read {
        let survey = survey(&tape, options, Start::default())?;
        long_enough(&tape, options, &survey)?;
        return read_only(tape, options, &survey, lock, why);
    }

    let (sled, survey) = look(&tape, directory, options)?;
    long_enough(&tape, options, &survey)?;
    let last = survey
        .last
        .as_ref()
        .map_or(Instant(i64::MIN), |(commit, _)| commit.recorded_at);
    if now.0.saturating_add(CLOCK_BEHIND_MAX_US) < last.0 {
        return Err(Fatal::ClockBehind {
            now,
            recorded_at: last,
        });
    }
    let synced = sled.as_ref().map_or(0, |(_, head)| head.tree.size());
    make_durable(&tape, &survey, synced)?;
    let tail = match cut_tail(&tape, directory, &survey, now) {
        Ok(tail) => tail,
        Err(fatal @ Fatal::Io { disk_full: true, .. }) => {
            close(sled);
            let bytes = copy_bytes(&tape, survey.end)?;
            let why = format!(
                "what follows the last commit cannot be copied aside ({fatal}); free {bytes} bytes and open it again"
            );
            return read_only(tape, options, &survey, lock, why);
        }
        Err(fatal) => return Err(fatal),
    };

    // The tape is right and durable from here on.
    let head = Head {
        size: survey.tree.size(),
        root: survey.tree.root(),
        recorded_at: last,
    };
    let tiles = TileRoots::open(directory, head.size);
    let mut filler = Filling::new(&tape, head, tiles, options);
    let (packer, fault) = filler.fill(sled, directory, options, head)?;
    let _ = filler.shared.older.set(filler.older);
    let orders = ordered(&filler.shared, filler.index.orders())?;
    let destroyed = finish_destroying(&tape, directory, head.size, &orders)?;
    *writing(&filler.shared.orders) = orders;
    let writer = Writer::resume(tape, options, survey.end)?;
    let scribe = Scribe::new(writer, &survey.tree);
    let mut log = TapeLog::new(filler.shared, scribe, packer, filler.index, options, lock, None)?;
    let created = head.size == 0;
    if created {
        log.begin(now)?;
        match log.stage(ledger_opened(&options.origin, now)) {
            Ok(_) => {
                // A crash before this returns leaves an empty tape or one with a tail: the next opening begins again.
                log.commit()?;
            }
            Err(AppendError::Fatal(fatal)) => return Err(fatal),
            Err(refusal) => return Err(Fatal::Poisoned(refusal.to_string())),
        }
    }
    let opened = Opened {
        created,
        events: log.shared.head().size,
        tail,
        rebuilt: fault.clone().filter(|_| !log.is_sled_stale()),
        without_sled: fault.filter(|_| log.is_sled_stale()),
        read_only: None,
        destroyed,
        milliseconds: u64::try_from(started.elapsed().as_millis()).unwrap_or(u64::MAX),
    };
    Ok((log, opened))
}

/// Refuses a tape that ends before what is known of it from elsewhere: nothing of its tail may be taken for a crash's.
fn long_enough(tape: &Tape, options: &Options, survey: &Survey) -> Result<(), Fatal> {
    let (size, known) = (survey.tree.size(), options.events_min);
    if size >= known {
        return Ok(());
    }
    let (place, how) = survey.trouble.unwrap_or((survey.end, "nothing follows"));
    let how = format!("the tape ends after {size} events, and a checkpoint was signed over {known}: {how}");
    Err(tape.damaged(place, how))
}

/// Position 0, and the events that order details to be destroyed.
fn ordered(shared: &Shared, positions: &[u64]) -> Result<Orders, Fatal> {
    let mut orders = Orders::default();
    for position in std::iter::once(&0).chain(positions) {
        if let Some(record) = shared.record(*position)? {
            orders.add(&record.event);
        }
    }
    Ok(orders)
}

/// Goes on with destroying details where a crash left it. On a full disk it is left for the next opening: nobody is
/// given those details.
fn finish_destroying(tape: &Tape, directory: &Path, events: u64, orders: &Orders) -> Result<u64, Fatal> {
    match carry_out(tape, directory, events, orders) {
        Err(Fatal::Io { disk_full: true, .. }) => Ok(0),
        other => other,
    }
}

/// A log that is read from the tape up to its last commit, and takes no postings. Nothing on disk is changed.
fn read_only(
    tape: Arc<Tape>,
    options: &Options,
    survey: &Survey,
    lock: Lock,
    why: String,
) -> Result<(TapeLog, Opened), Fatal> {
    let started = std::time::Instant::now();
    let Some((last, _)) = &survey.last else {
        return Err(Fatal::Poisoned(format!("there is no ledger to read, and {why}")));
    };
    let head = Head {
        size: survey.tree.size(),
        root: survey.tree.root(),
        recorded_at: last.recorded_at,
    };
    let mut filler = Filling::new(&tape, head, TileRoots::default(), options);
    let mut packer = Packer::new(Arc::clone(&filler.shared), BlocksHead::default());
    filler.replay(&mut packer, options, head)?;
    let orders = ordered(&filler.shared, filler.index.orders())?;
    *writing(&filler.shared.orders) = orders;
    let writer = Writer::idle(tape, options, survey.end)?;
    let scribe = Scribe::new(writer, &survey.tree);
    let log = TapeLog::new(
        filler.shared,
        scribe,
        packer,
        filler.index,
        options,
        lock,
        Some(why.clone()),
    )?;
    let opened = Opened {
        events: head.size,
        read_only: Some(why),
        milliseconds: u64::try_from(started.elapsed().as_millis()).unwrap_or(u64::MAX),
        ..Opened::default()
    };
    Ok((log, opened))
}

/// Refuses a directory that holds a tape and is no ledger: posting to a backup would be the end of it.
pub(crate) fn refuse_others(directory: &Path) -> Result<(), Fatal> {
    let (how, remedy) = if directory.join(BACKUP).exists() {
        ("it is a backup", "make a ledger of it with `rekenschap restore`")
    } else if is_unfinished(directory) {
        ("a restore to it did not finish", "run it again")
    } else {
        return Ok(());
    };
    Err(Fatal::NoLedger {
        directory: directory.display().to_string(),
        how,
        remedy,
    })
}

/// Makes a folder and those above it, each name synced: a ledger must not vanish with its folder's name.
pub(crate) fn make_durably(directory: &Path, options: &Options) -> Result<(), Fatal> {
    if directory.as_os_str().is_empty() || directory.exists() {
        return Ok(());
    }
    let parent = directory.parent().unwrap_or(Path::new(""));
    make_durably(parent, options)?;
    let parent = if parent.as_os_str().is_empty() {
        Path::new(".")
    } else {
        parent
    };
    let made = options.disk.create_dir(directory);
    made.and_then(|()| options.disk.sync_dir(parent))
        .map_err(|error| failed("making the folder", directory, &error))
}

/// sled that fits the tape, or why there is none.
pub(crate) type Sled = Result<(Blocks, BlocksHead), Fault>;

/// Reads the tape to its end, from where sled's blocks end when sled can be trusted, and changes nothing.
fn look(tape: &Tape, directory: &Path, options: &Options) -> Result<(Sled, Survey), Fatal> {
    let all = || survey(tape, options, Start::default());
    let sled = open_sled(directory, options, tape.segments().is_empty());
    let (blocks, head) = match sled {
        Ok(found) => found,
        Err(fault) => return Ok((Err(fault), all()?)),
    };
    if head.tree.size() == 0 {
        return Ok((Ok((blocks, head)), all()?));
    }
    let doubt = match blocks.failed_earlier() {
        Some(fault) => fault,
        None => match rest(tape, options, &blocks, &head) {
            Ok(rest) => return Ok((Ok((blocks, head)), rest)),
            Err(Doubt::Differ(how)) => format!("it does not fit the tape: {how}"),
            Err(Doubt::Fatal(fatal)) => return Err(fatal),
        },
    };
    // One of the two is wrong. The tape alone tells which: sled can be made anew from a whole one.
    let whole = all().map_err(|fatal| with_remedy(fatal, &head));
    let whole = whole.and_then(|whole| {
        if whole.tree.size() < head.committed {
            return Err(missing(tape, &blocks, &head, &whole));
        }
        Ok(whole)
    });
    close(blocks);
    Ok((Err(doubt), whole?))
}

/// What stands on the tape behind sled's blocks, when everything known of it fits: the segments, and the last commit
/// with every event of its group.
fn rest(tape: &Tape, options: &Options, blocks: &Blocks, head: &BlocksHead) -> Result<Survey, Doubt> {
    let rest = survey(tape, options, start(tape, blocks, head)?)?;
    if rest.last.is_none() || rest.tree.size() < head.committed {
        let how = format!("the tape does not hold {} events", head.committed);
        return Err(Doubt::Differ(how));
    }
    Ok(rest)
}

fn open_sled(directory: &Path, options: &Options, new: bool) -> Sled {
    let path = directory.join("sled");
    // What an unfinished rebuild left is worth nothing.
    let unfinished = directory.join("sled.new");
    if unfinished.exists() {
        fs::remove_dir_all(&unfinished).map_err(|error| format!("sled.new cannot be removed: {error}"))?;
    }
    if !new && !path.exists() {
        return Err("it was missing".to_owned());
    }
    let blocks = Blocks::open(&path, options.sled_cache_bytes)?;
    let head = blocks.head()?.unwrap_or_default();
    Ok((blocks, head))
}
