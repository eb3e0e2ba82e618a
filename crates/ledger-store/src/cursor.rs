//! Going through the records of blocks.

use std::sync::Arc;

use crate::{
    blocks::{Blocks, Fault},
    record::{self, Record},
};

/// Visits the records in sled's blocks from a position on; the position moves along. False when `visit` stopped it.
pub(crate) fn visit_blocks(
    blocks: &Blocks,
    position: &mut u64,
    before: u64,
    visit: &mut dyn FnMut(Record) -> bool,
) -> Result<bool, Fault> {
    let missing = |position: u64| format!("position {position} is missing from its blocks");
    let (first, _) = blocks.block_of(*position)?.ok_or_else(|| missing(*position))?;
    for block in blocks.blocks_from(first) {
        let (first, bytes) = block?;
        if first > *position {
            return Err(missing(*position));
        }
        if !Cursor::new(first, Arc::new(bytes)).visit(position, before, visit)? {
            return Ok(false);
        }
        if *position >= before {
            return Ok(true);
        }
    }
    Err(missing(*position))
}

pub(crate) fn cursor_of(blocks: &Blocks, position: u64) -> Result<(Cursor, Record), Fault> {
    let missing = || format!("position {position} is missing from its blocks");
    let (first, bytes) = blocks.block_of(position)?.ok_or_else(missing)?;
    let mut cursor = Cursor::new(first, Arc::new(bytes));
    let record = cursor.seek(position)?.ok_or_else(missing)?;
    Ok((cursor, record))
}

/// Goes through the records of one block.
pub(crate) struct Cursor {
    /// The position of the next record.
    at: u64,
    block: Arc<Vec<u8>>,
    offset: usize,
}

impl Cursor {
    pub(crate) fn new(first: u64, block: Arc<Vec<u8>>) -> Self {
        Self {
            at: first,
            block,
            offset: 0,
        }
    }

    /// The record at a position that is not behind; none when it is not in this block. Those before it are skipped
    /// without being decoded.
    pub(crate) fn seek(&mut self, position: u64) -> Result<Option<Record>, Fault> {
        while self.at <= position {
            let rest = self.block.get(self.offset..).unwrap_or_default();
            let Some(bytes) = record::first(rest).map_err(|error| error.to_string())? else {
                return Ok(None);
            };
            self.offset += bytes.len();
            self.at += 1;
            if self.at > position {
                let record = record::decode(bytes).map_err(|error| error.to_string())?;
                if record.event.position != position {
                    let found = record.event.position;
                    return Err(format!(
                        "position {found} stands in a block where {position} belongs"
                    ));
                }
                return Ok(Some(record));
            }
        }
        Ok(None)
    }

    /// Visits the records from a position on, below another; the position moves along. False when `visit` stopped it.
    pub(crate) fn visit(
        &mut self,
        position: &mut u64,
        before: u64,
        visit: &mut dyn FnMut(Record) -> bool,
    ) -> Result<bool, Fault> {
        while *position < before {
            let Some(record) = self.seek(*position)? else {
                break;
            };
            *position += 1;
            if !visit(record) {
                return Ok(false);
            }
        }
        Ok(true)
    }
}
