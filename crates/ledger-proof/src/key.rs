//! Keys that sign notes: a name, what the signatures mean, and an Ed25519 key.
//! C2SP signed-note, sections "Signatures" and "Verifier keys"; C2SP tlog-cosignature, section "Format".

use std::{fmt, str::FromStr};

use ed25519_dalek::{Signer as _, SigningKey, VerifyingKey};
use sha2::{Digest, Sha256};

use crate::encode::{base64, unbase64};

/// What a key's signatures mean: the signature type byte of C2SP signed-note, section "Signature types".
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum KeyKind {
    /// The text of a note, signed as it is: a log's own checkpoints.
    Log,
    /// A witness that saw the checkpoint at a time, and that it goes on from the one before.
    Cosigner,
}

impl KeyKind {
    const fn byte(self) -> u8 {
        match self {
            Self::Log => 0x01,
            Self::Cosigner => 0x04,
        }
    }

    const fn from_byte(byte: u8) -> Option<Self> {
        match byte {
            0x01 => Some(Self::Log),
            0x04 => Some(Self::Cosigner),
            _ => None,
        }
    }
}

/// Why a text is not a key.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum KeyError {
    /// Not of the form of a key.
    #[error("a verifier key has the form name+hash+key, as `checkpoint --public-key` prints it")]
    Form,
    /// A name that a signature line cannot carry.
    #[error("a key's name has at least one character, and no spaces, control characters or plus signs")]
    Name,
    /// A type byte of another algorithm, or a key of another length.
    #[error("the key is of a type that is not known here: Ed25519 keys of logs and of cosigners are")]
    Kind,
    /// The hash is not that of name and key: one of them was mistyped.
    #[error("the key's hash does not fit its name and key; one of the three was altered")]
    Hash,
    /// A point that is not on the curve, or that verifies what was never signed.
    #[error("the key is not a usable Ed25519 public key")]
    Point,
}

/// The bytes are no signature of the text by the key.
pub(crate) struct NotSigned;

/// The public half: verifies signatures. Its text is `name+hash+base64(type || key)`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct VerifierKey {
    name: String,
    kind: KeyKind,
    id: u32,
    public: VerifyingKey,
}

impl VerifierKey {
    /// The key with this name and these 32 bytes (RFC 8032).
    pub fn new(name: &str, kind: KeyKind, public: [u8; 32]) -> Result<Self, KeyError> {
        let point = VerifyingKey::from_bytes(&public).map_err(|_| KeyError::Point)?;
        // A point of small order verifies signatures that nobody made.
        if point.is_weak() {
            return Err(KeyError::Point);
        }
        Ok(Self {
            id: key_id(name, kind, &public)?,
            name: name.to_owned(),
            kind,
            public: point,
        })
    }

    /// Who signs: the origin of a log, the name of a cosigner.
    pub fn name(&self) -> &str {
        &self.name
    }

    /// What its signatures mean.
    pub fn kind(&self) -> KeyKind {
        self.kind
    }

    /// The key id in signature lines: the first four bytes of SHA-256(name || 0x0A || type || key).
    pub fn id(&self) -> u32 {
        self.id
    }

    /// The 32 bytes of the key (RFC 8032).
    pub fn public(&self) -> &[u8; 32] {
        self.public.as_bytes()
    }

    /// Whether these bytes sign the text; for a cosigner the time at which it saw it, in seconds since 1970.
    pub(crate) fn verify(&self, text: &str, signature: &[u8]) -> Result<Option<u64>, NotSigned> {
        match self.kind {
            KeyKind::Log => {
                self.verify_message(text.as_bytes(), signature)?;
                Ok(None)
            }
            KeyKind::Cosigner => {
                let (time, signature) = signature.split_first_chunk::<8>().ok_or(NotSigned)?;
                let time = u64::from_be_bytes(*time);
                // tlog-cosignature, section "Format": a timestamp stays below 2^63.
                let stated = i64::try_from(time).map_err(|_| NotSigned)?;
                self.verify_message(cosigned_message(text, stated).as_bytes(), signature)?;
                Ok(Some(time))
            }
        }
    }

    fn verify_message(&self, message: &[u8], signature: &[u8]) -> Result<(), NotSigned> {
        let signature = ed25519_dalek::Signature::from_slice(signature).map_err(|_| NotSigned)?;
        self.public
            .verify_strict(message, &signature)
            .map_err(|_| NotSigned)
    }
}

impl fmt::Display for VerifierKey {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { name, kind, id, .. } = self;
        write!(out, "{name}+{id:08x}+{}", base64(&typed(*kind, self.public())))
    }
}

