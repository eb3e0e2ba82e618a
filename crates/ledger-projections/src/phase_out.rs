//! `phase-out`: how solidarity ends, year by year; as recorded, or as a simulation that says it is one.

use std::collections::{BTreeMap, BTreeSet};

use ledger_contract::{
    report::{
        GroupDegree, PhaseOut, PhaseOutFigures, PhaseOutShare, PhaseOutYear, RegionHead, ScheduleStep,
        Simulation,
    },
    value::{Cents, MunicipalityCode, Name, Share as Degree},
};
use ledger_domain::{
    Fraction, Money, Municipality, Year,
    region::{Assumptions, Line, Statement},
};

use crate::{
    cost_shares::flags,
    figure::money,
    region::{RegionProjection, is_listed},
};

/// Years without costs or steps are listed where they lie between others that are at most this far apart.
const GAP_YEARS_MAX: Year = 20;

/// A question to the report. What is assumed is never recorded.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct PhaseOutQuery {
    /// Only this municipality; years in which it is no member are left out.
    pub municipality: Option<Municipality>,
    /// The year whose costs stand in where a group has none.
    pub assume_costs_of: Option<Year>,
    /// A schedule that stands in for every adopted one.
    pub schedule: Option<BTreeMap<Year, Fraction>>,
}

/// The report, under its head.
pub fn phase_out(projection: &RegionProjection, head: RegionHead, query: &PhaseOutQuery) -> PhaseOut {
    let of_year = |year| Asked::year(projection, &head, query, year);
    PhaseOut {
        municipality: query.municipality.map(MunicipalityCode),
        simulation: simulation(query),
        years: years(projection, &head, query)
            .into_iter()
            .filter_map(of_year)
            .collect(),
        head,
    }
}

/// The years with costs, budgets or a step that holds, and those between.
fn years(projection: &RegionProjection, head: &RegionHead, query: &PhaseOutQuery) -> BTreeSet<Year> {
    let groups = || projection.state.groups.values();
    let mut marked: BTreeSet<Year> = groups().flat_map(|group| group.years.keys().copied()).collect();
    let adopted = groups().filter_map(|group| group.schedules.as_of(head.as_of.0));
    let adopted = adopted.map(|schedule| &schedule.value);
    marked.extend(
        adopted
            .chain(&query.schedule)
            .flat_map(|steps| steps.keys().copied()),
    );
    let between: Vec<Year> = marked
        .iter()
        .zip(marked.iter().skip(1))
        .filter(|(earlier, later)| **later - **earlier <= GAP_YEARS_MAX)
        .flat_map(|(earlier, later)| earlier + 1..*later)
        .collect();
    marked.extend(between);
    marked
}

fn simulation(query: &PhaseOutQuery) -> Option<Simulation> {
    let mut assumed = Vec::new();
    if let Some(year) = query.assume_costs_of {
        assumed.push(format!(
            "the costs of {year} stand in where a group has none, with that year's key where there is none"
        ));
    }
    if let Some(steps) = &query.schedule {
        let steps: Vec<String> = steps
            .iter()
            .map(|(year, degree)| format!("{degree} from {year}"))
            .collect();
        assumed.push(format!(
            "every group is phased out by a hypothetical schedule: {}",
            steps.join(", ")
        ));
    }
    (!assumed.is_empty()).then(|| Simulation {
        statement: format!(
            "This is a simulation, and nothing of it is recorded: {}.",
            assumed.join("; ")
        ),
        assume_costs_of: query.assume_costs_of,
        schedule: query.schedule.as_ref().map(|steps| {
            let step = |(year, degree): (&Year, &Fraction)| ScheduleStep {
                year: *year,
                degree: Degree(*degree),
            };
            steps.iter().map(step).collect()
        }),
    })
}

/// One year with the asked lines.
struct Asked<'a> {
    statement: Statement<'a>,
    municipality: Option<Municipality>,
}

impl<'a> Asked<'a> {
    /// The row of a year; none where the asked municipality is no member.
    fn year(
        projection: &'a RegionProjection,
        head: &RegionHead,
        query: &PhaseOutQuery,
        year: Year,
    ) -> Option<PhaseOutYear> {
        let (state, as_of) = (&projection.state, head.as_of.0);
        let make = |steps| Self {
            statement: state.simulation(
                year,
                as_of,
                Assumptions {
                    steps,
                    costs_of: query.assume_costs_of,
                },
            ),
            municipality: query.municipality,
        };
        let asked = make(query.schedule.as_ref());
        let adopted = query.schedule.as_ref().map(|_| make(None));
        if asked.municipality.is_some() && asked.lines().next().is_none() {
            return None;
        }
        let listed: Vec<_> = asked
            .statement
            .groups
            .iter()
            .filter(|group| is_listed(group, as_of))
            .collect();
        let adopted_degree = |id| {
            let groups = adopted.as_ref()?.statement.groups.iter();
            groups
                .filter(|group| group.id == id)
                .map(|group| Degree(group.degree))
                .next()
        };
        let degrees: BTreeSet<(u32, u32)> = listed
            .iter()
            .map(|group| (group.degree.numerator(), group.degree.denominator()))
            .collect();
        let adopted_line = |municipality| {
            let mut lines = adopted.as_ref()?.lines();
            lines.find(|line| line.municipality == municipality).map(figures)
        };
        Some(PhaseOutYear {
            year,
            simulated: query.schedule.is_some() || listed.iter().any(|group| group.costs_assumed),
            degree: listed
                .first()
                .filter(|_| degrees.len() == 1)
                .map(|group| Degree(group.degree)),
            figures: asked.sum(),
            adopted: adopted.as_ref().map(Self::sum),
            groups: listed
                .iter()
                .map(|group| GroupDegree {
                    group: Name(group.id.clone()),
                    degree: Degree(group.degree),
                    adopted_degree: adopted_degree(group.id),
                    flags: flags(group),
                })
                .collect(),
            municipalities: asked
                .lines()
                .map(|line| PhaseOutShare {
                    municipality: MunicipalityCode(line.municipality),
                    name: projection.name(line.municipality),
                    figures: figures(line),
                    adopted: adopted_line(line.municipality),
                })
                .collect(),
        })
    }

    /// The asked members of the year.
    fn lines(&self) -> impl Iterator<Item = &Line> {
        self.statement.lines.iter().filter(|line| {
            self.statement.members.binary_search(&line.municipality).is_ok()
                && self.municipality.is_none_or(|asked| line.municipality == asked)
        })
    }

    fn sum(&self) -> PhaseOutFigures {
        let all = |figure: fn(&Line) -> Option<Money>| {
            let cents: Option<i128> = self
                .lines()
                .map(|line| figure(line).map(|amount| i128::from(amount.cents())))
                .sum();
            cents.map(|cents| Cents(money(cents)))
        };
        PhaseOutFigures {
            actual_cost: all(|line| Some(line.share.actual_cost)).unwrap_or(Cents(Money::ZERO)),
            cost_share: all(|line| line.share.cost_share),
            benefit: all(|line| line.share.benefit),
        }
    }
}

fn figures(line: &Line) -> PhaseOutFigures {
    PhaseOutFigures {
        actual_cost: Cents(line.share.actual_cost),
        cost_share: line.share.cost_share.map(Cents),
        benefit: line.share.benefit.map(Cents),
    }
}
