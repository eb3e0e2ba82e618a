//! A programme: one sum that the council authorised, spent through projects.
//!
//! `decide` turns a command into one event or one refusal; `evolve` folds an event into the state. Both are pure.

mod charges;
mod command;
mod decide;
mod entries;
mod event;
mod state;

pub use command::*;
pub use decide::decide;
pub use entries::{Commitment, Entries, EntryKind, EntryMap, Expenditure};
pub use event::*;
pub use state::{Programme, evolve};
