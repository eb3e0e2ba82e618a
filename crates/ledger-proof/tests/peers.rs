//! Other people's programs on a log of this crate: Python from the formats in words, Go with golang.org/x/mod/sumdb.
//! The log is a folder of files, as it would be served.
#![allow(clippy::unwrap_used, reason = "a test stops at what it did not expect")]

use std::{
    fs,
    path::{Path, PathBuf},
    process::{Command, Output},
};

use ledger_proof::{
    Hash, Tree,
    bundle::{self, Contents, HEADS_TYPE, Recorded},
    checkpoint::{Checkpoint, SignedCheckpoint},
    heads::Heads,
    key::{KeyKind, SignerKey},
    leaf_hash,
    note::Note,
    proof::inclusion,
    reader::TileReader,
    text::InclusionText,
    tile::{TileBuilder, TileKind, TilePath, new_tiles, push_entry},
};
use sha2::{Digest, Sha256};

const ORIGIN: &str = "dordrecht.example/rekenschap";
const TAPE: &str = "tape/00000000000000000000.tape";

fn log_key() -> SignerKey {
    SignerKey::new(ORIGIN, KeyKind::Log, [1; 32]).unwrap()
}

fn witness_key() -> SignerKey {
    SignerKey::new("zwijndrecht.example/witness", KeyKind::Cosigner, [2; 32]).unwrap()
}

/// Each records the stream heads, so that a checkpoint can be of any size.
fn leaves(count: u64) -> Vec<String> {
    let mut heads = Heads::default();
    let mut leaf = |position| {
        let version = position + 1;
        heads.set("ledger", version);
        let root = hex(&heads.root());
        format!(
            r#"{{"data":{{"root":"{root}"}},"position":{position},"stream":"ledger","type":"{HEADS_TYPE}","version":{version}}}"#
        )
    };
    (0..count).map(&mut leaf).collect()
}

fn sign(leaves: &[String]) -> Note {
    let mut tree = Tree::default();
    for leaf in leaves {
        tree.push(leaf_hash(leaf.as_bytes()));
    }
    let mut note = Checkpoint::new(ORIGIN, tree.size(), tree.root())
        .to_note()
        .unwrap();
    note.sign(&log_key(), 0);
    note.sign(&witness_key(), 1_679_315_147);
    note
}

fn put(root: &Path, name: &str, bytes: impl AsRef<[u8]>) {
    let path = root.join(name);
    fs::create_dir_all(path.parent().unwrap()).unwrap();
    fs::write(path, bytes).unwrap();
}

/// A folder with the tape, the files that are served, an old checkpoint and an inclusion proof.
fn publish(name: &str, leaves: &[String], old: usize) -> PathBuf {
    let root = Path::new(env!("CARGO_TARGET_TMPDIR")).join(name);
    let _ = fs::remove_dir_all(&root);
    let tape: String = leaves.iter().flat_map(|leaf| [leaf, "\t\n"]).collect();
    put(&root, TAPE, tape);
    let mut builder = TileBuilder::default();
    for leaf in leaves {
        for (path, bytes) in builder.push(leaf_hash(leaf.as_bytes())) {
            put(&root, &path.to_string(), bytes);
        }
    }
    for (path, bytes) in builder.partial() {
        put(&root, &path.to_string(), bytes);
    }
    for path in new_tiles(0, leaves.len() as u64).filter(|path| path.kind() == TileKind::Entries) {
        let from = usize::try_from(path.index()).unwrap() * 256;
        let mut bundle = Vec::new();
        for leaf in &leaves[from..from + usize::from(path.width())] {
            push_entry(leaf.as_bytes(), &mut bundle).unwrap();
        }
        put(&root, &path.to_string(), bundle);
    }
    let checkpoint = sign(leaves);
    put(&root, "checkpoint", checkpoint.to_string());
    put(&root, "old-checkpoint", sign(&leaves[..old]).to_string());

    let trusted = [log_key().verifier().clone()];
    let signed = SignedCheckpoint::open(checkpoint.to_string().as_bytes(), &trusted).unwrap();
    let fetch = |path: &TilePath| fs::read(root.join(path.to_string()));
    let mut reader = TileReader::open(&signed.checkpoint, fetch).unwrap();
    let index = leaves.len() as u64 / 3;
    let proof = InclusionText {
        extra: None,
        index,
        hashes: inclusion(&mut reader, index, leaves.len() as u64).unwrap(),
        checkpoint,
    };
    put(&root, "proof", proof.to_string());
    root
}

fn repository() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR"))
        .join("../..")
        .canonicalize()
        .unwrap()
}

fn said(output: &Output) -> String {
    let text = [&output.stdout[..], &output.stderr].concat();
    String::from_utf8(text).unwrap().trim().to_owned()
}

