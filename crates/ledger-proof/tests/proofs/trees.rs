//! Trees and proofs against the vectors for RFC 6962 and against its recursive definition; tiles against C2SP.

use std::collections::BTreeMap;

use ledger_proof::{
    Hash, Tree, leaf_hash,
    proof::{self, NoProof, Unproven, verify_consistency, verify_inclusion},
    tile::{EntriesError, TileBuilder, TileKind, TilePath, entries, new_tiles, push_entry},
};

use proptest::{prelude::*, sample::Index};

use crate::naive::{Source, files, hex, leaves, mth, path, serve, signed, subproof};

fn unhex(text: &str) -> Vec<u8> {
    (0..text.len())
        .step_by(2)
        .map(|at| u8::from_str_radix(&text[at..at + 2], 16).unwrap())
        .collect()
}

fn hash(text: &str) -> Hash {
    unhex(text).try_into().unwrap()
}

/// The leaves and roots that Certificate Transparency's own tests use for RFC 6962.
const LEAVES: [&str; 8] = [
    "",
    "00",
    "10",
    "2021",
    "3031",
    "40414243",
    "5051525354555657",
    "606162636465666768696a6b6c6d6e6f",
];
const ROOTS: [&str; 9] = [
    "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855",
    "6e340b9cffb37a989ca544e6bb780a2c78901d3fb33738768511a30617afa01d",
    "fac54203e7cc696cf0dfcb42c92a1d9dbaf70ad9e621f4bd8d98662f00e3c125",
    "aeb6bcfe274b70a14fb067a5e5578264db0fa9b51af5e0ba159158f329e06e77",
    "d37ee418976dd95753c1c73862b9398fa2a2cf9b4ff0fdfe8b30cd95209614b7",
    "4e3bbb1f7b478dcfe71fb631631519a3bca12c9aefca1612bfce4c13a86264d4",
    "76e67dadbcdf1e10e1b74ddc608abd2f98dfb16fbce75277b5232a127f2087ef",
    "ddb89be403809e325750d3d263cd78929c2942b7942a34b77e122c9594a74c8c",
    "5dc9da79a70659a9ad559cb701ded9a2ab9d823aad2f4960cfe370eff4604328",
];
const NODES_2_3: &str = "5f083f0a1a33ca076a95279832580db3e0ef4584bdff1f54c8a360f50de3031e";
const NODES_4_5: &str = "0ebc5d3437fbe2db158b9f126a1d118e308181031d0a949f8dededebc558ef6a";
const NODES_6_7: &str = "ca854ea128ed050b41b35ffc1b87b8eb2bde461e9e3b5596ece6b9d5975a0ae0";
const NODES_4_7: &str = "6b47aaf29ee3c2af9af889bc1fb9254dabd31177f16232dd6aab035ca39bf6e4";
const LEAF_1: &str = "96a296d224f285c67bee93c30f8a309157f0daa35dc5b87e410b78630a09cfc7";
const LEAF_4: &str = "bc1a0643b12e4d2d7c77918f44e0f4f79a838b6cf9ec5b5c283e1f4d88599e6b";

fn vectors() -> Vec<Vec<u8>> {
    LEAVES.iter().map(|leaf| unhex(leaf)).collect()
}

#[test]
fn roots_of_size_0_to_8() {
    let all = vectors();
    let mut tree = Tree::default();
    for (size, root) in ROOTS.iter().enumerate() {
        assert_eq!(mth(&all[..size]), hash(root));
        assert_eq!(tree.root(), hash(root));
        assert_eq!(
            proof::root(&mut Source(&all[..size]), size as u64).unwrap(),
            hash(root)
        );
        if let Some(leaf) = all.get(size) {
            tree.push(leaf_hash(leaf));
        }
    }
}

