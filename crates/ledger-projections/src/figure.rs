//! The figures of the reports, each a signed sum of parts; reports and explanations read the same table.

use std::fmt;

use ledger_domain::Money;

use crate::deltas::Part;

/// The reports of a programme.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum ReportName {
    /// `budget-position`
    BudgetPosition,
    /// `underspend`
    Underspend,
    /// `funding`
    Funding,
}

impl ReportName {
    /// Every report.
    pub const ALL: &'static [Self] = &[Self::BudgetPosition, Self::Underspend, Self::Funding];

    /// The name as the contract writes it.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::BudgetPosition => "budget-position",
            Self::Underspend => "underspend",
            Self::Funding => "funding",
        }
    }

    /// The report of this name.
    pub fn parse(text: &str) -> Option<Self> {
        Self::ALL.iter().copied().find(|name| name.as_str() == text)
    }

    /// The figures that can be explained, by the names that this report gives them.
    pub const fn figures(self) -> &'static [(&'static str, Figure)] {
        match self {
            Self::BudgetPosition => BUDGET_POSITION,
            Self::Underspend => UNDERSPEND,
            Self::Funding => FUNDING,
        }
    }
}

impl fmt::Display for ReportName {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

const BUDGET_POSITION: &[(&str, Figure)] = &[
    ("allocated", Figure::Allocated),
    ("transferredIn", Figure::TransferredIn),
    ("transferredOut", Figure::TransferredOut),
    ("carriedIn", Figure::CarriedIn),
    ("carriedOut", Figure::CarriedOut),
    ("released", Figure::Released),
    ("budget", Figure::Budget),
    ("grossBudget", Figure::GrossBudget),
    ("spentOwn", Figure::SpentOwn),
    ("spentTotal", Figure::SpentTotal),
    ("committedOwn", Figure::CommittedOwn),
    ("remaining", Figure::Remaining),
    ("available", Figure::Available),
    ("underspend", Figure::Underspend),
    ("overspend", Figure::Overspend),
    ("expected", Figure::Expected),
    ("pledged", Figure::Pledged),
    ("reserved", Figure::Reserved),
    ("received", Figure::Received),
    ("charged", Figure::Charged),
    ("receivable", Figure::Receivable),
    ("receivedInAdvance", Figure::ReceivedInAdvance),
    ("authorised", Figure::Authorised),
    ("unallocated", Figure::Unallocated),
];

const UNDERSPEND: &[(&str, Figure)] = &[
    ("budget", Figure::Budget),
    ("spentOwn", Figure::SpentOwn),
    ("underspend", Figure::Underspend),
    ("overspend", Figure::Overspend),
    ("carriedOver", Figure::CarriedOut),
    ("released", Figure::Released),
];

const FUNDING: &[(&str, Figure)] = &[
    ("spent", Figure::SpentTotal),
    ("received", Figure::Received),
    ("receivable", Figure::Receivable),
];

/// A figure of a report; terms and formulas are the contract's.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[allow(missing_docs, reason = "the contract's names, one variant each")]
pub enum Figure {
    Authorised,
    Unallocated,
    Allocated,
    TransferredIn,
    TransferredOut,
    CarriedIn,
    CarriedOut,
    Released,
    Budget,
    GrossBudget,
    SpentOwn,
    SpentTotal,
    CommittedOwn,
    Remaining,
    Available,
    Underspend,
    Overspend,
    Expected,
    Pledged,
    Reserved,
    Received,
    Charged,
    Receivable,
    ReceivedInAdvance,
}

impl Figure {
    /// Every figure, in the order of the variants.
    pub const ALL: &'static [Self] = &[
        Self::Authorised,
        Self::Unallocated,
        Self::Allocated,
        Self::TransferredIn,
        Self::TransferredOut,
        Self::CarriedIn,
        Self::CarriedOut,
        Self::Released,
        Self::Budget,
        Self::GrossBudget,
        Self::SpentOwn,
        Self::SpentTotal,
        Self::CommittedOwn,
        Self::Remaining,
        Self::Available,
        Self::Underspend,
        Self::Overspend,
        Self::Expected,
        Self::Pledged,
        Self::Reserved,
        Self::Received,
        Self::Charged,
        Self::Receivable,
        Self::ReceivedInAdvance,
    ];

