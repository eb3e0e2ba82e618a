//! A programme's sums as of one date: what every report starts from.

use ledger_contract::{report::Figures, value::Cents};
use ledger_domain::{Date, Id, Year};

use crate::{
    figure::{Figure, money},
    programme::{Key, ProgrammeProjection, Project},
    query::Query,
};

/// The asked programme at the asked date.
pub(crate) struct Snapshot<'a> {
    /// The council's sum less the projects' budgets, unless one year is asked.
    pub(crate) whole: Option<Whole>,
    /// Whether all projects are asked.
    pub(crate) is_of_all: bool,
    /// The asked ones, in the order of opening.
    pub(crate) projects: Vec<ProjectAt<'a>>,
}

/// Figures that only the whole programme has, in cents.
#[derive(Clone, Copy)]
pub(crate) struct Whole {
    pub(crate) authorised: i128,
    pub(crate) unallocated: i128,
}

/// One project's sums.
pub(crate) struct ProjectAt<'a> {
    pub(crate) project: &'a Project,
    /// Over all years, whatever year is asked: flags read these. Only what has something booked.
    all: Vec<(Key, i128)>,
    as_of: Date,
    year: Option<Year>,
    /// Every figure by its number, made once: projects, groups and totals show the same.
    figures: Vec<i128>,
}

impl<'a> Snapshot<'a> {
    pub(crate) fn take(projection: &'a ProgrammeProjection, query: &Query) -> Self {
        // What is booked on a project before its own opening counts: with it the programme's figures tie.
        let mut projects: Vec<ProjectAt<'_>> = projection
            .projects
            .iter()
            .map(|project| ProjectAt::take(project, query))
            .filter(|at| at.project.opened_on <= query.as_of || !at.all.is_empty())
            .collect();
        let whole = query.year.is_none().then(|| {
            let authorised = projection.authorised.through(query.as_of).unwrap_or_default();
            let budgets: i128 = projects.iter().map(|project| project.cents(Figure::Budget)).sum();
            Whole {
                authorised,
                unallocated: authorised - budgets,
            }
        });
        if let Some(asked) = &query.project {
            projects.retain(|at| at.project.id == *asked);
        }
        Self {
            whole,
            is_of_all: query.project.is_none(),
            projects,
        }
    }

    /// The sum of the projects; of the whole programme, what remains and is available includes the unallocated part.
    pub(crate) fn total(&self, figure: Figure) -> i128 {
        let unallocated = match (figure, self.whole) {
            (Figure::Remaining | Figure::Available, Some(whole)) if self.is_of_all => whole.unallocated,
            _ => 0,
        };
        let projects = self.projects.iter();
        unallocated + projects.map(|project| project.cents(figure)).sum::<i128>()
    }
}

impl<'a> ProjectAt<'a> {
    fn take(project: &'a Project, query: &Query) -> Self {
        let sums = project.sums.iter();
        let mut at = Self {
            project,
            all: sums
                .filter_map(|(key, series)| Some((*key, series.through(query.as_of)?)))
                .collect(),
            as_of: query.as_of,
            year: query.year,
            figures: Vec::new(),
        };
        at.figures = Figure::ALL.iter().map(|figure| at.evaluate(*figure)).collect();
        at
    }

    fn asked(&self) -> impl Iterator<Item = &(Key, i128)> {
        let counts = |key: &Key| self.year.is_none() || key.year == self.year;
        self.all.iter().filter(move |(key, _)| counts(key))
    }

    /// A figure of the project, with only what is bound to the asked year.
    pub(crate) fn cents(&self, figure: Figure) -> i128 {
        self.figures.get(figure as usize).copied().unwrap_or_default()
    }

    fn evaluate(&self, figure: Figure) -> i128 {
        if figure.is_floored_per_funder() {
            let funders = 1..=self.project.funders.len();
            return funders.map(|source| self.cents_of(source, figure)).sum();
        }
        evaluate(figure, self.asked())
    }

    /// A figure of one source: 0 is own money, then the project's funders.
    pub(crate) fn cents_of(&self, source: usize, figure: Figure) -> i128 {
        evaluate(figure, self.asked().filter(|(key, _)| key.source == source))
    }

    /// A figure over all years, or with only what is bound to one, whatever year is asked.
    pub(crate) fn cents_in(&self, year: Option<Year>, figure: Figure) -> i128 {
        let counts = |key: &Key| year.is_none() || key.year == year;
        evaluate(figure, self.all.iter().filter(|(key, _)| counts(key)))
    }

    /// Every year that something is bound to, ascending.
    pub(crate) fn years(&self) -> Vec<Year> {
        let mut years: Vec<Year> = self.all.iter().filter_map(|(key, _)| key.year).collect();
        years.dedup();
        years
    }

    /// The funders of whom anything counts, in the order of their first event: its position, the funder and its source.
    pub(crate) fn funders(&self) -> Vec<(u64, &'a Id, usize)> {
        let funders = (1..).zip(&self.project.funders);
        let mut funders: Vec<_> = funders
            .filter(|(source, _)| self.asked().any(|(key, _)| key.source == *source))
            .filter_map(|(source, funder)| Some((funder.first_by(self.as_of)?, &funder.id, source)))
            .collect();
        funders.sort_unstable();
        funders
    }
}

fn evaluate<'b>(figure: Figure, sums: impl Iterator<Item = &'b (Key, i128)>) -> i128 {
    let total = sums
        .map(|(key, cents)| i128::from(figure.weight(key.part, key.source == 0)) * cents)
        .sum();
    if figure.is_floored() { 0.max(total) } else { total }
}

/// Cents as reports write them.
pub(crate) fn cents(amount: i128) -> Cents {
    Cents(money(amount))
}

/// The figures of a row of budget-position, each by its formula.
pub(crate) fn figures(of: impl Fn(Figure) -> i128) -> Figures {
    let of = |figure| cents(of(figure));
    Figures {
        allocated: of(Figure::Allocated),
        transferred_in: of(Figure::TransferredIn),
        transferred_out: of(Figure::TransferredOut),
        carried_in: of(Figure::CarriedIn),
        carried_out: of(Figure::CarriedOut),
        released: of(Figure::Released),
        budget: of(Figure::Budget),
        gross_budget: of(Figure::GrossBudget),
        spent_own: of(Figure::SpentOwn),
        spent_total: of(Figure::SpentTotal),
        committed_own: of(Figure::CommittedOwn),
        remaining: of(Figure::Remaining),
        available: of(Figure::Available),
        underspend: of(Figure::Underspend),
        overspend: of(Figure::Overspend),
    }
}
