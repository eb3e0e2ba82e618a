//! `settlement`: the lines as they were drawn up, and what changed since.

use ledger_domain::Year;
use serde::{Deserialize, Serialize};

use super::RegionHead;
use crate::{
    event::DecisionV1,
    value::{Cents, Day, MunicipalityCode, Name, Share},
};

/// The report.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Settlement {
    /// What it is about.
    #[serde(flatten)]
    pub head: RegionHead,
    /// The settlement.
    pub settlement: Name,
    /// The year that it settles.
    pub year: Year,
    /// Its booking date: it holds what was booked by then.
    pub booking_date: Day,
    /// Its position in the log: it holds what the ledger knew before.
    pub position: u64,
    /// By whom, when and where it was decided.
    pub decision: DecisionV1,
    /// The groups with costs, in the order of definition.
    pub groups: Vec<SettlementGroup>,
    /// The sums of the lines.
    pub totals: SettlementFigures,
    /// By code.
    pub lines: Vec<SettlementLine>,
}

/// One group: the rules that were used, frozen.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct SettlementGroup {
    /// The group.
    pub group: Name,
    /// Its title.
    pub title: String,
    /// The degree of solidarity.
    pub degree: Share,
    /// The log position of the schedule; null without one.
    pub schedule_position: Option<u64>,
    /// The key.
    pub key: Name,
    /// The log position of its weights; null where nothing was divided by key.
    pub key_position: Option<u64>,
    /// The stop-loss threshold; null without one.
    pub threshold: Option<Cents>,
    /// All actual costs.
    pub actual_cost: Cents,
    /// All joint costs.
    pub joint_cost: Cents,
    /// What would be used now.
    pub now: GroupNow,
}

/// The rules and costs of a group at the asked date.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct GroupNow {
    /// The degree of solidarity.
    pub degree: Share,
    /// The log position of the schedule; null without one.
    pub schedule_position: Option<u64>,
    /// The log position of the key's weights; null when there are none for exactly the members.
    pub key_position: Option<u64>,
    /// All actual costs.
    pub actual_cost: Cents,
    /// All joint costs.
    pub joint_cost: Cents,
}

/// What a line consists of: `amount = costShare - advances - settled`.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct SettlementFigures {
    /// The share of the costs.
    pub cost_share: Cents,
    /// What was advanced.
    pub advances: Cents,
    /// The amounts of earlier settlements of the year.
    pub settled: Cents,
    /// What was to be paid; negative is repaid.
    pub amount: Cents,
}

/// One municipality's line, frozen.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct SettlementLine {
    /// Who pays.
    pub municipality: MunicipalityCode,
    /// Its name.
    pub name: String,
    /// What the line consists of, with what was taken over.
    #[serde(flatten)]
    pub figures: SettlementFigures,
    /// Per group.
    pub groups: Vec<SettlementLineGroup>,
    /// The parts that stand under predecessors.
    pub taken_over: Vec<SettlementPart>,
    /// What changed since.
    pub since: SettlementChange,
}

/// One group of a line.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct SettlementLineGroup {
    /// The group.
    pub group: Name,
    /// Own use.
    pub actual_cost: Cents,
    /// The part of the joint costs.
    pub joint_share: Cents,
    /// The share.
    pub cost_share: Cents,
}

/// The part of a line that is paid for a predecessor.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct SettlementPart {
    /// The predecessor.
    pub municipality: MunicipalityCode,
    /// Its name.
    pub name: String,
    /// Its part.
    #[serde(flatten)]
    pub figures: SettlementFigures,
}

/// What a line's figures rose or fell by since it was drawn up.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct SettlementChange {
    /// Of the share; null when a key is missing now.
    pub cost_share: Option<Cents>,
    /// Advances since.
    pub advances: Cents,
    /// Settled since, by later settlements of the year.
    pub settled: Cents,
    /// What remains to be paid now: what a next settlement would ask; null when a key is missing now.
    pub balance: Option<Cents>,
}
