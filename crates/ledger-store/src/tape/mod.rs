//! The tape: text files of lines that are the truth. Everything else in a data directory is made from them.

mod ahead;
mod bypass;
mod line;
mod lines;
mod recover;
mod writer;

use std::{
    collections::BTreeMap,
    io,
    path::{Path, PathBuf},
    sync::{Arc, RwLock},
};

pub(crate) use line::{Checksum, Commit, Line, is_blank, parse};
pub(crate) use lines::{Found, Lines};
pub(crate) use recover::{
    Start, Survey, copy_bytes, cut_tail, each_whole_commit, gap, later_commit, make_durable, survey,
    tail_bytes,
};
pub(crate) use writer::Writer;

use crate::{
    Fatal,
    disk::{Disk, File},
    render::Widths,
    shared::{reading, writing},
};

/// From how many bytes on it pays to read a segment ahead, past the system's cache.
const AHEAD_BYTES_MIN: u64 = 16 << 20;

/// Where a line begins, or where the next one would.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) struct Place {
    /// The segment, by its first position.
    pub(crate) segment: u64,
    /// The offset in the segment's file, in bytes.
    pub(crate) offset: u64,
}

impl Place {
    /// Right after an event's line that begins here.
    pub(crate) fn after(self, widths: Widths) -> Self {
        Self {
            offset: self.offset + widths.line(),
            ..self
        }
    }
}

/// The segment files, shared by the writer and all readers.
#[derive(Debug)]
pub(crate) struct Tape {
    disk: Arc<dyn Disk>,
    directory: PathBuf,
    /// The segments by first position; a file is opened when it is first read.
    segments: RwLock<BTreeMap<u64, Option<Arc<dyn File>>>>,
}

impl Tape {
    /// The tape in the folder `tape` of a data directory that exists; the folder is made when `make`.
    pub(crate) fn open(disk: Arc<dyn Disk>, data: &Path, make: bool) -> Result<Self, Fatal> {
        let directory = data.join("tape");
        if make {
            // A crash before the directory is synced leaves no tape, and nothing was acknowledged.
            disk.create_dir(&directory)
                .and_then(|()| disk.sync_dir(data))
                .map_err(|error| failed("making the folder", &directory, &error))?;
        }
        let paths = disk
            .list(&directory)
            .map_err(|error| failed("listing", &directory, &error))?;
        let firsts = paths.iter().filter_map(|path| first_position(path));
        let segments = RwLock::new(firsts.map(|first| (first, None)).collect());
        Ok(Self {
            disk,
            directory,
            segments,
        })
    }

    /// The disk that it is on.
    pub(crate) fn disk(&self) -> &dyn Disk {
        &*self.disk
    }

    /// The data directory that it is in.
    pub(crate) fn data(&self) -> &Path {
        self.directory.parent().unwrap_or(&self.directory)
    }

    /// The file of a segment: its first position in 20 digits, so that names sort as positions do.
    pub(crate) fn path(&self, segment: u64) -> PathBuf {
        self.directory.join(format!("{segment:020}.tape"))
    }

    /// The first positions of all segments, in order.
    pub(crate) fn segments(&self) -> Vec<u64> {
        let segments = reading(&self.segments);
        segments.keys().copied().collect()
    }

    /// The segment that holds a position, when the tape reaches that far.
    pub(crate) fn segment_of(&self, position: u64) -> Option<u64> {
        let segments = reading(&self.segments);
        segments.range(..=position).next_back().map(|(first, _)| *first)
    }

    /// A segment's file for reading.
    pub(crate) fn file(&self, segment: u64) -> Result<Arc<dyn File>, Fatal> {
        let known = reading(&self.segments).get(&segment).cloned();
        if let Some(Some(file)) = known {
            return Ok(file);
        }
        let path = self.path(segment);
        let file = self
            .disk
            .open(&path, false)
            .map_err(|error| failed("opening", &path, &error))?;
        let file: Arc<dyn File> = Arc::from(file);
        self.hold(segment, Some(Arc::clone(&file)));
        Ok(file)
    }

    /// Knows a segment's file, or that it is to be opened when it is read.
    pub(crate) fn hold(&self, segment: u64, file: Option<Arc<dyn File>>) {
        let mut segments = writing(&self.segments);
        segments.insert(segment, file);
    }

    /// Removes a segment's file; durable after the next `sync_names`.
    fn remove(&self, segment: u64) -> Result<(), Fatal> {
        let path = self.path(segment);
        self.disk
            .remove(&path)
            .map_err(|error| failed("removing", &path, &error))?;
        let mut segments = writing(&self.segments);
        segments.remove(&segment);
        Ok(())
    }

    /// Makes the names of the segments durable.
    pub(crate) fn sync_names(&self) -> Result<(), Fatal> {
        self.disk
            .sync_dir(&self.directory)
            .map_err(|error| failed("syncing the folder", &self.directory, &error))
    }

    /// Exactly `width` bytes at a place.
    pub(crate) fn bytes(&self, place: Place, width: usize) -> Result<Vec<u8>, Fatal> {
        let mut bytes = vec![0; width];
        let read = self
            .file(place.segment)?
            .read_at(&mut bytes, place.offset)
            .map_err(|error| failed("reading", &self.path(place.segment), &error))?;
        if read < width {
            return Err(self.damaged(place, "the file ends too early"));
        }
        Ok(bytes)
    }

    /// The length of a segment's file in bytes.
    pub(crate) fn length(&self, segment: u64) -> Result<u64, Fatal> {
        let length = self.file(segment)?.length();
        length.map_err(|error| failed("measuring", &self.path(segment), &error))
    }

    /// The lines from a place on.
    pub(crate) fn lines(&self, from: Place) -> Lines<'_> {
        Lines::new(self, from, u64::MAX)
    }

    /// The same, for whoever goes through all of them once.
    pub(crate) fn all_lines(&self, from: Place) -> Lines<'_> {
        Lines::new(self, from, AHEAD_BYTES_MIN)
    }

    /// The length of all segments in bytes, with filler.
    pub(crate) fn total_bytes(&self) -> u64 {
        let length = |segment| Some(self.file(segment).ok()?.length().unwrap_or(0));
        self.segments().into_iter().filter_map(length).sum()
    }

    /// Names a place for people.
    pub(crate) fn name(&self, place: Place) -> String {
        format!("{} at byte {}", self.path(place.segment).display(), place.offset)
    }

    /// Damage at a place, with what to do about it.
    pub(crate) fn damaged(&self, place: Place, how: impl Into<String>) -> Fatal {
        Fatal::Damaged {
            what: self.name(place),
            how: how.into(),
            remedy: REMEDY.to_owned(),
        }
    }
}

/// What to do about damage of the tape that sled cannot mend.
pub(crate) const REMEDY: &str = "nothing was changed; put back a copy of the file";

/// A file operation that failed.
pub(crate) fn failed(doing: &str, path: &Path, error: &io::Error) -> Fatal {
    Fatal::Io {
        doing: format!("{doing} {}", path.display()),
        reason: error.to_string(),
        disk_full: matches!(
            error.kind(),
            io::ErrorKind::StorageFull | io::ErrorKind::QuotaExceeded
        ),
    }
}

/// The first position that a file name tells; none for a file that is no segment.
pub(crate) fn first_position(path: &Path) -> Option<u64> {
    let digits = path.file_name()?.to_str()?.strip_suffix(".tape")?;
    let plain = digits.len() == 20 && digits.bytes().all(|byte| byte.is_ascii_digit());
    if plain { digits.parse().ok() } else { None }
}
