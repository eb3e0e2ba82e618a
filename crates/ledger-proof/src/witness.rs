//! A witness: it remembers what a log showed, and cosigns only what goes on from there. C2SP tlog-witness, section
//! "add-checkpoint", without its HTTP. Fetching, keeping the state and the clock are the caller's.

use crate::{
    Hash,
    checkpoint::{Checkpoint, SignedCheckpoint},
    key::SignerKey,
    note::Note,
    proof::{HashSource, Unproven, root, verify_consistency},
};

/// Why a witness does not cosign. Each names the size at which it shows.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum Refusal {
    /// Another log than the one that was seen.
    #[error("the checkpoint is of {shown}; this witness follows {seen}")]
    Origin {
        /// The log it follows.
        seen: String,
        /// The log it is shown.
        shown: String,
    },
    /// The log lost events.
    #[error("the log shows {shown} events, and showed {seen} before: it was cut or turned back")]
    Shrunk {
        /// The size last seen.
        seen: u64,
        /// The size shown now.
        shown: u64,
    },
    /// Two roots at one size.
    #[error("the log shows another root at size {size} than before: it is a fork")]
    Fork {
        /// The size.
        size: u64,
    },
    /// The events up to the last seen size are not the beginning of what is shown.
    #[error("the log of {shown} does not go on from the log of {seen} that was seen: {reason}")]
    Rewritten {
        /// The size last seen: the past changed before it.
        seen: u64,
        /// The size shown now.
        shown: u64,
        /// Where the proof fails.
        reason: Unproven,
    },
}

/// What a witness knows of one log.
#[derive(Clone, Debug)]
pub struct Witness {
    key: SignerKey,
    /// What it cosigned, oldest first.
    seen: Vec<Checkpoint>,
}

impl Witness {
    /// A witness with this key that cosigned these checkpoints, oldest first; none at its first meeting with a log.
    pub fn new(key: SignerKey, seen: Vec<Checkpoint>) -> Self {
        Self { key, seen }
    }

    /// The checkpoint it saw last: a consistency proof starts there.
    pub fn last(&self) -> Option<&Checkpoint> {
        self.seen.last()
    }

    /// Cosigns a checkpoint that a trusted key of the log signed and that goes on from the last one, as of `time`, in
    /// seconds since 1970. The proof is empty at the first meeting and when nothing was added.
    ///
    /// The caller keeps the new state before it hands the cosignature out: a witness that forgets would cosign a fork.
    pub fn cosign(&mut self, new: &SignedCheckpoint, proof: &[Hash], time: u64) -> Result<Note, Refusal> {
        if let Some(last) = self.last() {
            goes_on(last, &new.checkpoint, proof)?;
        }
        if self.last() != Some(&new.checkpoint) {
            self.seen.push(new.checkpoint.clone());
        }
        let mut note = new.note.clone();
        note.sign(&self.key, time);
        Ok(note)
    }

    /// The last size at which the log is still what was seen, and the first at which it is not; none when it is all as
    /// it was. `source` has the hashes of the log that is shown now, of `size` leaves.
    pub fn difference<S: HashSource>(
        &self,
        source: &mut S,
        size: u64,
    ) -> Result<Option<(u64, u64)>, S::Error> {
        let mut agreed = 0;
        for seen in &self.seen {
            if seen.size > size || root(source, seen.size)? != seen.root {
                return Ok(Some((agreed, seen.size)));
            }
            agreed = seen.size;
        }
        Ok(None)
    }
}

/// Whether a log goes on from what was seen of it.
pub fn goes_on(seen: &Checkpoint, shown: &Checkpoint, proof: &[Hash]) -> Result<(), Refusal> {
    if seen.origin != shown.origin {
        return Err(Refusal::Origin {
            seen: seen.origin.clone(),
            shown: shown.origin.clone(),
        });
    }
    if shown.size < seen.size {
        return Err(Refusal::Shrunk {
            seen: seen.size,
            shown: shown.size,
        });
    }
    if shown.size == seen.size && shown.root != seen.root {
        return Err(Refusal::Fork { size: seen.size });
    }
    verify_consistency(seen.size, &seen.root, shown.size, &shown.root, proof).map_err(|reason| {
        Refusal::Rewritten {
            seen: seen.size,
            shown: shown.size,
            reason,
        }
    })
}
