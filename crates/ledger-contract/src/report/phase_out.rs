//! `phase-out`: how solidarity ends, year by year.

use ledger_domain::Year;
use serde::{Deserialize, Serialize};

use super::{RegionFlag, RegionHead, ScheduleStep};
use crate::value::{Cents, MunicipalityCode, Name, Share};

/// The report.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct PhaseOut {
    /// What it is about.
    #[serde(flatten)]
    pub head: RegionHead,
    /// The municipality asked for; null for the whole region.
    pub municipality: Option<MunicipalityCode>,
    /// What is assumed; null when every figure is from what is recorded.
    pub simulation: Option<Simulation>,
    /// From the first year with costs or a step to the last.
    pub years: Vec<PhaseOutYear>,
}

/// What a simulation assumes. Nothing of it is recorded.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Simulation {
    /// One sentence for people that says that it is a simulation, and of what.
    pub statement: String,
    /// The year whose costs stand in where a group has none; null when none do.
    pub assume_costs_of: Option<Year>,
    /// The schedule that stands in for every adopted one; null when the adopted ones hold.
    pub schedule: Option<Vec<ScheduleStep>>,
}

/// One year: of the municipality that was asked, or of the whole region.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct PhaseOutYear {
    /// The year.
    pub year: Year,
    /// Whether something in it is assumed.
    pub simulated: bool,
    /// The degree that all groups have; null when they differ.
    pub degree: Option<Share>,
    /// The figures.
    #[serde(flatten)]
    pub figures: PhaseOutFigures,
    /// What the adopted schedules give; null without a hypothetical one.
    pub adopted: Option<PhaseOutFigures>,
    /// The groups in the order of definition.
    pub groups: Vec<GroupDegree>,
    /// The members of the year, by code: all, or the one that was asked.
    pub municipalities: Vec<PhaseOutShare>,
}

/// The figures of a year.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct PhaseOutFigures {
    /// Own use.
    pub actual_cost: Cents,
    /// The share; null when a key is missing.
    pub cost_share: Option<Cents>,
    /// Positive when the others pay along.
    pub benefit: Option<Cents>,
}

/// The degree of one group in one year.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct GroupDegree {
    /// The group.
    pub group: Name,
    /// Its degree of solidarity.
    pub degree: Share,
    /// The degree of the adopted schedule; null without a hypothetical one.
    pub adopted_degree: Option<Share>,
    /// What a reader should know before trusting the figures.
    pub flags: Vec<RegionFlag>,
}

/// A municipality in one year.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct PhaseOutShare {
    /// The municipality.
    pub municipality: MunicipalityCode,
    /// Its name.
    pub name: String,
    /// Its figures.
    #[serde(flatten)]
    pub figures: PhaseOutFigures,
    /// What the adopted schedules give; null without a hypothetical one.
    pub adopted: Option<PhaseOutFigures>,
}
