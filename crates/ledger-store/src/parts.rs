//! Which of several who fold is told of a stream: each has a part of the streams.

use ledger_contract::event::Stream;

use crate::facts::stream_of;

/// Which of so many parts a programme or a region is in.
pub fn part_of(id: &str, parts: usize) -> usize {
    part_of_bytes(id.as_bytes(), parts)
}

/// The same of a stream.
pub(crate) fn part_of_stream(stream: &Stream, parts: usize) -> usize {
    match stream {
        Stream::Ledger => 0,
        Stream::Programme(id) | Stream::Region(id) => part_of(id.as_str(), parts),
    }
}

/// The same of a fact.
pub(crate) fn part_of_fact(fact: &[u8], parts: usize) -> usize {
    part_of_bytes(stream_of(fact), parts)
}

fn part_of_bytes(id: &[u8], parts: usize) -> usize {
    let spread = usize::try_from(spread(id) >> u32::BITS).unwrap_or(0);
    spread.checked_rem(parts).unwrap_or(0)
}

/// Any even spread does: it decides about speed alone.
pub(crate) fn spread(bytes: &[u8]) -> u64 {
    let (words, rest) = bytes.as_chunks();
    let words = words.iter().map(|word| u64::from_le_bytes(*word));
    let rest = rest.iter().map(|byte| u64::from(*byte));
    // The upper bits depend on all that lie below.
    words
        .chain(rest)
        .fold(0u64, |sum, part| (sum ^ part).wrapping_mul(0x9e37_79b9_7f4a_7c15))
}
