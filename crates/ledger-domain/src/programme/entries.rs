//! Entries as a programme's rules see them: the state of one expenditure or commitment, looked up by its id.
//!
//! A programme can have a million entries, so its state does not hold them. Whoever calls `decide` finds an entry's
//! events under the keys that [`Event::entry_keys`] names and folds them here.

use super::{Charge, CommitmentEntered, DrawDown, Event, ExpenditurePosted, balance::money, charges};
use crate::{Date, EntryId, Id, Year};
use std::collections::{HashMap, HashSet};

/// The kinds of entries; an id is unique per kind in its programme.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum EntryKind {
    /// A booked cost.
    Expenditure,
    /// A contract or order.
    Commitment,
    /// A correction of an expenditure.
    Correction,
    /// Money received from a funder.
    Receipt,
}

/// Finds the entries of one programme.
pub trait Entries {
    /// The expenditure, folded from every event under its key.
    fn expenditure(&self, id: &EntryId) -> Option<Expenditure>;
    /// The commitment as entered, from the first event under its key.
    fn commitment(&self, id: &EntryId) -> Option<Commitment>;
    /// Whether an entry of this kind has this id.
    fn is_taken(&self, kind: EntryKind, id: &EntryId) -> bool;
}

/// One expenditure with all that was corrected and reversed.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Expenditure {
    /// Its project.
    pub project: Id,
    /// The year of delivery.
    pub year: Year,
    /// Corrections and reversals are not dated before this day.
    pub booking_date: Date,
    /// Who paid which part when it was posted.
    pub original: Vec<Charge>,
    /// Who pays which part now: positive parts only, in byte order of the source.
    pub charges: Vec<Charge>,
    /// What it still holds of its commitment; none when it holds nothing.
    pub drawn_down: Option<DrawDown>,
    /// Whether it was reversed; a reversed expenditure takes no corrections.
    pub reversed: bool,
}

impl Expenditure {
    /// Folds one event found under this expenditure's key; other events change nothing.
    #[must_use]
    pub fn evolve(state: Option<Self>, booking_date: Date, event: &Event) -> Option<Self> {
        match (state, event) {
            (_, Event::ExpenditurePosted(posted)) => Some(Self::posted(booking_date, posted)),
            (Some(mut entry), Event::ExpenditureCorrected(corrected)) => {
                entry.change(&corrected.charges, corrected.given_back.as_ref());
                Some(entry)
            }
            (Some(mut entry), Event::ExpenditureReversed(reversed)) => {
                entry.change(&reversed.charges, reversed.given_back.as_ref());
                entry.reversed = true;
                Some(entry)
            }
            (state, _) => state,
        }
    }

    fn posted(booking_date: Date, posted: &ExpenditurePosted) -> Self {
        Self {
            project: posted.project.clone(),
            year: posted.year,
            booking_date,
            original: posted.charges.clone(),
            charges: posted.charges.clone(),
            drawn_down: posted.drawn_down.clone(),
            reversed: false,
        }
    }

    fn change(&mut self, change: &[Charge], given_back: Option<&DrawDown>) {
        charges::add(&mut self.charges, change);
        let (Some(drawn), Some(back)) = (&mut self.drawn_down, given_back) else {
            return;
        };
        // The event says what went back to the commitment, where own money may have taken a funder's place. What
        // this expenditure holds of it falls in proportion, whoever took it over there.
        let back = money(charges::total(&back.charges));
        let fallen = charges::in_proportion(back, &drawn.charges);
        charges::subtract(&mut drawn.charges, &fallen);
        if drawn.charges.is_empty() {
            self.drawn_down = None;
        }
    }
}

/// One commitment as it was entered. What is still open of it is part of the programme's state.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Commitment {
    /// Its project.
    pub project: Id,
    /// The year of delivery.
    pub year: Year,
    /// Raises and releases are not dated before this day.
    pub booking_date: Date,
    /// Who pays which part of the first amount.
    pub original: Vec<Charge>,
}

impl Commitment {
    /// The commitment that this event entered.
    pub fn entered(booking_date: Date, entered: &CommitmentEntered) -> Self {
        Self {
            project: entered.project.clone(),
            year: entered.year,
            booking_date,
            original: entered.charges.clone(),
        }
    }
}

impl Event {
    /// The entries that this event makes or changes: whoever finds events by these keys can fold every entry.
    pub fn entry_keys(&self) -> impl Iterator<Item = (EntryKind, &EntryId)> {
        let keys = match self {
            Self::ExpenditurePosted(event) => [Some((EntryKind::Expenditure, &event.expenditure)), None],
            Self::ExpenditureCorrected(event) => [
                Some((EntryKind::Expenditure, &event.expenditure)),
                Some((EntryKind::Correction, &event.correction)),
            ],
            Self::ExpenditureReversed(event) => [Some((EntryKind::Expenditure, &event.expenditure)), None],
            Self::CommitmentEntered(event) => [Some((EntryKind::Commitment, &event.commitment)), None],
            Self::CofinancingReceived(event) => [Some((EntryKind::Receipt, &event.receipt)), None],
            _ => [None, None],
        };
        keys.into_iter().flatten()
    }
}

/// Every entry of one programme in memory: for tests and small tools.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct EntryMap {
    expenditures: HashMap<EntryId, Expenditure>,
    commitments: HashMap<EntryId, Commitment>,
    others: HashSet<(EntryKind, EntryId)>,
}

impl EntryMap {
    /// Folds one event of the programme.
    pub fn apply(&mut self, booking_date: Date, event: &Event) {
        for (kind, id) in event.entry_keys() {
            match (kind, event) {
                (EntryKind::Expenditure, _) => {
                    let folded = Expenditure::evolve(self.expenditures.remove(id), booking_date, event);
                    self.expenditures.extend(folded.map(|entry| (id.clone(), entry)));
                }
                (EntryKind::Commitment, Event::CommitmentEntered(entered)) => {
                    self.commitments
                        .insert(id.clone(), Commitment::entered(booking_date, entered));
                }
                _ => {
                    self.others.insert((kind, id.clone()));
                }
            }
        }
    }
}

impl Entries for EntryMap {
    fn expenditure(&self, id: &EntryId) -> Option<Expenditure> {
        self.expenditures.get(id).cloned()
    }

    fn commitment(&self, id: &EntryId) -> Option<Commitment> {
        self.commitments.get(id).cloned()
    }

    fn is_taken(&self, kind: EntryKind, id: &EntryId) -> bool {
        match kind {
            EntryKind::Expenditure => self.expenditures.contains_key(id),
            EntryKind::Commitment => self.commitments.contains_key(id),
            EntryKind::Correction | EntryKind::Receipt => self.others.contains(&(kind, id.clone())),
        }
    }
}
