//! `underspend`: what is left unspent per project and theme, and what is expected to be left.

use serde::{Deserialize, Serialize};

use super::{Group, Head};
use crate::value::{Cents, Name};

/// The figures of one project, or their sums.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct UnderspendFigures {
    /// Own money.
    pub budget: Cents,
    /// Expenditure charged to own money.
    pub spent_own: Cents,
    /// What remains, where above zero.
    pub underspend: Cents,
    /// What is lacking, where below zero.
    pub overspend: Cents,
    /// The own expenditure that is expected in all; null without a forecast.
    pub forecast_at_end: Option<Cents>,
    /// What the forecast leaves of the budget; null without a forecast.
    pub forecast_underspend: Option<Cents>,
    /// To later years.
    pub carried_over: Cents,
    /// Given back at a project's close.
    pub released: Cents,
    /// The latest text about it; null without one, and once destroyed.
    pub explanation: Option<String>,
}

/// The report.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Underspend {
    /// What it is about.
    #[serde(flatten)]
    pub head: Head,
    /// Sums of the projects; under- and overspend do not net.
    pub totals: UnderspendFigures,
    /// In the order of their first project.
    pub themes: Vec<ThemeUnderspend>,
    /// In the order of opening.
    pub projects: Vec<ProjectUnderspend>,
    /// Only when grouping is asked; the groups tie to the totals of budget-position.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub groups: Option<Vec<Group>>,
}

/// One theme.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct ThemeUnderspend {
    /// The theme; null for the projects without one.
    pub theme: Option<String>,
    /// The sums.
    #[serde(flatten)]
    pub figures: UnderspendFigures,
}

/// One project.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct ProjectUnderspend {
    /// The project.
    pub project: Name,
    /// Its title.
    pub title: String,
    /// Its theme.
    pub theme: Option<String>,
    /// Its figures.
    #[serde(flatten)]
    pub figures: UnderspendFigures,
}
