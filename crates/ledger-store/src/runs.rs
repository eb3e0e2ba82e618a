//! Flat sorted runs of hashes and the positions that they lead to: twelve bytes a pair, and at most half a byte for shelves.

use std::{
    cmp::Reverse,
    collections::{BinaryHeap, binary_heap::PeekMut},
    ops::Range,
};

/// A hash and a position that it leads to. It is a hint: whoever asks looks at the event.
pub(crate) type Pair = (u64, u64);

/// Runs that each are at least twice as long as the next, oldest first.
#[derive(Debug, Default)]
pub(crate) struct Runs(Vec<Run>);

/// Pairs, sorted.
#[derive(Debug, Default, PartialEq, Eq)]
pub(crate) struct Run {
    /// No position is below it.
    first: u64,
    hashes: Vec<u64>,
    /// Counted from the first.
    positions: Vec<u32>,
    shelves: Shelves,
}

/// How many pairs a shelf has at least, were they spread evenly: a cache line of hashes.
const SHELF_PAIRS: usize = 8;

/// Where among sorted hashes those with the same highest bits begin. Hashes are spread evenly, so whoever looks for one
/// among millions touches a few cache lines; halving them all would touch one at every step.
#[derive(Debug, Default, PartialEq, Eq)]
struct Shelves {
    /// How many bits tell a shelf.
    bits: u32,
    /// Of all shelves up to that of the last hash.
    begins: Vec<u32>,
}

impl Runs {
    /// Of runs that each are newer than those before it: one, made in one go, as far as one can hold them.
    pub(crate) fn of(runs: Vec<Run>) -> Self {
        match (runs.first(), runs.last()) {
            (Some(first), Some(last)) if first.reaches(last) => Self(vec![merged_all(&runs)]),
            _ => Self(runs),
        }
    }

    /// Adds the positions with this hash.
    pub(crate) fn find(&self, hash: u64, found: &mut Vec<u64>) {
        for run in &self.0 {
            let pairs = run.pairs_from(run.first_of(hash));
            found.extend(
                pairs
                    .take_while(|(at, _)| *at == hash)
                    .map(|(_, position)| position),
            );
        }
    }

    /// Adds a run of pairs that are newer than all runs: it becomes one with those before it that are not twice as long.
    pub(crate) fn push(&mut self, mut run: Run) {
        while let Some(last) = self
            .0
            .pop_if(|last| last.len() < 2 * run.len() && last.reaches(&run))
        {
            run = last.merged(&run);
        }
        if run.len() > 0 {
            self.0.push(run);
        }
    }
}

impl Run {
    /// Of so many sorted pairs with positions from the first on.
    ///
    /// # Panics
    /// When the positions span more than 2^32: more than memory holds of what is in no run yet.
    pub(crate) fn of(first: u64, count: usize, pairs: impl IntoIterator<Item = Pair>) -> Self {
        let mut run = Self::with_room(first, count);
        for pair in pairs {
            run.push(pair);
        }
        run
    }

    fn with_room(first: u64, pairs: usize) -> Self {
        Self {
            first,
            hashes: Vec::with_capacity(pairs),
            positions: Vec::with_capacity(pairs),
            shelves: Shelves::with_room(pairs),
        }
    }

    fn push(&mut self, (hash, position): Pair) {
        let distance = position
            .checked_sub(self.first)
            .and_then(|distance| u32::try_from(distance).ok());
        assert!(
            distance.is_some(),
            "position {position} is out of reach of {}",
            self.first
        );
        self.shelves.push(hash, self.hashes.len());
        self.hashes.push(hash);
        self.positions.extend(distance);
    }