fn python(root: &Path, checkpoint: &str, keys: &[String]) -> Result<String, String> {
    run_python("check_checkpoint.py", &[root, &root.join(checkpoint)], keys)
}

fn run_python(program: &str, files: &[&Path], keys: &[String]) -> Result<String, String> {
    let output = Command::new("python3")
        .arg(repository().join("tools").join(program))
        .args(files)
        .args(keys)
        .env("PYTHONDONTWRITEBYTECODE", "1")
        .output()
        .unwrap();
    if output.status.success() {
        Ok(said(&output))
    } else {
        Err(said(&output))
    }
}

fn keys() -> Vec<String> {
    [log_key(), witness_key()]
        .iter()
        .map(|key| key.verifier().to_string())
        .collect()
}

#[test]
fn python_checks_tape_and_checkpoint_from_the_formats_alone() {
    let all = leaves(300);
    let root = publish("python", &all, 100);
    for (checkpoint, size) in [("checkpoint", 300), ("old-checkpoint", 100)] {
        let told = python(&root, checkpoint, &keys()).unwrap();
        let beginning = format!("checkpoint of {ORIGIN} at {size} events holds, root ");
        assert!(told.starts_with(&beginning), "{told}");
        assert!(
            told.ends_with("; zwijndrecht.example/witness saw it at 1679315147"),
            "{told}"
        );
    }
    let stranger = SignerKey::new(ORIGIN, KeyKind::Log, [3; 32]).unwrap();
    let told = python(&root, "checkpoint", &[stranger.verifier().to_string()]).unwrap_err();
    assert_eq!(told, format!("no trusted key of {ORIGIN} signed this checkpoint"));
    let note = fs::read_to_string(root.join("checkpoint")).unwrap();
    put(&root, "altered", note.replace("\n300\n", "\n299\n"));
    let told = python(&root, "altered", &keys()).unwrap_err();
    assert_eq!(
        told,
        format!("the signature of {ORIGIN} is not of this checkpoint")
    );

    let tape = fs::read_to_string(root.join(TAPE)).unwrap();
    put(&root, TAPE, tape.replace("\"position\":50,", "\"position\":51,"));
    let told = python(&root, "old-checkpoint", &keys()).unwrap_err();
    assert!(
        told.starts_with("the first 100 events on the tape are not those that were signed"),
        "{told}"
    );
    let other_root = format!(r#""root":"{}"#, "0".repeat(64));
    for (name, field, forged, sentence) in [
        (
            "python-heads",
            r#""root":"#,
            other_root.as_str(),
            "the stream heads at size 100 have the root ",
        ),
        (
            "python-end",
            r#""type":"#,
            r#""type":"other"#,
            "the last event before size 100 does not record",
        ),
    ] {
        let mut all = leaves(100);
        let last = all.last_mut().unwrap();
        let (before, value) = last.split_once(field).unwrap();
        let (_, after) = value[1..].split_once('"').unwrap();
        *last = format!("{before}{forged}\"{after}");
        let told = python(&publish(name, &all, 100), "checkpoint", &keys()).unwrap_err();
        assert!(told.starts_with(sentence), "{told}");
    }
    let cut: String = tape.lines().take(90).flat_map(|line| [line, "\n"]).collect();
    put(&root, TAPE, cut);
    let told = python(&root, "old-checkpoint", &keys()).unwrap_err();
    assert!(
        told.starts_with("the tape has 90 events and the checkpoint was signed at 100"),
        "{told}"
    );
}

#[test]
fn python_checks_bundles_from_the_format_alone() {
    let leaf = |position: usize, stream: &str, version: usize, details: &str| {
        let hash = hex(&Sha256::digest(details).into());
        format!(
            r#"{{"detailsHash":"{hash}","position":{position},"stream":"{stream}","type":"t","version":{version}}}"#
        )
    };
    let details = |version: usize| format!(r#"{{"supplier":"Leverancier {version}"}}"#);
    let mut all: Vec<String> = (0..100)
        .map(|at| {
            leaf(
                at,
                ["programme/p", "region/r"][at % 2],
                at / 2 + 1,
                &details(at / 2 + 1),
            )
        })
        .collect();
    let mut heads: Heads = [("programme/p", 50), ("region/r", 50), ("ledger", 1)]
        .into_iter()
        .collect();
    let (root, position) = (hex(&heads.root()), all.len());
    all.push(format!(
        r#"{{"data":{{"root":"{root}"}},"detailsHash":null,"position":{position},"stream":"ledger","type":"{HEADS_TYPE}","version":1}}"#
    ));
    let folder = publish("bundles", &all, 60);
    let checkpoint = sign(&all);
    let signed =
        SignedCheckpoint::open(checkpoint.to_string().as_bytes(), &[log_key().verifier().clone()]).unwrap();
    let fetch = |path: &TilePath| fs::read(folder.join(path.to_string()));
    let mut reader = TileReader::open(&signed.checkpoint, fetch).unwrap();
    let events: Vec<Recorded> = (1..=50)
        .map(|version| Recorded {
            leaf: all[version * 2 - 2].clone(),
            details: Some(details(version)).filter(|_| version % 2 == 0),
        })
        .collect();
    let mut told = |stream: &str, events: &[Recorded]| {
        let contents = Contents {
            query: "{}",
            stream,
            events,
            heads_leaf: all.last().unwrap(),
            head: &heads.prove(stream),
            checkpoint: &checkpoint,
        };
        let bundle = bundle::write(&contents, all.len() as u64, &mut reader).unwrap();
        put(&folder, "bundle.json", bundle);
        run_python("check_bundle.py", &[&folder.join("bundle.json")], &keys())
    };
    assert_eq!(
        told("programme/p", &events).unwrap(),
        "bundle holds: all 50 events of programme/p in dordrecht.example/rekenschap at 101; \
         zwijndrecht.example/witness saw it at 1679315147"
    );
    assert!(
        told("programme/none", &[])
            .unwrap()
            .starts_with("bundle holds: all 0 events")
    );
    assert_eq!(
        told("programme/p", &events[..49]).unwrap_err(),
        "programme/p does not have 49 events at the checkpoint"
    );
    let mut altered = events.clone();
    altered[6].leaf = altered[6].leaf.replace("\"t\"", "\"u\"");
    assert_eq!(
        told("programme/p", &altered).unwrap_err(),
        "event 7 of programme/p is not at position 12 of the log"
    );
    altered = events.clone();
    altered[1].details = Some("{}".to_owned());
    assert!(
        told("programme/p", &altered)
            .unwrap_err()
            .starts_with("the details of event 2")
    );
    altered = [&events[..3], &events[2..]].concat();
    assert!(
        told("programme/p", &altered)
            .unwrap_err()
            .starts_with("event 4 of programme/p should follow")
    );
}

fn hex(hash: &Hash) -> String {
    hash.iter()
        .fold(String::new(), |text, byte| format!("{text}{byte:02x}"))
}

/// The Go program, built anew; none where Go or golang-golang-x-mod-dev is not installed.
fn go_program() -> Option<PathBuf> {
    let gopath = "/usr/share/gocode";
    let program = Path::new(env!("CARGO_TARGET_TMPDIR")).join("check-log");
    if !Path::new(gopath).join("src/golang.org/x/mod/sumdb").exists() {
        return None;
    }
    let output = Command::new("go")
        .args(["build", "-o"])
        .args([&program, Path::new(".")])
        .current_dir(repository().join("tests/peers/go"))
        .envs([("GO111MODULE", "off"), ("GOPATH", gopath), ("GOFLAGS", "")])
        .output()
        .ok()?;
    assert!(output.status.success(), "{}", said(&output));
    Some(program)
}

fn go(program: &Path, root: &Path, keys: &[String]) -> Result<String, String> {
    let output = Command::new(program)
        .args([Path::new("-old"), &root.join("old-checkpoint")])
        .args([Path::new("-proof"), &root.join("proof")])
        .arg(format!("file://{}", root.display()))
        .args(keys)
        .output()
        .unwrap();
    if output.status.success() {
        Ok(said(&output))
    } else {
        Err(said(&output))
    }
}

#[test]
fn go_checks_signatures_tiles_and_proofs() {
    let Some(program) = go_program() else {
        println!("not checked: golang-go and golang-golang-x-mod-dev are not installed");
        return;
    };
    let all = leaves(70_000);
    let root = publish("go", &all, 1_000);
    let told = go(&program, &root, &keys()).unwrap();
    println!("{told}");
    let told: Vec<&str> = told
        .lines()
        .map(|line| line.split(" of ").next().unwrap())
        .collect();
    let expected = [
        "signature:",
        "signature:",
        "tiles: their root at 70000 is the signed one",
        "entries: all 70000 have the hashes in the tree",
        "inclusion: position 0 by 17 hashes",
        "inclusion: position 35000 by 17 hashes",
        "inclusion: position 69999 by 9 hashes",
        "signature:",
        "signature:",
        "consistency: the log",
        "signature:",
        "signature:",
        "proof: position 23333 is in the log",
    ];
    assert_eq!(told, expected);

    let stranger = SignerKey::new(ORIGIN, KeyKind::Log, [3; 32]).unwrap();
    assert!(go(&program, &root, &[stranger.verifier().to_string()]).is_err());
    put(&root, "old-checkpoint", sign(&leaves(1_001)[1..]).to_string());
    let told = go(&program, &root, &keys()).unwrap_err();
    assert!(told.contains("does not go on from"), "{told}");
    let mut tile = fs::read(root.join("tile/1/000")).unwrap();
    tile[40] ^= 1;
    put(&root, "tile/1/000", tile);
    assert!(go(&program, &root, &keys()).is_err());
}
