//! Facts: what the figures need of each event, in blocks of their own beside the records, so that folding a whole log
//! reads a tenth of the bytes.
//!
//! They are a hint made from the events and never more. A block that is missing costs the time to read the records; one
//! that is damaged is sled's fault as any other.

use bincode::Options as _;
use ledger_contract::{event::Event, facts::FactV1};

use crate::{
    Fatal,
    blocks::{BLOCK_BYTES_MAX, Fault},
    log::Told,
    shared::{Block, Shared, in_memory, reading},
};

/// The first bytes of a block in sled, and the CRC-32 of what follows them.
const MAGIC: [u8; 4] = *b"RKF\x01";
pub(crate) const HEADER_BYTES: usize = 8;
/// A fact that would be longer is kept as [`FactV1::Whole`]: one with very many funders.
const FACT_BYTES_MAX: usize = 1 << 10;

fn options() -> impl bincode::Options {
    bincode::DefaultOptions::new()
        .with_varint_encoding()
        .with_little_endian()
        .with_limit(FACT_BYTES_MAX as u64)
        .reject_trailing_bytes()
}

/// Adds the fact of an event, its length before it.
pub(crate) fn encode(event: &Event, into: &mut Vec<u8>) {
    let start = into.len();
    into.extend_from_slice(&[0; 2]);
    let fact = FactV1::of(event);
    if options().serialize_into(&mut *into, &fact).is_err() {
        into.truncate(start + 2);
        // Two bytes at most: it fits.
        let _ = options().serialize_into(&mut *into, &FactV1::Whole);
    }
    let length = u16::try_from(into.len() - start - 2).unwrap_or(u16::MAX);
    if let Some(to) = into.get_mut(start..start + 2) {
        to.copy_from_slice(&length.to_le_bytes());
    }
}

/// A fact and those behind it.
type Split<'a> = (&'a [u8], &'a [u8]);

/// The first fact of a block, not decoded, and those behind it; none at the end of the block.
fn first(block: &[u8]) -> Result<Option<Split<'_>>, Fault> {
    let Some((length, rest)) = block.split_first_chunk() else {
        let short = || Err("a fact is cut short".to_owned());
        return if block.is_empty() { Ok(None) } else { short() };
    };
    let fact = rest.split_at_checked(u16::from_le_bytes(*length).into());
    fact.map(Some).ok_or_else(|| "a fact is cut short".to_owned())
}

fn decode(fact: &[u8]) -> Result<FactV1<'_>, Fault> {
    options()
        .deserialize(fact)
        .map_err(|error| format!("a fact does not decode: {error}"))
}

/// How many facts a block holds.
pub(crate) fn count(mut block: &[u8]) -> Result<u64, Fault> {
    let mut count = 0;
    while let Some((_, rest)) = first(block)? {
        (count, block) = (count + 1, rest);
    }
    Ok(count)
}

/// The value of a block in sled.
pub(crate) fn write_block(facts: &[u8]) -> Vec<u8> {
    [&MAGIC[..], &crc32fast::hash(facts).to_le_bytes(), facts].concat()
}

/// The facts in a value of sled.
pub(crate) fn read_block(value: &[u8]) -> Result<&[u8], Fault> {
    let block = value.strip_prefix(&MAGIC).and_then(<[u8]>::split_first_chunk);
    let right = block.filter(|(checksum, facts)| crc32fast::hash(facts) == u32::from_le_bytes(**checksum));
    right
        .map(|(_, facts)| facts)
        .ok_or_else(|| "a block of facts is damaged".to_owned())
}

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

    /// Takes out the first bytes, at most so many: the facts before a position.
    pub(crate) fn seal(&mut self, bytes: usize, before: u64) -> Option<Block> {
        let first = std::mem::replace(&mut self.first, before);
        let mut rest = Vec::with_capacity(BLOCK_BYTES_MAX);
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

/// Shows each durable event from a position on, below another, to whoever folds them.
type Visit<'a> = dyn FnMut(u64, Told<'_>) + 'a;

