//! What the figures need of an event, and nothing else: kept beside the events, so that folding millions of them reads a
//! tenth of their bytes and copies nothing.
//!
//! Only changes of entries and of costs are facts of their own: those there can be millions of. Days are days since
//! 1970-01-01, amounts are cents. Fields, variants and their order are frozen; another meaning is another version.

use ledger_domain::{
    Date, Money, Municipality, Year,
    programme::{EntryChange, EntryFact, OpenPart, Parts},
    region::{CostChange, CostFact},
};
use serde::{Deserialize, Serialize};

use crate::event::{ChargeV1, CommitmentChangedV1, DrawDownV1, Event, EventData};

/// The fact of one event. Version 1, frozen.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum FactV1<'a> {
    /// An event of the ledger's own: no figure needs it.
    Nothing,
    /// Any other event: whoever folds reads it whole.
    Whole,
    /// A change of a commitment or an expenditure.
    #[serde(borrow)]
    Entry(EntryV1<'a>),
    /// A change of a cost.
    #[serde(borrow)]
    Cost(CostV1<'a>),
}

/// A change of a commitment or an expenditure. Version 1, frozen.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct EntryV1<'a> {
    /// The programme.
    pub programme: &'a str,
    /// The booking date.
    pub day: i32,
    /// What happened.
    pub change: EntryChangeV1,
    /// The project.
    pub project: &'a str,
    /// The entry's year.
    pub year: Year,
    /// What is spent.
    pub spent: PartsV1<'a>,
    /// What changes in the open part of a commitment.
    pub open: Option<OpenPartV1<'a>>,
    /// Whether it overspends, with an explanation.
    pub overspends: bool,
    /// The task-field code, where it differs from the project's.
    pub taakveld: Option<&'a str>,
}

/// What happened to an entry. Version 1, frozen.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum EntryChangeV1 {
    /// `commitmentEntered`.
    CommitmentEntered,
    /// `commitmentRaised`.
    CommitmentRaised,
    /// `commitmentReleased`.
    CommitmentReleased,
    /// `expenditurePosted`.
    ExpenditurePosted,
    /// `expenditureCorrected`.
    ExpenditureCorrected,
    /// `expenditureReversed`.
    ExpenditureReversed,
}

/// What a commitment's open part rises or falls by. Version 1, frozen.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct OpenPartV1<'a> {
    /// The commitment.
    pub commitment: &'a str,
    /// Its year.
    pub year: Year,
    /// Positive, whether it rises or falls.
    #[serde(borrow)]
    pub parts: PartsV1<'a>,
}

/// Amounts per source. Version 1, frozen.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct PartsV1<'a> {
    /// The programme's own part.
    pub own: Option<i64>,
    /// Each funder and its part.
    #[serde(borrow)]
    pub funders: Vec<(&'a str, i64)>,
}

/// A change of a cost. Version 1, frozen.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct CostV1<'a> {
    /// The region.
    pub region: &'a str,
    /// The group.
    pub group: &'a str,
    /// The booking date.
    pub day: i32,
    /// What happened.
    pub change: CostChangeV1,
    /// The four digits of the municipality's code; none for a joint cost.
    pub municipality: Option<u16>,
    /// The client's number.
    pub client_no: Option<u32>,
    /// The year of delivery.
    pub year: Year,
    /// Signed.
    pub cents: i64,
}

/// What happened to a cost. Version 1, frozen.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum CostChangeV1 {
    /// `costRecorded`.
    Recorded,
    /// `costCorrected`.
    Corrected,
    /// `costReversed`.
    Reversed,
}

