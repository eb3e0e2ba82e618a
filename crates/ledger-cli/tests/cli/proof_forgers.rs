//! A server that forges, and holds the log's own secret key: each forgery is refused by the commands that meet it, with
//! a sentence that names the first difference.

use ledger_proof::{
    checkpoint::Checkpoint,
    key::{KeyKind, SignerKey},
    note::Note,
};

use crate::{
    forger::{
        CHECKPOINT, ORIGIN, checkpoint_of, followed, forge, leaves_of, made, secret, served, signed, with,
    },
    harness::{Ran, ran},
    proof::{key_of, post, python},
};

#[track_caller]
fn refused(ran: Ran, sentence: &str) {
    let stderr = ran.with_status(1).stderr;
    assert!(stderr.contains(sentence), "{stderr}");
}

/// The tile at the right edge of the lowest level, and that of the entries.
const EDGE: &str = "tile/0/002.p/16";

#[test]
fn what_an_honest_server_shows_is_verified() {
    let (_, town, earlier, newest) = followed();
    assert_eq!(
        (checkpoint_of(&earlier).size, checkpoint_of(&newest).size),
        (526, 528)
    );
    let told = town
        .verify(&newest, &["--checkpoint", "kept"])
        .with_status(0)
        .stdout;
    assert!(
        told.starts_with(
            "checked: the signature, every tile up to the signed root, every leaf against its hash"
        ),
        "{told}"
    );
    assert!(
        told.ends_with("all is right\nthe log of 528 events begins with the 526 events of the checkpoint\n"),
        "{told}"
    );
    town.witness(&newest).with_status(0);
    town.prove(&newest, "300").with_status(0);
}

#[test]
fn an_old_root_with_new_events_and_a_truncated_log() {
    let (place, town, earlier, newest) = followed();
    let old_root = Checkpoint::new(ORIGIN, 528, checkpoint_of(&earlier).root);
    let forged = with(&newest, CHECKPOINT, signed(&old_root, &secret(&place)));
    let sentence = "the log of 528 does not have the signed root: one of tile/0/002.p/16, tile/1/000.p/2 is of another log";
    refused(town.verify(&forged, &[]), sentence);
    refused(town.prove(&forged, "3"), sentence);
    refused(
        town.witness(&forged),
        "the log shows another root at size 528 than before: it is a fork",
    );
    let larger = Checkpoint::new(ORIGIN, 529, checkpoint_of(&earlier).root);
    let forged = with(&newest, CHECKPOINT, signed(&larger, &secret(&place)));
    refused(town.witness(&forged), "has no /v1/log/tile/0/002.p/17");

    refused(
        town.witness(&earlier),
        "the log shows 526 events, and showed 528 before: it was cut or turned back",
    );
    refused(
        town.verify(&earlier, &["--checkpoint", "newest"]),
        "the log shows 526 events, and showed 528 before",
    );
    for gone in [EDGE, "tile/1/000.p/2", "tile/entries/001"] {
        let mut cut = newest.clone();
        cut.remove(gone);
        refused(town.verify(&cut, &[]), &format!("has no /v1/log/{gone}"));
    }
}

