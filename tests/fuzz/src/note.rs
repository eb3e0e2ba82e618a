//! Signed notes and what is kept as text beside them: whatever is read prints the same bytes again, and no signature
//! holds for a text that its key did not sign.

use std::{
    fmt::{Debug, Display},
    str::FromStr,
};

use ledger_proof::{
    checkpoint::{Checkpoint, SignedCheckpoint},
    key::VerifierKey,
    note::Note,
    text::{ConsistencyText, InclusionText},
    tile::{self, TilePath},
};

use crate::bundle;

/// Reads the bytes as everything that is read from another log, a witness or a verifier's disk.
pub fn holds(bytes: &[u8]) {
    entries(bytes);
    if let Ok(note) = Note::parse(bytes) {
        assert_eq!(note.to_string().as_bytes(), bytes, "a note has one spelling");
    }
    let keys = [bundle::trusted()];
    if let Ok(signed) = SignedCheckpoint::open(bytes, &keys) {
        assert_eq!(
            signed.checkpoint,
            bundle::truth().checkpoint.checkpoint,
            "a checkpoint that was never signed"
        );
    }
    let Ok(text) = std::str::from_utf8(bytes) else {
        return;
    };
    if let Ok(checkpoint) = Checkpoint::parse(text)
        && let Ok(note) = checkpoint.to_note()
    {
        assert_eq!(note.text(), text, "a checkpoint has one spelling");
    }
    one_spelling(text, InclusionText::parse);
    one_spelling(text, ConsistencyText::parse);
    one_spelling(text, TilePath::from_str);
    one_spelling(text, VerifierKey::from_str);
}

fn one_spelling<T: Display, E: Debug>(text: &str, read: impl Fn(&str) -> Result<T, E>) {
    if let Ok(read) = read(text) {
        assert_eq!(read.to_string(), text);
    }
}

fn entries(bytes: &[u8]) {
    if let Ok(entries) = tile::entries(bytes) {
        let mut written = Vec::new();
        for entry in entries {
            let pushed = tile::push_entry(entry, &mut written);
            assert_eq!(pushed, Ok(()), "an entry that was read fits");
        }
        assert_eq!(written, bytes, "a bundle of entries has one spelling");
    }
}
