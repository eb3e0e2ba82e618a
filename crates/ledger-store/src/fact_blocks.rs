//! Blocks of facts in sled. They are a hint about the events in its other blocks: none tells of more than sled's head
//! does, and opening makes those that are not there.

use sled::IVec;

use crate::{
    blocks::{Blocks, Fault, first_of, guard, key, malformed},
    cursor::visit_blocks,
    facts::{self, Making, count, read_block, write_block},
};

impl Blocks {
    /// Writes the block of facts that begins at a position.
    pub(crate) fn put_facts(&self, first: u64, facts: &[u8]) -> Result<(), Fault> {
        guard("writing a block of facts", || {
            self.facts.insert(key(first, 0), write_block(facts)).map(drop)
        })
    }

    /// All blocks of facts from the one that can hold a position on, as they are stored.
    pub(crate) fn facts_from(
        &self,
        position: u64,
    ) -> impl Iterator<Item = Result<(u64, IVec), Fault>> + use<> {
        let above = position.saturating_add(1).to_be_bytes();
        let last = guard("reading a block of facts", || self.facts.get_lt(above));
        let (first, fault) = match last {
            Ok(last) => (last.map_or_else(|| key(position, 0), |(first, _)| first), None),
            Err(fault) => (key(position, 0), Some(Err(fault))),
        };
        let mut blocks = self.facts.range(first..);
        let blocks = std::iter::from_fn(move || {
            match guard("reading a block of facts", || blocks.next().transpose()) {
                Ok(None) => None,
                Ok(Some((key, value))) => {
                    Some(first_of(&key).map(|first| (first, value)).ok_or_else(malformed))
                }
                Err(fault) => Some(Err(fault)),
            }
        });
        fault.into_iter().chain(blocks)
    }

    /// Removes the blocks of facts that hold positions from `end` on, which a crash left; tells where the others end.
    pub(crate) fn trim_facts(&self, end: u64) -> Result<u64, Fault> {
        loop {
            let last = guard("reading a block of facts", || self.facts.last())?;
            let Some((key, value)) = last else { return Ok(0) };
            let first = first_of(&key).ok_or_else(malformed)?;
            let after = first.saturating_add(count(read_block(&value)?)?);
            if after <= end {
                return Ok(after);
            }
            guard("removing a block of facts", || self.facts.remove(&key))?;
        }
    }

    /// Removes the blocks that begin at a position or behind it: what no head tells of.
    pub(crate) fn cut(&self, size: u64) -> Result<(), Fault> {
        guard("removing blocks", || {
            for tree in [&self.events, &self.facts] {
                for key in tree.range(key(size, 0)..).keys() {
                    tree.remove(key?)?;
                }
            }
            Ok(())
        })
    }
}

/// Makes the facts of the last events in blocks, which a crash took before they were a block; and of all of them, when
/// an earlier version of this program wrote those.
pub(crate) fn complete_facts(blocks: &Blocks, end: u64) -> Result<(), Fault> {
    let mut position = blocks.trim_facts(end)?;
    if position >= end {
        return Ok(());
    }
    let seal = |making: &mut Making, before: u64| match making.seal(usize::MAX, before) {
        Some((first, facts)) => blocks.put_facts(first, &facts),
        None => Ok(()),
    };
    let (mut making, mut fact, mut failed) = (Making::at(position), Vec::new(), Ok(()));
    visit_blocks(blocks, &mut position, end, &mut |record| {
        fact.clear();
        facts::encode(&record.event, &mut fact);
        if making.is_full(fact.len()) {
            failed = seal(&mut making, record.event.position);
        }
        making.push(&fact);
        failed.is_ok()
    })?;
    failed?;
    seal(&mut making, end)
}
