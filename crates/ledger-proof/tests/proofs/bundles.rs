//! Bundles: those that hold, and every way in which one must not.

use ledger_proof::{
    bundle::{self, BundleError, Contents, Established, Recorded},
    checkpoint::{Checkpoint, SignedCheckpoint},
    heads::Heads,
    key::{SignerKey, VerifierKey},
    note::Note,
};
use proptest::prelude::*;
use serde_json::{Value, json};
use sha2::{Digest, Sha256};

use crate::naive::{ORIGIN, Source, hex, log_key, mth, witness_key};

const STREAM: &str = "programme/zorg";

fn sha_hex(text: &str) -> String {
    hex(&Sha256::digest(text))
}

fn leaf(position: usize, stream: &str, version: u64, details: Option<&str>) -> String {
    json!({
        "data": {"amount": format!("{position}.00")},
        "detailsHash": details.map(sha_hex),
        "position": position,
        "stream": stream,
        "type": "expenditurePosted",
        "version": version,
    })
    .to_string()
}

/// A log of two streams, ended by its stream heads.
pub(crate) struct Log {
    pub(crate) leaves: Vec<Vec<u8>>,
    events: Vec<Recorded>,
    heads: Heads,
    heads_leaf: String,
}

impl Log {
    /// Events 1 to 9 of `programme/zorg`, with another stream between them.
    pub(crate) fn new() -> Self {
        Self::with(9, |_, leaf| leaf)
    }

    /// The same with what a forger, or a cheating operator, makes of the leaves.
    fn with(count: u64, change: impl Fn(usize, String) -> String) -> Self {
        let mut leaves = vec![leaf(0, "ledger", 1, None)];
        let mut events = Vec::new();
        for version in 1..=count {
            let details = (version % 3 == 0).then(|| format!("{{\"supplier\":\"Leverancier {version}\"}}"));
            let position = leaves.len();
            let text = change(position, leaf(position, STREAM, version, details.as_deref()));
            leaves.push(text.clone());
            events.push(Recorded { leaf: text, details });
            leaves.push(leaf(leaves.len(), "region/zhz", version, None));
        }
        let mut heads: Heads = [("ledger", 2), (STREAM, count), ("region/zhz", count)]
            .into_iter()
            .collect();
        let heads_leaf = json!({
            "data": {"root": hex(&heads.root()), "streams": 3},
            "detailsHash": null,
            "position": leaves.len(),
            "stream": "ledger",
            "type": "streamHeadsRecorded",
            "version": 2,
        })
        .to_string();
        leaves.push(heads_leaf.clone());
        Self {
            leaves: leaves.into_iter().map(String::into_bytes).collect(),
            events,
            heads,
            heads_leaf,
        }
    }

    fn signed(&self, origin: &str, keys: &[&SignerKey]) -> Note {
        let mut note = Checkpoint::new(origin, self.leaves.len() as u64, mth(&self.leaves))
            .to_note()
            .unwrap();
        for key in keys {
            note.sign(key, 1_700_000_000);
        }
        note
    }

    fn bundle_of(&mut self, stream: &str, events: &[Recorded], checkpoint: &Note) -> String {
        let contents = Contents {
            query: r#"{ "report": "budget-position", "figure": "spentOwn", "value": "45.00" }"#,
            stream,
            events,
            heads_leaf: &self.heads_leaf,
            head: &self.heads.prove(stream),
            checkpoint,
        };
        let size = self.leaves.len() as u64;
        bundle::write(&contents, size, &mut Source(&self.leaves)).unwrap()
    }

    pub(crate) fn bundle(&mut self) -> String {
        let checkpoint = self.signed(ORIGIN, &[&log_key(1)]);
        let events = self.events.clone();
        self.bundle_of(STREAM, &events, &checkpoint)
    }

    fn bundle_with(&mut self, change: impl FnOnce(&mut Vec<Recorded>)) -> String {
        let checkpoint = self.signed(ORIGIN, &[&log_key(1)]);
        let mut events = self.events.clone();
        change(&mut events);
        self.bundle_of(STREAM, &events, &checkpoint)
    }
}

fn keys() -> Vec<VerifierKey> {
    vec![log_key(1).verifier().clone()]
}

fn verify(bundle: &str) -> Result<Established, BundleError> {
    bundle::verify(bundle.as_bytes(), &keys())
}

fn refusal(bundle: &str) -> String {
    verify(bundle).unwrap_err().to_string()
}

/// What a forger would do who knows the format: change the document, then make its digest fit.
pub(crate) fn forged(bundle: &str, change: impl FnOnce(&mut Value)) -> String {
    let mut document: Value = serde_json::from_str(bundle).unwrap();
    document.as_object_mut().unwrap().remove("digest");
    change(&mut document);
    let mut text = document.to_string();
    text.pop();
    let digest = sha_hex(&text);
    format!("{text},\"digest\":\"{digest}\"}}\n")
}

