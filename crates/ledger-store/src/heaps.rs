//! Facts that wait to be told, the facts of one programme or cost group in one heap: what they change then lies in the
//! processor's cache. Heaps are told on as many threads as there are who fold.

use std::{
    panic,
    sync::{Mutex, PoisonError},
    thread::{self, Builder},
};

use ledger_contract::{event::Stream, facts::FactV1};

use crate::{
    Fatal,
    facts::{decode, first, of_what, stream_of},
    log::{FactVisit, Told},
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
    pub(crate) visit: &'a mut FactVisit<'v>,
    pub(crate) part: usize,
    pub(crate) parts: usize,
}

/// Which of so many parts a programme or a region is in.
pub fn part_of(id: &str, parts: usize) -> usize {
    part_of_bytes(id.as_bytes(), parts)
}

/// The same of a stream.
pub(crate) fn part_of_stream(stream: &Stream, parts: usize) -> usize {
    match stream {
        Stream::Ledger => 0,
        Stream::Programme(id) | Stream::Region(id) => part_of(id.as_str(), parts),
    }
}

/// The same of a fact.
pub(crate) fn part_of_fact(fact: &[u8], parts: usize) -> usize {
    part_of_bytes(stream_of(fact), parts)
}

fn part_of_bytes(id: &[u8], parts: usize) -> usize {
    let spread = usize::try_from(spread(id) >> u32::BITS).unwrap_or(0);
    spread.checked_rem(parts).unwrap_or(0)
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

impl Folder<'_, '_> {
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
        match decode(fact) {
            Some(fact) if fact != FactV1::Whole => (self.visit)(position, Told::Fact(&fact)),
            _ => {
                let mut is_theirs = true;
                shared.visit(position, position + 1, &mut |Record { event, .. }| {
                    is_theirs = part_of_stream(&event.stream, self.parts) == self.part;
                    if is_theirs {
                        (self.visit)(position, Told::Event(&event));
                    }
                    true
                })?;
                if !is_theirs {
                    return Err(Fatal::Damaged {
                        what: format!("the fact of position {position} in the folder sled"),
                        how: "it is of another stream than its event".to_owned(),
                        remedy: "nothing on the tape is touched; remove the folder sled and open again"
                            .to_owned(),
                    });
                }
            }
        }
        Ok(())
    }
}

/// Any even spread does: it decides about speed alone.
fn spread(bytes: &[u8]) -> u64 {
    let (words, rest) = bytes.as_chunks();
    let words = words.iter().map(|word| u64::from_le_bytes(*word));
    let rest = rest.iter().map(|byte| u64::from(*byte));
    // The upper bits depend on all that lie below.
    words
        .chain(rest)
        .fold(0u64, |sum, part| (sum ^ part).wrapping_mul(0x9e37_79b9_7f4a_7c15))
}
