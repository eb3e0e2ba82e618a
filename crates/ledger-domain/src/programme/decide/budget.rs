//! Budget: what the council authorised, given to projects, moved between them and to later years.

use super::case::Case;
use crate::programme::balance::money;
use crate::programme::{
    AllocateBudget, AmendAuthorisation, CarryOverBudget, Cents, Event, Project, TransferBudget, shares,
};
use crate::{Code, Id, Refusal, Year};

pub(super) fn amend_authorisation(mut case: Case, c: &AmendAuthorisation) -> Result<Event, Refusal> {
    let totals = &case.programme.totals;
    let authorised = totals.authorised + Cents::from(c.amount.cents());
    within_authorised(&mut case, authorised, totals.budgets);
    case.finish(Event::AuthorisationAmended(c.clone()))
}

pub(super) fn allocate(mut case: Case, c: &AllocateBudget) -> Result<Event, Refusal> {
    let project = case.open_project(&c.project)?;
    let amount = Cents::from(c.amount.cents());
    if amount > 0 {
        let totals = &case.programme.totals;
        within_authorised(&mut case, totals.authorised, totals.budgets + amount);
    } else {
        take_away(&mut case, &c.project, project, c.year, -amount);
    }
    case.in_range("allocated budget of the project", project.allocated + amount);
    case.finish(Event::BudgetAllocated(c.clone()))
}

pub(super) fn transfer(mut case: Case, c: &TransferBudget) -> Result<Event, Refusal> {
    let from = case.open_project(&c.from_project)?;
    case.open_project(&c.to_project)?;
    take_away(&mut case, &c.from_project, from, c.year, c.amount.cents().into());
    case.finish(Event::BudgetTransferred(c.clone()))
}

pub(super) fn carry_over(mut case: Case, c: &CarryOverBudget) -> Result<Event, Refusal> {
    let project = case.open_project(&c.project)?;
    let amount = Cents::from(c.amount.cents());
    match &c.funder {
        None => take_away(&mut case, &c.project, project, Some(c.from_year), amount),
        Some(id) => carry_over_pledge(&mut case, project, c, id),
    }
    case.finish(Event::BudgetCarriedOver(c.clone()))
}

fn carry_over_pledge(case: &mut Case, project: &Project, c: &CarryOverBudget, id: &Id) {
    let Some(funder) = project.funders.get(id) else {
        case.checks.refuse(Code::UnknownFunder, || {
            format!(
                "Funder {id} is neither expected nor pledged for project {}.",
                c.project
            )
        });
        return;
    };
    let left = funder.pledges.movable(Some(c.from_year));
    case.checks.refuse_if(Cents::from(c.amount.cents()) > left, Code::PledgeExceeded, || {
        format!(
            "Funder {id} has {} left of its pledges to project {} bound to {}, and {} would be carried over.",
            money(left),
            c.project,
            c.from_year,
            c.amount
        )
    });
    let mut carried = funder.clone();
    carried.carry_share(c.from_year, c.to_year);
    shares::check(&mut case.checks, (&c.project, project), (id, &carried));
}

fn within_authorised(case: &mut Case, authorised: Cents, budgets: Cents) {
    case.checks
        .refuse_if(budgets > authorised, Code::AuthorisationExceeded, || {
            format!(
                "The budgets of the projects would sum to {}, and {} is authorised.",
                money(budgets),
                money(authorised)
            )
        });
}

/// Refuses what is more than the project has left of the money bound to `year`, or of its multi-year money.
fn take_away(case: &mut Case, id: &Id, project: &Project, year: Option<Year>, amount: Cents) {
    let (left, total) = (project.own.movable(year), project.own.left_total());
    if amount <= left {
        return;
    }
    // Something is left when all buckets are taken together, but it is bound elsewhere.
    let code = if amount <= total {
        Code::YearBudgetExceeded
    } else {
        Code::BudgetExceeded
    };
    case.checks.refuse(code, || {
        let bucket = year.map_or("multi-year budget".into(), |year| format!("budget bound to {year}"));
        let (left, total, amount) = (money(left), money(total), money(amount));
        format!(
            "Project {id} has {left} of {bucket} available, {total} in all, and {amount} would be taken from it."
        )
    });
}
