//! A backup of a ledger, also while a server posts to it: the tape up to the last commit, and what belongs beside it.
//!
//! The ledger's lock is not taken and nothing of it is changed. Only bytes that are new are copied, to the same places
//! in files with the same names. A file tells where the backup ends; it is written when everything before it is synced
//! and was read back, so a run that was interrupted is gone on with by the next.

use std::{path::Path, sync::Arc, thread, time::Duration};

use ledger_proof::{
    Hash, checkpoint::Checkpoint, checkpoint::SignedCheckpoint, key::VerifierKey, note::Note,
};

use crate::{
    Fatal, Options,
    destroy::{carry_out, read_small, write_small},
    lock::Lock,
    open::{make_durably, refuse_others},
    prefix::{End, Marker, Prefix},
    tape::{Line, Lines, Place, Start, Survey, Tape, failed, parse, survey},
};

/// The file that makes a directory a backup, and tells where it ends.
pub(crate) const BACKUP: &str = "backup";
/// The file of the newest checkpoint.
pub(crate) const CHECKPOINT: &str = "checkpoint";
/// What is copied at once, in bytes.
const COPY_BYTES: u64 = 1 << 20;
/// How often a tape that somebody writes to is looked at again when it seems damaged.
const LOOKS_MAX: u32 = 10;
/// How long it is given to settle.
const SETTLE: Duration = Duration::from_millis(50);

/// Why there is no backup, or no ledger from it.
#[derive(Debug, thiserror::Error)]
pub enum BackupError {
    /// Files cannot be read or written, or are damaged.
    #[error(transparent)]
    Fatal(#[from] Fatal),
    /// A folder that must be empty is not.
    #[error("{0} is not empty; give a folder that is empty or does not exist")]
    NotEmpty(String),
    /// There is no backup, or its first file is damaged.
    #[error("{0} holds no backup: the file `backup` in it is missing or damaged")]
    NoBackup(String),
    /// The backup is another ledger's.
    #[error("{0} is a backup of another ledger; give this one a folder of its own")]
    Foreign(String),
    /// Both go on differently.
    #[error(
        "the backup in {backup} and the ledger differ from position {position} on, so one of them was rewritten, or the \
         ledger was restored from an older backup; nothing was changed: keep this backup, and begin another one"
    )]
    Diverged {
        /// The folder of the backup.
        backup: String,
        /// The first event that differs.
        position: u64,
    },
    /// The ledger lacks what its backup has.
    #[error(
        "the ledger ends after {ledger} events, and its backup has {backup}: the ledger lost events, or was restored \
         from an older backup; nothing was changed"
    )]
    Behind {
        /// Events in the ledger.
        ledger: u64,
        /// Events in the backup.
        backup: u64,
    },
    /// The checkpoint beside a tape does not fit it.
    #[error("the checkpoint beside the tape does not fit it: {0}")]
    Checkpoint(String),
    /// The orders to destroy details cannot be used.
    #[error("the orders of destruction cannot be used: {0}")]
    Orders(String),
}

/// What a backup has now.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Backed {
    /// Events in it.
    pub events: u64,
    /// Bytes that were copied to it now.
    pub copied_bytes: u64,
    /// The root over its events.
    pub root: Hash,
    /// The number of events that the signed checkpoint beside it covers; none when the ledger made none yet.
    pub checkpoint: Option<u64>,
    /// Events whose details were destroyed in it now.
    pub destroyed: u64,
}

/// Backs up the ledger in a directory, which a server may have open, to a folder that is empty or holds an earlier
/// backup of it.
pub fn backup(ledger: &Path, folder: &Path, options: &Options) -> Result<Backed, BackupError> {
    let disk = &*options.disk;
    refuse_others(ledger)?;
    make_durably(folder, options)?;
    let known = marker(folder, options)?;
    if known.is_none() && !holds_only(folder, &["lock", "backup.new"], options)? {
        return Err(BackupError::NotEmpty(folder.display().to_string()));
    }
    let lock = Lock::take(disk, folder)?;
    if let Some(reason) = lock.read_only {
        let doing = format!("backing up to {}", folder.display());
        let disk_full = false;
        return Err(Fatal::Io {
            doing,
            reason,
            disk_full,
        }
        .into());
    }
    if known.is_none() {
        // First of all: what a crash leaves after it is a backup without events, and no ledger.
        write_small(disk, &folder.join(BACKUP), &Marker(None).write())?;
    }
    let copy = Tape::open(Arc::clone(&options.disk), folder, true)?;
    // Newer checkpoints may be made while it runs; this one is covered by what follows.
    let signed = read_small(disk, &ledger.join(CHECKPOINT))?;
    let mut run = Run {
        ledger,
        folder,
        options,
        prefix: Prefix::wanting(signed.as_deref().map_or(Ok(0), size_of)?),
        copied_bytes: 0,
    };
    run.read_known(&copy, known.and_then(|known| known.0))?;
    let source = run.copy_on(&copy)?;
    if let Some(place) = run.prefix.damaged_details() {
        // A destruction began after the end was chosen: its order stands behind it by now.
        run.copy_on(&copy)?;
        if run.prefix.damaged_details().is_some() {
            let how = "the details do not have the hash that the leaf tells";
            return Err(source.damaged(place, how).into());
        }
    }
    let Run {
        prefix, copied_bytes, ..
    } = run;
    let mut checkpoint = None;
    if let Some(signed) = &signed {
        checkpoint = Some(check_checkpoint(signed, &prefix)?);
        write_small(disk, &folder.join(CHECKPOINT), signed)?;
    }
    write_small(disk, &folder.join(BACKUP), &prefix.marker().write())?;
    // A crash after this leaves details that were ordered to be destroyed; the next run, and a restore, destroy them.
    let destroyed = carry_out(&copy, folder, prefix.size(), &prefix.orders)?;
    Ok(Backed {
        events: prefix.size(),
        copied_bytes,
        root: prefix.tree().root(),
        checkpoint,
        destroyed,
    })
}

