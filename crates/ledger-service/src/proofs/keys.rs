//! The log's keys: secret ones in files, public ones on the record. A witness keeps its key the same way.

use std::{io, path::Path};

use ledger_contract::event::LogKeyIntroducedV1;
use ledger_proof::key::{KeyError, KeyKind, SignerKey, VerifierKey};
use tracing::warn;

use super::{Hashes, Keep, ProofError, write_private};

/// Who signs the next checkpoint, and what the record must say of them first.
pub(super) struct Signers {
    pub(super) signing: Vec<SignerKey>,
    pub(super) introduced: Option<LogKeyIntroducedV1>,
    replaced: Option<VerifierKey>,
}

impl Signers {
    /// The secret of a key that was replaced signs nothing any more; its public half stays on the record.
    pub(super) fn forget_replaced(&self, keep: &mut Keep) {
        if let Some(key) = &self.replaced
            && let Err(error) = keep.remove(&file_of(key))
        {
            warn!(%error, "the replaced secret key is still in the data directory");
        }
    }
}

/// The key that the record named last, or a new one: for the first checkpoint, and to replace that one.
pub(super) fn signers(keep: &mut Keep, hashes: &Hashes, rotate: bool) -> Result<Signers, ProofError> {
    let newest = hashes.keys.last().map(|(_, key)| key.parse::<VerifierKey>());
    let current = match newest.transpose()? {
        None => None,
        Some(public) => match keep.read(&file_of(&public))? {
            Some(secret) => Some((Some(secret.trim_end().parse::<SignerKey>()?), public)),
            // Without its secret it is replaced only when that is asked for.
            None if rotate => Some((None, public)),
            None => return Err(ProofError::KeyAbsent(public.to_string())),
        },
    };
    if let Some((Some(secret), _)) = &current
        && !rotate
    {
        return Ok(Signers {
            signing: vec![secret.clone()],
            introduced: None,
            replaced: None,
        });
    }
    let new = generate(&hashes.origin, KeyKind::Log)?;
    let public = new.verifier().to_string();
    // On disk before it is on the record. A crash in between leaves a file that nothing names.
    keep.write(&file_of(new.verifier()), &format!("{}\n", new.to_secret_text()))?;
    let (old_secret, old_public) = current.unzip();
    let old_secret = old_secret.flatten();
    Ok(Signers {
        replaced: old_public.clone().filter(|_| old_secret.is_some()),
        signing: std::iter::once(new).chain(old_secret).collect(),
        introduced: Some(LogKeyIntroducedV1 {
            key: public,
            replaces: old_public.map(|key| key.to_string()),
        }),
    })
}

fn file_of(key: &VerifierKey) -> String {
    format!("keys/{:08x}", key.id())
}

fn generate(name: &str, kind: KeyKind) -> Result<SignerKey, ProofError> {
    let mut seed = [0; 32];
    getrandom::fill(&mut seed).map_err(|error| ledger_store::Fatal::Io {
        doing: "taking random bytes for a key from the operating system".to_owned(),
        reason: error.to_string(),
        disk_full: false,
    })?;
    Ok(SignerKey::new(name, kind, seed)?)
}

/// Makes the key of a witness in a file that only its owner reads.
pub fn new_key(file: &Path, name: &str) -> Result<SignerKey, ProofError> {
    let key = generate(name, KeyKind::Cosigner)?;
    write_private(file, &format!("{}\n", key.to_secret_text())).map_err(|error| ledger_store::Fatal::Io {
        doing: format!("writing {}", file.display()),
        reason: error.to_string(),
        disk_full: error.kind() == io::ErrorKind::StorageFull,
    })?;
    Ok(key)
}

/// Reads a secret key from a file.
pub fn read_key(text: &str) -> Result<SignerKey, KeyError> {
    text.trim_end().parse()
}
