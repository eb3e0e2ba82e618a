//! Reading facts: from the block in the making, from those on their way to sled, from sled; and the records of events
//! that have none.

use ledger_contract::{
    event::{Event, Stream},
    facts::FactV1,
};

use crate::{
    Fatal,
    blocks::Fault,
    facts::{decode, first, is_whole, of_what, read_block},
    log::Told,
    shared::{Block, Durable, Shared, in_memory, reading},
};

/// From so many events on it pays to fold those of one stream together.
const TOGETHER_EVENTS_MIN: u64 = 4_096;
/// How many bytes of facts are put together at most. With half of it a rebuild at ten million events takes a sixth longer.
const TOGETHER_BYTES_MAX: usize = 16 << 20;
/// Over two to the power of how many heaps they are divided.
const HEAPS_LOG: u32 = 10;

/// Whoever folds.
type Visit<'a> = dyn FnMut(u64, Told<'_>) + 'a;

/// Where a reader is: the events before the position were told, or are put together.
struct Telling<'a, 'v> {
    shared: &'a Shared,
    position: u64,
    before: u64,
    visit: &'a mut Visit<'v>,
    /// Facts that wait to be told, each after its position and length, the facts of one programme or cost group in one
    /// heap: what they change then lies in the processor's cache. None when there are few.
    heaps: Option<Heaps>,
}

struct Heaps {
    heaps: Vec<Vec<u8>>,
    bytes: usize,
}

impl Shared {
    /// Tells of durable events from a position on, below another: the facts where there are any, else the events. After
    /// an error those were told that stand before some position, and no others.
    pub(crate) fn visit_facts(&self, from: u64, before: u64, visit: &mut Visit<'_>) -> Result<(), Fatal> {
        let durable = self.durable();
        let before = before.min(durable.head.size);
        let mut telling = Telling {
            shared: self,
            position: from,
            before,
            visit,
            heaps: (before.saturating_sub(from) >= TOGETHER_EVENTS_MIN).then(Heaps::new),
        };
        let read = telling.read(&durable);
        telling.tell_all()?;
        read
    }

    /// The block of facts on its way to sled that holds a position, and else the first position of those that are.
    fn waiting_facts(&self, position: u64) -> (Option<Block>, u64) {
        let waiting = reading(&self.waiting_facts);
        let next = waiting.partition_point(|(first, _)| *first <= position);
        let block = next.checked_sub(1).and_then(|at| waiting.get(at));
        let first = waiting.front().map_or(u64::MAX, |(first, _)| *first);
        (block.cloned(), first)
    }
}

impl Telling<'_, '_> {
    fn read(&mut self, durable: &Durable) -> Result<(), Fatal> {
        let stored = self.before.min(durable.facts_first);
        while self.position < stored {
            let began = self.position;
            let (waiting, next) = self.shared.waiting_facts(began);
            if let Some((first, facts)) = waiting {
                self.facts(first, &facts)?.map_err(in_memory)?;
                if self.position > began {
                    continue;
                }
            }
            if let Err(fault) = self.sled(stored.min(next.max(began + 1)))? {
                self.shared.distrust(&fault);
            }
        }
        let tail = self.facts(durable.facts_first, &durable.facts)?;
        tail.map_err(in_memory)?;
        self.events(self.before)
    }

    /// Goes through the facts in sled up to a position, and through the events where sled has none.
    fn sled(&mut self, before: u64) -> Result<Result<(), Fault>, Fatal> {
        let Some(blocks) = self.shared.blocks() else {
            return self.events(before).map(Ok);
        };
        for block in blocks.facts_from(self.position) {
            let (first, value) = match block {
                Ok(block) => block,
                Err(fault) => return Ok(Err(fault)),
            };
            self.events(first.min(before))?;
            if self.position >= before {
                return Ok(Ok(()));
            }
            let told = match read_block(&value) {
                Ok(facts) => self.facts(first, facts)?,
                Err(fault) => Err(fault),
            };
            if told.is_err() {
                return Ok(told);
            }
        }
        self.events(before).map(Ok)
    }

    /// Goes through the facts of one block, which begins at a position.
    fn facts(&mut self, mut at: u64, mut facts: &[u8]) -> Result<Result<(), Fault>, Fatal> {
        while self.position < self.before {
            let (fact, rest) = match first(facts) {
                Ok(None) => break,
                Ok(Some(first)) => first,
                Err(fault) => return Ok(Err(fault)),
            };
            facts = rest;
            at += 1;
            if at <= self.position {
                continue;
            }
            if is_whole(fact) {
                // They often stand together, and are read together.
                while let Ok(Some((next, rest))) = first(facts)
                    && is_whole(next)
                    && at < self.before
                {
                    (at, facts) = (at + 1, rest);
                }
                self.events(at)?;
            } else {
                self.fact(fact)?;
            }
        }
        Ok(Ok(()))
    }

