//! The binary as its users meet it: what it prints where, and with which status it ends.

mod backup;
mod backup_kills;
mod bundle_document;
mod demo;
mod dordrecht;
mod forger;
mod harness;
mod help;
mod import;
mod plan_advances;
mod proof;
mod proof_bundles;
mod proof_forgers;
mod record;
mod regions;
mod serve;
mod usage;
