//! Reports as every surface shows them: one struct per report, its fields in the order in which the JSON has them.
//!
//! They can be read back, so that the command line makes the same tables of a server's answer.

/// Writes fields of a row. Rows of thousands are written by hand: `flatten` makes a map of each, whose keys are looked
/// through for what must be escaped.
macro_rules! put {
    ($row:ident, $of:expr; $($name:literal $field:ident),* $(,)?) => {
        $($row.serialize_field($name, &$of.$field)?;)*
    };
}

mod advance_plan;
mod budget_position;
mod claim;
mod cost_shares;
mod explanation;
mod funding;
mod phase_out;
mod region;
mod region_explanation;
mod settlement;
mod underspend;

pub use advance_plan::{AdvanceCommand, AdvancePlan};
pub use budget_position::{
    BudgetPosition, Cofinancing, FigureExplanation, Figures, Flag, Group, ProjectPosition,
};
pub use claim::Claim;
pub use cost_shares::{CostShares, GroupShare, GroupShares, MunicipalityShares};
pub use explanation::{ExplainedEvent, Explanation};
pub use funding::{Funding, FundingFigures, ProjectFunding, SourceFunding};
pub use phase_out::{GroupDegree, PhaseOut, PhaseOutFigures, PhaseOutShare, PhaseOutYear, Simulation};
pub use region::{RegionFigureExplanation, RegionFlag, RegionHead, ScheduleStep, ShareFigures};
pub use region_explanation::{CalculationStep, RegionExplainedEvent, RegionExplanation, StepKind};
pub use settlement::{
    GroupNow, Settlement, SettlementChange, SettlementFigures, SettlementGroup, SettlementLine,
    SettlementLineGroup, SettlementPart,
};
pub use underspend::{ProjectUnderspend, ThemeUnderspend, Underspend, UnderspendFigures};

use ledger_domain::Year;
use serde::{Deserialize, Serialize};

use crate::value::{At, Day, Fault, Name, parse_instant, quoted};

/// What a programme's report is about, and on what it stands.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Head {
    /// The programme.
    pub programme: Name,
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
    /// The year asked for; null for all years together.
    pub year: Option<Year>,
}

/// The knowledge that a report stands on: an instant (inclusive) or the log when it had that many events.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(untagged)]
pub enum KnownAt {
    /// A JSON integer.
    Position(u64),
    /// A JSON string.
    Instant(At),
}

impl KnownAt {
    /// Reads a parameter: digits are a log position, anything else is an instant.
    pub fn parse(text: &str) -> Result<Self, Fault> {
        if text.bytes().all(|byte| byte.is_ascii_digit()) {
            if text.len() > 1 && text.starts_with('0') {
                return Err(format!(
                    "{} has zeros in front, which do not belong there",
                    quoted(text)
                ));
            }
            let position = text
                .parse()
                .map_err(|_| format!("{} is neither a log position nor an instant in UTC", quoted(text)))?;
            return Ok(Self::Position(position));
        }
        parse_instant(text).map(|instant| Self::Instant(At(instant)))
    }
}

#[cfg(test)]
mod tests;