    /// Takes the fact of the next event.
    fn fact(&mut self, fact: &[u8]) -> Result<(), Fatal> {
        let position = self.position;
        self.position += 1;
        let Some(heaps) = &mut self.heaps else {
            return self.tell(position, fact);
        };
        heaps.add(position, fact);
        if heaps.bytes < TOGETHER_BYTES_MAX {
            return Ok(());
        }
        self.tell_all()
    }

    /// Takes the next events up to a position, from their records.
    fn events(&mut self, before: u64) -> Result<(), Fatal> {
        let before = before.min(self.before);
        if self.position >= before {
            return Ok(());
        }
        let (shared, mut failed) = (self.shared, Ok(()));
        shared.visit(self.position, before, &mut |record| {
            let event = &record.event;
            // Costs only add, so the order of a region's events makes no difference to them; that of a programme's does.
            if let (Stream::Programme(id), Some(heaps)) = (&event.stream, &mut self.heaps) {
                let before = heaps.take_programme(id.as_str());
                failed = self.tell_heap(&before);
            }
            (self.visit)(event.position, Told::Event(event));
            failed.is_ok()
        })?;
        self.position = before;
        failed
    }

    fn tell_all(&mut self) -> Result<(), Fatal> {
        let Some(mut heaps) = self.heaps.take() else {
            return Ok(());
        };
        for heap in &mut heaps.heaps {
            self.tell_heap(heap)?;
            heap.clear();
        }
        heaps.bytes = 0;
        self.heaps = Some(heaps);
        Ok(())
    }

    fn tell_heap(&mut self, mut heap: &[u8]) -> Result<(), Fatal> {
        while let Some((position, rest)) = heap.split_first_chunk() {
            let Ok(Some((fact, rest))) = first(rest) else {
                break;
            };
            self.tell(u64::from_le_bytes(*position), fact)?;
            heap = rest;
        }
        Ok(())
    }

    /// Tells a fact; the event itself when the fact cannot be read.
    fn tell(&mut self, position: u64, fact: &[u8]) -> Result<(), Fatal> {
        match decode(fact) {
            Some(fact) if fact != FactV1::Whole => (self.visit)(position, Told::Fact(&fact)),
            _ => {
                let mut tell = |event: &Event| (self.visit)(position, Told::Event(event));
                self.shared.visit(position, position + 1, &mut |record| {
                    tell(&record.event);
                    true
                })?;
            }
        }
        Ok(())
    }
}

impl Heaps {
    fn new() -> Self {
        Self {
            heaps: vec![Vec::new(); 1 << HEAPS_LOG],
            bytes: 0,
        }
    }

    fn add(&mut self, position: u64, fact: &[u8]) {
        let length = u16::try_from(fact.len()).unwrap_or(u16::MAX);
        if let Some(heap) = self.heaps.get_mut(heap_of(of_what(fact))) {
            heap.extend_from_slice(&position.to_le_bytes());
            heap.extend_from_slice(&length.to_le_bytes());
            heap.extend_from_slice(fact);
            self.bytes += 10 + fact.len();
        }
    }

    /// Takes the heap with the facts of a programme.
    fn take_programme(&mut self, programme: &str) -> Vec<u8> {
        let length = u8::try_from(programme.len()).unwrap_or(u8::MAX);
        let begins = [&[2, length], programme.as_bytes()].concat();
        let heap = self.heaps.get_mut(heap_of(&begins)).map(std::mem::take);
        let heap = heap.unwrap_or_default();
        self.bytes -= heap.len();
        heap
    }
}

/// Any even spread does: it decides about speed alone.
fn heap_of(begins: &[u8]) -> usize {
    let (words, rest) = begins.as_chunks();
    let words = words.iter().map(|word| u64::from_le_bytes(*word));
    let rest = rest.iter().map(|byte| u64::from(*byte));
    // The upper bits depend on all that lie below.
    let sum = words
        .chain(rest)
        .fold(0u64, |sum, part| (sum ^ part).wrapping_mul(0x9e37_79b9_7f4a_7c15));
    usize::try_from(sum >> (u64::BITS - HEAPS_LOG)).unwrap_or(0)
}
