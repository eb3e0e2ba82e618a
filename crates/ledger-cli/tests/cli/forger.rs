//! A server that forges, and the town that follows the log: what the tests of forgeries are made with.

use std::{
    collections::BTreeMap,
    fs,
    io::{BufRead as _, BufReader, Write as _},
    net::{TcpListener, TcpStream},
    thread,
};

use ledger_proof::{
    Tree,
    checkpoint::Checkpoint,
    key::SignerKey,
    leaf_hash,
    note::Note,
    tile::{TileBuilder, TileKind, TilePath, entries, new_tiles, push_entry},
};

use crate::{
    harness::{PLAN, Place, Ran, expenditure},
    proof::{key_of, post, serve},
};

pub(crate) const ORIGIN: &str = "rekenschap.local/ledger";
pub(crate) const CHECKPOINT: &str = "checkpoint";
/// As many as make tiles that stand under others.
const EXPENDITURES: usize = 520;

/// What a log serves below `/v1/log/`.
pub(crate) type Files = BTreeMap<String, Vec<u8>>;

/// The files of a ledger as its server gives them.
pub(crate) fn served(place: &Place) -> Files {
    let serving = serve(place, "serve");
    let get = |path: &str| {
        let address = format!("{}/v1/log/{path}", serving.url);
        let mut answer = ureq::get(address).call().expect("answers");
        answer.body_mut().read_to_vec().expect("bytes")
    };
    let mut files = Files::from([(CHECKPOINT.to_owned(), get(CHECKPOINT))]);
    let tiles = new_tiles(0, checkpoint_of(&files).size).map(|path| path.to_string());
    files.extend(tiles.map(|path| (path.clone(), get(&path))));
    serving.stop();
    files
}

pub(crate) fn checkpoint_of(files: &Files) -> Checkpoint {
    let note = Note::parse(&files[CHECKPOINT]).expect("a note");
    Checkpoint::parse(note.text()).expect("a checkpoint")
}

/// The files of a log with these leaves, as whoever has the key can make them.
pub(crate) fn made(leaves: &[Vec<u8>], key: &SignerKey) -> Files {
    let (mut tree, mut builder, mut files) = (Tree::default(), TileBuilder::default(), Files::new());
    for leaf in leaves {
        tree.push(leaf_hash(leaf));
        for (path, bytes) in builder.push(leaf_hash(leaf)) {
            files.insert(path.to_string(), bytes);
        }
    }
    files.extend(builder.partial().map(|(path, bytes)| (path.to_string(), bytes)));
    for (index, leaves) in leaves.chunks(256).enumerate() {
        let path = TilePath::in_tree(TileKind::Entries, index as u64, tree.size()).expect("a path");
        let mut bundle = Vec::new();
        for leaf in leaves {
            push_entry(leaf, &mut bundle).expect("it fits");
        }
        files.insert(path.to_string(), bundle);
    }
    let note = signed(&Checkpoint::new(ORIGIN, tree.size(), tree.root()), key);
    files.insert(CHECKPOINT.to_owned(), note);
    files
}

pub(crate) fn leaves_of(files: &Files) -> Vec<Vec<u8>> {
    let bundles = files.iter().filter(|(path, _)| path.starts_with("tile/entries/"));
    let leaves = bundles.flat_map(|(_, bundle)| entries(bundle).expect("entries"));
    leaves.map(<[u8]>::to_vec).collect()
}

pub(crate) fn signed(checkpoint: &Checkpoint, key: &SignerKey) -> Vec<u8> {
    let mut note = checkpoint.to_note().expect("a note");
    note.sign(key, 0);
    note.to_string().into_bytes()
}

/// The secret key in a data directory.
pub(crate) fn secret(place: &Place) -> SignerKey {
    let keys = fs::read_dir(place.path("data/keys")).expect("a folder");
    let file = keys
        .map(|file| file.expect("a file").path())
        .next()
        .expect("a key");
    let text = fs::read_to_string(file).expect("text");
    text.trim_end().parse().expect("a secret key")
}

