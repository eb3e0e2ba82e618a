//! The record proves itself: checkpoints that are signed, the tiles below them, and bundles that prove a figure.
//!
//! A checkpoint is made when it is asked for and the log has grown: `streamHeadsRecorded` is appended as a commit of
//! its own, through the one writer, and the root after it is signed. The same one is served until then.

mod bundle;
mod hashes;
mod keep;
mod keys;
mod making;
mod own_events;
#[cfg(test)]
mod tests;

pub use bundle::{BundleFault, CheckedBundle, check_bundle};
pub(crate) use hashes::{Hashes, leaf_of};
pub(crate) use keep::Keep;
pub use keep::write_private;
pub use keys::{new_key, read_key};
pub use making::make_checkpoint;
pub(crate) use own_events::OwnEvents;

use std::{
    path::Path,
    sync::{Mutex, MutexGuard, PoisonError},
    time::Duration,
};

use ledger_contract::{
    event::{EventData, Stream},
    value::Instant,
};
use ledger_proof::{
    Hash,
    checkpoint::{Checkpoint, CheckpointError},
    heads::Heads,
    key::KeyError,
    note::Note,
    tile::TilePath,
};
use ledger_store::{EventReader, Fatal, Head, TileRoots};
use tracing::warn;

use crate::queries::Queries;

/// The file of the newest checkpoint.
const CHECKPOINT: &str = "checkpoint";

/// Why no checkpoint or proof can be made.
#[derive(Debug, thiserror::Error)]
pub enum ProofError {
    /// The log or the files beside it cannot be read or written.
    #[error(transparent)]
    Fatal(#[from] Fatal),
    /// The ledger's name cannot be that of a key, or a key's file was altered.
    #[error("the key of the log cannot be used: {0}")]
    Key(#[from] KeyError),
    /// The secret key is not where the ledger keeps it.
    #[error(
        "the secret key of {0} is not in the data directory (backups have none): bring its file back to keys/, or \
         introduce another with `rekenschap checkpoint --rotate-key`"
    )]
    KeyAbsent(String),
    /// A checkpoint cannot be written as a note.
    #[error(transparent)]
    Checkpoint(#[from] CheckpointError),
}

/// A checkpoint that the ledger signed.
#[derive(Clone, Debug)]
pub struct Signed {
    /// What was signed.
    pub checkpoint: Checkpoint,
    /// With the signatures: what is served.
    pub note: Note,
    /// When `streamHeadsRecorded` was recorded.
    pub at: Instant,
}

/// A public key of the log.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct LogKey {
    /// Where the record introduces it; none before the first checkpoint, which does that.
    pub position: Option<u64>,
    /// `name+id+base64`.
    pub key: String,
}

/// Shared by the writer and the queries.
pub(crate) struct Proofs(Mutex<State>);

struct State {
    keep: Keep,
    own: OwnEvents,
    /// The first key, while the record names none.
    first_key: Option<String>,
    hashes: Hashes,
    signed: Option<Signed>,
}

impl Proofs {
    /// Takes up the newest checkpoint; a log that ends before it has lost events. At the first start of a ledger that
    /// can be written, its key is made.
    pub(crate) fn open(
        mut keep: Keep,
        roots: TileRoots,
        reader: &impl EventReader,
        writable: bool,
    ) -> Result<Self, Fatal> {
        let signed = match keep.read(CHECKPOINT)? {
            None => None,
            Some(text) => Some(taken_up(&text, reader)?),
        };
        let (mut own, mut first_key) = (OwnEvents::default(), None);
        if signed.is_none() && writable {
            own.catch_up(reader)?;
            if own.keys.is_empty() {
                first_key = match keys::first(&mut keep, &own.origin) {
                    Ok(key) => Some(key.verifier().to_string()),
                    Err(ProofError::Fatal(fatal)) => return Err(fatal),
                    Err(error) => {
                        warn!(%error, "no key can be made for the log, so no checkpoint will be signed");
                        None
                    }
                };
            }
        }
        Ok(Self(Mutex::new(State {
            keep,
            own,
            first_key,
            hashes: Hashes::over(roots),
            signed,
        })))
    }

