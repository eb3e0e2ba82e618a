//! What a bundle claims: one figure of a report, to be derived again from the events beside it.

use ledger_domain::Year;
use serde::{Deserialize, Serialize};

use crate::value::{Cents, Day, MunicipalityCode, Name};

/// A figure as it was asked and answered: the query of a bundle, which holds every event of the stream.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct Claim {
    /// The report that shows the figure.
    pub report: String,
    /// The stream of the programme or region that it is about.
    pub stream: String,
    /// The figure's name in the report.
    pub figure: String,
    /// The programme's project; null for the sum of them, and for regions.
    pub project: Option<Name>,
    /// The funder, or `programme`; null for a figure that is not told per source.
    pub source: Option<Name>,
    /// The municipality of a region; null for programmes.
    pub municipality: Option<MunicipalityCode>,
    /// The region's cost group; null for all together, and for programmes.
    pub group: Option<Name>,
    /// What is booked later does not count.
    pub as_of: Day,
    /// Only events below this position count.
    pub log_position: u64,
    /// Only what is bound to this year; null for all years of a programme.
    pub year: Option<Year>,
    /// The figure.
    pub amount: Cents,
}