/// Serves these files until the test ends; returns the address.
pub(crate) fn forge(files: Files) -> String {
    let listener = TcpListener::bind("127.0.0.1:0").expect("a port");
    let address = listener.local_addr().expect("an address");
    thread::spawn(move || {
        for stream in listener.incoming() {
            // Whoever hangs up early has seen enough.
            let _ = stream.and_then(|stream| answer(stream, &files));
        }
    });
    format!("http://{address}")
}

fn answer(mut stream: TcpStream, files: &Files) -> std::io::Result<()> {
    let mut lines = BufReader::new(stream.try_clone()?).lines();
    let request = lines.next().transpose()?.unwrap_or_default();
    while lines.next().transpose()?.is_some_and(|line| !line.is_empty()) {}
    let path = request
        .split(' ')
        .nth(1)
        .and_then(|path| path.strip_prefix("/v1/log/"));
    let (status, body) = match path.and_then(|path| files.get(path)) {
        Some(body) => ("200 OK", body.as_slice()),
        None => ("404 Not Found", &b"gone"[..]),
    };
    write!(
        stream,
        "HTTP/1.1 {status}\r\ncontent-length: {}\r\nconnection: close\r\n\r\n",
        body.len()
    )?;
    stream.write_all(body)
}

/// A town that follows a log: it kept a checkpoint and the public key, and is a witness that saw both checkpoints.
pub(crate) struct Town {
    pub(crate) place: Place,
    pub(crate) key: String,
    pub(crate) cosigner: SignerKey,
}

impl Town {
    pub(crate) fn verify(&self, files: &Files, options: &[&str]) -> Ran {
        let url = forge(files.clone());
        let asked = ["verify", "--url", &url, "--key", &self.key];
        self.place.run(&[&asked[..], options].concat())
    }

    /// Every command that reads the tiles of the log, as far as it goes.
    pub(crate) fn witness(&self, files: &Files) -> Ran {
        let state = fs::read(self.place.path("state")).expect("a state");
        let state = self.place.file("state-here", state);
        let url = forge(files.clone());
        let asked = ["witness", &url, "--state", &state, "--key", "secret"];
        self.place.run(&asked)
    }

    pub(crate) fn prove(&self, files: &Files, position: &str) -> Ran {
        let url = forge(files.clone());
        self.place.run(&["prove", "inclusion", position, "--url", &url])
    }
}

/// A ledger with 528 events, the town that follows it, and the checkpoint of 526 that it kept.
pub(crate) fn followed() -> (Place, Town, Files, Files) {
    let place = Place::new();
    let entries = (0..EXPENDITURES).map(|number| expenditure(&format!("E{number}"), "0.01"));
    let entries: Vec<String> = entries.collect();
    place
        .import(&format!("{PLAN}{}\n", entries.join("\n")), &[])
        .with_status(0);
    let earlier = served(&place);
    let key = key_of(&place);
    post(&place, &["more"]);
    let newest = served(&place);
    let town = Place::new();
    for (files, name) in [(&earlier, true), (&newest, false)] {
        let url = forge(files.clone());
        let asked = ["witness", &url, "--state", "state", "--key", "secret"];
        let first = ["--name", "zwijndrecht.example/witness", "--log-key", &key];
        let options = if name { &first[..] } else { &[] };
        town.run(&[&asked[..], options].concat()).with_status(0);
    }
    town.file("kept", &earlier[CHECKPOINT]);
    town.file("newest", &newest[CHECKPOINT]);
    let cosigner = fs::read_to_string(town.path("secret")).expect("text");
    let town = Town {
        cosigner: cosigner.trim_end().parse().expect("a secret key"),
        place: town,
        key,
    };
    (place, town, earlier, newest)
}

pub(crate) fn with(files: &Files, path: &str, bytes: impl Into<Vec<u8>>) -> Files {
    let mut files = files.clone();
    files.insert(path.to_owned(), bytes.into());
    files
}
