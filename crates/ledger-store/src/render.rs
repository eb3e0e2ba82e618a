//! From a new event to its line: the salt, the hash of the details and the leaf are written here, for every log.

use ledger_contract::{
    event::{Details, Event, EventData, LedgerOpenedV1, Stream, write_leaf},
    value::Instant,
};
use rand_chacha::{
    ChaCha20Rng,
    rand_core::{Rng as _, SeedableRng as _},
};
use sha2::{Digest as _, Sha256};

use crate::{AppendError, Fatal, NewCommand, NewEvent};

/// The longest leaf in bytes: entries of a tiled log have a length of 16 bits (C2SP tlog-tiles, log entries).
pub const LEAF_BYTES_MAX: usize = 65_535;

/// The longest details in bytes, far above seven texts of 4,000 characters: a line must fit a reader's buffer.
pub const DETAILS_BYTES_MAX: usize = 512 << 10;

/// The version of the tape's format, as position 0 tells it; `FORMAT.md` states what it means.
pub const FORMAT: u32 = 1;

/// Writes lines. It owns the salts: a seeded cryptographic generator, so that a short text is not guessed from its hash.
#[derive(Debug)]
pub(crate) struct Renderer {
    salts: ChaCha20Rng,
    details: Vec<u8>,
}

/// The widths in bytes of a line's two parts, without tab and newline.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Widths {
    pub(crate) leaf: u32,
    pub(crate) details: u32,
}

impl Renderer {
    pub(crate) fn new(seed: Option<[u8; 32]>) -> Result<Self, Fatal> {
        let seed = if let Some(seed) = seed {
            seed
        } else {
            let mut seed = [0; 32];
            getrandom::fill(&mut seed).map_err(|error| Fatal::Io {
                doing: "taking random bytes for salts from the operating system".to_owned(),
                reason: error.to_string(),
                disk_full: false,
            })?;
            seed
        };
        Ok(Self {
            salts: ChaCha20Rng::from_seed(seed),
            details: Vec::new(),
        })
    }

    /// Adds the event's line to `into`, and the hash of its details to the event and the salt to the details. A refusal
    /// leaves `into` as it was.
    pub(crate) fn line(
        &mut self,
        event: &mut Event,
        details: &mut Option<Details>,
        into: &mut Vec<u8>,
    ) -> Result<Widths, AppendError> {
        let unwritable = |error: serde_json::Error| Fatal::Io {
            doing: "writing an event as JSON".to_owned(),
            reason: error.to_string(),
            disk_full: false,
        };
        // The leaf holds the hash of the details, so the right part is made before the left one.
        self.details.clear();
        if details.as_ref().is_some_and(Details::is_empty) {
            *details = None;
        }
        event.details_hash = None;
        if let Some(details) = details {
            let mut salt = [0; 16];
            self.salts.fill_bytes(&mut salt);
            details.write(salt, &mut self.details).map_err(unwritable)?;
            if self.details.len() > DETAILS_BYTES_MAX {
                let bytes = self.details.len();
                return Err(AppendError::TooLong { bytes });
            }
            event.details_hash = Some(Sha256::digest(&self.details).into());
        }
        let start = into.len();
        write_leaf(event, into).map_err(unwritable)?;
        let bytes = into.len() - start;
        if bytes > LEAF_BYTES_MAX {
            into.truncate(start);
            return Err(AppendError::TooLong { bytes });
        }
        into.push(b'\t');
        into.extend_from_slice(&self.details);
        into.push(b'\n');
        Ok(Widths {
            leaf: u32::try_from(bytes).unwrap_or(u32::MAX),
            details: u32::try_from(self.details.len()).unwrap_or(u32::MAX),
        })
    }
}

/// The events of a command, with the details apart; the hashes of the details are still missing.
pub(crate) fn events_of(
    command: NewCommand,
    position: u64,
    version: u64,
    recorded_at: Instant,
) -> impl Iterator<Item = (Event, Option<Details>)> {
    let NewCommand {
        stream,
        recorded_by,
        idempotency_key,
        events,
        ..
    } = command;
    (0..).zip(events).map(move |(n, new)| {
        let event = Event {
            position: position + n,
            stream: stream.clone(),
            version: version + 1 + n,
            command: position,
            recorded_at,
            recorded_by: recorded_by.clone(),
            approved_by: None,
            booking_date: new.booking_date,
            idempotency_key: idempotency_key.clone(),
            data: new.data,
            details_hash: None,
        };
        (event, new.details)
    })
}

/// What position 0 of every log is.
pub(crate) fn ledger_opened(origin: &str, now: Instant) -> NewCommand {
    NewCommand {
        stream: Stream::Ledger,
        expected_version: Some(0),
        recorded_by: "ledger".into(),
        idempotency_key: None,
        events: vec![NewEvent {
            booking_date: now.date(),
            data: EventData::LedgerOpened(LedgerOpenedV1 {
                format: FORMAT,
                origin: origin.to_owned(),
            }),
            details: None,
        }],
    }
}
