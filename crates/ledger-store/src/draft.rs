//! A segment as sled knows it: every line in its place, the commits between, and details as far as the old file has
//! them.

use std::collections::HashMap;

use ledger_contract::event::{Event, write_leaf};
use ledger_proof::{Hash, Tree};
use sha2::{Digest as _, Sha256};

use crate::{
    blocks::Fault,
    destroy::Orders,
    record::Record,
    tape::{Checksum, Commit, Line, Place, Tape, is_blank, parse},
};

/// The log as sled's records make it, from position 0 on.
#[derive(Default)]
pub(crate) struct Redrawn<'a> {
    pub(crate) tree: Tree,
    /// The first position of the open group and the checksum of its events.
    first: u64,
    checksum: Checksum,
    /// The positions whose details are gone.
    pub(crate) lost: Vec<u64>,
    /// Where else they may be found.
    elsewhere: Option<Elsewhere<'a>>,
    /// How many were found there.
    pub(crate) restored: u64,
}

/// A backup that has details which the tape lost.
pub(crate) struct Elsewhere<'a> {
    pub(crate) tape: &'a Tape,
    /// Those that were destroyed stay so.
    pub(crate) orders: Orders,
}

impl Elsewhere<'_> {
    /// The details of an event, when they have its hash and were not ordered to be destroyed. Backups have the same
    /// places.
    fn details(&self, event: &Event, place: Place, width: u32, hash: Hash) -> Option<Vec<u8>> {
        let bytes = self.tape.bytes(place, width as usize).ok()?;
        let right = Hash::from(Sha256::digest(&bytes)) == hash && !self.orders.cover(event);
        right.then_some(bytes)
    }
}

/// One segment in the making, over the bytes of the old file.
pub(crate) struct Draft {
    pub(crate) segment: u64,
    /// The lines so far, with filler between.
    pub(crate) bytes: Vec<u8>,
    /// The old file; empty when it is missing.
    pub(crate) old: Vec<u8>,
    /// Details that stand elsewhere in the old file, by hash; filled when it is first asked.
    moved: Option<HashMap<Hash, (usize, usize)>>,
}

impl Draft {
    pub(crate) fn new(segment: u64, old: Vec<u8>) -> Self {
        Self {
            segment,
            bytes: Vec::new(),
            old,
            moved: None,
        }
    }

    /// Adds a line at an offset that is not before the end of the last one.
    fn put(&mut self, offset: u64, line: &[u8]) -> Result<(), Fault> {
        let at = usize::try_from(offset).unwrap_or(usize::MAX);
        if at < self.bytes.len()
            || at
                > self
                    .bytes
                    .len()
                    .saturating_add(self.old.len())
                    .saturating_add(FILLED_MAX)
        {
            let segment = self.segment;
            return Err(format!(
                "its records of segment {segment} do not follow each other"
            ));
        }
        self.bytes.resize(at, b'\n');
        self.bytes.extend_from_slice(line);
        Ok(())
    }

    /// The details with a hash and width: at their offset, elsewhere in the old file, or blank. False when they are
    /// lost; details that were destroyed before are not lost now.
    fn details(&mut self, offset: u64, width: u32, hash: Hash) -> (Vec<u8>, bool) {
        let width = width as usize;
        let at = usize::try_from(offset).unwrap_or(usize::MAX);
        let there = self.old.get(at..at.saturating_add(width)).unwrap_or_default();
        if Hash::from(Sha256::digest(there)) == hash || (there.len() == width && is_blank(there)) {
            return (there.to_vec(), true);
        }
        let old = &self.old;
        let moved = self.moved.get_or_insert_with(|| details_of(old));
        let found = moved.get(&hash).and_then(|(from, to)| old.get(*from..*to));
        match found.filter(|found| found.len() == width) {
            Some(found) => (found.to_vec(), true),
            None => (vec![b' '; width], false),
        }
    }

    /// Whether the old file has these lines, and nothing but filler behind them when it must not have more.
    pub(crate) fn stands(&self, to_the_end: bool) -> bool {
        let rest = self.old.strip_prefix(self.bytes.as_slice());
        rest.is_some_and(|rest| !to_the_end || rest.iter().all(|byte| *byte == b'\n'))
    }
}

/// No writer leaves more filler between two lines; what asks for more is no record of this tape.
const FILLED_MAX: usize = 256 << 20;

fn details_of(old: &[u8]) -> HashMap<Hash, (usize, usize)> {
    let mut found = HashMap::new();
    let mut at = 0;
    for line in old.split(|byte| *byte == b'\n') {
        let end = at + line.len();
        if let Line::Event { details, .. } = parse(line) {
            found.insert(Sha256::digest(details).into(), (end - details.len(), end));
        }
        at = end + 1;
    }
    found
}

impl<'a> Redrawn<'a> {
    /// Nothing yet, and where else details may be found.
    pub(crate) fn with(elsewhere: Option<Elsewhere<'a>>) -> Self {
        Self {
            elsewhere,
            ..Self::default()
        }
    }

    /// Adds an event's line.
    pub(crate) fn event(&mut self, draft: &mut Draft, record: &Record) -> Result<(), Fault> {
        let (position, widths) = (record.event.position, record.widths);
        let mut line = Vec::new();
        write_leaf(&record.event, &mut line).map_err(|error| error.to_string())?;
        if position != self.tree.size() || line.len() != widths.leaf as usize {
            return Err(format!(
                "its record of position {position} does not make the leaf"
            ));
        }
        self.tree.push(ledger_proof::leaf_hash(&line));
        self.checksum.add_event(&line, widths.details);
        line.push(b'\t');
        if let Some(hash) = record.event.details_hash {
            let offset = record.place.offset + line.len() as u64;
            let (mut details, kept) = draft.details(offset, widths.details, hash);
            if !kept {
                let segment = record.place.segment;
                let place = Place { segment, offset };
                let found = self
                    .elsewhere
                    .as_ref()
                    .and_then(|elsewhere| elsewhere.details(&record.event, place, widths.details, hash));
                match found {
                    Some(found) => {
                        details = found;
                        self.restored += 1;
                    }
                    None => self.lost.push(position),
                }
            }
            line.extend_from_slice(&details);
        }
        line.push(b'\n');
        draft.put(record.place.offset, &line)
    }

    /// Closes the group that ends with a record.
    pub(crate) fn commit(&mut self, draft: &mut Draft, last: &Record) -> Result<Commit, Fault> {
        let size = self.tree.size();
        let checksum = std::mem::take(&mut self.checksum);
        let first = std::mem::replace(&mut self.first, size);
        let commit = Commit::new(first, size, last.event.recorded_at, self.tree.root(), checksum);
        let mut line = Vec::new();
        commit.write(&mut line);
        draft.put(last.place.after(last.widths).offset, &line)?;
        Ok(commit)
    }
}
