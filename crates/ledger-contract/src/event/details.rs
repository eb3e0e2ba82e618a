//! The details of an event: texts that can be destroyed without a proof breaking.

use serde::{Deserialize, Serialize};

use crate::{canonical::write_json, hex::hex};

/// 128 random bits, so that the hash in the leaf does not tell short texts.
pub type Salt = [u8; 16];

/// The right part of a line on the tape. Every field is present; absent texts are null.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Details {
    /// The pseudonym of a client of care.
    pub client: Option<String>,
    /// What the entry is about.
    pub description: Option<String>,
    /// Where the proof of the entry can be found.
    pub document: Option<String>,
    /// The explanation that came with the command.
    pub explanation: Option<String>,
    /// SHA-256 of the command in canonical JSON, in hexadecimal; on the first event of a command with a key.
    pub fingerprint: Option<String>,
    /// Why an entry was corrected, reversed, raised or released.
    pub reason: Option<String>,
    /// The salt in hexadecimal, 32 digits.
    pub salt: String,
    /// Who is paid.
    pub supplier: Option<String>,
}

impl Details {
    /// Whether there is nothing to keep.
    pub fn is_empty(&self) -> bool {
        let texts = [
            &self.client,
            &self.description,
            &self.document,
            &self.explanation,
            &self.fingerprint,
            &self.reason,
            &self.supplier,
        ];
        texts.iter().all(|text| text.is_none())
    }

    /// The exact bytes that are kept and hashed, with this salt. They hold no tab and no newline.
    pub fn write(&mut self, salt: Salt, into: &mut Vec<u8>) -> Result<(), serde_json::Error> {
        self.salt = hex(&salt);
        write_json(self, into)
    }

    /// The details in these bytes.
    pub fn read(bytes: &[u8]) -> Result<Self, serde_json::Error> {
        serde_json::from_slice(bytes)
    }
}
