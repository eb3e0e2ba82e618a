//! Notes, keys and checkpoints: the examples of the C2SP texts and of Go's x/mod/sumdb/note, and what is refused.

use ledger_proof::{
    checkpoint::{Checkpoint, CheckpointError, Cosigned, SignedCheckpoint},
    key::{KeyError, KeyKind, SignerKey, VerifierKey},
    note::{Note, NoteError},
    text::{ConsistencyText, InclusionText},
};

use crate::naive::{ORIGIN, leaves, log_key, mth, signed, witness_key};

/// C2SP signed-note, its example.
const POEM: &str = "Ognuno sta solo sul cuor della terra
trafitto da un raggio di sole:

ed è subito sera.

— quasimodo.example/salvatore NnugSzTjtVAewIS+Z/iJhUPeFDkO/5QQ2i5ddnGITLlC+EhfLW9oJKONrMouFSQU0xMcXxj99ihAQwaqP3ZekRwNtIc=
";
/// C2SP tlog-cosignature, its example, which goes on from that of tlog-checkpoint.
const SOFA: &str = "example.com/behind-the-sofa
20852163
CsUYapGGPo4dkMgIAUqom/Xajj7h2fB2MPA3j2jxq2I=

— example.com/behind-the-sofa Az3grlgtzPICa5OS8npVmf1Myq/5IZniMp+ZJurmRDeOoRDe4URYN7u5/Zhcyv2q1gGzGku9nTo+zyWE+xeMcTOAYQ8=
— witness.example.com/w1 jWbPPwAAAABkGFDLEZMHwSRaJNiIDoe9DYn/zXcrtPHeolMI5OWXEhZCB9dlrDJsX3b2oyin1nPZqhf5nNo0xUe+mbIUBkBIfZ+qnA==
";
/// C2SP tlog-witness, the proof of its example request.
const SOFA_PROOF: &str = "old 20852014
PlRNCrwHpqhGrupue0L7gxbjbMiKA9temvuZZDDpkaw=
jrJZDmY8Y7SyJE0MWLpLozkIVMSMZcD5kvuKxPC3swk=
5+pKlUdi2LeF/BcMHBn+Ku6yhPGNCswZZD1X/6QgPd8=
/6WVhPs2CwSsb5rYBH5cjHV/wSmA79abXAwhXw3Kj/0=

";
/// The key and the note in the documentation of Go's x/mod/sumdb/note.
const PETER: &str = "PeterNeumann+c74f20a3+ARpc2QcUPDhMQegwxbzhKqiBfsVkmqq/LDE4izWy10TW";
const PETER_SECRET: &str = "PRIVATE+KEY+PeterNeumann+c74f20a3+AYEKFALVFGyNhPJEMzD1QIDr+Y7hfZx09iUvxdXHKDFz";
const PETER_TEXT: &str = "If you think cryptography is the answer to your problem,
then you don't know what your problem is.
";
const PETER_LINE: &str = "— PeterNeumann x08go/ZJkuBS9UG/SffcvIAQxVBtiFupLLr8pAcElZInNIuGUgYN1FFYC2pZSNXgKvqfqdngotpRZb6KE6RyyBwJnAM=";

#[test]
fn the_examples_are_read_and_printed_again() {
    let poem = Note::parse(POEM.as_bytes()).unwrap();
    assert!(poem.text().ends_with("\n\ned è subito sera.\n"));
    assert_eq!(
        poem.signers().collect::<Vec<_>>(),
        [("quasimodo.example/salvatore", 0x367b_a04b)]
    );
    let sofa = Note::parse(SOFA.as_bytes()).unwrap();
    let signers: Vec<_> = sofa.signers().collect();
    assert_eq!(
        signers,
        [
            ("example.com/behind-the-sofa", 0x033d_e0ae),
            ("witness.example.com/w1", 0x8d66_cf3f)
        ]
    );
    assert_eq!((poem.to_string(), sofa.to_string()), (POEM.into(), SOFA.into()));
    let checkpoint = Checkpoint::parse(sofa.text()).unwrap();
    assert_eq!(
        (checkpoint.origin.as_str(), checkpoint.size),
        ("example.com/behind-the-sofa", 20_852_163)
    );
    assert_eq!(checkpoint.to_string(), sofa.text());
}