impl<'a> FactV1<'a> {
    /// The fact of an event.
    pub fn of(event: &'a Event) -> Self {
        let day = event.booking_date.epoch_days();
        match &event.data {
            EventData::LedgerOpened(_)
            | EventData::StreamHeadsRecorded(_)
            | EventData::LogKeyIntroduced(_)
            | EventData::DetailsDestroyed(_) => Self::Nothing,
            EventData::CommitmentEntered(e) => Self::Entry(EntryV1 {
                programme: e.programme.0.as_str(),
                day,
                change: EntryChangeV1::CommitmentEntered,
                project: e.project.0.as_str(),
                year: e.year,
                spent: PartsV1::default(),
                open: Some(OpenPartV1 {
                    commitment: e.commitment.0.as_str(),
                    year: e.year,
                    parts: PartsV1::of(&e.charges),
                }),
                overspends: e.overspend.0.is_positive(),
                taakveld: e.taakveld.as_deref(),
            }),
            EventData::CommitmentRaised(e) => Self::changed(day, EntryChangeV1::CommitmentRaised, e),
            EventData::CommitmentReleased(e) => Self::changed(day, EntryChangeV1::CommitmentReleased, e),
            EventData::ExpenditurePosted(e) => Self::Entry(EntryV1 {
                programme: e.programme.0.as_str(),
                day,
                change: EntryChangeV1::ExpenditurePosted,
                project: e.project.0.as_str(),
                year: e.year,
                spent: PartsV1::of(&e.charges),
                open: e.drawn_down.as_ref().map(OpenPartV1::of),
                overspends: e.overspend.0.is_positive(),
                taakveld: e.taakveld.as_deref(),
            }),
            EventData::ExpenditureCorrected(e) => Self::Entry(EntryV1 {
                programme: e.programme.0.as_str(),
                day,
                change: EntryChangeV1::ExpenditureCorrected,
                project: e.project.0.as_str(),
                year: e.year,
                spent: PartsV1::of(&e.charges),
                open: e.given_back.as_ref().map(OpenPartV1::of),
                overspends: e.overspend.0.is_positive(),
                taakveld: None,
            }),
            EventData::ExpenditureReversed(e) => Self::Entry(EntryV1 {
                programme: e.programme.0.as_str(),
                day,
                change: EntryChangeV1::ExpenditureReversed,
                project: e.project.0.as_str(),
                year: e.year,
                spent: PartsV1::of(&e.charges),
                open: e.given_back.as_ref().map(OpenPartV1::of),
                overspends: false,
                taakveld: None,
            }),
            EventData::CostRecorded(e) => Self::Cost(CostV1 {
                region: e.region.0.as_str(),
                group: e.group.0.as_str(),
                day,
                change: CostChangeV1::Recorded,
                municipality: e.municipality.as_ref().map(|code| code.0.number()),
                client_no: e.client_no,
                year: e.year,
                cents: e.amount.0.cents(),
            }),
            EventData::CostCorrected(e) => Self::Cost(CostV1 {
                region: e.region.0.as_str(),
                group: e.group.0.as_str(),
                day,
                change: CostChangeV1::Corrected,
                municipality: e.municipality.as_ref().map(|code| code.0.number()),
                client_no: e.client_no,
                year: e.year,
                cents: e.amount.0.cents(),
            }),
            EventData::CostReversed(e) => Self::Cost(CostV1 {
                region: e.region.0.as_str(),
                group: e.group.0.as_str(),
                day,
                change: CostChangeV1::Reversed,
                municipality: e.municipality.as_ref().map(|code| code.0.number()),
                client_no: e.client_no,
                year: e.year,
                cents: e.amount.0.cents(),
            }),
            _ => Self::Whole,
        }
    }

    fn changed(day: i32, change: EntryChangeV1, e: &'a CommitmentChangedV1) -> Self {
        Self::Entry(EntryV1 {
            programme: e.programme.0.as_str(),
            day,
            change,
            project: e.project.0.as_str(),
            year: e.year,
            spent: PartsV1::default(),
            open: Some(OpenPartV1 {
                commitment: e.commitment.0.as_str(),
                year: e.year,
                parts: PartsV1::of(&e.charges),
            }),
            overspends: e.overspend.0.is_positive(),
            taakveld: None,
        })
    }
}

