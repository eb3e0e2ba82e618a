//! The log's keys: secret ones in files, public ones on the record. A witness keeps its key the same way.

use std::{io, path::Path};

use ledger_contract::event::LogKeyIntroducedV1;
use ledger_proof::key::{KeyError, KeyKind, SignerKey, VerifierKey};
use tracing::warn;

use super::{Keep, OwnEvents, ProofError, write_private};

/// The folder of the secret keys in the data directory.
const FOLDER: &str = "keys";

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

/// The key that the record named last; when it named none, the one made at the first start. With `rotate` a new one
/// replaces it.
pub(super) fn signers(keep: &mut Keep, own: &OwnEvents, rotate: bool) -> Result<Signers, ProofError> {
    let newest = own.keys.last().map(|(_, key)| key.parse::<VerifierKey>());
    let Some(public) = newest.transpose()? else {
        let first = first(keep, &own.origin)?;
        return Ok(Signers {
            introduced: Some(LogKeyIntroducedV1 {
                key: first.verifier().to_string(),
                replaces: None,
            }),
            signing: vec![first],
            replaced: None,
        });
    };
    let secret = keep.read(&file_of(&public))?;
    let secret = secret.map(|text| read_key(&text)).transpose()?;
    if !rotate {
        let secret = secret.ok_or_else(|| ProofError::KeyAbsent(public.to_string()))?;
        return Ok(Signers {
            signing: vec![secret],
            introduced: None,
            replaced: None,
        });
    }
    let new = made(keep, &own.origin)?;
    Ok(Signers {
        introduced: Some(LogKeyIntroducedV1 {
            key: new.verifier().to_string(),
            replaces: Some(public.to_string()),
        }),
        replaced: Some(public).filter(|_| secret.is_some()),
        signing: std::iter::once(new).chain(secret).collect(),
    })
}

/// The key made at the first start, before the record names any; made now when there is none.
pub(super) fn first(keep: &mut Keep, origin: &str) -> Result<SignerKey, ProofError> {
    for name in keep.names(FOLDER)? {
        let key = keep.read(&name)?.and_then(|text| read_key(&text).ok());
        // Half a file, or the key of a name that the ledger had before, is passed over.
        if let Some(key) = key.filter(|key| key.verifier().name() == origin) {
            return Ok(key);
        }
    }
    made(keep, origin)
}

/// A new key, on disk before it is on the record. A crash in between leaves a file that nothing names.
fn made(keep: &mut Keep, origin: &str) -> Result<SignerKey, ProofError> {
    let key = generate(origin, KeyKind::Log)?;
    keep.write(&file_of(key.verifier()), &format!("{}\n", key.to_secret_text()))?;
    Ok(key)
}

fn file_of(key: &VerifierKey) -> String {
    format!("{FOLDER}/{:08x}", key.id())
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
