//! What an entry would do to the balances of its project, tried on copies of those that it touches.

use super::case::Case;
use crate::programme::balance::money;
use crate::programme::{Cents, Charge, OverspendPolicy, Project, YearBound, charges, shares};
use crate::{Code, Id, Money, Year};

pub(super) struct Trial<'a> {
    id: &'a Id,
    project: &'a Project,
    /// The balances that the entry touches, as it would leave them. An unknown funder has an empty one.
    touched: Vec<(Id, YearBound)>,
}

impl<'a> Trial<'a> {
    pub(super) fn new(id: &'a Id, project: &'a Project) -> Self {
        let touched = Vec::new();
        Self { id, project, touched }
    }

    /// Entries of this year use so much more; charges may be signed.
    pub(super) fn spend(&mut self, year: Year, charges: &[Charge]) {
        for charge in charges {
            self.change(&charge.source, year, charge.amount.cents().into());
        }
    }

    /// Entries of this year use so much less.
    pub(super) fn unspend(&mut self, year: Year, charges: &[Charge]) {
        for charge in charges {
            self.change(&charge.source, year, -Cents::from(charge.amount.cents()));
        }
    }

    fn change(&mut self, source: &Id, year: Year, amount: Cents) {
        if let Some((_, balance)) = self.touched.iter_mut().find(|(touched, _)| touched == source) {
            balance.spend(year, amount);
        } else {
            let mut balance = self.project.balance(source).cloned().unwrap_or_default();
            balance.spend(year, amount);
            self.touched.push((source.clone(), balance));
        }
    }

    fn left_for(&self, source: &Id, year: Year) -> Cents {
        let touched = self.touched.iter().find(|(touched, _)| touched == source);
        let balance = touched
            .map(|(_, balance)| balance)
            .or_else(|| self.project.balance(source));
        balance.map_or(0, |balance| balance.left_for(year))
    }

    /// Who pays an amount that nothing was said of: funders by their shares, never beyond what is left, then own.
    pub(super) fn by_shares(&self, year: Year, amount: Money) -> Vec<Charge> {
        self.capped(year, shares::divide(self.project, year, amount))
    }

    /// The same charges, with own money in the place of what funders have not left. None are below zero.
    pub(super) fn capped(&self, year: Year, mut charges: Vec<Charge>) -> Vec<Charge> {
        let mut rest = 0;
        for charge in charges.iter_mut().filter(|charge| !charge.source.is_programme()) {
            let left = money(self.left_for(&charge.source, year)).or_zero();
            let pays = left.min(charge.amount);
            rest += Cents::from(charge.amount.cents()) - Cents::from(pays.cents());
            charge.amount = pays;
        }
        charges::add(&mut charges, &[Charge::new(&Id::programme(), money(rest))]);
        charges
    }

    /// Refuses what uses more than is left, and gives the part of own money that was taken beyond what was available,
    /// with an explanation. `years` are those that the entry may use more of.
    ///
    /// Only a use that rises is judged: an entry that takes the place of its commitment may keep an overspend that is
    /// there already. It rises for a year when it leaves less for that year than there was.
    pub(super) fn judge(&self, case: &mut Case, years: &[Year]) -> Money {
        let mut overspend = Money::ZERO;
        for (source, after) in &self.touched {
            let Some(before) = self.project.balance(source) else {
                case.checks.refuse(Code::UnknownFunder, || {
                    format!(
                        "Funder {source} is neither expected nor pledged for project {}.",
                        self.id
                    )
                });
                continue;
            };
            for year in years {
                let (left, then) = (before.left_for(*year), after.left_for(*year));
                let asked = left - then;
                if asked <= 0 || then >= 0 {
                    continue;
                }
                if source.is_programme() {
                    self.judge_own(case, *year, before, after);
                    overspend = overspend.max(money(asked.min(-then)));
                } else {
                    case.checks.refuse(Code::PledgeExceeded, || {
                        let (left, asked) = (money(left), money(asked));
                        format!(
                            "Funder {source} has {left} left of its pledges to project {} for {year}, and {asked} is asked.",
                            self.id
                        )
                    });
                }
            }
        }
        overspend
    }

    /// Own money would go below what is available for `year`.
    fn judge_own(&self, case: &mut Case, year: Year, before: &YearBound, after: &YearBound) {
        let (left, asked) = (
            before.left_for(year),
            before.left_for(year) - after.left_for(year),
        );
        let code = match case.programme.overspend {
            OverspendPolicy::Explain if case.posting.explained => return,
            OverspendPolicy::Explain => Code::ExplanationRequired,
            OverspendPolicy::Refuse if after.left_total() >= 0 => Code::YearBudgetExceeded,
            OverspendPolicy::Refuse => Code::BudgetExceeded,
        };
        case.checks.refuse(code, || {
            let (id, elsewhere) = (self.id, money(after.left_total() - after.left_for(year)));
            let (left, asked) = (money(left), money(asked));
            let rest = match code {
                Code::YearBudgetExceeded => format!("; {elsewhere} more is bound to other years"),
                Code::ExplanationRequired => "; an overspend needs an explanation".into(),
                _ => String::new(),
            };
            format!("Project {id} has {left} of own budget available for {year}, and {asked} is asked{rest}.")
        });
    }
}
