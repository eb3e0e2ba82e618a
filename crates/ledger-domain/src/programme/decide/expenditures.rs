//! Expenditures: posted, corrected, reversed, and what that does to the commitment that they draw down.

use super::{case::Case, commitments::explicit, trial::Trial};
use crate::programme::balance::money;
use crate::programme::{
    Cents, Charge, CorrectExpenditure, DrawDown, EntryKind, Event, Expenditure, ExpenditureCorrected,
    ExpenditurePosted, ExpenditureReversed, PostExpenditure, Project, ReverseExpenditure, charges,
};
use crate::{Code, EntryId, Money, Refusal, Year};

pub(super) fn post(mut case: Case, c: &PostExpenditure) -> Result<Event, Refusal> {
    let project = case.open_project(&c.project)?;
    let year = c.year.unwrap_or(case.posting.booking_date.year());
    let drawn_down = draw_down(&mut case, c)?;
    case.new_entry(EntryKind::Expenditure, &c.expenditure);
    let mut trial = Trial::new(&c.project, project);
    let charges = pay(&mut case, &mut trial, c, year, drawn_down.as_ref());
    let overspend = trial.judge(&mut case, &[year]);
    case.finish(Event::ExpenditurePosted(ExpenditurePosted {
        project: c.project.clone(),
        expenditure: c.expenditure.clone(),
        amount: c.amount,
        commitment: c.commitment.clone(),
        charges,
        year,
        drawn_down,
        overspend,
        taakveld: c.taakveld.clone(),
        category: c.category.clone(),
        tags: c.tags.clone(),
    }))
}

/// What the expenditure uses of the commitment that it names: at most all that is open.
fn draw_down(case: &mut Case, c: &PostExpenditure) -> Result<Option<DrawDown>, Refusal> {
    let Some(id) = &c.commitment else {
        return Ok(None);
    };
    let commitment = case.commitment(id)?;
    let other = commitment.project != c.project;
    case.checks.refuse_if(other, Code::CommitmentOfOtherProject, || {
        format!(
            "Commitment {id} belongs to project {}, and the cost to {}.",
            commitment.project, c.project
        )
    });
    let open = case.programme.open_part(id);
    let charges = charges::in_proportion(c.amount.min(money(charges::total(open))), open);
    Ok((!other && !charges.is_empty()).then(|| DrawDown {
        commitment: id.clone(),
        year: commitment.year,
        charges,
    }))
}

/// Tries the draw-down and then the cost on the balances, and says who pays the cost.
fn pay(
    case: &mut Case,
    trial: &mut Trial,
    c: &PostExpenditure,
    year: Year,
    drawn_down: Option<&DrawDown>,
) -> Vec<Charge> {
    if let Some(drawn) = drawn_down {
        trial.unspend(drawn.year, &drawn.charges);
    }
    if let Some(given) = &c.charges {
        let charges = explicit(case, c.amount, given);
        trial.spend(year, &charges);
        return charges;
    }
    let mut charges = drawn_down.map(|drawn| drawn.charges.clone()).unwrap_or_default();
    trial.spend(year, &charges);
    let rest = money(Cents::from(c.amount.cents()) - charges::total(&charges));
    if rest.is_positive() {
        let rest = trial.by_shares(year, rest);
        trial.spend(year, &rest);
        charges::add(&mut charges, &rest);
    }
    charges
}

pub(super) fn correct(mut case: Case, c: &CorrectExpenditure) -> Result<Event, Refusal> {
    let (entry, project) = to_change(&mut case, &c.expenditure)?;
    case.new_entry(EntryKind::Correction, &c.correction);
    let mut trial = Trial::new(&entry.project, project);
    let charges = match &c.charges {
        Some(given) => explicit(&mut case, c.amount, given),
        None => in_kind(&trial, &entry, c.amount),
    };
    trial.spend(entry.year, &charges);
    stays_above_zero(&mut case, c, &entry, &charges);
    let net = money(charges::total(&entry.charges) + Cents::from(c.amount.cents())).or_zero();
    // No more was drawn than the entry costs: upward nothing goes back, downward what the entry no longer needs.
    let given_back = give_back(&mut trial, &entry, net);
    let overspend = trial.judge(&mut case, &years(&entry));
    case.finish(Event::ExpenditureCorrected(ExpenditureCorrected {
        project: entry.project,
        expenditure: c.expenditure.clone(),
        correction: c.correction.clone(),
        amount: c.amount,
        charges,
        year: entry.year,
        given_back,
        overspend,
    }))
}