#[test]
fn the_examples_of_proofs_are_read_and_printed_again() {
    let text = format!("{SOFA_PROOF}{SOFA}");
    let proof = ConsistencyText::parse(&text).unwrap();
    assert_eq!((proof.old, proof.hashes.len()), (20_852_014, 4));
    assert_eq!(proof.to_string(), text);

    // C2SP tlog-proof, its example; the signatures there are shortened, so the checkpoint is another one.
    let text = format!(
        "c2sp.org/tlog-proof@v1
extra YWdlLXYxLjIuMS1kYXJ3aW4tYXJtNjQudGFyLmd6kYXJ3aW4tYXJ
index 73894
gSKyXoYZUgZ6jduWYrkDOARinOMGJveXjgMkBTcdPlQ=
B95lDa8R83lS8n0eG+o0buTxRKQTYFi//1U8anccXmA=
EKNzoDWG8LGC0Yp9o+sv3qllpMP9uHQ9B20KNL+Q1zs=
RoopEkOdqkYqMB4MJXrbt/hMjOxsVn0IrWjpz1ZMMes=
AHCioX9nLjsrse6YhjRRmk1WUEirVOLLRoOQ6vfO5vk=

{SOFA}"
    );
    let proof = InclusionText::parse(&text).unwrap();
    assert_eq!((proof.index, proof.hashes.len()), (73_894, 5));
    let extra = proof.extra.as_deref().unwrap();
    assert!(extra.starts_with(b"age-v1.2.1-darwin-arm64.tar.gz"));
    assert_eq!(proof.to_string(), text);
    let without = text.lines().filter(|line| !line.starts_with("extra"));
    let without: String = without.flat_map(|line| [line, "\n"]).collect();
    assert_eq!(InclusionText::parse(&without).unwrap().to_string(), without);
    assert!(InclusionText::parse(&text.replace("index 73894", "index 073894")).is_err());
    let many = "gSKyXoYZUgZ6jduWYrkDOARinOMGJveXjgMkBTcdPlQ=\n".repeat(59);
    assert!(InclusionText::parse(&text.replace("index 73894\n", &format!("index 73894\n{many}"))).is_err());
}

#[test]
fn signatures_are_those_of_go() {
    let secret: SignerKey = PETER_SECRET.parse().unwrap();
    assert_eq!(secret.verifier().to_string(), PETER);
    assert_eq!(secret.to_secret_text(), PETER_SECRET);
    assert!(!format!("{secret:?}").contains("AYEKFALV"));
    let mut note = Note::new(PETER_TEXT).unwrap();
    note.sign(&secret, 0);
    assert_eq!(note.to_string(), format!("{PETER_TEXT}\n{PETER_LINE}\n"));
    let keys = [PETER.parse::<VerifierKey>().unwrap()];
    assert_eq!(note.verify(&keys).unwrap().len(), 1);
    assert_eq!(note.lines_of(&keys[0]), format!("{PETER_LINE}\n"));
}

#[test]
fn a_mangled_key_is_none() {
    for (bad, why) in [
        ("", KeyError::Form),
        ("PeterNeumann", KeyError::Form),
        ("PeterNeumann+c74f20a3", KeyError::Form),
        (&PETER.replace("ARpc", "ARp"), KeyError::Form),
        (&PETER.replace("c74f20a3", "C74F20A3"), KeyError::Hash),
        (&PETER.replace("c74f20a3", "c74f20a4"), KeyError::Hash),
        (&PETER.replace("Peter", "peter"), KeyError::Hash),
        (&PETER.replace("PeterNeumann", ""), KeyError::Name),
        (&PETER.replace("rN", "r N"), KeyError::Name),
        (&PETER.replace("ARpc", "Axpc"), KeyError::Kind),
        (
            "zero+00000000+AQAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA",
            KeyError::Point,
        ),
        (PETER_SECRET, KeyError::Form),
    ] {
        assert_eq!(bad.parse::<VerifierKey>(), Err(why), "{bad}");
    }
    for at in 0..PETER.len() {
        let mut bent = PETER.as_bytes().to_vec();
        bent[at] += 1;
        assert!(String::from_utf8(bent).unwrap().parse::<VerifierKey>().is_err());
    }
    assert!(PETER.parse::<SignerKey>().is_err());
}

#[test]
fn what_is_no_note() {
    let line = format!("{PETER_LINE}\n");
    let many = format!("a\n\n{}", line.repeat(101));
    let long = format!("{}\n\n{line}", "a".repeat(1 << 20));
    for bad in [
        "",
        "\n",
        "\n\n",
        "text\n",
        "text\n\n",
        &line,
        &format!("text\n{line}"),
        &format!("text\n\n{PETER_LINE}"),
        &format!("text\n\n{line}\n"),
        &format!("text\n\n{line}other\n"),
        &format!("te\txt\n\n{line}"),
        &format!("te\rxt\n\n{line}"),
        &format!("text\n\n{}", line.replace('—', "-")),
        &format!("text\n\n{}", line.replace("— ", "—")),
        &format!("text\n\n{}", line.replace("=\n", "\n")),
        &format!("text\n\n{}", line.replace(" x08", "  x08")),
        &format!("text\n\n{}", line.replace("Peter", "Peter\u{a0}")),
        &format!("text\n\n{}", line.replace("Peter", "Peter+")),
        "text\n\n— Peter AAAAAA==\n",
        &many,
        &long,
    ] {
        assert!(
            matches!(Note::parse(bad.as_bytes()), Err(NoteError::Form(_))),
            "{bad:.60}"
        );
    }
    assert!(Note::parse(b"te\xffxt\n\n").is_err());
    assert!(Note::new("no newline").is_err());
    let odd = format!("\n\n{line}");
    assert_eq!(Note::parse(odd.as_bytes()).unwrap().to_string(), odd);
}

