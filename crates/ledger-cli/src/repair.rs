//! `repair`: a damaged tape made right again from the store that is read.

use ledger_service::{Clock as _, SystemClock};

use crate::{arguments::Repairing, failure::Failure, local, output, place::Place, settings::Settings};

/// How many positions are told one by one.
const POSITIONS_TOLD_MAX: usize = 20;

/// Repairs a directory and tells what was made anew, where the old files are, and which details are lost.
pub(crate) fn run(asked: &Repairing, place: &Place, settings: &Settings) -> Result<(), Failure> {
    let directory = place.directory("repair")?;
    local::exists(directory)?;
    let repaired = ledger_store::repair(
        directory,
        asked.backup.as_deref(),
        &local::options_for(directory, settings)?,
        SystemClock.now(),
    )?;
    for (file, copy) in &repaired.files {
        let before = match copy {
            Some(copy) => format!("what it was is kept in {}", copy.display()),
            None => "it was missing".to_owned(),
        };
        output::tell(&format!("{} was made anew; {before}", file.display()));
    }
    if repaired.restored_details > 0 {
        let restored = repaired.restored_details;
        output::tell(&format!(
            "the damaged details of {restored} events were taken from the backup"
        ));
    }
    if let Some(sentence) = lost(&repaired.lost_details) {
        output::tell(&sentence);
    }
    let events = repaired.events;
    match repaired.files.len() {
        0 => output::line(&format!("nothing to repair: the ledger has {events} events")),
        1 => output::line(&format!("repaired 1 file: the ledger has {events} events")),
        files => output::line(&format!("repaired {files} files: the ledger has {events} events")),
    }
}

/// Whose details could not be put back.
fn lost(positions: &[u64]) -> Option<String> {
    let told: Vec<String> = positions
        .iter()
        .take(POSITIONS_TOLD_MAX)
        .map(ToString::to_string)
        .collect();
    let more = match positions.len().checked_sub(POSITIONS_TOLD_MAX) {
        None | Some(0) => String::new(),
        Some(more) => format!(" and {more} more"),
    };
    (!told.is_empty()).then(|| {
        format!(
            "the details (texts such as supplier and description) at these positions were damaged and are blank now: {}{more}; \
             no figure changes",
            told.join(", ")
        )
    })
}

#[cfg(test)]
mod tests {
    use super::lost;

    #[test]
    fn lost_details_are_told_by_position() {
        assert_eq!(lost(&[]), None);
        assert!(lost(&[3, 7]).unwrap().contains("now: 3, 7; no figure"));
        let many: Vec<u64> = (0..25).collect();
        assert!(lost(&many).unwrap().contains("18, 19 and 5 more;"));
    }
}
