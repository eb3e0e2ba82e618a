//! Amounts, days and instants as text, written from the right without the cost of format strings: every leaf has
//! several, and a million leaves a second are written.

use crate::{Date, Money, Municipality};

/// The longest text: an instant of 27 characters.
const WIDTH: usize = 32;

/// A short text of digits in the making, from its end to its beginning.
///
/// It is read where it was written: moving bytes that were just written one by one makes the processor wait for them.
#[derive(Debug)]
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
    #[inline]
    pub fn number(&mut self, mut number: u64, digits_min: usize) -> &mut Self {
        let end = self.start;
        while number >= 100 {
            self.put(pair(number % 100));
            number /= 100;
        }
        if number >= 10 {
            self.put(pair(number));
        } else if number > 0 {
            self.put([digit(number)]);
        }
        // What was not written yet is zeros.
        self.start = self.start.min(end.saturating_sub(digits_min));
        self
    }

    /// Puts ASCII text before what is there.
    #[inline]
    pub fn text<const N: usize>(&mut self, text: &[u8; N]) -> &mut Self {
        self.put(*text);
        self
    }

    /// Puts a day before what is there.
    #[inline]
    pub fn date(&mut self, date: Date) -> &mut Self {
        let (year, month, day) = date.ymd();
        self.put(pair(day.into()));
        self.put([b'-']);
        self.put(pair(month.into()));
        self.put([b'-']);
        self.number(year.into(), 4)
    }

    /// Puts an amount before what is there: two decimals, and a minus sign where it is due.
    #[inline]
    pub fn money(&mut self, amount: Money) -> &mut Self {
        let cents = amount.cents().unsigned_abs();
        self.number(cents % 100, 2).text(b".").number(cents / 100, 1);
        if amount.is_negative() {
            self.text(b"-");
        }
        self
    }

    /// Puts a municipality's code before what is there.
    #[inline]
    pub fn municipality(&mut self, municipality: Municipality) -> &mut Self {
        self.number(municipality.number().into(), 4).text(b"GM")
    }

    /// The text.
    pub fn as_str(&self) -> &str {
        std::str::from_utf8(self.as_bytes()).unwrap_or_default()
    }

    /// The text's bytes.
    #[inline]
    pub fn as_bytes(&self) -> &[u8] {
        self.bytes.get(self.start..).unwrap_or_default()
    }

    #[inline]
    fn put<const N: usize>(&mut self, bytes: [u8; N]) {
        debug_assert!(self.start >= N, "no text of the contract is longer");
        self.start = self.start.saturating_sub(N);
        if let Some(place) = self.bytes.get_mut(self.start..).and_then(<[u8]>::first_chunk_mut) {
            *place = bytes;
        }
    }
}

/// The two digits of a number below 100.
#[inline]
fn pair(number: u64) -> [u8; 2] {
    [digit(number / 10), digit(number % 10)]
}

/// The digit of a number below 10.
#[inline]
fn digit(number: u64) -> u8 {
    let [low, ..] = number.to_le_bytes();
    b'0' | low
}
