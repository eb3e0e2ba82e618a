//! What a tape holds after a crash: where its last valid commit ends, and how it is made ready to go on.
//!
//! A commit is not written before the previous one was synced. So whatever stands behind a valid commit proves all that
//! stands before it, only the last commit can be doubtful, and what follows it was never acknowledged.

use std::path::{Path, PathBuf};

use ledger_contract::value::Instant;
use ledger_proof::{Tree, leaf_hash};

use super::{Checksum, Commit, Line, Place, Tape, failed, parse, writer::write_filler};
use crate::{CutTail, Fatal, Options};

/// What is copied at once, in bytes.
const COPY_BYTES: usize = 1 << 20;

/// The end of the valid tape.
#[derive(Clone, Debug)]
pub(crate) struct Survey {
    /// The tree after the last valid commit.
    pub(crate) tree: Tree,
    /// Right after its line; the beginning of the tape when there is none.
    pub(crate) end: Place,
    /// The last valid commit, and where its group begins when it was read from there.
    pub(crate) last: Option<(Commit, Option<Place>)>,
}

/// Reads the tape from a place to its last valid commit, with the tree over everything before the place. Checks
/// checksums and roots; when the place lies within a group, that group by its root alone.
pub(crate) fn survey(tape: &Tape, options: &Options, from: Place, tree: Tree) -> Result<Survey, Fatal> {
    let within_group = tree.size() > 0;
    let mut group_at = (!within_group).then_some(from);
    let mut survey = Survey {
        tree: tree.clone(),
        end: from,
        last: None,
    };
    let total_bytes = tape.total_bytes();
    let (mut open_tree, mut checksum) = (tree, Checksum::default());
    let mut lines = tape.lines(from);
    let trouble = loop {
        let read_bytes = lines.read_bytes;
        let Some(line) = lines.next()? else { break None };
        match parse(line.bytes) {
            Line::Event { leaf, details } if line.whole => {
                let width = u32::try_from(details.len()).unwrap_or(u32::MAX);
                checksum.add_event(leaf, width);
                open_tree.push(leaf_hash(leaf));
            }
            Line::Commit(commit) if line.whole => {
                let before = survey.tree.size();
                let follows = match group_at {
                    Some(_) => commit.first == before && commit.closes(&checksum),
                    None => commit.first < before && open_tree.size() >= before,
                };
                if !follows || commit.size != open_tree.size() || commit.size == commit.first {
                    break Some((line.place, "a commit does not match the events before it"));
                }
                if commit.root != open_tree.root() {
                    let how = "the root in a commit is not the root over the leaves up to it";
                    return Err(tape.damaged(line.place, how));
                }
                survey.end = line.end();
                survey.tree = open_tree.clone();
                survey.last = Some((commit, group_at));
                group_at = Some(line.end());
                checksum = Checksum::default();
                options.report(read_bytes, total_bytes);
            }
            _ => break Some((line.place, "a line is neither an event nor a commit")),
        }
    };
    if let Some((place, how)) = trouble
        && later_commit(tape, survey.end)?
    {
        return Err(tape.damaged(place, format!("{how}, and valid commits follow")));
    }
    Ok(survey)
}

/// Whether a commit whose own events and checksum are right stands anywhere behind a place.
fn later_commit(tape: &Tape, from: Place) -> Result<bool, Fatal> {
    let mut places = Vec::new();
    let mut lines = tape.lines(from);
    while let Some(line) = lines.next()? {
        match parse(line.bytes) {
            Line::Event { .. } => places.push(line.place),
            Line::Commit(commit) => {
                let events = usize::try_from(commit.size.saturating_sub(commit.first)).unwrap_or(usize::MAX);
                let first = places.len().checked_sub(events).and_then(|at| places.get(at));
                if let Some(first) = first
                    && closes(tape, *first, events, &commit)?
                {
                    return Ok(true);
                }
                places.clear();
            }
            Line::Unknown => {}
        }
    }
    Ok(false)
}

fn closes(tape: &Tape, first: Place, events: usize, commit: &Commit) -> Result<bool, Fatal> {
    let mut checksum = Checksum::default();
    let (mut lines, mut left) = (tape.lines(first), events);
    while left > 0 {
        let Some(line) = lines.next()? else {
            return Ok(false);
        };
        if let Line::Event { leaf, details } = parse(line.bytes) {
            checksum.add_event(leaf, u32::try_from(details.len()).unwrap_or(u32::MAX));
            left -= 1;
        }
    }
    Ok(commit.closes(&checksum))
}

