//! `verify`: whether a directory holds what was written.

use std::fmt::Write as _;

use ledger_store::Verified;

use crate::{failure::Failure, local, output, place::Place, settings::Settings};

/// Checks the whole record and tells what was checked.
pub(crate) fn run(place: &Place, settings: &Settings) -> Result<(), Failure> {
    let directory = place.directory("verify")?;
    local::exists(directory)?;
    let verified = ledger_store::verify(directory, &local::options(settings))?;
    output::line(&counts(&verified))?;
    for finding in &verified.findings {
        output::tell(finding);
    }
    match verified.findings.len() {
        0 => output::line("all is right"),
        1 => told("1 thing is wrong"),
        several => told(&format!("{several} things are wrong")),
    }
}

fn told(sentence: &str) -> Result<(), Failure> {
    output::tell(sentence);
    Err(Failure::Told)
}

fn counts(verified: &Verified) -> String {
    let mut text = String::from(
        "checked: checksums, sequence, commit ranges, roots, details against their hashes, and that tape and store agree\n",
    );
    let mut row = |name: &str, value: &dyn std::fmt::Display| {
        // Writing to a String cannot fail.
        let _ = writeln!(text, "{name} {value}");
    };
    row("events", &verified.events);
    row("commits", &verified.commits);
    row("segments", &verified.segments);
    row("events with destroyed details", &verified.blank_details);
    row("bytes never acknowledged", &verified.tail_bytes);
    row("root", &hex(&verified.root));
    text.truncate(text.trim_end().len());
    text
}

fn hex(bytes: &[u8]) -> String {
    bytes.iter().fold(String::new(), |mut text, byte| {
        // Writing to a String cannot fail.
        let _ = write!(text, "{byte:02x}");
        text
    })
}
