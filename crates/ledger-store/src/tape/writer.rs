//! Writing to the tape: chunks of an open group, filler ahead of them, new segments, and taking chunks back.

use std::{collections::VecDeque, io, mem, sync::Arc, thread::JoinHandle};

use super::{Place, Tape, bypass::Bypass, failed};
use crate::{Fatal, Options, disk::File};

/// How many early syncs are on their way at most.
const EARLY_SYNCS_MAX: usize = 4;

/// Filler is written from this.
static FILLER: [u8; 1 << 16] = [b'\n'; 1 << 16];

/// A run of an open group's bytes within one segment.
#[derive(Clone, Copy, Debug)]
struct Piece {
    /// Its first byte, counted from the group's first.
    from: u64,
    /// Where that byte stands.
    place: Place,
}

/// The one writer of a tape. After any error it must not be used again: what is on the disk is known only by reading
/// it back after opening.
#[derive(Debug)]
pub(crate) struct Writer {
    tape: Arc<Tape>,
    fill_bytes: u64,
    file: Arc<dyn File>,
    /// Where the next byte goes.
    end: Place,
    /// Filler from the end to here; the end is beyond it once a large group stands there.
    filled: u64,
    /// The open group's pieces, in order.
    pieces: Vec<Piece>,
    /// How many of the open group's bytes were written.
    written: u64,
    /// How much of a long group goes to the disk before its commit, and how much was written since the last such sync.
    early_sync_bytes: u64,
    unsynced: u64,
    early: VecDeque<Syncing>,
    /// The way of long groups, once there was one, and how long a chunk of those is at least.
    bypass: Option<Bypass>,
    chunk_bytes: usize,
}

/// A sync of the segment at hand on a thread of its own.
type Syncing = JoinHandle<Result<(), Fatal>>;

impl Writer {
    /// Goes on at a place where a commit ended, or begins a tape.
    pub(crate) fn resume(tape: Arc<Tape>, options: &Options, end: Place) -> Result<Self, Fatal> {
        let exists = tape.segments().contains(&end.segment);
        let file = if exists {
            reopen(&tape, end.segment)?
        } else {
            create(&tape, end.segment, options.fill_bytes)?
        };
        let filled = length(&tape, end.segment, &*file)?;
        Ok(Self {
            tape,
            fill_bytes: options.fill_bytes,
            file,
            end,
            filled,
            pieces: Vec::new(),
            written: 0,
            early_sync_bytes: options.early_sync_bytes,
            unsynced: 0,
            early: VecDeque::new(),
            bypass: None,
            chunk_bytes: options.chunk_bytes,
        })
    }

    /// One for a log that is only read: it has a place and is never written with.
    pub(crate) fn idle(tape: Arc<Tape>, options: &Options, end: Place) -> Result<Self, Fatal> {
        Ok(Self {
            fill_bytes: options.fill_bytes,
            file: tape.file(end.segment)?,
            end,
            filled: end.offset,
            pieces: Vec::new(),
            written: 0,
            early_sync_bytes: options.early_sync_bytes,
            unsynced: 0,
            early: VecDeque::new(),
            bypass: None,
            chunk_bytes: options.chunk_bytes,
            tape,
        })
    }

    /// Where a byte of the open group stands. A byte that ends one piece and begins another is the former's end when
    /// `as_end`.
    pub(crate) fn place(&self, byte: u64, as_end: bool) -> Place {
        let before = |piece: &&Piece| piece.from < byte || (piece.from == byte && !as_end);
        let piece = self.pieces.iter().rev().find(before).or(self.pieces.first());
        piece.map_or(self.end, |piece| Place {
            segment: piece.place.segment,
            offset: piece.place.offset + (byte - piece.from),
        })
    }

    /// Bytes of the open group that were written out, all of one line.
    pub(crate) fn read(&self, from: u64, to: u64) -> Result<Vec<u8>, Fatal> {
        let width = usize::try_from(to - from).unwrap_or(usize::MAX);
        self.tape.bytes(self.place(from, false), width)
    }

    /// Where the next byte goes.
    pub(crate) fn end(&self) -> Place {
        self.end
    }

