//! Bundles: whoever changes one without the log's key gets at most the same events to verify.

use std::sync::LazyLock;

use ledger_proof::{
    bundle::{Established, verify},
    key::VerifierKey,
};
use ledger_service::check_bundle;
use sha2::{Digest as _, Sha256};

/// The key of the log that the first seed is of.
const KEY: &str = include_str!("../corpus/key.txt");
/// A bundle that holds.
const BUNDLE: &[u8] = include_bytes!("../corpus/bundle/budget-position");
/// What stands before the digest, the last field.
const DIGEST: &[u8] = b",\"digest\":\"";

static TRUTH: LazyLock<Established> =
    LazyLock::new(|| verify(BUNDLE, &[trusted()]).unwrap_or_else(|fault| panic!("the seed: {fault}")));

/// The one key that is trusted.
pub(crate) fn trusted() -> VerifierKey {
    KEY.trim()
        .parse()
        .unwrap_or_else(|fault| panic!("the key of the seed: {fault}"))
}

/// What the log truly holds of one stream.
pub(crate) fn truth() -> &'static Established {
    &TRUTH
}

/// Verifies a bundle, and once more with its digest made right, which anyone can do.
pub fn holds(bytes: &[u8]) {
    check(bytes);
    let Some(at) = bytes.windows(DIGEST.len()).rposition(|part| part == DIGEST) else {
        return;
    };
    let body = bytes.get(..at).unwrap_or_default();
    let digest = Sha256::digest(body)
        .iter()
        .fold(String::new(), |text, byte| format!("{text}{byte:02x}"));
    check(&[body, DIGEST, digest.as_bytes(), b"\"}\n"].concat());
}

fn check(bytes: &[u8]) {
    let keys = [trusted()];
    let Ok(established) = verify(bytes, &keys) else {
        assert!(
            check_bundle(bytes, &keys).is_err(),
            "a figure whose events are not proven"
        );
        return;
    };
    assert_eq!(
        established.checkpoint.checkpoint, TRUTH.checkpoint.checkpoint,
        "a log that never was"
    );
    if established.stream == TRUTH.stream {
        assert_eq!(
            established.events.len(),
            TRUTH.events.len(),
            "an event left out or added"
        );
        for (found, known) in established.events.iter().zip(&TRUTH.events) {
            assert_eq!(found.leaf, known.leaf, "a leaf that was never recorded");
            if let Some(details) = &found.details {
                assert_eq!(
                    Some(details),
                    known.details.as_ref(),
                    "details that were never recorded"
                );
            }
        }
    } else {
        assert!(
            established.events.is_empty(),
            "events of a stream that the seed holds none of"
        );
    }
    // What is asked and claimed is covered by no proof: anything may stand there, and only the derived figure passes.
    if let (Ok(known), Ok(mut found)) = (check_bundle(BUNDLE, &keys), check_bundle(bytes, &keys)) {
        let right = found.claim.amount == known.claim.amount;
        found.claim.amount = known.claim.amount.clone();
        assert!(right || found.claim != known.claim, "two answers to one question");
    }
}
