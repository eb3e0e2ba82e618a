//! README is true: every command in a `console` block is run against the demo and prints what README shows.
//!
//! `UPDATE_README=1` writes what they print into README instead.
#![allow(clippy::unwrap_used, reason = "a test stops at what it did not expect")]

use std::{
    fmt::Write as _,
    io::{BufRead, BufReader},
    path::{Path, PathBuf},
    process::{Child, Command, Stdio},
};

/// The address that README's commands speak to.
const ADDRESS: &str = "127.0.0.1:8080";

struct Demo {
    server: Child,
    address: String,
}

impl Drop for Demo {
    fn drop(&mut self) {
        // A server that is gone already needs no stopping.
        let _ = self.server.kill();
        let _ = self.server.wait();
    }
}

fn programs() -> PathBuf {
    let test = std::env::current_exe().unwrap();
    let programs = test.parent().and_then(Path::parent).unwrap().to_owned();
    assert!(
        programs.join("rekenschap").exists(),
        "build the program first: cargo build --workspace --bins"
    );
    programs
}

fn demo(directory: &Path) -> Demo {
    let mut server = Command::new(programs().join("rekenschap"))
        .args(["demo", "--listen", "127.0.0.1:0", "--data"])
        .arg(directory)
        .stdout(Stdio::piped())
        .stderr(Stdio::null())
        .spawn()
        .unwrap();
    let mut first = String::new();
    BufReader::new(server.stdout.as_mut().unwrap())
        .read_line(&mut first)
        .unwrap();
    let address = first
        .trim()
        .strip_prefix("listening on http://")
        .unwrap()
        .to_owned();
    Demo { server, address }
}

/// What the command prints, as README would show it.
fn printed(command: &str, demo: &Demo) -> String {
    let path = format!("{}:{}", programs().display(), std::env::var("PATH").unwrap());
    let output = Command::new("sh")
        .args(["-c", &command.replace(ADDRESS, &demo.address)])
        .env("PATH", path)
        .output()
        .unwrap();
    let text = [output.stdout, output.stderr].concat();
    without_root(&String::from_utf8(text).unwrap())
        .replace(&demo.address, ADDRESS)
        .trim_end()
        .to_owned()
}

/// Salts are random, so every demo has a root of its own: README shows three dots.
fn without_root(text: &str) -> String {
    const FIELD: &str = "\"root\":\"";
    match text.split_once(FIELD) {
        None => text.to_owned(),
        Some((before, after)) => {
            let rest = after.trim_start_matches(|digit: char| digit.is_ascii_hexdigit());
            format!("{before}{FIELD}...{rest}")
        }
    }
}

#[test]
fn every_command_prints_what_readme_shows() {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("../README.md");
    let readme = std::fs::read_to_string(&path).unwrap();
    let directory = tempfile::tempdir().unwrap();
    let demo = demo(&directory.path().join("ledger"));

    let mut true_readme = String::new();
    let mut commands = 0;
    let mut lines = readme.lines().peekable();
    while let Some(line) = lines.next() {
        writeln!(true_readme, "{line}").unwrap();
        if line != "```console" {
            continue;
        }
        while let Some(line) = lines.next_if(|line| *line != "```") {
            let Some(mut command) = line.strip_prefix("$ ").map(str::to_owned) else {
                continue;
            };
            writeln!(true_readme, "{line}").unwrap();
            while command.ends_with('\\') {
                let continued = lines.next().unwrap();
                writeln!(true_readme, "{continued}").unwrap();
                command.pop();
                command.push_str(continued);
            }
            commands += 1;
            writeln!(true_readme, "{}", printed(&command, &demo)).unwrap();
        }
    }
    assert!(commands >= 3, "README shows at least three things to try");
    if std::env::var_os("UPDATE_README").is_some() {
        std::fs::write(&path, &true_readme).unwrap();
    }
    assert_eq!(
        true_readme,
        std::fs::read_to_string(&path).unwrap(),
        "run with UPDATE_README=1 and read the change"
    );
}
