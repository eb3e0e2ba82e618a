//! A place in sled for what is made from the log and takes long to make again: states, reports, indexes.
//!
//! A snapshot is a hint about the log and never more: it is handed out only when its bytes have their hash and the log
//! had its root when it had as many events. Whoever finds none reads the log instead.

use std::sync::Arc;

use bincode::Options as _;
use ledger_proof::Hash;
use serde::{Deserialize, Serialize};
use sha2::{Digest as _, Sha256};
use sled::IVec;

use crate::{
    blocks::{BLOCK_BYTES_MAX, Blocks, Fault, guard},
    shared::Shared,
};

const MAGIC: [u8; 4] = *b"RKS\x01";
/// How many bytes go to sled at once: whole parts, enough of them that there is room for their keys.
const HELD_BYTES: usize = BLOCK_BYTES_MAX << 7;

/// What a snapshot is of. The name is part of its keys and holds no zero byte; bytes that were written under another
/// schema are not handed out.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct SnapshotKind {
    /// Such as `budget-position`.
    pub name: &'static str,
    /// Raised whenever the meaning of the bytes changes.
    pub schema: u32,
}

/// What a state was after the first `position` events.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Snapshot {
    /// How many events it stands on: the end of a commit.
    pub position: u64,
    /// The log's root over those events.
    pub root: Hash,
    /// Opaque; the keeper knows its own schema.
    pub bytes: Vec<u8>,
}

/// The snapshots of a log on disk. Copies are cheap, and may be used from any thread: nothing waits for the writer.
#[derive(Clone, Debug)]
pub struct Snapshots(pub(crate) Arc<Shared>);

/// What is written last: it tells of the parts. Version 1, frozen.
#[derive(Serialize, Deserialize)]
struct HeadV1 {
    schema: u32,
    root: Hash,
    bytes: u64,
    hash: Hash,
}

impl Snapshots {
    /// Keeps a snapshot, in the place of one of the same kind and position; tells whether it is kept. It is not when
    /// sled has failed, now or before, which costs nothing but the time to make the state again.
    ///
    /// The old head is removed, the parts are written, then the new head. A crash on the way leaves parts that no head
    /// tells of, or parts of two snapshots under a head whose hash they do not have: no snapshot in either case. A
    /// crash soon after may lose it whole.
    pub fn store(&self, kind: SnapshotKind, snapshot: &Snapshot) -> bool {
        let parts = |parts: &mut Parts<'_>| parts.add(&snapshot.bytes);
        self.write(kind, snapshot.position, snapshot.root, parts)
            .is_some()
    }

    /// The same for bytes that are written one after the other and are never in memory together; tells how many they are.
    pub fn write(
        &self,
        kind: SnapshotKind,
        position: u64,
        root: Hash,
        write: impl FnOnce(&mut Parts<'_>) -> Option<()>,
    ) -> Option<u64> {
        let written = self.0.ask(|blocks| {
            let mut parts = Parts::begin(blocks, kind, position)?;
            match (write(&mut parts), parts.fault.take()) {
                (_, Some(fault)) => Err(fault),
                (Some(()), None) => parts.end(root).map(Some),
                (None, None) => remove(blocks, kind, position).map(|()| None),
            }
        });
        // Flushed, so that a kill leaves it; a power cut need not.
        self.0.ask(Blocks::flush).and(written?)
    }

    /// The newest snapshot of a kind that stands on at most `events` events and can be trusted; none when there is no
    /// such, and then the log is to be read from its beginning.
    pub fn load(&self, kind: SnapshotKind, events: u64) -> Option<Snapshot> {
        let positions = self.positions(kind);
        let newest_first = positions.into_iter().rev().filter(|position| *position <= events);
        newest_first
            .into_iter()
            .find_map(|position| self.0.snapshot(kind, position))
    }

    /// On how many events each snapshot of a kind stands that lies here, ascending; some may be of another schema or
    /// damaged.
    pub fn positions(&self, kind: SnapshotKind) -> Vec<u64> {
        self.0.ask(|blocks| positions(blocks, kind)).unwrap_or_default()
    }

    /// Removes a snapshot, its head first: a crash on the way leaves parts that no head tells of.
    pub fn remove(&self, kind: SnapshotKind, position: u64) {
        self.0.ask(|blocks| remove(blocks, kind, position));
    }
}

impl Shared {
    /// Asks sled, as long as it can be trusted.
    fn ask<T>(&self, call: impl FnOnce(&Blocks) -> Result<T, Fault>) -> Option<T> {
        let blocks = self.blocks()?;
        call(&blocks).inspect_err(|fault| self.distrust(fault)).ok()
    }

