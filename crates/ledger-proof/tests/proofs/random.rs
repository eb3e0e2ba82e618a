//! Nothing panics on arbitrary bytes, and what is read is printed again as it was.

use ledger_proof::{
    bundle,
    checkpoint::{Checkpoint, SignedCheckpoint},
    key::{SignerKey, VerifierKey},
    note::Note,
    proof::{verify_consistency, verify_inclusion},
    text::{ConsistencyText, InclusionText},
    tile::{TilePath, entries, push_entry},
};
use proptest::{prelude::*, test_runner::TestRunner};

use crate::{
    bundles::Log,
    naive::{leaves, log_key, signed},
};

/// Bytes that look like a note, in pieces that fit or do not.
fn note_like() -> impl Strategy<Value = String> {
    let piece = prop_oneof![
        Just("\n".to_owned()),
        Just("\n\n".to_owned()),
        Just("— ".to_owned()),
        Just("— a AAAAAAE=\n".to_owned()),
        Just("old 5\n".to_owned()),
        Just("index 0\n".to_owned()),
        Just("extra \n".to_owned()),
        Just("c2sp.org/tlog-proof@v1\n".to_owned()),
        Just("CsUYapGGPo4dkMgIAUqom/Xajj7h2fB2MPA3j2jxq2I=\n".to_owned()),
        "[0-9]{1,20}\n",
        ".{0,10}",
    ];
    prop::collection::vec(piece, 0..12).prop_map(|pieces| pieces.concat())
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(1000))]

    #[test]
    fn texts(text in note_like()) {
        if let Ok(note) = Note::parse(text.as_bytes()) {
            prop_assert_eq!(note.to_string(), text.clone());
        }
        if let Ok(checkpoint) = Checkpoint::parse(&text) {
            prop_assert_eq!(checkpoint.to_string(), text.clone());
        }
        if let Ok(proof) = InclusionText::parse(&text) {
            prop_assert_eq!(proof.to_string(), text.clone());
        }
        if let Ok(proof) = ConsistencyText::parse(&text) {
            prop_assert_eq!(proof.to_string(), text);
        }
    }

    #[test]
    fn bytes(bytes in prop::collection::vec(any::<u8>(), 0..200)) {
        let keys = [log_key(1).verifier().clone()];
        let _ = Note::parse(&bytes);
        let _ = SignedCheckpoint::open(&bytes, &keys);
        let _ = bundle::verify(&bytes, &keys);
        if let Ok(found) = entries(&bytes) {
            let mut again = Vec::new();
            for entry in found {
                push_entry(entry, &mut again).unwrap();
            }
            prop_assert_eq!(again, bytes);
        }
    }

    #[test]
    fn keys(text in "(PRIVATE\\+KEY\\+)?[a-z +é]{0,3}\\+[0-9a-f]{7,8}\\+A[AQ][A-Za-z0-9+/]{0,50}=?") {
        prop_assert!(text.parse::<VerifierKey>().is_err());
        prop_assert!(text.parse::<SignerKey>().is_err());
    }

    #[test]
    fn paths(text in "tile/(entries|[0-9]{1,2})(/x?[0-9]{3}){1,7}(.p/[0-9]{1,3})?") {
        if let Ok(path) = text.parse::<TilePath>() {
            prop_assert_eq!(path.to_string(), text);
        }
    }

    #[test]
    fn proofs(a in any::<u64>(), b in any::<u64>(), hashes in prop::collection::vec(any::<[u8; 32]>(), 0..70)) {
        prop_assert!(verify_inclusion(&[1; 32], a, b, &hashes, &[2; 32]).is_err());
        prop_assert!(verify_consistency(a, &[1; 32], b, &[2; 32], &hashes).is_err());
    }
}

#[test]
fn bent_notes_and_bundles() {
    let keys = [log_key(1).verifier().clone()];
    for good in [signed(&leaves(3)).note.to_string(), Log::new().bundle()] {
        let strategy = (0..good.len(), any::<u8>(), any::<bool>());
        let bent = |(at, byte, cut): (usize, u8, bool)| {
            let mut bytes = good.clone().into_bytes();
            bytes[at] = byte;
            if cut {
                bytes.truncate(at);
            }
            if bytes != good.as_bytes() {
                prop_assert!(SignedCheckpoint::open(&bytes, &keys).is_err());
                prop_assert!(bundle::verify(&bytes, &keys).is_err());
            }
            Ok(())
        };
        TestRunner::default().run(&strategy, bent).unwrap();
    }
}
