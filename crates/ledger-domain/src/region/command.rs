//! What a joint body can ask of its region. Field names and meaning: `crates/ledger-contract/README.md`.

use super::Weight;
use crate::{Date, Decision, EntryId, Fraction, Id, Money, Municipality, Tags, Year};
use std::collections::BTreeMap;

/// Every command of a region.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Command {
    /// See [`EstablishRegion`].
    EstablishRegion(EstablishRegion),
    /// See [`AdmitMunicipality`].
    AdmitMunicipality(AdmitMunicipality),
    /// See [`MergeMunicipalities`].
    MergeMunicipalities(MergeMunicipalities),
    /// See [`DefineCostGroup`].
    DefineCostGroup(DefineCostGroup),
    /// See [`SetDistributionKey`].
    SetDistributionKey(SetDistributionKey),
    /// See [`SchedulePhaseOut`].
    SchedulePhaseOut(SchedulePhaseOut),
    /// See [`RecordCost`].
    RecordCost(RecordCost),
    /// See [`CorrectCost`].
    CorrectCost(CorrectCost),
    /// See [`ReverseCost`].
    ReverseCost(ReverseCost),
    /// See [`BudgetCosts`].
    BudgetCosts(BudgetCosts),
    /// See [`InvoiceAdvance`].
    InvoiceAdvance(InvoiceAdvance),
    /// See [`DrawUpSettlement`].
    DrawUpSettlement(DrawUpSettlement),
    /// See [`ExplainRegion`].
    ExplainRegion(ExplainRegion),
    /// See [`CloseRegionPeriod`].
    CloseRegionPeriod(CloseRegionPeriod),
}

impl Command {
    /// Whether what it comes to depends on the costs that are booked, and not only on which they are.
    pub const fn asks_costs(&self) -> bool {
        match self {
            Self::DrawUpSettlement(_) => true,
            Self::SetDistributionKey(key) => matches!(key.weights, KeyWeights::FromCosts(_)),
            Self::EstablishRegion(_)
            | Self::AdmitMunicipality(_)
            | Self::MergeMunicipalities(_)
            | Self::DefineCostGroup(_)
            | Self::SchedulePhaseOut(_)
            | Self::RecordCost(_)
            | Self::CorrectCost(_)
            | Self::ReverseCost(_)
            | Self::BudgetCosts(_)
            | Self::InvoiceAdvance(_)
            | Self::ExplainRegion(_)
            | Self::CloseRegionPeriod(_) => false,
        }
    }
}

/// Municipalities share costs through one executing body.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct EstablishRegion {
    /// The new region.
    pub region: Id,
    /// Its name.
    pub title: String,
    /// The body that pays the bills and settles them.
    pub body: String,
}

/// A municipality becomes a member.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct AdmitMunicipality {
    /// The municipality.
    pub municipality: Municipality,
    /// Its name.
    pub name: String,
    /// Its first day as a member, a 1 January.
    pub from: Date,
}

/// Members end and a successor takes over.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct MergeMunicipalities {
    /// The members that end; never the successor itself.
    pub from: Vec<Municipality>,
    /// The successor: a new municipality, or a member that goes on.
    pub into: Municipality,
    /// The successor's name from then on.
    pub name: String,
    /// The successor's first day, a 1 January.
    pub effective_on: Date,
}

/// The scope that one sharing rule covers.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct DefineCostGroup {
    /// The new group.
    pub group: Id,
    /// Its name.
    pub title: String,
    /// The key that divides what is shared; its weights come per year with [`SetDistributionKey`].
    pub key: Id,
    /// Only the part of a client's cost above it is shared, positive; none to share all.
    pub threshold: Option<Money>,
    /// The decision.
    pub decision: Decision,
}

/// The weights of one key for one year.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SetDistributionKey {
    /// The key.
    pub key: Id,
    /// The year that the weights divide.
    pub year: Year,
    /// Where the weights come from.
    pub weights: KeyWeights,
}

/// Where the weights of a key come from.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum KeyWeights {
    /// Weights as given.
    Given {
        /// Exactly the members of the year, at least one weight above zero.
        weights: BTreeMap<Municipality, Weight>,
        /// Where they can be found.
        source: String,
    },
    /// The actual costs of earlier years; of more years their sum, which weighs as their average does.
    FromCosts(FromCosts),
}

/// Weights by use: the actual costs of a group in earlier years.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct FromCosts {
    /// The group whose costs weigh.
    pub group: Id,
    /// Years before the year of the key, each once, at least one.
    pub years: Vec<Year>,
}

/// The degree of solidarity per year; replaces the group's earlier schedule.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SchedulePhaseOut {
    /// The group.
    pub group: Id,
    /// The degree from each year on: at least one step, each year once. Before the first it is 1.
    pub steps: BTreeMap<Year, Fraction>,
    /// The decision.
    pub decision: Decision,
}

/// A cost of care.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct RecordCost {
    /// The group.
    pub group: Id,
    /// Who is responsible for it, a member of the year; none for a joint cost, always shared by key.
    pub municipality: Option<Municipality>,
    /// The client's id of the cost.
    pub cost: EntryId,
    /// The year of delivery.
    pub year: Year,
    /// Positive.
    pub amount: Money,
    /// The pseudonym of the client of care: a detail, kept as a running number. None for a joint cost.
    pub client: Option<String>,
    /// The task-field code.
    pub taakveld: Option<String>,
    /// The economic category code.
    pub category: Option<String>,
    /// Coded dimensions.
    pub tags: Tags,
}

/// A cost goes up or down by a new fact.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct CorrectCost {
    /// The cost.
    pub cost: EntryId,
    /// The client's id of the correction.
    pub correction: EntryId,
    /// Signed; never brings the cost below zero.
    pub amount: Money,
}

/// What is left of a cost is undone.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ReverseCost {
    /// The cost.
    pub cost: EntryId,
}

/// What a group is expected to cost in a year; replaces the earlier budget of that group and year.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct BudgetCosts {
    /// The group.
    pub group: Id,
    /// The year.
    pub year: Year,
    /// Expected actual costs of members of the year, positive; who is not named has none.
    pub amounts: BTreeMap<Municipality, Money>,
    /// Expected joint costs, positive.
    pub joint: Option<Money>,
    /// The decision.
    pub decision: Decision,
}

/// A municipality pays ahead on its budgeted share.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct InvoiceAdvance {
    /// The year that it is paid for.
    pub year: Year,
    /// A member of that year, or the successor of one.
    pub municipality: Municipality,
    /// The client's id of the advance.
    pub advance: EntryId,
    /// Signed: negative is credited.
    pub amount: Money,
}

/// The final shares of a year minus what was advanced and settled.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct DrawUpSettlement {
    /// The year.
    pub year: Year,
    /// The new settlement.
    pub settlement: Id,
    /// The decision.
    pub decision: Decision,
}

/// A text that belongs to a figure.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ExplainRegion {
    /// The year.
    pub year: Year,
    /// The municipality; none for the whole region.
    pub municipality: Option<Municipality>,
    /// The name of the figure.
    pub figure: String,
}

/// No bookings on or before this day any more.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct CloseRegionPeriod {
    /// The last closed day.
    pub through: Date,
}
