//! What the rules need to know of a programme, and how each event changes it.

use super::totals::Totals;
use super::{Cents, Charge, EntryFact, EstablishProgramme, Event, Funder, OverspendPolicy, Project};
use super::{PromiseCofinancing, charges};
use crate::{Date, EntryId, Id};
use std::collections::{BTreeMap, HashMap};

/// The state that commands of one programme are decided against: balances and open commitments. Entries themselves
/// are looked up, see [`Entries`](super::Entries).
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Programme {
    pub(super) overspend: OverspendPolicy,
    pub(super) starts_on: Date,
    pub(super) closed_through: Option<Date>,
    pub(super) closed: bool,
    pub(super) totals: Totals,
    pub(super) projects: BTreeMap<Id, Project>,
    /// Who pays which part of what is still open of a commitment; only of those that are open. Hashed: there can be
    /// many, and each is only looked for by its id.
    pub(super) commitments: HashMap<EntryId, Vec<Charge>>,
}

impl Programme {
    /// A programme that was just established.
    pub fn new(established: &EstablishProgramme) -> Self {
        Self {
            overspend: established.overspend,
            starts_on: established.starts_on,
            closed_through: None,
            closed: false,
            totals: Totals {
                authorised: established.authorised.cents().into(),
                ..Totals::default()
            },
            projects: BTreeMap::new(),
            commitments: HashMap::new(),
        }
    }

    /// The sum that the council authorised.
    pub fn authorised(&self) -> Cents {
        self.totals.authorised
    }

    /// The budgets of all projects together.
    pub fn budgets(&self) -> Cents {
        self.totals.budgets
    }

    /// The last closed day.
    pub fn closed_through(&self) -> Option<Date> {
        self.closed_through
    }

    /// Whether it is closed: it takes only receipts and explanations.
    pub fn is_closed(&self) -> bool {
        self.closed
    }

    /// The project with this id.
    pub fn project(&self, id: &Id) -> Option<&Project> {
        self.projects.get(id)
    }

    /// Who pays which part of what is open of a commitment; empty when nothing is.
    pub fn open_part(&self, commitment: &EntryId) -> &[Charge] {
        self.commitments.get(commitment).map_or(&[], Vec::as_slice)
    }

    /// Folds one event of this programme. Never decides and never fails: an event about a project that is not there
    /// changes nothing beyond the totals.
    pub fn apply(&mut self, event: &Event) {
        if let Some(fact) = EntryFact::of(event) {
            return self.apply_entry(&fact);
        }
        self.totals.apply(event);
        match event {
            Event::ProjectOpened(event) => {
                self.projects.insert(event.project.clone(), Project::default());
            }
            Event::ProjectReopened(event) => self.change(&event.project, |project| project.closed = false),
            Event::BudgetAllocated(event) => self.change(&event.project, |project| {
                project.allocated += Cents::from(event.amount.cents());
                project.own.bind(event.year, event.amount.cents().into());
            }),
            Event::BudgetTransferred(event) => {
                let amount = Cents::from(event.amount.cents());
                self.change(&event.from_project, |project| {
                    project.own.bind(event.year, -amount);
                });
                self.change(&event.to_project, |project| project.own.bind(event.year, amount));
            }
            Event::BudgetCarriedOver(event) => self.change(&event.project, |project| {
                let amount = Cents::from(event.amount.cents());
                let balance = match &event.funder {
                    None => &mut project.own,
                    Some(funder) => {
                        let funder = project.funders.entry(funder.clone()).or_default();
                        funder.carry_share(event.from_year, event.to_year);
                        &mut funder.pledges
                    }
                };
                balance.bind(Some(event.from_year), -amount);
                balance.bind(Some(event.to_year), amount);
            }),
            Event::CofinancingExpected(event) => self.change_funder(event, Funder::expect),
            Event::CofinancingPledged(event) => self.change_funder(event, Funder::pledge),
            Event::CofinancingReceived(event) => self.change(&event.project, |project| {
                let funder = project.funders.entry(event.funder.clone()).or_default();
                funder.received += Cents::from(event.amount.cents());
            }),
            Event::PeriodClosed(event) => self.closed_through = Some(event.through),
            Event::ProjectClosed(event) => self.change(&event.project, |project| {
                project.closed = true;
                for part in &event.released {
                    project.own.bind(part.year, -Cents::from(part.amount.cents()));
                }
            }),
            Event::ProgrammeClosed(_) => self.closed = true,
            Event::ProgrammeEstablished(_)
            | Event::AuthorisationAmended(_)
            | Event::CommitmentEntered(_)
            | Event::CommitmentRaised(_)
            | Event::CommitmentReleased(_)
            | Event::ExpenditurePosted(_)
            | Event::ExpenditureCorrected(_)
            | Event::ExpenditureReversed(_)
            | Event::ForecastRecorded(_)
            | Event::FigureExplained(_) => {}
        }
    }

    fn change(&mut self, project: &Id, change: impl FnOnce(&mut Project)) {
        if let Some(project) = self.projects.get_mut(project) {
            change(project);
        }
    }

    fn change_funder(&mut self, promise: &PromiseCofinancing, change: fn(&mut Funder, &PromiseCofinancing)) {
        self.change(&promise.project, |project| {
            change(
                project.funders.entry(promise.funder.clone()).or_default(),
                promise,
            );
        });
    }

    /// Folds one change of an entry, as [`Self::apply`] does.
    pub fn apply_entry(&mut self, fact: &EntryFact<'_>) {
        self.totals.add(fact);
        self.add_entry(fact);
    }

    fn add_entry(&mut self, fact: &EntryFact<'_>) {
        let Some(project) = self.projects.get_mut(fact.project) else {
            return;
        };
        project.spend(fact.year, &fact.spent, 1);
        let Some(open) = &fact.open else { return };
        let frees = fact.change.frees();
        let sign = if frees { -1 } else { 1 };
        project.spend(open.year, &open.parts, sign);
        project.committed += sign * open.parts.total();
        let change = open.parts.to_charges();
        match self.commitments.get_mut(open.commitment) {
            Some(charges) if frees => {
                charges::subtract(charges, &change);
                // A commitment of which nothing is open is forgotten.
                if charges.is_empty() {
                    self.commitments.remove(open.commitment);
                }
            }
            Some(charges) => charges::add(charges, &change),
            None if frees => {}
            None => {
                let mut charges = Vec::new();
                charges::add(&mut charges, &change);
                let commitment = EntryId::new(open.commitment);
                self.commitments.extend(commitment.map(|id| (id, charges)));
            }
        }
    }
}

/// Folds one event: the first establishes the programme. None when there is none yet and the event is another one.
#[must_use]
pub fn evolve(state: Option<Programme>, event: &Event) -> Option<Programme> {
    match (state, event) {
        (None, Event::ProgrammeEstablished(established)) => Some(Programme::new(established)),
        (None, _) => None,
        (Some(mut programme), event) => {
            programme.apply(event);
            Some(programme)
        }
    }
}
