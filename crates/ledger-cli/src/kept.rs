//! A checkpoint that somebody kept or serves, and the keys of its log: who may sign depends on the size.

use std::path::Path;

use ledger_proof::{
    checkpoint::{Checkpoint, SignedCheckpoint},
    key::VerifierKey,
};

use crate::{failure::Failure, output};

/// A public key and the position at which the record introduces it.
pub(crate) type Introduced = (u64, VerifierKey);

/// The bytes of a checkpoint in a file.
pub(crate) fn read(file: &Path) -> Result<Vec<u8>, Failure> {
    std::fs::read(file).map_err(|error| Failure::Usage(format!("{} cannot be read: {error}", file.display())))
}

/// The checkpoint, signed by a key that was given, or by one on the record when none was.
pub(crate) fn open(
    bytes: &[u8],
    given: &[VerifierKey],
    on_record: &[Introduced],
) -> Result<Checkpoint, Failure> {
    let named: Vec<VerifierKey> = on_record.iter().map(|(_, key)| key.clone()).collect();
    let trusted = if given.is_empty() { &named } else { given };
    let signed = SignedCheckpoint::open(bytes, trusted).map_err(proof)?;
    Ok(signed.checkpoint)
}

/// Refuses a checkpoint that the key in force at its size did not sign: one that was replaced vouches for what it
/// signed before, and for nothing later.
pub(crate) fn in_force(bytes: &[u8], size: u64, on_record: &[Introduced]) -> Result<(), Failure> {
    let below = on_record.iter().rev().find(|(position, _)| *position < size);
    let Some((position, key)) = below else {
        let none = format!("the record names no key before size {size}, so none could sign there");
        return Err(Failure::Proof(none));
    };
    match SignedCheckpoint::open(bytes, std::slice::from_ref(key)) {
        Ok(_) => Ok(()),
        Err(_) => Err(Failure::Proof(output::plain(&format!(
            "the checkpoint of {size} events is not signed by the key in force there: since position {position} that is \
             {key}"
        )))),
    }
}

/// Refuses a record of the stream heads that is not what the leaves make.
pub(crate) fn heads(size: u64, recorded: &str, made: &str) -> Result<(), Failure> {
    if recorded == made {
        return Ok(());
    }
    Err(proof(format!(
        "the record of the stream heads at size {size} has the root {recorded}, and the leaves make {made}"
    )))
}

/// The refusal of a checkpoint whose last leaf does not record the stream heads: no ledger signs there.
pub(crate) fn no_heads(size: u64) -> Failure {
    proof(format!(
        "the last leaf before the checkpoint of {size} events is not the record of the stream heads"
    ))
}

/// A proof that does not hold.
pub(crate) fn proof(error: impl std::fmt::Display) -> Failure {
    Failure::Proof(output::plain(&error.to_string()))
}
