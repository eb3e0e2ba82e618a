//! The record proves itself, to programs that are not ours and to people who kept an old checkpoint.

use std::{
    fs,
    path::{Path, PathBuf},
    process::{Command, Output},
};

use crate::harness::{PLAN, Place, Serving, expenditure, ran};

fn repository() -> PathBuf {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("../..");
    root.canonicalize().expect("the repository")
}

/// A server that signs whenever it is asked and the log grew.
pub(crate) fn serve(place: &Place, subcommand: &str) -> Serving {
    let mut command = place.command(&[subcommand, "--listen", "127.0.0.1:0", "--data", &place.data()]);
    command.env("REKENSCHAP_CHECKPOINT_EVERY_S", "0");
    Serving::start(command)
}

pub(crate) fn python(program: &str, arguments: &[&str]) -> Output {
    let mut command = Command::new("python3");
    command
        .arg(repository().join("tools").join(program))
        .args(arguments);
    command
        .env("PYTHONDONTWRITEBYTECODE", "1")
        .output()
        .expect("runs")
}

/// The Go program; none where Go or golang-golang-x-mod-dev is not installed.
fn go_program(place: &Place) -> Option<PathBuf> {
    let gopath = "/usr/share/gocode";
    if !Path::new(gopath).join("src/golang.org/x/mod/sumdb").exists() {
        return None;
    }
    let program = place.path("check-log");
    let built = Command::new("go")
        .args(["build", "-o"])
        .args([&program, Path::new(".")])
        .current_dir(repository().join("tests/peers/go"))
        .envs([("GO111MODULE", "off"), ("GOPATH", gopath), ("GOFLAGS", "")])
        .output()
        .ok()?;
    assert!(built.status.success(), "{:?}", ran(&built));
    Some(program)
}

pub(crate) fn key_of(place: &Place) -> String {
    let keys = place
        .run_here(&["checkpoint", "--public-key"])
        .with_status(0)
        .stdout;
    keys.lines().last().expect("a key").to_owned()
}

/// The crate's README shows what other programs find, with dots for what differs from ledger to ledger. With
/// `UPDATE_README=1` it is made to.
#[track_caller]
fn readme_shows(told: &str) {
    const BEGIN: &str = "<!-- what other programs find on the demo's log -->\n```text\n";
    let hex = |word: &&str| word.len() >= 8 && word.bytes().all(|byte| byte.is_ascii_hexdigit());
    let mut shown = told.to_owned();
    for word in told.split(|c: char| !c.is_ascii_alphanumeric()).filter(hex) {
        shown = shown.replace(word, "...");
    }
    let path = repository().join("crates/ledger-proof/README.md");
    let readme = fs::read_to_string(&path).expect("the README");
    let (before, after) = readme.split_once(BEGIN).expect("the block's beginning");
    let (block, after) = after.split_once("```").expect("the block's end");
    if std::env::var_os("UPDATE_README").is_some() {
        fs::write(&path, format!("{before}{BEGIN}{shown}```{after}")).expect("written");
    } else {
        assert_eq!(block, shown, "run with UPDATE_README=1 and read the change");
    }
}

#[test]
fn other_programs_verify_the_log_of_the_demo() {
    let place = Place::new();
    let serving = serve(&place, "demo");
    let url = serving.url.clone();
    let asked = |arguments: &[&str]| place.run(&[arguments, &["--url", &url]].concat()).with_status(0);
    let old = asked(&["checkpoint"]);
    assert!(
        old.stderr.starts_with("signed with rekenschap.local/ledger+"),
        "{}",
        old.stderr
    );
    let old = place.file("old", old.stdout);
    let key = asked(&["checkpoint", "--public-key"]).stdout.trim().to_owned();
    let more = format!("{PLAN}{}\n", expenditure("e1", "1.00"));
    let more = place.file("more.ndjson", more);
    asked(&["import", &more]);
    let newest = place.file("newest", asked(&["checkpoint"]).stdout);
    let proof = place.file("proof", asked(&["prove", "inclusion", "7"]).stdout);
    let size = fs::read_to_string(&old)
        .expect("text")
        .lines()
        .nth(1)
        .expect("a size")
        .to_owned();
    let consistent = asked(&["prove", "consistency", &size]).stdout;
    assert!(consistent.starts_with(&format!("old {size}\n")), "{consistent}");

    let go = go_program(&place).map(|program| {
        let mut command = Command::new(program);
        command
            .args(["-old", &old, "-proof", &proof])
            .arg(format!("{url}/v1/log"))
            .arg(&key);
        let told = ran(&command.output().expect("runs")).with_status(0).stdout;
        assert!(
            told.contains("tiles: their root at ") && told.contains("consistency: "),
            "{told}"
        );
        told
    });
    serving.stop();
    let data = place.data();
    let checks = [
        ("check_tape.py", vec![&*data]),
        ("check_checkpoint.py", vec![&*data, &old, &key]),
        ("check_checkpoint.py", vec![&*data, &newest, &key]),
    ];
    let mut told = String::new();
    for (program, arguments) in checks {
        told.push_str(&ran(&python(program, &arguments)).with_status(0).stdout);
    }
    match go {
        Some(go) => readme_shows(&format!("{told}{go}")),
        None => println!("{told}not checked: golang-go and golang-golang-x-mod-dev are not installed"),
    }
    let later = place
        .run_here(&["verify", "--checkpoint", &old, "--key", &key])
        .with_status(0);
    assert!(
        later.stdout.contains(&format!("begins with the {size} events")),
        "{}",
        later.stdout
    );
}

