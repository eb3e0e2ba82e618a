//! Histories to test with, written by hand: domain events with booking dates, and what the reports say of them.

use ledger_contract::{
    report::{BudgetPosition, Funding, Head, ProjectPosition, Underspend},
    value::{Cents, Day, Name},
};
use ledger_domain::{
    Date, DecidedBy, Decision, EntryId, Id, Money, Municipality, Tags, Year,
    programme::{
        AllocateBudget, CarryOverBudget, Charge, CommitmentEntered, EstablishProgramme, Event,
        ExpenditurePosted, ExplainFigure, OpenProject, OverspendPolicy, PromiseCofinancing,
        ReceiveCofinancing, RecordForecast, TransferBudget,
    },
};
use ledger_projections::{
    Contribution, Explainer, ProgrammeProjection, Query, ReportName, budget_position, funding, underspend,
};
/// An event with its booking date; its position is its index in the history.
#[derive(Clone, Debug)]
pub(crate) struct Fact {
    pub(crate) date: Date,
    pub(crate) event: Event,
}

pub(crate) fn id(text: &str) -> Id {
    Id::new(text).expect("an id")
}

pub(crate) fn entry(text: &str) -> EntryId {
    EntryId::new(text).expect("an entry id")
}

/// A day such as 2021-12-31.
pub(crate) fn day(text: &str) -> Date {
    ledger_contract::value::parse_date(text).expect("a day")
}

/// Cents.
pub(crate) fn cents(cents: i64) -> Money {
    Money::from_cents(cents).expect("an amount")
}

/// Whole euros, as reports write them.
pub(crate) fn euros(euros: i64) -> Cents {
    Cents(cents(euros * 100))
}

pub(crate) fn query(as_of: &str) -> Query {
    Query {
        as_of: day(as_of),
        year: None,
        project: None,
        by: None,
    }
}

pub(crate) fn decision() -> Decision {
    Decision {
        reference: "Raadsbesluit".to_owned(),
        by: DecidedBy::Council,
        decided_on: day("2019-06-01"),
    }
}

/// A history under construction, and what its reports say.
#[derive(Clone, Debug, Default)]
pub(crate) struct History {
    pub(crate) facts: Vec<Fact>,
}

impl History {
    /// A programme of 5,000,000 euros from June 2019 to the end of 2022.
    pub(crate) fn plan() -> Self {
        let established = Event::ProgrammeEstablished(EstablishProgramme {
            programme: id("plan"),
            title: "Investeringsplan".to_owned(),
            municipality: Municipality::new("GM0505").expect("a code"),
            starts_on: day("2019-06-01"),
            ends_on: day("2022-12-31"),
            authorised: cents(500_000_000),
            decision: decision(),
            overspend: OverspendPolicy::Explain,
        });
        Self::default().on("2019-06-01", established)
    }

    pub(crate) fn on(mut self, date: &str, event: Event) -> Self {
        let date = day(date);
        self.facts.push(Fact { date, event });
        self
    }

    pub(crate) fn project(self, date: &str, project: &str) -> Self {
        self.on(date, Event::ProjectOpened(open(project)))
    }

    pub(crate) fn budget(self, date: &str, project: &str, euros: i64, year: Option<Year>) -> Self {
        let allocated = AllocateBudget {
            project: id(project),
            amount: cents(euros * 100),
            year,
            decision: decision(),
        };
        self.on(date, Event::BudgetAllocated(allocated))
    }

    /// An expenditure in the year of its booking, charged to sources in whole euros.
    pub(crate) fn spent(self, date: &str, project: &str, charges: &[(&str, i64)]) -> Self {
        self.on(
            date,
            Event::ExpenditurePosted(expenditure(date, project, charges)),
        )
    }

    pub(crate) fn projection(&self) -> ProgrammeProjection {
        let mut projection = ProgrammeProjection::new();
        for (position, fact) in (0..).zip(&self.facts) {
            projection.apply_event(position, fact.date, &fact.event);
        }
        projection
    }

    pub(crate) fn head(&self, query: &Query) -> Head {
        Head {
            programme: Name(id("plan")),
            title: "Investeringsplan".to_owned(),
            as_of: Day(query.as_of),
            known_at: None,
            log_position: self.facts.len() as u64,
            root: String::new(),
            year: query.year,
        }
    }

    pub(crate) fn budget_position(&self, query: &Query) -> BudgetPosition {
        budget_position(&self.projection(), self.head(query), query, &text)
    }

    pub(crate) fn underspend(&self, query: &Query) -> Underspend {
        underspend(&self.projection(), self.head(query), query, &text)
    }

