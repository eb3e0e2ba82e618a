//! Flat sorted runs of hashes and the positions that they lead to: twelve bytes a pair.

use std::{
    cmp::Reverse,
    collections::{BinaryHeap, binary_heap::PeekMut},
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
            let pairs = run.pairs_from(first_of(&run.hashes, hash));
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
        self.hashes.push(hash);
        self.positions.extend(distance);
    }

    /// Of what [`Self::parts`] gave; none when that is not what this is.
    pub(crate) fn of_parts(first: u64, hashes: Vec<u64>, positions: Vec<u32>) -> Option<Self> {
        let run = Self {
            first,
            hashes,
            positions,
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

/// Where a hash or a greater one begins in a run. Hashes are spread evenly, so their place is guessed from
/// their size, three times over, and looked for from there: a few cache lines of a run of millions, where halving it
/// would touch one at every step.
fn first_of(run: &[u64], hash: u64) -> usize {
    let Some(last) = run.len().checked_sub(1) else {
        return 0;
    };
    let of_all = (u128::from(hash) * run.len() as u128) >> 64;
    let mut guess = usize::try_from(of_all).unwrap_or(last).min(last);
    let gap = (u64::MAX / run.len() as u64).max(1);
    for _ in 0..3 {
        let here = run.get(guess).map_or(hash, |here| *here);
        let steps = usize::try_from(here.abs_diff(hash) / gap).unwrap_or(last);
        guess = if here < hash {
            guess.saturating_add(steps).min(last)
        } else {
            guess.saturating_sub(steps)
        };
    }
    let is_before = |at: usize| run.get(at).is_some_and(|here| *here < hash);
    let (mut from, mut to) = (guess, guess);
    let mut step = 1;
    while from > 0 && !is_before(from) {
        from = from.saturating_sub(step);
        step *= 2;
    }
    step = 1;
    while to <= last && is_before(to) {
        to = to.saturating_add(step).min(run.len());
        step *= 2;
    }
    let between = run.get(from..to).unwrap_or_default();
    from + between.partition_point(|here| *here < hash)
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
            let mut run: Vec<u64> = spread.iter().chain(&near).copied().collect();
            run.sort_unstable();
            for hash in spread.iter().chain(&near).copied().chain([asked, 0, 41, u64::MAX]) {
                prop_assert_eq!(first_of(&run, hash), run.partition_point(|at| *at < hash));
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