/// The same ledger in another directory, keys and all: what an operator has who rewrites the past.
fn copy(from: &Place) -> Place {
    let to = Place::new();
    let copied = Command::new("cp")
        .arg("-r")
        .arg(from.data())
        .arg(to.data())
        .status();
    assert!(copied.expect("runs").success());
    to
}

pub(crate) fn post(place: &Place, entries: &[&str]) {
    for entry in entries {
        place.import(&expenditure(entry, "1.00"), &[]).with_status(0);
    }
}

#[test]
fn an_old_checkpoint_holds_a_later_log_and_refuses_a_rewritten_one() {
    let place = Place::new();
    place.import(PLAN, &[]).with_status(0);
    place.run_here(&["checkpoint"]).with_status(0);
    let forged = copy(&place);
    let cut = copy(&place);
    post(&place, &["e1", "e2"]);
    let kept = place.file("kept", place.run_here(&["checkpoint"]).with_status(0).stdout);
    let key = key_of(&place);
    post(&place, &["e3"]);
    place.run_here(&["checkpoint", "--rotate-key"]).with_status(0);
    post(&place, &["e4"]);
    let verify = ["verify", "--checkpoint", &kept, "--key", &key];
    let told = place.run_here(&verify).with_status(0).stdout;
    assert!(
        told.ends_with("the log of 13 events begins with the 9 events of the checkpoint\n"),
        "{told}"
    );
    // The old key is on the record still.
    place.run_here(&["verify", "--checkpoint", &kept]).with_status(0);
    assert_ne!(key_of(&place), key);

    post(&forged, &["f1", "f2", "f3", "f4"]);
    let refused = forged.run_here(&verify).with_status(1).stderr;
    assert!(
        refused.contains("the first 9 events of the log are not those"),
        "{refused}"
    );
    let refused = cut.run_here(&verify).with_status(1).stderr;
    assert!(
        refused.contains("has 6 events, and the checkpoint was signed over 9"),
        "{refused}"
    );
}

#[test]
fn a_witness_cosigns_what_goes_on_and_names_the_size_of_a_fork() {
    let place = Place::new();
    place.import(PLAN, &[]).with_status(0);
    place.run_here(&["checkpoint"]).with_status(0);
    let key = key_of(&place);
    let (longer, fork, turned_back) = (copy(&place), copy(&place), copy(&place));
    let town = Place::new();
    let witness = |of: &Place, options: &[&str]| {
        let serving = serve(of, "serve");
        let asked = ["witness", &serving.url, "--state", "state", "--key", "secret"];
        let ran = town.run(&[&asked[..], options].concat());
        serving.stop();
        ran
    };
    let first = ["--name", "zwijndrecht.example/witness", "--log-key", &key];
    let cosigned = witness(&place, &first).with_status(0);
    let line = cosigned.stdout.lines().last().expect("a signature");
    assert!(
        line.starts_with("— zwijndrecht.example/witness "),
        "{}",
        cosigned.stdout
    );
    post(&place, &["e1"]);
    witness(&place, &[]).with_status(0);
    witness(&place, &[]).with_status(0);

    let refused = witness(&turned_back, &[]).with_status(1).stderr;
    assert!(
        refused.contains("shows 6 events, and showed 8 before"),
        "{refused}"
    );
    post(&fork, &["f1"]);
    let refused = witness(&fork, &[]).with_status(1).stderr;
    assert!(
        refused.contains("another root at size 8 than before: it is a fork"),
        "{refused}"
    );
    assert!(
        refused.contains("as it was seen at size 6, and another at size 8"),
        "{refused}"
    );
    post(&longer, &["f1", "f2", "f3"]);
    let refused = witness(&longer, &[]).with_status(1).stderr;
    assert!(
        refused.contains("the log of 10 does not go on from the log of 8 that was seen"),
        "{refused}"
    );
    assert!(
        refused.contains("as it was seen at size 6, and another at size 8"),
        "{refused}"
    );
    // What it saw is kept, so the honest log still goes on.
    post(&place, &["e2"]);
    witness(&place, &[]).with_status(0);
}

#[test]
fn a_witness_works_alone() {
    let place = Place::new();
    place.import(PLAN, &[]).with_status(0);
    let town = Place::new();
    let serving = serve(&place, "serve");
    let asked = ["witness", &serving.url, "--state", "state", "--key", "secret"];
    let first = ["--name", "zwijndrecht.example/witness"];
    town.run(&[&asked[..], &first].concat()).with_status(0);
    let key = fs::File::open(town.path("secret")).expect("a key");
    key.lock().expect("nobody else");
    let refused = town.run(&asked).with_status(3).stderr;
    assert!(
        refused.contains("another witness is at work with this key"),
        "{refused}"
    );
    drop(key);
    town.run(&asked).with_status(0);

    // A state that was altered is not taken for less than it says.
    let state = fs::read_to_string(town.path("state")).expect("a state");
    town.file(
        "state",
        state.replace("rekenschap.local/ledger+", "rekenschap.local/ledger-"),
    );
    let refused = town.run(&asked).with_status(2).stderr;
    assert!(refused.contains("state cannot be used as a state: "), "{refused}");
    serving.stop();
}
