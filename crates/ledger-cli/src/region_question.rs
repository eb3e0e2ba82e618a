//! What is asked of a region's report: values read once, for both a directory and a server.

use std::collections::BTreeMap;

use clap::Args;
use ledger_contract::{
    report::{AdvancePlan, CostShares, PhaseOut, RegionExplanation, Settlement},
    value::{Share, check_year, parse_municipality, parse_year},
};
use ledger_domain::{Fraction, Id, Municipality, Year};
use ledger_projections::PhaseOutQuery;
use ledger_service::{RegionFigureRequest, RegionQuery};
use serde::Deserialize;

use crate::{
    bundle::Bundling,
    failure::Failure,
    place::Place,
    question::{Dates, given, id},
    settings::Settings,
    sheet::Format,
};

/// What every report of a region takes.
#[derive(Debug, Args)]
pub(crate) struct RegionAsked {
    /// The region
    #[arg(value_name = "ID", value_parser = id)]
    pub(crate) region: Id,
    #[command(flatten)]
    pub(crate) dates: Dates,
    /// How to show it [default: table on a terminal, json elsewhere]
    #[arg(long, value_enum)]
    pub(crate) format: Option<Format>,
}

/// `report cost-shares`
#[derive(Debug, Args)]
pub(crate) struct CostSharesAsked {
    #[command(flatten)]
    pub(crate) region: RegionAsked,
    /// The year of the costs [default: that of --as-of]
    #[arg(long, value_parser = parse_year)]
    pub(crate) year: Option<Year>,
}

/// `report phase-out`
#[derive(Debug, Args)]
pub(crate) struct PhaseOutAsked {
    #[command(flatten)]
    pub(crate) region: RegionAsked,
    /// Only this municipality, by its CBS code
    #[arg(long, value_name = "CODE", value_parser = parse_municipality)]
    pub(crate) municipality: Option<Municipality>,
    /// Simulate: the costs of this year stand in where a group has none
    #[arg(long, value_name = "YEAR", value_parser = parse_year)]
    pub(crate) assume_costs_of: Option<Year>,
    /// Simulate: this schedule stands in for every adopted one, a file with
    /// `[{"year": 2021, "degree": "2/3"}, ...]`
    #[arg(long, value_name = "FILE", value_parser = Schedule::read)]
    pub(crate) schedule: Option<Schedule>,
}

/// `report settlement`
#[derive(Debug, Args)]
pub(crate) struct SettlementAsked {
    #[command(flatten)]
    pub(crate) region: RegionAsked,
    /// The settlement
    #[arg(long, value_name = "ID", value_parser = id)]
    pub(crate) settlement: Id,
}

/// `explain cost-shares`
#[derive(Debug, Args)]
pub(crate) struct ShareFigureAsked {
    #[command(flatten)]
    pub(crate) region: RegionAsked,
    /// The figure's name in the report, such as `costShare`
    #[arg(long)]
    pub(crate) figure: String,
    /// Whose figure it is, by its CBS code
    #[arg(long, value_name = "CODE", value_parser = parse_municipality)]
    pub(crate) municipality: Municipality,
    /// Only this cost group
    #[arg(long, value_name = "ID", value_parser = id)]
    pub(crate) group: Option<Id>,
    /// The year of the costs [default: that of --as-of]
    #[arg(long, value_parser = parse_year)]
    pub(crate) year: Option<Year>,
    #[command(flatten)]
    pub(crate) bundling: Bundling,
}

/// `plan-advances`
#[derive(Debug, Args)]
pub(crate) struct AdvancesAsked {
    /// The region
    #[arg(value_name = "REGION", value_parser = id)]
    pub(crate) region: Id,
    /// The year that is paid for
    #[arg(long, value_parser = parse_year)]
    pub(crate) year: Year,
    /// In how many terms, spread over the year's months
    #[arg(long, default_value_t = 12, value_parser = clap::value_parser!(u16).range(1..=366))]
    pub(crate) terms: u16,
    #[command(flatten)]
    pub(crate) dates: Dates,
}

/// A hypothetical phase-out schedule.
#[derive(Clone, Debug)]
pub(crate) struct Schedule(BTreeMap<Year, Fraction>);

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Step {
    year: u64,
    degree: Share,
}

impl Schedule {
    fn read(file: &str) -> Result<Self, String> {
        let text = std::fs::read(file).map_err(|error| format!("it cannot be read: {error}"))?;
        let given: Vec<Step> = serde_json::from_slice(&text).map_err(|error| {
            format!("it is no list such as [{{\"year\": 2021, \"degree\": \"2/3\"}}]: {error}")
        })?;
        let mut steps = BTreeMap::new();
        for step in given {
            let year = check_year(step.year)?;
            if steps.insert(year, step.degree.0).is_some() {
                return Err(format!("{year} has more than one degree"));
            }
        }
        if steps.is_empty() {
            return Err("it has no steps".to_owned());
        }
        Ok(Self(steps))
    }

