//! From a new event to its line: details are sealed and leaves written here, for every log.

use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use ledger_contract::{
    event::{Details, Event, EventData, LedgerOpenedV1, Stream, write_leaf},
    value::Instant,
};
use ledger_proof::Hash;
use rand_chacha::{
    ChaCha20Rng,
    rand_core::{Rng as _, SeedableRng as _},
};
use sha2::{Digest as _, Sha256};

use crate::{AppendError, Fatal, NewCommand, NewDetails, NewEvent};

/// The longest leaf in bytes: entries of a tiled log have a length of 16 bits (C2SP tlog-tiles, log entries).
pub const LEAF_BYTES_MAX: usize = 65_535;

/// The longest details in bytes, far above seven texts of 4,000 characters: a line must fit a reader's buffer.
pub const DETAILS_BYTES_MAX: usize = 512 << 10;

/// Room for the details of most entries, in bytes.
const SEALED_BYTES: usize = 256;

/// The version of the tape's format, as position 0 tells it; `FORMAT.md` states what it means.
pub const FORMAT: u32 = 1;

/// Gives the salts of details: from a seeded cryptographic generator, which clones share, so that a short text is not
/// guessed from its hash.
#[derive(Clone, Debug)]
pub struct Salts(Arc<Mutex<ChaCha20Rng>>);

/// Salts for whoever has it, and for nobody else meanwhile.
pub struct Sealing<'a>(MutexGuard<'a, ChaCha20Rng>);

/// Details as the log keeps them, with their salt and their hash. Made by [`Sealing::seal`].
#[derive(Clone, Debug)]
pub struct Sealed {
    /// None when they were let go.
    details: Option<Box<Details>>,
    /// The right part of the line.
    bytes: Vec<u8>,
    hash: Hash,
}

impl NewDetails {
    pub(crate) fn sealed(self, salts: &Salts) -> Result<Option<Sealed>, AppendError> {
        match self {
            Self::Open(details) => salts.sealing().seal(details),
            Self::Sealed(sealed) => Ok(Some(sealed)),
        }
    }
}

impl Sealed {
    /// The details with their salt.
    pub(crate) fn into_details(self) -> Option<Box<Details>> {
        self.details
    }

    /// The same, read from the line where they were let go.
    pub(crate) fn into_read(self) -> Result<Box<Details>, AppendError> {
        let read = || Details::read(&self.bytes).map(Box::new);
        let details = self.details.map_or_else(read, Ok);
        details.map_err(|error| unwritable(&error).into())
    }

    /// Lets the details go, where the log will be the first that is asked for them: it has them sealed.
    pub fn let_go(&mut self) {
        self.details = None;
    }
}

impl Salts {
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
        Ok(Self(Arc::new(Mutex::new(ChaCha20Rng::from_seed(seed)))))
    }

    /// Keeps the generator to whoever seals many details: taking it for each takes as long as hashing a third of them.
    pub fn sealing(&self) -> Sealing<'_> {
        // A generator that panicked half-way has given nothing away.
        Sealing(self.0.lock().unwrap_or_else(PoisonError::into_inner))
    }
}

impl Sealing<'_> {
    /// Details with a salt of their own, written and hashed; none when there is nothing to keep.
    pub fn seal(&mut self, mut details: Box<Details>) -> Result<Option<Sealed>, AppendError> {
        if details.is_empty() {
            return Ok(None);
        }
        let mut salt = [0; 16];
        self.0.fill_bytes(&mut salt);
        let mut bytes = Vec::with_capacity(SEALED_BYTES);
        details
            .write(salt, &mut bytes)
            .map_err(|error| unwritable(&error))?;
        if bytes.len() > DETAILS_BYTES_MAX {
            let bytes = bytes.len();
            return Err(AppendError::TooLong { bytes });
        }
        let hash = Sha256::digest(&bytes).into();
        let details = Some(details);
        Ok(Some(Sealed { details, bytes, hash }))
    }
}

/// The widths in bytes of a line's two parts, without tab and newline.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Widths {
    pub(crate) leaf: u32,
    pub(crate) details: u32,
}

impl Widths {
    /// The width in bytes of the whole line, tab and newline included.
    pub(crate) fn line(self) -> u64 {
        u64::from(self.leaf) + u64::from(self.details) + 2
    }
}

/// Adds the event's line to `into`, and the hash of its details to the event. A refusal leaves `into` as it was.
pub(crate) fn line(
    event: &mut Event,
    details: Option<&Sealed>,
    into: &mut Vec<u8>,
) -> Result<Widths, AppendError> {
    event.details_hash = details.map(|sealed| sealed.hash);
    let right = details.map_or(&[][..], |sealed| &sealed.bytes);
    let start = into.len();
    write_leaf(event, into).map_err(|error| unwritable(&error))?;
    let bytes = into.len() - start;
    if bytes > LEAF_BYTES_MAX {
        into.truncate(start);
        return Err(AppendError::TooLong { bytes });
    }
    into.push(b'\t');
    into.extend_from_slice(right);
    into.push(b'\n');
    Ok(Widths {
        leaf: u32::try_from(bytes).unwrap_or(u32::MAX),
        details: u32::try_from(right.len()).unwrap_or(u32::MAX),
    })
}

fn unwritable(error: &serde_json::Error) -> Fatal {
    Fatal::Io {
        doing: "writing an event as JSON".to_owned(),
        reason: error.to_string(),
        disk_full: false,
    }
}

/// The events of a command, with the details apart; the hashes of the details are still missing.
pub(crate) fn events_of(
    command: NewCommand,
    position: u64,
    version: u64,
    recorded_at: Instant,
) -> impl Iterator<Item = (Event, Option<NewDetails>)> {
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
