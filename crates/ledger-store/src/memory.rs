//! A log in memory: for tests of what stands on a log, and the measure that the tape is held against.
//!
//! It is written apart from the tape's indexes and readers, so that the two do not share a mistake.

use std::{
    collections::{BTreeMap, HashMap},
    sync::{Arc, RwLock},
};

use ledger_contract::{
    event::{Details, EntryKind, Event, Stream, write_leaf},
    value::Instant,
};
use ledger_proof::{Hash, Tree, leaf_hash};

use crate::{
    AppendError, EventLog, EventReader, Fatal, Head, Mark, NewCommand, Recorded,
    destroy::Order,
    render::{Salts, Sealed, events_of, ledger_opened, line},
    shared::{reading, writing},
};

#[derive(Debug)]
struct Durable {
    head: Head,
    events: Vec<Recorded>,
    /// The root after each commit, by size.
    roots: BTreeMap<u64, Hash>,
}

/// A log that ends with the process.
#[derive(Debug)]
pub struct MemoryLog {
    durable: Arc<RwLock<Durable>>,
    /// The whole log with what is staged, which makes lookups plain.
    all: Vec<Recorded>,
    tree: Tree,
    open: Option<Instant>,
    versions: HashMap<Stream, u64>,
    salts: Salts,
    line: Vec<u8>,
}

/// A reader of a [`MemoryLog`].
#[derive(Clone, Debug)]
pub struct MemoryReader(Arc<RwLock<Durable>>);

impl MemoryLog {
    /// A new log that holds `ledgerOpened`. Salts are the same every time.
    pub fn new(origin: &str, now: Instant) -> Result<Self, Fatal> {
        let head = Head {
            size: 0,
            root: Tree::default().root(),
            recorded_at: Instant(i64::MIN),
        };
        let durable = Durable {
            head,
            events: Vec::new(),
            roots: BTreeMap::new(),
        };
        let mut log = Self {
            durable: Arc::new(RwLock::new(durable)),
            all: Vec::new(),
            tree: Tree::default(),
            open: None,
            versions: HashMap::new(),
            salts: Salts::new(Some([7; 32]))?,
            line: Vec::new(),
        };
        log.begin(now)?;
        match log.stage(ledger_opened(origin, now)) {
            Ok(_) => log.commit().map(|_| log),
            Err(AppendError::Fatal(fatal)) => Err(fatal),
            Err(refusal) => Err(Fatal::Poisoned(refusal.to_string())),
        }
    }

    fn durable_head(&self) -> Head {
        reading(&self.durable).head
    }

    fn matching(&self, wanted: impl Fn(&Event) -> bool) -> Vec<Event> {
        let events = self.all.iter().map(|(event, _)| event);
        events.filter(|event| wanted(event)).cloned().collect()
    }
}

impl EventLog for MemoryLog {
    type Reader = MemoryReader;

    fn reader(&self) -> MemoryReader {
        MemoryReader(Arc::clone(&self.durable))
    }

    fn salts(&self) -> Salts {
        self.salts.clone()
    }

    fn begin(&mut self, now: Instant) -> Result<Instant, Fatal> {
        let after = Instant(self.durable_head().recorded_at.0.saturating_add(1));
        Ok(*self.open.get_or_insert(now.max(after)))
    }

    fn stage(&mut self, command: NewCommand) -> Result<Vec<Recorded>, AppendError> {
        let stamp = self.open.ok_or_else(no_group)?;
        let version = self.version(&command.stream);
        if let Some(expected) = command.expected_version.filter(|expected| *expected != version) {
            return Err(AppendError::Conflict {
                stream: command.stream,
                expected,
                actual: version,
            });
        }
        let stream = command.stream.clone();
        let mut staged = Vec::with_capacity(command.events.len());
        for (mut event, details) in events_of(command, self.mark().size, version, stamp) {
            let sealed = details.map_or(Ok(None), |details| details.sealed(&self.salts))?;
            self.line.clear();
            line(&mut event, sealed.as_ref(), &mut self.line)?;
            staged.push((event, sealed.map(Sealed::into_read).transpose()?));
        }
        // Nothing changes above this line: a refused event takes its whole command with it.
        *self.versions.entry(stream).or_default() += staged.len() as u64;
        self.all.extend_from_slice(&staged);
        Ok(staged)
    }

    fn mark(&self) -> Mark {
        Mark {
            size: self.all.len() as u64,
        }
    }

    fn rollback(&mut self, mark: Mark) -> Result<(), Fatal> {
        if mark
            < (Mark {
                size: self.tree.size(),
            })
            || mark > self.mark()
        {
            return Err(outside());
        }
        while self.mark() > mark {
            if let Some((event, _)) = self.all.pop() {
                self.versions.insert(event.stream, event.version - 1);
            }
        }
        Ok(())
    }

