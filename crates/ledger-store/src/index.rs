//! Where to find events without a scan: the positions of a stream, and hashes of entry ids and idempotency keys.
//!
//! Both are kept in memory and filled again at every opening. They hold staged events too; rolling back cuts them.

use std::collections::{BTreeSet, HashMap};

use ledger_contract::event::{EntryKind, Event, Stream};
use sha2::{Digest as _, Sha256};

/// The positions of every stream's events; the n-th has version n, counted from one.
#[derive(Debug, Default)]
pub(crate) struct Streams(HashMap<Stream, Vec<u64>>);

impl Streams {
    pub(crate) fn push(&mut self, stream: &Stream, position: u64) {
        // Looked up by reference first: nearly every event belongs to a stream that is known.
        if let Some(positions) = self.0.get_mut(stream) {
            positions.push(position);
        } else {
            self.0.insert(stream.clone(), vec![position]);
        }
    }

    pub(crate) fn positions(&self, stream: &Stream) -> &[u64] {
        self.0.get(stream).map_or(&[], Vec::as_slice)
    }

    /// Forgets positions from `size` on.
    pub(crate) fn cut(&mut self, size: u64) {
        self.0.retain(|_, positions| {
            positions.truncate(positions.partition_point(|position| *position < size));
            !positions.is_empty()
        });
    }
}

/// How many pairs are gathered before they become a run.
const RECENT_MAX: usize = 4_096;

/// Pairs of hash and position: a small sorted set that grows, and flat sorted runs that each are at least twice as
/// long as the next. 16 bytes a pair, and a run can be stored as it is. A pair is a hint: whoever asks looks at the
/// event.
#[derive(Debug, Default)]
pub(crate) struct HashIndex {
    recent: BTreeSet<(u64, u64)>,
    /// Oldest first.
    runs: Vec<Run>,
}

#[derive(Debug, Default)]
struct Run {
    pairs: Vec<(u64, u64)>,
    /// The highest position in it, so that cutting passes by the old ones.
    newest: u64,
}

impl HashIndex {
    /// Adds what an event can be found by: its entries, and the idempotency key at the first event of its command.
    pub(crate) fn add(&mut self, event: &Event) {
        for (kind, id) in event.data.entry_keys() {
            self.insert(entry_hash(&event.stream, kind, id), event.position);
        }
        if let Some(key) = event.idempotency_key.as_deref()
            && event.command == event.position
        {
            self.insert(key_hash(key), event.position);
        }
    }

    fn insert(&mut self, hash: u64, position: u64) {
        self.recent.insert((hash, position));
        if self.recent.len() < RECENT_MAX {
            return;
        }
        self.make_run();
    }

    /// Makes a run of what is recent, and one of it and those before it that are not twice as long.
    fn make_run(&mut self) {
        let newest = self
            .recent
            .iter()
            .map(|(_, position)| *position)
            .max()
            .unwrap_or(0);
        let mut pairs: Vec<(u64, u64)> = std::mem::take(&mut self.recent).into_iter().collect();
        while let Some(last) = self.runs.pop_if(|last| last.pairs.len() < 2 * pairs.len()) {
            pairs = merge(&last.pairs, &pairs);
        }
        self.runs.push(Run { pairs, newest });
    }

    /// The positions with this hash, in order.
    pub(crate) fn find(&self, hash: u64) -> Vec<u64> {
        let mut found: Vec<u64> = Vec::new();
        for run in &self.runs {
            let start = run.pairs.partition_point(|(at, _)| *at < hash);
            let same = run.pairs.iter().skip(start).take_while(|(at, _)| *at == hash);
            found.extend(same.map(|(_, position)| *position));
        }
        let same = self.recent.range((hash, 0)..=(hash, u64::MAX));
        found.extend(same.map(|(_, position)| *position));
        found.sort_unstable();
        found
    }

