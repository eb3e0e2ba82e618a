//! `verify`: whether a directory holds what was written.

use std::{fmt::Write as _, path::Path};

use ledger_proof::{checkpoint::SignedCheckpoint, key::VerifierKey};
use ledger_store::Verified;

use crate::{arguments::Verifying, failure::Failure, local, output, place::Place, settings::Settings};

/// Checks the whole record and tells what was checked.
pub(crate) fn run(asked: &Verifying, place: &Place, settings: &Settings) -> Result<(), Failure> {
    let directory = place.directory("verify")?;
    local::exists(directory)?;
    let verified = ledger_store::verify(directory, &local::options_for(directory, settings)?)?;
    output::line(&counts(&verified))?;
    if let Some(why) = &verified.sled_unread {
        output::tell(&format!("the folder sled was not read, since {why}"));
    }
    for finding in &verified.findings {
        output::tell(finding);
    }
    match verified.findings.len() {
        0 => output::line("all is right")?,
        1 => return told("1 thing is wrong"),
        several => return told(&format!("{several} things are wrong")),
    }
    match &asked.checkpoint {
        Some(file) => against_checkpoint(file, &asked.key, directory, settings),
        None => Ok(()),
    }
}

/// Whether the log still begins with what a checkpoint was signed over.
fn against_checkpoint(
    file: &Path,
    keys: &[VerifierKey],
    directory: &Path,
    settings: &Settings,
) -> Result<(), Failure> {
    let bytes = std::fs::read(file)
        .map_err(|error| Failure::Usage(format!("{} cannot be read: {error}", file.display())))?;
    let ledger = local::open_to_ask(directory, settings)?;
    let mut trusted = keys.to_vec();
    if trusted.is_empty() {
        let on_record = ledger.queries.log_keys()?;
        trusted.extend(
            on_record
                .iter()
                .filter_map(|key| key.key.parse::<VerifierKey>().ok()),
        );
        output::tell("the keys on the record itself are trusted; --key takes one that was kept apart");
    }
    let kept = SignedCheckpoint::open(&bytes, &trusted)
        .map_err(|error| Failure::Proof(output::plain(&error.to_string())))?
        .checkpoint;
    let (size, now) = (kept.size, ledger.queries.log_position());
    match ledger.queries.root_at(size)? {
        Some(root) if root == kept.root => output::line(&format!(
            "the log of {now} events begins with the {size} events of the checkpoint"
        )),
        Some(_) => Err(Failure::Proof(format!(
            "the first {size} events of the log are not those that the checkpoint was signed over: the log was rewritten \
             before size {size}"
        ))),
        None => Err(Failure::Proof(format!(
            "the log has {now} events, and the checkpoint was signed over {size}: the log was cut"
        ))),
    }
}

fn told(sentence: &str) -> Result<(), Failure> {
    output::tell(sentence);
    Err(Failure::Told)
}

fn counts(verified: &Verified) -> String {
    let store = match verified.sled_unread {
        None => "and that tape and store agree",
        Some(_) => "of the tape alone",
    };
    let mut text = format!(
        "checked: checksums, sequence, commit ranges, roots, details against their hashes, {store}\n"
    );
    let mut row = |name: &str, value: &dyn std::fmt::Display| {
        // Writing to a String cannot fail.
        let _ = writeln!(text, "{name} {value}");
    };
    row("events", &verified.events);
    row("commits", &verified.commits);
    row("segments", &verified.segments);
    row("events with destroyed details", &verified.blank_details);
    row("bytes after the last commit", &verified.tail_bytes);
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