    /// The snapshot that stands on exactly so many events, when it can be trusted.
    pub(crate) fn snapshot(&self, kind: SnapshotKind, position: u64) -> Option<Snapshot> {
        let snapshot = self.ask(|blocks| get(blocks, kind, position)).flatten()?;
        // A tape that cannot be read here says so to whoever reads on.
        let root = self.root_at(position).ok().flatten()?;
        (root == snapshot.root).then_some(snapshot)
    }
}

/// The key of a snapshot's head; its parts follow it, each with its number.
pub(crate) fn key(kind: SnapshotKind, position: u64) -> Vec<u8> {
    let name = kind.name.as_bytes();
    [name, &[0], &position.to_be_bytes()].concat()
}

pub(crate) fn part_key(kind: SnapshotKind, position: u64, part: u32) -> Vec<u8> {
    [&key(kind, position)[..], &part.to_be_bytes()].concat()
}

fn options() -> impl bincode::Options {
    bincode::DefaultOptions::new()
        .with_fixint_encoding()
        .with_little_endian()
        .with_limit(1_024)
        .reject_trailing_bytes()
}

/// Writes a snapshot; whoever flushes next takes it along.
pub(crate) fn put(blocks: &Blocks, kind: SnapshotKind, snapshot: &Snapshot) -> Result<(), Fault> {
    let mut parts = Parts::begin(blocks, kind, snapshot.position)?;
    parts.try_add(&snapshot.bytes)?;
    parts.end(snapshot.root).map(drop)
}

/// A snapshot that is being written, of which a part is in memory at a time.
pub struct Parts<'a> {
    blocks: &'a Blocks,
    kind: SnapshotKind,
    position: u64,
    /// What is not in sled yet, and the number of the part that it begins with.
    held: Vec<u8>,
    next: u32,
    bytes: u64,
    hash: Sha256,
    fault: Option<Fault>,
}

impl<'a> Parts<'a> {
    fn begin(blocks: &'a Blocks, kind: SnapshotKind, position: u64) -> Result<Self, Fault> {
        remove(blocks, kind, position)?;
        Ok(Self {
            blocks,
            kind,
            position,
            held: Vec::new(),
            next: 0,
            bytes: 0,
            hash: Sha256::new(),
            fault: None,
        })
    }

    /// Adds bytes; none once sled has failed, and then no more are wanted.
    pub fn add(&mut self, bytes: &[u8]) -> Option<()> {
        self.try_add(bytes).map_err(|fault| self.fault = Some(fault)).ok()
    }

    fn try_add(&mut self, bytes: &[u8]) -> Result<(), Fault> {
        self.bytes += bytes.len() as u64;
        self.hash.update(bytes);
        for bytes in bytes.chunks(HELD_BYTES) {
            self.held.extend_from_slice(bytes);
            if self.held.len() >= HELD_BYTES {
                self.file(HELD_BYTES)?;
            }
        }
        Ok(())
    }

    /// Puts the first bytes that are held into sled: whole parts, or all of them.
    fn file(&mut self, bytes: usize) -> Result<(), Fault> {
        let parts = self.held.get(..bytes).unwrap_or_default().chunks(BLOCK_BYTES_MAX);
        let key = |part| part_key(self.kind, self.position, part).into();
        let keys: Vec<IVec> = (self.next..).map(key).take(parts.len()).collect();
        Blocks::make_room(&self.blocks.snapshots, &keys)?;
        guard("writing a snapshot", || {
            for (key, bytes) in keys.iter().zip(parts) {
                self.blocks.insert(&self.blocks.snapshots, key, bytes)?;
            }
            Ok(())
        })?;
        self.next += u32::try_from(keys.len()).unwrap_or_default();
        self.held.drain(..bytes);
        Ok(())
    }

