//! Opening a data directory: from whatever a crash left to a log that goes on.
//!
//! The order is what makes it safe: look at the tape without changing it, refuse damage, make the tape durable up to
//! its last commit, and only then read what it holds.

use std::{fs, path::Path, sync::Arc};

use ledger_contract::{event::Event, value::Instant};
use ledger_proof::leaf_hash;

use crate::{
    AppendError, EventLog, Fatal, Head, Opened, Options, TapeLog, TileRoots,
    backup::BACKUP,
    blocks::{Blocks, BlocksHead, Fault, close},
    cursor::visit_blocks,
    destroy::{Orders, carry_out},
    fact_blocks::complete_facts,
    facts,
    index::Streams,
    known::{Doubt, missing, start, with_remedy},
    lock::Lock,
    older::{Index, Older},
    packer::Packer,
    record,
    render::ledger_opened,
    restore::is_unfinished,
    scribe::Scribe,
    shared::{Durable, Shared, read_record, reading, writing},
    tape::{Line, Start, Survey, Tape, Writer, copy_bytes, cut_tail, failed, make_durable, parse, survey},
    tile_roots::TILE_EVENTS,
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
type Sled = Result<(Blocks, BlocksHead), Fault>;

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

/// Fills memory: the newest part of the index and the block in the making.
struct Filling {
    shared: Arc<Shared>,
    index: Index,
    older: Older,
}

impl Filling {
    fn new(tape: &Arc<Tape>, head: Head, tiles: TileRoots, options: &Options) -> Self {
        let durable = Durable {
            head,
            tail_first: 0,
            tail: Arc::default(),
            facts_first: 0,
            facts: Arc::default(),
        };
        Self {
            shared: Arc::new(Shared::new(
                Arc::clone(tape),
                durable,
                tiles,
                options.sled_reopen_bytes,
            )),
            index: Index::default(),
            older: Older::default(),
        }
    }

    /// Indexes what sled has and its index has not, and takes the rest from the tape; makes sled anew when it is wrong.
    fn fill(
        &mut self,
        sled: Sled,
        directory: &Path,
        options: &Options,
        head: Head,
    ) -> Result<(Packer, Option<Fault>), Fatal> {
        let fault = match sled {
            Ok((blocks, blocks_head)) => {
                self.shared.set_blocks(Some(blocks.clone()));
                match self.index_blocks(&blocks, blocks_head.tree.size()) {
                    Ok(()) => {
                        close(blocks);
                        let mut packer = Packer::new(Arc::clone(&self.shared), blocks_head);
                        self.replay(&mut packer, options, head)?;
                        return Ok((packer, None));
                    }
                    Err(fault) => {
                        self.shared.set_blocks(None);
                        close(blocks);
                        fault
                    }
                }
            }
            Err(fault) => fault,
        };
        (self.index, self.older) = Default::default();
        *writing(&self.shared.streams) = Streams::default();
        let packer = self.rebuild(directory, options, head)?;
        Ok((packer, Some(fault)))
    }

    /// Reads the events in blocks that are not in the index on disk. What is damaged before them shows when it is read.
    fn index_blocks(&mut self, blocks: &Blocks, end: u64) -> Result<(), Fault> {
        {
            let mut durable = writing(&self.shared.durable);
            (durable.tail_first, durable.facts_first) = (end, end);
        }
        (self.index, self.older) = Index::load(&self.shared);
        if self.shared.blocks().is_none() {
            return blocks.failed_earlier().map_or(Ok(()), Err);
        }
        let mut position = self.index.end();
        if position < end {
            visit_blocks(blocks, &mut position, end, &mut |record| {
                self.take(&record.event);
                true
            })?;
        }
        // What was filed of a group that never became durable.
        blocks.cut(end)?;
        complete_facts(blocks, end)
    }

    fn take(&mut self, event: &Event) {
        if event.position >= self.index.end() {
            writing(&self.shared.streams).push(&event.stream, event.position);
            self.index.add(event);
        }
    }

    /// Makes sled anew from the whole tape. Until the last rename the old one stands where it stood; a crash anywhere
    /// leads to another rebuild.
    fn rebuild(&mut self, directory: &Path, options: &Options, head: Head) -> Result<Packer, Fatal> {
        let (making, place) = (directory.join("sled.new"), directory.join("sled"));
        match Blocks::open(&making, options.sled_cache_bytes) {
            Ok(blocks) => self.shared.set_blocks(Some(blocks)),
            // A full disk, say. The ledger works without sled, slowly.
            Err(fault) => self.shared.distrust(&fault),
        }
        let mut packer = Packer::new(Arc::clone(&self.shared), BlocksHead::default());
        self.replay(&mut packer, options, head)?;
        packer.catch_up(head);
        if self.shared.blocks().is_some() {
            // sled finds its files by name, so it is closed before they move.
            self.shared.set_blocks(None);
            let moved = match fs::remove_dir_all(&place) {
                Err(error) if error.kind() != std::io::ErrorKind::NotFound => Err(error),
                // A crash here leaves no sled, and sled.new is not trusted.
                _ => options
                    .disk
                    .rename(&making, &place)
                    .and_then(|()| options.disk.sync_dir(directory)),
            };
            let reopened = moved
                .map_err(|error| error.to_string())
                .and_then(|()| Blocks::open(&place, options.sled_cache_bytes));
            match reopened {
                Ok(blocks) => self.shared.set_blocks(Some(blocks)),
                Err(fault) => self.shared.distrust(&fault),
            }
        }
        Ok(packer)
    }

    /// Reads the tape from where the packer stands to the durable head.
    fn replay(&mut self, packer: &mut Packer, options: &Options, head: Head) -> Result<(), Fatal> {
        let tape = Arc::clone(&self.shared.tape);
        let total_bytes = tape.total_bytes();
        let BlocksHead { mut tree, next, .. } = packer.stands_at().clone();
        let (mut position, mut end) = (tree.size(), next);
        let mut lines = tape.lines(next);
        let (mut bytes, mut fact) = (Vec::new(), Vec::new());
        let (first_tile, mut tiles) = (position / TILE_EVENTS, Vec::new());
        // What is in blocks is indexed, and what follows is not, unless it was in the block in the making.
        let indexed = position.max(self.index.end());
        // To the line that closes the last commit.
        while packer.stands_at().tree.size() < head.size {
            let read_bytes = lines.read_bytes;
            let Some(line) = lines.next()? else { break };
            match parse(line.bytes) {
                Line::Event { leaf, details } => {
                    let record = read_record(&tape, &line, position, leaf, details)?;
                    let event = &record.event;
                    let known = reading(&self.shared.streams).version(&event.stream);
                    if position >= indexed && event.version != known + 1 {
                        let (stream, version) = (&event.stream, event.version);
                        let how = format!("{stream} has version {version} where {} belongs", known + 1);
                        return Err(tape.damaged(line.place, how));
                    }
                    bytes.clear();
                    record::encode(&record.event, record.place, record.widths, &mut bytes)
                        .map_err(|error| tape.damaged(line.place, error.to_string()))?;
                    fact.clear();
                    facts::encode(&record.event, &mut fact);
                    packer.push(&bytes, &fact);
                    tiles.extend(tree.push(leaf_hash(leaf)));
                    self.take(&record.event);
                    (position, end) = (position + 1, line.end());
                }
                Line::Commit(commit) => {
                    packer.close(end);
                    packer.commit(tree.clone());
                    options.report(read_bytes, total_bytes);
                    if self.index.added() >= options.index_events {
                        self.index
                            .save(packer.clerk(), &self.shared, commit.size, commit.root);
                    }
                }
                Line::Unknown => {
                    return Err(tape.damaged(line.place, "a line is neither an event nor a commit"));
                }
            }
        }
        packer.publish(head);
        packer.clerk().file_tiles(first_tile, tiles);
        Ok(())
    }
}