#[test]
fn proofs_of_size_up_to_8() {
    let all = vectors();
    let leaf_5 = hex(&leaf_hash(&all[5]));
    let inclusion: [(u64, u64, &[&str]); 6] = [
        (0, 1, &[]),
        (0, 8, &[LEAF_1, NODES_2_3, NODES_4_7]),
        (5, 8, &[LEAF_4, NODES_6_7, ROOTS[4]]),
        (4, 8, &[&leaf_5, NODES_6_7, ROOTS[4]]),
        (2, 3, &[ROOTS[2]]),
        (1, 5, &[ROOTS[1], NODES_2_3, LEAF_4]),
    ];
    for (index, size, expected) in inclusion {
        let found = proof::inclusion(&mut Source(&all), index, size).unwrap();
        assert_eq!(found, expected.iter().map(|text| hash(text)).collect::<Vec<_>>());
    }
    let consistency: [(u64, u64, &[&str]); 4] = [
        (1, 1, &[]),
        (1, 8, &[LEAF_1, NODES_2_3, NODES_4_7]),
        (6, 8, &[NODES_4_5, NODES_6_7, ROOTS[4]]),
        (2, 5, &[NODES_2_3, LEAF_4]),
    ];
    for (old, new, expected) in consistency {
        let found = proof::consistency(&mut Source(&all), old, new).unwrap();
        assert_eq!(found, expected.iter().map(|text| hash(text)).collect::<Vec<_>>());
    }
}

#[test]
fn proofs_are_those_of_the_definition_and_no_others_hold() {
    let all = leaves(40);
    for size in 1..=all.len() {
        let tree = &all[..size];
        let (root, size) = (mth(tree), size as u64);
        for index in 0..size {
            let at = usize::try_from(index).unwrap();
            let proof = proof::inclusion(&mut Source(tree), index, size).unwrap();
            assert_eq!(proof, path(at, tree));
            let leaf = leaf_hash(&tree[at]);
            assert_eq!(verify_inclusion(&leaf, index, size, &proof, &root), Ok(()));
            assert!(verify_inclusion(&leaf_hash(b"other"), index, size, &proof, &root).is_err());
            assert!(verify_inclusion(&leaf, (index + 1) % size, size, &proof, &root).is_err() || size == 1);
            refused_when_bent(&proof, |proof| verify_inclusion(&leaf, index, size, proof, &root));
        }
        for old in 1..=size {
            let old_root = mth(&tree[..usize::try_from(old).unwrap()]);
            let proof = proof::consistency(&mut Source(tree), old, size).unwrap();
            assert_eq!(
                proof,
                subproof(usize::try_from(old).unwrap(), tree, true),
                "{old} {size}"
            );
            assert_eq!(verify_consistency(old, &old_root, size, &root, &proof), Ok(()));
            let other = mth(&[b"other".to_vec()]);
            assert!(verify_consistency(old, &other, size, &root, &proof).is_err());
            assert!(verify_consistency(old, &old_root, size, &other, &proof).is_err());
            refused_when_bent(&proof, |proof| {
                verify_consistency(old, &old_root, size, &root, proof)
            });
        }
    }
}

proptest! {
    #[test]
    fn proofs_in_trees_of_up_to_300_leaves(size in 1_usize..=300, index in any::<Index>(), old in any::<Index>()) {
        let tree = leaves(size);
        let (index, old) = (index.index(size), old.index(size) + 1);
        let inclusion = proof::inclusion(&mut Source(&tree), index as u64, size as u64).unwrap();
        prop_assert_eq!(&inclusion, &path(index, &tree));
        let leaf = leaf_hash(&tree[index]);
        prop_assert_eq!(verify_inclusion(&leaf, index as u64, size as u64, &inclusion, &mth(&tree)), Ok(()));
        let consistency = proof::consistency(&mut Source(&tree), old as u64, size as u64).unwrap();
        prop_assert_eq!(&consistency, &subproof(old, &tree, true));
        let (before, after) = (mth(&tree[..old]), mth(&tree));
        prop_assert_eq!(verify_consistency(old as u64, &before, size as u64, &after, &consistency), Ok(()));
    }
}