#[test]
fn a_bundle_holds_with_details_and_without() {
    let mut log = Log::new();
    let (zwijndrecht, dordrecht) = (witness_key("zwijndrecht.example/w", 5), log_key(1));
    let checkpoint = log.signed(ORIGIN, &[&dordrecht, &zwijndrecht]);
    let mut events = log.events.clone();
    let full = log.bundle_of(STREAM, &events, &checkpoint);
    let trusted = [dordrecht.verifier().clone(), zwijndrecht.verifier().clone()];
    let found = bundle::verify(full.as_bytes(), &trusted).unwrap();
    assert_eq!(found.events, events);
    assert_eq!(found.stream, STREAM);
    assert_eq!(found.checkpoint.checkpoint.size, 20);
    assert_eq!(found.checkpoint.cosigned[0].by, "zwijndrecht.example/w");
    assert!(found.query.starts_with("{ \"report\""));

    for event in &mut events {
        event.details = None;
    }
    let bare = log.bundle_of(STREAM, &events, &checkpoint);
    assert_eq!(verify(&bare).unwrap().events, events);
    // The ledger's own stream counts the record of the heads itself.
    let own = [0, 19].map(|at: usize| Recorded {
        leaf: String::from_utf8(log.leaves[at].clone()).unwrap(),
        details: None,
    });
    let ledger = log.bundle_of("ledger", &own, &checkpoint);
    assert_eq!(verify(&ledger).unwrap().events, own);
}

#[test]
fn a_bundle_shows_that_a_stream_does_not_exist() {
    let mut log = Log::new();
    let checkpoint = log.signed(ORIGIN, &[&log_key(1)]);
    for absent in ["programme/none", "region/none", "x", "y", "z"] {
        let bundle = log.bundle_of(absent, &[], &checkpoint);
        assert_eq!(verify(&bundle).unwrap().events, []);
    }
    let denied = log.bundle_of(STREAM, &[], &checkpoint);
    assert_eq!(
        refusal(&denied),
        "programme/zorg does not have 0 events at the checkpoint: the proof of the stream's head does not lead to the \
         recorded root"
    );
}

#[test]
fn any_altered_byte_is_refused() {
    let bundle = Log::with(2, |_, leaf| leaf).bundle();
    for at in 0..bundle.len() {
        let mut bytes = bundle.clone().into_bytes();
        for change in [1, 0x20, 0x80] {
            bytes[at] ^= change;
            assert!(bundle::verify(&bytes, &keys()).is_err(), "byte {at} ^ {change}");
            bytes[at] ^= change;
        }
        assert!(bundle::verify(&bytes[..at], &keys()).is_err());
        bytes.remove(at);
        assert!(bundle::verify(&bytes, &keys()).is_err(), "byte {at} removed");
    }
    assert!(verify(&format!("{bundle} ")).is_err());
    assert!(verify(&format!(" {bundle}")).is_err());
}

#[test]
fn a_missing_added_or_repeated_event_is_named() {
    let mut log = Log::new();
    let cut = log.bundle_with(|events| drop(events.pop()));
    assert!(refusal(&cut).starts_with("programme/zorg does not have 8 events at the checkpoint"));
    let missing = log.bundle_with(|events| drop(events.remove(3)));
    assert_eq!(
        refusal(&missing),
        "event 4 of programme/zorg should follow; the bundle has event 5 of programme/zorg instead"
    );
    let twice = log.bundle_with(|events| events.insert(3, events[2].clone()));
    assert_eq!(
        refusal(&twice),
        "event 4 of programme/zorg should follow; the bundle has event 3 of programme/zorg instead"
    );
    let swapped = log.bundle_with(|events| events.swap(0, 1));
    assert!(refusal(&swapped).starts_with("event 1 of programme/zorg should follow"));
    let invented = |events: &mut Vec<Recorded>| {
        events.push(Recorded {
            leaf: leaf(18, STREAM, 10, None),
            details: None,
        });
    };
    let added = log.bundle_with(invented);
    assert!(refusal(&added).starts_with("programme/zorg does not have 10 events at the checkpoint"));
    let foreign = String::from_utf8(log.leaves[2].clone()).unwrap();
    let other = log.bundle_with(|events| events[0].leaf = foreign);
    assert!(refusal(&other).ends_with("the bundle has event 1 of region/zhz instead"));
}

#[test]
fn an_altered_event_is_named() {
    let mut log = Log::new();
    let altered = log.bundle_with(|events| events[4].leaf = leaf(9, STREAM, 5, None).replace("9.00", "8.00"));
    assert_eq!(
        refusal(&altered),
        "event 5 of programme/zorg is not at position 9 of the log: the proof does not lead to the signed root"
    );
    let moved = log.bundle_with(|events| events[4].leaf = leaf(10, STREAM, 5, None));
    assert!(refusal(&moved).starts_with("event 5 of programme/zorg is not at position 10"));
    let details = log.bundle_with(|events| {
        events[2].details = Some("{\"supplier\":\"Een ander\"}".to_owned());
    });
    assert_eq!(
        refusal(&details),
        "the details of event 3 of programme/zorg are not those that were recorded"
    );
    let invented = log.bundle_with(|events| events[0].details = Some("{}".to_owned()));
    assert!(refusal(&invented).starts_with("the details of event 1"));
    let garbled = forged(&log.bundle(), |document| {
        let leaf = document["events"][0]["leaf"].as_str().unwrap();
        document["events"][0]["leaf"] = leaf
            .replace("\"version\":1", "\"version\":1,\"version\":1")
            .into();
    });
    assert!(refusal(&garbled).contains("duplicate field `version`"));
}

