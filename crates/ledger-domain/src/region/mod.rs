//! A region: municipalities that share the bill of care by a key, by use, or by a phased mix of both.
//!
//! `decide` turns a command into events or one refusal; `evolve` folds an event into the state. Both are pure. What a
//! year comes to at a date is calculated in one place, [`Region::statement`] over [`shares`], for settlements and
//! reports alike.

mod advances;
mod command;
mod cost_book;
mod cost_table;
mod decide;
mod entries;
mod event;
mod fact;
mod members;
mod parts;
mod places;
mod running;
mod state;
mod statement;
mod versions;
mod weight;

pub mod shares;

pub use advances::{PlannedAdvance, plan_advances};
pub use command::*;
pub use cost_book::{BookedCosts, CostBook, Costs};
pub use cost_table::CostTable;
pub use decide::decide;
pub use entries::{Cost, Entries, EntryKind, EntryMap};
pub use event::*;
pub use fact::{CostChange, CostFact};
pub use members::{Member, Members, Merged, first_day};
pub use parts::Part;
pub use running::Running;
pub use shares::{MemberCost, Share};
pub use state::{Budget, Group, GroupYear, Recorded, Region, RegionYear, evolve};
pub use statement::{Assumptions, ExpectedCosts, GroupStatement, Line, Statement, degree};
pub use versions::{Version, Versions};
pub use weight::{Weight, Weights};
