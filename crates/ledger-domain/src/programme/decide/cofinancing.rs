//! Co-financing: what funders are expected to pay, what they pledged, what came in.

use super::case::Case;
use crate::programme::balance::money;
use crate::programme::{
    Cents, EntryKind, Event, Funder, Project, PromiseCofinancing, ReceiveCofinancing, shares,
};
use crate::{Code, Refusal, Year};

pub(super) fn expect(mut case: Case, c: &PromiseCofinancing) -> Result<Event, Refusal> {
    let project = case.open_project(&c.project)?;
    let funder = project.funders.get(&c.funder).cloned().unwrap_or_default();
    let before = funder.expected(c.year);
    case.checks.refuse_if(
        before + Cents::from(c.amount.cents()) < 0,
        Code::BelowZero,
        || {
            format!(
                "Of funder {} {} is expected for project {}{}, and it would change by {}.",
                c.funder,
                money(before),
                c.project,
                bucket(c.year),
                c.amount
            )
        },
    );
    check_shares(&mut case, project, c, funder);
    case.finish(Event::CofinancingExpected(c.clone()))
}

pub(super) fn pledge(mut case: Case, c: &PromiseCofinancing) -> Result<Event, Refusal> {
    let project = case.open_project(&c.project)?;
    let funder = project.funders.get(&c.funder).cloned().unwrap_or_default();
    let left = funder.pledges.movable(c.year);
    // A pledge can be lowered by what is neither charged nor reserved.
    case.checks.refuse_if(
        -Cents::from(c.amount.cents()) > left,
        Code::PledgeExceeded,
        || {
            format!(
                "Funder {} has {} left of its pledges to project {}{}, and they would be lowered by {}.",
                c.funder,
                money(left),
                c.project,
                bucket(c.year),
                c.amount.abs()
            )
        },
    );
    check_shares(&mut case, project, c, funder);
    case.finish(Event::CofinancingPledged(c.clone()))
}

pub(super) fn receive(mut case: Case, c: &ReceiveCofinancing) -> Result<Event, Refusal> {
    let project = case.project(&c.project)?;
    case.new_entry(EntryKind::Receipt, &c.receipt);
    match project.funders.get(&c.funder) {
        None => case.checks.refuse(Code::UnknownFunder, || {
            format!(
                "Funder {} is neither expected nor pledged for project {}.",
                c.funder, c.project
            )
        }),
        Some(funder) => {
            let received = funder.received;
            case.checks.refuse_if(
                received + Cents::from(c.amount.cents()) < 0,
                Code::BelowZero,
                || {
                    format!(
                        "Funder {} paid {} for project {} and cannot be repaid {}.",
                        c.funder,
                        money(received),
                        c.project,
                        c.amount.abs()
                    )
                },
            );
        }
    }
    case.finish(Event::CofinancingReceived(c.clone()))
}

fn check_shares(case: &mut Case, project: &Project, c: &PromiseCofinancing, mut funder: Funder) {
    if c.share.is_some() {
        funder.give_share(c);
        shares::check(&mut case.checks, (&c.project, project), (&c.funder, &funder));
    }
}

fn bucket(year: Option<Year>) -> String {
    year.map_or(" for any year".into(), |year| format!(" bound to {year}"))
}
