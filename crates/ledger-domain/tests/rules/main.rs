//! The rules of the ledger, tested from outside: given what was recorded, when a command comes, then one event or
//! one refusal. Commands are written as lines; see `book`.

mod apportionment;
mod audit;
mod book;
mod budget;
mod closing;
mod cofinancing;
mod commitments;
mod expenditures;
mod precedence;
mod random;
