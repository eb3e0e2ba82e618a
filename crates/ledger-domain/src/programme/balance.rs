//! The one idea behind budgets and pledges: money of which a part is bound to years, and what entries use of it.

use crate::{Money, Year};

/// A running sum in cents. 128 bits, so that no number of amounts can overflow it.
pub type Cents = i128;

/// The sum as money. Sums beyond [`Money::MAX`] are held there; `decide` lets none come to be.
pub(crate) fn money(cents: Cents) -> Money {
    let limit = i128::from(Money::MAX.cents());
    i64::try_from(cents.clamp(-limit, limit))
        .ok()
        .and_then(Money::from_cents)
        .unwrap_or_default()
}

/// Own budget of a project, or one funder's pledges to it: part bound to years, part multi-year, and what is used.
///
/// An entry uses money bound to its own year first and multi-year money for the rest (the *excess* of that year).
/// Used means spent and reserved: for own money `spentOwn + committedOwn`, for a funder `charged + reserved`.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct YearBound {
    multi_year: Cents,
    /// In ascending order; a plain list, since a programme spans a few years and copies are made to try entries on.
    years: Vec<OneYear>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
struct OneYear {
    year: Year,
    bound: Cents,
    used: Cents,
}

impl OneYear {
    fn left(&self) -> Cents {
        self.bound - self.used
    }
}

impl YearBound {
    /// Adds money, or takes it away below zero; bound to a year, or multi-year without one.
    pub(crate) fn bind(&mut self, year: Option<Year>, amount: Cents) {
        match year {
            Some(year) => self.change_year(year, |of| of.bound += amount),
            None => self.multi_year += amount,
        }
    }

    /// Entries of this year use so much more, or less below zero.
    pub(crate) fn spend(&mut self, year: Year, amount: Cents) {
        self.change_year(year, |of| of.used += amount);
    }

    fn change_year(&mut self, year: Year, change: impl FnOnce(&mut OneYear)) {
        let at = self.years.partition_point(|of| of.year < year);
        if self.years.get(at).is_none_or(|of| of.year != year) {
            let (bound, used) = (0, 0);
            self.years.insert(at, OneYear { year, bound, used });
        }
        self.years.get_mut(at).map(change);
    }

    fn year(&self, year: Year) -> Option<&OneYear> {
        self.years.iter().find(|of| of.year == year)
    }

    /// The money bound to this year, or the multi-year money.
    pub fn bound(&self, year: Option<Year>) -> Cents {
        year.map_or(self.multi_year, |year| self.year(year).map_or(0, |of| of.bound))
    }

    /// All money, whatever it is bound to.
    pub fn bound_total(&self) -> Cents {
        self.multi_year + self.years.iter().map(|of| of.bound).sum::<Cents>()
    }

    /// What entries of this year use.
    pub fn used(&self, year: Year) -> Cents {
        self.year(year).map_or(0, |of| of.used)
    }

    /// What entries of all years use.
    pub fn used_total(&self) -> Cents {
        self.years.iter().map(|of| of.used).sum()
    }

    /// What entries of this year leave of the money bound to it; below zero by what they use of multi-year money.
    pub fn left_of_year(&self, year: Year) -> Cents {
        self.year(year).map_or(0, OneYear::left)
    }

    /// What the excess of all years leaves of the multi-year money; below zero when there is an overspend.
    pub fn left_unbound(&self) -> Cents {
        self.multi_year + self.years.iter().map(|of| of.left().min(0)).sum::<Cents>()
    }

    /// What an entry of this year can use: the rest of that year's money, and of the multi-year money.
    pub fn left_for(&self, year: Year) -> Cents {
        self.left_of_year(year).max(0) + self.left_unbound()
    }

    /// All that is left, whatever it is bound to; below zero when there is an overspend.
    pub fn left_total(&self) -> Cents {
        self.multi_year + self.years.iter().map(OneYear::left).sum::<Cents>()
    }

    /// What can be taken away of the money bound to this year, or of the multi-year money. Never below zero.
    pub fn movable(&self, year: Option<Year>) -> Cents {
        year.map_or(self.left_unbound(), |year| self.left_of_year(year))
            .max(0)
    }

    /// The years that money is bound to or entries are of, in ascending order.
    pub fn years(&self) -> impl Iterator<Item = Year> {
        self.years.iter().map(|of| of.year)
    }
}