#[test]
fn swapped_leaves_and_a_false_record_of_the_heads() {
    let (place, town, _, newest) = followed();
    let mut leaves = leaves_of(&newest);
    leaves.swap(300, 301);
    let swapped = made(&leaves, &secret(&place));
    let entries = with(&newest, "tile/entries/001", &*swapped["tile/entries/001"]);
    refused(
        town.verify(&entries, &[]),
        "tile/entries/001 is not of the signed log: its entry at position 300 has another hash",
    );
    let tile = with(&entries, "tile/0/001", &*swapped["tile/0/001"]);
    let sentence =
        "tile/0/001 is not the tile of the signed log: its hash is another than tile/1/000.p/2 holds for it";
    refused(town.verify(&tile, &[]), sentence);
    refused(town.prove(&tile, "300"), sentence);
    // All of it signed again, as only the operator can.
    refused(
        town.verify(&swapped, &[]),
        "the leaf at position 300 says that it is event 301 of programme/p at position 301",
    );
    refused(
        town.witness(&swapped),
        "another root at size 528 than before: it is a fork",
    );

    // The record of the newest checkpoint, and that of the one before.
    for size in [528, 526] {
        let mut leaves = leaves_of(&newest);
        let record = String::from_utf8(leaves[size - 1].clone()).expect("UTF-8");
        let (before, root) = record.split_once(r#""root":""#).expect("a root");
        leaves[size - 1] = format!(r#"{before}"root":"{}{}"#, "0".repeat(64), &root[64..]).into_bytes();
        refused(
            town.verify(&made(&leaves, &secret(&place)), &[]),
            &format!("the record of the stream heads at size {size} has the root 0000"),
        );
    }
}

#[test]
fn a_checkpoint_where_no_ledger_signs() {
    let (place, town, _, newest) = followed();
    let cut = made(&leaves_of(&newest)[..520], &secret(&place));
    let kept = town.place.file("kept-of-520", &cut[CHECKPOINT]);
    let sentence = "the last leaf before the checkpoint of 520 events is not the record of the stream heads";
    refused(town.verify(&cut, &[]), sentence);
    refused(town.verify(&newest, &["--checkpoint", &kept]), sentence);
    let asked = ["verify", "--checkpoint", &kept, "--key", &town.key];
    refused(place.run_here(&asked), sentence);
    let python = python("check_checkpoint.py", &[&place.data(), &kept, &town.key]);
    refused(
        ran(&python),
        "the last event before size 520 does not record the stream heads",
    );
}

#[test]
fn a_tile_from_another_log_and_of_a_size_that_was_never_signed() {
    let (place, town, _, newest) = followed();
    let mut leaves = leaves_of(&newest);
    for leaf in &mut leaves {
        leaf.push(b' ');
    }
    let other = made(&leaves, &secret(&place));
    let root = "the log of 528 does not have the signed root: one of tile/0/002.p/16, tile/1/000.p/2 is of another log";
    for path in [EDGE, "tile/1/000.p/2"] {
        refused(town.verify(&with(&newest, path, &*other[path]), &[]), root);
    }
    let below = with(&newest, "tile/0/000", &*other["tile/0/000"]);
    let sentence =
        "tile/0/000 is not the tile of the signed log: its hash is another than tile/1/000.p/2 holds for it";
    refused(town.verify(&below, &[]), sentence);
    refused(town.prove(&below, "7"), sentence);

    let short = with(&newest, EDGE, &newest[EDGE][..15 * 32]);
    let sentence = "tile/0/002.p/16 has 480 bytes, which is not what 16 hashes or entries take";
    refused(town.verify(&short, &[]), sentence);
    refused(town.prove(&short, "7"), sentence);
    // A size that no checkpoint was signed at, under a signature of another.
    let note = String::from_utf8(newest[CHECKPOINT].clone()).expect("UTF-8");
    let mut never = with(&newest, CHECKPOINT, note.replace("\n528\n", "\n527\n"));
    never.insert("tile/0/002.p/15".to_owned(), newest[EDGE][..15 * 32].to_vec());
    let sentence = "is not of this text: text or signature was altered";
    refused(town.verify(&never, &[]), sentence);
    refused(town.witness(&never), sentence);
    refused(
        town.prove(&never, "7"),
        "the log of 527 does not have the signed root",
    );
}

#[test]
fn another_key_and_a_cosignature_of_another_origin() {
    let (_, town, _, newest) = followed();
    let checkpoint = checkpoint_of(&newest);
    let stranger = SignerKey::new(ORIGIN, KeyKind::Log, [3; 32]).expect("a key");
    let forged = with(&newest, CHECKPOINT, signed(&checkpoint, &stranger));
    let sentence = "and by none of its trusted keys";
    refused(town.verify(&forged, &[]), sentence);
    refused(town.witness(&forged), sentence);

    let elsewhere = "elsewhere.example/ledger";
    let other = Checkpoint::new(elsewhere, checkpoint.size, checkpoint.root);
    let key = SignerKey::new(elsewhere, KeyKind::Log, [3; 32]).expect("a key");
    let forged = with(&newest, CHECKPOINT, signed(&other, &key));
    let sentence = format!("the checkpoint is of {elsewhere}; the trusted keys are of {ORIGIN}");
    refused(town.verify(&forged, &[]), &sentence);
    refused(town.witness(&forged), &sentence);

    let mut note = other.to_note().expect("a note");
    note.sign(&town.cosigner, 1_700_000_000);
    let mut ours = Note::parse(&newest[CHECKPOINT]).expect("a note");
    let cosigner = town.cosigner.verifier();
    ours.add_line(note.lines_of(cosigner).trim_end()).expect("a line");
    let forged = with(&newest, CHECKPOINT, ours.to_string());
    refused(
        town.verify(&forged, &["--key", &cosigner.to_string()]),
        "the signature of zwijndrecht.example/witness (",
    );
}

#[test]
fn a_replaced_key_signs_nothing_new() {
    let (place, town, _, newest) = followed();
    let old = secret(&place);
    place.run_here(&["checkpoint", "--rotate-key"]).with_status(0);
    let rotated = served(&place);
    post(&place, &["later"]);
    let later = served(&place);
    let sizes = [&newest, &rotated, &later].map(|files| checkpoint_of(files).size);
    assert_eq!(sizes, [528, 530, 532]);

    // The checkpoint of the rotation is signed by both, those after it by the new key alone.
    town.verify(&rotated, &["--checkpoint", "kept"]).with_status(0);
    refused(town.verify(&later, &[]), "and by none of its trusted keys");
    let new = key_of(&place);
    let by_new = town.verify(&later, &["--key", &new, "--checkpoint", "newest"]);
    assert!(
        by_new
            .with_status(0)
            .stdout
            .ends_with("begins with the 528 events of the checkpoint\n"),
        "old signatures stay valid"
    );
    let forged = with(&later, CHECKPOINT, signed(&checkpoint_of(&later), &old));
    let sentence =
        "the checkpoint of 532 events is not signed by the key in force there: since position 528 that is ";
    refused(town.verify(&forged, &[]), sentence);
    let kept = town.place.file("by-old", &forged[CHECKPOINT]);
    let asked = ["verify", "--checkpoint", &kept];
    refused(
        place.run_here(&[&asked[..], &["--key", &town.key]].concat()),
        sentence,
    );
    refused(place.run_here(&asked), sentence);

    // A witness is told of the new key once, and then believes the old one no more.
    refused(town.witness(&later), "and by none of its trusted keys");
    let url = forge(later.clone());
    let told = [
        "witness",
        &url,
        "--state",
        "state",
        "--key",
        "secret",
        "--log-key",
        &new,
    ];
    town.place.run(&told).with_status(0);
    refused(town.witness(&forged), "and by none of its trusted keys");
}

#[test]
fn no_bytes_make_it_panic() {
    let (_, town, _, newest) = followed();
    let mut state: u64 = 0x2545_f491_4f6c_dd1d;
    let mut random = |bytes: usize| -> Vec<u8> {
        let next = || {
            state ^= state << 13;
            state ^= state >> 7;
            state ^= state << 17;
            state.to_le_bytes()[0]
        };
        std::iter::repeat_with(next).take(bytes).collect()
    };
    for path in newest.keys() {
        for length in [0, 31, newest[path].len()] {
            let forged = with(&newest, path, random(length));
            let ran = town.verify(&forged, &[]).with_status(1);
            assert!(ran.stderr.starts_with("error: "), "{path}: {}", ran.stderr);
        }
    }
}
