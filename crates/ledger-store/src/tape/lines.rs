//! Reading the tape line by line, over segments, with filler skipped.

use std::sync::Arc;

use memchr::memchr;

use super::{Place, Tape, failed};
use crate::{
    Fatal,
    disk::File,
    render::{DETAILS_BYTES_MAX, LEAF_BYTES_MAX},
};

/// What is read from a file at once: little enough to be hashed while it is in the processor's cache.
const READ_BYTES: usize = 1 << 18;

/// No line is longer. What goes on without a newline is damage and is not gathered in memory.
const LINE_BYTES_MAX: usize = LEAF_BYTES_MAX + DETAILS_BYTES_MAX + 1;

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
    open: Option<(u64, Arc<dyn File>)>,
    buffer: Vec<u8>,
    /// Where in the buffer the next line begins, and where ends what was read.
    start: usize,
    end: usize,
    /// How much of the buffer, from the start, is known to hold no newline.
    searched: usize,
    /// The file's offset of the buffer's first byte.
    offset: u64,
    /// Whether the open segment was read to its end.
    drained: bool,
    /// Bytes read in all.
    pub(crate) read_bytes: u64,
}

impl<'a> Lines<'a> {
    pub(super) fn new(tape: &'a Tape, from: Place) -> Self {
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
            let Some((segment, file)) = &self.open else {
                let Some(segment) = self.ahead.pop() else {
                    return Ok(None);
                };
                self.open = Some((segment, self.tape.file(segment)?));
                continue;
            };
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
            self.offset += self.start as u64;
            self.buffer.copy_within(self.start..self.end, 0);
            (self.start, self.end) = (0, self.end - self.start);
            if self.buffer.len() < self.end + READ_BYTES {
                self.buffer.resize(self.end + READ_BYTES, 0);
            }
            let room = self.end..self.end + READ_BYTES;
            let into = self.buffer.get_mut(room).unwrap_or_default();
            let read = file
                .read_at(into, self.offset + self.end as u64)
                .map_err(|error| failed("reading", &self.tape.path(*segment), &error))?;
            self.end += read;
            self.drained = read < READ_BYTES;
            self.read_bytes += read as u64;
        };
        let segment = self.open.as_ref().map_or(0, |(segment, _)| *segment);
        let place = Place {
            segment,
            offset: self.offset + start as u64,
        };
        (self.start, self.searched) = (end + usize::from(whole), 0);
        let bytes = self.buffer.get(start..end).unwrap_or_default();
        Ok(Some(Found { place, bytes, whole }))
    }
}
