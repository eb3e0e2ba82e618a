//! The details on a tape that are not blank, by stream and booking date: which of them an order to destroy covers is
//! known only when the order is met, behind them.

use std::collections::{BTreeMap, HashMap};

use ledger_contract::event::{Event, Stream};
use ledger_domain::Date;

use crate::{destroy::Order, tape::Place};

#[derive(Debug, Default)]
pub(crate) struct RightParts {
    /// How many there are.
    there: HashMap<Stream, BTreeMap<Date, u64>>,
    /// Those without the hash that their leaf tells: damaged, or half destroyed when a crash came.
    wrong: Vec<(Place, Event)>,
    /// How many an order covers.
    ordered: u64,
}

impl RightParts {
    /// Takes in the details of an event, which are not blank.
    pub(crate) fn add(&mut self, place: Place, event: &Event, is_right: bool) {
        if !is_right {
            self.wrong.push((place, event.clone()));
            return;
        }
        if !self.there.contains_key(&event.stream) {
            self.there.insert(event.stream.clone(), BTreeMap::new());
        }
        if let Some(dates) = self.there.get_mut(&event.stream) {
            *dates.entry(event.booking_date).or_default() += 1;
        }
    }

    /// Takes in an order, which covers what was met before it.
    pub(crate) fn order(&mut self, order: &Order) {
        if let Some(dates) = self.there.get_mut(&order.stream) {
            dates.retain(|date, number| {
                let ordered = *date <= order.through;
                self.ordered += if ordered { *number } else { 0 };
                !ordered
            });
        }
        let before = self.wrong.len();
        self.wrong.retain(|(_, event)| !order.covers(event));
        self.ordered += (before - self.wrong.len()) as u64;
    }

    /// Where damaged details stand before the end of the log, and how many are there that were ordered to be destroyed.
    pub(crate) fn finish(self, end: Place) -> (Vec<Place>, u64) {
        let before_end = self.wrong.into_iter().map(|(place, _)| place);
        (before_end.filter(|place| *place < end).collect(), self.ordered)
    }
}