pub(super) fn reverse(mut case: Case, c: &ReverseExpenditure) -> Result<Event, Refusal> {
    let (entry, project) = to_change(&mut case, &c.expenditure)?;
    let mut trial = Trial::new(&entry.project, project);
    let charges = charges::negated(&entry.charges);
    trial.spend(entry.year, &charges);
    let given_back = give_back(&mut trial, &entry, Money::ZERO);
    // What the commitment takes back can be own money where a funder paid the cost: that too must be available.
    trial.judge(&mut case, &years(&entry));
    case.finish(Event::ExpenditureReversed(ExpenditureReversed {
        expenditure: c.expenditure.clone(),
        amount: money(charges::total(&charges)),
        charges,
        year: entry.year,
        given_back,
        project: entry.project,
    }))
}

fn to_change<'a>(case: &mut Case<'a>, id: &EntryId) -> Result<(Expenditure, &'a Project), Refusal> {
    let entry = case.expenditure(id)?;
    let project = case.open_project(&entry.project)?;
    case.not_before_entry(id, entry.booking_date);
    case.checks.refuse_if(entry.reversed, Code::AlreadyReversed, || {
        format!("Expenditure {id} was reversed and changes no more.")
    });
    Ok((entry, project))
}

/// A correction that nothing was said of goes to the sources that pay the entry now, or paid it first.
fn in_kind(trial: &Trial, entry: &Expenditure, amount: Money) -> Vec<Charge> {
    let over = if entry.charges.is_empty() {
        &entry.original
    } else {
        &entry.charges
    };
    let charges = charges::in_proportion(amount, over);
    if amount.is_positive() {
        trial.capped(entry.year, charges)
    } else {
        charges
    }
}

fn stays_above_zero(case: &mut Case, c: &CorrectExpenditure, entry: &Expenditure, change: &[Charge]) {
    let total = charges::total(&entry.charges);
    case.checks
        .refuse_if(total + Cents::from(c.amount.cents()) < 0, Code::BelowZero, || {
            format!(
                "Expenditure {} stands at {}, and {} would bring it below zero.",
                c.expenditure,
                money(total),
                c.amount
            )
        });
    for Charge { source, amount } in change {
        let pays = charges::part_of(&entry.charges, source);
        case.checks
            .refuse_if(pays + Cents::from(amount.cents()) < 0, Code::BelowZero, || {
                format!(
                    "Source {source} pays {} of expenditure {}, and {amount} would bring it below zero.",
                    money(pays),
                    c.expenditure
                )
            });
    }
}

/// What goes back to the open part of the commitment when the entry keeps no more than `keeps` of it: to the sources
/// that it was drawn from, with own money in the place of what a funder has not left any more.
fn give_back(trial: &mut Trial, entry: &Expenditure, keeps: Money) -> Option<DrawDown> {
    let drawn = entry.drawn_down.as_ref()?;
    let back = money(charges::total(&drawn.charges) - Cents::from(keeps.cents()));
    if !back.is_positive() {
        return None;
    }
    let charges = trial.capped(drawn.year, charges::in_proportion(back, &drawn.charges));
    trial.spend(drawn.year, &charges);
    Some(DrawDown {
        commitment: drawn.commitment.clone(),
        year: drawn.year,
        charges,
    })
}

/// The years that a change of the entry may use more of: its own, and that of its commitment.
fn years(entry: &Expenditure) -> Vec<Year> {
    let commitment = entry.drawn_down.as_ref().map(|drawn| drawn.year);
    [entry.year].into_iter().chain(commitment).collect()
}
