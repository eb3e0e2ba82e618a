//! The bundle of a figure: everything that the figure follows from, and the proofs that nothing was altered, added or
//! left out. `FORMAT-BUNDLE.md` beside this crate states it byte by byte. What re-derives the figure from the events
//! lives elsewhere; here it is established which events there are.

use serde::{Deserialize, Serialize};
use serde_json::value::RawValue;
use sha2::{Digest, Sha256};

use crate::{
    Hash,
    checkpoint::{CheckpointError, SignedCheckpoint},
    encode::{base64, hex, unbase64_hash, unhex_hash},
    heads::{HeadProof, HeadUnproven},
    key::VerifierKey,
    leaf_hash,
    note::Note,
    proof::{HashSource, NoProof, Unproven, inclusion, verify_inclusion},
};

const FORMAT: &str = "rekenschap-bundle/1";
/// The type of the leaf that is the last before each checkpoint.
pub const HEADS_TYPE: &str = "streamHeadsRecorded";

#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct Document {
    format: String,
    query: Box<RawValue>,
    stream: String,
    events: Vec<EventDocument>,
    heads: HeadsDocument,
    checkpoint: String,
}

#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct EventDocument {
    leaf: String,
    details: Option<String>,
    proof: Vec<String>,
}

#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct HeadsDocument {
    leaf: String,
    proof: Vec<String>,
    way: Vec<String>,
    other: Option<OtherDocument>,
}

#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct OtherDocument {
    key: String,
    version: u64,
}

/// What a leaf says of itself, as far as completeness needs it.
#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Envelope {
    details_hash: Option<String>,
    position: u64,
    stream: String,
    r#type: String,
    version: u64,
}

#[derive(Deserialize)]
struct HeadsLeaf {
    data: HeadsData,
}

#[derive(Deserialize)]
struct HeadsData {
    root: String,
}

/// One event as the record has it: the exact bytes of its leaf and, unless held back or destroyed, of its details.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Recorded {
    /// The leaf.
    pub leaf: String,
    /// The right part of its line on the tape.
    pub details: Option<String>,
}

/// What a bundle that holds has established.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Established {
    /// The head of the log, and who vouches for it.
    pub checkpoint: SignedCheckpoint,
    /// What was asked and answered, as JSON. No proof covers it: the figure must be derived from the events again.
    pub query: String,
    /// The stream.
    pub stream: String,
    /// Every event of the stream up to the checkpoint, in order.
    pub events: Vec<Recorded>,
}

/// What a bundle is made of, beside the tree's hashes.
#[derive(Clone, Copy, Debug)]
pub struct Contents<'a> {
    /// What was asked and answered: any JSON.
    pub query: &'a str,
    /// The stream.
    pub stream: &'a str,
    /// Its events up to the checkpoint, in order.
    pub events: &'a [Recorded],
    /// The last leaf before the checkpoint: `streamHeadsRecorded`.
    pub heads_leaf: &'a str,
    /// The stream's place in the map that this leaf has the root of.
    pub head: &'a HeadProof,
    /// The signed checkpoint.
    pub checkpoint: &'a Note,
}