    pub(crate) fn funding(&self, query: &Query) -> Funding {
        funding(&self.projection(), self.head(query), query)
    }

    /// The first project's row.
    pub(crate) fn first(&self, as_of: &str) -> ProjectPosition {
        let report = self.budget_position(&query(as_of));
        report.projects.into_iter().next().expect("a project")
    }

    pub(crate) fn explain(
        &self,
        report: ReportName,
        figure: &str,
        source: Option<&Id>,
        query: &Query,
    ) -> Vec<Contribution> {
        let mut explainer =
            Explainer::new(report, figure, source.cloned(), query.clone()).expect("a figure of the report");
        for (position, fact) in (0..).zip(&self.facts) {
            explainer.apply_event(position, fact.date, &fact.event);
        }
        explainer.finish()
    }
}

/// Texts as the tape would give them; every seventh is destroyed.
pub(crate) fn text(position: u64) -> Option<String> {
    (position % 7 != 6).then(|| format!("text {position}"))
}

pub(crate) fn open(project: &str) -> OpenProject {
    OpenProject {
        project: id(project),
        title: format!("Project {project}"),
        theme: None,
        taakveld: None,
        law: None,
        starts_on: None,
        ends_on: None,
        follow_up_funding: None,
        tags: Tags::new(),
    }
}

pub(crate) fn charges(parts: &[(&str, i64)]) -> Vec<Charge> {
    let charge = |(source, euros): &(&str, i64)| Charge {
        source: id(source),
        amount: cents(euros * 100),
    };
    parts.iter().map(charge).collect()
}

pub(crate) fn expenditure(date: &str, project: &str, parts: &[(&str, i64)]) -> ExpenditurePosted {
    ExpenditurePosted {
        project: id(project),
        expenditure: entry("e"),
        amount: cents(parts.iter().map(|(_, euros)| euros * 100).sum()),
        commitment: None,
        charges: charges(parts),
        year: day(date).year(),
        drawn_down: None,
        overspend: Money::ZERO,
        taakveld: None,
        category: None,
        tags: Tags::new(),
    }
}

pub(crate) fn commitment(date: &str, project: &str, parts: &[(&str, i64)]) -> CommitmentEntered {
    CommitmentEntered {
        project: id(project),
        commitment: entry("c"),
        amount: cents(parts.iter().map(|(_, euros)| euros * 100).sum()),
        charges: charges(parts),
        year: day(date).year(),
        overspend: Money::ZERO,
        taakveld: None,
        category: None,
        tags: Tags::new(),
    }
}

pub(crate) fn promise(project: &str, funder: &str, euros: i64, year: Option<Year>) -> PromiseCofinancing {
    PromiseCofinancing {
        project: id(project),
        funder: id(funder),
        amount: cents(euros * 100),
        share: None,
        year,
    }
}

pub(crate) fn receipt(project: &str, funder: &str, euros: i64) -> Event {
    Event::CofinancingReceived(ReceiveCofinancing {
        project: id(project),
        funder: id(funder),
        receipt: entry("r"),
        amount: cents(euros * 100),
    })
}

pub(crate) fn forecast(project: Option<&str>, forecast_for: &str, euros: i64) -> Event {
    Event::ForecastRecorded(RecordForecast {
        project: project.map(id),
        forecast_for: day(forecast_for),
        amount: cents(euros * 100),
    })
}

pub(crate) fn explained(project: Option<&str>, figure: &str, source_contradiction: bool) -> Event {
    Event::FigureExplained(ExplainFigure {
        project: project.map(id),
        figure: figure.to_owned(),
        source_contradiction,
    })
}

pub(crate) fn pledged(project: &str, funder: &str, euros: i64, year: Option<u16>) -> Event {
    Event::CofinancingPledged(promise(project, funder, euros, year))
}

pub(crate) fn carried(
    project: &str,
    funder: Option<&str>,
    from_year: u16,
    to_year: u16,
    euros: i64,
) -> Event {
    Event::BudgetCarriedOver(CarryOverBudget {
        project: id(project),
        from_year,
        to_year,
        amount: cents(euros * 100),
        decision: decision(),
        funder: funder.map(id),
    })
}

pub(crate) fn transferred(from: &str, to: &str, euros: i64) -> Event {
    Event::BudgetTransferred(TransferBudget {
        from_project: id(from),
        to_project: id(to),
        amount: cents(euros * 100),
        year: None,
        decision: decision(),
    })
}

pub(crate) fn in_year(as_of: &str, year: u16) -> Query {
    Query {
        year: Some(year),
        ..query(as_of)
    }
}
