//! Facts: what the figures need of each event, in blocks of their own beside the records, so that folding a whole log
//! reads a tenth of the bytes.
//!
//! They are a hint made from the events and never more. A block that is missing costs the time to read the records; one
//! that is damaged is sled's fault as any other.

use bincode::Options as _;
use ledger_contract::{
    event::Event,
    facts::{CostChangeV1, CostV1, EntryChangeV1, EntryV1, FactV1, OpenPartV1, PartsV1},
};

use crate::blocks::Fault;

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
        .with_no_limit()
        .reject_trailing_bytes()
}

/// Adds the fact of an event, its length before it.
pub(crate) fn encode(event: &Event, into: &mut Vec<u8>) {
    let start = into.len();
    into.extend_from_slice(&[0; 2]);
    // With a limit bincode would measure it first, which takes as long as writing it.
    let written = options().serialize_into(&mut *into, &FactV1::of(event));
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

/// The fact in exactly these bytes, read as bincode would read it: that took a fifth of a rebuild, and this a tenth.
pub(crate) fn decode(fact: &[u8]) -> Option<FactV1<'_>> {
    let mut rest = Rest(fact);
    let fact = match rest.byte()? {
        0 => FactV1::Nothing,
        1 => FactV1::Whole,
        2 => FactV1::Entry(EntryV1 {
            programme: rest.text()?,
            day: rest.day()?,
            change: match rest.byte()? {
                0 => EntryChangeV1::CommitmentEntered,
                1 => EntryChangeV1::CommitmentRaised,
                2 => EntryChangeV1::CommitmentReleased,
                3 => EntryChangeV1::ExpenditurePosted,
                4 => EntryChangeV1::ExpenditureCorrected,
                5 => EntryChangeV1::ExpenditureReversed,
                _ => return None,
            },
            project: rest.text()?,
            year: rest.short()?,
            spent: rest.parts()?,
            open: rest.optional(Rest::open_part)?,
            overspends: rest.flag()?,
            taakveld: rest.optional(Rest::text)?,
        }),
        3 => FactV1::Cost(CostV1 {
            region: rest.text()?,
            group: rest.text()?,
            day: rest.day()?,
            change: match rest.byte()? {
                0 => CostChangeV1::Recorded,
                1 => CostChangeV1::Corrected,
                2 => CostChangeV1::Reversed,
                _ => return None,
            },
            municipality: rest.optional(Rest::short)?,
            client_no: rest.optional(|rest| u32::try_from(rest.number()?).ok())?,
            year: rest.short()?,
            cents: rest.signed()?,
        }),
        _ => return None,
    };
    rest.0.is_empty().then_some(fact)
}

/// What is still to be read of a fact.
struct Rest<'a>(&'a [u8]);

impl<'a> Rest<'a> {
    #[inline]
    fn byte(&mut self) -> Option<u8> {
        let (byte, rest) = self.0.split_first()?;
        self.0 = rest;
        Some(*byte)
    }

    #[inline]
    fn flag(&mut self) -> Option<bool> {
        match self.byte()? {
            0 => Some(false),
            1 => Some(true),
            _ => None,
        }
    }

    #[inline]
    #[expect(
        clippy::option_option,
        reason = "bytes that cannot be read, and a value that is none"
    )]
    fn optional<T>(&mut self, read: impl FnOnce(&mut Self) -> Option<T>) -> Option<Option<T>> {
        if self.flag()? {
            read(self).map(Some)
        } else {
            Some(None)
        }
    }

    fn open_part(&mut self) -> Option<OpenPartV1<'a>> {
        Some(OpenPartV1 {
            commitment: self.text()?,
            year: self.short()?,
            parts: self.parts()?,
        })
    }

    #[inline]
    fn bytes<const N: usize>(&mut self) -> Option<[u8; N]> {
        let (bytes, rest) = self.0.split_first_chunk()?;
        self.0 = rest;
        Some(*bytes)
    }

    #[inline]
    fn number(&mut self) -> Option<u64> {
        match self.byte()? {
            251 => self.bytes().map(u16::from_le_bytes).map(u64::from),
            252 => self.bytes().map(u32::from_le_bytes).map(u64::from),
            253 => self.bytes().map(u64::from_le_bytes),
            254.. => None,
            small => Some(small.into()),
        }
    }

    #[inline]
    fn signed(&mut self) -> Option<i64> {
        let zigzag = self.number()?;
        Some((zigzag >> 1).cast_signed() ^ -(zigzag & 1).cast_signed())
    }

    #[inline]
    fn day(&mut self) -> Option<i32> {
        i32::try_from(self.signed()?).ok()
    }

    #[inline]
    fn short(&mut self) -> Option<u16> {
        u16::try_from(self.number()?).ok()
    }

    #[inline]
    fn text(&mut self) -> Option<&'a str> {
        let length = usize::try_from(self.number()?).ok()?;
        let (text, rest) = self.0.split_at_checked(length)?;
        self.0 = rest;
        std::str::from_utf8(text).ok()
    }

    #[inline]
    fn parts(&mut self) -> Option<PartsV1<'a>> {
        let own = self.optional(Self::signed)?;
        let mut funders = Vec::new();
        for _ in 0..self.number()? {
            funders.push((self.text()?, self.signed()?));
        }
        Some(PartsV1 { own, funders })
    }
}

