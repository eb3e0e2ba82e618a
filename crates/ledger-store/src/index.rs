//! Where to find events without a scan: the positions of a stream, and hashes of entry ids and idempotency keys.
//!
//! What is added since the log was opened is here, staged events too, which rolling back cuts. What was indexed before
//! is in `older.rs`, and is loaded when it is first asked for.

use std::{cell::RefCell, collections::HashMap};

use foldhash::fast::RandomState;
use ledger_contract::event::{EntryKind, Event, Stream};
use ledger_proof::Hash;
use sha2::{Digest as _, Sha256};
use smol_str::SmolStr;

use crate::{
    positions::Positions,
    recent::Recent,
    runs::{Run, Runs},
};

/// The versions of all streams, and the positions of their newer events.
#[derive(Debug, Default)]
pub(crate) struct Streams(HashMap<Stream, Known, RandomState>);

#[derive(Debug, Default)]
struct Known {
    /// How many of its events were indexed before the log was opened.
    older: u64,
    /// The positions of those after them.
    newer: Positions,
}

impl Streams {
    /// Streams with so many events each, none of them newer but the ledger's own, whose positions are these.
    pub(crate) fn of_older(counts: impl IntoIterator<Item = (Stream, u64)>, own: Vec<u64>) -> Self {
        let known = counts.into_iter().map(|(stream, older)| {
            let newer = Positions::default();
            (stream, Known { older, newer })
        });
        let mut streams = Self(known.collect());
        let newer = own.into_iter().collect();
        let own = Known { older: 0, newer };
        streams.0.insert(Stream::Ledger, own);
        streams
    }

    pub(crate) fn push(&mut self, stream: &Stream, position: u64) {
        // Looked up by reference first: nearly every event belongs to a stream that is known.
        if let Some(known) = self.0.get_mut(stream) {
            known.newer.push(position);
        } else {
            let newer = Positions::from_iter([position]);
            self.0.insert(stream.clone(), Known { older: 0, newer });
        }
    }

    /// How many events a stream has; the n-th of them has version n, counted from one.
    pub(crate) fn version(&self, stream: &Stream) -> u64 {
        self.0
            .get(stream)
            .map_or(0, |known| known.older + known.newer.count() as u64)
    }

    /// The positions of the ledger's own events.
    pub(crate) fn own(&self) -> Vec<u64> {
        let own = self.positions(&Stream::Ledger).1.into_iter();
        own.flat_map(|positions| positions.after(0)).collect()
    }

    /// How many of a stream's events are older, and the positions of the newer ones.
    pub(crate) fn positions(&self, stream: &Stream) -> (u64, Option<&Positions>) {
        self.0
            .get(stream)
            .map_or((0, None), |known| (known.older, Some(&known.newer)))
    }

    /// Every stream with its version and the positions of its newer events.
    pub(crate) fn all(&self) -> impl Iterator<Item = (&Stream, u64, &Positions)> {
        self.0.iter().map(|(stream, known)| {
            let version = known.older + known.newer.count() as u64;
            (stream, version, &known.newer)
        })
    }

    /// Forgets positions from `size` on, which are all newer.
    pub(crate) fn cut(&mut self, size: u64) {
        self.0.retain(|_, known| {
            known.newer.cut(size);
            known.older > 0 || known.newer.count() > 0
        });
    }
}

/// Hashes and the positions that they lead to: a table that grows and can be cut, and sorted runs, which can be stored.
#[derive(Debug, Default)]
pub(crate) struct HashIndex {
    recent: Recent,
    runs: Runs,
}

impl HashIndex {
    /// Adds what an event can be found by: its entries, and the idempotency key at the first event of its command.
    pub(crate) fn add(&mut self, event: &Event, hashes: &EntryHashes) {
        for (kind, id) in event.data.entry_keys() {
            let hash = hashes.of(&event.stream, kind, id);
            self.recent.insert(hash, event.position);
        }
        if let Some(key) = event.idempotency_key.as_deref()
            && event.command == event.position
        {
            self.recent.insert(key_hash(key), event.position);
        }
    }

    /// The positions with this hash, in order.
    pub(crate) fn find(&self, hash: u64) -> Vec<u64> {
        let mut found = Vec::new();
        self.runs.find(hash, &mut found);
        self.recent.find(hash, &mut found);
        found.sort_unstable();
        found
    }

    /// Forgets recent positions from `size` on.
    pub(crate) fn cut(&mut self, size: u64) {
        self.recent.cut(size);
    }

    /// Takes out what is recent, all of it at a position or behind it: a run to be stored and given back.
    pub(crate) fn take_recent(&mut self, first: u64) -> Run {
        let (count, pairs) = self.recent.take();
        Run::of(first, count, pairs)
    }

