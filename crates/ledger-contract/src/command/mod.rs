//! Commands as clients write them: one JSON object each.

use ledger_domain::{Date, programme};
use serde::{Deserialize, Serialize};

use crate::event::{Details, Stream};

/// The largest command that is read, in bytes.
pub const COMMAND_BYTES_MAX: usize = 1 << 20;

/// A command that can be read; whether the rules take it is for the domain.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Command {
    /// Where its events go.
    pub stream: Stream,
    /// The business date that it counts for.
    pub booking_date: Date,
    /// The client's key: the same command again returns the first outcome.
    pub idempotency_key: Option<String>,
    /// The stream's version that it was made for.
    pub expected_version: Option<u64>,
    /// Texts that can be destroyed later; none without any. Salt and fingerprint come with the recording.
    pub details: Option<Details>,
    /// Whether the details hold an explanation.
    pub explained: bool,
    /// What is asked.
    pub action: Action,
}

/// What is asked, by the state machine that decides it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Action {
    /// Of a programme.
    Programme(programme::Command),
}

/// One fault of the input.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Fault {
    /// Where (RFC 6901); empty for the whole input.
    pub pointer: String,
    /// One sentence for people.
    pub detail: String,
}

/// Reads one command, or tells all its faults; the list of faults is never empty.
pub fn read_command(bytes: &[u8]) -> Result<Command, Vec<Fault>> {
    let _ = bytes;
    Err(Vec::new())
}

/// SHA-256 in hexadecimal over the canonical JSON of the command without its `idempotencyKey`.
pub fn fingerprint(bytes: &[u8]) -> String {
    let _ = bytes;
    String::new()
}
