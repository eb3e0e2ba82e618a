//! What a bundle claims: one figure of a report, to be derived again from the events beside it.

use ledger_domain::Year;
use serde::{Deserialize, Serialize};

use crate::value::{Cents, Day, Name};

/// A figure as it was asked and answered: the query of a bundle. Its events stand in the bundle, all of the stream.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct Claim {
    /// The report that shows the figure.
    pub report: String,
    /// The programme.
    pub programme: Name,
    /// The project; null for the programme's sum.
    pub project: Option<Name>,
    /// The figure's name in the report.
    pub figure: String,
    /// The funder, or `programme`; null for a figure that is not told per source.
    pub source: Option<Name>,
    /// What is booked later does not count.
    pub as_of: Day,
    /// Only events below this position count.
    pub log_position: u64,
    /// Only what is bound to this year; null for all years.
    pub year: Option<Year>,
    /// The figure.
    pub amount: Cents,
}
