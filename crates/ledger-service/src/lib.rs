//! The ledger as its users know it: one writer that decides and appends, and queries at a date.
//!
//! `command -> decide -> event -> append -> project -> query` runs through here: the writer takes commands in order,
//! decides them against the state in memory, appends in groups and lets the read model apply what is durable.
//! Readers never wait for the writer.

mod clients;
mod clock;
mod commits;
mod costs;
mod destruction;
mod explanations;
mod gate;
mod import;
mod kept;
mod ledger;
mod lookup;
mod named;
mod proofs;
mod queries;
mod read_model;
mod region_queries;
mod streams;
mod submission;
mod writer;

pub use clock::{Clock, SystemClock, today};
pub use destruction::{Destroyed, Destruction, destroy_details};
pub use import::{
    Entry, Import, ImportError, ImportOutcome, ImportRefusal, Line, Visit, commit_import, import,
};
pub use ledger::{Ledger, LedgerError, open, over};
pub use proofs::{
    BundleFault, CheckedBundle, LogKey, ProofError, Signed, check_bundle, make_checkpoint, new_key, read_key,
    signed_events, write_private,
};
pub use queries::{Queries, QueryError, ReportQuery};
pub use region_queries::{RegionFigureRequest, RegionQuery, SettlementSummary};
pub use submission::Submission;
pub use writer::{Outcome, Rejection, Writer};
