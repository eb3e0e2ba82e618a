//! Rules of form. The contract refuses these faults at the edge with all of them at once; here they only make sure
//! that no rule after them meets what it cannot judge.

use crate::region::{BudgetCosts, Command, KeyWeights, MergeMunicipalities, SetDistributionKey};
use crate::{Code, Date, Money, checks::Checks};
use std::collections::BTreeSet;

/// Refuses with `invalid-input`.
pub(super) fn check(command: &Command, checks: &mut Checks) {
    match command {
        Command::AdmitMunicipality(c) => first_of_january(c.from, checks),
        Command::MergeMunicipalities(c) => merger(c, checks),
        Command::DefineCostGroup(c) => {
            if let Some(threshold) = c.threshold {
                positive(threshold, checks);
            }
        }
        Command::SetDistributionKey(c) => key(c, checks),
        Command::SchedulePhaseOut(c) => {
            checks.refuse_if(c.steps.is_empty(), Code::InvalidInput, || {
                "A schedule has at least one step.".into()
            });
        }
        Command::RecordCost(c) => {
            positive(c.amount, checks);
            let joint_with_client = c.municipality.is_none() && c.client.is_some();
            checks.refuse_if(joint_with_client, Code::InvalidInput, || {
                "A cost without a municipality is a joint cost and has no client.".into()
            });
        }
        Command::CorrectCost(c) => signed(c.amount, checks),
        Command::BudgetCosts(c) => budget(c, checks),
        Command::InvoiceAdvance(c) => signed(c.amount, checks),
        Command::EstablishRegion(_)
        | Command::ReverseCost(_)
        | Command::DrawUpSettlement(_)
        | Command::ExplainRegion(_)
        | Command::CloseRegionPeriod(_) => {}
    }
}

fn merger(c: &MergeMunicipalities, checks: &mut Checks) {
    first_of_january(c.effective_on, checks);
    let ending: BTreeSet<_> = c.from.iter().collect();
    let each_once = !ending.is_empty() && ending.len() == c.from.len();
    checks.refuse_if(!each_once, Code::InvalidInput, || {
        "A merger names the members that end: at least one, each once.".into()
    });
    checks.refuse_if(ending.contains(&c.into), Code::InvalidInput, || {
        format!(
            "{} goes on as the successor, so it is not one of those that end.",
            c.into
        )
    });
}

fn key(c: &SetDistributionKey, checks: &mut Checks) {
    match &c.weights {
        KeyWeights::Given { weights, .. } => {
            let nothing = weights.values().all(|weight| weight.is_zero());
            checks.refuse_if(nothing, Code::InvalidInput, || {
                format!("The weights of key {} for {} are all zero.", c.key, c.year)
            });
        }
        KeyWeights::FromCosts(from) => {
            let years: BTreeSet<_> = from.years.iter().collect();
            let each_once = !years.is_empty() && years.len() == from.years.len();
            checks.refuse_if(!each_once, Code::InvalidInput, || {
                "Weights from costs name at least one year, each once.".into()
            });
            for year in years.range(c.year..) {
                checks.refuse(Code::InvalidInput, || {
                    format!(
                        "Weights for {} come from earlier years, and {year} is not one.",
                        c.year
                    )
                });
            }
        }
    }
}

fn budget(c: &BudgetCosts, checks: &mut Checks) {
    let nothing = c.amounts.is_empty() && c.joint.is_none();
    checks.refuse_if(nothing, Code::InvalidInput, || {
        "A budget has at least one amount.".into()
    });
    for amount in c.amounts.values().chain(&c.joint) {
        positive(*amount, checks);
    }
}

fn first_of_january(date: Date, checks: &mut Checks) {
    let (_, month, day) = date.ymd();
    checks.refuse_if((month, day) != (1, 1), Code::InvalidInput, || {
        format!("Municipalities join and merge on 1 January, and {date} is another day.")
    });
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
