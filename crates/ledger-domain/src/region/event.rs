//! What was decided, in the past tense. Replay reads these and never decides again.

use super::{
    AdmitMunicipality, BudgetCosts, CloseRegionPeriod, DefineCostGroup, EstablishRegion, ExplainRegion,
    FromCosts, InvoiceAdvance, MergeMunicipalities, SchedulePhaseOut, Weight,
};
use crate::{Decision, EntryId, Fraction, Id, Money, Municipality, Tags, Year};
use std::collections::BTreeMap;

/// Every event of a region. Where nothing is decided beyond the command, the event holds the command's fields.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Event {
    /// The region exists.
    RegionEstablished(EstablishRegion),
    /// A municipality is a member.
    MunicipalityAdmitted(AdmitMunicipality),
    /// Members ended and a successor took over.
    MunicipalitiesMerged(MergeMunicipalities),
    /// A cost group exists.
    CostGroupDefined(DefineCostGroup),
    /// A key has weights for a year.
    DistributionKeySet(DistributionKeySet),
    /// A group has a schedule.
    PhaseOutScheduled(SchedulePhaseOut),
    /// A cost was booked.
    CostRecorded(CostRecorded),
    /// A booked cost went up or down.
    CostCorrected(CostCorrected),
    /// What was left of a booked cost was undone.
    CostReversed(CostReversed),
    /// A group has a budget for a year.
    CostsBudgeted(BudgetCosts),
    /// A municipality is to pay ahead.
    AdvanceInvoiced(InvoiceAdvance),
    /// A year was settled; its lines follow, one [`Event::SettlementShareDrawn`] per municipality.
    SettlementDrawnUp(SettlementDrawnUp),
    /// One municipality's line of the settlement before it.
    SettlementShareDrawn(SettlementShareDrawn),
    /// A figure was explained.
    RegionExplained(ExplainRegion),
    /// A period closed.
    RegionPeriodClosed(CloseRegionPeriod),
}

/// A key's weights for one year, as given or as computed from costs.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct DistributionKeySet {
    /// The key.
    pub key: Id,
    /// The year that the weights divide.
    pub year: Year,
    /// Exactly the members of the year, at least one above zero; from costs: euros.
    pub weights: BTreeMap<Municipality, Weight>,
    /// Where given weights can be found; none when they were computed.
    pub source: Option<String>,
    /// The costs that they were computed from.
    pub from_costs: Option<FromCosts>,
}

/// A cost with the running number of its client.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct CostRecorded {
    /// The group.
    pub group: Id,
    /// Who is responsible for it; none for a joint cost.
    pub municipality: Option<Municipality>,
    /// The client's id of the cost.
    pub cost: EntryId,
    /// The year of delivery.
    pub year: Year,
    /// Positive.
    pub amount: Money,
    /// The client of care, numbered from 1 per region, group and year.
    pub client_no: Option<u32>,
    /// The task-field code.
    pub taakveld: Option<String>,
    /// The economic category code.
    pub category: Option<String>,
    /// Coded dimensions.
    pub tags: Tags,
}

/// A correction with where its cost is booked.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct CostCorrected {
    /// The cost.
    pub cost: EntryId,
    /// The client's id of the correction.
    pub correction: EntryId,
    /// Signed.
    pub amount: Money,
    /// The cost's group.
    pub group: Id,
    /// The cost's municipality; none for a joint cost.
    pub municipality: Option<Municipality>,
    /// The cost's year.
    pub year: Year,
    /// The cost's client.
    pub client_no: Option<u32>,
}

/// A reversal with what it undid.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct CostReversed {
    /// The cost.
    pub cost: EntryId,
    /// What was undone, as a change: negative, or zero when corrections had brought the cost to zero.
    pub amount: Money,
    /// The cost's group.
    pub group: Id,
    /// The cost's municipality; none for a joint cost.
    pub municipality: Option<Municipality>,
    /// The cost's year.
    pub year: Year,
    /// The cost's client.
    pub client_no: Option<u32>,
}

/// A settlement: what it is drawn from, and its totals.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SettlementDrawnUp {
    /// The settlement.
    pub settlement: Id,
    /// The year.
    pub year: Year,
    /// The decision.
    pub decision: Decision,
    /// The groups with costs, in the order of definition, and the rules that held for them.
    pub groups: Vec<SettledGroup>,
    /// The sum of the lines.
    pub totals: SettledFigures,
}

/// One group of a settlement: what was shared, by which rules.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SettledGroup {
    /// The group.
    pub group: Id,
    /// All actual costs.
    pub actual_cost: Money,
    /// All joint costs.
    pub joint_cost: Money,
    /// The degree of solidarity of the year.
    pub degree: Fraction,
    /// The log position of the schedule that it comes from; none without a schedule.
    pub schedule_position: Option<u64>,
    /// The key.
    pub key: Id,
    /// The log position of its weights; none where nothing had to be divided by key.
    pub key_position: Option<u64>,
    /// The stop-loss threshold.
    pub threshold: Option<Money>,
}

/// What a settlement line consists of: `amount = costShare - advances - settled`.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct SettledFigures {
    /// The share of the costs.
    pub cost_share: Money,
    /// What was advanced.
    pub advances: Money,
    /// The amounts of earlier settlements of the year.
    pub settled: Money,
    /// What remains to be paid; negative is repaid.
    pub amount: Money,
}

/// One municipality's line of a settlement, frozen.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SettlementShareDrawn {
    /// The settlement.
    pub settlement: Id,
    /// The year.
    pub year: Year,
    /// Who pays on the booking date: a member of the year, or the successor of one.
    pub municipality: Municipality,
    /// The line, with all that was taken over.
    pub figures: SettledFigures,
    /// The line per group, in the order of the settlement; with all that was taken over.
    pub groups: Vec<SettledShare>,
    /// The parts of the line that stand under predecessors, by code.
    pub taken_over: Vec<TakenOver>,
}

/// One group's part of a settlement line.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SettledShare {
    /// The group.
    pub group: Id,
    /// Own use.
    pub actual_cost: Money,
    /// The part of the joint costs.
    pub joint_share: Money,
    /// The share that is settled.
    pub cost_share: Money,
}

/// The part of a settlement line that a successor pays for a predecessor.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct TakenOver {
    /// The predecessor.
    pub municipality: Municipality,
    /// Its part of the line.
    pub figures: SettledFigures,
}
