//! Whether a data directory holds what was written: every check, every finding, nothing changed on the tape.

mod sled;

use std::{collections::HashMap, path::Path, sync::Arc};

use ledger_contract::{
    event::{Event, Stream, read_leaf, write_leaf},
    value::Instant,
};
use ledger_proof::{Hash, Tree, leaf_hash};
use sha2::{Digest as _, Sha256};

use self::sled::Sled;
use crate::{
    BackupError, Fatal, Options,
    backup::marker,
    blocks::close,
    blocks_head::BlocksHead,
    destroy::{ORDERS, Order},
    known::with_remedy,
    lock::Lock,
    prefix::{End, Marker},
    record::Record,
    render::Widths,
    right_parts::RightParts,
    tape::{
        Checksum, Commit, Line, Place, REMEDY, Tape, failed, first_position, gap, is_blank, later_commit,
        parse, tail_bytes,
    },
};

/// What a verification found.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Verified {
    /// What is wrong, one sentence each: file, position, what to do. Empty when all is right.
    pub findings: Vec<String>,
    /// Events in valid commits.
    pub events: u64,
    /// Valid commits.
    pub commits: u64,
    /// Segment files of the tape.
    pub segments: u64,
    /// Events whose details were destroyed.
    pub blank_details: u64,
    /// Bytes after the last commit that are no filler: a posting that was never acknowledged. The next opening sets
    /// them aside; they are no finding.
    pub tail_bytes: u64,
    /// Why sled was not held against the tape: the directory can only be read.
    pub sled_unread: Option<String>,
    /// The RFC 6962 root after the last commit.
    pub root: Hash,
}

/// Reads the whole record of a directory that no process has open and checks it: sequence, versions, checksums,
/// details against their hashes, roots, and that tape and sled agree. Wrong bytes are findings; only a directory that
/// cannot be read is an error.
pub fn verify(directory: &Path, options: &Options) -> Result<Verified, Fatal> {
    let lock = Lock::take(&*options.disk, directory)?;
    let until = marker(directory, options).map_err(|error| match error {
        BackupError::Fatal(fatal) => fatal,
        other => Fatal::Damaged {
            what: directory.display().to_string(),
            how: other.to_string(),
            remedy: REMEDY.to_owned(),
        },
    })?;
    let tape = Tape::open(Arc::clone(&options.disk), directory, false)?;
    let mut check = Check {
        tape: &tape,
        found: Verified::default(),
        right_parts: RightParts::default(),
        tree: Tree::default(),
        root_is_known: true,
        versions: HashMap::new(),
        stamp: Instant(i64::MIN),
        end: Place::default(),
        suspects: Vec::new(),
        trouble: None,
        commit_lines: 0,
        events_min: options.events_min,
        group: Group::default(),
        sled: None,
        until,
        head: BlocksHead::default(),
        doubt: None,
        remedy: REMEDY.to_owned(),
        leaf: Vec::new(),
    };
    check.found.segments = tape.segments().len() as u64;
    check.names(directory, options)?;
    match (&check.until, lock.read_only) {
        (Some(_), _) => check.found.sled_unread = Some("a backup has none".to_owned()),
        // sled cannot be opened without writing.
        (None, Some(why)) => check.found.sled_unread = Some(why),
        (None, None) => check.open_sled(directory, options),
    }
    let before = check.found.findings.len();
    check.lines(options)?;
    check.tail()?;
    check.details();
    let tape_is_whole = check.found.findings.len() == before;
    check.judge_sled(tape_is_whole);
    close(check.sled.take());
    Ok(check.found)
}

/// A group in the reading. What is wrong with it counts only if a valid commit closes it or follows it: otherwise it
/// was never acknowledged.
#[derive(Default)]
struct Group {
    events: u64,
    blank: u64,
    /// The events that order details to be destroyed.
    orders: Vec<Event>,
    checksum: Checksum,
    stamps: Option<(Instant, Instant)>,
    faults: Vec<String>,
}

struct Check<'a> {
    tape: &'a Tape,
    found: Verified,
    /// What stands right of the leaves.
    right_parts: RightParts,
    tree: Tree,
    /// Whether every leaf up to here was met; after a gap no root can be recomputed.
    root_is_known: bool,
    versions: HashMap<Stream, u64>,
    stamp: Instant,
    /// Right after the last valid commit.
    end: Place,
    /// What is wrong between there and the open group.
    suspects: Vec<String>,
    /// The first line behind the last valid commit that is not as it must be.
    trouble: Option<Place>,
    /// Lines that are commits, valid or not.
    commit_lines: u64,
    /// How many events there must be.
    events_min: u64,
    group: Group,
    /// None when it cannot be read, and from the first difference on.
    sled: Option<Sled>,
    /// Of a backup, where it ends, if it has anything: what follows is left over from a run that did not finish.
    until: Option<Marker>,
    /// What sled's head tells; nothing without one.
    head: BlocksHead,
    /// Where tape and sled differ first, or what is wrong with sled. Whose fault it is shows at the end of the tape.
    doubt: Option<(Option<Place>, String)>,
    /// What to do about damage of the tape.
    remedy: String,
    leaf: Vec<u8>,
}