    fn lock(&self) -> MutexGuard<'_, State> {
        // A panic elsewhere leaves hashes that are fed up to an event, which is what every use begins with.
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Takes what became durable, a size at least, and holds it against the root of a commit. Long only when the roots of
    /// the tiles were not kept.
    fn catch_up(&self, reader: &impl EventReader, to: u64) -> Result<(), Fatal> {
        loop {
            let mut state = self.lock();
            let State { hashes, signed, .. } = &mut *state;
            if hashes.settled() >= to.max(1) {
                return Ok(());
            }
            let head = reader.head();
            hashes.feed(reader, head.size)?;
            if hashes.size() < head.size {
                continue;
            }
            if hashes.root() != Some(head.root) && !hashes.are_own() {
                warn!("the roots of the tiles are not those of the log; all is hashed again");
                hashes.distrust();
                continue;
            }
            agree(hashes, &head, signed.as_ref(), reader)?;
            hashes.settle();
            return Ok(());
        }
    }
}

/// Refuses a log that is not what its commits say, or what was signed of it.
fn agree(
    hashes: &Hashes,
    head: &Head,
    signed: Option<&Signed>,
    reader: &impl EventReader,
) -> Result<(), Fatal> {
    if hashes.root() != Some(head.root) {
        return Err(rewritten(head.size));
    }
    // What was signed is held against them once.
    let signed = signed.filter(|_| hashes.settled() == 0);
    match signed.map(|signed| &signed.checkpoint) {
        Some(Checkpoint { size, root, .. }) if hashes.root_at(*size, reader)? != Some(*root) => {
            Err(rewritten(*size))
        }
        _ => Ok(()),
    }
}

/// How many events the newest checkpoint in a data directory was signed over: the log had no fewer. 0 without one.
pub fn signed_events(directory: &Path) -> Result<u64, Fatal> {
    match Keep::Directory(directory.to_owned()).read(CHECKPOINT)? {
        Some(text) => Ok(parsed(&text)?.1.size),
        None => Ok(0),
    }
}

fn parsed(text: &str) -> Result<(Note, Checkpoint), Fatal> {
    let unreadable = |reason: String| Fatal::Damaged {
        what: "the file checkpoint in the data directory".to_owned(),
        how: reason,
        remedy: "remove it, and the next checkpoint is a new one; compare that with one that others kept"
            .to_owned(),
    };
    let note = Note::parse(text.as_bytes()).map_err(|error| unreadable(error.to_string()))?;
    let checkpoint = Checkpoint::parse(note.text()).map_err(|error| unreadable(error.to_string()))?;
    Ok((note, checkpoint))
}

fn taken_up(text: &str, reader: &impl EventReader) -> Result<Signed, Fatal> {
    let (note, checkpoint) = parsed(text)?;
    let head = reader.head().size;
    if checkpoint.size > head || checkpoint.size == 0 {
        return Err(Fatal::Damaged {
            what: "the log".to_owned(),
            how: format!(
                "it ends after {head} events, and a checkpoint of {} was signed",
                checkpoint.size
            ),
            remedy: "restore it from a newer backup".to_owned(),
        });
    }
    let mut at = Instant(i64::MIN);
    reader.read(checkpoint.size - 1, checkpoint.size, &mut |event| {
        at = event.recorded_at;
        false
    })?;
    Ok(Signed { checkpoint, note, at })
}

fn rewritten(size: u64) -> Fatal {
    Fatal::Damaged {
        what: "the log".to_owned(),
        how: format!(
            "its first {size} events are not those of the checkpoint of {size} that this ledger signed"
        ),
        remedy: "nothing is signed any more; restore the log from a backup".to_owned(),
    }
}