impl<'a> EntryV1<'a> {
    /// The booking date.
    pub fn booking_date(&self) -> Date {
        Date::from_epoch_days(self.day)
    }

    /// The domain's fact; none when an amount is out of range, which no event has.
    pub fn to_domain(&self) -> Option<EntryFact<'a>> {
        Some(EntryFact {
            change: match self.change {
                EntryChangeV1::CommitmentEntered => EntryChange::CommitmentEntered,
                EntryChangeV1::CommitmentRaised => EntryChange::CommitmentRaised,
                EntryChangeV1::CommitmentReleased => EntryChange::CommitmentReleased,
                EntryChangeV1::ExpenditurePosted => EntryChange::ExpenditurePosted,
                EntryChangeV1::ExpenditureCorrected => EntryChange::ExpenditureCorrected,
                EntryChangeV1::ExpenditureReversed => EntryChange::ExpenditureReversed,
            },
            project: self.project,
            year: self.year,
            spent: self.spent.to_domain()?,
            open: match &self.open {
                None => None,
                Some(open) => Some(OpenPart {
                    commitment: open.commitment,
                    year: open.year,
                    parts: open.parts.to_domain()?,
                }),
            },
            overspends: self.overspends,
            taakveld: self.taakveld,
        })
    }
}

impl CostV1<'_> {
    /// The booking date.
    pub fn booking_date(&self) -> Date {
        Date::from_epoch_days(self.day)
    }

    /// The domain's fact; none when a number is out of range, which no event has.
    pub fn to_domain(&self) -> Option<CostFact<'_>> {
        Some(CostFact {
            change: match self.change {
                CostChangeV1::Recorded => CostChange::Recorded,
                CostChangeV1::Corrected => CostChange::Corrected,
                CostChangeV1::Reversed => CostChange::Reversed,
            },
            group: self.group,
            municipality: match self.municipality {
                None => None,
                Some(number) => Some(Municipality::from_number(number)?),
            },
            client_no: self.client_no,
            year: self.year,
            amount: Money::from_cents(self.cents)?,
        })
    }
}

impl<'a> OpenPartV1<'a> {
    fn of(draw_down: &'a DrawDownV1) -> Self {
        Self {
            commitment: draw_down.commitment.0.as_str(),
            year: draw_down.year,
            parts: PartsV1::of(&draw_down.charges),
        }
    }
}

impl<'a> PartsV1<'a> {
    fn of(charges: &'a [ChargeV1]) -> Self {
        let mut parts = Self::default();
        for charge in charges {
            let cents = charge.amount.0.cents();
            if charge.source.0.is_programme() {
                // A source stands once in an entry that was decided; a damaged tape may say anything.
                let own = parts.own.get_or_insert_default();
                *own = own.saturating_add(cents);
            } else {
                parts.funders.push((charge.source.0.as_str(), cents));
            }
        }
        parts
    }

    fn to_domain(&self) -> Option<Parts<'a>> {
        let part = |(funder, cents): &(&'a str, i64)| Some((*funder, Money::from_cents(*cents)?));
        Some(Parts {
            own: match self.own {
                None => None,
                Some(cents) => Some(Money::from_cents(cents)?),
            },
            funders: self.funders.iter().map(part).collect::<Option<_>>()?,
        })
    }
}

#[cfg(test)]
mod tests {
    use ledger_domain::Id;

    use super::*;
    use crate::value::{Cents, Name};

    #[test]
    fn a_source_that_stands_in_an_entry_again_and_again_is_held_in_range() {
        let charge = ChargeV1 {
            amount: Cents(Money::MAX),
            source: Name(Id::programme()),
        };
        let parts = PartsV1::of(&vec![charge; 200]).own;
        assert_eq!(parts, Some(i64::MAX));
    }
}
