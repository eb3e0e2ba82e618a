//! What an entry adds, and nothing else: balances and figures are sums of these, whatever else its event tells.
//!
//! There can be millions, so a fact borrows its names: it is made of an event in memory, or of the bytes that are kept
//! of one, and both are folded by the same code.

use super::{Cents, Charge, CommitmentChanged, DrawDown, Event};
use crate::{Id, Money, Year, id::OWN};

/// What happened to an entry.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum EntryChange {
    /// A commitment reserves budget.
    CommitmentEntered,
    /// A commitment reserves more.
    CommitmentRaised,
    /// A commitment reserves less.
    CommitmentReleased,
    /// A cost was booked.
    ExpenditurePosted,
    /// A booked cost went up or down.
    ExpenditureCorrected,
    /// What was left of a booked cost was undone.
    ExpenditureReversed,
}

/// A change of a commitment or an expenditure.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct EntryFact<'a> {
    /// What happened.
    pub change: EntryChange,
    /// The project's id.
    pub project: &'a str,
    /// The entry's year.
    pub year: Year,
    /// What is spent, per source; nothing for a change of a commitment.
    pub spent: Parts<'a>,
    /// What changes in the open part of a commitment.
    pub open: Option<OpenPart<'a>>,
    /// Whether own charges exceed the available budget, with an explanation.
    pub overspends: bool,
    /// The task-field code, where it differs from the project's.
    pub taakveld: Option<&'a str>,
}

/// By how much the open part of a commitment rises or falls; which of the two, the change tells.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct OpenPart<'a> {
    /// The commitment's id.
    pub commitment: &'a str,
    /// The commitment's year, which may differ from the entry's.
    pub year: Year,
    /// Per source, positive in either direction.
    pub parts: Parts<'a>,
}

/// Amounts per source. Nearly every entry is own money alone, which takes no memory of its own.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Parts<'a> {
    /// The programme's own part.
    pub own: Option<Money>,
    /// Each funder and its part.
    pub funders: Vec<(&'a str, Money)>,
}

impl EntryChange {
    /// Whether it lowers what is open of a commitment; else it raises it, when it changes it.
    pub const fn frees(self) -> bool {
        matches!(self, Self::CommitmentReleased | Self::ExpenditurePosted)
    }

    /// Whether a new entry begins with it, and not a change of an earlier one.
    pub const fn begins(self) -> bool {
        matches!(self, Self::CommitmentEntered | Self::ExpenditurePosted)
    }

    /// Whether it can add to what an entry costs, so that it is judged by the project's end and budget.
    pub const fn adds(self) -> bool {
        !matches!(self, Self::CommitmentReleased | Self::ExpenditureReversed)
    }
}

impl<'a> EntryFact<'a> {
    /// The fact of an entry's event; none for other events.
    pub fn of(event: &'a Event) -> Option<Self> {
        Some(match event {
            Event::CommitmentEntered(e) => Self {
                taakveld: e.taakveld.as_deref(),
                ..Self::committed(
                    EntryChange::CommitmentEntered,
                    e.project.as_str(),
                    OpenPart {
                        commitment: e.commitment.as_str(),
                        year: e.year,
                        parts: Parts::of(&e.charges),
                    },
                    e.overspend,
                )
            },
            Event::CommitmentRaised(e) => Self::changed(EntryChange::CommitmentRaised, e),
            Event::CommitmentReleased(e) => Self::changed(EntryChange::CommitmentReleased, e),
            Event::ExpenditurePosted(e) => Self {
                change: EntryChange::ExpenditurePosted,
                project: e.project.as_str(),
                year: e.year,
                spent: Parts::of(&e.charges),
                open: e.drawn_down.as_ref().map(OpenPart::of),
                overspends: e.overspend.is_positive(),
                taakveld: e.taakveld.as_deref(),
            },
            Event::ExpenditureCorrected(e) => Self {
                change: EntryChange::ExpenditureCorrected,
                project: e.project.as_str(),
                year: e.year,
                spent: Parts::of(&e.charges),
                open: e.given_back.as_ref().map(OpenPart::of),
                overspends: e.overspend.is_positive(),
                taakveld: None,
            },
            Event::ExpenditureReversed(e) => Self {
                change: EntryChange::ExpenditureReversed,
                project: e.project.as_str(),
                year: e.year,
                spent: Parts::of(&e.charges),
                open: e.given_back.as_ref().map(OpenPart::of),
                overspends: false,
                taakveld: None,
            },
            _ => return None,
        })
    }

    fn changed(change: EntryChange, e: &'a CommitmentChanged) -> Self {
        let open = OpenPart {
            commitment: e.commitment.as_str(),
            year: e.year,
            parts: Parts::of(&e.charges),
        };
        Self::committed(change, e.project.as_str(), open, e.overspend)
    }

    fn committed(change: EntryChange, project: &'a str, open: OpenPart<'a>, overspend: Money) -> Self {
        Self {
            change,
            project,
            year: open.year,
            spent: Parts::default(),
            open: Some(open),
            overspends: overspend.is_positive(),
            taakveld: None,
        }
    }
}

impl<'a> OpenPart<'a> {
    fn of(draw_down: &'a DrawDown) -> Self {
        Self {
            commitment: draw_down.commitment.as_str(),
            year: draw_down.year,
            parts: Parts::of(&draw_down.charges),
        }
    }
}

impl<'a> Parts<'a> {
    /// The parts of charges.
    pub fn of(charges: &'a [Charge]) -> Self {
        let mut parts = Self::default();
        for charge in charges {
            parts.add(charge.source.as_str(), charge.amount);
        }
        parts
    }

    /// Adds the part of a source.
    pub fn add(&mut self, source: &'a str, amount: Money) {
        if source == OWN {
            let own = self.own.get_or_insert_default();
            *own = own.checked_add(amount).unwrap_or(Money::MAX);
        } else {
            self.funders.push((source, amount));
        }
    }

    /// The sum of all parts.
    pub(super) fn total(&self) -> Cents {
        self.iter().map(|(_, amount)| Cents::from(amount.cents())).sum()
    }

    /// The parts as charges.
    pub(super) fn to_charges(&self) -> Vec<Charge> {
        let own = self.own.map(|amount| (Id::programme(), amount));
        let funders = self.funders.iter();
        let funders = funders.filter_map(|(funder, amount)| Some((Id::new(funder)?, *amount)));
        let charges = own.into_iter().chain(funders);
        charges
            .map(|(source, amount)| Charge { source, amount })
            .collect()
    }

    /// Each part; own money is no funder's.
    pub fn iter(&self) -> impl Iterator<Item = (Option<&'a str>, Money)> + use<'_, 'a> {
        let own = self.own.map(|amount| (None, amount));
        let funders = self.funders.iter();
        own.into_iter()
            .chain(funders.map(|(funder, amount)| (Some(*funder), *amount)))
    }
}
