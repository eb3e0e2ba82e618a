//! What each event adds to which figure: the one place that says so.
//!
//! Reports sum these, `explain` lists them, so that an explanation sums to its figure by construction.

use ledger_domain::{
    Date, Money, Year,
    programme::{EntryFact, Event, PromiseCofinancing},
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
    pub project: Option<&'a str>,
    /// The funder; none for own money.
    pub funder: Option<&'a str>,
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
        Event::BudgetAllocated(e) => vec![own(e.project.as_str(), e.year, Part::Allocated, e.amount)],
        Event::BudgetTransferred(e) => vec![
            own(e.from_project.as_str(), e.year, Part::TransferredOut, e.amount),
            own(e.to_project.as_str(), e.year, Part::TransferredIn, e.amount),
        ],
        Event::BudgetCarriedOver(e) => match &e.funder {
            None => vec![
                own(e.project.as_str(), Some(e.from_year), Part::CarriedOut, e.amount),
                own(e.project.as_str(), Some(e.to_year), Part::CarriedIn, e.amount),
            ],
            // A pledge that moves stays one pledge: no budget is carried, and over all years nothing changes.
            Some(funder) => [(e.from_year, e.amount.negated()), (e.to_year, e.amount)]
                .map(|(year, amount)| Delta {
                    project: Some(e.project.as_str()),
                    funder: Some(funder.as_str()),
                    year: Some(year),
                    part: Part::Pledged,
                    amount,
                })
                .to_vec(),
        },
        Event::ProjectClosed(e) => {
            let released = e.released.iter();
            released
                .map(|released| own(e.project.as_str(), released.year, Part::Released, released.amount))
                .collect()
        }
        Event::CommitmentEntered(_)
        | Event::CommitmentRaised(_)
        | Event::CommitmentReleased(_)
        | Event::ExpenditurePosted(_)
        | Event::ExpenditureCorrected(_)
        | Event::ExpenditureReversed(_) => {
            let fact = EntryFact::of(event);
            fact.iter().flat_map(entry_deltas).collect()
        }
        Event::CofinancingExpected(e) => vec![promised(e, Part::Expected)],
        Event::CofinancingPledged(e) => vec![promised(e, Part::Pledged)],
        Event::CofinancingReceived(e) => vec![Delta {
            project: Some(e.project.as_str()),
            funder: Some(e.funder.as_str()),
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

/// What one change of an entry adds: what is spent, and what is used of a commitment or reserved, which counts in the
/// commitment's year.
pub(crate) fn entry_deltas<'a>(fact: &EntryFact<'a>) -> impl Iterator<Item = Delta<'a>> {
    let (project, frees) = (fact.project, fact.change.frees());
    let delta = move |year, part, funder, amount| Delta {
        project: Some(project),
        funder,
        year: Some(year),
        part,
        amount,
    };
    let spent = fact.spent.iter();
    let spent = spent.map(move |(funder, amount)| delta(fact.year, Part::Spent, funder, amount));
    let open = fact.open.iter().flat_map(move |open| {
        open.parts.iter().map(move |(funder, amount)| {
            let amount = if frees { amount.negated() } else { amount };
            delta(open.year, Part::Committed, funder, amount)
        })
    });
    spent.chain(open)
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

fn own(project: &str, year: Option<Year>, part: Part, amount: Money) -> Delta<'_> {
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
        project: Some(promise.project.as_str()),
        funder: Some(promise.funder.as_str()),
        year: promise.year,
        part,
        amount: promise.amount,
    }
}
