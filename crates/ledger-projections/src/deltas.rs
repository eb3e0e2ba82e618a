//! What each event adds to which figure: the one place that says so.
//!
//! Reports sum these, `explain` lists them, so that an explanation sums to its figure by construction.

use ledger_domain::{
    Date, Id, Money, Year,
    programme::{Charge, CommitmentChanged, DrawDown, Event, PromiseCofinancing},
};

/// The additive parts that every figure is made of.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Part {
    /// The programme's sum.
    Authorised,
    /// Budget by allocation.
    Allocated,
    /// Budget from another project.
    TransferredIn,
    /// Budget to another project.
    TransferredOut,
    /// Budget from an earlier year.
    CarriedIn,
    /// Budget to a later year.
    CarriedOut,
    /// Budget that a closed project gave back.
    Released,
    /// Expenditure, per source.
    Spent,
    /// Open commitments, per source.
    Committed,
    /// Hoped for, per funder.
    Expected,
    /// Promised, per funder.
    Pledged,
    /// Paid, per funder.
    Received,
}

/// What one event adds to one part. It counts for the event's booking date.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Delta<'a> {
    /// The project; none for the programme's own sum.
    pub project: Option<&'a Id>,
    /// The funder; none for own money.
    pub funder: Option<&'a Id>,
    /// The year that budget or a pledge is bound to (none: any year), or an entry's year.
    pub year: Option<Year>,
    /// What it adds to.
    pub part: Part,
    /// Signed.
    pub amount: Money,
}

/// Everything that an event booked on this date adds, in no particular order; nothing for events without figures.
///
/// A receipt has no year of its own and counts in the year of its booking date, as an entry without a year does.
pub fn deltas(booking_date: Date, event: &Event) -> Vec<Delta<'_>> {
    match event {
        Event::ProgrammeEstablished(e) => vec![authorised(e.authorised)],
        Event::AuthorisationAmended(e) => vec![authorised(e.amount)],
        Event::BudgetAllocated(e) => vec![own(&e.project, e.year, Part::Allocated, e.amount)],
        Event::BudgetTransferred(e) => vec![
            own(&e.from_project, e.year, Part::TransferredOut, e.amount),
            own(&e.to_project, e.year, Part::TransferredIn, e.amount),
        ],
        Event::BudgetCarriedOver(e) => match &e.funder {
            None => vec![
                own(&e.project, Some(e.from_year), Part::CarriedOut, e.amount),
                own(&e.project, Some(e.to_year), Part::CarriedIn, e.amount),
            ],
            // A pledge that moves stays one pledge: no budget is carried, and over all years nothing changes.
            Some(funder) => [(e.from_year, e.amount.negated()), (e.to_year, e.amount)]
                .map(|(year, amount)| Delta {
                    project: Some(&e.project),
                    funder: Some(funder),
                    year: Some(year),
                    part: Part::Pledged,
                    amount,
                })
                .to_vec(),
        },
        Event::ProjectClosed(e) => {
            let released = e.released.iter();
            released
                .map(|released| own(&e.project, released.year, Part::Released, released.amount))
                .collect()
        }
        Event::CommitmentEntered(e) => {
            charged(&e.project, e.year, Part::Committed, &e.charges, Sign::Plus).collect()
        }
        Event::CommitmentRaised(e) => commitment_changed(e, Sign::Plus),
        Event::CommitmentReleased(e) => commitment_changed(e, Sign::Minus),
        Event::ExpenditurePosted(e) => {
            let used = draw_down(&e.project, e.drawn_down.as_ref(), Sign::Minus);
            charged(&e.project, e.year, Part::Spent, &e.charges, Sign::Plus)
                .chain(used)
                .collect()
        }
        Event::ExpenditureCorrected(e) => {
            let back = draw_down(&e.project, e.given_back.as_ref(), Sign::Plus);
            charged(&e.project, e.year, Part::Spent, &e.charges, Sign::Plus)
                .chain(back)
                .collect()
        }
        Event::ExpenditureReversed(e) => {
            let back = draw_down(&e.project, e.given_back.as_ref(), Sign::Plus);
            charged(&e.project, e.year, Part::Spent, &e.charges, Sign::Plus)
                .chain(back)
                .collect()
        }
        Event::CofinancingExpected(e) => vec![promised(e, Part::Expected)],
        Event::CofinancingPledged(e) => vec![promised(e, Part::Pledged)],
        Event::CofinancingReceived(e) => vec![Delta {
            project: Some(&e.project),
            funder: Some(&e.funder),
            year: Some(booking_date.year()),
            part: Part::Received,
            amount: e.amount,
        }],
        Event::ProjectOpened(_)
        | Event::ProjectReopened(_)
        | Event::ForecastRecorded(_)
        | Event::FigureExplained(_)
        | Event::PeriodClosed(_)
        | Event::ProgrammeClosed(_) => Vec::new(),
    }
}

#[derive(Clone, Copy)]
enum Sign {
    Plus,
    Minus,
}

fn authorised(amount: Money) -> Delta<'static> {
    Delta {
        project: None,
        funder: None,
        year: None,
        part: Part::Authorised,
        amount,
    }
}

fn own(project: &Id, year: Option<Year>, part: Part, amount: Money) -> Delta<'_> {
    Delta {
        project: Some(project),
        funder: None,
        year,
        part,
        amount,
    }
}

fn promised(promise: &PromiseCofinancing, part: Part) -> Delta<'_> {
    Delta {
        project: Some(&promise.project),
        funder: Some(&promise.funder),
        year: promise.year,
        part,
        amount: promise.amount,
    }
}

fn commitment_changed(change: &CommitmentChanged, sign: Sign) -> Vec<Delta<'_>> {
    charged(
        &change.project,
        change.year,
        Part::Committed,
        &change.charges,
        sign,
    )
    .collect()
}

/// What an expenditure used of its commitment, or gave back: in the commitment's year, which may be another.
fn draw_down<'a>(
    project: &'a Id,
    draw_down: Option<&'a DrawDown>,
    sign: Sign,
) -> impl Iterator<Item = Delta<'a>> {
    draw_down.into_iter().flat_map(move |draw_down| {
        charged(project, draw_down.year, Part::Committed, &draw_down.charges, sign)
    })
}

fn charged<'a>(
    project: &'a Id,
    year: Year,
    part: Part,
    charges: &'a [Charge],
    sign: Sign,
) -> impl Iterator<Item = Delta<'a>> {
    charges.iter().map(move |charge| Delta {
        project: Some(project),
        funder: Some(&charge.source).filter(|source| !source.is_programme()),
        year: Some(year),
        part,
        amount: match sign {
            Sign::Plus => charge.amount,
            Sign::Minus => charge.amount.negated(),
        },
    })
}