    /// Forgets positions from `size` on.
    pub(crate) fn cut(&mut self, size: u64) {
        self.recent.retain(|(_, position)| *position < size);
        for run in self.runs.iter_mut().filter(|run| run.newest >= size) {
            run.pairs.retain(|(_, position)| *position < size);
            run.newest = size;
        }
        self.runs.retain(|run| !run.pairs.is_empty());
    }
}

fn merge(left: &[(u64, u64)], right: &[(u64, u64)]) -> Vec<(u64, u64)> {
    let mut merged = Vec::with_capacity(left.len() + right.len());
    let (mut left, mut right) = (left.iter().peekable(), right.iter().peekable());
    while let (Some(l), Some(r)) = (left.peek(), right.peek()) {
        let smaller = if l <= r { left.next() } else { right.next() };
        merged.extend(smaller);
    }
    merged.extend(left);
    merged.extend(right);
    merged
}

/// What an entry of a stream is found by. Eight bytes of SHA-256: clients choose ids, and must not be able to choose
/// ones that collide.
pub(crate) fn entry_hash(stream: &Stream, kind: EntryKind, id: &str) -> u64 {
    let (name, number) = match stream {
        Stream::Ledger => ("", 0),
        Stream::Programme(id) => (id.as_str(), 1),
        Stream::Region(id) => (id.as_str(), 2),
    };
    // Neither part holds a zero byte, so no two entries write the same bytes.
    hash(&[&[b'e', number, kind as u8], name.as_bytes(), &[0], id.as_bytes()])
}

/// What a command is found by.
pub(crate) fn key_hash(key: &str) -> u64 {
    hash(&[b"k", key.as_bytes()])
}

fn hash(parts: &[&[u8]]) -> u64 {
    let mut hasher = Sha256::new();
    for part in parts {
        hasher.update(part);
    }
    let digest: [u8; 32] = hasher.finalize().into();
    digest.first_chunk().map_or(0, |first| u64::from_le_bytes(*first))
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeMap;

    use ledger_domain::Id;
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn runs_stay_few() {
        let mut index = HashIndex::default();
        for position in 0..300_000 {
            index.insert(position % 1_000, position);
        }
        assert!(index.runs.len() < 8, "{} runs", index.runs.len());
        assert_eq!(index.find(7), (0..300).map(|n| n * 1_000 + 7).collect::<Vec<_>>());
        index.cut(5_000);
        assert_eq!(index.find(7), [7, 1_007, 2_007, 3_007, 4_007]);
    }

    #[test]
    fn streams_forget_what_is_cut() {
        let mut streams = Streams::default();
        let stream = Stream::Programme(Id::new("p").unwrap());
        for position in [1, 4, 6] {
            streams.push(&stream, position);
        }
        streams.cut(6);
        assert_eq!(streams.positions(&stream), [1, 4]);
        streams.cut(0);
        assert!(streams.positions(&stream).is_empty());
    }

    proptest! {
        #[test]
        fn an_index_is_a_map_of_hashes(pairs in proptest::collection::vec(0u64..50, 0..400), cut in 0u64..400) {
            let mut index = HashIndex::default();
            let mut plain: BTreeMap<u64, Vec<u64>> = BTreeMap::new();
            for (position, hash) in (0..).zip(&pairs) {
                index.insert(*hash, position);
                if position % 37 == 0 {
                    // A small run now and then, so that merging is met here too.
                    index.make_run();
                }
                if position < cut {
                    plain.entry(*hash).or_default().push(position);
                }
            }
            index.cut(cut);
            for hash in 0..50 {
                prop_assert_eq!(index.find(hash), plain.remove(&hash).unwrap_or_default());
            }
        }

        #[test]
        fn merging_sorts(mut left: Vec<(u64, u64)>, mut right: Vec<(u64, u64)>) {
            left.sort_unstable();
            right.sort_unstable();
            let mut both = [left.clone(), right.clone()].concat();
            both.sort_unstable();
            prop_assert_eq!(merge(&left, &right), both);
        }
    }
}
