//! The events behind one figure of a report, with amounts that sum to it.

use ledger_domain::Year;
use serde::{Deserialize, Serialize};

use super::KnownAt;
use crate::value::{At, Cents, Day, EntryName, Name};

/// One figure and every event that made it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Explanation {
    /// The report that shows the figure, such as `budget-position`.
    pub report: String,
    /// The programme.
    pub programme: Name,
    /// The project; null for the programme's own figure.
    pub project: Option<Name>,
    /// The figure's name in the report.
    pub figure: String,
    /// The funder or `programme`, for a figure per source; absent for any other.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub source: Option<Name>,
    /// What is booked later is not in the figure.
    pub as_of: Day,
    /// As asked; null when not asked.
    pub known_at: Option<KnownAt>,
    /// The number of events that the figure stands on.
    pub log_position: u64,
    /// The root over those events (RFC 6962), 64 hexadecimal digits: what a checkpoint of that size signs.
    pub root: String,
    /// The year asked for; null for all years together.
    pub year: Option<Year>,
    /// The figure.
    pub amount: Cents,
    /// In the order of recording; their amounts sum to the figure.
    pub events: Vec<ExplainedEvent>,
}

/// One event's part of a figure.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct ExplainedEvent {
    /// The event.
    pub position: u64,
    /// Its type.
    pub r#type: String,
    /// The date it counts for.
    pub booking_date: Day,
    /// When the ledger learned it.
    pub recorded_at: At,
    /// The project; null for an event of the programme.
    pub project: Option<Name>,
    /// The client's id of the entry; null for other events.
    pub entry: Option<EntryName>,
    /// What it adds to the figure, signed.
    pub amount: Cents,
    /// Who is paid; null without one, and once destroyed, as the texts after it.
    pub supplier: Option<String>,
    /// What the entry is about.
    pub description: Option<String>,
    /// Where the proof of the entry can be found.
    pub document: Option<String>,
    /// The explanation that came with the command.
    pub explanation: Option<String>,
    /// Why an entry was corrected, reversed, raised or released.
    pub reason: Option<String>,
}
