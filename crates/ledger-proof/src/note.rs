//! Signed notes: a text and the signatures of those who vouch for it. C2SP signed-note, section "Format".

use std::fmt;

use crate::{
    encode::{base64, unbase64},
    key::{SignerKey, VerifierKey, is_name},
};

/// The longest note that is read. Sixteen post-quantum signatures of 5 kB fit many times.
const MAX_BYTES: usize = 1 << 20;
/// As in Go's x/mod/sumdb/note; at least 16 must be accepted.
const MAX_SIGNATURES: usize = 100;

/// A text with signatures, none of them verified yet.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Note {
    text: String,
    signatures: Vec<SignatureLine>,
}

/// One signature line: `— name base64(id || signature)`.
#[derive(Clone, Debug, PartialEq, Eq)]
struct SignatureLine {
    name: String,
    id: u32,
    bytes: Vec<u8>,
}

/// A signature of a trusted key that was verified.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Verified<'k> {
    /// Whose it is.
    pub key: &'k VerifierKey,
    /// For a cosigner, when it saw the note: seconds since 1970.
    pub time: Option<u64>,
}

/// Why a note is refused.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum NoteError {
    /// Not of the form of a note.
    #[error("this is no signed note: {0}")]
    Form(&'static str),
    /// A trusted key that did not sign this text.
    #[error("the signature of {name} ({id:08x}) is not of this text: text or signature was altered")]
    Signature {
        /// The key's name.
        name: String,
        /// Its id.
        id: u32,
    },
}

impl Note {
    /// A note of this text, without signatures.
    pub fn new(text: impl Into<String>) -> Result<Self, NoteError> {
        let text = text.into();
        if !text.ends_with('\n') {
            return Err(NoteError::Form("its text does not end in a newline"));
        }
        if text.bytes().any(|byte| byte < b' ' && byte != b'\n') {
            return Err(NoteError::Form("it has control characters"));
        }
        Ok(Self {
            text,
            signatures: Vec::new(),
        })
    }

    /// Reads a note; what it prints is the same bytes again.
    pub fn parse(bytes: &[u8]) -> Result<Self, NoteError> {
        if bytes.len() > MAX_BYTES {
            return Err(NoteError::Form("it is longer than a megabyte"));
        }
        let note = std::str::from_utf8(bytes).map_err(|_| NoteError::Form("it is not UTF-8"))?;
        // A text may have empty lines; the last one parts it from the signatures.
        let (text, lines) = note
            .rsplit_once("\n\n")
            .ok_or(NoteError::Form("no empty line parts text and signatures"))?;
        let mut parsed = Self::new(format!("{text}\n"))?;
        let lines = lines
            .strip_suffix('\n')
            .ok_or(NoteError::Form("its last line does not end in a newline"))?;
        for line in lines.split('\n') {
            if parsed.signatures.len() == MAX_SIGNATURES {
                return Err(NoteError::Form("it has more than 100 signatures"));
            }
            parsed.add_line(line)?;
        }
        Ok(parsed)
    }

    /// What is signed, with its last newline.
    pub fn text(&self) -> &str {
        &self.text
    }

    /// Who signed, as the lines say: names and key ids.
    pub fn signers(&self) -> impl Iterator<Item = (&str, u32)> {
        self.signatures.iter().map(|line| (line.name.as_str(), line.id))
    }

    /// Adds a signature. A cosigner states `time`, in seconds since 1970; a log's signature has none.
    pub fn sign(&mut self, key: &SignerKey, time: u64) {
        self.signatures.push(SignatureLine {
            name: key.verifier().name().to_owned(),
            id: key.verifier().id(),
            bytes: key.sign(&self.text, time),
        });
    }

    /// Adds a signature line that somebody else made, without its newline. It is not verified here.
    pub fn add_line(&mut self, line: &str) -> Result<(), NoteError> {
        let (name, encoded) = line
            .strip_prefix("— ")
            .and_then(|rest| rest.split_once(' '))
            .filter(|(name, _)| is_name(name))
            .ok_or(NoteError::Form(
                "a signature line has the form `— name signature`",
            ))?;
        let bytes = unbase64(encoded).ok_or(NoteError::Form("a signature is not base64"))?;
        match bytes.split_first_chunk::<4>() {
            Some((id, signature)) if !signature.is_empty() => {
                self.signatures.push(SignatureLine {
                    name: name.to_owned(),
                    id: u32::from_be_bytes(*id),
                    bytes: signature.to_vec(),
                });
                Ok(())
            }
            _ => Err(NoteError::Form("a signature is too short")),
        }
    }

    /// The signature lines of a key, each with its newline: what a witness sends back.
    pub fn lines_of(&self, key: &VerifierKey) -> String {
        let mine = |line: &&SignatureLine| line.name == key.name() && line.id == key.id();
        self.signatures
            .iter()
            .filter(mine)
            .map(SignatureLine::to_string)
            .collect()
    }

    /// Verifies every signature of a trusted key, in their order; signatures of others are passed over, as the
    /// specification asks. One that fails makes the whole note worthless.
    pub fn verify<'k>(&self, trusted: &'k [VerifierKey]) -> Result<Vec<Verified<'k>>, NoteError> {
        let mut verified = Vec::new();
        for line in &self.signatures {
            let known = |key: &&VerifierKey| key.name() == line.name && key.id() == line.id;
            for key in trusted.iter().filter(known) {
                let time = key
                    .verify(&self.text, &line.bytes)
                    .map_err(|_| NoteError::Signature {
                        name: line.name.clone(),
                        id: line.id,
                    })?;
                verified.push(Verified { key, time });
            }
        }
        Ok(verified)
    }
}

impl fmt::Display for Note {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        writeln!(out, "{}", self.text)?;
        self.signatures.iter().try_for_each(|line| write!(out, "{line}"))
    }
}

impl fmt::Display for SignatureLine {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        let bytes = [&self.id.to_be_bytes()[..], &self.bytes].concat();
        writeln!(out, "— {} {}", self.name, base64(&bytes))
    }
}
