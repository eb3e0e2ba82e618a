//! Sums per day of one amount, asked at any date.

use ledger_domain::Date;

/// Days in a block, as a power of two: a question finds its block and adds at most 31 days.
const BLOCK_BITS: u32 = 5;

/// Daily sums in cents, in order of the day. Days without anything take no room.
#[derive(Clone, Debug, Default)]
pub(crate) struct Series {
    blocks: Vec<Block>,
}

#[derive(Clone, Debug)]
struct Block {
    /// Epoch days without their lowest bits.
    number: i32,
    /// The sum of all blocks before it.
    before: i128,
    /// Epoch day and sum. 92 amounts of the largest size on one day fill an i64; there the day holds.
    days: Vec<(i32, i64)>,
}

impl Series {
    /// Adds an amount on a day. In order of the day this touches the last block; a back-dated one is searched and
    /// every block after it changes, of which ten years have 115.
    pub(crate) fn add(&mut self, date: Date, cents: i64) {
        let day = date.epoch_days();
        let number = day >> BLOCK_BITS;
        let at = match self.blocks.last() {
            Some(last) if last.number == number => self.blocks.len() - 1,
            _ => self.blocks.partition_point(|block| block.number < number),
        };
        if self.blocks.get(at).is_none_or(|block| block.number != number) {
            let before = self.sum_before(at);
            self.blocks.insert(at, Block::new(number, before));
        }
        if let Some([block, later @ ..]) = self.blocks.get_mut(at..) {
            block.add(day, cents);
            for block in later {
                block.before += i128::from(cents);
            }
        }
    }

    /// The sum of everything on or before this day; none when there is nothing, which is not the same as zero.
    pub(crate) fn through(&self, date: Date) -> Option<i128> {
        let day = date.epoch_days();
        let number = day >> BLOCK_BITS;
        // The last block that began by then, if any; its days are few and lie together.
        let at = self
            .blocks
            .partition_point(|block| block.number <= number)
            .checked_sub(1)?;
        let block = self.blocks.get(at)?;
        let started = block.days.iter().take_while(|(at, _)| *at <= day);
        let (mut days, mut cents) = (0_usize, block.before);
        for (_, amount) in started {
            days += 1;
            cents += i128::from(*amount);
        }
        (at > 0 || days > 0).then_some(cents)
    }

    /// Each day with its sum, ascending.
    pub(crate) fn days(&self) -> impl Iterator<Item = (i32, i64)> {
        self.blocks.iter().flat_map(|block| &block.days).copied()
    }

    /// The sum of the blocks before this one, which need not exist yet.
    fn sum_before(&self, at: usize) -> i128 {
        let previous = at.checked_sub(1).and_then(|at| self.blocks.get(at));
        previous.map_or(0, |block| block.before + sum(&block.days))
    }
}

fn sum(days: &[(i32, i64)]) -> i128 {
    days.iter().map(|(_, cents)| i128::from(*cents)).sum()
}

impl Block {
    const fn new(number: i32, before: i128) -> Self {
        Self {
            number,
            before,
            days: Vec::new(),
        }
    }

    fn add(&mut self, day: i32, cents: i64) {
        match self.days.binary_search_by_key(&day, |(at, _)| *at) {
            Ok(at) => {
                if let Some((_, sum)) = self.days.get_mut(at) {
                    *sum = sum.saturating_add(cents);
                }
            }
            Err(at) => self.days.insert(at, (day, cents)),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_series_sums_to_a_day_whatever_the_order_of_booking() {
        let days = [700, -3, 31, 32, 0, 699, 33, -33, 700, 31];
        let mut series = Series::default();
        for (number, day) in days.iter().enumerate() {
            series.add(Date::from_epoch_days(*day), 1 << number);
        }
        for asked in -40..=720 {
            let naive: i128 = (0..days.len())
                .filter(|number| days[*number] <= asked)
                .map(|number| 1_i128 << number)
                .sum();
            let sum = series.through(Date::from_epoch_days(asked));
            assert_eq!(sum.unwrap_or_default(), naive, "through day {asked}");
            assert_eq!(sum.is_none(), asked < -33, "through day {asked}");
        }
    }
}
