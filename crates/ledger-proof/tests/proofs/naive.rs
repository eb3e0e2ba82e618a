//! The tree as RFC 6962 defines it, with no thought of speed; and a log made of it.

use std::{collections::BTreeMap, convert::Infallible};

use ledger_proof::{
    Hash,
    checkpoint::{Checkpoint, SignedCheckpoint},
    key::{KeyKind, SignerKey},
    leaf_hash,
    proof::HashSource,
    reader::TileReader,
    tile::{TileBuilder, TileKind, TilePath, new_tiles, push_entry},
};
use sha2::{Digest, Sha256};

pub(crate) fn hex(bytes: &[u8]) -> String {
    bytes
        .iter()
        .fold(String::new(), |text, byte| format!("{text}{byte:02x}"))
}

pub(crate) fn split(size: usize) -> usize {
    let mut power = 1;
    while power * 2 < size {
        power *= 2;
    }
    power
}

/// RFC 6962, section 2.1: MTH.
pub(crate) fn mth(leaves: &[Vec<u8>]) -> Hash {
    match leaves {
        [] => Sha256::digest([]).into(),
        [leaf] => leaf_hash(leaf),
        _ => {
            let (left, right) = leaves.split_at(split(leaves.len()));
            Sha256::digest([&[1][..], &mth(left), &mth(right)].concat()).into()
        }
    }
}

/// RFC 6962, section 2.1.1: PATH.
pub(crate) fn path(index: usize, leaves: &[Vec<u8>]) -> Vec<Hash> {
    if leaves.len() == 1 {
        return Vec::new();
    }
    let (left, right) = leaves.split_at(split(leaves.len()));
    let (mut proof, last) = if index < left.len() {
        (path(index, left), mth(right))
    } else {
        (path(index - left.len(), right), mth(left))
    };
    proof.push(last);
    proof
}

/// RFC 6962, section 2.1.2: SUBPROOF.
pub(crate) fn subproof(old: usize, leaves: &[Vec<u8>], known: bool) -> Vec<Hash> {
    if old == leaves.len() {
        return if known { Vec::new() } else { vec![mth(leaves)] };
    }
    let (left, right) = leaves.split_at(split(leaves.len()));
    let (mut proof, last) = if old <= left.len() {
        (subproof(old, left, known), mth(right))
    } else {
        (subproof(old - left.len(), right, false), mth(left))
    };
    proof.push(last);
    proof
}

/// The hashes of these leaves, made anew each time.
pub(crate) struct Source<'a>(pub(crate) &'a [Vec<u8>]);

impl HashSource for Source<'_> {
    type Error = Infallible;

    fn hash(&mut self, level: u32, index: u64) -> Result<Hash, Infallible> {
        let from = usize::try_from(index << level).unwrap();
        Ok(mth(&self.0[from..from + (1 << level)]))
    }
}

pub(crate) fn leaves(count: usize) -> Vec<Vec<u8>> {
    (0..count)
        .map(|number| format!("leaf {number}").into_bytes())
        .collect()
}

pub(crate) const ORIGIN: &str = "dordrecht.example/rekenschap";

pub(crate) fn log_key(seed: u8) -> SignerKey {
    SignerKey::new(ORIGIN, KeyKind::Log, [seed; 32]).unwrap()
}

pub(crate) fn witness_key(name: &str, seed: u8) -> SignerKey {
    SignerKey::new(name, KeyKind::Cosigner, [seed; 32]).unwrap()
}

/// The checkpoint over these leaves, signed by the key that is trusted.
pub(crate) fn signed(leaves: &[Vec<u8>]) -> SignedCheckpoint {
    let mut note = Checkpoint::new(ORIGIN, leaves.len() as u64, mth(leaves))
        .to_note()
        .unwrap();
    note.sign(&log_key(1), 0);
    SignedCheckpoint::open(note.to_string().as_bytes(), &[log_key(1).verifier().clone()]).unwrap()
}

/// The files that a log of these leaves serves.
pub(crate) fn files(leaves: &[Vec<u8>]) -> BTreeMap<TilePath, Vec<u8>> {
    let mut builder = TileBuilder::default();
    let mut files: BTreeMap<TilePath, Vec<u8>> = leaves
        .iter()
        .flat_map(|leaf| builder.push(leaf_hash(leaf)))
        .collect();
    files.extend(builder.partial());
    for path in new_tiles(0, leaves.len() as u64).filter(|path| path.kind() == TileKind::Entries) {
        let from = usize::try_from(path.index()).unwrap() * 256;
        let mut bundle = Vec::new();
        for leaf in &leaves[from..from + usize::from(path.width())] {
            push_entry(leaf, &mut bundle).unwrap();
        }
        files.insert(path, bundle);
    }
    files
}

pub(crate) type Served<'a> = TileReader<Box<dyn FnMut(&TilePath) -> Result<Vec<u8>, String> + 'a>>;
pub(crate) type TileError = ledger_proof::reader::TileError<String>;

/// A reader of files at a checkpoint.
pub(crate) fn serve(
    files: &BTreeMap<TilePath, Vec<u8>>,
    at: &SignedCheckpoint,
) -> Result<Served<'static>, TileError> {
    let files = files.clone();
    let fetch = move |path: &TilePath| files.get(path).cloned().ok_or_else(|| "not there".to_owned());
    TileReader::open(&at.checkpoint, Box::new(fetch))
}
