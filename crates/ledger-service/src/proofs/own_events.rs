//! What the ledger says of itself in its own stream: its name, its public keys, and where checkpoints can be.

use ledger_contract::event::{EventData, Stream};
use ledger_proof::tile::{TILE_WIDTH, TileKind, TilePath};
use ledger_store::{EventReader, Fatal};

/// The ledger's own events as far as they were read.
#[derive(Debug, Default)]
pub(crate) struct OwnEvents {
    /// How many there are.
    pub(crate) version: u64,
    /// The name of the log, from its first event.
    pub(crate) origin: String,
    /// The public keys on the record with their positions, oldest first.
    pub(crate) keys: Vec<(u64, String)>,
    /// The sizes that end in `streamHeadsRecorded`: no others are ever signed.
    sizes: Vec<u64>,
}

impl OwnEvents {
    /// Reads those that were added.
    pub(crate) fn catch_up(&mut self, reader: &impl EventReader) -> Result<(), Fatal> {
        let head = reader.head().size;
        reader.read_stream(&Stream::Ledger, self.version, head, &mut |event| {
            self.version = event.version;
            match event.data {
                EventData::LedgerOpened(opened) => self.origin = opened.origin,
                EventData::LogKeyIntroduced(introduced) => self.keys.push((event.position, introduced.key)),
                EventData::StreamHeadsRecorded(_) => self.sizes.push(event.position + 1),
                _ => {}
            }
            true
        })
    }

    /// Whether a tree that was signed, up to this size, has exactly this tile.
    pub(crate) fn is_signed(&self, path: &TilePath, up_to: u64) -> bool {
        if path.is_in(up_to) {
            return true;
        }
        let level = match path.kind() {
            TileKind::Entries => 0,
            TileKind::Hashes(level) => u32::from(level),
        };
        let start = path.index().saturating_mul(u64::from(TILE_WIDTH));
        let width = start.saturating_add(u64::from(path.width()));
        let reaches = |size: &u64| size.checked_shr(8 * level).unwrap_or(0) >= width;
        let at = self.sizes.partition_point(|size| !reaches(size));
        self.sizes
            .get(at)
            .is_some_and(|size| *size <= up_to && path.is_in(*size))
    }
}
