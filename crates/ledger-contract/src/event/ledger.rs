//! The ledger's own events.

use serde::{Deserialize, Serialize};

/// `ledgerOpened`, schema 1.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct LedgerOpenedV1 {
    /// The version of the tape's format; `FORMAT.md` states it.
    pub format: u32,
    /// The name of this ledger in checkpoints: host and path, without a scheme (C2SP tlog-checkpoint, origin).
    pub origin: String,
}
