//! A programme: one sum that the council authorised, spent through projects.
//!
//! `decide` turns a command into events or one refusal; `evolve` folds an event into the state. Both are pure.

mod command;
mod event;

pub use command::*;
pub use event::*;