    fn commit(&mut self) -> Result<Head, Fatal> {
        let mut durable = writing(&self.durable);
        let Some(recorded_at) = self.open.take() else {
            return Ok(durable.head);
        };
        let new = self
            .all
            .iter()
            .skip(durable.events.len())
            .cloned()
            .collect::<Vec<_>>();
        if new.is_empty() {
            return Ok(durable.head);
        }
        for (event, _) in &new {
            self.line.clear();
            write_leaf(event, &mut self.line).map_err(|error| Fatal::Poisoned(error.to_string()))?;
            self.tree.push(leaf_hash(&self.line));
        }
        durable.events.extend(new);
        durable.head = Head {
            size: self.tree.size(),
            root: self.tree.root(),
            recorded_at,
        };
        let Head { size, root, .. } = durable.head;
        durable.roots.insert(size, root);
        Ok(durable.head)
    }

    fn version(&self, stream: &Stream) -> u64 {
        self.versions.get(stream).copied().unwrap_or(0)
    }

    fn entry_events(&self, stream: &Stream, kind: EntryKind, id: &str) -> Result<Vec<Event>, Fatal> {
        Ok(self.matching(|event| {
            event.stream == *stream && event.data.entry_keys().any(|key| key == (kind, id))
        }))
    }

    fn key_events(&self, key: &str) -> Result<Vec<Event>, Fatal> {
        let mut events = self.matching(|event| event.idempotency_key.as_deref() == Some(key));
        let command = events.first().map(|event| event.command);
        events.retain(|event| Some(event.command) == command);
        Ok(events)
    }

    fn read_staged(&self, from: u64, visit: &mut dyn FnMut(Event)) -> Result<(), Fatal> {
        self.matching(|event| event.position >= from)
            .into_iter()
            .for_each(visit);
        Ok(())
    }

    fn details(&self, event: &Event) -> Result<Option<Box<Details>>, Fatal> {
        Ok(details_of(&self.all, event))
    }
}

impl MemoryReader {
    fn with<T>(&self, look: impl FnOnce(&Durable) -> T) -> T {
        look(&reading(&self.0))
    }

    fn visit(&self, wanted: impl Fn(&Event) -> bool, visit: &mut dyn FnMut(Event) -> bool) {
        // A copy, so that a slow visitor does not keep the writer waiting.
        let events: Vec<Event> = self.with(|durable| {
            let events = durable.events.iter().map(|(event, _)| event);
            events.filter(|event| wanted(event)).cloned().collect()
        });
        let _ = events
            .into_iter()
            .try_for_each(|event| visit(event).then_some(()));
    }
}

impl EventReader for MemoryReader {
    fn head(&self) -> Head {
        self.with(|durable| durable.head)
    }

    fn read(&self, position: u64, before: u64, visit: &mut dyn FnMut(Event) -> bool) -> Result<(), Fatal> {
        self.visit(|event| (position..before).contains(&event.position), visit);
        Ok(())
    }

    fn read_stream(
        &self,
        stream: &Stream,
        after_version: u64,
        before: u64,
        visit: &mut dyn FnMut(Event) -> bool,
    ) -> Result<(), Fatal> {
        let wanted = |event: &Event| {
            event.stream == *stream && event.version > after_version && event.position < before
        };
        self.visit(wanted, visit);
        Ok(())
    }

    fn stream_version(&self, stream: &Stream, before: u64) -> Result<u64, Fatal> {
        Ok(self.with(|durable| {
            let events = durable.events.iter().map(|(event, _)| event);
            let of_stream = events.filter(|event| event.stream == *stream && event.position < before);
            of_stream.count() as u64
        }))
    }

    fn stream_heads(&self, before: u64) -> Result<Vec<(Stream, u64)>, Fatal> {
        let mut heads = BTreeMap::new();
        self.with(|durable| {
            for (event, _) in durable.events.iter().filter(|(event, _)| event.position < before) {
                heads.insert(event.stream.clone(), event.version);
            }
        });
        Ok(heads.into_iter().collect())
    }

    fn size_at(&self, instant: Instant) -> Result<u64, Fatal> {
        Ok(self.with(|durable| {
            let known = durable
                .events
                .iter()
                .filter(|(event, _)| event.recorded_at <= instant);
            known.count() as u64
        }))
    }

    fn commit_root(&self, size: u64) -> Result<Option<Hash>, Fatal> {
        Ok(self.with(|durable| durable.roots.get(&size).copied()))
    }

    fn details(&self, event: &Event) -> Result<Option<Box<Details>>, Fatal> {
        Ok(self.with(|durable| details_of(&durable.events, event)))
    }
}

fn details_of(events: &[Recorded], event: &Event) -> Option<Box<Details>> {
    let index = usize::try_from(event.position).ok()?;
    let mut orders = events.iter().filter_map(|(other, _)| Order::of(other));
    if orders.any(|order| order.covers(event)) {
        return None;
    }
    events.get(index).and_then(|(_, details)| details.clone())
}

/// A caller's mistake, told as an error because a ledger does not panic on its way to the disk.
pub(crate) fn no_group() -> Fatal {
    Fatal::Poisoned("a command was staged outside a group".to_owned())
}

/// A caller's mistake too.
pub(crate) fn outside() -> Fatal {
    Fatal::Poisoned("a rollback went to a mark outside the open group".to_owned())
}
