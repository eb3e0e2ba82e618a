//! Amounts by day and place.

use crate::{Date, Money, programme::money};
use std::collections::BTreeMap;

/// Amounts by day and place, a place being a municipality's number in a list of them: see `Places`.
///
/// A question at any date adds up rows that lie in memory as they are read: those of the whole blocks before it, and
/// those of the last block's days. So it costs the same however many amounts there are.
#[derive(Clone, Debug, Default)]
pub struct CostTable {
    /// One more than the highest place.
    width: usize,
    days: BTreeMap<Date, Row>,
    /// The sum of a block's days, by its first.
    blocks: BTreeMap<Date, Row>,
}

/// The first of the 32 days that make a block.
const fn block(day: Date) -> Date {
    Date::from_epoch_days(day.epoch_days() & !31)
}

impl CostTable {
    /// Books an amount.
    pub fn add(&mut self, day: Date, place: u16, amount: Money) {
        if amount.is_zero() {
            return;
        }
        self.width = self.width.max(usize::from(place) + 1);
        for (rows, day) in [(&mut self.days, day), (&mut self.blocks, block(day))] {
            let row = rows.entry(day).or_default();
            row.add(place, amount.cents(), self.width);
        }
    }

    /// What every place has on or before a day; those beyond the list have nothing.
    pub fn through(&self, day: Date) -> Vec<Money> {
        let block = block(day);
        let before = self.blocks.range(..block);
        self.sum(before.chain(self.days.range(block..=day)).map(|(_, row)| row))
    }

    /// Each day with bookings, in order, and what every place has on it.
    pub fn days(&self) -> impl Iterator<Item = (Date, Vec<Money>)> {
        self.days.iter().map(|(day, row)| (*day, self.sum([row])))
    }

    fn sum<'a>(&self, rows: impl IntoIterator<Item = &'a Row>) -> Vec<Money> {
        let mut sums = vec![0; self.width];
        for row in rows {
            row.add_to(&mut sums);
        }
        sums.into_iter().map(|cents| money(cents.into())).collect()
    }
}

/// Cents by place. They wrap: a region's yearly volume keeps every true figure within [`Money`], so that it comes out
/// right whatever the sums on the way to it; and a damaged tape ends in a wrong figure, not in a panic.
#[derive(Clone, Debug)]
enum Row {
    /// Of some places, in order.
    Some(Vec<(u16, i64)>),
    /// Of every place; those beyond the list have nothing.
    Every(Vec<i64>),
}

impl Default for Row {
    fn default() -> Self {
        Self::Some(Vec::new())
    }
}

impl Row {
    fn add(&mut self, place: u16, cents: i64, width: usize) {
        match self {
            Self::Some(cells) => match cells.binary_search_by_key(&place, |(place, _)| *place) {
                Ok(at) => {
                    if let Some((_, sum)) = cells.get_mut(at) {
                        *sum = sum.wrapping_add(cents);
                    }
                }
                // A cell takes the memory of two places, and half of the list may be room to grow.
                Err(_) if cells.len() * 4 >= width => {
                    let mut sums = vec![0; width];
                    self.add_to(&mut sums);
                    *self = Self::Every(sums);
                    self.add(place, cents, width);
                }
                Err(at) => cells.insert(at, (place, cents)),
            },
            Self::Every(sums) => {
                if sums.len() <= usize::from(place) {
                    sums.resize(width, 0);
                }
                add(sums, place, cents);
            }
        }
    }

    fn add_to(&self, sums: &mut [i64]) {
        match self {
            Self::Some(cells) => cells.iter().for_each(|(place, cents)| add(sums, *place, *cents)),
            Self::Every(row) => {
                for (sum, cents) in sums.iter_mut().zip(row) {
                    *sum = sum.wrapping_add(*cents);
                }
            }
        }
    }
}

fn add(sums: &mut [i64], place: u16, cents: i64) {
    if let Some(sum) = sums.get_mut(usize::from(place)) {
        *sum = sum.wrapping_add(cents);
    }
}
