//! A region's events as they are stored, schema 1. Frozen: a change is a new struct and an upcaster.

use std::collections::BTreeMap;

use ledger_domain::Year;
use serde::{Deserialize, Serialize};

use crate::{
    event::DecisionV1,
    value::{Cents, Day, EntryName, MunicipalityCode, Name, Share, Weighing},
};

/// `regionEstablished`, schema 1.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct RegionEstablishedV1 {
    /// The body that pays the bills and settles them.
    pub body: String,
    /// The region.
    pub region: Name,
    /// Its name.
    pub title: String,
}

/// `municipalityAdmitted`, schema 1.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct MunicipalityAdmittedV1 {
    /// Its first day as a member.
    pub from: Day,
    /// The municipality.
    pub municipality: MunicipalityCode,
    /// Its name.
    pub name: String,
    /// The region.
    pub region: Name,
}

/// `municipalitiesMerged`, schema 1.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct MunicipalitiesMergedV1 {
    /// The successor's first day.
    pub effective_on: Day,
    /// The members that ended.
    pub from: Vec<MunicipalityCode>,
    /// The successor.
    pub into: MunicipalityCode,
    /// The successor's name.
    pub name: String,
    /// The region.
    pub region: Name,
}

/// `costGroupDefined`, schema 1.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct CostGroupDefinedV1 {
    /// By whom, when and where it was decided.
    pub decision: DecisionV1,
    /// The cost group.
    pub group: Name,
    /// The key that divides what is shared.
    pub key: Name,
    /// The region.
    pub region: Name,
    /// Only what a client costs above it is shared.
    pub threshold: Option<Cents>,
    /// Its name.
    pub title: String,
}

/// The costs that weights were computed from, schema 1.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct FromCostsV1 {
    /// The cost group.
    pub group: Name,
    /// The years, whose costs add up.
    pub years: Vec<Year>,
}

/// `distributionKeySet`, schema 1.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct DistributionKeySetV1 {
    /// The costs that the weights were computed from.
    pub from_costs: Option<FromCostsV1>,
    /// The key.
    pub key: Name,
    /// The region.
    pub region: Name,
    /// Where given weights can be found.
    pub source: Option<String>,
    /// The year's members and their weights.
    pub weights: BTreeMap<MunicipalityCode, Weighing>,
    /// The year that they divide.
    pub year: Year,
}

/// One step of a schedule, schema 1.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct PhaseOutStepV1 {
    /// The degree of solidarity from that year on.
    pub degree: Share,
    /// The year.
    pub year: Year,
}

/// `phaseOutScheduled`, schema 1.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct PhaseOutScheduledV1 {
    /// By whom, when and where it was decided.
    pub decision: DecisionV1,
    /// The cost group.
    pub group: Name,
    /// The region.
    pub region: Name,
    /// By year, each year once.
    pub steps: Vec<PhaseOutStepV1>,
}

/// `costRecorded`, schema 1.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct CostRecordedV1 {
    /// In cents; signed where the command is.
    pub amount: Cents,
    /// Economic category code.
    pub category: Option<String>,
    /// The client of care, numbered per region, group and year.
    pub client_no: Option<u32>,
    /// The cost.
    pub cost: EntryName,
    /// The cost group.
    pub group: Name,
    /// Who is responsible; none for a joint cost.
    pub municipality: Option<MunicipalityCode>,
    /// The region.
    pub region: Name,
    /// Task-field code.
    pub taakveld: Option<String>,
    /// Coded dimensions.
    pub tags: BTreeMap<String, String>,
    /// The year of delivery.
    pub year: Year,
}

/// `costCorrected`, schema 1.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct CostCorrectedV1 {
    /// In cents; signed where the command is.
    pub amount: Cents,
    /// The cost's client.
    pub client_no: Option<u32>,
    /// The correction.
    pub correction: EntryName,
    /// The cost.
    pub cost: EntryName,
    /// The cost group.
    pub group: Name,
    /// Who is responsible; none for a joint cost.
    pub municipality: Option<MunicipalityCode>,
    /// The region.
    pub region: Name,
    /// The year of delivery.
    pub year: Year,
}

/// `costReversed`, schema 1.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct CostReversedV1 {
    /// What was undone: negative or zero.
    pub amount: Cents,
    /// The cost's client.
    pub client_no: Option<u32>,
    /// The cost.
    pub cost: EntryName,
    /// The cost group.
    pub group: Name,
    /// Who is responsible; none for a joint cost.
    pub municipality: Option<MunicipalityCode>,
    /// The region.
    pub region: Name,
    /// The year of delivery.
    pub year: Year,
}

