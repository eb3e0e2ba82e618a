//! The events behind one figure, with amounts that sum to it exactly: the same deltas that the reports sum.

use std::collections::HashMap;

use ledger_contract::{
    event::Event,
    value::{Fault, quoted},
};
use ledger_domain::{Date, Id, Money, programme::Event as ProgrammeEvent};

use crate::{
    deltas::{Delta, deltas},
    figure::{Figure, ReportName, money},
    query::Query,
};

/// What one event adds to a figure through one project.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Contribution {
    /// The event. A transfer has two contributions to a figure of the whole programme.
    pub position: u64,
    /// The project; none for the programme's own sum.
    pub project: Option<Id>,
    /// Signed, never zero.
    pub amount: Money,
}

/// Folds a programme's events, in the order of recording, into the contributions to one figure.
///
/// It holds the contributions, not the events. A figure that counts only above zero (`underspend`, `receivable` ...)
/// is explained by its difference: per project, or per project and funder, all of it where above zero, else none of it.
#[derive(Clone, Debug)]
pub struct Explainer {
    report: ReportName,
    figure: Figure,
    source: Option<Id>,
    query: Query,
    found: Vec<Found>,
}

#[derive(Clone, Debug)]
struct Found {
    position: u64,
    project: Option<Id>,
    funder: Option<Id>,
    cents: i128,
}

impl Explainer {
    /// An explainer of no events yet.
    ///
    /// `figure` is the name in the report; a name that it cannot explain is a fault that lists the names. The figure
    /// is the asked project's, or the sum of the projects, or the programme's own; with a source it is that of one
    /// funder, or of own money (`programme`). What no report shows is a fault too, such as a project's `authorised`.
    pub fn new(report: ReportName, figure: &str, source: Option<Id>, query: Query) -> Result<Self, Fault> {
        let known = report.figures();
        let Some((name, figure)) = known.iter().copied().find(|(name, _)| *name == figure) else {
            let names: Vec<&str> = known.iter().map(|(name, _)| *name).collect();
            return Err(format!(
                "{} is no figure of {report} that can be explained; those are {}",
                quoted(figure),
                names.join(", ")
            ));
        };
        if figure.is_of_whole_programme() && (query.project.is_some() || query.year.is_some()) {
            return Err(format!("{name} is of the whole programme and all years"));
        }
        if source.is_some() && !figure.is_told_per_source(report) {
            return Err(format!("{report} does not tell {name} per source"));
        }
        Ok(Self {
            report,
            figure,
            source,
            query,
            found: Vec::new(),
        })
    }

    /// Folds one event of the programme's stream; events of other kinds of streams change nothing.
    pub fn apply(&mut self, event: &Event) {
        if let Some(happened) = event.data.to_programme_event() {
            self.apply_event(event.position, event.booking_date, &happened);
        }
    }

    /// [`Self::apply`] for whoever has the domain's event at hand.
    pub fn apply_event(&mut self, position: u64, booking_date: Date, event: &ProgrammeEvent) {
        if booking_date > self.query.as_of {
            return;
        }
        for delta in deltas(booking_date, event) {
            let cents = i128::from(self.weight(&delta)) * i128::from(delta.amount.cents());
            if cents != 0 {
                self.found.push(Found {
                    position,
                    project: delta.project.and_then(Id::new),
                    funder: delta.funder.and_then(Id::new),
                    cents,
                });
            }
        }
    }

    fn weight(&self, delta: &Delta<'_>) -> i64 {
        let query = &self.query;
        let is_asked = query.project.is_none() || query.project.as_ref().map(Id::as_str) == delta.project;
        let is_of_year = query.year.is_none() || query.year == delta.year;
        let is_of_source = match (&self.source, delta.funder) {
            (None, _) => true,
            (Some(source), None) => source.is_programme(),
            (Some(source), Some(funder)) => source.as_str() == funder,
        };
        if !(is_asked && is_of_year && is_of_source) {
            return 0;
        }
        let own = delta.funder.is_none();
        let weight = self.figure.weight(delta.part, own);
        // Of the whole programme, what remains includes the unallocated part; see `Snapshot::total`.
        let is_whole =
            self.report == ReportName::BudgetPosition && query.project.is_none() && query.year.is_none();
        match self.figure {
            Figure::Remaining | Figure::Available if is_whole => {
                weight + Figure::Unallocated.weight(delta.part, own)
            }
            _ => weight,
        }
    }

    /// The contributions in the order of recording: the sum of their amounts is the figure in the report.
    pub fn finish(self) -> Vec<Contribution> {
        let found = self.above_zero();
        let mut contributions: Vec<(u64, Option<Id>, i128)> = Vec::new();
        for found in found {
            let same = contributions
                .iter_mut()
                .rev()
                .take_while(|(position, ..)| *position == found.position)
                .find(|(_, project, _)| *project == found.project);
            match same {
                Some((.., cents)) => *cents += found.cents,
                None => contributions.push((found.position, found.project, found.cents)),
            }
        }
        // What an event adds and takes in one figure is no contribution, such as a carry-over between years.
        contributions.retain(|(.., cents)| *cents != 0);
        contributions
            .into_iter()
            .map(|(position, project, cents)| Contribution {
                position,
                project,
                amount: money(cents),
            })
            .collect()
    }

    fn above_zero(self) -> Vec<Found> {
        if !self.figure.is_floored() {
            return self.found;
        }
        let per_funder = self.figure.is_floored_per_funder();
        let key = |found: &Found| (found.project.clone(), found.funder.clone().filter(|_| per_funder));
        let mut sums: HashMap<_, i128> = HashMap::new();
        for found in &self.found {
            *sums.entry(key(found)).or_default() += found.cents;
        }
        let mut found = self.found;
        found.retain(|found| sums.get(&key(found)).is_some_and(|sum| *sum > 0));
        found
    }
}
