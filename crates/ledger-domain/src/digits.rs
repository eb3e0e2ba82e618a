//! Amounts, days and instants as text, written from the right without the cost of format strings: every leaf has
//! several, and a million leaves a second are written.

use crate::Date;

/// The longest text: an instant of 27 characters.
const WIDTH: usize = 32;

/// A short text of digits in the making, from its end to its beginning.
#[derive(Clone, Copy, Debug)]
pub struct Digits {
    bytes: [u8; WIDTH],
    start: usize,
}

impl Default for Digits {
    fn default() -> Self {
        Self {
            bytes: [b'0'; WIDTH],
            start: WIDTH,
        }
    }
}

impl Digits {
    /// Puts a number before what is there, with at least this many digits.
    pub fn number(&mut self, mut number: u64, digits_min: usize) -> &mut Self {
        let end = self.start;
        while number > 0 || end - self.start < digits_min {
            self.put(b'0' + u8::try_from(number % 10).unwrap_or(0));
            number /= 10;
        }
        self
    }

    /// Puts ASCII text before what is there.
    pub fn text(&mut self, text: &str) -> &mut Self {
        text.bytes().rev().for_each(|byte| self.put(byte));
        self
    }

    /// Puts a day before what is there.
    pub fn date(&mut self, date: Date) -> &mut Self {
        let (year, month, day) = date.ymd();
        self.number(day.into(), 2)
            .text("-")
            .number(month.into(), 2)
            .text("-")
            .number(year.into(), 4)
    }

    /// The text.
    pub fn as_str(&self) -> &str {
        let written = self.bytes.get(self.start..).unwrap_or_default();
        std::str::from_utf8(written).unwrap_or_default()
    }

    fn put(&mut self, byte: u8) {
        debug_assert!(self.start > 0, "no text of the contract is longer");
        self.start = self.start.saturating_sub(1);
        if let Some(place) = self.bytes.get_mut(self.start) {
            *place = byte;
        }
    }
}