fn refused_when_bent(proof: &[Hash], verify: impl Fn(&[Hash]) -> Result<(), Unproven>) {
    for at in 0..proof.len() {
        let mut bent = proof.to_vec();
        bent[at][7] ^= 1;
        assert!(verify(&bent).is_err());
        bent.remove(at);
        assert!(verify(&bent).is_err());
    }
    let longer = [proof, &[[0; 32]]].concat();
    assert!(verify(&longer).is_err());
}

#[test]
fn what_is_not_there_has_no_proof() {
    let all = leaves(5);
    let no_leaf = NoProof::NoLeaf { index: 5, size: 5 };
    assert_eq!(proof::inclusion(&mut Source(&all), 5, 5), Err(no_leaf.clone()));
    assert_eq!(no_leaf.to_string(), "there is no leaf 5 in a log of 5");
    assert!(proof::consistency(&mut Source(&all), 0, 5).is_err());
    assert!(proof::consistency(&mut Source(&all), 6, 5).is_err());
    assert_eq!(
        verify_consistency(0, &mth(&[]), 5, &mth(&all), &[]),
        Ok(()),
        "every log begins with the empty one"
    );
    assert!(verify_inclusion(&[0; 32], 0, 0, &[], &mth(&[])).is_err());
}

#[test]
fn paths_of_tiles_as_c2sp_writes_them() {
    let path = TilePath::in_tree(TileKind::Hashes(0), 1_234_067, 1 << 40).unwrap();
    assert_eq!(path.to_string(), "tile/0/x001/x234/067");
    for good in [
        "tile/0/000",
        "tile/63/x001/000.p/1",
        "tile/entries/x999/999.p/255",
        "tile/entries/x072/x057/x594/x037/x927/935",
    ] {
        assert_eq!(
            good.parse::<TilePath>().map(|path| path.to_string()),
            Ok(good.into())
        );
    }
    for bad in [
        "",
        "tile",
        "tile/0",
        "tile/0/",
        "tile/0/0",
        "tile/0/00",
        "tile/0/0000",
        "tile/00/000",
        "tile/+1/000",
        "tile/64/000",
        "tile/-1/000",
        "tile/x/000",
        "tile/entries",
        "tile/entries/",
        "/tile/0/000",
        "tile/0/000/",
        "tile/0/x000/000",
        "tile/0/x001",
        "tile/0/001/000",
        "tile/0/x001/x000",
        "tile/0/xx01/000",
        "tile/0/x+01/000",
        "tile/0/000.p/0",
        "tile/0/000.p/256",
        "tile/0/000.p/01",
        "tile/0/000.p/",
        "tile/0/000.p",
        "tile/0/000.p/1.p/1",
        "tile/data/000",
        "tile/entries/x999/x999/x999/x999/x999/x999/999",
    ] {
        assert!(bad.parse::<TilePath>().is_err(), "{bad}");
    }
}

#[test]
fn the_tiles_of_the_specification_s_examples() {
    let count = |size: u64, kind: TileKind, full: bool| {
        new_tiles(0, size)
            .filter(|path| path.kind() == kind && (path.width() == 256) == full)
            .map(|path| path.width())
            .collect::<Vec<_>>()
    };
    assert_eq!(count(70_000, TileKind::Hashes(0), true).len(), 273);
    assert_eq!(count(70_000, TileKind::Entries, true).len(), 273);
    assert_eq!(count(70_000, TileKind::Hashes(0), false), [112]);
    assert_eq!(count(70_000, TileKind::Hashes(1), true).len(), 1);
    assert_eq!(count(70_000, TileKind::Hashes(1), false), [17]);
    assert_eq!(count(70_000, TileKind::Hashes(2), false), [1]);
    assert_eq!(new_tiles(0, 70_000).count(), 274 * 2 + 2 + 1);
    let of_256: Vec<String> = new_tiles(0, 256).map(|path| path.to_string()).collect();
    assert_eq!(of_256, ["tile/entries/000", "tile/0/000", "tile/1/000.p/1"]);
    let added: Vec<String> = new_tiles(255, 257).map(|path| path.to_string()).collect();
    assert_eq!(
        added,
        [
            "tile/entries/000",
            "tile/entries/001.p/1",
            "tile/0/000",
            "tile/0/001.p/1",
            "tile/1/000.p/1"
        ]
    );
    assert_eq!(new_tiles(70_000, 70_000).count(), 0);
    assert_eq!(new_tiles(0, 0).count(), 0);
}

