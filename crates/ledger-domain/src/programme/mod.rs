//! A programme: one sum that the council authorised, spent through projects.
//!
//! `decide` turns a command into one event or one refusal; `evolve` folds an event into the state. Both are pure.

mod balance;
mod charges;
mod command;
mod decide;
mod entries;
mod event;
mod fact;
mod project;
mod shares;
mod state;
mod totals;

pub(crate) use balance::money;
pub use balance::{Cents, YearBound};
pub use command::*;
pub use decide::decide;
pub use entries::{Commitment, Entries, EntryKind, EntryMap, Expenditure};
pub use event::*;
pub use fact::{EntryChange, EntryFact, OpenPart, Parts};
pub use project::{Funder, Project};
pub use state::{Programme, evolve};
