//! Reports as folds over events: what each event adds to which figure, and those sums at any date.
//!
//! What is absent matters: no I/O, no clock, no floats, and nothing here can append. A projection holds sums per day,
//! never events, so a question at any date replays nothing. What the ledger knew at an earlier point is asked of a
//! projection that was folded up to that point: the service keeps those.

mod booked_costs;
mod budget_position;
mod code_table;
mod cost_shares;
mod deltas;
mod explain;
mod figure;
mod flags;
mod funding;
mod groups;
mod phase_out;
mod programme;
mod programme_sums;
mod query;
mod region;
mod region_explain;
mod region_figure;
mod region_steps;
mod region_sums;
mod settlement;
mod snapshot;
mod underspend;

pub use budget_position::budget_position;
pub use code_table::CodeTable;
pub use cost_shares::{advance_plan, cost_shares};
pub use deltas::{Delta, Part, deltas};
pub use explain::{Contribution, Explainer};
pub use figure::{Figure, ReportName};
pub use funding::funding;
pub use phase_out::{PhaseOutQuery, phase_out};
pub use programme::ProgrammeProjection;
pub use query::{GroupBy, Query};
pub use region::RegionProjection;
pub use region_explain::{RegionContribution, RegionExplained, RegionExplainer, RegionQuery};
pub use region_figure::RegionFigure;
pub use settlement::settlement;
pub use underspend::underspend;