    /// Writes a chunk at the end, or at the begin of a new segment, without making it durable; in a long group it may wait
    /// for more. A crash after it leaves a tail without a commit line, or with one that was never acknowledged: opening
    /// decides by its checksum.
    pub(crate) fn write(&mut self, place: Place, chunk: &[u8]) -> Result<(), Fatal> {
        if place.segment != self.end.segment {
            self.roll(place.segment)?;
        }
        assert_eq!(place, self.end, "lines stand where their records say");
        let last = self.pieces.last();
        if last.is_none_or(|piece| piece.place.segment != place.segment) {
            let from = self.written;
            self.pieces.push(Piece { from, place });
        }
        let bytes = chunk.len() as u64;
        let put = self.put(chunk);
        self.wrote(put)?;
        self.written += bytes;
        self.end.offset += bytes;
        self.sync_early(bytes)
    }

    fn put(&mut self, chunk: &[u8]) -> io::Result<()> {
        let goes_on = self.bypass.as_ref().is_some_and(|bypass| !bypass.is_empty());
        if !goes_on && chunk.len() < self.chunk_bytes {
            return self.file.write_at(chunk, self.end.offset);
        }
        let bypass = self.bypass.get_or_insert_with(|| {
            let file = direct(&self.tape, self.end.segment, &self.file);
            Bypass::new(file, self.chunk_bytes)
        });
        bypass.write(chunk, self.end.offset, &self.file)
    }

    /// Writes what waits, so that it can be read.
    pub(crate) fn write_out(&mut self) -> Result<(), Fatal> {
        let waiting = self.bypass.as_mut();
        let written = waiting.map_or(Ok(()), |bypass| bypass.write_out(&self.file));
        self.wrote(written)
    }

    fn wrote(&self, written: io::Result<()>) -> Result<(), Fatal> {
        written.map_err(|error| failed("writing", &self.tape.path(self.end.segment), &error))
    }

    /// Lets the disk work while a long group is still being staged, so that its commit finds little left to sync. What
    /// is written meanwhile is not covered, and nothing is told: a crash leaves a tail, as after any write.
    fn sync_early(&mut self, bytes: u64) -> Result<(), Fatal> {
        self.unsynced += bytes;
        if self.unsynced >= self.early_sync_bytes {
            // What is written faster than the disk takes it waits here.
            if self.early.len() == EARLY_SYNCS_MAX {
                self.early.pop_front().map_or(Ok(()), wait_for)?;
            }
            self.unsynced = 0;
            self.early.extend(self.spawn_sync());
        }
        Ok(())
    }

    /// What the early syncs said. The system tells an error once: whoever syncs next would hear that all is well.
    fn wait_for_early(&mut self) -> Result<(), Fatal> {
        let said: Vec<Result<(), Fatal>> = self.early.drain(..).map(wait_for).collect();
        said.into_iter().collect()
    }

    /// On a thread of its own; none when there can be no such thread. What is written before it ends may be durable or
    /// not.
    fn spawn_sync(&self) -> Option<Syncing> {
        let (file, path) = (Arc::clone(&self.file), self.tape.path(self.end.segment));
        let sync = move || file.sync_data().map_err(|error| failed("syncing", &path, &error));
        let thread = std::thread::Builder::new().name("sync".to_owned());
        thread.spawn(sync).ok()
    }

    /// Forgets where the bytes of the group stand; the next one begins.
    pub(crate) fn close_group(&mut self) -> Result<(), Fatal> {
        self.write_out()?;
        let written = mem::take(&mut self.written);
        self.pieces.clear();
        // Small commits write into filler, which keeps the file's length and so the sync cheap; large ones would only
        // write everything twice.
        if self.end.offset > self.filled && (1..=self.fill_bytes / 4).contains(&written) {
            self.fill(self.end.offset, self.end.offset + self.fill_bytes)?;
        }
        Ok(())
    }

    /// Takes back what was written of the open group from a byte on. It is not synced here: the sync of the next
    /// commit in this file covers it, and until then a crash leaves a tail without a commit line. Tells where the next
    /// byte goes.
    pub(crate) fn take_back(&mut self, byte: u64) -> Result<Place, Fatal> {
        self.write_out()?;
        if byte >= self.written {
            return Ok(self.end);
        }
        let to = self.place(byte, true);
        let dropped: Vec<u64> = self
            .pieces
            .iter()
            .map(|piece| piece.place.segment)
            .filter(|segment| *segment > to.segment && *segment <= self.end.segment)
            .collect();
        let mut old_end = self.end.offset;
        self.wait_for_early()?;
        if to.segment != self.end.segment {
            self.file = reopen(&self.tape, to.segment)?;
            self.change_bypass(to.segment);
            self.filled = length(&self.tape, to.segment, &*self.file)?;
            old_end = self.filled;
            for segment in dropped.into_iter().rev() {
                self.tape.remove(segment)?;
                // Last first and durable at once: a crash leaves a shorter tail without a gap, and no removed segment
                // comes back to stand after later commits.
                self.tape.sync_names()?;
            }
        }
        self.fill(to.offset, old_end)?;
        self.end = to;
        self.written = byte;
        self.pieces.retain(|piece| piece.from < byte);
        Ok(to)
    }

