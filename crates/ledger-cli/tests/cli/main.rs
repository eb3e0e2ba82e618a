//! The binary as its users meet it: what it prints where, and with which status it ends.

mod demo;
mod dordrecht;
mod faults;
mod harness;
mod help;
mod import;
mod plan_advances;
mod proof;
mod record;
mod regions;
mod serve;
mod usage;
