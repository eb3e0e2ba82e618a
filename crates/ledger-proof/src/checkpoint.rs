//! Checkpoints: how large the log is and its root, signed by the log and cosigned by witnesses.
//! C2SP tlog-checkpoint, sections "Note text" and "Signatures".

use std::fmt;

use crate::{
    Hash,
    encode::{base64, decimal, unbase64_hash},
    key::{KeyKind, VerifierKey},
    note::{Note, NoteError},
};

/// The head of a log at one size.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Checkpoint {
    /// The name of the log: host and path, without a scheme.
    pub origin: String,
    /// The number of leaves.
    pub size: u64,
    /// The root over them.
    pub root: Hash,
    /// Further lines. This ledger writes none; those of other logs are kept, since they are signed.
    pub extensions: Vec<String>,
}

/// Sizes stay below 2^63, as in Go's x/mod/sumdb/tlog, so that sums of sizes never overflow.
const MAX_SIZE: u64 = i64::MAX as u64;

/// Why a checkpoint is refused.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum CheckpointError {
    /// Not a note, or a signature that does not fit.
    #[error(transparent)]
    Note(#[from] NoteError),
    /// A note of another form.
    #[error("this is no checkpoint: {0}")]
    Form(&'static str),
    /// The checkpoint of a log that none of the trusted keys is of.
    #[error("the checkpoint is of {found}; the trusted keys are of {}", trusted.join(" and "))]
    Origin {
        /// Its origin.
        found: String,
        /// The names of the trusted log keys.
        trusted: Vec<String>,
    },
    /// The log's name, and another key.
    #[error(
        "the checkpoint of {origin} is signed by {}, and by none of its trusted keys",
        named(found)
    )]
    Key {
        /// Its origin.
        origin: String,
        /// The ids of the keys that signed in its name.
        found: Vec<String>,
    },
}

fn named(ids: &[String]) -> String {
    if ids.is_empty() {
        "no key of that name".to_owned()
    } else {
        format!("key {}", ids.join(" and "))
    }
}

impl Checkpoint {
    /// A checkpoint without further lines.
    pub fn new(origin: impl Into<String>, size: u64, root: Hash) -> Self {
        Self {
            origin: origin.into(),
            size,
            root,
            extensions: Vec::new(),
        }
    }

    /// Reads the text of a checkpoint; what it prints is the same text again.
    pub fn parse(text: &str) -> Result<Self, CheckpointError> {
        let text = text
            .strip_suffix('\n')
            .ok_or(CheckpointError::Form("its last line does not end in a newline"))?;
        let mut lines = text.split('\n');
        let (Some(origin), Some(size), Some(root)) = (lines.next(), lines.next(), lines.next()) else {
            return Err(CheckpointError::Form("it has fewer than three lines"));
        };
        if origin.is_empty() {
            return Err(CheckpointError::Form("its origin is empty"));
        }
        let size = decimal(size)
            .filter(|size| *size <= MAX_SIZE)
            .ok_or(CheckpointError::Form("its size is not a plain number below 2^63"))?;
        let root = unbase64_hash(root).ok_or(CheckpointError::Form("its root is not a SHA-256 in base64"))?;
        let extensions: Vec<String> = lines.map(str::to_owned).collect();
        if extensions.iter().any(String::is_empty) {
            return Err(CheckpointError::Form("it has an empty line"));
        }
        Ok(Self {
            extensions,
            ..Self::new(origin, size, root)
        })
    }

    /// The note of this checkpoint, to be signed.
    pub fn to_note(&self) -> Result<Note, CheckpointError> {
        let text = self.to_string();
        // What would not be read again, such as an origin with a newline in it, is not signed either.
        if Self::parse(&text)? != *self {
            return Err(CheckpointError::Form(
                "its origin or a further line has a newline",
            ));
        }
        Ok(Note::new(text)?)
    }
}

impl fmt::Display for Checkpoint {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(out, "{}\n{}\n{}\n", self.origin, self.size, base64(&self.root))?;
        self.extensions
            .iter()
            .try_for_each(|line| writeln!(out, "{line}"))
    }
}

/// A checkpoint that a trusted key of its log signed.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SignedCheckpoint {
    /// What was signed.
    pub checkpoint: Checkpoint,
    /// Text and signatures, also those of keys that are not trusted here.
    pub note: Note,
    /// The trusted cosigners that saw it.
    pub cosigned: Vec<Cosigned>,
}

/// That a trusted cosigner saw a checkpoint.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Cosigned {
    /// The cosigner's name.
    pub by: String,
    /// When, in seconds since 1970.
    pub at: u64,
}

impl SignedCheckpoint {
    /// Reads a checkpoint and believes it only with a signature of a trusted key that has the log's name. Several
    /// keys of one log may be trusted: after a rotation the old key's signatures stay valid.
    pub fn open(bytes: &[u8], trusted: &[VerifierKey]) -> Result<Self, CheckpointError> {
        let note = Note::parse(bytes)?;
        let checkpoint = Checkpoint::parse(note.text())?;
        let origin = checkpoint.origin.as_str();
        let logs = || trusted.iter().filter(|key| key.kind() == KeyKind::Log);
        if logs().all(|key| key.name() != origin) {
            return Err(CheckpointError::Origin {
                found: origin.to_owned(),
                trusted: logs().map(|key| key.name().to_owned()).collect(),
            });
        }
        let verified = note.verify(trusted)?;
        let of_log = |key: &VerifierKey| key.kind() == KeyKind::Log && key.name() == origin;
        if !verified.iter().any(|signature| of_log(signature.key)) {
            let named = note.signers().filter(|(name, _)| *name == origin);
            let found = named.map(|(_, id)| format!("{id:08x}")).collect();
            return Err(CheckpointError::Key {
                origin: origin.to_owned(),
                found,
            });
        }
        let cosigned = verified.iter().filter_map(|signature| {
            Some(Cosigned {
                by: signature.key.name().to_owned(),
                at: signature.time?,
            })
        });
        Ok(Self {
            cosigned: cosigned.collect(),
            checkpoint,
            note,
        })
    }
}
