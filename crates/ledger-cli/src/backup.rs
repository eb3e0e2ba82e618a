//! `backup` and `restore`: a copy of the record that can be gone on with, and a ledger from it.

use std::path::Path;

use ledger_store::Fatal;

use crate::{
    arguments::{BackingUp, Restoring},
    failure::Failure,
    local, output,
    place::Place,
    settings::Settings,
    tiled,
};

/// Backs up a directory, which a server may have open.
pub(crate) fn run(asked: &BackingUp, place: &Place, settings: &Settings) -> Result<(), Failure> {
    let directory = place.directory("backup (also of a directory that a server has open)")?;
    local::exists(directory)?;
    sign(directory, settings)?;
    let backed = ledger_store::backup(directory, &asked.folder, &local::options(settings))?;
    if backed.destroyed > 0 {
        let destroyed = backed.destroyed;
        output::tell(&format!(
            "the details of {destroyed} events were destroyed in it too"
        ));
    }
    let (copied, events) = (backed.copied_bytes, backed.events);
    match backed.checkpoint {
        Some(size) if size == events => {}
        Some(size) => output::tell(&format!(
            "the checkpoint beside it covers the first {size} events; `rekenschap checkpoint` makes a newer one"
        )),
        None => output::tell("there is no checkpoint beside it; `rekenschap checkpoint` makes one"),
    }
    output::line(&format!(
        "copied {copied} bytes: the backup in {} has {events} events",
        asked.folder.display()
    ))
}

/// Signs the log as it is, when no server has it open: servers sign themselves. A ledger whose secret key is elsewhere
/// is backed up with the checkpoint that it has.
fn sign(directory: &Path, settings: &Settings) -> Result<(), Failure> {
    let signed =
        local::open_to_ask(directory, settings).and_then(|mut ledger| tiled::sign(&mut ledger, false));
    match signed {
        Ok(_) | Err(Failure::Ledger(Fatal::Locked(_) | Fatal::Poisoned(_))) => Ok(()),
        Err(Failure::Proof(why)) => {
            output::tell(&format!("no new checkpoint was made: {why}"));
            Ok(())
        }
        Err(failure) => Err(failure),
    }
}

/// Makes a ledger from a backup.
pub(crate) fn restore(asked: &Restoring, place: &Place, settings: &Settings) -> Result<(), Failure> {
    let directory = place.directory("restore")?;
    let read = |file: &std::path::PathBuf| {
        std::fs::read(file)
            .map_err(|error| Failure::Usage(format!("{} cannot be read: {error}", file.display())))
    };
    let orders = asked.destructions.as_ref().map(read).transpose()?;
    let options = local::options(settings);
    let restored = ledger_store::restore(&asked.folder, directory, &options, orders.as_deref())?;
    if restored.destroyed > 0 {
        let destroyed = restored.destroyed;
        output::tell(&format!(
            "the details of {destroyed} events were destroyed on the way, as was ordered since the backup"
        ));
    }
    output::tell(match restored.checkpoint {
        Some(_) => {
            "it goes on where the backup ended: hold it against the newest checkpoint that anybody kept, with \
             `rekenschap verify --checkpoint FILE`"
        }
        None => {
            "there was no checkpoint beside the backup, so only its own bytes were held against each other"
        }
    });
    output::tell(
        "backups hold no secret keys: bring back the folder keys/, or `rekenschap checkpoint --rotate-key`",
    );
    output::line(&format!(
        "restored and verified: the ledger in {} has {} events",
        directory.display(),
        restored.events
    ))
}
