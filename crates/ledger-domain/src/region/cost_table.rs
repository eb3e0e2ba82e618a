//! Amounts by day and place.

use crate::{Date, Money, programme::money};
use std::collections::BTreeMap;

/// Days that make a block.
const BLOCK_DAYS: u8 = 32;
/// From so many cells for each place on a block has rows: twice as many cells would take the memory of all of them.
const CELLS_A_PLACE: usize = 8;

/// Amounts by day and place, a place being a municipality's number in a list of them: see `Places`.
///
/// A question at any date adds up rows that lie in memory as they are read: the sums of the blocks before it, and the
/// days of the last block. So it costs the same however many amounts there are.
///
/// Cents wrap here: a region's yearly volume keeps every true figure within [`Money`], so that it comes out right
/// whatever the sums on the way to it; and a damaged tape ends in a wrong figure, not in a panic.
#[derive(Clone, Debug, Default)]
pub struct CostTable {
    /// One more than the highest place.
    width: usize,
    /// By the number of whole blocks since 1970.
    blocks: BTreeMap<i32, Block>,
}

#[derive(Clone, Debug, Default)]
struct Block {
    sum: Row,
    days: Days,
}

/// Cents by place; places beyond the list have nothing.
type Row = Vec<i64>;

#[derive(Clone, Debug)]
enum Days {
    /// A day of the block, a place and cents, in the order of booking.
    Cells(Vec<(u8, u16, i64)>),
    /// Every day of the block.
    Rows(Vec<Row>),
}

impl Default for Days {
    fn default() -> Self {
        Self::Cells(Vec::new())
    }
}

/// The block of a day and the day's place in it.
fn split(day: Date) -> (i32, u8) {
    let (days, length) = (day.epoch_days(), i32::from(BLOCK_DAYS));
    let day = u8::try_from(days.rem_euclid(length)).unwrap_or_default();
    (days.div_euclid(length), day)
}

impl CostTable {
    /// Books an amount.
    pub fn add(&mut self, day: Date, place: u16, amount: Money) {
        if amount.is_zero() {
            return;
        }
        self.width = self.width.max(usize::from(place) + 1);
        let (block, day) = split(day);
        let block = self.blocks.entry(block).or_default();
        add(&mut block.sum, place, amount.cents(), self.width);
        block.days.add(day, place, amount.cents(), self.width);
    }

    /// What every place has on or before a day; those beyond the list have nothing.
    pub fn through(&self, day: Date) -> Vec<Money> {
        let (last, day) = split(day);
        let mut sums = vec![0; self.width];
        for block in self.blocks.range(..last).map(|(_, block)| block) {
            add_row(&mut sums, &block.sum);
        }
        if let Some(block) = self.blocks.get(&last) {
            block.days.add_through(day, &mut sums);
        }
        sums.into_iter().map(|cents| money(cents.into())).collect()
    }

    /// Each day with bookings, in order, and what every place has on it; places beyond the list have nothing.
    pub fn days(&self) -> impl Iterator<Item = (Date, Vec<Money>)> {
        let days = self.blocks.iter().flat_map(|(block, of)| {
            let first = block * i32::from(BLOCK_DAYS);
            (first..).zip(of.days.rows(self.width))
        });
        days.filter(|(_, row)| !row.is_empty()).map(|(day, row)| {
            let amounts = row.into_iter().map(|cents| money(cents.into()));
            (Date::from_epoch_days(day), amounts.collect())
        })
    }
}

impl Days {
    fn add(&mut self, day: u8, place: u16, cents: i64, width: usize) {
        match self {
            Self::Cells(cells) if cells.len() < CELLS_A_PLACE * width => cells.push((day, place, cents)),
            Self::Cells(_) => {
                *self = Self::Rows(self.rows(width));
                self.add(day, place, cents, width);
            }
            Self::Rows(rows) => {
                if let Some(row) = rows.get_mut(usize::from(day)) {
                    add(row, place, cents, width);
                }
            }
        }
    }

    fn add_through(&self, day: u8, sums: &mut [i64]) {
        match self {
            Self::Cells(cells) => {
                // No branch: which of them count is as good as chance.
                for (of, place, cents) in cells {
                    add_cell(sums, *place, if *of <= day { *cents } else { 0 });
                }
            }
            Self::Rows(rows) => {
                for row in rows.iter().take(usize::from(day) + 1) {
                    add_row(sums, row);
                }
            }
        }
    }

    /// A row for each day of the block, empty for one without bookings.
    fn rows(&self, width: usize) -> Vec<Row> {
        match self {
            Self::Cells(cells) => {
                let mut rows = vec![Row::new(); BLOCK_DAYS.into()];
                for (day, place, cents) in cells {
                    if let Some(row) = rows.get_mut(usize::from(*day)) {
                        add(row, *place, *cents, width);
                    }
                }
                rows
            }
            Self::Rows(rows) => rows.clone(),
        }
    }
}

/// Adds to a row that grows to hold the place, which is one of `width`.
fn add(row: &mut Row, place: u16, cents: i64, width: usize) {
    if row.len() <= usize::from(place) {
        row.resize(width, 0);
    }
    add_cell(row, place, cents);
}

fn add_cell(row: &mut [i64], place: u16, cents: i64) {
    if let Some(sum) = row.get_mut(usize::from(place)) {
        *sum = sum.wrapping_add(cents);
    }
}

fn add_row(sums: &mut [i64], row: &[i64]) {
    for (sum, cents) in sums.iter_mut().zip(row) {
        *sum = sum.wrapping_add(*cents);
    }
}
