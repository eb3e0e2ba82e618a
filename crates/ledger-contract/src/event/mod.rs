//! Events as they are recorded: an envelope, frozen data per type and schema version, and details beside it.
//!
//! Every struct declares its fields in the order of RFC 8785 (JSON Canonicalization Scheme), so that `serde_json`
//! writes canonical leaves. No tag, flatten, untagged or skip: those encode in blocks and then fail to decode.

mod details;
mod leaf;
mod ledger;
mod programme;
mod region;
mod stream;

pub use details::{Details, Salt};
pub use leaf::{LeafError, read_leaf, write_leaf};
pub use ledger::*;
pub use programme::*;
pub use region::*;
pub use stream::Stream;

use ledger_domain::{Date, Municipality, programme::Event as ProgrammeEvent, region::Event as RegionEvent};
use serde::{Deserialize, Deserializer, Serialize, Serializer};
use smol_str::SmolStr;

use crate::value::Instant;

/// One recorded event: the leaf. Its details are apart, since they can be destroyed.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Event {
    /// Leaf index, from 0.
    pub position: u64,
    /// The stream it belongs to.
    pub stream: Stream,
    /// The stream's number of events up to and including this one: the first event has version 1.
    pub version: u64,
    /// The position of the first event of the command that caused it.
    pub command: u64,
    /// When its commit was appended; the same for every event of a commit, strictly above the previous commit's.
    pub recorded_at: Instant,
    /// Who posted it; a role or key name, never a person's.
    pub recorded_by: SmolStr,
    /// Who approved it; always none for now.
    pub approved_by: Option<String>,
    /// The business date it counts for.
    pub booking_date: Date,
    /// The client's key, on every event of its command.
    pub idempotency_key: Option<String>,
    /// What happened.
    pub data: EventData,
    /// SHA-256 of the exact bytes of the details; none without details.
    pub details_hash: Option<[u8; 32]>,
}

macro_rules! events {
    ($($(#[$doc:meta])* $number:literal $text:literal $schema:literal $variant:ident($data:ty),)*) => {
        /// The data of an event, by type. A variant holds the latest schema version of its type.
        #[derive(Clone, Debug, PartialEq, Eq)]
        pub enum EventData {
            $($(#[$doc])* $variant($data),)*
        }

        impl EventData {
            /// Every type: its number in blocks, its name and its latest schema version.
            pub const TYPES: &'static [(u16, &'static str, u16)] = &[$(($number, $text, $schema),)*];

            /// The type as the contract writes it.
            pub const fn type_name(&self) -> &'static str {
                match self { $(Self::$variant(_) => $text,)* }
            }

            /// The type as blocks number it; a number is never used again.
            pub const fn type_number(&self) -> u16 {
                match self { $(Self::$variant(_) => $number,)* }
            }

            /// The schema version that is written for this type.
            pub const fn schema(&self) -> u16 {
                match self { $(Self::$variant(_) => $schema,)* }
            }

            /// Reads the data of the type with this number and schema version; none for one that is not known.
            pub fn deserialize<'de, D: Deserializer<'de>>(
                type_number: u16,
                schema: u16,
                deserializer: D,
            ) -> Result<Option<Self>, D::Error> {
                match (type_number, schema) {
                    $(($number, $schema) => <$data>::deserialize(deserializer).map(|data| Some(Self::$variant(data))),)*
                    _ => Ok(None),
                }
            }
        }

        /// Writes the data alone: the type stands in the envelope.
        impl Serialize for EventData {
            fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
                match self { $(Self::$variant(data) => data.serialize(serializer),)* }
            }
        }
    };
}

