//! The running totals of a programme, kept so that no figure ever needs more than 15 digits before the point.

use super::{Cents, EntryFact, Event};
use crate::Money;

/// Sums over all projects. Every figure of a report on all that was recorded is one of these, a part of one, or the
/// difference of two.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) struct Totals {
    pub(crate) authorised: Cents,
    pub(crate) allocated: Cents,
    pub(crate) transferred: Cents,
    pub(crate) carried: Cents,
    pub(crate) released: Cents,
    /// Budgets of all projects: `allocated - released`.
    pub(crate) budgets: Cents,
    pub(crate) expected: Cents,
    pub(crate) pledged: Cents,
    pub(crate) received: Cents,
    pub(crate) spent: Cents,
    /// The open parts of all commitments.
    pub(crate) committed: Cents,
}

impl Totals {
    /// Adds an event.
    pub(crate) fn apply(&mut self, event: &Event) {
        let cents = |amount: Money| Cents::from(amount.cents());
        match event {
            Event::ProgrammeEstablished(event) => self.authorised += cents(event.authorised),
            Event::AuthorisationAmended(event) => self.authorised += cents(event.amount),
            Event::BudgetAllocated(event) => {
                self.allocated += cents(event.amount);
                self.budgets += cents(event.amount);
            }
            Event::BudgetTransferred(event) => self.transferred += cents(event.amount),
            Event::BudgetCarriedOver(event) => self.carried += cents(event.amount),
            Event::CommitmentEntered(_)
            | Event::CommitmentRaised(_)
            | Event::CommitmentReleased(_)
            | Event::ExpenditurePosted(_)
            | Event::ExpenditureCorrected(_)
            | Event::ExpenditureReversed(_) => {
                if let Some(fact) = EntryFact::of(event) {
                    self.add(&fact);
                }
            }
            Event::CofinancingExpected(event) => self.expected += cents(event.amount),
            Event::CofinancingPledged(event) => self.pledged += cents(event.amount),
            Event::CofinancingReceived(event) => self.received += cents(event.amount),
            Event::ProjectClosed(event) => {
                let released: Cents = event.released.iter().map(|part| cents(part.amount)).sum();
                self.released += released;
                self.budgets -= released;
            }
            Event::ProjectOpened(_)
            | Event::ProjectReopened(_)
            | Event::ForecastRecorded(_)
            | Event::FigureExplained(_)
            | Event::PeriodClosed(_)
            | Event::ProgrammeClosed(_) => {}
        }
    }

    /// Adds one change of an entry.
    pub(crate) fn add(&mut self, fact: &EntryFact<'_>) {
        self.spent += fact.spent.total();
        let open = fact.open.as_ref().map_or(0, |open| open.parts.total());
        self.committed += if fact.change.frees() { -open } else { open };
    }

    /// The name of a total that does not fit in [`Money`].
    pub(crate) fn out_of_range(&self) -> Option<&'static str> {
        let all = [
            ("authorised budget", self.authorised),
            ("allocated budget", self.allocated),
            ("transferred budget", self.transferred),
            ("carried-over budget", self.carried),
            ("released budget", self.released),
            ("expected co-financing", self.expected),
            ("gross budget", self.budgets + self.pledged),
            ("received co-financing", self.received),
            (
                "sum of expenditure and open commitments",
                self.spent + self.committed,
            ),
        ];
        all.into_iter()
            .find(|(_, total)| !fits(*total))
            .map(|(name, _)| name)
    }
}

/// Whether a sum fits in [`Money`].
pub(crate) fn fits(total: Cents) -> bool {
    total.unsigned_abs() <= Money::MAX.cents().unsigned_abs().into()
}