impl<R: EventReader> Queries<R> {
    /// The newest checkpoint, unless it is time for another: none when none was made, or when the log grew and the
    /// newest is older than `every`. Hashes what the next one needs, off the writer's path.
    pub fn checkpoint(&self, every: Duration) -> Result<Option<Signed>, Fatal> {
        let head = self.reader().head().size;
        self.proofs().catch_up(self.reader(), head)?;
        let state = self.proofs().lock();
        let age_us = |signed: &Signed| i128::from(self.now().0) - i128::from(signed.at.0);
        let fresh = |signed: &&Signed| {
            let every_us = i128::try_from(every.as_micros()).unwrap_or(i128::MAX);
            signed.checkpoint.size == head || age_us(signed) < every_us
        };
        Ok(state.signed.as_ref().filter(fresh).cloned())
    }

    /// The newest checkpoint, however old.
    pub fn newest_checkpoint(&self) -> Option<Signed> {
        self.proofs().lock().signed.clone()
    }

    /// A file of the tiled log: only what a signed checkpoint covers.
    pub fn tile(&self, path: &TilePath) -> Result<Option<Vec<u8>>, Fatal> {
        let Some(signed) = self.newest_checkpoint() else {
            return Ok(None);
        };
        let size = signed.checkpoint.size;
        self.proofs().catch_up(self.reader(), size)?;
        let mut state = self.proofs().lock();
        let State { own, hashes, .. } = &mut *state;
        own.catch_up(self.reader())?;
        if !own.is_signed(path, size) {
            return Ok(None);
        }
        hashes.tile(path, self.reader())
    }

    /// The public keys, oldest first; the last signs.
    pub fn log_keys(&self) -> Result<Vec<LogKey>, Fatal> {
        let mut state = self.proofs().lock();
        let State { own, first_key, .. } = &mut *state;
        own.catch_up(self.reader())?;
        let on_record = own.keys.iter().map(|(position, key)| LogKey {
            position: Some(*position),
            key: key.clone(),
        });
        let first = first_key.iter().filter(|_| own.keys.is_empty());
        let first = first.map(|key| LogKey {
            position: None,
            key: key.clone(),
        });
        Ok(on_record.chain(first).collect())
    }

    /// The root that the log had at a position within it, in hexadecimal.
    pub(crate) fn root_text(&self, position: u64) -> Result<String, Fatal> {
        Ok(hex(&self.root_at(position)?.unwrap_or_default()))
    }

    /// The root that the log had at a size; none beyond its end. Where a commit ended the record tells it; elsewhere it
    /// is made of the hashes.
    pub fn root_at(&self, size: u64) -> Result<Option<Hash>, Fatal> {
        if size > self.reader().head().size {
            return Ok(None);
        }
        if let Some(root) = self.reader().commit_root(size)? {
            return Ok(Some(root));
        }
        self.proofs().catch_up(self.reader(), size)?;
        self.proofs().lock().hashes.root_at(size, self.reader())
    }

    /// The root of the stream heads as the last event below a size records it, and as the events make it; none when
    /// that event records none, so that no checkpoint can be of that size.
    pub fn stream_heads_at(&self, size: u64) -> Result<Option<(String, String)>, Fatal> {
        let mut recorded = None;
        self.reader().read(size.saturating_sub(1), size, &mut |event| {
            if let EventData::StreamHeadsRecorded(heads) = event.data {
                recorded = Some(heads.root);
            }
            false
        })?;
        let Some(recorded) = recorded else {
            return Ok(None);
        };
        let made = heads_of(&self.reader().stream_heads(size)?).root();
        Ok(Some((recorded, hex(&made))))
    }
}

fn heads_of(streams: &[(Stream, u64)]) -> Heads {
    let named = streams
        .iter()
        .map(|(stream, version)| (stream.to_string(), *version));
    named.collect()
}

/// Lower-case hexadecimal.
pub(crate) fn hex(bytes: &[u8]) -> String {
    use std::fmt::Write as _;
    bytes.iter().fold(String::new(), |mut text, byte| {
        // Writing to a String cannot fail.
        let _ = write!(text, "{byte:02x}");
        text
    })
}