    /// `2021:2/3,2022:1/3`, as HTTP takes it.
    fn parameter(&self) -> String {
        let steps = self.0.iter().map(|(year, degree)| format!("{year}:{degree}"));
        steps.collect::<Vec<_>>().join(",")
    }
}

impl Dates {
    fn query(&self) -> RegionQuery {
        RegionQuery {
            as_of: self.as_of,
            known_at: self.known_at.clone(),
        }
    }

    /// These dates with other parameters.
    fn and<const N: usize>(
        &self,
        others: [(&'static str, Option<String>); N],
    ) -> Vec<(&'static str, String)> {
        let mut parameters = given(others);
        parameters.extend(self.parameters());
        parameters
    }
}

impl CostSharesAsked {
    pub(crate) fn ask(&self, place: &Place, settings: &Settings) -> Result<CostShares, Failure> {
        let RegionAsked { region, dates, .. } = &self.region;
        let path = format!("/v1/regions/{region}/cost-shares");
        let parameters = dates.and([("year", self.year.map(|year| year.to_string()))]);
        place.ask(settings, &path, &parameters, |queries| {
            queries.cost_shares(region, self.year, &dates.query())
        })
    }
}

impl PhaseOutAsked {
    pub(crate) fn ask(&self, place: &Place, settings: &Settings) -> Result<PhaseOut, Failure> {
        let RegionAsked { region, dates, .. } = &self.region;
        let path = format!("/v1/regions/{region}/phase-out");
        let parameters = dates.and([
            ("municipality", self.municipality.map(|code| code.to_string())),
            ("assumeCostsOf", self.assume_costs_of.map(|year| year.to_string())),
            ("schedule", self.schedule.as_ref().map(Schedule::parameter)),
        ]);
        let asked = PhaseOutQuery {
            municipality: self.municipality,
            assume_costs_of: self.assume_costs_of,
            schedule: self.schedule.clone().map(|Schedule(steps)| steps),
        };
        place.ask(settings, &path, &parameters, |queries| {
            queries.phase_out(region, &asked, &dates.query())
        })
    }
}

impl SettlementAsked {
    pub(crate) fn ask(&self, place: &Place, settings: &Settings) -> Result<Settlement, Failure> {
        let RegionAsked { region, dates, .. } = &self.region;
        let path = format!("/v1/regions/{region}/settlements/{}", self.settlement);
        place.ask(settings, &path, &dates.parameters(), |queries| {
            queries.settlement(region, &self.settlement, &dates.query())
        })
    }
}

impl ShareFigureAsked {
    pub(crate) fn ask(&self, place: &Place, settings: &Settings) -> Result<RegionExplanation, Failure> {
        let RegionAsked { region, dates, .. } = &self.region;
        let path = format!("/v1/regions/{region}/cost-shares");
        let parameters = dates.and([
            ("figure", Some(self.figure.clone())),
            ("municipality", Some(self.municipality.to_string())),
            ("group", self.group.as_ref().map(ToString::to_string)),
            ("year", self.year.map(|year| year.to_string())),
        ]);
        let asked = RegionFigureRequest {
            year: self.year,
            municipality: self.municipality,
            group: self.group.clone(),
            figure: self.figure.clone(),
        };
        let proved_at = (&*format!("{path}/bundles"), &*parameters);
        self.bundling
            .write(place, settings, proved_at, |queries, signed, details| {
                queries.region_bundle(signed, region, &asked, &dates.query(), details)
            })?;
        let path = format!("{path}/explanations");
        place.ask(settings, &path, &parameters, |queries| {
            queries.explain_region(region, &asked, &dates.query())
        })
    }
}

impl AdvancesAsked {
    pub(crate) fn ask(&self, place: &Place, settings: &Settings) -> Result<AdvancePlan, Failure> {
        let Self {
            region,
            year,
            terms,
            dates,
        } = self;
        let path = format!("/v1/regions/{region}/advance-plan");
        let parameters = dates.and([
            ("year", Some(year.to_string())),
            ("terms", Some(terms.to_string())),
        ]);
        place.ask(settings, &path, &parameters, |queries| {
            let advances = queries.plan_advances(region, *year, *terms, &dates.query())?;
            Ok(AdvancePlan::new(region, *year, *terms, advances))
        })
    }
}
