//! The ledger's own events.

use serde::{Deserialize, Serialize};

use crate::value::Day;

/// `ledgerOpened`, schema 1.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct LedgerOpenedV1 {
    /// The version of the tape's format; `FORMAT.md` states it.
    pub format: u32,
    /// The name of this ledger in checkpoints: host and path, without a scheme (C2SP tlog-checkpoint, origin).
    pub origin: String,
}

/// `streamHeadsRecorded`, schema 1: the last leaf below every checkpoint, so that a bundle can show that it holds all
/// of a stream. `crates/ledger-proof/FORMAT-BUNDLE.md` tells how the root is made.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct StreamHeadsRecordedV1 {
    /// The root of the map from streams to versions, this event counted too; 64 lower-case hexadecimal digits.
    pub root: String,
    /// The number of streams in the map.
    pub streams: u64,
}

/// `logKeyIntroduced`, schema 1: checkpoints after it are signed with this key. What earlier keys signed stays valid.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct LogKeyIntroducedV1 {
    /// The public key: `name+id+base64` (C2SP signed-note, verifier keys).
    pub key: String,
    /// The key before it, in the same form; null for a ledger's first.
    pub replaces: Option<String>,
}

/// `detailsDestroyed`, schema 1, in the stream that it is about: of every event of that stream that was recorded before
/// it and is booked through the date, the details are destroyed. No figure stands on them.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct DetailsDestroyedV1 {
    /// The document in which it was decided, at most 256 characters.
    pub decision: String,
    /// The last booking date whose details are destroyed.
    pub through: Day,
}
