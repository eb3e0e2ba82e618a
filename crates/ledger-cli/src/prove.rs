//! `prove`: that an event is in the log, or that the log goes on from an earlier size, at the newest checkpoint.

use ledger_proof::{
    proof::{NoProof, consistency, inclusion},
    text::{ConsistencyText, InclusionText},
};

use crate::{
    arguments::{Prove, Proving},
    failure::Failure,
    output,
    place::Place,
    settings::Settings,
    tiled::{self, Tiled},
};

/// Prints the proof with the checkpoint that it leads to.
pub(crate) fn run(asked: &Proving, place: &Place, settings: &Settings) -> Result<(), Failure> {
    let mut log = Tiled::of(place, settings)?;
    let note = log.checkpoint()?;
    let checkpoint = tiled::unverified(&note)?;
    let size = checkpoint.size;
    let mut tiles = log.reader(&checkpoint)?;
    let text = match asked.what {
        Prove::Inclusion { position } => InclusionText {
            extra: None,
            index: position,
            hashes: inclusion(&mut tiles, position, size).map_err(unproven)?,
            checkpoint: note,
        }
        .to_string(),
        Prove::Consistency { old, new } => {
            if let Some(new) = new.filter(|new| *new != size) {
                return Err(Failure::Usage(format!(
                    "the newest checkpoint is of {size} events, and none of {new} is at hand to lead to"
                )));
            }
            ConsistencyText {
                old,
                hashes: consistency(&mut tiles, old, size).map_err(unproven)?,
                checkpoint: note,
            }
            .to_string()
        }
    };
    output::line(text.trim_end_matches('\n'))
}

fn unproven(error: NoProof<ledger_proof::reader::TileError<Failure>>) -> Failure {
    match error {
        NoProof::Source(error) => tiled::of_tiles(error),
        NoProof::NoLeaf { .. } | NoProof::NotEarlier { .. } => Failure::Proof(error.to_string()),
    }
}
