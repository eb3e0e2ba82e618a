//! Amounts, days and instants as text, written from the right without the cost of format strings: every leaf has
//! several, and a million leaves a second are written.

use crate::{Date, Money, Municipality};

/// The longest text: an instant of 27 characters.
const WIDTH: usize = 32;

/// A short text of digits in the making, from its end to its beginning.
///
/// It is read where it was written, and eight digits are written at once: reading bytes that were just written one by one
/// makes the processor wait for them.
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
        loop {
            let eight = eight_digits(number % 100_000_000);
            number /= 100_000_000;
            self.put(eight.to_le_bytes());
            if number == 0 {
                // Zeros before the first digit are not a part of it; those behind it lie higher in the word.
                let zeros = (eight ^ ZEROS).trailing_zeros() / u8::BITS;
                self.start += usize::try_from(zeros).unwrap_or_default();
                break;
            }
        }
        // What was not written yet is zeros, too.
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
        let [.., m0, m1, d0, d1] = eight_digits(u64::from(month) * 100 + u64::from(day)).to_le_bytes();
        self.put([b'-', m0, m1, b'-', d0, d1]);
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

/// Eight digits that are zero.
const ZEROS: u64 = 0x3030_3030_3030_3030;

/// The eight digits of a number below 100,000,000, the first in the lowest byte. Each step halves the parts of all lanes
/// at once; the multiplications divide by 100 and by 10, for all that a lane can hold.
#[inline]
fn eight_digits(number: u64) -> u64 {
    let fours = (number / 10_000) | ((number % 10_000) << 32);
    let hundreds = ((fours * 5_243) >> 19) & 0x0000_007f_0000_007f;
    let twos = hundreds | ((fours - hundreds * 100) << 16);
    let tens = ((twos * 103) >> 10) & 0x000f_000f_000f_000f;
    let ones = tens | ((twos - tens * 10) << 8);
    ones | ZEROS
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_are_their_digits() {
        let edges = (0..20).flat_map(|power| {
            let edge = 10_u64.saturating_pow(power);
            [edge - 1, edge, edge.saturating_add(1), edge.saturating_mul(9)]
        });
        for number in edges.chain([u64::MAX]).chain(0..20_000) {
            let mut digits = Digits::default();
            assert_eq!(digits.number(number, 1).as_str(), number.to_string());
            let mut wide = Digits::default();
            assert_eq!(wide.number(number, 6).as_str(), format!("{number:06}"));
        }
    }

    /// Damaged bytes may hold any day; it is told as it is.
    #[test]
    fn days_beyond_the_contract_are_told_too() {
        for days in [0, 1_000_000, 2_932_896, 2_932_897, 20_000_000] {
            let date = Date::from_epoch_days(days);
            let (year, month, day) = date.ymd();
            assert_eq!(date.to_string(), format!("{year:04}-{month:02}-{day:02}"));
        }
    }

    #[test]
    fn every_lane_divides_rightly() {
        for four in 0..10_000 {
            for number in [four, four * 10_000] {
                let digits = eight_digits(number).to_le_bytes();
                assert_eq!(digits.as_slice(), format!("{number:08}").as_bytes());
            }
        }
    }
}
