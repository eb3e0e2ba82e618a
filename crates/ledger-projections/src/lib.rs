//! Reports as folds over events: what each event adds to which figure, and those sums at any date.
//!
//! What is absent matters: no I/O, no clock, no floats, and nothing here can append. A projection holds sums per day,
//! never events, so a question at any date replays nothing. What the ledger knew at an earlier point is asked of a
//! projection that was folded up to that point: the service keeps those.

mod budget_position;
mod code_table;
mod deltas;
mod explain;
mod figure;
mod flags;
mod funding;
mod groups;
mod programme;
mod query;
mod series;
mod snapshot;
mod underspend;

pub use budget_position::budget_position;
pub use code_table::CodeTable;
pub use deltas::{Delta, Part, deltas};
pub use explain::{Contribution, Explainer};
pub use figure::{Figure, ReportName};
pub use funding::funding;
pub use programme::ProgrammeProjection;
pub use query::{GroupBy, Query};
pub use underspend::underspend;
