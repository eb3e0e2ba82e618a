//! Reading a tape that must be right up to a known end: a backup, or what was just copied to one.

use std::fmt::Write as _;

use ledger_contract::event::{Event, EventData, read_leaf};
use ledger_proof::{Hash, Tree, leaf_hash};
use sha2::{Digest as _, Sha256};

use crate::{
    Fatal,
    destroy::Orders,
    tape::{Checksum, Commit, Line, Place, Tape, is_blank, parse},
};

/// Where a backup ends: right after a commit line. It is kept in a file, since what stands behind it is worth nothing.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct End {
    pub(crate) place: Place,
    pub(crate) commit: Commit,
}

impl End {
    /// The commit's line with its newline.
    pub(crate) fn line(&self) -> Vec<u8> {
        let mut line = Vec::new();
        self.commit.write(&mut line);
        line
    }
}

/// What the file tells that makes a folder a backup: where it ends; none when nothing was backed up yet.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Marker(pub(crate) Option<End>);

/// Its first line, by its version.
const TITLE: &str = "rekenschap backup 1\n";

impl Marker {
    pub(crate) fn write(&self) -> Vec<u8> {
        let mut text = TITLE.to_owned();
        let Some(end) = &self.0 else {
            return text.into_bytes();
        };
        let Place { segment, offset } = end.place;
        // Writing to a String cannot fail.
        let _ = writeln!(text, "{segment:020} {offset}");
        [text.into_bytes(), end.line()].concat()
    }

    /// Reads that text; none when it is another one.
    pub(crate) fn read(text: &[u8]) -> Option<Self> {
        let rest = text.strip_prefix(TITLE.as_bytes())?;
        if rest.is_empty() {
            return Some(Self(None));
        }
        let mut lines = std::str::from_utf8(rest).ok()?.lines();
        let (segment, offset) = lines.next()?.split_once(' ')?;
        let Line::Commit(commit) = parse(lines.next()?.as_bytes()) else {
            return None;
        };
        let place = Place {
            segment: segment.parse().ok()?,
            offset: offset.parse().ok()?,
        };
        let marker = Self(Some(End { place, commit }));
        // One way to write it, so that half a file is none.
        (marker.write() == text).then_some(marker)
    }
}

/// What was read so far.
#[derive(Clone, Debug, Default)]
pub(crate) struct Prefix {
    /// The next line to read.
    at: Place,
    /// The tree over all leaves read.
    tree: Tree,
    checksum: Checksum,
    /// The last commit.
    pub(crate) end: Option<End>,
    pub(crate) orders: Orders,
    /// The public keys on the record, oldest first.
    pub(crate) keys: Vec<String>,
    /// A number of events, and the root over them when a commit ends there.
    pub(crate) wanted: (u64, Option<Hash>),
    /// Details that are neither right nor blank. An order that covers them may come behind them.
    wrong: Vec<(Place, Event)>,
}

impl Prefix {
    /// Nothing read yet; the root over so many events is wanted.
    pub(crate) fn wanting(size: u64) -> Self {
        Self {
            wanted: (size, None),
            ..Self::default()
        }
    }

    /// The number of events in commits.
    pub(crate) fn size(&self) -> u64 {
        self.end.as_ref().map_or(0, |end| end.commit.size)
    }

    /// What tells of a backup that holds all that was read.
    pub(crate) fn marker(&self) -> Marker {
        Marker(self.end.clone())
    }

    /// The tree over them, when nothing was read beyond.
    pub(crate) fn tree(&self) -> &Tree {
        &self.tree
    }

    /// Reads on up to a place. Whatever is not as it must be is damage.
    pub(crate) fn read(&mut self, tape: &Tape, until: Place) -> Result<(), Fatal> {
        let mut lines = tape.lines(self.at);
        while let Some(line) = lines.next()? {
            if line.place >= until {
                break;
            }
            if line.place.segment != self.at.segment && line.place.segment != self.tree.size() {
                return Err(tape.damaged(line.place, "the lines before it are missing"));
            }
            match parse(line.bytes) {
                Line::Event { leaf, details } if line.whole => self.event(tape, line.place, leaf, details)?,
                Line::Commit(commit) if line.whole => {
                    let follows = commit.first == self.size() && commit.size == self.tree.size();
                    let checksum = std::mem::take(&mut self.checksum);
                    if !follows || !commit.closes(&checksum) || commit.root != self.tree.root() {
                        let how = "a commit does not match the events before it";
                        return Err(tape.damaged(line.place, how));
                    }
                    if commit.size == self.wanted.0 {
                        self.wanted.1 = Some(commit.root);
                    }
                    let place = line.end();
                    self.end = Some(End { place, commit });
                }
                _ => return Err(tape.damaged(line.place, "a line is neither an event nor a commit")),
            }
            self.at = line.end();
        }
        Ok(())
    }

    fn event(&mut self, tape: &Tape, place: Place, leaf: &[u8], details: &[u8]) -> Result<(), Fatal> {
        let event = read_leaf(leaf).map_err(|error| tape.damaged(place, error.to_string()))?;
        self.checksum
            .add_event(leaf, u32::try_from(details.len()).unwrap_or(u32::MAX));
        self.tree.push(leaf_hash(leaf));
        self.orders.add(&event);
        if let EventData::LogKeyIntroduced(introduced) = &event.data {
            self.keys.push(introduced.key.clone());
        }
        let is_right = match event.details_hash {
            None => details.is_empty(),
            Some(hash) => is_blank(details) || Hash::from(Sha256::digest(details)) == hash,
        };
        if !is_right {
            self.wrong.push((place, event));
        }
        Ok(())
    }

    /// Where details are damaged that no order on the record covers. (Those that one covers were being destroyed.)
    pub(crate) fn damaged_details(&mut self) -> Option<Place> {
        let Self { wrong, orders, .. } = self;
        wrong.retain(|(_, event)| !orders.cover(event));
        wrong.first().map(|(place, _)| *place)
    }
}