struct Run<'a> {
    ledger: &'a Path,
    folder: &'a Path,
    options: &'a Options,
    /// What the backup holds and was checked.
    prefix: Prefix,
    copied_bytes: u64,
}

impl Run<'_> {
    /// Reads what the backup has, all of it: a backup that went bad is told now, and not when it is needed.
    fn read_known(&mut self, copy: &Tape, known: Option<End>) -> Result<(), BackupError> {
        let Some(end) = known else { return Ok(()) };
        self.prefix.read(copy, end.place)?;
        if self.prefix.end.as_ref() != Some(&end) {
            return Err(copy
                .damaged(end.place, "it does not hold what the file `backup` tells")
                .into());
        }
        let source = Tape::open(Arc::clone(&self.options.disk), self.ledger, false)?;
        // The same root at the same place: the same leaves before it.
        let line = end.line();
        let stands = Place {
            offset: end.place.offset.saturating_sub(line.len() as u64),
            ..end.place
        };
        let same = source.segments().contains(&stands.segment)
            && source.bytes(stands, line.len()).is_ok_and(|bytes| bytes == line);
        if same { Ok(()) } else { Err(self.difference(copy)) }
    }

    /// Copies what the ledger has behind it, segment by segment, each synced and read back. Returns the ledger's tape.
    fn copy_on(&mut self, copy: &Tape) -> Result<Tape, BackupError> {
        let from = self.prefix.end.as_ref().map_or(Place::default(), |end| end.place);
        let (source, found) = self.durable(from)?;
        let segments = source.segments().into_iter();
        let segments = segments.filter(|at| (from.segment..=found.end.segment).contains(at));
        for segment in segments.collect::<Vec<_>>() {
            let first = if segment == from.segment { from.offset } else { 0 };
            let last = if segment == found.end.segment {
                found.end.offset
            } else {
                source.length(segment)?
            };
            self.copy(&source, copy, segment, (first, last))?;
            let until = Place {
                segment,
                offset: last,
            };
            self.prefix.read(copy, until)?;
            if self.prefix.damaged_details().is_none() && segment != found.end.segment {
                let text = self.prefix.marker().write();
                write_small(&*self.options.disk, &self.folder.join(BACKUP), &text)?;
            }
        }
        if self.prefix.size() != found.tree.size() {
            return Err(copy
                .damaged(found.end, "it does not read back as it was copied")
                .into());
        }
        Ok(source)
    }

    /// The ledger's tape up to its last commit. That one is made durable here: its writer may be about to do it, and a
    /// power cut must not leave a backup with more than its ledger.
    fn durable(&self, from: Place) -> Result<(Tape, Survey), Fatal> {
        let start = Start {
            place: from,
            tree: self.prefix.tree().clone(),
            group: (from, self.prefix.size()),
            ..Start::default()
        };
        let mut looks = 0;
        let (source, found) = loop {
            let source = Tape::open(Arc::clone(&self.options.disk), self.ledger, false)?;
            match survey(&source, self.options, start.clone()) {
                Ok(found) => break (source, found),
                // Read while it was being written, an open group can look like damage. Damage stays.
                Err(_) if looks < LOOKS_MAX => {
                    looks += 1;
                    thread::sleep(SETTLE);
                }
                Err(fatal) => return Err(fatal),
            }
        };
        if found.last.is_some() {
            let path = source.path(found.end.segment);
            let synced = source.file(found.end.segment)?.sync_data();
            synced.map_err(|error| failed("syncing", &path, &error))?;
            source.sync_names()?;
        }
        Ok((source, found))
    }

    /// Copies a part of a segment. A crash leaves some of it behind the end that the backup tells.
    fn copy(&mut self, source: &Tape, copy: &Tape, segment: u64, part: (u64, u64)) -> Result<(), Fatal> {
        let (disk, path) = (&*self.options.disk, copy.path(segment));
        let made = !path.exists();
        let file = if made {
            disk.create(&path)
        } else {
            disk.open(&path, true)
        };
        let file = file.map_err(|error| failed("opening", &path, &error))?;
        let (mut offset, last) = part;
        while offset < last {
            let width = usize::try_from((last - offset).min(COPY_BYTES)).unwrap_or(usize::MAX);
            let bytes = source.bytes(Place { segment, offset }, width)?;
            file.write_at(&bytes, offset)
                .map_err(|error| failed("writing", &path, &error))?;
            offset += width as u64;
            self.copied_bytes += width as u64;
            self.options.report(offset - part.0, last - part.0);
        }
        file.sync_data()
            .map_err(|error| failed("syncing", &path, &error))?;
        if made {
            copy.sync_names()?;
        }
        // It may be new to whoever reads the copy.
        copy.hold(segment, None);
        Ok(())
    }

    /// Names the first difference between the backup and the ledger.
    fn difference(&self, copy: &Tape) -> BackupError {
        let backup = self.folder.display().to_string();
        let (known, found) = match first_difference(copy, self.ledger, self.options, self.prefix.size()) {
            Ok(found) => (self.prefix.size(), found),
            Err(fatal) => return fatal.into(),
        };
        match found {
            (0, _) => BackupError::Foreign(backup),
            (position, true) => BackupError::Behind {
                ledger: position,
                backup: known,
            },
            (position, false) => BackupError::Diverged { backup, position },
        }
    }
}

