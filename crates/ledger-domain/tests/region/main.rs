//! The rules of regions, tested from outside: given what was recorded, when a command comes, then events or one
//! refusal. Commands are written as lines; see `book`.

mod advances;
mod book;
mod cost_table;
mod costs;
mod keys;
mod lines;
mod mergers;
mod oracle;
mod precedence;
mod random;
mod running;
mod settlements;
mod shares;
mod worked;
