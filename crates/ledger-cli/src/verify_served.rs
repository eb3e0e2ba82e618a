//! `verify --url`: whether the log that a server shows is one log, signed, whole and in order. It takes every leaf, as a
//! monitor does, and trusts nothing but keys.

use std::collections::{BTreeMap, BTreeSet};

use ledger_contract::event::{EventData, Stream, read_leaf};
use ledger_proof::{heads::Heads, proof::consistency, witness::goes_on};

use crate::{
    arguments::Verifying,
    failure::Failure,
    kept::{self, Introduced, proof},
    output,
    remote::Server,
    tiled::{self, Tiled, hex, of_tiles},
};

/// Leaves in a bundle of entries.
const BUNDLE_LEAVES: u64 = 256;

/// What the leaves say of themselves, as far as they were read.
#[derive(Default)]
struct Seen {
    versions: BTreeMap<Stream, u64>,
    heads: Heads,
    /// The sizes at which the last leaf records the stream heads: those that a checkpoint can have.
    sizes: BTreeSet<u64>,
    keys: Vec<Introduced>,
}

/// Checks the whole log, then that it goes on from a checkpoint that was kept.
pub(crate) fn run(asked: &Verifying, server: &Server) -> Result<(), Failure> {
    let mut log = Tiled::Remote(server);
    let note = log.checkpoint()?;
    let bytes = note.to_string().into_bytes();
    if !asked.key.is_empty() {
        kept::open(&bytes, &asked.key, &[])?;
    }
    let newest = tiled::unverified(&note)?;
    let mut tiles = log.reader(&newest)?;
    let mut seen = Seen::default();
    for index in 0..newest.size.div_ceil(BUNDLE_LEAVES) {
        for (leaf, position) in tiles
            .entries(index)
            .map_err(of_tiles)?
            .iter()
            .zip(index * BUNDLE_LEAVES..)
        {
            seen.take(position, leaf)?;
        }
    }
    seen.ends_at(newest.size)?;
    if asked.key.is_empty() {
        output::tell("the keys in the log itself are trusted; --key takes one that was kept apart");
        kept::open(&bytes, &[], &seen.keys)?;
    }
    kept::in_force(&bytes, newest.size, &seen.keys)?;
    output::line(&format!(
        "checked: the signature, every tile up to the signed root, every leaf against its hash, positions and versions, the \
         stream heads\nevents {}\nstreams {}\nroot {}\nall is right",
        newest.size,
        seen.versions.len(),
        hex(&newest.root)
    ))?;
    let Some(file) = &asked.checkpoint else {
        return Ok(());
    };
    let bytes = kept::read(file)?;
    let old = kept::open(&bytes, &asked.key, &seen.keys)?;
    let hashes = if old.size > 0 && old.size < newest.size {
        consistency(&mut tiles, old.size, newest.size).map_err(proof)?
    } else {
        Vec::new()
    };
    goes_on(&old, &newest, &hashes).map_err(proof)?;
    seen.ends_at(old.size)?;
    kept::in_force(&bytes, old.size, &seen.keys)?;
    output::line(&format!(
        "the log of {} events begins with the {} events of the checkpoint",
        newest.size, old.size
    ))
}

impl Seen {
    /// Takes the leaf at a position, which must be the next event of its stream.
    fn take(&mut self, position: u64, leaf: &[u8]) -> Result<(), Failure> {
        let event = read_leaf(leaf)
            .map_err(|error| proof(format!("the leaf at position {position} cannot be read: {error}")))?;
        let version = self.versions.entry(event.stream.clone()).or_default();
        *version += 1;
        if (event.position, event.version) != (position, *version) {
            return Err(proof(format!(
                "the leaf at position {position} says that it is event {} of {} at position {}; its event {version} should \
                 be there",
                event.version, event.stream, event.position
            )));
        }
        self.heads.set(&event.stream.to_string(), event.version);
        match &event.data {
            EventData::LogKeyIntroduced(introduced) => {
                let key = introduced.key.parse();
                self.keys.extend(key.map(|key| (position, key)));
            }
            EventData::StreamHeadsRecorded(recorded) => {
                let size = position + 1;
                kept::heads(size, &recorded.root, &hex(&self.heads.root()))?;
                self.sizes.insert(size);
            }
            _ => {}
        }
        Ok(())
    }

    /// Whether the last leaf below a checkpoint records the stream heads; that they are right was seen then.
    fn ends_at(&self, size: u64) -> Result<(), Failure> {
        if self.sizes.contains(&size) {
            Ok(())
        } else {
            Err(kept::no_heads(size))
        }
    }
}
