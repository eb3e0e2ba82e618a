//! A server that forges: each forgery is refused, and the sentence names the first thing that differs.

use std::collections::BTreeMap;

use ledger_proof::{
    leaf_hash,
    proof::{HashSource, inclusion},
    tile::{TilePath, push_entry},
};

use crate::naive::{TileError, files, leaves, serve, signed};

fn path(text: &str) -> TilePath {
    text.parse().unwrap()
}

/// Reads a whole log as a monitor does: every entry, every hash.
fn read_all(files: &BTreeMap<TilePath, Vec<u8>>, of: &[Vec<u8>]) -> Result<(), TileError> {
    let mut reader = serve(files, &signed(of))?;
    for index in 0..reader.size().div_ceil(256) {
        reader.entries(index)?;
    }
    Ok(())
}

fn refusal(files: &BTreeMap<TilePath, Vec<u8>>, of: &[Vec<u8>]) -> String {
    read_all(files, of).unwrap_err().to_string()
}

#[test]
fn an_honest_server_is_believed() {
    for size in [0, 1, 256, 700] {
        let log = leaves(size);
        assert_eq!(read_all(&files(&log), &log), Ok(()));
    }
}

#[test]
fn an_old_root_with_new_events() {
    let log = leaves(700);
    let mut rewritten = log.clone();
    rewritten[300] = b"rewritten".to_vec();
    assert_eq!(
        refusal(&files(&rewritten), &log),
        "the log of 700 does not have the signed root: one of tile/0/002.p/188, tile/1/000.p/2 is of another log"
    );
    rewritten = log.clone();
    rewritten[699] = b"rewritten".to_vec();
    assert!(refusal(&files(&rewritten), &log).starts_with("the log of 700 does not have the signed root"));
}

#[test]
fn a_truncated_log() {
    let log = leaves(700);
    assert_eq!(
        refusal(&files(&log[..600]), &log),
        "tile/0/002.p/188 could not be read: not there"
    );
    let mut short = files(&log);
    short
        .get_mut(&path("tile/0/002.p/188"))
        .unwrap()
        .truncate(32 * 88);
    assert_eq!(
        refusal(&short, &log),
        "tile/0/002.p/188 has 2816 bytes, which is not what 188 hashes or entries take"
    );
    let mut short = files(&log);
    short.get_mut(&path("tile/entries/001")).unwrap().pop();
    assert!(refusal(&short, &log).starts_with("tile/entries/001 has"));
}

#[test]
fn swapped_leaves() {
    let log = leaves(700);
    let mut swapped = log.clone();
    swapped.swap(300, 301);
    // Only the entries: their hashes do not fit.
    let mut served = files(&log);
    served.insert(
        path("tile/entries/001"),
        files(&swapped)[&path("tile/entries/001")].clone(),
    );
    assert_eq!(
        refusal(&served, &log),
        "tile/entries/001 is not of the signed log: its entry at position 300 has another hash"
    );
    // The tile of their hashes too: then it does not fit the tile above.
    served.insert(path("tile/0/001"), files(&swapped)[&path("tile/0/001")].clone());
    assert_eq!(
        refusal(&served, &log),
        "tile/0/001 is not the tile of the signed log: its hash is another than tile/1/000.p/2 holds for it"
    );
}

#[test]
fn a_tile_from_another_log() {
    let log = leaves(70_000);
    let other: Vec<Vec<u8>> = leaves(70_000).into_iter().rev().collect();
    let mut served = files(&log);
    served.insert(path("tile/1/000"), files(&other)[&path("tile/1/000")].clone());
    let mut reader = serve(&served, &signed(&log)).unwrap();
    assert_eq!(reader.hash(0, 69_999), Ok(leaf_hash(&log[69_999])));
    let refused = inclusion(&mut reader, 5, 70_000).unwrap_err().to_string();
    assert_eq!(
        refused,
        "tile/1/000 is not the tile of the signed log: its hash is another than tile/2/000.p/1 holds for it"
    );
    served.insert(path("tile/0/x001/000"), Vec::new());
    assert!(
        serve(&served, &signed(&log)).is_ok(),
        "what is not asked for is not read"
    );
}

#[test]
fn partial_tiles_of_a_size_that_was_never_signed() {
    let log = leaves(700);
    let mut served = files(&log[..650]);
    let tile = served[&path("tile/0/002.p/138")].clone();
    // Under the name of the size that was signed, and filled up with hashes of nothing.
    let mut filled = tile.clone();
    filled.resize(188 * 32, 0);
    served.insert(path("tile/0/002.p/188"), filled);
    assert!(refusal(&served, &log).starts_with("the log of 700 does not have the signed root"));
    served.insert(path("tile/0/002.p/188"), tile);
    assert!(refusal(&served, &log).starts_with("tile/0/002.p/188 has 4416 bytes"));
}

#[test]
fn entries_that_lie_about_their_lengths() {
    let log = leaves(3);
    let mut served = files(&log);
    let mut bundle = Vec::new();
    for entry in [&b"leaf 0"[..], b"leaf 1leaf 2", b""] {
        push_entry(entry, &mut bundle).unwrap();
    }
    served.insert(path("tile/entries/000.p/3"), bundle);
    assert!(refusal(&served, &log).ends_with("its entry at position 1 has another hash"));
}