/// Only an operator can number a stream in another order than that of the log, and sign it.
#[test]
fn a_stream_in_another_order_than_the_log_is_refused() {
    let mut log = Log::with(9, |at, leaf| match at {
        7 => leaf.replace("\"version\":4", "\"version\":5"),
        9 => leaf.replace("\"version\":5", "\"version\":4"),
        _ => leaf,
    });
    let numbered = log.bundle_with(|events| events.swap(3, 4));
    assert_eq!(
        refusal(&numbered),
        "event 5 of programme/zorg should follow; the bundle has one at position 7, not after 9, instead"
    );
}

#[test]
fn another_checkpoint_key_or_origin_is_refused() {
    let mut log = Log::new();
    let events = log.events.clone();
    let stranger = log.signed(ORIGIN, &[&log_key(2)]);
    let by_stranger = log.bundle_of(STREAM, &events, &stranger);
    assert!(refusal(&by_stranger).ends_with("and by none of its trusted keys"));
    let elsewhere = log.signed("elsewhere.example/log", &[&log_key(1)]);
    let from_elsewhere = log.bundle_of(STREAM, &events, &elsewhere);
    assert!(refusal(&from_elsewhere).starts_with("the checkpoint is of elsewhere.example/log"));
    let longer = Log::with(10, |_, leaf| leaf).signed(ORIGIN, &[&log_key(1)]);
    let at_later = log.bundle_of(STREAM, &events, &longer);
    assert!(refusal(&at_later).starts_with("the record of the stream heads is not in the log"));
    let rewritten = Log::with(9, |at, leaf| {
        if at == 7 {
            leaf.replace("7.00", "6.00")
        } else {
            leaf
        }
    });
    let at_fork = log.bundle_of(STREAM, &events, &rewritten.signed(ORIGIN, &[&log_key(1)]));
    assert!(refusal(&at_fork).starts_with("the record of the stream heads is not in the log"));
    let both = log.signed(ORIGIN, &[&log_key(2), &log_key(1)]);
    let rotated = log.bundle_of(STREAM, &events, &both);
    assert!(SignedCheckpoint::open(both.to_string().as_bytes(), &keys()).is_ok());
    assert!(
        verify(&rotated).is_ok(),
        "the old key's signature stays valid beside the new one's"
    );
}

#[test]
fn a_forger_who_knows_the_format_gets_no_further() {
    let mut log = Log::new();
    let bundle = log.bundle();
    let unchanged = forged(&bundle, |_| ());
    assert!(verify(&unchanged).is_ok(), "the digest is no secret");
    let cut = forged(&bundle, |document| {
        document["events"].as_array_mut().unwrap().pop();
    });
    assert!(refusal(&cut).starts_with("programme/zorg does not have 8 events"));
    let renamed = forged(&bundle, |document| document["stream"] = json!("programme/other"));
    assert!(refusal(&renamed).starts_with("event 1 of programme/other should follow"));
    let absent = forged(&bundle, |document| {
        document["events"] = json!([]);
        document["heads"]["other"] =
            json!({"key": "AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA=", "version": 1});
    });
    assert!(refusal(&absent).starts_with("programme/zorg does not have 0 events"));
    let no_heads = forged(&bundle, |document| {
        document["heads"]["leaf"] = document["events"][8]["leaf"].clone();
        document["heads"]["proof"] = document["events"][8]["proof"].clone();
    });
    assert_eq!(
        refusal(&no_heads),
        "the last leaf before the checkpoint is not the record of the stream heads: it is of another type or stream"
    );
    let extra = forged(&bundle, |document| document["note"] = json!("trust me"));
    assert!(refusal(&extra).contains("unknown field `note`"));
    let version = forged(&bundle, |document| {
        document["format"] = json!("rekenschap-bundle/2");
    });
    assert!(refusal(&version).contains("its format is not rekenschap-bundle/1"));
    let longer = forged(&bundle, |document| {
        let proof = document["events"][0]["proof"].as_array_mut().unwrap();
        proof.push(proof[0].clone());
    });
    assert!(refusal(&longer).contains("needs another number of them"));
    assert_eq!(
        refusal(&bundle.replace("45.00", "46.00")),
        BundleError::Digest.to_string()
    );
}

proptest! {
    #[test]
    fn a_stream_of_any_length(count in 0_u64..40, at in any::<prop::sample::Index>()) {
        let mut log = Log::with(count, |_, leaf| leaf);
        let bundle = log.bundle();
        // A stream without events is not in the map.
        prop_assert_eq!(verify(&bundle).is_ok(), count > 0);
        let mut bytes = bundle.into_bytes();
        let at = at.index(bytes.len());
        bytes[at] = bytes[at].wrapping_add(1);
        prop_assert!(bundle::verify(&bytes, &keys()).is_err());
    }
}
