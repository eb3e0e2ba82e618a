//! What sled knows of the tape: where it must go on, which segments it must have, and where the two differ.
//!
//! sled's head is written after the commits that it tells of were synced. So a tape that lacks them lost them later, and
//! a block that does not fit a whole tape is sled's fault. Which of the two it is, the tape alone decides.

use std::sync::Arc;

use ledger_contract::event::write_leaf;

use crate::{
    Fatal,
    blocks::{Blocks, Fault},
    blocks_head::BlocksHead,
    cursor::Cursor,
    record::Record,
    tape::{Checksum, Commit, Line, Place, Start, Survey, Tape, parse},
};

/// Why the tape and sled do not fit each other, or why that cannot be told.
#[derive(Debug)]
pub(crate) enum Doubt {
    Differ(String),
    Fatal(Fatal),
}

impl From<Fault> for Doubt {
    fn from(fault: Fault) -> Self {
        Self::Differ(fault)
    }
}

impl From<Fatal> for Doubt {
    fn from(fatal: Fatal) -> Self {
        match fatal {
            Fatal::Damaged { what, how, .. } => Self::Differ(format!("{what}: {how}")),
            other => Self::Fatal(other),
        }
    }
}

/// sled's records by position, one block at hand.
pub(crate) struct Records<'a> {
    blocks: &'a Blocks,
    cursor: Cursor,
}

impl<'a> Records<'a> {
    pub(crate) fn new(blocks: &'a Blocks) -> Self {
        let cursor = Cursor::new(0, Arc::default());
        Self { blocks, cursor }
    }

    pub(crate) fn at(&mut self, position: u64) -> Result<Record, Fault> {
        if let Some(record) = self.cursor.seek(position)? {
            return Ok(record);
        }
        let missing = || format!("position {position} is missing from its blocks");
        let (first, block) = self.blocks.block_of(position)?.ok_or_else(missing)?;
        self.cursor = Cursor::new(first, Arc::new(block));
        self.cursor.seek(position)?.ok_or_else(missing)
    }

    /// The first position of the group that a record belongs to: commits are where the stamp changes.
    pub(crate) fn group_of(&mut self, last: &Record) -> Result<Record, Fault> {
        let (mut below, mut first) = (0, last.event.position);
        while below < first {
            let middle = below + (first - below) / 2;
            if self.at(middle)?.event.recorded_at < last.event.recorded_at {
                below = middle + 1;
            } else {
                first = middle;
            }
        }
        self.at(first)
    }
}

/// How many events of a last commit that sled has whole are read again at most, from its end.
const LAST_EVENTS_READ: u64 = 4_096;

/// Where opening goes on reading the tape after what sled has: behind its last event, with the checksum of the group
/// that is open there. On the way every segment is looked at by name, length, first and last line. Of a commit that is
/// longer than what is read again, its root is held against sled's, and the last events against sled's records.
pub(crate) fn start(tape: &Tape, blocks: &Blocks, head: &BlocksHead) -> Result<Start, Doubt> {
    let mut records = Records::new(blocks);
    let size = head.tree.size();
    let last = records.at(size.saturating_sub(1))?;
    if last.place.after(last.widths) != head.next {
        return Err(Doubt::Differ("its head and its last event differ".to_owned()));
    }
    segments(tape, &mut records, size)?;
    let first = records.group_of(&last)?;
    let unread = size.saturating_sub(LAST_EVENTS_READ);
    if first.event.position < unread
        && let Some((commit, end)) = closed_by(tape, &first, head)?
    {
        for position in unread..size {
            stands(tape, &records.at(position)?)?;
        }
        return Ok(Start {
            place: end,
            tree: head.tree.clone(),
            group: (end, size),
            last: Some((commit, first.place)),
            ..Start::default()
        });
    }
    let group = (first.place, first.event.position);
    let mut checksum = Checksum::default();
    let (mut position, mut place) = (first.event.position, first.place);
    let mut lines = tape.lines(first.place);
    while position < size {
        let Some(line) = lines.next()? else { break };
        let Line::Event { leaf, details } = parse(line.bytes) else {
            break;
        };
        checksum.add_event(leaf, u32::try_from(details.len()).unwrap_or(u32::MAX));
        place = line.end();
        position += 1;
    }
    if (position, place) != (size, head.next) {
        let how = format!("its last group does not stand on the tape up to position {size}");
        return Err(Doubt::Differ(how));
    }
    Ok(Start {
        place: head.next,
        tree: head.tree.clone(),
        group,
        checksum,
        last: None,
    })
}

/// The commit that stands right behind sled's last event, and where its line ends, when it closes the group that begins
/// with a record and its root is that of sled's head.
fn closed_by(tape: &Tape, first: &Record, head: &BlocksHead) -> Result<Option<(Commit, Place)>, Fatal> {
    let mut lines = tape.lines(head.next);
    let Some(line) = lines.next()?.filter(|line| line.whole) else {
        return Ok(None);
    };
    let (at, end) = (line.place, line.end());
    let Line::Commit(commit) = parse(line.bytes) else {
        return Ok(None);
    };
    let closes = at == head.next
        && (commit.first, commit.size) == (first.event.position, head.tree.size())
        && commit.recorded_at == first.event.recorded_at
        && commit.root == head.tree.root();
    Ok(closes.then_some((commit, end)))
}

