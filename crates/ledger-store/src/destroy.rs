//! Destroying details: what is ordered, what it covers, and blanking it in place.
//!
//! The order is a `detailsDestroyed` event. Once it is durable, readers are given no details that it covers; then right
//! parts are overwritten with spaces, copies aside are removed, and last the order is written to a file, which so tells
//! that all before was done. A crash anywhere leaves an order on the record that is not in the file: opening goes on.

use std::{collections::BTreeMap, path::Path};

use ledger_contract::{
    event::{Event, EventData, Stream, read_leaf, write_leaf},
    value::Instant,
};
use ledger_domain::Date;

use crate::{
    Fatal,
    disk::Disk,
    tape::{Line, Place, Tape, failed, is_blank, parse},
};

/// The file of orders in a data directory and in a backup.
pub(crate) const ORDERS: &str = "destructions";

/// What is written at once over details.
static SPACES: [u8; 1 << 12] = [b' '; 1 << 12];

/// What one event orders.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Order {
    pub(crate) stream: Stream,
    pub(crate) through: Date,
    recorded_at: Instant,
}

impl Order {
    /// What an event orders; none for other events.
    pub(crate) fn of(event: &Event) -> Option<Self> {
        let EventData::DetailsDestroyed(destroyed) = &event.data else {
            return None;
        };
        Some(Self {
            stream: event.stream.clone(),
            through: destroyed.through.0,
            recorded_at: event.recorded_at,
        })
    }

    /// Whether the details of an event are to be destroyed. Told by its stamp and not by its position, because after an
    /// older backup was restored other events may take the positions of those that were lost.
    pub(crate) fn covers(&self, event: &Event) -> bool {
        self.stream == event.stream
            && event.booking_date <= self.through
            && event.recorded_at < self.recorded_at
    }
}

/// The orders of one ledger: of its record, or of the file that is kept beside backups.
#[derive(Clone, Debug, Default)]
pub(crate) struct Orders {
    /// Position 0, which tells one ledger from another.
    opened: Option<Event>,
    /// The events that order, by their stamps.
    ordered: BTreeMap<(Instant, u64), Event>,
}

impl Orders {
    /// Whether [`Self::add`] keeps anything of an event.
    pub(crate) fn concern(event: &Event) -> bool {
        matches!(
            event.data,
            EventData::LedgerOpened(_) | EventData::DetailsDestroyed(_)
        )
    }

    /// Takes in an event of the record, when it orders or tells which ledger this is.
    pub(crate) fn add(&mut self, event: &Event) {
        match event.data {
            EventData::LedgerOpened(_) => self.opened = Some(event.clone()),
            EventData::DetailsDestroyed(_) => {
                self.ordered
                    .insert((event.recorded_at, event.position), event.clone());
            }
            _ => {}
        }
    }

    /// Forgets what was staged from a position on and is rolled back.
    pub(crate) fn cut(&mut self, size: u64) {
        self.ordered.retain(|_, event| event.position < size);
    }

    pub(crate) fn is_empty(&self) -> bool {
        self.ordered.is_empty()
    }

    /// Whether the details of an event were ordered to be destroyed.
    pub(crate) fn cover(&self, event: &Event) -> bool {
        // Most ledgers have none, and the others one a year.
        !self.ordered.is_empty()
            && self
                .ordered
                .values()
                .filter_map(Order::of)
                .any(|order| order.covers(event))
    }

    /// Whether both are of the same ledger.
    pub(crate) fn same_ledger(&self, other: &Self) -> bool {
        self.opened.is_some() && self.opened == other.opened
    }

    /// These without those of another.
    pub(crate) fn without(&self, other: &Self) -> Self {
        let mut rest = self.clone();
        rest.ordered.retain(|key, _| !other.ordered.contains_key(key));
        rest
    }

