//! The figures of a municipality that can be explained, by the names that `cost-shares` gives them.

use std::fmt;

use ledger_domain::{
    Money,
    region::{Line, Share},
};

/// A figure of `cost-shares`; terms and formulas are the contract's.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[allow(missing_docs, reason = "the contract's names, one variant each")]
pub enum RegionFigure {
    ActualCost,
    JointShare,
    FullSolidarityShare,
    CostShare,
    Benefit,
    BudgetedShare,
    Advances,
    Settled,
    Balance,
}

impl RegionFigure {
    /// Every figure.
    pub const ALL: &'static [Self] = &[
        Self::ActualCost,
        Self::JointShare,
        Self::FullSolidarityShare,
        Self::CostShare,
        Self::Benefit,
        Self::BudgetedShare,
        Self::Advances,
        Self::Settled,
        Self::Balance,
    ];

    /// The name as the report writes it.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::ActualCost => "actualCost",
            Self::JointShare => "jointShare",
            Self::FullSolidarityShare => "fullSolidarityShare",
            Self::CostShare => "costShare",
            Self::Benefit => "benefit",
            Self::BudgetedShare => "budgetedShare",
            Self::Advances => "advances",
            Self::Settled => "settled",
            Self::Balance => "balance",
        }
    }

    /// The figure of this name.
    pub fn parse(text: &str) -> Option<Self> {
        Self::ALL.iter().copied().find(|figure| figure.as_str() == text)
    }

    /// Whether a single group has it.
    pub const fn is_of_groups(self) -> bool {
        !matches!(self, Self::Advances | Self::Settled | Self::Balance)
    }

    /// The figure of a group, or of all groups together.
    pub(crate) const fn of_share(self, share: &Share) -> Option<Money> {
        match self {
            Self::ActualCost => Some(share.actual_cost),
            Self::JointShare => share.joint_share,
            Self::FullSolidarityShare => share.full_solidarity_share,
            Self::CostShare => share.cost_share,
            Self::Benefit => share.benefit,
            Self::BudgetedShare => share.budgeted_share,
            Self::Advances | Self::Settled | Self::Balance => None,
        }
    }

    /// The figure of a line.
    pub(crate) const fn of_line(self, line: &Line) -> Option<Money> {
        match self {
            Self::Advances => Some(line.advances),
            Self::Settled => Some(line.settled),
            Self::Balance => line.balance,
            _ => self.of_share(&line.share),
        }
    }
}

impl fmt::Display for RegionFigure {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}
