//! Advances that are still to be invoiced: budgeted shares in equal terms.

use super::InvoiceAdvance;
use crate::{Date, EntryId, Money, Municipality, Year, apportion};

/// An advance to be invoiced.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PlannedAdvance {
    /// The first day of the month that the term falls in.
    pub booking_date: Date,
    /// What to ask; its id names year, municipality and term, such as `2021-GM0642-03`.
    pub advance: InvoiceAdvance,
}

/// Divides each municipality's budgeted share of a year over `terms` terms, at least one, spread over the year's
/// months. The terms sum exactly to the share; the cents that do not divide come in the first terms. Terms without an
/// amount are left out.
pub fn plan_advances(year: Year, shares: &[(Municipality, Money)], terms: u16) -> Vec<PlannedAdvance> {
    let plan = |(municipality, share): &(Municipality, Money)| {
        let parts = apportion(*share, &vec![1; usize::from(terms)]).unwrap_or_default();
        let municipality = *municipality;
        let term = move |(number, amount): (u16, Money)| {
            let month = u8::try_from(u32::from(number) * 12 / u32::from(terms)).ok()? + 1;
            let id = format!("{year}-{municipality}-{:02}", number + 1);
            Some(PlannedAdvance {
                booking_date: Date::from_ymd(year, month, 1)?,
                advance: InvoiceAdvance {
                    year,
                    municipality,
                    advance: EntryId::new(&id)?,
                    amount,
                },
            })
        };
        let due = (0..terms).zip(parts).filter(|(_, amount)| !amount.is_zero());
        due.filter_map(term).collect::<Vec<_>>()
    };
    shares.iter().flat_map(plan).collect()
}
