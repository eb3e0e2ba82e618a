//! What the reports of regions have in common.

use ledger_domain::Year;
use serde::{Deserialize, Serialize, ser::SerializeStruct};

use super::KnownAt;
use crate::value::{Cents, Day, MunicipalityCode, Name, Share};

/// What a region's report is about, and on what it stands.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct RegionHead {
    /// The region.
    pub region: Name,
    /// Its title.
    pub title: String,
    /// What is booked later is not in the report.
    pub as_of: Day,
    /// As asked; null when not asked.
    pub known_at: Option<KnownAt>,
    /// The number of events that the report stands on.
    pub log_position: u64,
    /// The root over those events (RFC 6962), 64 hexadecimal digits: what a checkpoint of that size signs.
    pub root: String,
}

/// What a reader should know before trusting a group's figures.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum RegionFlag {
    /// No weights that name exactly the year's members are known; what needs them is null.
    KeyMissing,
}

impl RegionFlag {
    /// Every flag, in the order in which reports list them.
    pub const ALL: &'static [RegionFlag] = &[RegionFlag::KeyMissing];

    /// The code as the JSON has it.
    pub const fn as_str(self) -> &'static str {
        match self {
            RegionFlag::KeyMissing => "key-missing",
        }
    }
}

/// A municipality's figures in one group, or their sums. What needs a missing key is null.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct ShareFigures {
    /// Own use.
    pub actual_cost: Cents,
    /// The part of the joint costs.
    pub joint_share: Option<Cents>,
    /// The share if all were shared by key.
    pub full_solidarity_share: Option<Cents>,
    /// The share.
    pub cost_share: Option<Cents>,
    /// Positive when the others pay along.
    pub benefit: Option<Cents>,
    /// The share of the budgeted costs.
    pub budgeted_share: Option<Cents>,
}

impl ShareFigures {
    /// Writes the figures into the row that has them.
    pub(super) fn put<S: SerializeStruct>(&self, row: &mut S) -> Result<(), S::Error> {
        put!(row, self; "actualCost" actual_cost, "jointShare" joint_share, "fullSolidarityShare" full_solidarity_share,
            "costShare" cost_share, "benefit" benefit, "budgetedShare" budgeted_share);
        Ok(())
    }
}

/// One step of a phase-out schedule.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct ScheduleStep {
    /// From this year on.
    pub year: Year,
    /// The degree of solidarity.
    pub degree: Share,
}

/// A text that belongs to a figure of a region.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct RegionFigureExplanation {
    /// The municipality; null for the whole region.
    pub municipality: Option<MunicipalityCode>,
    /// The figure's name.
    pub figure: String,
    /// The text; null once destroyed.
    pub explanation: Option<String>,
    /// The date it counts for.
    pub booking_date: Day,
    /// The event that holds it.
    pub position: u64,
}
