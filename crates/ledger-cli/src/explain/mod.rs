//! `explain`: the events behind one figure, with amounts that sum to it.

mod programme;
mod region;

use ledger_projections::ReportName;

use crate::{arguments::Explain, failure::Failure, place::Place, settings::Settings};

/// Shows the explanation that was asked.
pub(crate) fn run(asked: &Explain, place: &Place, settings: &Settings) -> Result<(), Failure> {
    match asked {
        Explain::BudgetPosition(asked) => programme::run(ReportName::BudgetPosition, asked, place, settings),
        Explain::Underspend(asked) => programme::run(ReportName::Underspend, asked, place, settings),
        Explain::Funding(asked) => programme::run(ReportName::Funding, asked, place, settings),
        Explain::CostShares(asked) => region::run(asked, place, settings),
    }
}
