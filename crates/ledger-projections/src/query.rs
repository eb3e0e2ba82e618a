//! What is asked of a report.

use ledger_domain::{Date, Id, Year};

/// A question to a programme's report. What the ledger knew is the projection that is handed in with it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Query {
    /// What is booked later is not in the report.
    pub as_of: Date,
    /// Only what is bound to this year; none for all years together.
    pub year: Option<Year>,
    /// Only this project. One that was never opened, or later than the date, leaves nothing to list.
    pub project: Option<Id>,
    /// Groups to add.
    pub by: Option<GroupBy>,
}

/// The dimension by which projects are grouped.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum GroupBy {
    /// The theme.
    Theme,
    /// The law.
    Law,
    /// The task-field code.
    Taakveld,
    /// The value of the tag with this name.
    Tag(String),
}

impl GroupBy {
    /// Reads `theme`, `law`, `taakveld` or `tag:NAME`; none for any other text.
    pub fn parse(text: &str) -> Option<Self> {
        match text {
            "theme" => Some(Self::Theme),
            "law" => Some(Self::Law),
            "taakveld" => Some(Self::Taakveld),
            _ => text
                .strip_prefix("tag:")
                .filter(|name| !name.is_empty())
                .map(|name| Self::Tag(name.to_owned())),
        }
    }
}
