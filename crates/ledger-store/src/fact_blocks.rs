//! Blocks of facts in sled. They are a hint about the events in its other blocks: opening makes them reach as far as sled's
//! head tells, and no further.

use ledger_contract::event::Event;
use sled::IVec;

use crate::{
    blocks::{BLOCK_BYTES_MAX, Blocks, Fault, first_of, guard, key, malformed},
    cursor::visit_blocks,
    facts::{self, HEADER_BYTES, count, first, read_block, write_block},
    shared::Block,
};

/// A block of facts in the making.
#[derive(Debug, Default)]
pub(crate) struct Making {
    /// The position of its first fact.
    pub(crate) first: u64,
    facts: Vec<u8>,
}

impl Making {
    pub(crate) fn at(position: u64) -> Self {
        Self {
            first: position,
            facts: Vec::new(),
        }
    }

    /// Whether it has no room for a fact of so many bytes, and has others.
    pub(crate) fn is_full(&self, bytes: usize) -> bool {
        !self.facts.is_empty() && self.facts.len() + bytes > BLOCK_BYTES_MAX - HEADER_BYTES
    }

    pub(crate) fn push(&mut self, fact: &[u8]) {
        self.facts.extend_from_slice(fact);
    }

    pub(crate) fn bytes(&self) -> usize {
        self.facts.len()
    }

    /// The first bytes, at most so many.
    pub(crate) fn first_bytes(&self, bytes: usize) -> &[u8] {
        self.facts.get(..bytes).unwrap_or(&self.facts)
    }

    /// Takes out the first bytes, at most so many: the facts before a position. The others go on in memory that is empty.
    pub(crate) fn seal(&mut self, bytes: usize, before: u64, mut rest: Vec<u8>) -> Option<Block> {
        let first = std::mem::replace(&mut self.first, before);
        rest.extend_from_slice(self.facts.get(bytes..).unwrap_or_default());
        let mut facts = std::mem::replace(&mut self.facts, rest);
        facts.truncate(bytes);
        (!facts.is_empty()).then(|| (first, facts.into()))
    }

    /// Forgets the facts from a position on, which is not before the first.
    pub(crate) fn cut(&mut self, size: u64) {
        let (mut rest, mut bytes) = (self.facts.as_slice(), 0);
        for _ in self.first..size {
            let Ok(Some((fact, behind))) = first(rest) else {
                break;
            };
            bytes += 2 + fact.len();
            rest = behind;
        }
        self.facts.truncate(bytes);
    }
}

impl Blocks {
    /// Writes the block of facts that begins at a position.
    pub(crate) fn put_facts(&self, first: u64, facts: &[u8]) -> Result<(), Fault> {
        guard("writing a block of facts", || {
            self.insert(&self.facts, &key(first, 0), &write_block(facts))
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
        let (theirs, mut blocks) = (self.clone(), self.facts.range(first..));
        let blocks = std::iter::from_fn(move || {
            let mut next = || blocks.find(|block| !block.as_ref().is_ok_and(|(_, value)| value.is_empty()));
            // Room that a crash left, or that is filled at this moment, is passed over.
            match guard("reading a block of facts", || next().transpose()) {
                Ok(None) => None,
                Ok(Some((key, value))) => Some(match first_of(&key) {
                    Some(first) => theirs.has_read(value.len()).map(|()| (first, value)),
                    None => Err(malformed()),
                }),
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
            // An empty value is room for a block that never came.
            if !value.is_empty() {
                let after = first.saturating_add(count(read_block(&value)?)?);
                if after <= end {
                    return Ok(after);
                }
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
    let seal = |making: &mut Making, before: u64| match making.seal(usize::MAX, before, Vec::new()) {
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

/// Facts in sled, read along with the events.
pub(crate) struct Along {
    blocks: Box<dyn Iterator<Item = Result<(u64, IVec), Fault>>>,
    /// The block to come, when it was looked at.
    next: Option<(u64, IVec)>,
    /// The facts still to be read of the block at hand, and the position of the first of them.
    facts: Vec<u8>,
    offset: usize,
    at: u64,
}

impl Along {
    pub(crate) fn of(blocks: &Blocks) -> Self {
        Self {
            blocks: Box::new(blocks.facts_from(0)),
            next: None,
            facts: Vec::new(),
            offset: 0,
            at: 0,
        }
    }

    /// Refuses another fact than the event tells, where there is any; events come in order.
    pub(crate) fn compare(&mut self, event: &Event) -> Result<(), Fault> {
        let position = event.position;
        loop {
            while self.at <= position {
                let rest = self.facts.get(self.offset..).unwrap_or_default();
                let Some((fact, _)) = facts::first(rest)? else {
                    break;
                };
                let stored = rest.get(..2 + fact.len()).unwrap_or_default();
                self.offset += stored.len();
                self.at += 1;
                if self.at > position {
                    let mut told = Vec::new();
                    facts::encode(event, &mut told);
                    let differ = || format!("the fact of position {position} is not what its event tells");
                    return (stored == told).then_some(()).ok_or_else(differ);
                }
            }
            let next = match self.next.take() {
                Some(next) => Some(next),
                None => self.blocks.next().transpose()?,
            };
            match next {
                Some((first, value)) if first <= position => {
                    self.facts = read_block(&value)?.to_vec();
                    (self.at, self.offset) = (first, 0);
                }
                next => {
                    self.next = next;
                    return Ok(());
                }
            }
        }
    }
}