#[test]
fn a_path_is_in_a_tree_of_one_size_or_of_all_later_ones() {
    let full: TilePath = "tile/0/000".parse().unwrap();
    let partial: TilePath = "tile/0/000.p/7".parse().unwrap();
    assert!(!full.is_in(255) && full.is_in(256) && full.is_in(u64::MAX));
    assert!(partial.is_in(7) && !partial.is_in(6) && !partial.is_in(8) && !partial.is_in(256));
}

#[test]
fn entries_and_their_bundle() {
    let mut bundle = Vec::new();
    let long = vec![7; 65_535];
    for entry in [&b"one"[..], b"", &long] {
        push_entry(entry, &mut bundle).unwrap();
    }
    assert_eq!(bundle[..7], [0, 3, b'o', b'n', b'e', 0, 0]);
    assert_eq!(entries(&bundle).unwrap(), [&b"one"[..], b"", &long]);
    assert_eq!(
        push_entry(&vec![0; 65_536], &mut bundle),
        Err(EntriesError::TooLong(65_536))
    );
    assert_eq!(entries(&bundle[..bundle.len() - 1]), Err(EntriesError::Cut(2)));
    assert_eq!(entries(&[0]), Err(EntriesError::Cut(0)));
}

#[test]
fn a_log_read_from_its_tiles_has_the_hashes_of_its_tree() {
    let all = leaves(66_000);
    for size in [0, 1, 255, 256, 257, 511, 512, 700, 65_536, 66_000] {
        let tree = &all[..size];
        let at = signed(tree);
        let mut reader = serve(&files(tree), &at).unwrap();
        assert_eq!(proof::root(&mut reader, size as u64).unwrap(), at.checkpoint.root);
        for index in [0, 1, size / 3, size / 2, size.saturating_sub(1)] {
            if index < size {
                let proof = proof::inclusion(&mut reader, index as u64, size as u64).unwrap();
                assert_eq!(proof, path(index, tree));
                let entries = reader.entries(index as u64 / 256).unwrap();
                assert_eq!(entries[index % 256], tree[index]);
            }
        }
        for old in [1, size / 2 + 1, size.saturating_sub(1)] {
            if (1..=size).contains(&old) {
                let proof = proof::consistency(&mut reader, old as u64, size as u64).unwrap();
                assert_eq!(proof, subproof(old, tree, true));
            }
        }
        assert!(reader.entries(size as u64 / 256 + 1).is_err());
    }
}

#[test]
fn a_builder_goes_on_where_it_stopped() {
    let all = leaves(600);
    let mut whole = BTreeMap::new();
    let mut builder = TileBuilder::default();
    for (size, leaf) in all.iter().enumerate() {
        let partial: Vec<_> = builder.partial().collect();
        for (path, _) in &partial {
            assert!(path.is_in(size as u64));
        }
        let resumed = TileBuilder::resume(size as u64, partial.clone()).unwrap();
        if let Some((_, others)) = partial.split_last() {
            assert_eq!(TileBuilder::resume(size as u64, others.to_vec()), None);
            assert_eq!(TileBuilder::resume(size as u64 + 1, partial), None);
        }
        builder = resumed;
        whole.extend(builder.push(leaf_hash(leaf)));
    }
    whole.extend(builder.partial());
    let expected: BTreeMap<_, _> = files(&all)
        .into_iter()
        .filter(|(path, _)| path.kind() != TileKind::Entries)
        .collect();
    assert_eq!(whole, expected);
}
