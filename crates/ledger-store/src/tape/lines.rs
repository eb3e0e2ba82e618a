//! Reading the tape line by line, over segments, with filler skipped.

use std::{io, ops::Range, sync::Arc};

use memchr::memchr;

use super::{Place, Tape, ahead::Ahead, failed};
use crate::{
    Fatal,
    disk::File,
    render::{DETAILS_BYTES_MAX, LEAF_BYTES_MAX},
};

/// What is read from a file at once: little enough to be hashed while it is in the processor's cache.
const READ_BYTES: usize = 1 << 18;

/// No line is longer. What goes on without a newline is damage and is not gathered in memory.
pub(super) const LINE_BYTES_MAX: usize = LEAF_BYTES_MAX + DETAILS_BYTES_MAX + 1;

/// A line and where it stands.
#[derive(Debug)]
pub(crate) struct Found<'a> {
    /// Where it begins.
    pub(crate) place: Place,
    /// Without the newline.
    pub(crate) bytes: &'a [u8],
    /// Whether a newline ended it; without one it is torn, or no line at all.
    pub(crate) whole: bool,
}

impl Found<'_> {
    /// Right after the line.
    pub(crate) fn end(&self) -> Place {
        Place {
            offset: self.place.offset + self.bytes.len() as u64 + u64::from(self.whole),
            ..self.place
        }
    }
}

/// A reader of lines. It keeps one buffer, whatever the tape's length.
#[derive(Debug)]
pub(crate) struct Lines<'a> {
    tape: &'a Tape,
    /// The segments still to come, last first.
    ahead: Vec<u64>,
    /// The open segment; none before the first and after the last.
    open: Option<Open>,
    /// From how many bytes on a segment is read ahead, past the system's cache.
    ahead_bytes: u64,
    buffer: Vec<u8>,
    /// Where in the buffer the next line begins, and where ends what was read.
    start: usize,
    end: usize,
    /// How much of the buffer, from the start, is known to hold no newline.
    searched: usize,
    /// The file's offset of what is to be read next, which follows what is in the buffer.
    offset: u64,
    /// Whether the open segment was read to its end.
    drained: bool,
    /// Bytes read in all.
    pub(crate) read_bytes: u64,
}

#[derive(Debug)]
struct Open {
    segment: u64,
    file: Arc<dyn File>,
    ahead: Option<Ahead>,
}

impl<'a> Lines<'a> {
    /// The lines from a place on. Segments with so many bytes to read, or more, are read ahead.
    pub(super) fn new(tape: &'a Tape, from: Place, ahead_bytes: u64) -> Self {
        let mut ahead = tape.segments();
        ahead.retain(|segment| *segment >= from.segment);
        ahead.reverse();
        // The offset counts in its own segment only.
        let offset = if ahead.last() == Some(&from.segment) {
            from.offset
        } else {
            0
        };
        Self {
            tape,
            ahead,
            open: None,
            ahead_bytes,
            buffer: Vec::new(),
            start: 0,
            end: 0,
            searched: 0,
            offset,
            drained: false,
            read_bytes: 0,
        }
    }

    /// The next line that is no filler; none at the end of the tape.
    pub(crate) fn next(&mut self) -> Result<Option<Found<'_>>, Fatal> {
        let (start, end, whole) = loop {
            if self.open.is_none() {
                let Some(segment) = self.ahead.pop() else {
                    return Ok(None);
                };
                self.open = Some(self.open(segment)?);
            }
            let rest = self.buffer.get(self.start..self.end).unwrap_or_default();
            let filler = rest.iter().take_while(|byte| **byte == b'\n').count();
            if filler > 0 {
                (self.start, self.searched) = (self.start + filler, 0);
                continue;
            }
            let unsearched = rest.get(self.searched..).unwrap_or_default();
            if let Some(at) = memchr(b'\n', unsearched) {
                let end = self.start + self.searched + at;
                break (self.start, end, true);
            }
            if !rest.is_empty() && (self.drained || rest.len() > LINE_BYTES_MAX) {
                break (self.start, self.end, false);
            }
            if self.drained {
                // The next segment begins at its first byte.
                (self.open, self.drained, self.offset) = (None, false, 0);
                (self.start, self.end, self.searched) = (0, 0, 0);
                continue;
            }
            self.searched = rest.len();
            let before = self.end - self.start;
            if let Some(open) = &mut self.open {
                let read = open.read_on(&mut self.buffer, self.start..self.end, self.offset);
                let read = read.map_err(|error| failed("reading", &self.tape.path(open.segment), &error));
                (self.start, self.end, self.drained) = read?;
            }
            let read = (self.end - self.start - before) as u64;
            (self.offset, self.read_bytes) = (self.offset + read, self.read_bytes + read);
        };
        let place = Place {
            segment: self.open.as_ref().map_or(0, |open| open.segment),
            offset: self.offset - (self.end - start) as u64,
        };
        (self.start, self.searched) = (end + usize::from(whole), 0);
        let bytes = self.buffer.get(start..end).unwrap_or_default();
        Ok(Some(Found { place, bytes, whole }))
    }

    fn open(&self, segment: u64) -> Result<Open, Fatal> {
        let file = self.tape.file(segment)?;
        let length = file.length();
        let length = length.map_err(|error| failed("measuring", &self.tape.path(segment), &error))?;
        let ahead = if length.saturating_sub(self.offset) >= self.ahead_bytes {
            let direct = self.tape.disk().open_direct(&self.tape.path(segment), false);
            direct
                .ok()
                .and_then(|direct| Ahead::start(direct.into(), Arc::clone(&file), self.offset))
        } else {
            None
        };
        Ok(Open { segment, file, ahead })
    }
}

impl Open {
    /// Keeps the unused part of the buffer and adds what follows in the file, from an offset on. Tells where both lie in
    /// the buffer then, and whether the file ends with them.
    fn read_on(
        &mut self,
        buffer: &mut Vec<u8>,
        unused: Range<usize>,
        offset: u64,
    ) -> io::Result<(usize, usize, bool)> {
        if let Some(ahead) = &mut self.ahead {
            let stretch = ahead.next(buffer, unused)?;
            *buffer = stretch.memory;
            return Ok((stretch.start, stretch.end, stretch.is_last));
        }
        let begin = unused.len();
        buffer.copy_within(unused, 0);
        if buffer.len() < begin + READ_BYTES {
            buffer.resize(begin + READ_BYTES, 0);
        }
        let into = buffer.get_mut(begin..begin + READ_BYTES).unwrap_or_default();
        let read = self.file.read_at(into, offset)?;
        Ok((0, begin + read, read < READ_BYTES))
    }
}
