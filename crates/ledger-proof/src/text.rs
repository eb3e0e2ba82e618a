//! Proofs as texts that other people's tools read: one leaf's inclusion (C2SP tlog-proof, section "Format") and the
//! consistency with an earlier size (the request of C2SP tlog-witness, section "add-checkpoint").

use std::fmt;

use crate::{
    Hash,
    encode::{base64, decimal, unbase64, unbase64_hash},
    note::{Note, NoteError},
};

/// No proof in a log of fewer than 2^63 leaves is longer.
const MAX_HASHES: usize = 63;

/// Why a text is not a proof.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum TextError {
    /// Another form.
    #[error("this is no proof: {0}")]
    Form(&'static str),
    /// What should be its checkpoint is no note.
    #[error(transparent)]
    Checkpoint(#[from] NoteError),
}

/// That a leaf is in a log: it carries all but the leaf.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct InclusionText {
    /// Anything; no signature covers it.
    pub extra: Option<Vec<u8>>,
    /// The leaf's index.
    pub index: u64,
    /// From the leaf upwards.
    pub hashes: Vec<Hash>,
    /// The signed checkpoint; its signatures are not verified yet.
    pub checkpoint: Note,
}

/// That a log goes on from an earlier size of it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ConsistencyText {
    /// The earlier size.
    pub old: u64,
    /// The proof; empty from size 0.
    pub hashes: Vec<Hash>,
    /// The signed later checkpoint; its signatures are not verified yet.
    pub checkpoint: Note,
}

const FIRST_LINE: &str = "c2sp.org/tlog-proof@v1";

impl InclusionText {
    /// Reads a proof; what it prints is the same text again.
    pub fn parse(text: &str) -> Result<Self, TextError> {
        let (head, checkpoint) = part(text)?;
        let mut lines = head.split('\n').peekable();
        if lines.next() != Some(FIRST_LINE) {
            return Err(TextError::Form("its first line is not c2sp.org/tlog-proof@v1"));
        }
        let extra = lines
            .next_if(|line| line.starts_with("extra "))
            .and_then(|line| line.strip_prefix("extra "))
            .map(|encoded| unbase64(encoded).ok_or(TextError::Form("its extra data are not base64")))
            .transpose()?;
        let index = lines
            .next()
            .and_then(|line| decimal(line.strip_prefix("index ")?))
            .ok_or(TextError::Form("it has no line with the index"))?;
        Ok(Self {
            extra,
            index,
            hashes: hashes(lines)?,
            checkpoint,
        })
    }
}

impl ConsistencyText {
    /// Reads a proof; what it prints is the same text again.
    pub fn parse(text: &str) -> Result<Self, TextError> {
        let (head, checkpoint) = part(text)?;
        let mut lines = head.split('\n');
        let old = lines
            .next()
            .and_then(|line| decimal(line.strip_prefix("old ")?))
            .ok_or(TextError::Form("it has no line with the old size"))?;
        Ok(Self {
            old,
            hashes: hashes(lines)?,
            checkpoint,
        })
    }
}

impl fmt::Display for InclusionText {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        writeln!(out, "{FIRST_LINE}")?;
        if let Some(extra) = &self.extra {
            writeln!(out, "extra {}", base64(extra))?;
        }
        writeln!(out, "index {}", self.index)?;
        print(&self.hashes, &self.checkpoint, out)
    }
}

impl fmt::Display for ConsistencyText {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        writeln!(out, "old {}", self.old)?;
        print(&self.hashes, &self.checkpoint, out)
    }
}

/// The lines of the proof itself, and the checkpoint after the first empty line.
fn part(text: &str) -> Result<(&str, Note), TextError> {
    let (head, note) = text
        .split_once("\n\n")
        .ok_or(TextError::Form("no empty line parts it from its checkpoint"))?;
    Ok((head, Note::parse(note.as_bytes())?))
}

fn hashes<'t>(lines: impl Iterator<Item = &'t str>) -> Result<Vec<Hash>, TextError> {
    let hashes: Option<Vec<Hash>> = lines.take(MAX_HASHES + 1).map(unbase64_hash).collect();
    hashes
        .filter(|hashes| hashes.len() <= MAX_HASHES)
        .ok_or(TextError::Form("its lines are not at most 63 SHA-256 in base64"))
}

fn print(hashes: &[Hash], checkpoint: &Note, out: &mut fmt::Formatter<'_>) -> fmt::Result {
    hashes
        .iter()
        .try_for_each(|hash| writeln!(out, "{}", base64(hash)))?;
    write!(out, "\n{checkpoint}")
}