    /// Adds those of another.
    pub(crate) fn join(&mut self, other: &Self) {
        self.opened = self.opened.take().or_else(|| other.opened.clone());
        for (key, event) in &other.ordered {
            self.ordered.entry(*key).or_insert_with(|| event.clone());
        }
    }

    /// The text of a file: the leaves, position 0 first. Proofs of inclusion hold for its lines.
    fn text(&self) -> Result<Vec<u8>, serde_json::Error> {
        let mut text = Vec::new();
        for event in self.opened.iter().chain(self.ordered.values()) {
            write_leaf(event, &mut text)?;
            text.push(b'\n');
        }
        Ok(text)
    }

    /// Reads the text of a file, or tells in a part of a sentence why it is none.
    pub(crate) fn parse(text: &[u8]) -> Result<Self, String> {
        let mut orders = Self::default();
        for (number, line) in (1..).zip(text.split(|byte| *byte == b'\n')) {
            if line.is_empty() {
                continue;
            }
            let event = read_leaf(line).map_err(|error| format!("line {number}: {error}"))?;
            let known = matches!(
                event.data,
                EventData::LedgerOpened(_) | EventData::DetailsDestroyed(_)
            );
            if !known {
                let name = event.data.type_name();
                return Err(format!("line {number}: {name} orders nothing to be destroyed"));
            }
            orders.add(&event);
        }
        if orders.opened.is_none() {
            return Err("it does not begin with the event that opened a ledger".to_owned());
        }
        Ok(orders)
    }

    /// The orders in the file of a directory; none without one. A file that cannot be read counts as none: its orders
    /// are on the record, and are carried out again.
    pub(crate) fn done(disk: &dyn Disk, directory: &Path) -> Result<Self, Fatal> {
        let path = directory.join(ORDERS);
        let bytes = read_small(disk, &path)?;
        Ok(bytes
            .and_then(|bytes| Self::parse(&bytes).ok())
            .unwrap_or_default())
    }
}

/// The bytes of a small file; none when it is not there.
pub(crate) fn read_small(disk: &dyn Disk, path: &Path) -> Result<Option<Vec<u8>>, Fatal> {
    if !path.exists() {
        return Ok(None);
    }
    let read = disk.open(path, false).and_then(|file| {
        let mut bytes = vec![0; usize::try_from(file.length()?).unwrap_or(usize::MAX)];
        let read = file.read_at(&mut bytes, 0)?;
        bytes.truncate(read);
        Ok(bytes)
    });
    read.map(Some).map_err(|error| failed("reading", path, &error))
}

/// Writes a small file in one step, durably. A crash leaves the old one, and perhaps a `.new` beside it.
pub(crate) fn write_small(disk: &dyn Disk, path: &Path, bytes: &[u8]) -> Result<(), Fatal> {
    let new = path.with_extension("new");
    let folder = path.parent().unwrap_or(Path::new("."));
    let written = || {
        if new.exists() {
            disk.remove(&new)?;
        }
        let file = disk.create(&new)?;
        file.write_at(bytes, 0)?;
        file.sync_data()?;
        disk.rename(&new, path)?;
        disk.sync_dir(folder)
    };
    written().map_err(|error| failed("writing", path, &error))
}

/// Carries out the orders of a record that its file does not list yet, and then lists them. Returns how many details
/// were overwritten. `events` is the length of the record; what the tape holds beyond is left alone.
pub(crate) fn carry_out(tape: &Tape, directory: &Path, events: u64, orders: &Orders) -> Result<u64, Fatal> {
    let mut done = Orders::done(tape.disk(), directory)?;
    let open = orders.without(&done);
    if open.is_empty() {
        return Ok(0);
    }
    let blanked = blank(tape, events, &open)?;
    forget_copies(tape.disk(), directory)?;
    done.join(orders);
    // A crash before this is durable leads to all of it again, which changes nothing.
    write_orders(tape.disk(), directory, &done)?;
    Ok(blanked)
}

