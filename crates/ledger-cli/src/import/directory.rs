//! Importing into a directory.

use std::path::Path;

use ledger_service::{Clock as _, SystemClock};

use super::{RECORDED_BY, Summary, source::Source, tell_refusal};
use crate::{failure::Failure, local, settings::Settings};

/// Imports everything from the source.
pub(super) fn import(
    directory: &Path,
    settings: &Settings,
    source: Source,
    keep_going: bool,
) -> Result<Summary, Failure> {
    let mut ledger = local::open(directory, settings)?;
    ledger.writer.begin(SystemClock.now())?;
    let bar = source.bar();
    let outcome = ledger_service::import(
        &mut ledger.writer,
        RECORDED_BY,
        keep_going,
        |visit| source.read(visit),
        &mut |refusal| {
            let code = refusal.code.as_str();
            tell_refusal(&bar, refusal.line, code, &refusal.detail, &refusal.faults);
        },
    )?;
    ledger_service::commit_import(&mut ledger.writer, &ledger.queries)?;
    Ok(Summary {
        commands: outcome.commands,
        events: outcome.events,
        refused: outcome.refused,
        log_position: outcome.log_position,
    })
}