impl Shared {
    /// Visits durable events from a position on, below another: the facts where there are any, else the events.
    pub(crate) fn visit_facts(&self, from: u64, before: u64, visit: &mut Visit<'_>) -> Result<(), Fatal> {
        let durable = self.durable();
        let before = before.min(durable.head.size);
        let mut position = from;
        let stored = before.min(durable.facts_first);
        while position < stored {
            let (waiting, next) = self.waiting_facts(position);
            if let Some((first, facts)) = waiting {
                let began = position;
                let shown = self.show(first, &facts, &mut position, stored, visit)?;
                shown.map_err(in_memory)?;
                if position > began {
                    continue;
                }
            }
            let stored = stored.min(next.max(position + 1));
            match self.visit_sled(&mut position, stored, visit)? {
                Ok(()) => {}
                Err(fault) => self.distrust(&fault),
            }
        }
        let shown = self.show(durable.facts_first, &durable.facts, &mut position, before, visit)?;
        shown.map_err(in_memory)?;
        self.visit_events(&mut position, before, visit)
    }

    /// The block of facts on its way to sled that holds a position, and else the first position of those that are.
    fn waiting_facts(&self, position: u64) -> (Option<Block>, u64) {
        let waiting = reading(&self.waiting_facts);
        let next = waiting.partition_point(|(first, _)| *first <= position);
        let block = next.checked_sub(1).and_then(|at| waiting.get(at));
        let first = waiting.front().map_or(u64::MAX, |(first, _)| *first);
        (block.cloned(), first)
    }

    /// Goes through the facts in sled up to a position, and through the events where sled has none.
    fn visit_sled(
        &self,
        position: &mut u64,
        before: u64,
        visit: &mut Visit<'_>,
    ) -> Result<Result<(), Fault>, Fatal> {
        let Some(blocks) = self.blocks() else {
            return self.visit_events(position, before, visit).map(Ok);
        };
        for block in blocks.facts_from(*position) {
            let (first, value) = match block {
                Ok(block) => block,
                Err(fault) => return Ok(Err(fault)),
            };
            self.visit_events(position, first.min(before), visit)?;
            if *position >= before {
                return Ok(Ok(()));
            }
            let shown = match read_block(&value) {
                Ok(facts) => self.show(first, facts, position, before, visit)?,
                Err(fault) => Err(fault),
            };
            if let Err(fault) = shown {
                return Ok(Err(fault));
            }
        }
        self.visit_events(position, before, visit).map(Ok)
    }

    /// Shows the facts of one block from a position on, below another; the position moves along.
    fn show(
        &self,
        first_position: u64,
        mut facts: &[u8],
        position: &mut u64,
        before: u64,
        visit: &mut Visit<'_>,
    ) -> Result<Result<(), Fault>, Fatal> {
        let mut at = first_position;
        while let Some((fact, rest)) = match first(facts) {
            Ok(first) if *position < before => first,
            Ok(_) => None,
            Err(fault) => return Ok(Err(fault)),
        } {
            facts = rest;
            at += 1;
            if at <= *position {
                continue;
            }
            // Those to be read whole often stand together, and are read together.
            match decode(fact) {
                Ok(FactV1::Whole) => {
                    let mut end = at;
                    while let Ok(Some((next, rest))) = first(facts)
                        && end < before
                        && matches!(decode(next), Ok(FactV1::Whole))
                    {
                        (end, facts) = (end + 1, rest);
                    }
                    at = end;
                    self.visit_events(position, end, visit)?;
                }
                Ok(fact) => {
                    visit(*position, Told::Fact(&fact));
                    *position = at;
                }
                Err(fault) => return Ok(Err(fault)),
            }
        }
        Ok(Ok(()))
    }

    fn visit_events(&self, position: &mut u64, before: u64, visit: &mut Visit<'_>) -> Result<(), Fatal> {
        if *position < before {
            self.visit(*position, before, &mut |record| {
                let event = &record.event;
                visit(event.position, Told::Event(event));
                true
            })?;
            *position = before;
        }
        Ok(())
    }
}
