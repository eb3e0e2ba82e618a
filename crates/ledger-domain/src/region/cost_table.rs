//! Amounts by day and municipality, laid out so that a question at any date reads memory in a line.

use super::running::plus;
use crate::{Date, Money, Municipality};
use std::collections::BTreeMap;

/// How many amounts a block holds at most: what a question adds up beyond one row of sums.
const CELLS_MAX: usize = 1_024;

/// Amounts by day and municipality.
///
/// A block holds a stretch of them in order of the day, after one sum per municipality of all that lies before. A
/// question finds its block, copies the sums and adds at most `CELLS_MAX` amounts, however many there are. A
/// back-dated amount is put in its own block and added to one sum of every block after it.
///
/// Totals are held at [`Money::MAX`] on either side: `decide` refuses what comes near it.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct CostTable {
    /// The place of each municipality in rows of sums, in the order of first booking.
    columns: BTreeMap<Municipality, u32>,
    blocks: Vec<Block>,
}

#[derive(Clone, Debug, PartialEq, Eq)]
struct Block {
    /// Where it begins. The first block also takes all that lies before.
    from: Place,
    /// What lies before it, by column; columns beyond the end have nothing.
    before: Vec<Money>,
    /// In order of the place, each place once.
    cells: Vec<(Place, Money)>,
}

/// A day, and a column.
type Place = (Date, u32);

impl CostTable {
    /// Books an amount. Booking on the last day touches the last block alone.
    pub fn add(&mut self, day: Date, municipality: Municipality, amount: Money) {
        let next = u32::try_from(self.columns.len()).unwrap_or(u32::MAX);
        let column = *self.columns.entry(municipality).or_insert(next);
        if amount.is_zero() {
            return;
        }
        let place = (day, column);
        if self.blocks.is_empty() {
            self.blocks.push(Block::new(place));
        }
        let at = self.block_of(place);
        let (earlier, later) = self.blocks.split_at_mut(at + 1);
        for block in later {
            add_to(&mut block.before, column, amount);
        }
        let split = earlier.last_mut().and_then(|block| block.add(place, amount));
        if let Some(second) = split {
            self.blocks.insert(at + 1, second);
        }
    }

    /// What every municipality with a booking has on or before a day, by code.
    pub fn through(&self, day: Date) -> impl Iterator<Item = (Municipality, Money)> {
        let last = self.blocks.get(self.block_of((day, u32::MAX)));
        let mut sums = last.map(|block| block.before.clone()).unwrap_or_default();
        let cells = last.map(|block| block.cells.as_slice()).unwrap_or_default();
        for ((_, column), amount) in cells.iter().take_while(|((booked, _), _)| *booked <= day) {
            add_to(&mut sums, *column, *amount);
        }
        self.columns.iter().map(move |(municipality, column)| {
            let sum = sums.get(*column as usize).copied();
            (*municipality, sum.unwrap_or_default())
        })
    }

    /// What is booked: per day and municipality one amount, by day.
    pub fn amounts(&self) -> impl Iterator<Item = (Date, Municipality, Money)> {
        let mut municipalities: Vec<(u32, Municipality)> = self
            .columns
            .iter()
            .map(|(municipality, column)| (*column, *municipality))
            .collect();
        municipalities.sort_unstable();
        let cells = self.blocks.iter().flat_map(|block| &block.cells);
        cells.filter_map(move |((day, column), amount)| {
            let (_, municipality) = municipalities.get(*column as usize)?;
            Some((*day, *municipality, *amount))
        })
    }

    /// The index of the block where a place belongs.
    fn block_of(&self, place: Place) -> usize {
        let through = self.blocks.partition_point(|block| block.from <= place);
        through.saturating_sub(1)
    }
}

impl Block {
    const fn new(from: Place) -> Self {
        Self {
            from,
            before: Vec::new(),
            cells: Vec::new(),
        }
    }

    /// Books an amount. A block that holds too many then gives the later ones away.
    fn add(&mut self, place: Place, amount: Money) -> Option<Self> {
        let at = match self.cells.binary_search_by_key(&place, |(known, _)| *known) {
            Ok(at) => {
                let (_, sum) = self.cells.get_mut(at)?;
                *sum = plus(*sum, amount);
                return None;
            }
            Err(at) => at,
        };
        self.cells.insert(at, (place, amount));
        if self.cells.len() <= CELLS_MAX {
            return None;
        }
        // What comes in order of the day leaves full blocks behind.
        self.split_off(if at == CELLS_MAX { at } else { CELLS_MAX / 2 })
    }

    fn split_off(&mut self, at: usize) -> Option<Self> {
        let cells = self.cells.split_off(at);
        let (from, _) = *cells.first()?;
        let mut before = self.before.clone();
        for ((_, column), amount) in &self.cells {
            add_to(&mut before, *column, *amount);
        }
        Some(Self { from, before, cells })
    }
}

fn add_to(sums: &mut Vec<Money>, column: u32, amount: Money) {
    let column = column as usize;
    if sums.len() <= column {
        sums.resize(column + 1, Money::ZERO);
    }
    if let Some(sum) = sums.get_mut(column) {
        *sum = plus(*sum, amount);
    }
}
