//! Ascending positions, each as its distance from the one before: most take a byte or two.

/// How many positions lie between two that are kept whole.
const MARK_POSITIONS: usize = 64;

/// Positions of events, ascending.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct Positions {
    count: usize,
    last: u64,
    /// Every so many of them, the first included: what it is, and where the distances behind it begin.
    marks: Vec<(u64, usize)>,
    distances: Vec<u8>,
}

impl Positions {
    pub(crate) fn count(&self) -> usize {
        self.count
    }

    /// Adds one that is above all others.
    pub(crate) fn push(&mut self, position: u64) {
        if self.count.is_multiple_of(MARK_POSITIONS) {
            self.marks.push((position, self.distances.len()));
        } else {
            self.add_distance(position.saturating_sub(self.last));
        }
        self.count += 1;
        self.last = position;
    }

    /// Seven bits a byte, the lowest first; the highest bit says that more follow (LEB128).
    fn add_distance(&mut self, mut distance: u64) {
        loop {
            let [lowest, ..] = distance.to_le_bytes();
            distance >>= 7;
            if distance == 0 {
                return self.distances.push(lowest & 0x7f);
            }
            self.distances.push(lowest | 0x80);
        }
    }

    /// Forgets those from `before` on.
    pub(crate) fn cut(&mut self, before: u64) {
        let kept = self.below(before);
        if kept == self.count {
            return;
        }
        let whole = kept / MARK_POSITIONS;
        let rest: Vec<u64> = self
            .after(whole * MARK_POSITIONS)
            .take(kept % MARK_POSITIONS)
            .collect();
        let end = self.marks.get(whole).map_or(0, |(_, start)| *start);
        self.distances.truncate(end);
        self.marks.truncate(whole);
        self.count = whole * MARK_POSITIONS;
        self.extend(rest);
    }

    /// Those behind the first so many.
    pub(crate) fn after(&self, count: usize) -> impl Iterator<Item = u64> {
        let marks = self.marks.get(count / MARK_POSITIONS..).unwrap_or_default();
        marks
            .iter()
            .flat_map(|mark| self.stretch(*mark))
            .skip(count % MARK_POSITIONS)
    }

    /// How many are below a position.
    pub(crate) fn below(&self, before: u64) -> usize {
        let marks = self.marks.partition_point(|(position, _)| *position < before);
        let Some(last) = marks.checked_sub(1) else {
            return 0;
        };
        let start = last * MARK_POSITIONS;
        start
            + self
                .after(start)
                .take(MARK_POSITIONS)
                .take_while(|position| *position < before)
                .count()
    }

    /// A mark and the positions up to the next one.
    fn stretch(&self, (first, start): (u64, usize)) -> impl Iterator<Item = u64> {
        let mut bytes = self.distances.get(start..).unwrap_or_default().iter();
        let rest = std::iter::from_fn(move || {
            let (mut distance, mut shift) = (0, 0);
            loop {
                let byte = bytes.next()?;
                distance |= u64::from(byte & 0x7f) << shift;
                if byte & 0x80 == 0 {
                    return Some(distance);
                }
                shift += 7;
            }
        });
        let mut position = first;
        let rest = rest.map(move |distance| {
            position += distance;
            position
        });
        std::iter::once(first).chain(rest.take(MARK_POSITIONS - 1))
    }
}

impl FromIterator<u64> for Positions {
    fn from_iter<T: IntoIterator<Item = u64>>(positions: T) -> Self {
        let mut all = Self::default();
        all.extend(positions);
        all
    }
}

impl Extend<u64> for Positions {
    fn extend<T: IntoIterator<Item = u64>>(&mut self, positions: T) {
        positions.into_iter().for_each(|position| self.push(position));
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    proptest! {
        #[test]
        fn positions_are_the_list_that_they_are_of(
            near in prop::collection::vec(1..300_u64, 0..300),
            far in prop::collection::vec(1..1_u64 << 40, 0..300),
            asked in 0..300_usize,
        ) {
            let mut at = 0;
            let plain: Vec<u64> = near.iter().chain(&far).map(|distance| { at += distance; at }).collect();
            let positions: Positions = plain.iter().copied().collect();
            prop_assert_eq!(positions.count(), plain.len());
            for after in [0, asked, 63, 64, plain.len()] {
                let rest: Vec<u64> = positions.after(after).collect();
                prop_assert_eq!(&rest[..], plain.get(after..).unwrap_or_default());
            }
            for before in plain.iter().flat_map(|at| [*at, *at + 1]).chain([0, u64::MAX]) {
                prop_assert_eq!(positions.below(before), plain.partition_point(|at| *at < before));
            }
        }

        #[test]
        fn what_is_cut_is_as_if_it_had_never_come(
            distances in prop::collection::vec(1..300_u64, 0..300),
            cut in 0..45_000_u64,
        ) {
            let mut at = 0;
            let plain: Vec<u64> = distances.iter().map(|distance| { at += distance; at }).collect();
            let mut positions: Positions = plain.iter().copied().collect();
            positions.cut(cut);
            let kept = plain.iter().copied().filter(|position| *position < cut);
            let again = plain.iter().map(|position| position + cut);
            positions.extend(again.clone());
            prop_assert_eq!(positions, kept.chain(again).collect::<Positions>());
        }
    }
}