    /// An index of runs, each newer than those before it.
    pub(crate) fn of_runs(runs: Vec<Run>) -> Self {
        Self {
            runs: Runs::of(runs),
            ..Self::default()
        }
    }

    /// Adds a run of what is newer than all before it.
    pub(crate) fn push_run(&mut self, run: Run) {
        self.runs.push(run);
    }
}

/// What an entry of a stream is found by. Eight bytes of SHA-256: clients choose ids, and must not be able to choose
/// ones that collide.
fn entry_hash(stream: &Stream, kind: EntryKind, id: &str) -> u64 {
    let (name, number) = match stream {
        Stream::Ledger => ("", 0),
        Stream::Programme(id) => (id.as_str(), 1),
        Stream::Region(id) => (id.as_str(), 2),
    };
    // Neither part holds a zero byte, so no two entries write the same bytes.
    hash(&[&[b'e', number, kind as u8], name.as_bytes(), &[0], id.as_bytes()])
}

/// Hashes of entries, and the one that was last asked for: an entry is asked for just before it is added.
#[derive(Debug, Default)]
pub(crate) struct EntryHashes(RefCell<Option<Asked>>);

#[derive(Debug)]
struct Asked {
    stream: Stream,
    kind: EntryKind,
    id: SmolStr,
    hash: u64,
}

impl EntryHashes {
    pub(crate) fn of(&self, stream: &Stream, kind: EntryKind, id: &str) -> u64 {
        let same = |asked: &&Asked| (asked.kind, asked.id.as_str()) == (kind, id) && asked.stream == *stream;
        if let Some(asked) = self.0.borrow().as_ref().filter(same) {
            return asked.hash;
        }
        let hash = entry_hash(stream, kind, id);
        self.0.replace(Some(Asked {
            stream: stream.clone(),
            kind,
            id: id.into(),
            hash,
        }));
        hash
    }
}

/// What a command is found by.
pub(crate) fn key_hash(key: &str) -> u64 {
    hash(&[b"k", key.as_bytes()])
}

fn hash(parts: &[&[u8]]) -> u64 {
    let mut digest = Sha256::new();
    for part in parts {
        digest.update(part);
    }
    let digest: Hash = digest.finalize().into();
    digest.first_chunk().map_or(0, |first| u64::from_le_bytes(*first))
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeMap;

    use ledger_domain::Id;
    use proptest::prelude::*;

    use super::*;

    /// Over all tables.
    fn spread(number: u64) -> u64 {
        number.wrapping_mul(0x9E37_79B9_7F4A_7C15)
    }

    #[test]
    fn runs_are_not_cut() {
        let mut index = HashIndex::default();
        for position in 0..10 {
            index.recent.insert(position % 3, position);
            if position == 6 {
                let run = index.take_recent(0);
                index.push_run(run);
            }
        }
        index.cut(0);
        assert_eq!((index.find(0), index.find(1)), (vec![0, 3, 6], vec![1, 4]));
    }

    #[test]
    fn streams_forget_what_is_cut() {
        let programme = |id| Stream::Programme(Id::new(id).unwrap());
        let (old, new) = (programme("old"), programme("new"));
        let mut streams = Streams::of_older([(old.clone(), 3)], vec![0]);
        for position in [4, 6, 7] {
            streams.push(&new, position);
        }
        streams.push(&old, 8);
        streams.cut(7);
        assert_eq!((streams.version(&old), streams.version(&new)), (3, 2));
        let newer = |stream| {
            let positions = streams.positions(stream).1.unwrap();
            positions.after(0).collect::<Vec<_>>()
        };
        assert_eq!((newer(&new), newer(&Stream::Ledger)), (vec![4, 6], vec![0]));
        streams.cut(0);
        assert_eq!((streams.version(&old), streams.version(&new)), (3, 0));
    }

    proptest! {
        #[test]
        fn an_index_is_a_map_of_hashes(pairs in proptest::collection::vec(0u64..50, 0..400), cut in 0u64..400) {
            let mut index = HashIndex::default();
            let mut plain: BTreeMap<u64, Vec<u64>> = BTreeMap::new();
            let mut run_end = 0;
            for (position, hash) in (0..).zip(&pairs) {
                if position % 37 == 0 {
                    let run = index.take_recent(run_end);
                    index.push_run(run);
                    run_end = position;
                }
                index.recent.insert(spread(*hash), position);
            }
            let cut = cut.max(run_end);
            for (position, hash) in (0..cut).zip(&pairs) {
                plain.entry(spread(*hash)).or_default().push(position);
            }
            index.cut(cut);
            for hash in (0..50).map(spread) {
                prop_assert_eq!(index.find(hash), plain.remove(&hash).unwrap_or_default());
            }
        }
    }
}
