//! `funding`: where the money comes from and where it lands.

use serde::{Deserialize, Serialize};

use super::{Group, Head};
use crate::value::{Cents, Name};

/// What one source paid for, or sums of it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct FundingFigures {
    /// Expenditure charged to the source.
    pub spent: Cents,
    /// What the source paid.
    pub received: Cents,
    /// Charged and not yet received.
    pub receivable: Cents,
}

/// The report.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Funding {
    /// What it is about.
    #[serde(flatten)]
    pub head: Head,
    /// Sums of the sources.
    pub totals: FundingFigures,
    /// `programme` (own money) first, then in the order of appearance.
    pub sources: Vec<SourceFunding>,
    /// Only when grouping is asked; the groups tie to the totals of budget-position.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub groups: Option<Vec<Group>>,
}

/// One source.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct SourceFunding {
    /// A funder, or `programme` for own money.
    pub source: Name,
    /// Sums of its projects.
    #[serde(flatten)]
    pub figures: FundingFigures,
    /// In the order of opening.
    pub projects: Vec<ProjectFunding>,
}

/// What a source paid for in one project.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct ProjectFunding {
    /// The project.
    pub project: Name,
    /// Its title.
    pub title: String,
    /// The figures.
    #[serde(flatten)]
    pub figures: FundingFigures,
}
