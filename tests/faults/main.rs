//! What disks, power cuts, kills and clocks do to a ledger: nothing that was acknowledged is ever lost, nothing else is
//! half there, and what happened is told in a sentence.
//!
//! `tools/faults.sh` runs a short share and prints a row for each test; `tools/faults.sh --long` runs them at length.
//! Every choice follows from the seed that is printed; `FAULTS_SEED` sets another.
#![allow(
    clippy::unwrap_used,
    clippy::indexing_slicing,
    clippy::panic,
    clippy::print_stdout,
    reason = "a test stops at what it did not expect, and these tell what they did"
)]

mod clock;
mod damage;
mod full;
mod image;
mod journal;
mod kills;
mod ledger;
mod mount;
mod posting;
mod power;
mod recovery;
mod row;
mod shim;
mod slow;
mod system_calls;

use row::{Row, dice, share};