/// Goes from segment to segment, last first: each begins with the event that names it, and the one before it ends with
/// the event before that.
fn segments(tape: &Tape, records: &mut Records<'_>, size: u64) -> Result<(), Doubt> {
    let mut on_tape = tape.segments();
    let mut next: Option<Record> = None;
    let mut end = size;
    while let Some(at) = end.checked_sub(1) {
        let last = records.at(at)?;
        let segment = last.place.segment;
        if next.is_none() {
            on_tape.retain(|other| *other <= segment);
        }
        if on_tape.pop() != Some(segment) || segment > at {
            let how = format!(
                "{} is missing, or another stands in its place",
                tape.path(segment).display()
            );
            return Err(Doubt::Differ(how));
        }
        stands(tape, &last)?;
        if let Some(next) = &next
            && next.event.recorded_at != last.event.recorded_at
        {
            let mut lines = tape.lines(last.place.after(last.widths));
            let closed = lines.next()?.is_some_and(|line| {
                let commit = matches!(parse(line.bytes), Line::Commit(commit) if commit.size == end);
                commit && line.whole && line.place.segment == segment
            });
            if !closed {
                let how = format!("the commit behind position {at} is not on the tape");
                return Err(Doubt::Differ(how));
            }
        }
        let first = records.at(segment)?;
        if first.place != (Place { segment, offset: 0 }) {
            return Err(Doubt::Differ(format!(
                "position {segment} does not begin its file"
            )));
        }
        stands(tape, &first)?;
        next = Some(first);
        end = segment;
    }
    Ok(())
}

/// Whether a record's line is on the tape.
fn stands(tape: &Tape, record: &Record) -> Result<(), Doubt> {
    let position = record.event.position;
    let width = record.place.after(record.widths).offset - record.place.offset;
    let line = tape.bytes(record.place, usize::try_from(width).unwrap_or(usize::MAX))?;
    let same = line
        .strip_suffix(b"\n")
        .is_some_and(|line| is_line_of(line, record));
    let differ = || Doubt::Differ(format!("position {position} is another event there"));
    same.then_some(()).ok_or_else(differ)
}

/// Whether a line without its newline has a record's leaf and the width of its details.
fn is_line_of(line: &[u8], record: &Record) -> bool {
    let mut leaf = Vec::new();
    write_leaf(&record.event, &mut leaf).is_ok()
        && matches!(parse(line), Line::Event { leaf: found, details }
            if found == leaf && details.len() == record.widths.details as usize)
}

/// Names damage of a tape that ends before what sled knows of: the first line that is not what sled has.
pub(crate) fn missing(tape: &Tape, blocks: &Blocks, head: &BlocksHead, whole: &Survey) -> Fatal {
    let size = whole.tree.size();
    let (place, how) = first_difference(tape, blocks, head, whole).unwrap_or_else(|| {
        let (place, how) = whole.trouble.unwrap_or((whole.end, "nothing follows"));
        let committed = head.committed;
        let how = format!("the tape ends after {size} events, and {committed} were acknowledged: {how}");
        (place, how)
    });
    with_remedy(tape.damaged(place, how), head)
}

fn first_difference(
    tape: &Tape,
    blocks: &Blocks,
    head: &BlocksHead,
    whole: &Survey,
) -> Option<(Place, String)> {
    let committed = head.committed;
    let mut records = Records::new(blocks);
    let mut lines = tape.lines(whole.end);
    for position in whole.tree.size()..head.tree.size() {
        let record = records.at(position).ok()?;
        let line = lines.next().ok()?;
        let missing = !tape.segments().contains(&record.place.segment);
        match line {
            Some(line) if line.place == record.place && line.whole && is_line_of(line.bytes, &record) => {}
            _ if missing => {
                let place = Place {
                    offset: 0,
                    ..record.place
                };
                return Some((
                    place,
                    format!("the file is missing; position {position} was acknowledged in it"),
                ));
            }
            _ => {
                let how = format!(
                    "the leaf at position {position} is not the one that was committed, and {committed} events were \
                     acknowledged"
                );
                return Some((record.place, how));
            }
        }
    }
    None
}

/// Says what sled can do about damage of the tape.
pub(crate) fn with_remedy(fatal: Fatal, head: &BlocksHead) -> Fatal {
    match fatal {
        Fatal::Damaged { what, how, .. } => Fatal::Damaged {
            what,
            how,
            remedy: remedy(head),
        },
        other => other,
    }
}

/// What to do about damage of the tape that sled may mend.
pub(crate) fn remedy(head: &BlocksHead) -> String {
    match head.tree.size().checked_sub(1) {
        Some(last) => format!(
            "keep the directory as it is: the folder sled holds the events 0 to {last}; run `rekenschap repair`, or put \
             back a copy of the file"
        ),
        None => crate::tape::REMEDY.to_owned(),
    }
}