    /// Of what [`Self::parts`] gave; none when that is not what this is.
    pub(crate) fn of_parts(first: u64, hashes: Vec<u64>, positions: Vec<u32>) -> Option<Self> {
        let mut shelves = Shelves::with_room(hashes.len());
        for (at, hash) in hashes.iter().enumerate() {
            shelves.push(*hash, at);
        }
        let run = Self {
            first,
            hashes,
            positions,
            shelves,
        };
        let is_run = run.hashes.len() == run.positions.len() && run.pairs_from(0).is_sorted();
        is_run.then_some(run)
    }

    /// The hashes, and the positions counted from the first.
    pub(crate) fn parts(&self) -> (&[u64], &[u32]) {
        (&self.hashes, &self.positions)
    }

    fn len(&self) -> usize {
        self.hashes.len()
    }

    /// Where a hash or a greater one begins.
    fn first_of(&self, hash: u64) -> usize {
        let places = self.shelves.of(hash, self.len());
        let near = self.hashes.get(places.clone()).unwrap_or_default();
        places.start + near.partition_point(|here| *here < hash)
    }

    fn pairs_from(&self, at: usize) -> impl Iterator<Item = Pair> {
        let hashes = self.hashes.iter().skip(at).copied();
        let positions = self.positions.iter().skip(at);
        hashes.zip(positions.map(|position| self.first + u64::from(*position)))
    }

    /// Whether every position of a later run can be counted from this one's first.
    fn reaches(&self, later: &Self) -> bool {
        let last = later.first + u64::from(later.positions.iter().copied().max().unwrap_or(0));
        u32::try_from(last.saturating_sub(self.first)).is_ok()
    }

    fn merged(&self, later: &Self) -> Self {
        let mut merged = Self::with_room(self.first, self.len() + later.len());
        let (mut old, mut new) = (self.pairs_from(0).peekable(), later.pairs_from(0).peekable());
        loop {
            let next = match (old.peek(), new.peek()) {
                (Some(one), Some(other)) if one <= other => old.next(),
                (Some(_), None) => old.next(),
                _ => new.next(),
            };
            match next {
                Some(pair) => merged.push(pair),
                None => return merged,
            }
        }
    }
}

impl Shelves {
    fn with_room(pairs: usize) -> Self {
        let bits = (pairs / SHELF_PAIRS).max(1).ilog2();
        Self {
            bits,
            begins: Vec::with_capacity(1 << bits),
        }
    }

    fn number(&self, hash: u64) -> usize {
        let number = hash.checked_shr(u64::BITS - self.bits).unwrap_or(0);
        usize::try_from(number).unwrap_or(usize::MAX)
    }

    /// Notes a hash that is no less than those before it, and its place.
    ///
    /// # Panics
    /// When there are 2^32 before it: more than memory holds.
    fn push(&mut self, hash: u64, at: usize) {
        let number = self.number(hash);
        if self.begins.len() <= number {
            let at = u32::try_from(at);
            assert!(at.is_ok(), "a run holds fewer than 2^32 pairs");
            self.begins.resize(number + 1, at.unwrap_or(u32::MAX));
        }
    }

    /// The places of the hashes on the shelf of a hash, of so many in all.
    fn of(&self, hash: u64, count: usize) -> Range<usize> {
        let number = self.number(hash);
        let begin = |number: usize| self.begins.get(number).map_or(count, |begin| *begin as usize);
        begin(number)..begin(number + 1)
    }
}

