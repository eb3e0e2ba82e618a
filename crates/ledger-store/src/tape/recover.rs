//! What a tape holds after a crash: where its last valid commit ends, and how it is made ready to go on.
//!
//! A commit is not written before the previous one was synced. So whatever stands behind a valid commit proves all that
//! stands before it, only the last commit can be doubtful, and what follows it was never acknowledged.

use std::path::{Path, PathBuf};

use ledger_contract::value::Instant;
use ledger_proof::{Tree, leaf_hash};

use super::{Checksum, Commit, Line, Place, REMEDY, Tape, failed, parse, writer::write_filler};
use crate::{CutTail, Fatal, Options, disk::File};

/// What is copied at once, in bytes.
const COPY_BYTES: usize = 1 << 20;

/// Where a survey begins: what is known of the lines before.
#[derive(Clone, Debug, Default)]
pub(crate) struct Start {
    /// The first line to read.
    pub(crate) place: Place,
    /// The tree over all leaves before it.
    pub(crate) tree: Tree,
    /// Where the group that is open there begins, and its first position.
    pub(crate) group: (Place, u64),
    /// The checksum of that group's events before the place.
    pub(crate) checksum: Checksum,
    /// The commit that ends there, when one is known to, and where its group begins.
    pub(crate) last: Option<(Commit, Place)>,
}

