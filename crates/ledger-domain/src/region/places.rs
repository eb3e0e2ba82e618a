//! The municipalities of a list, numbered in the order of coming.

use crate::Municipality;

/// Which place in a row of amounts is whose.
#[derive(Clone, Debug, Default)]
pub(super) struct Places {
    /// By the number of the municipality: its place, and one more. Zero for one that has none.
    by_number: Vec<u16>,
    count: u16,
}

impl Places {
    /// The place of a municipality; the next one when it has none.
    pub(super) fn of(&mut self, municipality: Municipality) -> u16 {
        let number = usize::from(municipality.number());
        if self.by_number.len() <= number {
            self.by_number.resize(number + 1, 0);
        }
        let Some(place) = self.by_number.get_mut(number) else {
            return 0;
        };
        if *place == 0 {
            // There are fewer municipalities than numbers.
            self.count += 1;
            *place = self.count;
        }
        *place - 1
    }

    /// Every municipality that has a place, by code.
    pub(super) fn iter(&self) -> impl Iterator<Item = (Municipality, u16)> {
        let numbered = (0..).zip(&self.by_number);
        numbered
            .filter_map(|(number, place)| Some((Municipality::from_number(number)?, place.checked_sub(1)?)))
    }
}
