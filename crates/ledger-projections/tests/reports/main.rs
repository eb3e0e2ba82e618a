//! Reports against facts of the domain text, each flag, and a naive recomputation of random histories.

mod facts;
mod flags;
mod history;
mod naive;
mod properties;
mod random;
mod rules;
