//! The lines of the tape: events, commits, filler. `FORMAT.md`, "Lines", states the same in words.

use std::fmt::Write as _;

use crc32fast::Hasher;
use ledger_contract::value::{Instant, parse_instant};
use ledger_proof::Hash;
use memchr::memchr;

/// One line without its newline.
#[derive(Debug, PartialEq, Eq)]
pub(crate) enum Line<'a> {
    /// An event: its leaf and its details, which are empty when it has none and spaces when they were destroyed.
    Event { leaf: &'a [u8], details: &'a [u8] },
    /// The end of a group.
    Commit(Commit),
    /// None of these. (Filler, an empty line, is skipped before a line is read.)
    Unknown,
}

/// What closes a group of events and makes it count.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Commit {
    /// The position of the group's first event.
    pub(crate) first: u64,
    /// The number of events in the log after it.
    pub(crate) size: u64,
    /// The stamp of its events.
    pub(crate) recorded_at: Instant,
    /// The RFC 6962 root over all leaves up to `size`.
    pub(crate) root: Hash,
    /// CRC-32 over the group's events and this line up to the checksum.
    pub(crate) checksum: u32,
}

/// The checksum of a group, grown event by event. It covers the width of the details and not their bytes, since those
/// have a hash in the leaf and are overwritten when they are destroyed.
#[derive(Clone, Debug, Default)]
pub(crate) struct Checksum(Hasher);

impl Checksum {
    pub(crate) fn add_event(&mut self, leaf: &[u8], details_width: u32) {
        self.0.update(leaf);
        self.0.update(&details_width.to_le_bytes());
    }

    fn close(mut self, commit_text: &str) -> u32 {
        self.0.update(commit_text.as_bytes());
        self.0.finalize()
    }
}

impl Commit {
    /// The commit that closes events with this checksum.
    pub(crate) fn new(first: u64, size: u64, recorded_at: Instant, root: Hash, events: Checksum) -> Self {
        let mut commit = Self {
            first,
            size,
            recorded_at,
            root,
            checksum: 0,
        };
        commit.checksum = events.close(&commit.text());
        commit
    }

    /// How many bytes the line of such a commit takes, with its newline: whatever its root is.
    pub(crate) fn width(first: u64, size: u64, recorded_at: Instant) -> u64 {
        let mut line = Vec::new();
        Self::new(first, size, recorded_at, Hash::default(), Checksum::default()).write(&mut line);
        line.len() as u64
    }

    /// Whether the checksum is that of these events and this line.
    pub(crate) fn closes(&self, events: &Checksum) -> bool {
        events.clone().close(&self.text()) == self.checksum
    }

    /// The line up to its checksum.
    fn text(&self) -> String {
        let mut text = format!("commit {} {} {} ", self.first, self.size, self.recorded_at);
        for byte in self.root {
            // Writing to a String cannot fail.
            let _ = write!(text, "{byte:02x}");
        }
        text.push(' ');
        text
    }

    /// Adds the line with its newline.
    pub(crate) fn write(&self, into: &mut Vec<u8>) {
        into.extend_from_slice(self.text().as_bytes());
        into.extend_from_slice(format!("{:08x}\n", self.checksum).as_bytes());
    }

    fn parse(line: &[u8]) -> Option<Self> {
        let mut parts = std::str::from_utf8(line)
            .ok()?
            .strip_prefix("commit ")?
            .split(' ');
        let mut root = [0; 32];
        let commit = Self {
            first: parts.next()?.parse().ok()?,
            size: parts.next()?.parse().ok()?,
            recorded_at: parse_instant(parts.next()?).ok()?,
            root: {
                let digits = parts.next()?;
                for (byte, pair) in root.iter_mut().zip(digits.as_bytes().chunks(2)) {
                    *byte = u8::from_str_radix(std::str::from_utf8(pair).ok()?, 16).ok()?;
                }
                root
            },
            checksum: u32::from_str_radix(parts.next()?, 16).ok()?,
        };
        // One way to write a commit: signs, leading zeros, capitals or a missing digit are none.
        let mut written = Vec::with_capacity(line.len() + 1);
        commit.write(&mut written);
        (written.strip_suffix(b"\n") == Some(line)).then_some(commit)
    }
}

/// Reads a line.
pub(crate) fn parse(line: &[u8]) -> Line<'_> {
    match line.first() {
        Some(b'{') => {
            let parts = memchr(b'\t', line).and_then(|at| line.split_at_checked(at));
            match parts {
                Some((leaf, [_, details @ ..])) if memchr(b'\t', details).is_none() => {
                    Line::Event { leaf, details }
                }
                _ => Line::Unknown,
            }
        }
        Some(b'c') => Commit::parse(line).map_or(Line::Unknown, Line::Commit),
        _ => Line::Unknown,
    }
}

/// Whether details were destroyed: they are there, and nothing but spaces.
pub(crate) fn is_blank(details: &[u8]) -> bool {
    !details.is_empty() && details.iter().all(|byte| *byte == b' ')
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn commit() -> Commit {
        let mut events = Checksum::default();
        events.add_event(b"{}", 7);
        Commit::new(3, 4, Instant(1_700_000_000_000_001), [0xab; 32], events)
    }

    #[test]
    fn a_commit_line_reads_back_and_has_one_spelling() {
        let mut line = Vec::new();
        commit().write(&mut line);
        let line = line.strip_suffix(b"\n").unwrap();
        assert_eq!(parse(line), Line::Commit(commit()));
        let text = std::str::from_utf8(line).unwrap();
        let others = [
            text.replace("commit 3", "commit +3"),
            text.replace("commit 3", "commit 03"),
            text.replace("ab", "AB"),
            text.replacen("ab", "", 1),
            format!("{text} "),
            text.replacen(' ', "  ", 1),
        ];
        for other in others {
            assert_eq!(parse(other.as_bytes()), Line::Unknown, "{other}");
        }
    }

    #[test]
    fn a_checksum_covers_leaf_width_and_commit_but_not_the_details() {
        let closes = |leaf: &[u8], width| {
            let mut events = Checksum::default();
            events.add_event(leaf, width);
            commit().closes(&events)
        };
        assert!(closes(b"{}", 7));
        assert!(!closes(b"{ }", 7));
        assert!(!closes(b"{}", 8));
        let mut other = commit();
        other.size += 1;
        let mut events = Checksum::default();
        events.add_event(b"{}", 7);
        assert!(!other.closes(&events));
    }

    proptest! {
        #[test]
        fn any_bytes_are_some_line(bytes in proptest::collection::vec(any::<u8>(), 0..300)) {
            let _ = parse(&bytes);
        }

        #[test]
        fn any_change_of_a_commit_line_is_seen(at in 0usize..140, to in any::<u8>()) {
            let mut events = Checksum::default();
            events.add_event(b"{}", 7);
            let mut line = Vec::new();
            commit().write(&mut line);
            line.pop();
            let at = at % line.len();
            let before = std::mem::replace(&mut line[at], to);
            match parse(&line) {
                Line::Commit(changed) => prop_assert_eq!(before == to, changed.closes(&events)),
                _ => prop_assert!(before != to),
            }
        }
    }
}