    /// Writes the head, and tells how many bytes it is of.
    fn end(mut self, root: Hash) -> Result<u64, Fault> {
        self.file(self.held.len())?;
        let head = HeadV1 {
            schema: self.kind.schema,
            root,
            bytes: self.bytes,
            hash: self.hash.finalize().into(),
        };
        let head = options()
            .serialize(&head)
            .map_err(|error| format!("a snapshot's head cannot be written: {error}"))?;
        let checksum = crc32fast::hash(&head).to_le_bytes();
        let head = [&MAGIC[..], &checksum, &head].concat();
        let (blocks, key) = (self.blocks, key(self.kind, self.position));
        guard("writing a snapshot", || {
            blocks.insert(&blocks.snapshots, &key, &head)
        })?;
        Ok(self.bytes)
    }
}

fn get(blocks: &Blocks, kind: SnapshotKind, position: u64) -> Result<Option<Snapshot>, Fault> {
    let snapshot = guard("reading a snapshot", || {
        let Some(head) = blocks.snapshots.get(key(kind, position))? else {
            return Ok(None);
        };
        let Some(head) = read_head(&head).filter(|head| head.schema == kind.schema) else {
            return Ok(None);
        };
        let (mut bytes, mut hash) = (Vec::new(), Sha256::new());
        // A length that no memory can hold is wrong.
        let length = usize::try_from(head.bytes).unwrap_or(usize::MAX);
        if bytes.try_reserve_exact(length).is_err() {
            return Ok(None);
        }
        for part in blocks
            .snapshots
            .range(part_key(kind, position, 0)..key(kind, position.saturating_add(1)))
        {
            let (_, part) = part?;
            hash.update(&part);
            bytes.extend_from_slice(&part);
        }
        let whole = bytes.len() as u64 == head.bytes && Hash::from(hash.finalize()) == head.hash;
        Ok(whole.then_some(Snapshot {
            position,
            root: head.root,
            bytes,
        }))
    })?;
    blocks.has_read(snapshot.as_ref().map_or(0, |snapshot| snapshot.bytes.len()))?;
    Ok(snapshot)
}

fn read_head(bytes: &[u8]) -> Option<HeadV1> {
    let (checksum, body) = bytes.strip_prefix(&MAGIC)?.split_first_chunk()?;
    let right = crc32fast::hash(body) == u32::from_le_bytes(*checksum);
    right.then(|| options().deserialize(body).ok()).flatten()
}

/// Hops from snapshot to snapshot, newest first, over their parts.
fn positions(blocks: &Blocks, kind: SnapshotKind) -> Result<Vec<u64>, Fault> {
    let prefix = [kind.name.as_bytes(), &[0]].concat();
    let mut above = [kind.name.as_bytes(), &[1]].concat();
    let mut found = Vec::new();
    while let Some((last, _)) = guard("reading a snapshot", || blocks.snapshots.get_lt(&above))? {
        let position = last.strip_prefix(&prefix[..]).and_then(<[u8]>::first_chunk);
        let Some(position) = position.map(|position| u64::from_be_bytes(*position)) else {
            break;
        };
        found.push(position);
        above = key(kind, position);
    }
    found.reverse();
    Ok(found)
}

pub(crate) fn remove(blocks: &Blocks, kind: SnapshotKind, position: u64) -> Result<(), Fault> {
    guard("removing a snapshot", || {
        blocks.snapshots.remove(key(kind, position))?;
        for part in blocks.snapshots.scan_prefix(key(kind, position)).keys() {
            blocks.snapshots.remove(part?)?;
        }
        Ok(())
    })
}