/// Whether the event itself is read in its place: it has no fact, or one that a later program wrote.
pub(crate) fn is_whole(fact: &[u8]) -> bool {
    !matches!(fact.first(), Some(0 | 2 | 3))
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

/// The id of the programme or region that a fact is of.
pub(crate) fn stream_of(fact: &[u8]) -> &[u8] {
    let id = match fact {
        [2 | 3, length, rest @ ..] => rest.get(..usize::from(*length)),
        _ => None,
    };
    id.unwrap_or_default()
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

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn number() -> impl Strategy<Value = i64> {
        let near = |edge: i64| (edge - 3..edge + 3).boxed();
        prop_oneof![
            near(0),
            near(125),
            near(-125),
            near(1 << 15),
            near(1 << 31),
            any::<i64>()
        ]
    }

    /// What stands in a fact that borrows its texts.
    type Parts = (Option<i64>, Vec<(String, i64)>);

    fn parts() -> impl Strategy<Value = Parts> {
        let funders = prop::collection::vec(("[a-z0-9]{1,20}", number()), 0..3);
        (prop::option::of(number()), funders)
    }

    fn lent((own, funders): &Parts) -> PartsV1<'_> {
        PartsV1 {
            own: *own,
            funders: funders
                .iter()
                .map(|(funder, cents)| (funder.as_str(), *cents))
                .collect(),
        }
    }

    proptest! {
        #[test]
        fn facts_are_read_as_bincode_reads_them(
            names in prop::collection::vec("[a-z0-9é]{1,64}", 4),
            (day, year, change) in (any::<i32>(), any::<u16>(), 0..6_usize),
            (spent, open, flags) in (parts(), parts(), any::<(bool, bool, bool)>()),
            (municipality, client_no, cents) in (any::<Option<u16>>(), any::<Option<u32>>(), number()),
            cut in 0..80_usize,
        ) {
            use EntryChangeV1::*;
            let all = [CommitmentEntered, CommitmentRaised, CommitmentReleased,
                ExpenditurePosted, ExpenditureCorrected, ExpenditureReversed];
            let entry = FactV1::Entry(EntryV1 {
                programme: &names[0],
                day,
                change: all[change],
                project: &names[1],
                year,
                spent: lent(&spent),
                open: flags.0.then(|| OpenPartV1 { commitment: &names[2], year, parts: lent(&open) }),
                overspends: flags.1,
                taakveld: flags.2.then_some(names[3].as_str()),
            });
            let all = [CostChangeV1::Recorded, CostChangeV1::Corrected, CostChangeV1::Reversed];
            let cost = FactV1::Cost(CostV1 {
                region: &names[0],
                group: &names[1],
                day,
                change: all[change / 2],
                municipality,
                client_no,
                year,
                cents,
            });
            for fact in [FactV1::Nothing, FactV1::Whole, entry, cost] {
                let bytes = bytes_of(&fact).unwrap();
                prop_assert_eq!(decode(&bytes), Some(fact));
                let short = bytes.get(..cut).unwrap_or(&[]);
                prop_assert_eq!(decode(short), options().deserialize(short).ok());
            }
        }

        #[test]
        fn any_bytes_are_a_fact_or_none(mut bytes in prop::collection::vec(any::<u8>(), 0..60), kind in 0..4_u8) {
            if let Some(first) = bytes.first_mut() {
                *first = kind;
            }
            if let Some(fact) = decode(&bytes) {
                prop_assert_eq!(Some(fact), options().deserialize(&bytes).ok());
            }
        }
    }
}