    /// Goes on in a new segment.
    fn roll(&mut self, segment: u64) -> Result<(), Fatal> {
        // Before the new segment exists, the old one holds everything up to it. A crash leaves a tail.
        self.write_out()?;
        self.sync()?;
        self.file = create(&self.tape, segment, self.fill_bytes)?;
        self.change_bypass(segment);
        self.filled = self.fill_bytes;
        self.end = Place { segment, offset: 0 };
        Ok(())
    }

    fn change_bypass(&mut self, segment: u64) {
        if let Some(bypass) = &mut self.bypass {
            bypass.change_to(direct(&self.tape, segment, &self.file));
        }
    }

    /// Writes filler from one offset to another.
    fn fill(&mut self, from: u64, to: u64) -> Result<(), Fatal> {
        write_filler(&self.tape, self.end.segment, &*self.file, from, to)?;
        self.filled = self.filled.max(to);
        Ok(())
    }

    /// Makes what was written durable. Segments before the current one were synced when they were left.
    pub(crate) fn sync(&mut self) -> Result<(), Fatal> {
        self.wait_for_early()?;
        self.unsynced = 0;
        let sync = self.file.sync_data();
        sync.map_err(|error| failed("syncing", &self.tape.path(self.end.segment), &error))
    }
}

/// What a sync on another thread said.
fn wait_for(syncing: Syncing) -> Result<(), Fatal> {
    let panicked = |_| Err(Fatal::Poisoned("syncing the tape panicked".to_owned()));
    syncing.join().unwrap_or_else(panicked)
}

/// Makes a segment: filler, synced, and then its name, synced. A crash on the way leaves no file, a short one or one
/// of filler; opening removes it.
fn create(tape: &Tape, segment: u64, fill_bytes: u64) -> Result<Arc<dyn File>, Fatal> {
    let path = tape.path(segment);
    let file: Arc<dyn File> = tape
        .disk
        .create(&path)
        .map_err(|error| failed("making", &path, &error))?
        .into();
    write_filler(tape, segment, &*file, 0, fill_bytes)?;
    file.sync_data()
        .map_err(|error| failed("syncing", &path, &error))?;
    tape.sync_names()?;
    tape.hold(segment, Some(Arc::clone(&file)));
    Ok(file)
}

fn reopen(tape: &Tape, segment: u64) -> Result<Arc<dyn File>, Fatal> {
    let path = tape.path(segment);
    let file: Arc<dyn File> = tape
        .disk
        .open(&path, true)
        .map_err(|error| failed("opening", &path, &error))?
        .into();
    tape.hold(segment, Some(Arc::clone(&file)));
    Ok(file)
}

/// A segment's file past the system's cache; the file as it is where there is no such way.
fn direct(tape: &Tape, segment: u64, file: &Arc<dyn File>) -> Arc<dyn File> {
    let direct = tape.disk.open_direct(&tape.path(segment), true);
    direct.map_or_else(|_| Arc::clone(file), Arc::from)
}

fn length(tape: &Tape, segment: u64, file: &dyn File) -> Result<u64, Fatal> {
    let length = file.length();
    length.map_err(|error| failed("measuring", &tape.path(segment), &error))
}

/// Writes newlines from one offset of a segment to another.
pub(super) fn write_filler(
    tape: &Tape,
    segment: u64,
    file: &dyn File,
    from: u64,
    to: u64,
) -> Result<(), Fatal> {
    let mut at = from;
    while at < to {
        let width = usize::try_from(to - at).map_or(FILLER.len(), |left| left.min(FILLER.len()));
        let filler = FILLER.get(..width).unwrap_or_default();
        file.write_at(filler, at)
            .map_err(|error| failed("filling", &tape.path(segment), &error))?;
        at += width as u64;
    }
    Ok(())
}
