//! Witnesses: what they cosign, and at which size a fork or a rewritten past shows.

use ledger_proof::{
    Hash,
    checkpoint::SignedCheckpoint,
    proof::{Unproven, consistency},
    witness::{Refusal, Witness},
};

use crate::naive::{Source, leaves, log_key, signed, witness_key};

fn proof(of: &[Vec<u8>], old: u64) -> Vec<Hash> {
    consistency(&mut Source(of), old, of.len() as u64).unwrap()
}

/// A witness that saw an honest log at these sizes.
fn witness_of(log: &[Vec<u8>], sizes: &[usize]) -> Witness {
    let mut witness = Witness::new(witness_key("zwijndrecht.example/w", 7), Vec::new());
    for size in sizes {
        let hashes = match witness.last() {
            None => Vec::new(),
            Some(last) => proof(&log[..*size], last.size),
        };
        witness.cosign(&signed(&log[..*size]), &hashes, 100).unwrap();
    }
    witness
}

#[test]
fn a_log_that_goes_on_is_cosigned() {
    let log = leaves(50);
    let mut witness = witness_of(&log, &[10, 30]);
    let note = witness
        .cosign(&signed(&log), &proof(&log, 30), 1_679_315_147)
        .unwrap();
    let keys = [
        log_key(1).verifier().clone(),
        witness_key("zwijndrecht.example/w", 7).verifier().clone(),
    ];
    let opened = SignedCheckpoint::open(note.to_string().as_bytes(), &keys).unwrap();
    assert_eq!(opened.cosigned[0].at, 1_679_315_147);
    assert_eq!(witness.last().unwrap().size, 50);
    // Nothing was added since: the same again, at another time.
    assert!(witness.cosign(&signed(&log), &[], 1_679_315_200).is_ok());
    assert_eq!(witness.difference(&mut Source(&log), 50), Ok(None));
}

#[test]
fn a_rewritten_past_is_refused_at_the_size_where_it_shows() {
    let log = leaves(50);
    let mut rewritten = log.clone();
    rewritten[20] = b"rewritten".to_vec();
    let mut witness = witness_of(&log, &[10, 15, 30, 40]);
    let refusal = witness
        .cosign(&signed(&rewritten), &proof(&rewritten, 40), 1)
        .unwrap_err();
    let expected = Refusal::Rewritten {
        seen: 40,
        shown: 50,
        reason: Unproven::OldRoot,
    };
    assert_eq!(refusal, expected);
    assert_eq!(
        refusal.to_string(),
        "the log of 50 does not go on from the log of 40 that was seen: the proof does not lead to the earlier root: \
         what it held was changed"
    );
    assert_eq!(witness.last().unwrap().size, 40, "it remembers what it saw");
    assert_eq!(
        witness.difference(&mut Source(&rewritten), 50),
        Ok(Some((15, 30)))
    );
}

#[test]
fn a_fork_and_a_shrunk_log_are_refused() {
    let log = leaves(50);
    let mut fork = log.clone();
    fork[35] = b"other".to_vec();
    let mut witness = witness_of(&log, &[30, 50]);
    let refusal = witness.cosign(&signed(&fork), &[], 1).unwrap_err();
    assert_eq!(refusal, Refusal::Fork { size: 50 });
    assert_eq!(
        refusal.to_string(),
        "the log shows another root at size 50 than before: it is a fork"
    );
    let refusal = witness.cosign(&signed(&log[..40]), &[], 1).unwrap_err();
    assert_eq!(refusal, Refusal::Shrunk { seen: 50, shown: 40 });
    assert_eq!(
        witness.difference(&mut Source(&log[..40]), 40),
        Ok(Some((30, 50)))
    );
    let mut elsewhere = signed(&log);
    elsewhere.checkpoint.origin = "elsewhere.example/log".to_owned();
    assert!(matches!(
        witness.cosign(&elsewhere, &[], 1),
        Err(Refusal::Origin { .. })
    ));
}

#[test]
fn a_wrong_proof_cosigns_nothing() {
    let log = leaves(50);
    let mut witness = witness_of(&log, &[30]);
    for wrong in [Vec::new(), proof(&log, 29), proof(&log, 50), vec![[0; 32]; 70]] {
        assert!(matches!(
            witness.cosign(&signed(&log), &wrong, 1),
            Err(Refusal::Rewritten { .. })
        ));
    }
    assert!(witness.cosign(&signed(&log), &proof(&log, 30), 1).is_ok());
}
