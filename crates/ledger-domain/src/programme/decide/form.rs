//! Rules of form. The contract refuses these faults at the edge with all of them at once; here they only make sure
//! that no rule after them meets what it cannot judge.

use crate::programme::{Charge, Command};
use crate::{Code, Id, Money, checks::Checks};
use std::collections::HashSet;

/// Refuses with `invalid-input`.
pub(super) fn check(command: &Command, checks: &mut Checks) {
    match command {
        Command::EstablishProgramme(c) => {
            positive(c.authorised, checks);
            let (starts_on, ends_on) = (c.starts_on, c.ends_on);
            checks.refuse_if(ends_on < starts_on, Code::InvalidInput, || {
                format!("The programme ends on {ends_on}, before it starts on {starts_on}.")
            });
        }
        Command::OpenProject(c) => {
            if let (Some(starts_on), Some(ends_on)) = (c.starts_on, c.ends_on) {
                checks.refuse_if(ends_on < starts_on, Code::InvalidInput, || {
                    format!(
                        "Project {} ends on {ends_on}, before it starts on {starts_on}.",
                        c.project
                    )
                });
            }
        }
        Command::AmendAuthorisation(c) => signed(c.amount, checks),
        Command::AllocateBudget(c) => signed(c.amount, checks),
        Command::TransferBudget(c) => {
            positive(c.amount, checks);
            checks.refuse_if(c.from_project == c.to_project, Code::InvalidInput, || {
                format!(
                    "A transfer goes from one project to another, and both are {}.",
                    c.to_project
                )
            });
        }
        Command::CarryOverBudget(c) => {
            positive(c.amount, checks);
            checks.refuse_if(c.to_year <= c.from_year, Code::InvalidInput, || {
                format!(
                    "A carry-over goes to a later year, and {} is not after {}.",
                    c.to_year, c.from_year
                )
            });
            if let Some(id) = &c.funder {
                funder(id, checks);
            }
        }
        Command::EnterCommitment(c) => {
            positive(c.amount, checks);
            charges(c.charges.as_deref(), positive, checks);
        }
        Command::RaiseCommitment(c) | Command::ReleaseCommitment(c) => positive(c.amount, checks),
        Command::PostExpenditure(c) => {
            positive(c.amount, checks);
            charges(c.charges.as_deref(), positive, checks);
        }
        Command::CorrectExpenditure(c) => {
            signed(c.amount, checks);
            charges(c.charges.as_deref(), signed, checks);
        }
        Command::ExpectCofinancing(c) | Command::PledgeCofinancing(c) => {
            signed(c.amount, checks);
            funder(&c.funder, checks);
        }
        Command::ReceiveCofinancing(c) => {
            signed(c.amount, checks);
            funder(&c.funder, checks);
        }
        Command::RecordForecast(c) => positive(c.amount, checks),
        Command::ReopenProject(_)
        | Command::ReverseExpenditure(_)
        | Command::ExplainFigure(_)
        | Command::ClosePeriod(_)
        | Command::CloseProject(_)
        | Command::CloseProgramme(_) => {}
    }
}

fn positive(amount: Money, checks: &mut Checks) {
    checks.refuse_if(!amount.is_positive(), Code::InvalidInput, || {
        format!("The amount {amount} is not above zero.")
    });
}

fn signed(amount: Money, checks: &mut Checks) {
    checks.refuse_if(amount.is_zero(), Code::InvalidInput, || {
        "The amount is zero, so nothing would change.".into()
    });
}

fn charges(charges: Option<&[Charge]>, each: fn(Money, &mut Checks), checks: &mut Checks) {
    let mut sources = HashSet::new();
    for charge in charges.unwrap_or_default() {
        each(charge.amount, checks);
        checks.refuse_if(!sources.insert(&charge.source), Code::InvalidInput, || {
            format!("Source {} is charged twice.", charge.source)
        });
    }
}

fn funder(id: &Id, checks: &mut Checks) {
    checks.refuse_if(id.is_programme(), Code::InvalidInput, || {
        "The programme itself is no funder: its own budget is allocated.".into()
    });
}
