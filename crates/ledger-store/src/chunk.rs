//! What was staged last: lines for the tape, and where they will stand there.

use crate::{render::Widths, tape::Place};

/// Lines one after the other, all of one segment.
#[derive(Debug, Default)]
pub(crate) struct Chunk {
    /// The position of the first event, and the place of its line.
    pub(crate) first: u64,
    pub(crate) place: Place,
    pub(crate) bytes: Vec<u8>,
    /// Where each line begins, and its widths.
    pub(crate) lines: Vec<(usize, Widths)>,
}

impl Chunk {
    /// One with room for as much as another has room for.
    pub(crate) fn as_large_as(other: &Self) -> Self {
        Self {
            bytes: Vec::with_capacity(other.bytes.capacity()),
            lines: Vec::with_capacity(other.lines.capacity()),
            ..Self::default()
        }
    }

    pub(crate) fn is_empty(&self) -> bool {
        self.lines.is_empty()
    }

    /// Where the next line will stand.
    pub(crate) fn end(&self) -> Place {
        Place {
            offset: self.place.offset + self.bytes.len() as u64,
            ..self.place
        }
    }

    /// Every leaf, and the widths of its line.
    pub(crate) fn leaves(&self) -> impl Iterator<Item = (&[u8], Widths)> {
        self.lines.iter().map(|(start, widths)| {
            let leaf = self.bytes.get(*start..start + widths.leaf as usize);
            (leaf.unwrap_or_default(), *widths)
        })
    }

    /// Where the line of an event will stand, and its widths.
    pub(crate) fn at(&self, position: u64) -> Option<(Place, Widths)> {
        let index = usize::try_from(position.checked_sub(self.first)?).ok()?;
        let (start, widths) = *self.lines.get(index)?;
        let offset = self.place.offset + start as u64;
        Some((Place { offset, ..self.place }, widths))
    }

    /// The line of an event: its place, and its bytes with the newline.
    pub(crate) fn line(&self, position: u64) -> Option<(Place, &[u8])> {
        let (place, widths) = self.at(position)?;
        let start = usize::try_from(place.offset - self.place.offset).ok()?;
        let width = usize::try_from(widths.line()).ok()?;
        Some((place, self.bytes.get(start..start + width)?))
    }

    /// Forgets all lines, and keeps their memory.
    pub(crate) fn clear(&mut self) {
        self.bytes.clear();
        self.lines.clear();
    }

    /// Forgets the lines of events from a position on.
    pub(crate) fn cut(&mut self, size: u64) {
        let kept = usize::try_from(size.saturating_sub(self.first)).unwrap_or(usize::MAX);
        if let Some((start, _)) = self.lines.get(kept) {
            self.bytes.truncate(*start);
        }
        self.lines.truncate(kept);
    }
}