    /// How often a part counts in this figure: 1, 0 or -1. `own` is own money, as against a funder's.
    pub const fn weight(self, part: Part, own: bool) -> i64 {
        match self {
            Self::Authorised => (matches!(part, Part::Authorised)) as i64,
            Self::Unallocated => Self::Authorised.weight(part, own) - Self::Budget.weight(part, own),
            Self::Allocated => (matches!(part, Part::Allocated)) as i64,
            Self::TransferredIn => (matches!(part, Part::TransferredIn)) as i64,
            Self::TransferredOut => (matches!(part, Part::TransferredOut)) as i64,
            Self::CarriedIn => (matches!(part, Part::CarriedIn)) as i64,
            Self::CarriedOut => (matches!(part, Part::CarriedOut)) as i64,
            Self::Released => (matches!(part, Part::Released)) as i64,
            Self::Budget => match part {
                Part::Allocated | Part::TransferredIn | Part::CarriedIn => 1,
                Part::TransferredOut | Part::CarriedOut | Part::Released => -1,
                _ => 0,
            },
            Self::GrossBudget => Self::Budget.weight(part, own) + Self::Pledged.weight(part, own),
            Self::SpentOwn => (own && matches!(part, Part::Spent)) as i64,
            Self::SpentTotal => (matches!(part, Part::Spent)) as i64,
            Self::CommittedOwn => (own && matches!(part, Part::Committed)) as i64,
            Self::Remaining | Self::Underspend => {
                Self::Budget.weight(part, own) - Self::SpentOwn.weight(part, own)
            }
            Self::Overspend => -Self::Remaining.weight(part, own),
            Self::Available => Self::Remaining.weight(part, own) - Self::CommittedOwn.weight(part, own),
            Self::Expected => (matches!(part, Part::Expected)) as i64,
            Self::Pledged => (matches!(part, Part::Pledged)) as i64,
            Self::Reserved => (!own && matches!(part, Part::Committed)) as i64,
            Self::Received => (matches!(part, Part::Received)) as i64,
            Self::Charged => (!own && matches!(part, Part::Spent)) as i64,
            Self::Receivable => Self::Charged.weight(part, own) - Self::Received.weight(part, own),
            Self::ReceivedInAdvance => Self::Received.weight(part, own) - Self::Charged.weight(part, own),
        }
    }

    /// Whether no project and no year has one of its own.
    pub const fn is_of_whole_programme(self) -> bool {
        matches!(self, Self::Authorised | Self::Unallocated)
    }

    /// Whether a report tells it per source: `funding` all it has, `budget-position` what is asked of funders.
    pub const fn is_told_per_source(self, report: ReportName) -> bool {
        let of_funders = matches!(
            self,
            Self::Expected
                | Self::Pledged
                | Self::Reserved
                | Self::Received
                | Self::Charged
                | Self::Receivable
                | Self::ReceivedInAdvance
        );
        of_funders || matches!(report, ReportName::Funding)
    }

    /// Whether the sum of the parts counts only where it is above zero.
    pub const fn is_floored(self) -> bool {
        matches!(self, Self::Underspend | Self::Overspend) || self.is_floored_per_funder()
    }

    /// Whether that holds for each funder of a project apart, rather than for the project.
    pub const fn is_floored_per_funder(self) -> bool {
        matches!(self, Self::Receivable | Self::ReceivedInAdvance)
    }
}

/// Cents as money. The domain refuses what would bring a total beyond [`Money::MAX`] (`total-out-of-range`), so this
/// holds a figure at that bound only for events that no ledger has accepted.
pub(crate) fn money(cents: i128) -> Money {
    let bound = i128::from(Money::MAX.cents());
    let held = cents.clamp(-bound, bound);
    i64::try_from(held)
        .ok()
        .and_then(Money::from_cents)
        .unwrap_or(Money::MAX)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn figures_are_numbered_by_their_place() {
        let numbers: Vec<usize> = Figure::ALL.iter().map(|figure| *figure as usize).collect();
        assert_eq!(numbers, (0..numbers.len()).collect::<Vec<_>>());
        assert!(ReportName::ALL.iter().all(|report| {
            let shown = report.figures().iter();
            shown.clone().all(|(_, figure)| Figure::ALL.contains(figure)) && shown.len() > 0
        }));
    }
}