/// `costsBudgeted`, schema 1.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct CostsBudgetedV1 {
    /// Expected actual costs.
    pub amounts: BTreeMap<MunicipalityCode, Cents>,
    /// By whom, when and where it was decided.
    pub decision: DecisionV1,
    /// The cost group.
    pub group: Name,
    /// Expected joint costs.
    pub joint: Option<Cents>,
    /// The region.
    pub region: Name,
    /// The year.
    pub year: Year,
}

/// `advanceInvoiced`, schema 1.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct AdvanceInvoicedV1 {
    /// The advance.
    pub advance: EntryName,
    /// In cents; signed where the command is.
    pub amount: Cents,
    /// Who is to pay it.
    pub municipality: MunicipalityCode,
    /// The region.
    pub region: Name,
    /// The year that it is paid for.
    pub year: Year,
}

/// One group of a settlement and the rules that held for it, schema 1.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct SettledGroupV1 {
    /// All actual costs.
    pub actual_cost: Cents,
    /// The degree of solidarity.
    pub degree: Share,
    /// The cost group.
    pub group: Name,
    /// All joint costs.
    pub joint_cost: Cents,
    /// The key.
    pub key: Name,
    /// The log position of the key's weights.
    pub key_position: Option<u64>,
    /// The log position of the schedule.
    pub schedule_position: Option<u64>,
    /// The stop-loss threshold.
    pub threshold: Option<Cents>,
}

/// The sums of the lines of a settlement, schema 1.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct SettledTotalsV1 {
    /// What was advanced.
    pub advances: Cents,
    /// What remains to be paid; negative is repaid.
    pub amount: Cents,
    /// The share of the costs.
    pub cost_share: Cents,
    /// The amounts of earlier settlements of the year.
    pub settled: Cents,
}

/// `settlementDrawnUp`, schema 1.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct SettlementDrawnUpV1 {
    /// By whom, when and where it was decided.
    pub decision: DecisionV1,
    /// The groups with costs, in the order of definition.
    pub groups: Vec<SettledGroupV1>,
    /// The region.
    pub region: Name,
    /// The settlement.
    pub settlement: Name,
    /// The sums of the lines.
    pub totals: SettledTotalsV1,
    /// The year.
    pub year: Year,
}

/// One group of a settlement line, schema 1.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct SettledShareV1 {
    /// Own use.
    pub actual_cost: Cents,
    /// The share of the costs.
    pub cost_share: Cents,
    /// The cost group.
    pub group: Name,
    /// The part of the joint costs.
    pub joint_share: Cents,
}

/// The part of a settlement line that is paid for a predecessor, schema 1.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct TakenOverV1 {
    /// What was advanced.
    pub advances: Cents,
    /// What remains to be paid; negative is repaid.
    pub amount: Cents,
    /// The share of the costs.
    pub cost_share: Cents,
    /// The predecessor.
    pub municipality: MunicipalityCode,
    /// The amounts of earlier settlements of the year.
    pub settled: Cents,
}

/// `settlementShareDrawn`, schema 1.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct SettlementShareDrawnV1 {
    /// What was advanced.
    pub advances: Cents,
    /// What remains to be paid; negative is repaid.
    pub amount: Cents,
    /// The share of the costs.
    pub cost_share: Cents,
    /// The line per group.
    pub groups: Vec<SettledShareV1>,
    /// Who pays.
    pub municipality: MunicipalityCode,
    /// The region.
    pub region: Name,
    /// The amounts of earlier settlements of the year.
    pub settled: Cents,
    /// The settlement.
    pub settlement: Name,
    /// The parts that stand under predecessors.
    pub taken_over: Vec<TakenOverV1>,
    /// The year.
    pub year: Year,
}

/// `regionExplained`, schema 1.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct RegionExplainedV1 {
    /// The figure.
    pub figure: String,
    /// The municipality; none for the whole region.
    pub municipality: Option<MunicipalityCode>,
    /// The region.
    pub region: Name,
    /// The year.
    pub year: Year,
}

/// `regionPeriodClosed`, schema 1.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct RegionPeriodClosedV1 {
    /// The region.
    pub region: Name,
    /// The last closed day.
    pub through: Day,
}