/// The first event that two tapes do not share, and whether the ledger ends before it.
fn first_difference(copy: &Tape, ledger: &Path, options: &Options, size: u64) -> Result<(u64, bool), Fatal> {
    let source = Tape::open(Arc::clone(&options.disk), ledger, false)?;
    let (mut ours, mut theirs) = (copy.lines(Place::default()), source.lines(Place::default()));
    for position in 0..size {
        match (next_leaf(&mut ours)?, next_leaf(&mut theirs)?) {
            (Some(our), Some(their)) if our == their => {}
            (_, their) => return Ok((position, their.is_none())),
        }
    }
    // The same leaves in other commits or places.
    Ok((size, false))
}

fn next_leaf(lines: &mut Lines<'_>) -> Result<Option<Vec<u8>>, Fatal> {
    while let Some(line) = lines.next()? {
        if let Line::Event { leaf, .. } = parse(line.bytes) {
            return Ok(Some(leaf.to_vec()));
        }
    }
    Ok(None)
}

/// What makes a folder a backup; none when it is no backup.
pub(crate) fn marker(folder: &Path, options: &Options) -> Result<Option<Marker>, BackupError> {
    let text = read_small(&*options.disk, &folder.join(BACKUP))?;
    let read = |text: Vec<u8>| {
        let marker = Marker::read(&text);
        marker.ok_or_else(|| BackupError::NoBackup(folder.display().to_string()))
    };
    text.map(read).transpose()
}

/// Whether a folder holds nothing but files and folders with these names.
pub(crate) fn holds_only(folder: &Path, names: &[&str], options: &Options) -> Result<bool, Fatal> {
    let paths = options.disk.list(folder);
    let paths = paths.map_err(|error| failed("listing", folder, &error))?;
    Ok(paths
        .iter()
        .all(|path| names.iter().any(|name| folder.join(name) == *path)))
}

/// The number of events that a signed checkpoint covers, as it tells.
pub(crate) fn size_of(signed: &[u8]) -> Result<u64, BackupError> {
    let wrong = |how: String| BackupError::Checkpoint(how);
    let note = Note::parse(signed).map_err(|error| wrong(error.to_string()))?;
    let checkpoint = Checkpoint::parse(note.text()).map_err(|error| wrong(error.to_string()))?;
    Ok(checkpoint.size)
}

/// Holds a signed checkpoint against what was read with its size wanted: the root, and the keys on the record. Returns
/// its size.
pub(crate) fn check_checkpoint(signed: &[u8], prefix: &Prefix) -> Result<u64, BackupError> {
    let keys: Vec<VerifierKey> = prefix.keys.iter().filter_map(|key| key.parse().ok()).collect();
    let kept = SignedCheckpoint::open(signed, &keys)
        .map_err(|error| BackupError::Checkpoint(error.to_string()))?
        .checkpoint;
    let (size, events) = (kept.size, prefix.size());
    if size > events {
        let how = format!(
            "it was signed over {size} events, and there are {events}: the tape is older, or was cut"
        );
        return Err(BackupError::Checkpoint(how));
    }
    if prefix.wanted.1 != Some(kept.root) {
        let how =
            format!("the first {size} events are not those that it was signed over: they were rewritten");
        return Err(BackupError::Checkpoint(how));
    }
    Ok(size)
}