#[test]
fn what_is_no_checkpoint() {
    let root = "CsUYapGGPo4dkMgIAUqom/Xajj7h2fB2MPA3j2jxq2I=";
    for bad in [
        String::new(),
        "origin\n".to_owned(),
        "origin\n5\n".to_owned(),
        format!("\n5\n{root}\n"),
        format!("origin\n05\n{root}\n"),
        format!("origin\n+5\n{root}\n"),
        format!("origin\n-5\n{root}\n"),
        format!("origin\n9223372036854775808\n{root}\n"),
        format!("origin\n5\n{root}"),
        format!("origin\n5\n{root}\n\n"),
        format!("origin\n5\n{root}\nline\n\nline\n"),
        format!("origin\n5\n{}\n", &root[..40]),
        format!("origin\n5\n{}\n", root.replace("2I=", "2J=")),
        "origin\n5\nAAAA\n".to_owned(),
    ] {
        assert!(Checkpoint::parse(&bad).is_err(), "{bad}");
    }
    let with = format!("origin\n9223372036854775807\n{root}\na line\nanother\n");
    assert_eq!(Checkpoint::parse(&with).unwrap().to_string(), with);
    assert!(Checkpoint::new("two\nlines", 5, [0; 32]).to_note().is_err());
    assert!(Checkpoint::new("", 5, [0; 32]).to_note().is_err());
}

#[test]
fn a_checkpoint_counts_with_a_trusted_key_of_its_log() {
    let (old, new, stranger) = (log_key(1), log_key(2), log_key(3));
    let witness = witness_key("zwijndrecht.example/witness", 9);
    let mut note = signed(&leaves(3)).note;
    note.sign(&witness, 1_679_315_147);
    let bytes = note.to_string();
    let public = |keys: &[&SignerKey]| keys.iter().map(|key| key.verifier().clone()).collect::<Vec<_>>();

    let opened = SignedCheckpoint::open(bytes.as_bytes(), &public(&[&new, &old, &witness])).unwrap();
    assert_eq!(opened.checkpoint, Checkpoint::new(ORIGIN, 3, mth(&leaves(3))));
    let seen = Cosigned {
        by: "zwijndrecht.example/witness".to_owned(),
        at: 1_679_315_147,
    };
    assert_eq!(opened.cosigned, [seen]);
    let alone = SignedCheckpoint::open(bytes.as_bytes(), &public(&[&old])).unwrap();
    assert_eq!(alone.cosigned, []);

    let refusal = SignedCheckpoint::open(bytes.as_bytes(), &public(&[&stranger, &witness])).unwrap_err();
    assert!(matches!(refusal, CheckpointError::Key { .. }));
    assert!(
        refusal
            .to_string()
            .contains(&format!("{:08x}", old.verifier().id()))
    );
    let elsewhere = SignerKey::new("elsewhere.example/log", KeyKind::Log, [1; 32]).unwrap();
    let refusal = SignedCheckpoint::open(bytes.as_bytes(), &public(&[&elsewhere])).unwrap_err();
    assert_eq!(
        refusal.to_string(),
        "the checkpoint is of dordrecht.example/rekenschap; the trusted keys are of elsewhere.example/log"
    );
    assert!(SignedCheckpoint::open(bytes.as_bytes(), &[]).is_err());
}

#[test]
fn a_cosignature_is_of_one_checkpoint_and_one_time() {
    let witness = witness_key("zwijndrecht.example/witness", 9);
    let keys = [log_key(1).verifier().clone(), witness.verifier().clone()];
    let mut other = Checkpoint::new("elsewhere.example/log", 3, mth(&leaves(3)))
        .to_note()
        .unwrap();
    other.sign(&witness, 5);
    let foreign = other.lines_of(witness.verifier());
    let mut note = signed(&leaves(3)).note;
    note.add_line(foreign.trim_end()).unwrap();
    let refusal = SignedCheckpoint::open(note.to_string().as_bytes(), &keys).unwrap_err();
    assert!(
        refusal
            .to_string()
            .starts_with("the signature of zwijndrecht.example/witness"),
        "{refusal}"
    );

    // The text that is signed is that of the specification's example, with the time in it.
    let mut note = signed(&leaves(3)).note;
    note.sign(&witness, 5);
    let line = note.lines_of(witness.verifier());
    let (head, encoded) = line.trim_end().rsplit_once(' ').unwrap();
    assert_eq!(head, "— zwijndrecht.example/witness");
    let mut bytes = base64::Engine::decode(&base64::engine::general_purpose::STANDARD, encoded).unwrap();
    assert_eq!(bytes[4..12], 5_u64.to_be_bytes());
    assert_eq!(bytes.len(), 4 + 8 + 64);
    bytes[11] = 6;
    let later = base64::Engine::encode(&base64::engine::general_purpose::STANDARD, &bytes);
    let mut note = signed(&leaves(3)).note;
    note.add_line(&format!("{head} {later}")).unwrap();
    assert!(SignedCheckpoint::open(note.to_string().as_bytes(), &keys).is_err());
}
