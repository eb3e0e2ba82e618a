//! Commitments: reserved, raised, released.

use super::{case::Case, trial::Trial};
use crate::programme::balance::money;
use crate::programme::{
    Cents, ChangeCommitment, Charge, Commitment, CommitmentChanged, CommitmentEntered, EnterCommitment,
    EntryKind, Event, Project, charges,
};
use crate::{Code, Money, Refusal};

pub(super) fn enter(mut case: Case, c: &EnterCommitment) -> Result<Event, Refusal> {
    let project = case.open_project(&c.project)?;
    case.new_entry(EntryKind::Commitment, &c.commitment);
    let year = c.year.unwrap_or(case.posting.booking_date.year());
    let mut trial = Trial::new(&c.project, project);
    let charges = match &c.charges {
        Some(charges) => explicit(&mut case, c.amount, charges),
        None => trial.by_shares(year, c.amount),
    };
    trial.spend(year, &charges);
    let overspend = trial.judge(&mut case, &[year]);
    case.finish(Event::CommitmentEntered(CommitmentEntered {
        project: c.project.clone(),
        commitment: c.commitment.clone(),
        amount: c.amount,
        charges,
        year,
        overspend,
        taakveld: c.taakveld.clone(),
        category: c.category.clone(),
        tags: c.tags.clone(),
    }))
}

pub(super) fn raise(mut case: Case, c: &ChangeCommitment) -> Result<Event, Refusal> {
    let (commitment, project) = to_change(&mut case, c)?;
    let open = case.programme.open_part(&c.commitment);
    let over = if open.is_empty() {
        &commitment.original
    } else {
        open
    };
    let mut trial = Trial::new(&commitment.project, project);
    let charges = trial.capped(commitment.year, charges::in_proportion(c.amount, over));
    trial.spend(commitment.year, &charges);
    let overspend = trial.judge(&mut case, &[commitment.year]);
    case.finish(Event::CommitmentRaised(changed(
        c,
        &commitment,
        charges,
        overspend,
    )))
}

pub(super) fn release(mut case: Case, c: &ChangeCommitment) -> Result<Event, Refusal> {
    let (commitment, _) = to_change(&mut case, c)?;
    let open = case.programme.open_part(&c.commitment);
    let total = charges::total(open);
    case.checks.refuse_if(
        Cents::from(c.amount.cents()) > total,
        Code::CommitmentExceeded,
        || {
            format!(
                "Commitment {} has {} open, and {} would be released.",
                c.commitment,
                money(total),
                c.amount
            )
        },
    );
    let charges = charges::in_proportion(c.amount, open);
    case.finish(Event::CommitmentReleased(changed(
        c,
        &commitment,
        charges,
        Money::ZERO,
    )))
}

fn to_change<'a>(case: &mut Case<'a>, c: &ChangeCommitment) -> Result<(Commitment, &'a Project), Refusal> {
    let commitment = case.commitment(&c.commitment)?;
    let project = case.open_project(&commitment.project)?;
    case.not_before_entry(&c.commitment, commitment.booking_date);
    Ok((commitment, project))
}

fn changed(
    c: &ChangeCommitment,
    of: &Commitment,
    charges: Vec<Charge>,
    overspend: Money,
) -> CommitmentChanged {
    CommitmentChanged {
        project: of.project.clone(),
        commitment: c.commitment.clone(),
        amount: c.amount,
        charges,
        year: of.year,
        overspend,
    }
}

/// Charges as the client gave them, in byte order of the source; they must sum to the amount.
pub(super) fn explicit(case: &mut Case, amount: Money, given: &[Charge]) -> Vec<Charge> {
    let total = charges::total(given);
    case.checks
        .refuse_if(total != amount.cents().into(), Code::ChargesDoNotAddUp, || {
            format!("The charges sum to {}, and the amount is {amount}.", money(total))
        });
    charges::sorted(given)
}
