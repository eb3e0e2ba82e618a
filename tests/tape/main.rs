//! Whoever does not trust this program reads `FORMAT.md` and writes another: `tools/check_tape.py` is one, in the
//! standard library of another language. It recomputes every commit's checksum and root.
#![allow(
    clippy::unwrap_used,
    clippy::indexing_slicing,
    reason = "a test stops at what it did not expect"
)]

use std::{
    path::{Path, PathBuf},
    process::{Command, Output},
};

fn root() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("..")
}

fn rekenschap(arguments: &[&str]) -> Output {
    let test = std::env::current_exe().unwrap();
    let programs = test.parent().and_then(Path::parent).unwrap();
    let program = programs.join("rekenschap");
    assert!(
        program.exists(),
        "build the program first: cargo build --workspace --bins"
    );
    Command::new(program).args(arguments).output().unwrap()
}

fn check(data: &str) -> (bool, String) {
    let checked = Command::new("python3")
        .arg(root().join("tools/check_tape.py"))
        .arg(data)
        .output()
        .unwrap();
    (
        checked.status.success(),
        String::from_utf8([checked.stdout, checked.stderr].concat()).unwrap(),
    )
}

/// The first run of 64 hexadecimal digits: the root.
fn root_in(text: &str) -> &str {
    let is_root = |word: &&str| word.len() == 64 && word.bytes().all(|byte| byte.is_ascii_hexdigit());
    text.split(|symbol: char| !symbol.is_ascii_alphanumeric())
        .find(is_root)
        .expect("a root is told")
}

fn example(data: &str) {
    for file in ["10-plan", "20-cofinancing", "30-source-entries"] {
        let path = root().join(format!("config/examples/dordrecht/{file}.ndjson"));
        let imported = rekenschap(&["--data", data, "import", path.to_str().unwrap()]);
        assert!(
            imported.status.success(),
            "{}",
            String::from_utf8_lossy(&imported.stderr)
        );
    }
}

#[test]
fn another_program_finds_the_same_root() {
    let directory = tempfile::tempdir().unwrap();
    let data = directory.path().join("ledger");
    let data = data.to_str().unwrap();
    example(data);
    let (right, told) = check(data);
    assert!(right, "{told}");
    let verified = rekenschap(&["--data", data, "verify"]);
    assert!(verified.status.success());
    assert_eq!(
        root_in(&told),
        root_in(&String::from_utf8(verified.stdout).unwrap())
    );
}

#[test]
fn another_program_finds_one_changed_byte_of_leaf_or_details() {
    let directory = tempfile::tempdir().unwrap();
    let data = directory.path().join("ledger");
    let data = data.to_str().unwrap();
    example(data);
    let tape = std::fs::read_dir(directory.path().join("ledger/tape"))
        .unwrap()
        .next()
        .unwrap()
        .unwrap()
        .path();
    let whole = std::fs::read(&tape).unwrap();
    let place = |text: &[u8]| {
        whole
            .windows(text.len())
            .position(|window| window == text)
            .unwrap()
    };
    // An amount in a leaf, the name of a supplier in details.
    for at in [
        place(br#""amount":"55000.00""#) + 10,
        place(br#""supplier":""#) + 13,
    ] {
        let mut changed = whole.clone();
        changed[at] ^= 1;
        std::fs::write(&tape, &changed).unwrap();
        let (right, told) = check(data);
        assert!(
            !right,
            "byte {at} was changed, and the other program said: {told}"
        );
        let verified = rekenschap(&["--data", data, "verify"]);
        assert_eq!(
            verified.status.code(),
            Some(1),
            "byte {at}: {}",
            String::from_utf8_lossy(&verified.stderr)
        );
    }
}
