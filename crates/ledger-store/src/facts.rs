//! Facts: what the figures need of each event, in blocks of their own beside the records, so that folding a whole log
//! reads a tenth of the bytes.
//!
//! They are a hint made from the events and never more. A block that is missing costs the time to read the records; one
//! that is damaged is sled's fault as any other.

use bincode::Options as _;
use ledger_contract::{event::Event, facts::FactV1};

use crate::{
    blocks::{BLOCK_BYTES_MAX, Fault},
    shared::Block,
};

/// The first bytes of a block in sled, and the CRC-32 of what follows them.
const MAGIC: [u8; 4] = *b"RKF\x01";
pub(crate) const HEADER_BYTES: usize = 8;
/// A fact that would be longer, with its length, is kept as [`FactV1::Whole`]: one with very many funders.
const FACT_BYTES_MAX: usize = 1 << 10;

/// The bytes of [`FactV1::Whole`].
const WHOLE: &[u8] = &[1];

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
    // Measuring it first, which a limit does, would take as long as writing it.
    let written = options()
        .with_no_limit()
        .serialize_into(&mut *into, &FactV1::of(event));
    if written.is_err() || into.len() - start > FACT_BYTES_MAX {
        into.truncate(start + 2);
        into.extend_from_slice(WHOLE);
    }
    let length = u16::try_from(into.len() - start - 2).unwrap_or(u16::MAX);
    if let Some(to) = into.get_mut(start..start + 2) {
        to.copy_from_slice(&length.to_le_bytes());
    }
}

/// The bytes of a fact; none when they are too many.
#[cfg(test)]
pub(crate) fn bytes_of(fact: &FactV1<'_>) -> Option<Vec<u8>> {
    options().serialize(fact).ok()
}

/// A fact and those behind it.
type Split<'a> = (&'a [u8], &'a [u8]);

/// The first fact of a block, not decoded, and those behind it; none at the end of the block.
pub(crate) fn first(block: &[u8]) -> Result<Option<Split<'_>>, Fault> {
    let Some((length, rest)) = block.split_first_chunk() else {
        let short = || Err("a fact is cut short".to_owned());
        return if block.is_empty() { Ok(None) } else { short() };
    };
    let fact = rest.split_at_checked(u16::from_le_bytes(*length).into());
    fact.map(Some).ok_or_else(|| "a fact is cut short".to_owned())
}

/// The fact in exactly these bytes.
pub(crate) fn decode(fact: &[u8]) -> Option<FactV1<'_>> {
    options().deserialize(fact).ok()
}

pub(crate) fn is_whole(fact: &[u8]) -> bool {
    fact == WHOLE
}

/// The bytes that a fact begins with: what it is, and the programme that it is of, or the region and the cost group.
pub(crate) fn of_what(fact: &[u8]) -> &[u8] {
    let names = match fact.first() {
        Some(2) => 1,
        Some(3) => 2,
        _ => 0,
    };
    // The length of a name takes one byte.
    let end = (0..names).try_fold(1, |at, _| Some(at + 1 + usize::from(*fact.get(at)?)));
    end.and_then(|end| fact.get(..end)).unwrap_or_default()
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