/// Makes a surveyed tape ready: the last commit durable unless it is known to be, and filler after it. Every step can
/// be repeated after a crash.
pub(crate) fn settle(
    tape: &Tape,
    data: &Path,
    survey: &Survey,
    synced_events: u64,
    now: Instant,
) -> Result<Option<CutTail>, Fatal> {
    // The last commit may have been read from memory that never reached the disk. It is written in place, the same
    // bytes, so that a crash half-way changes nothing; once a block of it is in sled it was synced before.
    if let Some((commit, Some(start))) = &survey.last
        && commit.first >= synced_events
    {
        rewrite(tape, *start, survey.end)?;
    }
    // A crash after this leaves the tail in two places; the next opening makes another copy.
    let bytes = tail_bytes(tape, survey.end)?;
    let cut = if bytes > 0 {
        let aside = set_aside(tape, data, survey, now)?;
        Some(CutTail { bytes, aside })
    } else {
        None
    };
    for segment in tape.segments().into_iter().rev() {
        if segment > survey.end.segment {
            // Last first: a crash between two removals leaves a shorter tail, without a gap.
            tape.remove(segment)?;
            tape.sync_names()?;
        } else if segment == survey.end.segment && cut.is_some() {
            let path = tape.path(segment);
            let file = tape
                .disk
                .open(&path, true)
                .map_err(|error| failed("opening", &path, &error))?;
            let length = file
                .length()
                .map_err(|error| failed("measuring", &path, &error))?;
            // A crash half-way leaves the rest of the tail, which is no valid group either.
            write_filler(tape, segment, &*file, survey.end.offset, length)?;
            file.sync_data()
                .map_err(|error| failed("syncing", &path, &error))?;
        }
    }
    Ok(cut)
}

/// The parts of the segments from one place to another, or to the end of the tape: segment, first and last offset.
fn parts(tape: &Tape, from: Place, to: Option<Place>) -> Result<Vec<(u64, u64, u64)>, Fatal> {
    let mut parts = Vec::new();
    for segment in tape.segments() {
        let last = to.filter(|to| to.segment == segment).map(|to| to.offset);
        if segment < from.segment || to.is_some_and(|to| segment > to.segment) {
            continue;
        }
        let first = if segment == from.segment { from.offset } else { 0 };
        let length = tape.file(segment)?.length();
        let length = length.map_err(|error| failed("measuring", &tape.path(segment), &error))?;
        parts.push((segment, first, last.unwrap_or(length)));
    }
    Ok(parts)
}

/// Hands out the bytes of a part, a piece at a time, with their offset.
fn each_chunk(
    tape: &Tape,
    (segment, first, last): (u64, u64, u64),
    mut each: impl FnMut(&[u8], u64) -> Result<(), Fatal>,
) -> Result<(), Fatal> {
    let mut at = first;
    while at < last {
        let width = usize::try_from(last - at).map_or(COPY_BYTES, |left| left.min(COPY_BYTES));
        let bytes = tape.bytes(Place { segment, offset: at }, width)?;
        each(&bytes, at)?;
        at += width as u64;
    }
    Ok(())
}

fn rewrite(tape: &Tape, from: Place, to: Place) -> Result<(), Fatal> {
    for part in parts(tape, from, Some(to))? {
        let path = tape.path(part.0);
        let file = tape
            .disk
            .open(&path, true)
            .map_err(|error| failed("opening", &path, &error))?;
        each_chunk(tape, part, |bytes, offset| {
            let write = file.write_at(bytes, offset);
            write.map_err(|error| failed("writing", &path, &error))
        })?;
        file.sync_data()
            .map_err(|error| failed("syncing", &path, &error))?;
    }
    // The file may be as new as the commit.
    tape.sync_names()
}

/// How many bytes after a place are no filler.
pub(crate) fn tail_bytes(tape: &Tape, end: Place) -> Result<u64, Fatal> {
    let mut count = 0;
    for part in parts(tape, end, None)? {
        each_chunk(tape, part, |bytes, _| {
            count += bytes.iter().filter(|byte| **byte != b'\n').count() as u64;
            Ok(())
        })?;
    }
    Ok(count)
}

/// Copies everything after the last commit to a file of its own in `aside`, durably; filler too.
fn set_aside(tape: &Tape, data: &Path, survey: &Survey, now: Instant) -> Result<PathBuf, Fatal> {
    let directory = data.join("aside");
    tape.disk
        .create_dir(&directory)
        .and_then(|()| tape.disk.sync_dir(data))
        .map_err(|error| failed("making the folder", &directory, &error))?;
    let taken = tape
        .disk
        .list(&directory)
        .map_err(|error| failed("listing", &directory, &error))?;
    // A copy that a crash left behind keeps its name.
    let name = |n: u32| directory.join(format!("{:020}-{now}-{n}.tail", survey.tree.size()));
    let path = (1..=u32::MAX)
        .map(name)
        .find(|path| !taken.contains(path))
        .unwrap_or_else(|| name(0));
    let file = tape
        .disk
        .create(&path)
        .map_err(|error| failed("making", &path, &error))?;
    let mut at = 0;
    for part in parts(tape, survey.end, None)? {
        each_chunk(tape, part, |bytes, _| {
            let write = file.write_at(bytes, at);
            at += bytes.len() as u64;
            write.map_err(|error| failed("writing", &path, &error))
        })?;
    }
    file.sync_data()
        .and_then(|()| tape.disk.sync_dir(&directory))
        .map_err(|error| failed("syncing", &path, &error))?;
    Ok(path)
}