impl FromStr for VerifierKey {
    type Err = KeyError;

    fn from_str(text: &str) -> Result<Self, KeyError> {
        let (name, hash, kind, bytes) = parse_key(text)?;
        let key = Self::new(name, kind, bytes)?;
        if format!("{:08x}", key.id) == hash {
            Ok(key)
        } else {
            Err(KeyError::Hash)
        }
    }
}

/// The private half: signs. Its text, `PRIVATE+KEY+name+hash+base64(type || seed)`, is that of Go's x/mod/sumdb/note.
#[derive(Clone)]
pub struct SignerKey {
    secret: SigningKey,
    verifier: VerifierKey,
}

impl SignerKey {
    /// The key with this name, from 32 random bytes.
    pub fn new(name: &str, kind: KeyKind, seed: [u8; 32]) -> Result<Self, KeyError> {
        let secret = SigningKey::from_bytes(&seed);
        let verifier = VerifierKey::new(name, kind, secret.verifying_key().to_bytes())?;
        Ok(Self { secret, verifier })
    }

    /// The public half.
    pub fn verifier(&self) -> &VerifierKey {
        &self.verifier
    }

    /// The text that keeps the key. Not `Display`, so that no message shows it by mistake.
    pub fn to_secret_text(&self) -> String {
        let VerifierKey { name, kind, id, .. } = &self.verifier;
        let secret = base64(&typed(*kind, self.secret.as_bytes()));
        format!("{PRIVATE}{name}+{id:08x}+{secret}")
    }

    /// Signs the text of a note; a cosigner states the time, in seconds since 1970, at which it saw it.
    pub(crate) fn sign(&self, text: &str, time: u64) -> Vec<u8> {
        match self.verifier.kind {
            KeyKind::Log => self.secret.sign(text.as_bytes()).to_bytes().to_vec(),
            KeyKind::Cosigner => {
                let time = i64::try_from(time).unwrap_or(i64::MAX);
                let signature = self.secret.sign(cosigned_message(text, time).as_bytes());
                [&time.to_be_bytes()[..], &signature.to_bytes()].concat()
            }
        }
    }
}

const PRIVATE: &str = "PRIVATE+KEY+";

impl FromStr for SignerKey {
    type Err = KeyError;

    fn from_str(text: &str) -> Result<Self, KeyError> {
        let (name, hash, kind, seed) = parse_key(text.strip_prefix(PRIVATE).ok_or(KeyError::Form)?)?;
        let key = Self::new(name, kind, seed)?;
        if format!("{:08x}", key.verifier.id) == hash {
            Ok(key)
        } else {
            Err(KeyError::Hash)
        }
    }
}

impl fmt::Debug for SignerKey {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(out, "the secret key of {}", self.verifier)
    }
}

/// What a cosigner signs (C2SP tlog-cosignature, section "Ed25519 signed message").
fn cosigned_message(text: &str, time: i64) -> String {
    format!("cosignature/v1\ntime {time}\n{text}")
}

/// C2SP signed-note, section "Format": what a key's name may be.
pub(crate) fn is_name(name: &str) -> bool {
    let carried = |c: char| !c.is_whitespace() && c >= ' ' && c != '+';
    !name.is_empty() && name.chars().all(carried)
}

fn key_id(name: &str, kind: KeyKind, public: &[u8; 32]) -> Result<u32, KeyError> {
    if !is_name(name) {
        return Err(KeyError::Name);
    }
    let hash: [u8; 32] = Sha256::new()
        .chain_update(name)
        .chain_update(b"\n")
        .chain_update(typed(kind, public))
        .finalize()
        .into();
    let [a, b, c, d, ..] = hash;
    Ok(u32::from_be_bytes([a, b, c, d]))
}

fn typed(kind: KeyKind, key: &[u8; 32]) -> Vec<u8> {
    [&[kind.byte()], &key[..]].concat()
}

/// Name, hash, type and key bytes. Base64 has plus signs too, so only the first two part the text.
fn parse_key(text: &str) -> Result<(&str, &str, KeyKind, [u8; 32]), KeyError> {
    let (name, rest) = text.split_once('+').ok_or(KeyError::Form)?;
    let (hash, encoded) = rest.split_once('+').ok_or(KeyError::Form)?;
    let typed = unbase64(encoded).ok_or(KeyError::Form)?;
    let (kind, bytes) = typed.split_first().ok_or(KeyError::Form)?;
    let kind = KeyKind::from_byte(*kind).ok_or(KeyError::Kind)?;
    let bytes = bytes.try_into().map_err(|_| KeyError::Kind)?;
    Ok((name, hash, kind, bytes))
}
