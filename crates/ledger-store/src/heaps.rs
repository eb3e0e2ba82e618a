//! Facts that wait to be told, the facts of one programme or cost group in one heap: what they change then lies in the
//! processor's cache. Heaps are told on as many threads as there are who fold.

use std::{
    panic,
    sync::{Mutex, PoisonError},
    thread::{self, Builder},
};

use ledger_contract::event::Event;

use crate::{
    Fatal,
    facts::{decode, first, of_what},
    log::{FactVisit, Told},
    parts::{part_of, part_of_fact, part_of_stream, spread},
    record::Record,
    shared::Shared,
};

/// Over two to the power of how many heaps the facts of one part are divided.
const HEAPS_LOG: u32 = 10;

/// The heaps of all parts, one part for each who folds.
pub(crate) struct Heaps {
    parts: Vec<Part>,
    bytes: usize,
}

/// Facts one after the other, each after its position and length.
type Heap = Vec<u8>;
type Part = Vec<Heap>;

/// One of those who fold, and the part of the streams that is theirs.
pub(crate) struct Folder<'a, 'v> {
    visit: &'a mut FactVisit<'v>,
    part: usize,
    parts: usize,
}

impl Heaps {
    pub(crate) fn of(parts: usize) -> Self {
        Self {
            parts: vec![vec![Vec::new(); 1 << HEAPS_LOG]; parts],
            bytes: 0,
        }
    }

    /// The bytes of all facts in them.
    pub(crate) fn bytes(&self) -> u64 {
        self.bytes as u64
    }

    pub(crate) fn add(&mut self, position: u64, fact: &[u8]) {
        let length = u16::try_from(fact.len()).unwrap_or(u16::MAX);
        let part = part_of_fact(fact, self.parts.len());
        if let Some(heap) = self.heap_mut(part, of_what(fact)) {
            heap.extend_from_slice(&position.to_le_bytes());
            heap.extend_from_slice(&length.to_le_bytes());
            heap.extend_from_slice(fact);
            self.bytes += 10 + fact.len();
        }
    }

    /// Takes the heap with the facts of a programme.
    pub(crate) fn take_programme(&mut self, programme: &str) -> Vec<u8> {
        let length = u8::try_from(programme.len()).unwrap_or(u8::MAX);
        let begins = [&[2, length], programme.as_bytes()].concat();
        let part = part_of(programme, self.parts.len());
        let heap = self.heap_mut(part, &begins).map(std::mem::take);
        let heap = heap.unwrap_or_default();
        self.bytes -= heap.len();
        heap
    }

    fn heap_mut(&mut self, part: usize, begins: &[u8]) -> Option<&mut Heap> {
        let number = usize::try_from(spread(begins) >> (u64::BITS - HEAPS_LOG)).ok()?;
        self.parts.get_mut(part)?.get_mut(number)
    }

    /// Tells everybody their part, at once; nothing is left.
    pub(crate) fn tell(&mut self, shared: &Shared, visits: &mut [&mut FactVisit<'_>]) -> Result<(), Fatal> {
        self.bytes = 0;
        let threads = visits.len();
        let parts = Mutex::new(visits.iter_mut().zip(&mut self.parts).enumerate());
        let next = || parts.lock().unwrap_or_else(PoisonError::into_inner).next();
        let tell_next = || {
            let mut told = Ok(());
            while let Some((part, (visit, heaps))) = next() {
                let mut folder = Folder {
                    visit: *visit,
                    part,
                    parts: threads,
                };
                for heap in heaps {
                    told = told.and_then(|()| folder.tell_heap(shared, heap));
                    // Also after an error: nothing is told twice.
                    heap.clear();
                }
            }
            told
        };
        thread::scope(|scope| {
            // Where there can be no thread, this one does its work.
            let other = |_| Builder::new().spawn_scoped(scope, tell_next).ok();
            let others: Vec<_> = (1..threads).filter_map(other).collect();
            let mut told = tell_next();
            for other in others {
                let theirs = other.join().unwrap_or_else(|reason| panic::resume_unwind(reason));
                told = told.and(theirs);
            }
            told
        })
    }
}

impl<'a, 'v> Folder<'a, 'v> {
    /// The one with this part.
    pub(crate) fn of(visits: &'a mut [&mut FactVisit<'v>], part: usize) -> Option<Self> {
        let parts = visits.len();
        let visit = &mut **visits.get_mut(part)?;
        Some(Self { visit, part, parts })
    }

    /// Tells the facts of one heap.
    pub(crate) fn tell_heap(&mut self, shared: &Shared, mut heap: &[u8]) -> Result<(), Fatal> {
        while let Some((position, rest)) = heap.split_first_chunk() {
            let Ok(Some((fact, rest))) = first(rest) else {
                break;
            };
            self.tell(shared, u64::from_le_bytes(*position), fact)?;
            heap = rest;
        }
        Ok(())
    }

    /// Tells a fact; the event itself when the fact cannot be read.
    pub(crate) fn tell(&mut self, shared: &Shared, position: u64, fact: &[u8]) -> Result<(), Fatal> {
        if let Some(fact) = decode(fact) {
            (self.visit)(position, Told::Fact(&fact));
            return Ok(());
        }
        let mut is_theirs = true;
        shared.visit(position, position + 1, &mut |Record { event, .. }| {
            is_theirs = part_of_stream(&event.stream, self.parts) == self.part;
            if is_theirs {
                self.tell_event(&event);
            }
            true
        })?;
        if is_theirs {
            return Ok(());
        }
        Err(Fatal::Damaged {
            what: format!("the fact of position {position} in the folder sled"),
            how: "it is of another stream than its event".to_owned(),
            remedy: "nothing on the tape is touched; remove the folder sled and open again".to_owned(),
        })
    }

    pub(crate) fn tell_event(&mut self, event: &Event) {
        (self.visit)(event.position, Told::Event(event));
    }
}
