//! Hashes that were added last, and the positions that they lead to: a table that can be cut.

use std::{
    collections::{HashMap, hash_map::Entry},
    hash::{BuildHasherDefault, Hasher},
};

use crate::runs::Pair;

/// Over how many tables hashes are spread: each is so small that it grows within the processor's cache.
const TABLES: usize = 64;

type Table = HashMap<u64, Lead, BuildHasherDefault<AsItIs>>;

#[derive(Debug)]
struct Tables([Table; TABLES]);

impl Default for Tables {
    fn default() -> Self {
        Self(std::array::from_fn(|_| Table::default()))
    }
}

#[expect(clippy::indexing_slicing, reason = "a remainder of their number")]
impl Tables {
    fn of(&self, hash: u64) -> &Table {
        &self.0[number(hash)]
    }

    fn of_mut(&mut self, hash: u64) -> &mut Table {
        &mut self.0[number(hash)]
    }
}

/// The number of a hash's table, of bits that no table looks at itself.
fn number(hash: u64) -> usize {
    let [.., byte, _, _] = hash.to_le_bytes();
    usize::from(byte) % TABLES
}

/// A hash table whose entries can be taken back in the order of their coming. Most hashes come once, and take a place in
/// the table and one in the order; only those that come again lead to what was there before.
#[derive(Debug, Default)]
pub(crate) struct Recent {
    /// What a hash leads to, the newest of it.
    newest: Tables,
    /// All hashes, as they came.
    order: Vec<u64>,
    again: Vec<Again>,
}

/// A position; or, with the highest bit, the number of one that came again.
#[derive(Clone, Copy, Debug)]
struct Lead(u64);

#[derive(Debug)]
struct Again {
    position: u64,
    before: Lead,
}

impl Lead {
    const AGAIN: u64 = 1 << 63;

    fn again(self) -> Option<usize> {
        let number = self.0.checked_sub(Self::AGAIN)?;
        usize::try_from(number).ok()
    }
}

impl Recent {
    /// Adds a position behind all others.
    pub(crate) fn insert(&mut self, hash: u64, position: u64) {
        self.order.push(hash);
        match self.newest.of_mut(hash).entry(hash) {
            Entry::Vacant(place) => {
                place.insert(Lead(position));
            }
            Entry::Occupied(mut place) => {
                let number = self.again.len() as u64;
                let before = place.insert(Lead(Lead::AGAIN | number));
                self.again.push(Again { position, before });
            }
        }
    }

    /// Adds the positions with this hash, newest first.
    pub(crate) fn find(&self, hash: u64, found: &mut Vec<u64>) {
        let mut next = self.newest.of(hash).get(&hash).copied();
        while let Some(lead) = next {
            let again = lead.again().and_then(|number| self.again.get(number));
            found.push(again.map_or(lead.0, |again| again.position));
            next = again.map(|again| again.before);
        }
    }

    /// Forgets positions from `size` on.
    pub(crate) fn cut(&mut self, size: u64) {
        while let Some(hash) = self.order.pop() {
            let Some(lead) = self.newest.of(hash).get(&hash).copied() else {
                continue;
            };
            let again = lead.again().and_then(|number| self.again.get(number));
            if again.map_or(lead.0, |again| again.position) < size {
                self.order.push(hash);
                break;
            }
            let newest = self.newest.of_mut(hash);
            match again.map(|again| again.before) {
                Some(before) => newest.insert(hash, before),
                None => newest.remove(&hash),
            };
            if again.is_some() {
                self.again.pop();
            }
        }
    }

    /// Every hash with its positions, sorted; nothing is left.
    pub(crate) fn take(&mut self) -> Vec<Pair> {
        let mut pairs = Vec::with_capacity(self.order.len());
        let mut of_one = Vec::new();
        for hash in self.newest.0.iter().flat_map(HashMap::keys) {
            self.find(*hash, &mut of_one);
            pairs.extend(of_one.drain(..).map(|position| (*hash, position)));
        }
        *self = Self::default();
        pairs.sort_unstable();
        pairs
    }
}

/// Takes eight bytes of SHA-256 for the hash that they are.
#[derive(Debug, Default)]
struct AsItIs(u64);

impl Hasher for AsItIs {
    fn finish(&self) -> u64 {
        self.0
    }

    fn write(&mut self, bytes: &[u8]) {
        // Only whole hashes are asked about; other bytes would still be told apart.
        for byte in bytes {
            self.0 = self.0.rotate_left(8) ^ u64::from(*byte);
        }
    }

    fn write_u64(&mut self, hash: u64) {
        self.0 = hash;
    }
}
