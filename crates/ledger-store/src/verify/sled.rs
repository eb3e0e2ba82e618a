//! sled's records and facts, read along with the tape's lines: whether both have the same events.

use std::{path::Path, sync::Arc};

use super::Check;
use crate::{
    Options,
    blocks::{Blocks, Fault, close},
    cursor::Cursor,
    fact_blocks::Along,
    known::remedy,
    record::Record,
};

const MAKE_SLED_ANEW: &str =
    "close the ledger, remove the folder sled and open it again: sled is made anew from the tape";

/// Blocks in order: first position and records.
type BlockIter = dyn Iterator<Item = Result<(u64, Vec<u8>), Fault>>;

/// sled's records and facts, read along with the tape's lines.
pub(super) struct Sled {
    blocks: Box<BlockIter>,
    cursor: Cursor,
    facts: Along,
}

impl Check<'_> {
    pub(super) fn open_sled(&mut self, directory: &Path, options: &Options) {
        let path = directory.join("sled");
        if !path.exists() {
            let finding = format!("{} is missing; open the ledger: it is made anew.", path.display());
            return self.found.findings.push(finding);
        }
        let opened = Blocks::open(&path, options.sled_cache_bytes).and_then(|blocks| {
            let head = blocks.head()?.unwrap_or_default();
            Ok((head, blocks.blocks_from(0), Along::of(&blocks)))
        });
        match opened {
            Ok((head, blocks, facts)) => {
                self.remedy = remedy(&head);
                self.head = head;
                self.sled = Some(Sled {
                    blocks: Box::new(blocks),
                    cursor: Cursor::new(0, Arc::default()),
                    facts,
                });
            }
            Err(fault) => self.doubt = Some((None, fault)),
        }
    }

    /// Holds a line against what sled has of it.
    pub(super) fn compare(&mut self, record: &Record) {
        let (position, size) = (record.event.position, self.head.tree.size());
        let Some(sled) = self.sled.as_mut().filter(|_| position < size) else {
            return;
        };
        let doubt = match sled.record(position) {
            Ok(found) if found != *record => {
                let how = format!("position {position} is another event than in sled");
                Some((Some(record.place), how))
            }
            Ok(_) if position + 1 == size && self.root_is_known && self.head.tree != self.tree => {
                Some((None, "its head has another root".to_owned()))
            }
            Ok(_) => sled.facts.compare(&record.event).err().map(|fault| (None, fault)),
            Err(fault) => Some((None, fault)),
        };
        if doubt.is_some() {
            self.doubt = doubt;
            close(self.sled.take());
        }
    }

    /// sled can be made anew from a whole tape, so only then it is said to be wrong. Otherwise it is what the tape can be
    /// repaired from.
    pub(super) fn judge_sled(&mut self, tape_is_whole: bool) {
        let Some((place, how)) = self.doubt.take() else {
            return;
        };
        let tail_bytes = self.found.tail_bytes;
        let finding = match place {
            _ if tape_is_whole && (tail_bytes == 0 || self.head.committed > 0) => {
                format!("sled does not agree with the tape: {how}; {MAKE_SLED_ANEW}.")
            }
            _ if tape_is_whole => format!(
                "sled is damaged: {how}; so nothing tells whether the {tail_bytes} bytes behind the last commit on the \
                 tape were acknowledged: copy the directory before it is opened."
            ),
            Some(place) => {
                let (name, remedy) = (self.tape.name(place), &self.remedy);
                format!("{name} does not agree with sled: {how}; {remedy}.")
            }
            None => format!("sled is damaged too: {how}; put back a copy of the directory."),
        };
        self.found.findings.push(finding);
    }
}

impl Sled {
    /// The record at a position that is not behind.
    pub(super) fn record(&mut self, position: u64) -> Result<Record, Fault> {
        loop {
            if let Some(record) = self.cursor.seek(position)? {
                return Ok(record);
            }
            match self.blocks.next().transpose()? {
                Some((first, block)) if first <= position => {
                    self.cursor = Cursor::new(first, Arc::new(block));
                }
                _ => return Err(format!("position {position} is missing from its blocks")),
            }
        }
    }
}