/// The end of the valid tape.
#[derive(Clone, Debug)]
pub(crate) struct Survey {
    /// The tree after the last valid commit.
    pub(crate) tree: Tree,
    /// Right after its line; the beginning of the tape when there is none.
    pub(crate) end: Place,
    /// The last valid commit, and where its group begins.
    pub(crate) last: Option<(Commit, Place)>,
    /// What stands in the way of reading on, when something does.
    pub(crate) trouble: Option<(Place, &'static str)>,
}

/// Reads the tape to its last valid commit. Checks checksums, roots, and that no segment is missing.
pub(crate) fn survey(tape: &Tape, options: &Options, start: Start) -> Result<Survey, Fatal> {
    let Start {
        place: from,
        tree,
        mut group,
        mut checksum,
        last,
    } = start;
    let mut survey = Survey {
        tree: tree.clone(),
        end: from,
        last,
        trouble: None,
    };
    let total_bytes = tape.total_bytes();
    let mut open_tree = tree;
    let (mut segment, mut commit_lines) = (from.segment, 0);
    let mut lines = tape.all_lines(from);
    survey.trouble = loop {
        let read_bytes = lines.read_bytes;
        let Some(line) = lines.next()? else { break None };
        if line.place.segment != segment {
            segment = line.place.segment;
            if segment != open_tree.size() {
                return Err(gap(tape, open_tree.size(), segment));
            }
        }
        match parse(line.bytes) {
            Line::Event { leaf, details } if line.whole => {
                let width = u32::try_from(details.len()).unwrap_or(u32::MAX);
                checksum.add_event(leaf, width);
                open_tree.push(leaf_hash(leaf));
            }
            Line::Commit(commit) if line.whole => {
                commit_lines += 1;
                let follows = commit.first == group.1 && commit.size > commit.first;
                if !follows || commit.size != open_tree.size() || !commit.closes(&checksum) {
                    break Some((line.place, "a commit does not match the events before it"));
                }
                if commit.root != open_tree.root() {
                    let how = "the root in a commit is not the root over the leaves up to it";
                    return Err(tape.damaged(line.place, how));
                }
                survey.end = line.end();
                survey.tree = open_tree.clone();
                let next = (line.end(), commit.size);
                survey.last = Some((commit, std::mem::replace(&mut group, next).0));
                checksum = Checksum::default();
                options.report(read_bytes, total_bytes);
            }
            _ => break Some((line.place, "a line is neither an event nor a commit")),
        }
    };
    let Some((place, how)) = survey.trouble else {
        // One segment of filler alone may stand at the end: a crash left it before its first line.
        let mut rest = tape.segments().into_iter().filter(|rest| *rest > segment);
        return match rest.find(|rest| *rest != open_tree.size()) {
            Some(rest) => Err(gap(tape, open_tree.size(), rest)),
            None => Ok(survey),
        };
    };
    if later_commit(tape, survey.end)? {
        return Err(tape.damaged(place, format!("{how}, and valid commits follow")));
    }
    // A segment is synced before the next one is made, so no crash leaves such a line in any but the last.
    if let Some(next) = tape.segments().into_iter().find(|next| *next > place.segment) {
        let next = tape.path(next);
        return Err(tape.damaged(place, format!("{how}, and {} follows", next.display())));
    }
    // The first commit is one event in one sector: a whole line of it is there with its event or not at all.
    if survey.tree.size() == 0 && commit_lines > 0 {
        return Err(tape.damaged(place, how));
    }
    Ok(survey)
}

/// A segment that is not where the one before it ends.
pub(crate) fn gap(tape: &Tape, position: u64, next: u64) -> Fatal {
    let (path, next_path) = (tape.path(position), tape.path(next));
    let how = if next < position {
        format!(
            "{} holds positions that other files hold too",
            next_path.display()
        )
    } else if tape.segments().contains(&position) {
        format!("it has no lines, though {} follows it", next_path.display())
    } else {
        let before = if position > 0 {
            ", or the file before it was cut"
        } else {
            ""
        };
        format!(
            "it is missing{before}: {} goes on with position {next}",
            next_path.display()
        )
    };
    Fatal::Damaged {
        what: path.display().to_string(),
        how,
        remedy: REMEDY.to_owned(),
    }
}

/// Whether a commit whose own events and checksum are right stands anywhere behind a place.
pub(crate) fn later_commit(tape: &Tape, from: Place) -> Result<bool, Fatal> {
    let mut found = false;
    each_whole_commit(tape, from, &mut |_| {
        found = true;
        false
    })?;
    Ok(found)
}

/// Visits the commits behind a place whose own events and checksum are right, whatever stands between them, until
/// `visit` returns false.
pub(crate) fn each_whole_commit(
    tape: &Tape,
    from: Place,
    visit: &mut dyn FnMut(Commit) -> bool,
) -> Result<(), Fatal> {
    let (mut places, mut checksum) = (Vec::new(), Checksum::default());
    let mut lines = tape.lines(from);
    while let Some(line) = lines.next()? {
        match parse(line.bytes) {
            Line::Event { leaf, details } => {
                checksum.add_event(leaf, u32::try_from(details.len()).unwrap_or(u32::MAX));
                places.push(line.place);
            }
            Line::Commit(commit) => {
                let events = usize::try_from(commit.size.saturating_sub(commit.first)).unwrap_or(usize::MAX);
                let first = places.len().checked_sub(events).and_then(|at| places.get(at));
                let whole = match first {
                    // Most of the time nothing else stands before the group, and it need not be read again.
                    Some(_) if events == places.len() => commit.closes(&checksum),
                    Some(first) => closes(tape, *first, events, &commit)?,
                    None => false,
                };
                if whole && !visit(commit) {
                    return Ok(());
                }
                places.clear();
                checksum = Checksum::default();
            }
            Line::Unknown => {}
        }
    }
    Ok(())
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

/// Makes the last commit of a surveyed tape durable, unless it is known to be.
pub(crate) fn make_durable(tape: &Tape, survey: &Survey, synced_events: u64) -> Result<(), Fatal> {
    // The last commit may have been read from memory that never reached the disk. It is written in place, the same
    // bytes, so that a crash half-way changes nothing; once a block of it is in sled it was synced before.
    if let Some((commit, start)) = &survey.last
        && commit.first >= synced_events
    {
        rewrite(tape, *start, survey.end)?;
    }
    Ok(())
}

/// Makes filler of what follows the last commit, which is durable. Every step can be repeated after a crash.
pub(crate) fn cut_tail(
    tape: &Tape,
    data: &Path,
    survey: &Survey,
    now: Instant,
) -> Result<Option<CutTail>, Fatal> {
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

/// What a copy of everything after a place takes, in bytes.
pub(crate) fn copy_bytes(tape: &Tape, end: Place) -> Result<u64, Fatal> {
    Ok(parts(tape, end, None)?
        .iter()
        .map(|(_, first, last)| last.saturating_sub(*first))
        .sum())
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
    let copied = copy_to(tape, survey.end, &*file, &path).and_then(|()| {
        tape.disk
            .sync_dir(&directory)
            .map_err(|error| failed("syncing", &path, &error))
    });
    if copied.is_err() {
        // Half a copy is worth nothing, and the disk may be full.
        let _ = tape.disk.remove(&path);
    }
    copied.map(|()| path)
}

fn copy_to(tape: &Tape, from: Place, file: &dyn File, path: &Path) -> Result<(), Fatal> {
    let mut at = 0;
    for part in parts(tape, from, None)? {
        each_chunk(tape, part, |bytes, _| {
            let write = file.write_at(bytes, at);
            at += bytes.len() as u64;
            write.map_err(|error| failed("writing", path, &error))
        })?;
    }
    file.sync_data().map_err(|error| failed("syncing", path, &error))
}
