//! One figure of a municipality explained: the arithmetic in words, and the events behind it.

use ledger_domain::Year;
use serde::{Deserialize, Serialize};

use super::KnownAt;
use crate::value::{At, Cents, Day, EntryName, MunicipalityCode, Name};

/// One figure, how it is calculated, and every event that made it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct RegionExplanation {
    /// The report that shows the figure, such as `cost-shares`.
    pub report: String,
    /// The region.
    pub region: Name,
    /// The year.
    pub year: Year,
    /// The municipality.
    pub municipality: MunicipalityCode,
    /// The cost group; null for the sum over all.
    pub group: Option<Name>,
    /// The figure's name in the report.
    pub figure: String,
    /// What is booked later is not in the figure.
    pub as_of: Day,
    /// As asked; null when not asked.
    pub known_at: Option<KnownAt>,
    /// The number of events that the figure stands on.
    pub log_position: u64,
    /// The root over those events (RFC 6962), 64 hexadecimal digits: what a checkpoint of that size signs.
    pub root: String,
    /// The figure; null when a key is missing.
    pub amount: Option<Cents>,
    /// The calculation; the amounts sum to the figure.
    pub steps: Vec<CalculationStep>,
    /// In the order of recording; their amounts sum to the figure. Those that only set rules have an amount of zero.
    pub events: Vec<RegionExplainedEvent>,
}

/// One step of a calculation.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct CalculationStep {
    /// What the step is, for programs.
    pub step: StepKind,
    /// The cost group; null for what belongs to none.
    pub group: Option<Name>,
    /// What it adds to the figure, signed; null when a key is missing.
    pub amount: Option<Cents>,
    /// One sentence for people.
    pub sentence: String,
}

/// The steps of a calculation.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum StepKind {
    /// Own use.
    OwnUse,
    /// The member's part, by key, of what all members share by degree.
    SharedByKey,
    /// The member's part of the joint costs, always by key.
    JointByKey,
    /// What the degree leaves of own use.
    ByUse,
    /// What lies below the stop-loss threshold.
    BelowThreshold,
    /// The cost share, taken off in a benefit.
    CostShare,
    /// Advances, taken off in a balance.
    Advances,
    /// Earlier settlements, taken off in a balance.
    Settled,
}

/// One event's part of a figure.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct RegionExplainedEvent {
    /// The event.
    pub position: u64,
    /// Its type.
    pub r#type: String,
    /// The date it counts for.
    pub booking_date: Day,
    /// When the ledger learned it.
    pub recorded_at: At,
    /// The cost group; null for an event of none.
    pub group: Option<Name>,
    /// The municipality that it is booked on; null for joint costs and rules.
    pub municipality: Option<MunicipalityCode>,
    /// The client's id of the entry; null for other events.
    pub entry: Option<EntryName>,
    /// What it adds to the figure, signed and rounded so that all sum to it.
    pub amount: Cents,
    /// Where the proof of the entry can be found; null without one, and once destroyed, as the text after it.
    pub document: Option<String>,
    /// Why an entry was corrected or reversed.
    pub reason: Option<String>,
}