/// Many runs at once take the memory of the result and no more.
fn merged_all(runs: &[Run]) -> Run {
    let first = runs.first().map_or(0, |run| run.first);
    let mut merged = Run::with_room(first, runs.iter().map(Run::len).sum());
    let mut rest: Vec<_> = runs.iter().map(|run| run.pairs_from(0)).collect();
    let heads = rest.iter_mut().enumerate();
    let mut heads: BinaryHeap<_> = heads
        .filter_map(|(number, pairs)| Some(Reverse((pairs.next()?, number))))
        .collect();
    while let Some(mut head) = heads.peek_mut() {
        let Reverse((pair, number)) = *head;
        merged.push(pair);
        match rest.get_mut(number).and_then(Iterator::next) {
            Some(next) => *head = Reverse((next, number)),
            None => drop(PeekMut::pop(head)),
        }
    }
    merged
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn run_of(first: u64, pairs: &[Pair]) -> Run {
        Run::of(first, pairs.len(), pairs.iter().copied())
    }

    #[test]
    fn runs_stay_few() {
        let mut runs = Runs::default();
        for number in 0..73_u64 {
            let first = number * 4_096;
            let mut pairs: Vec<Pair> = (first..first + 4_096)
                .map(|position| (position % 1_000, position))
                .collect();
            pairs.sort_unstable();
            runs.push(run_of(first, &pairs));
        }
        assert!(runs.0.len() < 8, "{} runs", runs.0.len());
        let mut found = Vec::new();
        runs.find(7, &mut found);
        found.sort_unstable();
        assert_eq!(
            found,
            (0..300)
                .map(|n| n * 1_000 + 7)
                .take_while(|at| *at < 73 * 4_096)
                .collect::<Vec<_>>()
        );
    }

    #[test]
    fn runs_that_are_too_far_apart_stay_apart() {
        let far = u64::from(u32::MAX) + 10;
        let mut runs = Runs::default();
        runs.push(run_of(5, &[(1, 5), (2, 6)]));
        runs.push(run_of(far, &[(1, far), (2, far + 1), (3, far + 2)]));
        assert_eq!(runs.0.len(), 2);
        let mut found = Vec::new();
        runs.find(2, &mut found);
        assert_eq!(found, [6, far + 1]);
    }

    #[test]
    fn parts_that_are_no_run_are_none() {
        assert_eq!(Run::of_parts(0, vec![1, 2], vec![0]), None);
        assert_eq!(Run::of_parts(0, vec![2, 1], vec![0, 1]), None);
        assert_eq!(
            Run::of_parts(3, vec![1, 2], vec![0, 1]),
            Some(run_of(3, &[(1, 3), (2, 4)]))
        );
    }

    proptest! {
        #[test]
        fn a_hash_is_found_where_halving_finds_it(
            spread in prop::collection::vec(any::<u64>(), 0..300),
            near in prop::collection::vec(0u64..40, 0..300),
            asked: u64,
        ) {
            let mut hashes: Vec<u64> = spread.iter().chain(&near).copied().collect();
            hashes.sort_unstable();
            let run = Run::of_parts(0, hashes.clone(), vec![0; hashes.len()]).unwrap();
            for hash in spread.iter().chain(&near).copied().chain([asked, 0, 41, u64::MAX]) {
                prop_assert_eq!(run.first_of(hash), hashes.partition_point(|at| *at < hash));
            }
        }

        #[test]
        fn merging_sorts(
            mut left in prop::collection::vec((any::<u64>(), 10..500_u64), 0..300),
            mut right in prop::collection::vec((any::<u64>(), 500..900_u64), 0..300),
        ) {
            left.sort_unstable();
            right.sort_unstable();
            let merged = run_of(10, &left).merged(&run_of(500, &right));
            let mut both = [left, right].concat();
            both.sort_unstable();
            prop_assert_eq!(merged.pairs_from(0).collect::<Vec<_>>(), both);
        }

        #[test]
        fn many_are_merged_as_two_by_two(hashes in prop::collection::vec(0..90_u64, 0..400), size in 1..60_usize) {
            let runs = || {
                let first = (0..).step_by(size);
                first.zip(hashes.chunks(size)).map(|(first, hashes)| {
                    let mut pairs: Vec<Pair> = hashes.iter().copied().zip(first..).collect();
                    pairs.sort_unstable();
                    run_of(first, &pairs)
                })
            };
            let one_by_one = runs().reduce(|all, run| all.merged(&run));
            prop_assert_eq!(Runs::of(runs().collect()).0, Vec::from_iter(one_by_one));
        }
    }
}