impl Check<'_> {
    /// Files that do not belong.
    fn names(&mut self, directory: &Path, options: &Options) -> Result<(), Fatal> {
        let folder = directory.join("tape");
        let paths = options.disk.list(&folder);
        for path in paths.map_err(|error| failed("listing", &folder, &error))? {
            if first_position(&path).is_none() {
                let name = path.display();
                self.found
                    .findings
                    .push(format!("{name} is no segment of the tape; move it away."));
            }
        }
        Ok(())
    }

    fn lines(&mut self, options: &Options) -> Result<(), Fatal> {
        let total_bytes = self.tape.total_bytes();
        let mut lines = self.tape.all_lines(Place::default());
        let mut segment = 0;
        loop {
            let read_bytes = lines.read_bytes;
            let Some(line) = lines.next()? else { break };
            let (place, position) = (line.place, self.found.events + self.group.events);
            if let Some(Marker(end)) = &self.until
                && end.as_ref().is_none_or(|end| place >= end.place)
            {
                return Ok(());
            }
            if place.segment != segment {
                segment = place.segment;
                if segment != position {
                    self.gap(position, segment);
                }
            }
            match parse(line.bytes) {
                Line::Event { leaf, details } if line.whole => self.event(place, leaf, details),
                Line::Commit(commit) if line.whole => {
                    self.commit(place, line.end(), &commit);
                    options.report(read_bytes, total_bytes);
                }
                _ => self.fault(place, "a line is neither an event nor a commit"),
            }
        }
        // One segment of filler alone may stand at the end: a crash left it before its first line.
        let position = self.found.events + self.group.events;
        let mut rest = self.tape.segments().into_iter().filter(|rest| *rest > segment);
        if let Some(rest) = rest.find(|rest| *rest != position) {
            self.gap(position, rest);
        }
        Ok(())
    }

    /// A missing segment is damage wherever it is: none but the last is ever removed.
    fn gap(&mut self, position: u64, next: u64) {
        let mut finding = with_remedy(gap(self.tape, position, next), &self.head).to_string();
        finding.push('.');
        self.found.findings.push(finding);
        self.root_is_known = false;
    }

    fn fault(&mut self, place: Place, how: impl AsRef<str>) {
        let (name, how, remedy) = (self.tape.name(place), how.as_ref(), &self.remedy);
        self.trouble.get_or_insert(place);
        let finding = format!("{name} is damaged: {how}; {remedy}.");
        self.group.faults.push(finding);
    }

    fn event(&mut self, place: Place, leaf: &[u8], details: &[u8]) {
        let position = self.found.events + self.group.events;
        let width = |part: &[u8]| u32::try_from(part.len()).unwrap_or(u32::MAX);
        let widths = Widths {
            leaf: width(leaf),
            details: width(details),
        };
        self.group.events += 1;
        self.group.checksum.add_event(leaf, widths.details);
        self.tree.push(leaf_hash(leaf));
        let event = match read_leaf(leaf) {
            Ok(event) => event,
            Err(error) => return self.fault(place, error.to_string()),
        };
        if event.position != position {
            self.fault(
                place,
                format!("position {} stands where {position} belongs", event.position),
            );
        }
        self.leaf.clear();
        if write_leaf(&event, &mut self.leaf).is_err() || self.leaf != leaf {
            self.fault(place, "the leaf is not written the one way it can be");
        }
        let version = self.versions.entry(event.stream.clone()).or_default();
        let expected = std::mem::replace(version, event.version) + 1;
        if event.version != expected {
            let (stream, version) = (&event.stream, event.version);
            self.fault(
                place,
                format!("{stream} has version {version} where {expected} belongs"),
            );
        }
        if event.command > event.position {
            self.fault(place, "an event comes before the first one of its command");
        }
        let (first, last) = self
            .group
            .stamps
            .unwrap_or((event.recorded_at, event.recorded_at));
        self.group.stamps = Some((first.min(event.recorded_at), last.max(event.recorded_at)));
        self.right_part(place, &event, details);
        if Order::of(&event).is_some() {
            self.group.orders.push(event.clone());
        }
        if event.position == position {
            self.compare(&Record { event, place, widths });
        }
    }

    fn right_part(&mut self, place: Place, event: &Event, details: &[u8]) {
        match event.details_hash {
            None if details.is_empty() => {}
            None => self.fault(place, "there are details that the leaf does not tell of"),
            Some(_) if is_blank(details) => self.group.blank += 1,
            Some(hash) => self
                .right_parts
                .add(place, event, Hash::from(Sha256::digest(details)) == hash),
        }
    }

    /// What is wrong with details, now that every order to destroy some is known.
    fn details(&mut self) {
        let (wrong, kept) = std::mem::take(&mut self.right_parts).finish(self.end);
        for place in wrong {
            self.fault(place, "the details do not have the hash that the leaf tells");
        }
        self.found.findings.append(&mut self.group.faults);
        if kept > 0 {
            self.found.findings.push(format!(
                "The details of {kept} events are still there, though they were ordered to be destroyed; remove the \
                 file {ORDERS} if there is one, and open the ledger: it destroys them."
            ));
        }
    }

    fn commit(&mut self, place: Place, end: Place, commit: &Commit) {
        self.commit_lines += 1;
        let group = std::mem::take(&mut self.group);
        let whole = commit.size.checked_sub(commit.first) == Some(group.events) && group.events > 0;
        self.suspects.extend(group.faults);
        if !whole || !commit.closes(&group.checksum) {
            self.fault(
                place,
                "the checksum of a commit does not match the events before it",
            );
            self.suspects.append(&mut self.group.faults);
            self.root_is_known = false;
            return;
        }
        // A valid commit: everything up to here was acknowledged.
        self.found.findings.append(&mut self.suspects);
        if commit.first != self.found.events {
            let (from, to) = (self.found.events, commit.first);
            self.fault(
                place,
                format!("the log goes on with position {to} after {from} events"),
            );
            self.root_is_known = false;
        }
        if self.root_is_known && commit.root != self.tree.root() {
            self.fault(place, "the root is not the root over the leaves up to it");
            self.root_is_known = false;
        }
        if commit.recorded_at <= self.stamp {
            self.fault(place, "the commit is not later than the one before it");
        }
        if group.stamps != Some((commit.recorded_at, commit.recorded_at)) {
            self.fault(place, "the events of a commit do not have its stamp");
        }
        self.found.findings.append(&mut self.group.faults);
        for order in group.orders.iter().filter_map(Order::of) {
            self.right_parts.order(&order);
        }
        self.found.events = commit.size;
        self.found.commits += 1;
        self.found.blank_details += group.blank;
        self.found.root = commit.root;
        self.stamp = commit.recorded_at;
        self.end = end;
        self.trouble = None;
    }

    /// What stands behind the last valid commit: never acknowledged, unless it is known to have been.
    fn tail(&mut self) -> Result<(), Fatal> {
        if let Some(Marker(end)) = self.until.take() {
            let found = (self.found.events, self.found.root, self.end);
            if let Some(End { place, commit }) = end
                && found != (commit.size, commit.root, place)
            {
                self.fault(place, "it does not end as the file `backup` tells");
                self.suspects.append(&mut self.group.faults);
                self.found.findings.append(&mut self.suspects);
            }
            return Ok(());
        }
        let (events, acknowledged) = (self.found.events, self.head.committed.max(self.events_min));
        if events == 0 {
            self.found.root = Tree::default().root();
        }
        let next = events + self.group.events;
        self.suspects.append(&mut self.group.faults);
        if acknowledged > events {
            // Where sled says that the tape goes on, when it has that event.
            let record = self.sled.as_mut().and_then(|sled| sled.record(next).ok());
            let place = record.map_or(self.end, |record| record.place);
            let exists = self.tape.segments().contains(&place.segment);
            let there = if exists { "" } else { "the file is missing: " };
            let how =
                format!("{there}the tape ends after {events} events, and {acknowledged} were acknowledged");
            self.fault(place, how);
            self.suspects.append(&mut self.group.faults);
        } else if !self.trouble.is_some_and(|place| self.is_damage(place))
            && !later_commit(self.tape, self.end)?
        {
            self.found.tail_bytes = tail_bytes(self.tape, self.end)?;
            return Ok(());
        }
        self.found.findings.append(&mut self.suspects);
        Ok(())
    }

    /// Whether no crash leaves such a line there: a segment is synced before the next one is made, and the first commit
    /// is one event in one sector, there as a whole or not at all. (Nor does a crash leave it before a later commit.)
    fn is_damage(&self, trouble: Place) -> bool {
        let last = self.tape.segments().pop();
        last.is_some_and(|last| trouble.segment < last) || (self.found.events == 0 && self.commit_lines > 0)
    }
}
