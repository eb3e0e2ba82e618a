//! `checkpoint`: the size of the log and its root, signed. Whoever keeps it can prove later that nothing before changed.

use crate::{
    arguments::Checkpointing,
    failure::Failure,
    local, output,
    place::Place,
    settings::Settings,
    tiled::{self, Tiled},
};

/// Prints the newest checkpoint, or the public keys.
pub(crate) fn run(asked: &Checkpointing, place: &Place, settings: &Settings) -> Result<(), Failure> {
    if asked.rotate_key {
        let directory = place.directory("checkpoint --rotate-key")?;
        let mut ledger = local::open_to_ask(directory, settings)?;
        let signed = tiled::sign(&mut ledger, true)?;
        return print(&signed.note.to_string(), &Tiled::Local(Box::new(ledger)));
    }
    let mut log = Tiled::of(place, settings)?;
    if asked.public_key {
        return log.keys()?.iter().try_for_each(|key| output::line(key));
    }
    let note = log.checkpoint()?.to_string();
    print(&note, &log)
}

/// The note goes to stdout exactly as it is signed; who signed it is told beside it.
fn print(note: &str, log: &Tiled<'_>) -> Result<(), Failure> {
    output::line(note.trim_end_matches('\n'))?;
    if let Some(key) = log.keys()?.last() {
        output::tell(&format!("signed with {}", output::plain(key)));
    }
    Ok(())
}
