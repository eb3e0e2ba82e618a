//! Amounts by day and municipality.

use crate::{Date, DaySums, Money, Municipality, programme::money};

/// Amounts by day and municipality: a question at any date adds up one sum for each day, however many amounts there are.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct CostTable {
    /// By the number of the municipality: the place of its sums, and one more. Zero for one without bookings.
    places: Vec<u16>,
    /// In the order of first booking.
    sums: Vec<DaySums>,
}

impl CostTable {
    /// Books an amount.
    pub fn add(&mut self, day: Date, municipality: Municipality, amount: Money) {
        let number = usize::from(municipality.number());
        if self.places.len() <= number {
            self.places.resize(number + 1, 0);
        }
        let Some(place) = self.places.get_mut(number) else {
            return;
        };
        if *place == 0 {
            self.sums.push(DaySums::default());
            *place = u16::try_from(self.sums.len()).unwrap_or(u16::MAX);
        }
        if let Some(sums) = self.sums.get_mut(usize::from(*place) - 1)
            && !amount.is_zero()
        {
            sums.add(day, amount.cents());
        }
    }

    /// Every municipality with a booking, by code.
    fn municipalities(&self) -> impl Iterator<Item = (Municipality, &DaySums)> {
        (0..).zip(&self.places).filter_map(|(number, place)| {
            let sums = self.sums.get(usize::from(*place).checked_sub(1)?)?;
            Some((Municipality::from_number(number)?, sums))
        })
    }

    /// What every municipality with a booking has on or before a day, by code.
    pub fn through(&self, day: Date) -> impl Iterator<Item = (Municipality, Money)> {
        let through = move |sums: &DaySums| money(sums.through(day).unwrap_or_default());
        self.municipalities()
            .map(move |(municipality, sums)| (municipality, through(sums)))
    }

    /// What is booked: per day and municipality one amount, by day.
    pub fn amounts(&self) -> impl Iterator<Item = (Date, Municipality, Money)> {
        let amounts = self.municipalities().flat_map(|(municipality, sums)| {
            let days = sums.days();
            days.map(move |(day, cents)| (day, municipality, money(cents.into())))
        });
        let mut amounts: Vec<_> = amounts.collect();
        amounts.sort_by_key(|(day, ..)| *day);
        amounts.into_iter()
    }
}
