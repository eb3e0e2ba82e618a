//! Repair of a damaged tape from sled: leaves, commits and their places come from sled's records, details from what is
//! left of the old files.
//!
//! Nothing is changed before everything is proven: the leaves must make the root of every commit that is still whole on
//! the tape, and the root in sled's head. The new files are made beside the tape and read as a tape; the old ones are
//! copied to `aside`; then each new file takes its name in one step. So a crash leaves a tape that can be repaired again.

use std::{
    collections::BTreeMap,
    fs,
    os::unix::fs::symlink,
    path::{Path, PathBuf},
    sync::Arc,
};

use ledger_contract::value::Instant;
use ledger_proof::Hash;

use crate::{
    Fatal, Options,
    blocks::{Blocks, Fault, close},
    blocks_head::BlocksHead,
    destroy::Orders,
    draft::{Draft, Elsewhere, Redrawn},
    known::Records,
    lock::Lock,
    record::Record,
    tape::{Place, REMEDY, Start, Tape, each_whole_commit, failed, survey},
};

/// What a repair did.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Repaired {
    /// The files that were made anew, each with the copy of what it was; none when it was missing.
    pub files: Vec<(PathBuf, Option<PathBuf>)>,
    /// The positions of events whose details were damaged and are blank now.
    pub lost_details: Vec<u64>,
    /// How many events got theirs back from the backup.
    pub restored_details: u64,
    /// The number of events in the ledger.
    pub events: u64,
}

/// Puts back what is damaged on the tape of a directory that no process has open. When sled cannot prove it, nothing is
/// changed and an error says so. Details that are damaged are taken from a backup when there is one and it has them.
pub fn repair(
    directory: &Path,
    backup: Option<&Path>,
    options: &Options,
    now: Instant,
) -> Result<Repaired, Fatal> {
    let lock = Lock::take(&*options.disk, directory)?;
    if let Some(why) = &lock.read_only {
        return Err(Fatal::Io {
            doing: format!("repairing {}", directory.display()),
            reason: why.clone(),
            disk_full: false,
        });
    }
    let place = directory.join("sled");
    if !place.exists() {
        return Err(unproven(
            directory,
            "there is no folder sled to repair the tape from",
        ));
    }
    let tape = Tape::open(Arc::clone(&options.disk), directory, true)?;
    let backup = backup
        .map(|folder| Tape::open(Arc::clone(&options.disk), folder, false))
        .transpose()?;
    let refused = |fault: Fault| unproven(directory, &format!("sled cannot prove what stood there: {fault}"));
    let blocks = Blocks::open(&place, options.sled_cache_bytes).map_err(refused)?;
    let staging = directory.join("repair");
    let repaired = Repair {
        tape: &tape,
        backup: backup.as_ref(),
        blocks: &blocks,
        directory,
        options,
        staging: staging.clone(),
        made: Vec::new(),
    }
    .run(now);
    close(blocks);
    // What a crash leaves of it is removed by the next repair.
    let _ = fs::remove_dir_all(&staging);
    repaired
}

fn unproven(directory: &Path, how: &str) -> Fatal {
    Fatal::Damaged {
        what: directory.join("tape").display().to_string(),
        how: how.to_owned(),
        remedy: REMEDY.to_owned(),
    }
}

struct Repair<'a> {
    tape: &'a Tape,
    backup: Option<&'a Tape>,
    blocks: &'a Blocks,
    directory: &'a Path,
    options: &'a Options,
    /// Where the new files are made; a folder `tape` in it is read as a tape before anything is changed.
    staging: PathBuf,
    /// The segments that were made.
    made: Vec<u64>,
}

impl<'a> Repair<'a> {
    fn run(mut self, now: Instant) -> Result<Repaired, Fatal> {
        let head = self
            .blocks
            .head()
            .and_then(|head| head.ok_or("it is empty".to_owned()));
        let head = head.map_err(|fault| self.refused(&fault))?;
        self.stage()?;
        let redrawn = self.redraw(&head)?;
        let events = self.proven(&head)?;
        let files = self.swap(now)?;
        Ok(Repaired {
            files,
            lost_details: redrawn.lost,
            restored_details: redrawn.restored,
            events,
        })
    }