events! {
    /// The first event of every ledger.
    1 "ledgerOpened" 1 LedgerOpened(LedgerOpenedV1),
    /// The last event below every checkpoint.
    2 "streamHeadsRecorded" 1 StreamHeadsRecorded(StreamHeadsRecordedV1),
    /// The key that signs the checkpoints after it.
    3 "logKeyIntroduced" 1 LogKeyIntroduced(LogKeyIntroducedV1),
    /// The details of a stream through a date are destroyed.
    4 "detailsDestroyed" 1 DetailsDestroyed(DetailsDestroyedV1),

    /// See the domain's event.
    101 "programmeEstablished" 1 ProgrammeEstablished(ProgrammeEstablishedV1),
    /// See the domain's event.
    102 "authorisationAmended" 1 AuthorisationAmended(AuthorisationAmendedV1),
    /// See the domain's event.
    103 "projectOpened" 1 ProjectOpened(ProjectOpenedV1),
    /// See the domain's event.
    104 "projectReopened" 1 ProjectReopened(ProjectReopenedV1),
    /// See the domain's event.
    105 "budgetAllocated" 1 BudgetAllocated(BudgetAllocatedV1),
    /// See the domain's event.
    106 "budgetTransferred" 1 BudgetTransferred(BudgetTransferredV1),
    /// See the domain's event.
    107 "budgetCarriedOver" 1 BudgetCarriedOver(BudgetCarriedOverV1),
    /// See the domain's event.
    108 "commitmentEntered" 1 CommitmentEntered(CommitmentEnteredV1),
    /// See the domain's event.
    109 "commitmentRaised" 1 CommitmentRaised(CommitmentChangedV1),
    /// See the domain's event.
    110 "commitmentReleased" 1 CommitmentReleased(CommitmentChangedV1),
    /// See the domain's event.
    111 "expenditurePosted" 1 ExpenditurePosted(ExpenditurePostedV1),
    /// See the domain's event.
    112 "expenditureCorrected" 1 ExpenditureCorrected(ExpenditureCorrectedV1),
    /// See the domain's event.
    113 "expenditureReversed" 1 ExpenditureReversed(ExpenditureReversedV1),
    /// See the domain's event.
    114 "cofinancingExpected" 1 CofinancingExpected(CofinancingPromisedV1),
    /// See the domain's event.
    115 "cofinancingPledged" 1 CofinancingPledged(CofinancingPromisedV1),
    /// See the domain's event.
    116 "cofinancingReceived" 1 CofinancingReceived(CofinancingReceivedV1),
    /// See the domain's event.
    117 "forecastRecorded" 1 ForecastRecorded(ForecastRecordedV1),
    /// See the domain's event.
    118 "figureExplained" 1 FigureExplained(FigureExplainedV1),
    /// See the domain's event.
    119 "periodClosed" 1 PeriodClosed(PeriodClosedV1),
    /// See the domain's event.
    120 "projectClosed" 1 ProjectClosed(ProjectClosedV1),
    /// See the domain's event.
    121 "programmeClosed" 1 ProgrammeClosed(ProgrammeClosedV1),

    /// See the domain's event.
    201 "regionEstablished" 1 RegionEstablished(RegionEstablishedV1),
    /// See the domain's event.
    202 "municipalityAdmitted" 1 MunicipalityAdmitted(MunicipalityAdmittedV1),
    /// See the domain's event.
    203 "municipalitiesMerged" 1 MunicipalitiesMerged(MunicipalitiesMergedV1),
    /// See the domain's event.
    204 "costGroupDefined" 1 CostGroupDefined(CostGroupDefinedV1),
    /// See the domain's event.
    205 "distributionKeySet" 1 DistributionKeySet(DistributionKeySetV1),
    /// See the domain's event.
    206 "phaseOutScheduled" 1 PhaseOutScheduled(PhaseOutScheduledV1),
    /// See the domain's event.
    207 "costRecorded" 1 CostRecorded(CostRecordedV1),
    /// See the domain's event.
    208 "costCorrected" 1 CostCorrected(CostCorrectedV1),
    /// See the domain's event.
    209 "costReversed" 1 CostReversed(CostReversedV1),
    /// See the domain's event.
    210 "costsBudgeted" 1 CostsBudgeted(CostsBudgetedV1),
    /// See the domain's event.
    211 "advanceInvoiced" 1 AdvanceInvoiced(AdvanceInvoicedV1),
    /// See the domain's event.
    212 "settlementDrawnUp" 1 SettlementDrawnUp(SettlementDrawnUpV1),
    /// See the domain's event.
    213 "settlementShareDrawn" 1 SettlementShareDrawn(SettlementShareDrawnV1),
    /// See the domain's event.
    214 "regionExplained" 1 RegionExplained(RegionExplainedV1),
    /// See the domain's event.
    215 "regionPeriodClosed" 1 RegionPeriodClosed(RegionPeriodClosedV1),
}

impl EventData {
    /// The domain's event of a programme stream; none for the data of other streams.
    pub fn to_programme_event(&self) -> Option<ProgrammeEvent> {
        programme::to_domain(self)
    }

    /// The data that records a programme's event in this programme's stream.
    pub fn from_programme_event(programme: &ledger_domain::Id, event: &ProgrammeEvent) -> Self {
        programme::from_domain(programme, event)
    }

    /// The domain's event of a region stream; none for the data of other streams.
    pub fn to_region_event(&self) -> Option<RegionEvent> {
        region::to_domain(self)
    }

    /// The data that records a region's event in this region's stream.
    pub fn from_region_event(region: &ledger_domain::Id, event: &RegionEvent) -> Self {
        region::from_domain(region, event)
    }

    /// The municipality of a cost, an advance or a settlement line; none for other events and joint costs.
    pub fn municipality(&self) -> Option<Municipality> {
        match self {
            Self::CostRecorded(cost) => cost.municipality.as_ref().map(|code| code.0),
            Self::CostCorrected(cost) => cost.municipality.as_ref().map(|code| code.0),
            Self::CostReversed(cost) => cost.municipality.as_ref().map(|code| code.0),
            Self::AdvanceInvoiced(advance) => Some(advance.municipality.0),
            Self::SettlementShareDrawn(line) => Some(line.municipality.0),
            _ => None,
        }
    }

    /// The entries that the event touches, for the index from entry ids to positions: kind and id.
    pub fn entry_keys(&self) -> impl Iterator<Item = (EntryKind, &str)> {
        let keys = programme::entry_keys(self).into_iter();
        keys.chain(region::entry_keys(self)).flatten()
    }
}

/// The kinds and ids of the entries that an event touches: two at most.
type EntryKeys<'a> = [Option<(EntryKind, &'a str)>; 2];

/// The kinds of entries that clients name; ids are unique per kind in their stream.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum EntryKind {
    /// A booked cost of a programme: found by its posting, its corrections and its reversal.
    Expenditure = 1,
    /// A contract or order: found by its entry.
    Commitment = 2,
    /// A correction of an expenditure.
    Correction = 3,
    /// A receipt of co-financing.
    Receipt = 4,
    /// A cost of a region: found by its recording, its corrections and its reversal.
    Cost = 5,
    /// A correction of a cost.
    CostCorrection = 6,
    /// An advance.
    Advance = 7,
}
