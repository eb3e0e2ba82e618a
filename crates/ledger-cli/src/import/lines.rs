//! Lines of an input, each within a bound: a line of any length takes no more memory than the longest that is read.

use std::io::{self, BufRead, Read as _};

/// One line.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum Line<'a> {
    /// The bytes, without the line's end.
    Bytes(&'a [u8]),
    /// Longer than the bound; its bytes were passed over.
    TooLong,
}

/// Reads lines.
#[derive(Debug)]
pub(super) struct Lines<R> {
    input: R,
    line_bytes_max: usize,
    buffer: Vec<u8>,
    number: u64,
    bytes: u64,
}

impl<R: BufRead> Lines<R> {
    /// The lines of an input, each of at most this length.
    pub(super) fn new(input: R, line_bytes_max: usize) -> Self {
        Self {
            input,
            line_bytes_max,
            buffer: Vec::new(),
            number: 0,
            bytes: 0,
        }
    }

    /// How many bytes were read.
    pub(super) fn bytes(&self) -> u64 {
        self.bytes
    }

    /// The next line that is not blank, with its number from 1; none at the end.
    pub(super) fn next(&mut self) -> io::Result<Option<(u64, Line<'_>)>> {
        loop {
            self.buffer.clear();
            // One byte for the line's end.
            let bound = self.line_bytes_max as u64 + 1;
            let read = self
                .input
                .by_ref()
                .take(bound)
                .read_until(b'\n', &mut self.buffer)?;
            if read == 0 {
                return Ok(None);
            }
            self.number += 1;
            self.bytes += read as u64;
            if self.buffer.len() > self.line_bytes_max && !self.buffer.ends_with(b"\n") {
                self.bytes += self.input.skip_until(b'\n')? as u64;
                return Ok(Some((self.number, Line::TooLong)));
            }
            if !trimmed(&self.buffer, self.number).is_empty() {
                break;
            }
        }
        Ok(Some((
            self.number,
            Line::Bytes(trimmed(&self.buffer, self.number)),
        )))
    }
}

/// The line without white space around it, and without the mark that some programs put before a file.
fn trimmed(line: &[u8], number: u64) -> &[u8] {
    let line = if number == 1 {
        line.strip_prefix(b"\xef\xbb\xbf").unwrap_or(line)
    } else {
        line
    };
    line.trim_ascii()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn blank_lines_count_and_are_skipped_and_long_ones_are_passed_over() {
        let input = b"\xef\xbb\xbfone\r\n\n  \n123456789\n12345678\nlast";
        let mut lines = Lines::new(&input[..], 8);
        let mut seen = Vec::new();
        while let Some((number, line)) = lines.next().expect("in memory") {
            seen.push((
                number,
                match line {
                    Line::Bytes(bytes) => Some(String::from_utf8_lossy(bytes).into_owned()),
                    Line::TooLong => None,
                },
            ));
        }
        let some = |text: &str| Some(text.to_owned());
        assert_eq!(
            seen,
            [
                (1, some("one")),
                (4, None),
                (5, some("12345678")),
                (6, some("last"))
            ]
        );
        assert_eq!(lines.bytes(), input.len() as u64);
    }
}
