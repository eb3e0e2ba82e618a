//! The map of stream heads against its rules written out, and proofs that must not hold.

use std::collections::BTreeMap;

use ledger_proof::{
    Hash,
    heads::{HeadProof, HeadUnproven, Heads},
};
use proptest::prelude::*;
use sha2::{Digest, Sha256};

fn sha(parts: &[&[u8]]) -> Hash {
    Sha256::digest(parts.concat()).into()
}

/// The rules in the head of `heads.rs`, over a sorted list.
fn by_the_rules(heads: &[(Hash, u64)], depth: usize) -> Hash {
    match heads {
        [] => [0; 32],
        [(key, version)] => sha(&[&[2], key, &version.to_be_bytes()]),
        _ => {
            let right = |key: &Hash| key[depth / 8] >> (7 - depth % 8) & 1 == 1;
            let at = heads.partition_point(|(key, _)| !right(key));
            let (low, high) = heads.split_at(at);
            sha(&[
                &[3],
                &by_the_rules(low, depth + 1),
                &by_the_rules(high, depth + 1),
            ])
        }
    }
}

fn sorted(streams: &BTreeMap<String, u64>) -> Vec<(Hash, u64)> {
    let mut heads: Vec<_> = streams
        .iter()
        .map(|(stream, version)| (sha(&[stream.as_bytes()]), *version))
        .collect();
    heads.sort_unstable();
    heads
}

#[test]
fn the_first_maps_by_hand() {
    let mut heads = Heads::default();
    assert_eq!(heads.root(), [0; 32]);
    heads.set("ledger", 1);
    let ledger = sha(&[b"ledger"]);
    let of = |key: &Hash, version: u8| sha(&[&[2], key, &[0, 0, 0, 0, 0, 0, 0, version]]);
    assert_eq!(heads.root(), of(&ledger, 1));
    heads.set("programme/p", 5);
    let programme = sha(&[b"programme/p"]);
    // Their keys part at the third bit; above it the way goes right twice, beside nothing.
    assert_eq!((ledger[0] >> 5, programme[0] >> 5), (0b111, 0b110));
    let with = |ledger_version| {
        let parting = sha(&[&[3], &of(&programme, 5), &of(&ledger, ledger_version)]);
        sha(&[&[3], &[0; 32], &sha(&[&[3], &[0; 32], &parting])])
    };
    assert_eq!(heads.root(), with(1));
    heads.set("ledger", 2);
    assert_eq!(heads.root(), with(2));
    assert_eq!(
        heads.prove("programme/p"),
        HeadProof {
            siblings: vec![[0; 32], [0; 32], of(&ledger, 2)],
            other: None
        }
    );
}

proptest! {
    #[test]
    fn any_map(names in prop::collection::btree_map("[a-z]{1,6}", 1_u64..1000, 0..60), absent in "[a-z]{1,6}") {
        let mut heads: Heads = names.iter().map(|(stream, version)| (stream, *version)).collect();
        let root = heads.root();
        prop_assert_eq!(root, by_the_rules(&sorted(&names), 0));
        let one_by_one = names.iter().rev().fold(Heads::default(), |mut heads, (stream, version)| {
            heads.set(stream, 7);
            heads.root();
            heads.set(stream, *version);
            heads
        }).root();
        prop_assert_eq!(one_by_one, root);
        for (stream, version) in names.iter().chain([(&absent, names.get(&absent).unwrap_or(&0))]) {
            let proof = heads.prove(stream);
            prop_assert!(proof.siblings.len() < 40);
            prop_assert_eq!(proof.verify(&root, stream, *version), Ok(()));
            prop_assert!(proof.verify(&root, stream, version + 1).is_err());
            prop_assert!(*version == 0 || proof.verify(&root, stream, 0).is_err());
            prop_assert!(names.contains_key("another") || proof.verify(&root, "another", *version).is_err() || *version == 0);
            prop_assert!(proof.verify(&[1; 32], stream, *version).is_err());
            for at in 0..proof.siblings.len() {
                let mut bent = proof.clone();
                bent.siblings[at][0] ^= 1;
                prop_assert_eq!(bent.verify(&root, stream, *version), Err(HeadUnproven::Root));
            }
        }
    }
}

#[test]
fn a_stream_is_not_absent_because_another_is_there() {
    let mut heads: Heads = [("a", 1), ("b", 2), ("c", 3)].into_iter().collect();
    let root = heads.root();
    let mut proof = heads.prove("a");
    // The way to `a` itself, shown as the way to another stream.
    proof.other = Some((sha(&[b"a"]), 1));
    assert_eq!(proof.verify(&root, "a", 0), Err(HeadUnproven::Form));
    // A stream elsewhere in the map, shown as the end of the way to `a`.
    let mut proof = heads.prove("b");
    proof.other = Some((sha(&[b"b"]), 2));
    assert_eq!(proof.verify(&root, "a", 0), Err(HeadUnproven::Form));
    let endless = HeadProof {
        siblings: vec![[0; 32]; 257],
        other: None,
    };
    assert_eq!(endless.verify(&root, "a", 1), Err(HeadUnproven::Form));
}
