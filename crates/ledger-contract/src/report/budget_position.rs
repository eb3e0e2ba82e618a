//! `budget-position`: what was authorised, what is spent, what is left.

use serde::{Deserialize, Serialize, Serializer, ser::SerializeStruct};

use super::Head;
use crate::value::{Cents, Day, Name};

/// The figures of one project, or their sums.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Figures {
    /// Given by decision.
    pub allocated: Cents,
    /// From other projects.
    pub transferred_in: Cents,
    /// To other projects.
    pub transferred_out: Cents,
    /// From earlier years.
    pub carried_in: Cents,
    /// To later years.
    pub carried_out: Cents,
    /// Given back at the project's close.
    pub released: Cents,
    /// Own money: all of the above.
    pub budget: Cents,
    /// Own budget and pledges.
    pub gross_budget: Cents,
    /// Expenditure charged to own money.
    pub spent_own: Cents,
    /// Expenditure charged to any source.
    pub spent_total: Cents,
    /// The own part of open commitments.
    pub committed_own: Cents,
    /// Budget less own expenditure.
    pub remaining: Cents,
    /// Remaining less own open commitments.
    pub available: Cents,
    /// What remains, where above zero.
    pub underspend: Cents,
    /// What is lacking, where below zero.
    pub overspend: Cents,
}

impl Figures {
    /// Writes the figures into the row that has them.
    fn put<S: SerializeStruct>(&self, row: &mut S) -> Result<(), S::Error> {
        put!(row, self; "allocated" allocated, "transferredIn" transferred_in, "transferredOut" transferred_out,
            "carriedIn" carried_in, "carriedOut" carried_out, "released" released, "budget" budget,
            "grossBudget" gross_budget, "spentOwn" spent_own, "spentTotal" spent_total, "committedOwn" committed_own,
            "remaining" remaining, "available" available, "underspend" underspend, "overspend" overspend);
        Ok(())
    }
}

/// The report.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct BudgetPosition {
    /// What it is about.
    #[serde(flatten)]
    pub head: Head,
    /// The council's sum; null when a year is asked.
    pub authorised: Option<Cents>,
    /// What of it no project has; null when a year is asked.
    pub unallocated: Option<Cents>,
    /// Sums of the projects; `remaining` and `available` include the unallocated part.
    pub totals: Figures,
    /// In the order of opening.
    pub projects: Vec<ProjectPosition>,
    /// Only when grouping is asked; the groups tie to the totals.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub groups: Option<Vec<Group>>,
}

/// One project.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct ProjectPosition {
    /// The project.
    pub project: Name,
    /// Its title.
    pub title: String,
    /// Its theme.
    pub theme: Option<String>,
    /// Its law.
    pub law: Option<String>,
    /// Its task-field code.
    pub taakveld: Option<String>,
    /// Its figures.
    #[serde(flatten)]
    pub figures: Figures,
    /// Per funder.
    pub cofinancing: Vec<Cofinancing>,
    /// What a reader should know before trusting the figures.
    pub flags: Vec<Flag>,
    /// Texts that belong to its figures.
    pub explanations: Vec<FigureExplanation>,
}

impl Serialize for ProjectPosition {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let mut row = serializer.serialize_struct("ProjectPosition", 23)?;
        put!(row, self; "project" project, "title" title, "theme" theme, "law" law, "taakveld" taakveld);
        self.figures.put(&mut row)?;
        put!(row, self; "cofinancing" cofinancing, "flags" flags, "explanations" explanations);
        row.end()
    }
}

/// What one funder pays along with one project.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Cofinancing {
    /// The funder.
    pub funder: Name,
    /// Hoped for.
    pub expected: Cents,
    /// Promised.
    pub pledged: Cents,
    /// The funder's part of open commitments.
    pub reserved: Cents,
    /// Paid.
    pub received: Cents,
    /// The funder's part of expenditure.
    pub charged: Cents,
    /// Charged and not yet received.
    pub receivable: Cents,
    /// Received and not yet charged.
    pub received_in_advance: Cents,
}

/// What a reader should know before trusting a project's figures.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Flag {
    /// At the asked date more was spent than was budgeted, though no rule was broken when it was recorded.
    SpentBeforeBudget,
    /// More is spent than budgeted.
    Overspent,
    /// A past year's bound budget was neither spent nor carried over.
    YearBudgetLapsed,
    /// An entry's task-field code does not exist in the entry's year.
    CodeNotValidInYear,
    /// An entry lies after the end.
    AfterEnd,
    /// The project ended and no money is found for after it.
    NoFollowUpFunding,
    /// An explanation says that the sources contradict each other.
    SourceContradiction,
}

impl Flag {
    /// Every flag, in the order in which reports list them.
    pub const ALL: &'static [Flag] = &[
        Flag::SpentBeforeBudget,
        Flag::Overspent,
        Flag::YearBudgetLapsed,
        Flag::CodeNotValidInYear,
        Flag::AfterEnd,
        Flag::NoFollowUpFunding,
        Flag::SourceContradiction,
    ];

    /// The code as the JSON has it.
    pub const fn as_str(self) -> &'static str {
        match self {
            Flag::SpentBeforeBudget => "spent-before-budget",
            Flag::Overspent => "overspent",
            Flag::YearBudgetLapsed => "year-budget-lapsed",
            Flag::CodeNotValidInYear => "code-not-valid-in-year",
            Flag::AfterEnd => "after-end",
            Flag::NoFollowUpFunding => "no-follow-up-funding",
            Flag::SourceContradiction => "source-contradiction",
        }
    }
}

/// A text that belongs to a figure.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct FigureExplanation {
    /// The figure's name.
    pub figure: String,
    /// The text; null once destroyed.
    pub explanation: Option<String>,
    /// The date it counts for.
    pub booking_date: Day,
    /// The event that holds it.
    pub position: u64,
}

/// The sums of the projects that share a theme, law, task field or tag.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Group {
    /// What they share; null for those without that dimension.
    pub key: Option<String>,
    /// The sums.
    #[serde(flatten)]
    pub figures: Figures,
}
