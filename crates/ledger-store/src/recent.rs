//! Hashes that were added last, and the positions that they lead to: a table that can be cut.

use std::iter;

use hashbrown::{HashTable, hash_table};

use crate::runs::Pair;

/// Over how many tables hashes are spread: each is so small that it grows within the processor's cache.
const TABLES: usize = 64;
/// Stands for no entry.
const NONE: u32 = u32::MAX;
/// How many entries lie together: a table grows without being copied.
const TOGETHER: usize = 256;

/// Hashes whose entries can be taken back in the order of their coming.
#[derive(Debug)]
pub(crate) struct Recent {
    /// By the highest bits of a hash, so that all hashes of one are below those of the next.
    tables: [Table; TABLES],
    /// The number of every entry's table, as they came.
    order: Vec<u8>,
    /// No position is below it.
    first: u64,
}

/// Entries as they came, and where to find the newest of a hash among them: a place takes four bytes, so that those of
/// many hashes stay in the cache.
#[derive(Debug, Default)]
struct Table {
    entries: Entries,
    newest: HashTable<u32>,
}

/// Entries as they came; all lists of them are full but the last.
#[derive(Debug, Default)]
struct Entries(Vec<Vec<Entry>>);

#[derive(Clone, Copy, Debug)]
struct Entry {
    hash: u64,
    /// Counted from the first.
    position: u32,
    /// The entry of the same hash that came before it.
    before: u32,
}

impl Default for Recent {
    fn default() -> Self {
        Self {
            tables: std::array::from_fn(|_| Table::default()),
            order: Vec::new(),
            first: 0,
        }
    }
}

/// The number of a hash's table.
fn number(hash: u64) -> u8 {
    let [.., highest] = hash.to_le_bytes();
    highest >> (u8::BITS - TABLES.ilog2())
}

/// What a table looks at: of a hash it looks at the lowest and the highest bits, and those do not tell its own apart.
fn looked_at(hash: u64) -> u64 {
    hash.rotate_left(u64::BITS / 2)
}

impl Recent {
    /// Adds a position behind all others.
    ///
    /// # Panics
    /// When the positions span more than 2^32: more than memory holds.
    pub(crate) fn insert(&mut self, hash: u64, position: u64) {
        if self.order.is_empty() {
            self.first = position;
        }
        let distance = position.checked_sub(self.first);
        let distance = distance.map_or(u32::MAX, |distance| u32::try_from(distance).unwrap_or(u32::MAX));
        assert!(
            distance < u32::MAX,
            "position {position} is out of reach of {}",
            self.first
        );
        let number = number(hash);
        self.order.push(number);
        self.table_mut(number).insert(hash, distance);
    }

    /// Adds the positions with this hash, newest first.
    pub(crate) fn find(&self, hash: u64, found: &mut Vec<u64>) {
        if let Some(table) = self.tables.get(usize::from(number(hash))) {
            found.extend(table.find(hash).map(|position| self.first + u64::from(position)));
        }
    }

    /// Forgets positions from `size` on.
    pub(crate) fn cut(&mut self, size: u64) {
        let first = self.first;
        while let Some(number) = self.order.pop() {
            let table = self.table_mut(number);
            if table
                .last()
                .is_some_and(|position| first + u64::from(position) < size)
            {
                self.order.push(number);
                break;
            }
            table.pop();
        }
    }

    /// Every hash with its positions, sorted, and how many they are; nothing is left.
    pub(crate) fn take(&mut self) -> (usize, impl Iterator<Item = Pair> + use<>) {
        let Self { tables, order, first } = std::mem::take(self);
        let sorted = move |table: Table| {
            let entries = table.entries.0.iter().flatten();
            let mut pairs: Vec<Pair> = entries
                .map(|entry| (entry.hash, first + u64::from(entry.position)))
                .collect();
            pairs.sort_unstable();
            pairs
        };
        (order.len(), tables.into_iter().flat_map(sorted))
    }

    #[expect(clippy::indexing_slicing, reason = "of six bits")]
    fn table_mut(&mut self, number: u8) -> &mut Table {
        &mut self.tables[usize::from(number)]
    }
}

impl Table {
    fn insert(&mut self, hash: u64, position: u32) {
        let Self { entries, newest } = self;
        let place = entries.count();
        let before = match newest.entry(looked_at(hash), is_of(entries, hash), look(entries)) {
            hash_table::Entry::Occupied(mut known) => std::mem::replace(known.get_mut(), place),
            hash_table::Entry::Vacant(new) => {
                new.insert(place);
                NONE
            }
        };
        entries.push(Entry {
            hash,
            position,
            before,
        });
    }

    fn find(&self, hash: u64) -> impl Iterator<Item = u32> {
        let newest = self.newest.find(looked_at(hash), is_of(&self.entries, hash));
        let newest = newest.and_then(|place| self.entries.get(*place));
        iter::successors(newest, |newer| self.entries.get(newer.before)).map(|entry| entry.position)
    }

    fn last(&self) -> Option<u32> {
        Some(self.entries.last()?.position)
    }

    /// Forgets the newest entry.
    fn pop(&mut self) {
        let Some(Entry { hash, before, .. }) = self.entries.last() else {
            return;
        };
        if let Ok(mut newest) = self
            .newest
            .find_entry(looked_at(hash), is_of(&self.entries, hash))
        {
            if before == NONE {
                newest.remove();
            } else {
                *newest.get_mut() = before;
            }
        }
        self.entries.pop();
    }
}

impl Entries {
    /// How many they are: below 2^32, which positions do not reach either.
    fn count(&self) -> u32 {
        let full = self.0.len().saturating_sub(1) * TOGETHER;
        let count = full + self.0.last().map_or(0, Vec::len);
        u32::try_from(count).unwrap_or(NONE)
    }

    fn get(&self, place: u32) -> Option<&Entry> {
        let place = place as usize;
        self.0.get(place / TOGETHER)?.get(place % TOGETHER)
    }

    fn last(&self) -> Option<Entry> {
        self.0.last()?.last().copied()
    }

    fn push(&mut self, entry: Entry) {
        match self.0.last_mut() {
            Some(last) if last.len() < TOGETHER => last.push(entry),
            _ => {
                let mut next = Vec::with_capacity(TOGETHER);
                next.push(entry);
                self.0.push(next);
            }
        }
    }

    fn pop(&mut self) {
        self.0.last_mut().and_then(Vec::pop);
        self.0.pop_if(|last| last.is_empty());
    }
}

fn is_of(entries: &Entries, hash: u64) -> impl Fn(&u32) -> bool {
    move |place| entries.get(*place).is_some_and(|entry| entry.hash == hash)
}

fn look(entries: &Entries) -> impl Fn(&u32) -> u64 {
    move |place| entries.get(*place).map_or(0, |entry| looked_at(entry.hash))
}