    fn refused(&self, how: &str) -> Fatal {
        unproven(
            self.directory,
            &format!("sled cannot prove what stood there: {how}"),
        )
    }

    /// An empty folder for new files. What an unfinished repair left in it is made again.
    fn stage(&self) -> Result<(), Fatal> {
        if self.staging.exists() {
            fs::remove_dir_all(&self.staging).map_err(|error| failed("removing", &self.staging, &error))?;
        }
        for folder in [&self.staging, &self.staging.join("tape")] {
            let made = self.options.disk.create_dir(folder);
            made.map_err(|error| failed("making the folder", folder, &error))?;
        }
        Ok(())
    }

    /// Goes through all of sled's records and makes every segment that does not stand as they say.
    fn redraw(&mut self, head: &BlocksHead) -> Result<Redrawn<'a>, Fatal> {
        let whole = self.whole_commits()?;
        let mut records = Records::new(self.blocks);
        let mut redrawn = Redrawn::with(self.elsewhere(head)?);
        let mut draft: Option<Draft> = None;
        let mut segments = Vec::new();
        let size = head.tree.size();
        let mut next = (size > 0)
            .then(|| records.at(0))
            .transpose()
            .map_err(|fault| self.refused(&fault))?;
        while let Some(record) = next.take() {
            let position = record.event.position;
            let Place { segment, offset } = record.place;
            let mut at_hand = match draft.take() {
                Some(draft) if draft.segment == segment => draft,
                before => {
                    if segment != position || offset != 0 {
                        return Err(self.refused(&format!("position {position} does not begin its file")));
                    }
                    if let Some(before) = before {
                        self.keep(&before, true)?;
                    }
                    segments.push(segment);
                    Draft::new(segment, self.old(segment)?)
                }
            };
            redrawn
                .event(&mut at_hand, &record)
                .map_err(|fault| self.refused(&fault))?;
            if position + 1 < size {
                next = Some(records.at(position + 1).map_err(|fault| self.refused(&fault))?);
            }
            let closed = match &next {
                Some(next) => next.event.recorded_at != record.event.recorded_at,
                None => head.committed == size,
            };
            if closed {
                self.commit(&mut redrawn, &mut at_hand, &record, &whole)?;
            }
            draft = Some(at_hand);
        }
        if redrawn.tree != head.tree {
            return Err(self.refused("its records do not make the root in its head"));
        }
        if let Some(mut last) = draft {
            // What follows what sled knows stays as it is.
            let rest = last.old.get(last.bytes.len()..).unwrap_or_default().to_vec();
            last.bytes.extend_from_slice(&rest);
            self.keep(&last, false)?;
        }
        let last = segments.last().copied().unwrap_or(0);
        let foreign = self
            .tape
            .segments()
            .into_iter()
            .find(|segment| *segment < last && !segments.contains(segment));
        if let Some(foreign) = foreign {
            let name = self.tape.path(foreign);
            return Err(self.refused(&format!(
                "{} is no file that it knows; move it away",
                name.display()
            )));
        }
        Ok(redrawn)
    }

    /// The backup, and whose details it must not give back.
    fn elsewhere(&self, head: &BlocksHead) -> Result<Option<Elsewhere<'a>>, Fatal> {
        let Some(tape) = self.backup else {
            return Ok(None);
        };
        let (mut records, mut orders) = (Records::new(self.blocks), Orders::default());
        for position in 0..head.tree.size() {
            let record = records.at(position).map_err(|fault| self.refused(&fault))?;
            orders.add(&record.event);
        }
        Ok(Some(Elsewhere { tape, orders }))
    }

    /// The commits on the tape whose events are all there: their roots are the proof.
    fn whole_commits(&self) -> Result<BTreeMap<u64, Hash>, Fatal> {
        let mut whole = BTreeMap::new();
        each_whole_commit(self.tape, Place::default(), &mut |commit| {
            whole.insert(commit.size, commit.root);
            true
        })?;
        Ok(whole)
    }

    fn commit(
        &self,
        redrawn: &mut Redrawn,
        draft: &mut Draft,
        last: &Record,
        whole: &BTreeMap<u64, Hash>,
    ) -> Result<(), Fatal> {
        let commit = redrawn
            .commit(draft, last)
            .map_err(|fault| self.refused(&fault))?;
        match whole.get(&commit.size) {
            Some(root) if *root != commit.root => {
                let (first, last) = (commit.first, commit.size - 1);
                Err(self.refused(&format!(
                    "the commit of the positions {first} to {last} is whole on the tape and is another one in sled"
                )))
            }
            _ => Ok(()),
        }
    }

    /// The bytes of a segment as they are; none when it is missing.
    fn old(&self, segment: u64) -> Result<Vec<u8>, Fatal> {
        if !self.tape.segments().contains(&segment) {
            return Ok(Vec::new());
        }
        let length = self.tape.length(segment)?;
        let place = Place { segment, offset: 0 };
        self.tape
            .bytes(place, usize::try_from(length).unwrap_or(usize::MAX))
    }

    /// Writes a draft beside the tape when the old file is not as it says.
    fn keep(&mut self, draft: &Draft, to_the_end: bool) -> Result<(), Fatal> {
        if draft.stands(to_the_end) {
            return Ok(());
        }
        let path = self.staged(draft.segment);
        write_new(self.options, &path, &draft.bytes)?;
        self.made.push(draft.segment);
        Ok(())
    }

    fn staged(&self, segment: u64) -> PathBuf {
        let path = self.tape.path(segment);
        self.staging
            .join("tape")
            .join(path.file_name().unwrap_or_default())
    }

    /// Reads the tape as it would be, to its end: every commit must be whole, and none that was acknowledged missing.
    fn proven(&self, head: &BlocksHead) -> Result<u64, Fatal> {
        for segment in self
            .tape
            .segments()
            .into_iter()
            .filter(|segment| !self.made.contains(segment))
        {
            let (path, link) = (self.tape.path(segment), self.staged(segment));
            let target = fs::canonicalize(&path);
            target
                .and_then(|target| symlink(target, &link))
                .map_err(|error| failed("linking", &link, &error))?;
        }
        let as_it_would_be = Tape::open(Arc::clone(&self.options.disk), &self.staging, false)?;
        let found = survey(&as_it_would_be, self.options, Start::default()).map_err(|fatal| match fatal {
            Fatal::Damaged { what, how, .. } => {
                self.refused(&format!("{what} would be damaged still: {how}"))
            }
            other => other,
        })?;
        let (size, committed) = (found.tree.size(), head.committed.max(self.options.events_min));
        if size < committed {
            let how = format!("it does not hold the events {size} to {}", committed - 1);
            return Err(self.refused(&how));
        }
        Ok(size)
    }

    /// Copies the old files aside, and gives the new ones their names.
    fn swap(&self, now: Instant) -> Result<Vec<(PathBuf, Option<PathBuf>)>, Fatal> {
        let aside = self.directory.join("aside");
        let disk = &self.options.disk;
        disk.create_dir(&aside)
            .and_then(|()| disk.sync_dir(self.directory))
            .map_err(|error| failed("making the folder", &aside, &error))?;
        let mut files = Vec::new();
        for segment in &self.made {
            let path = self.tape.path(*segment);
            let copy = if self.tape.segments().contains(segment) {
                let copy = aside.join(format!("{segment:020}-{now}.damaged"));
                write_new(self.options, &copy, &self.old(*segment)?)?;
                disk.sync_dir(&aside)
                    .map_err(|error| failed("syncing the folder", &aside, &error))?;
                Some(copy)
            } else {
                None
            };
            // A crash after this leaves the other files damaged; they are repaired by the next one.
            disk.rename(&self.staged(*segment), &path)
                .map_err(|error| failed("renaming", &path, &error))?;
            files.push((path, copy));
        }
        let folder = self.directory.join("tape");
        disk.sync_dir(&folder)
            .map_err(|error| failed("syncing the folder", &folder, &error))?;
        Ok(files)
    }
}

fn write_new(options: &Options, path: &Path, bytes: &[u8]) -> Result<(), Fatal> {
    let file = options
        .disk
        .create(path)
        .map_err(|error| failed("making", path, &error))?;
    file.write_at(bytes, 0)
        .map_err(|error| failed("writing", path, &error))?;
    file.sync_data().map_err(|error| failed("syncing", path, &error))
}
