//! Reading facts: from the block in the making, from those on their way to sled, from sled; and the records of events
//! that have none.

use ledger_contract::event::Stream;

use crate::{
    Fatal,
    blocks::Fault,
    facts::{first, is_whole, read_block},
    heaps::{Folder, Heaps},
    log::FactVisit,
    parts::{part_of_fact, part_of_stream},
    shared::{Block, Durable, Shared, in_memory, reading},
};

/// From so many events on it pays to fold those of one stream together.
const TOGETHER_EVENTS_MIN: u64 = 4_096;
/// How many bytes of facts are put together: more of more events, since more sums are changed by them, and memory that is
/// new costs as much as telling what is put there. With half of the most a rebuild at ten million events takes a sixth
/// longer.
const TOGETHER_BYTES_PER_EVENT: u64 = 4;
const TOGETHER_BYTES_MIN: u64 = 1 << 16;
const TOGETHER_BYTES_MAX: u64 = 16 << 20;

/// Where a reader is: the events before the position were told, or are put together.
struct Telling<'a, 'b, 'v> {
    shared: &'a Shared,
    position: u64,
    before: u64,
    visits: &'a mut [&'b mut FactVisit<'v>],
    /// None when there are few facts.
    heaps: Option<Heaps>,
    /// How many bytes of them wait at most.
    together_bytes: u64,
}

impl Shared {
    /// Tells of durable events from a position on, below another: the facts where there are any, else the events. After
    /// an error some of them were told, and none twice.
    pub(crate) fn visit_facts(
        &self,
        from: u64,
        before: u64,
        visits: &mut [&mut FactVisit<'_>],
    ) -> Result<(), Fatal> {
        let durable = self.durable();
        let before = before.min(durable.head.size);
        let events = before.saturating_sub(from);
        let together_bytes = events.saturating_mul(TOGETHER_BYTES_PER_EVENT);
        let mut telling = Telling {
            shared: self,
            position: from,
            before,
            heaps: (events >= TOGETHER_EVENTS_MIN).then(|| Heaps::of(visits.len())),
            together_bytes: together_bytes.clamp(TOGETHER_BYTES_MIN, TOGETHER_BYTES_MAX),
            visits,
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

impl Telling<'_, '_, '_> {
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
            let (shared, part) = (self.shared, part_of_fact(fact, self.visits.len()));
            let folder = Folder::of(self.visits, part);
            return folder.map_or(Ok(()), |mut folder| folder.tell(shared, position, fact));
        };
        heaps.add(position, fact);
        if heaps.bytes() < self.together_bytes {
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
            let part = part_of_stream(&event.stream, self.visits.len());
            let Some(mut folder) = Folder::of(self.visits, part) else {
                return true;
            };
            // Costs only add, so the order of a region's events makes no difference to them; that of a programme's does.
            if let (Stream::Programme(id), Some(heaps)) = (&event.stream, &mut self.heaps) {
                let before = heaps.take_programme(id.as_str());
                failed = folder.tell_heap(shared, &before);
            }
            if failed.is_ok() {
                folder.tell_event(event);
            }
            failed.is_ok()
        })?;
        self.position = before;
        failed
    }

    fn tell_all(&mut self) -> Result<(), Fatal> {
        let heaps = self.heaps.as_mut();
        heaps.map_or(Ok(()), |heaps| heaps.tell(self.shared, self.visits))
    }
}