/// Why a bundle cannot be written.
#[derive(Debug, thiserror::Error)]
pub enum WriteError<E> {
    /// A leaf or the query is not JSON.
    #[error("a bundle cannot be written: {0}")]
    Json(#[from] serde_json::Error),
    /// The log has no such leaf, or a hash could not be had.
    #[error(transparent)]
    Proof(#[from] NoProof<E>),
}

/// Why a bundle is refused: the first thing that is not as it must be.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum BundleError {
    /// Not of the form of a bundle.
    #[error("this is no bundle: {0}")]
    Form(String),
    /// The checkpoint is not one to trust.
    #[error(transparent)]
    Checkpoint(#[from] CheckpointError),
    /// The last leaf before the checkpoint is not the one with the stream heads.
    #[error("the last leaf before the checkpoint is not the record of the stream heads: {0}")]
    HeadsLeaf(&'static str),
    /// The leaf with the stream heads is not in the log.
    #[error("the record of the stream heads is not in the log of the checkpoint: {0}")]
    Heads(Unproven),
    /// The number of events is not the stream's version.
    #[error("{stream} does not have {held} events at the checkpoint: {reason}")]
    Count {
        /// The stream.
        stream: String,
        /// How many the bundle holds.
        held: u64,
        /// Where the proof fails.
        reason: HeadUnproven,
    },
    /// An event is missing, twice there, from another stream, or recorded before the one that it follows.
    #[error("event {version} of {stream} should follow; the bundle has {found} instead")]
    Sequence {
        /// The stream.
        stream: String,
        /// The version that should be next.
        version: u64,
        /// What is there.
        found: String,
    },
    /// An event is not in the log.
    #[error("event {version} of {stream} is not at position {position} of the log: {reason}")]
    Event {
        /// The stream.
        stream: String,
        /// Its version.
        version: u64,
        /// The position that it claims.
        position: u64,
        /// Where the proof fails.
        reason: Unproven,
    },
    /// Details other than those that were recorded.
    #[error("the details of event {version} of {stream} are not those that were recorded")]
    Details {
        /// The stream.
        stream: String,
        /// Its version.
        version: u64,
    },
    /// All proofs hold, and yet the document is not the one that was written.
    #[error("the bundle was altered outside its proofs, in the query or between the fields")]
    Digest,
}

/// Writes a bundle. Whether it holds is for [`verify`] to say: nothing is checked twice here.
pub fn write<S: HashSource>(
    contents: &Contents<'_>,
    size: u64,
    source: &mut S,
) -> Result<String, WriteError<S::Error>> {
    let mut proof_of = |leaf: &str| -> Result<Vec<String>, WriteError<S::Error>> {
        let envelope: Envelope = serde_json::from_str(leaf)?;
        let hashes = inclusion(source, envelope.position, size)?;
        Ok(hashes.iter().map(|hash| base64(hash)).collect())
    };
    let events = contents.events.iter().map(|event| {
        Ok(EventDocument {
            leaf: event.leaf.clone(),
            details: event.details.clone(),
            proof: proof_of(&event.leaf)?,
        })
    });
    let events = events.collect::<Result<_, WriteError<S::Error>>>()?;
    let other = contents.head.other.as_ref();
    let document = Document {
        format: FORMAT.to_owned(),
        query: RawValue::from_string(contents.query.to_owned())?,
        stream: contents.stream.to_owned(),
        events,
        heads: HeadsDocument {
            leaf: contents.heads_leaf.to_owned(),
            proof: proof_of(contents.heads_leaf)?,
            way: contents.head.siblings.iter().map(|hash| base64(hash)).collect(),
            other: other.map(|(key, version)| OtherDocument {
                key: base64(key),
                version: *version,
            }),
        },
        checkpoint: contents.checkpoint.to_string(),
    };
    let mut text = serde_json::to_string(&document)?;
    // The digest is the last field, over all before it.
    text.pop();
    let digest = Sha256::digest(&text);
    text.push_str(&digest_field(&digest.into()));
    Ok(text)
}

fn digest_field(digest: &Hash) -> String {
    format!(",\"digest\":\"{}\"}}\n", hex(digest))
}

/// Verifies a bundle, trusting nothing but the keys.
pub fn verify(bundle: &[u8], trusted: &[VerifierKey]) -> Result<Established, BundleError> {
    let form = |what: &str| BundleError::Form(what.to_owned());
    let text = std::str::from_utf8(bundle).map_err(|_| form("it is not UTF-8"))?;
    let at = text.len().saturating_sub(digest_field(&[0; 32]).len());
    let (body, digest) = text
        .split_at_checked(at)
        .filter(|(_, digest)| digest.starts_with(",\"digest\":\""))
        .ok_or_else(|| form("it does not end in a digest"))?;
    let document: Document = serde_json::from_str(&format!("{body}}}"))
        .map_err(|fault| form(&format!("its JSON is not that of a bundle: {fault}")))?;
    if document.format != FORMAT {
        return Err(form("its format is not rekenschap-bundle/1"));
    }

    let checkpoint = SignedCheckpoint::open(document.checkpoint.as_bytes(), trusted)?;
    let log = Log {
        size: checkpoint.checkpoint.size,
        root: checkpoint.checkpoint.root,
    };
    let stream = document.stream.as_str();
    let mut envelopes: Vec<Envelope> = Vec::with_capacity(document.events.len());
    for (event, version) in document.events.iter().zip(1..) {
        let after = envelopes.last().map(|envelope| envelope.position);
        envelopes.push(in_sequence(stream, version, after, &event.leaf)?);
    }
    let heads_root = log.heads_root(&document.heads)?;
    let held = envelopes.len() as u64;
    head_proof(&document.heads)?
        .verify(&heads_root, stream, held)
        .map_err(|reason| BundleError::Count {
            stream: stream.to_owned(),
            held,
            reason,
        })?;
    for (event, envelope) in document.events.iter().zip(&envelopes) {
        log.includes(event, envelope)?;
    }
    if digest != digest_field(&Sha256::digest(body).into()) {
        return Err(BundleError::Digest);
    }
    let events = document.events.into_iter().map(|event| Recorded {
        leaf: event.leaf,
        details: event.details,
    });
    Ok(Established {
        checkpoint,
        query: document.query.get().to_owned(),
        events: events.collect(),
        stream: document.stream,
    })
}

/// The envelope of the event that must come next in the stream, after the one at this position.
fn in_sequence(stream: &str, version: u64, after: Option<u64>, leaf: &str) -> Result<Envelope, BundleError> {
    let wrong = |found: String| BundleError::Sequence {
        stream: stream.to_owned(),
        version,
        found,
    };
    let envelope: Envelope =
        serde_json::from_str(leaf).map_err(|fault| wrong(format!("what is no leaf ({fault})")))?;
    let Envelope { position, .. } = envelope;
    if (envelope.stream.as_str(), envelope.version) != (stream, version) {
        return Err(wrong(format!(
            "event {} of {}",
            envelope.version, envelope.stream
        )));
    }
    // Else a figure at a log position would not stand on the stream's first events.
    match after.filter(|after| *after >= position) {
        Some(after) => Err(wrong(format!("one at position {position}, not after {after},"))),
        None => Ok(envelope),
    }
}

/// The log as the checkpoint has it.
struct Log {
    size: u64,
    root: Hash,
}

impl Log {
    /// The root of the stream heads, from the last leaf.
    fn heads_root(&self, heads: &HeadsDocument) -> Result<Hash, BundleError> {
        let wrong = BundleError::HeadsLeaf;
        let envelope: Envelope = serde_json::from_str(&heads.leaf).map_err(|_| wrong("it is no leaf"))?;
        if envelope.r#type != HEADS_TYPE || envelope.stream != "ledger" {
            return Err(wrong("it is of another type or stream"));
        }
        let last = self.size.checked_sub(1).ok_or(wrong("the log is empty"))?;
        self.prove(&heads.leaf, last, &heads.proof)
            .map_err(BundleError::Heads)?;
        let leaf: HeadsLeaf = serde_json::from_str(&heads.leaf).map_err(|_| wrong("it has no root"))?;
        unhex_hash(&leaf.data.root).ok_or(wrong("its root is no SHA-256"))
    }

    fn includes(&self, event: &EventDocument, envelope: &Envelope) -> Result<(), BundleError> {
        let Envelope {
            position, version, ..
        } = *envelope;
        let stream = || envelope.stream.clone();
        self.prove(&event.leaf, position, &event.proof)
            .map_err(|reason| BundleError::Event {
                stream: stream(),
                version,
                position,
                reason,
            })?;
        let recorded = envelope.details_hash.as_deref();
        let hash = |details: &String| hex(&Sha256::digest(details));
        match event.details.as_ref().map(hash) {
            Some(found) if recorded != Some(found.as_str()) => Err(BundleError::Details {
                stream: stream(),
                version,
            }),
            _ => Ok(()),
        }
    }

    fn prove(&self, leaf: &str, position: u64, proof: &[String]) -> Result<(), Unproven> {
        let hashes = hashes(proof).ok_or(Unproven::Length { found: proof.len() })?;
        verify_inclusion(
            &leaf_hash(leaf.as_bytes()),
            position,
            self.size,
            &hashes,
            &self.root,
        )
    }
}

fn hashes(texts: &[String]) -> Option<Vec<Hash>> {
    texts.iter().map(|text| unbase64_hash(text)).collect()
}

fn head_proof(heads: &HeadsDocument) -> Result<HeadProof, BundleError> {
    let form =
        || BundleError::Form("the way to the stream's head is no list of SHA-256 in base64".to_owned());
    let other = match &heads.other {
        None => None,
        Some(other) => Some((unbase64_hash(&other.key).ok_or_else(form)?, other.version)),
    };
    Ok(HeadProof {
        siblings: hashes(&heads.way).ok_or_else(form)?,
        other,
    })
}