/// Writes the file that is kept beside backups.
pub(crate) fn write_orders(disk: &dyn Disk, directory: &Path, orders: &Orders) -> Result<(), Fatal> {
    let path = directory.join(ORDERS);
    let text = orders.text().map_err(|error| Fatal::Io {
        doing: format!("writing {}", path.display()),
        reason: error.to_string(),
        disk_full: false,
    })?;
    write_small(disk, &path, &text)
}

/// Overwrites the details that orders cover with spaces in place, of the first so many events, and syncs the files. A
/// crash leaves some of them whole, some blank, and one perhaps in part: doing it again makes all of them blank.
pub(crate) fn blank(tape: &Tape, events: u64, orders: &Orders) -> Result<u64, Fatal> {
    let mut lines = tape.lines(Place::default());
    let mut written: Option<(u64, Box<dyn crate::disk::File>)> = None;
    let (mut position, mut blanked) = (0, 0);
    while position < events {
        let Some(line) = lines.next()? else { break };
        let Line::Event { leaf, details } = parse(line.bytes) else {
            continue;
        };
        position += 1;
        if details.is_empty() || is_blank(details) {
            continue;
        }
        let event = read_leaf(leaf).map_err(|error| tape.damaged(line.place, error.to_string()))?;
        if !orders.cover(&event) {
            continue;
        }
        let Place { segment, offset } = line.place;
        let path = tape.path(segment);
        let file = match written.take() {
            Some((open, file)) if open == segment => file,
            before => {
                sync(tape, before)?;
                let open = tape.disk().open(&path, true);
                open.map_err(|error| failed("opening", &path, &error))?
            }
        };
        overwrite(&*file, offset + leaf.len() as u64 + 1, details.len() as u64)
            .map_err(|error| failed("writing", &path, &error))?;
        written = Some((segment, file));
        blanked += 1;
    }
    sync(tape, written)?;
    Ok(blanked)
}

fn sync(tape: &Tape, written: Option<(u64, Box<dyn crate::disk::File>)>) -> Result<(), Fatal> {
    written.map_or(Ok(()), |(segment, file)| {
        let synced = file.sync_data();
        synced.map_err(|error| failed("syncing", &tape.path(segment), &error))
    })
}

/// Writes spaces over a part of a file.
fn overwrite(file: &dyn crate::disk::File, mut at: u64, width: u64) -> std::io::Result<()> {
    let end = at + width;
    while at < end {
        let width = usize::try_from(end - at).map_or(SPACES.len(), |left| left.min(SPACES.len()));
        file.write_at(SPACES.get(..width).unwrap_or_default(), at)?;
        at += width as u64;
    }
    Ok(())
}

/// Overwrites and removes the copies aside: they hold lines with details and nothing reads them. What a repair left
/// unfinished goes too.
fn forget_copies(disk: &dyn Disk, directory: &Path) -> Result<(), Fatal> {
    for folder in [
        directory.join("aside"),
        directory.join("repair/tape"),
        directory.join("repair"),
    ] {
        if !folder.exists() {
            continue;
        }
        let paths = disk.list(&folder);
        for path in paths.map_err(|error| failed("listing", &folder, &error))? {
            // A link in `repair` leads to the tape itself.
            let kind = path.symlink_metadata().map(|data| data.file_type());
            let kind = kind.map_err(|error| failed("looking at", &path, &error))?;
            let forgotten = || {
                if kind.is_dir() {
                    return Ok(());
                }
                if kind.is_file() {
                    let file = disk.open(&path, true)?;
                    overwrite(&*file, 0, file.length()?)?;
                    file.sync_data()?;
                }
                disk.remove(&path)
            };
            forgotten().map_err(|error| failed("removing", &path, &error))?;
        }
        let synced = disk.sync_dir(&folder);
        synced.map_err(|error| failed("syncing the folder", &folder, &error))?;
    }
    Ok(())
}
