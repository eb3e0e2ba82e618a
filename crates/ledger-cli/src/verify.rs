//! `verify`: whether a directory holds what was written.

use std::{fmt::Write as _, path::Path};

use ledger_store::Verified;

use crate::{
    arguments::Verifying,
    failure::Failure,
    kept::{self, Introduced},
    local, output,
    place::Place,
    settings::Settings,
    tiled::hex,
    verify_served,
};

/// Checks the whole record and tells what was checked.
pub(crate) fn run(asked: &Verifying, place: &Place, settings: &Settings) -> Result<(), Failure> {
    let directory = match place {
        Place::Directory(directory) => directory,
        Place::Server(server) => return verify_served::run(asked, server),
    };
    if asked.checkpoint.is_none() && !asked.key.is_empty() {
        return Err(Failure::Usage(
            "--key is the key of a checkpoint: give --checkpoint FILE too, or --url".to_owned(),
        ));
    }
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
    // A checkpoint that lies beside the record tells too when the record is another one.
    let newest = directory.join("checkpoint");
    match &asked.checkpoint {
        Some(file) => against_checkpoint(file, asked, directory, settings),
        None if newest.exists() && !directory.join("backup").exists() => {
            against_checkpoint(&newest, asked, directory, settings)
        }
        None => Ok(()),
    }
}

/// Whether the log still begins with what a checkpoint was signed over.
fn against_checkpoint(
    file: &Path,
    asked: &Verifying,
    directory: &Path,
    settings: &Settings,
) -> Result<(), Failure> {
    let bytes = kept::read(file)?;
    let ledger = local::open_to_ask(directory, settings)?;
    let keys = ledger.queries.log_keys()?;
    let on_record: Vec<Introduced> = keys
        .iter()
        .filter_map(|key| Some((key.position?, key.key.parse().ok()?)))
        .collect();
    if asked.checkpoint.is_some() && asked.key.is_empty() {
        output::tell("the keys on the record itself are trusted; --key takes one that was kept apart");
    }
    let kept = kept::open(&bytes, &asked.key, &on_record)?;
    let (size, now) = (kept.size, ledger.queries.log_position());
    match ledger.queries.root_at(size)? {
        Some(root) if root == kept.root => {}
        Some(_) => {
            return Err(Failure::Proof(format!(
                "the first {size} events of the log are not those that the checkpoint was signed over: the log was \
                 rewritten before size {size}"
            )));
        }
        None => {
            return Err(Failure::Proof(format!(
                "the log has {now} events, and the checkpoint was signed over {size}: the log was cut, or \
                 restored from an older backup"
            )));
        }
    }
    let heads = ledger.queries.stream_heads_at(size)?;
    let (recorded, made) = heads.ok_or_else(|| kept::no_heads(size))?;
    kept::heads(size, &recorded, &made)?;
    kept::in_force(&bytes, size, &on_record)?;
    output::line(&format!(
        "the log of {now} events begins with the {size} events of the checkpoint"
    ))
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
