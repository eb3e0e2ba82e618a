//! The thread that files blocks in sled, so that the writer does not wait for it.
//!
//! Its work waits in a short queue; when that is full the writer waits too. What it was given is durable on the tape:
//! a crash loses nothing but the work, and the next opening does it again.

use std::{
    collections::VecDeque,
    mem,
    sync::{
        Arc, RwLock,
        mpsc::{Receiver, SyncSender, TryRecvError, sync_channel},
    },
    thread::JoinHandle,
};

use ledger_proof::Hash;
use sled::IVec;

use crate::{
    Snapshot, SnapshotKind,
    blocks::{BLOCK_BYTES_MAX, Blocks, Fault, key},
    blocks_head::BlocksHead,
    shared::{Block, Shared, writing},
    snapshots,
};

/// How many blocks are handed over at once: waking the thread takes the writer longer than making a block.
const TOGETHER: usize = 16;
/// How many times as many wait at most: 16 MiB.
const WAITING_MAX: usize = 128;
/// How many blocks are filed together: 1 MiB. After a kill the next opening reads their events from the tape.
const FILED_TOGETHER: usize = 128;
/// How many blocks' memory is kept for the next ones: new memory costs more than what is put into it.
const EMPTY_MAX: usize = 2 * FILED_TOGETHER;

/// The writer's end. It never fails: when sled does, readers go to the tape.
#[derive(Debug)]
pub(crate) struct Clerk {
    shared: Arc<Shared>,
    /// None when there is no thread, and then the writer does the work.
    thread: Option<(SyncSender<Vec<Work>>, JoinHandle<()>)>,
    /// Blocks that are not handed over yet.
    held: Vec<Work>,
    /// The memory of blocks that sled has.
    empty: Receiver<Vec<u8>>,
}

#[derive(Debug)]
enum Work {
    Block(Block),
    /// A block of facts.
    Facts(Block),
    /// After the blocks that it tells of.
    Head(BlocksHead),
    /// Whatever begins at a position or behind it goes.
    Cut(u64),
    /// The roots of full tiles, from the one with this number on.
    Tiles(u64, Vec<Hash>),
    Keep(SnapshotKind, Snapshot),
    Remove(SnapshotKind, u64),
    Flush(SyncSender<()>),
}

impl Clerk {
    pub(crate) fn new(shared: Arc<Shared>) -> Self {
        let (sender, receiver) = sync_channel(WAITING_MAX);
        let (filed, empty) = sync_channel(EMPTY_MAX);
        let theirs = Arc::clone(&shared);
        let thread = std::thread::Builder::new()
            .name("sled".to_owned())
            .spawn(move || work(&theirs, &receiver, &filed));
        if let Err(error) = &thread {
            tracing::warn!(%error, "there is no thread for sled: commits wait for it");
        }
        let thread = thread.ok().map(|handle| (sender, handle));
        Self {
            shared,
            thread,
            held: Vec::new(),
            empty,
        }
    }

    /// Memory for a block: of one that was filed, when there is one.
    pub(crate) fn empty(&self) -> Vec<u8> {
        let empty = self.empty.try_recv();
        empty.unwrap_or_else(|_| Vec::with_capacity(BLOCK_BYTES_MAX))
    }

    /// Takes a block, which readers find at once.
    pub(crate) fn file(&mut self, block: Block) {
        writing(&self.shared.waiting).push_back(block.clone());
        self.hold(Work::Block(block));
    }

    /// Takes a block of facts, which readers find at once.
    pub(crate) fn file_facts(&mut self, block: Block) {
        writing(&self.shared.waiting_facts).push_back(block.clone());
        self.hold(Work::Facts(block));
    }

    /// Forgets the blocks that begin at a position or behind it, none of which a head tells of.
    pub(crate) fn cut(&mut self, size: u64) {
        for waiting in [&self.shared.waiting, &self.shared.waiting_facts] {
            writing(waiting).retain(|(first, _)| *first < size);
        }
        self.give(Work::Cut(size));
    }

    /// Takes the roots of full tiles, which are found at once.
    pub(crate) fn file_tiles(&mut self, first: u64, roots: Vec<Hash>) {
        if !roots.is_empty() {
            self.shared.tiles.hold(first, &roots);
            self.hold(Work::Tiles(first, roots));
        }
    }

    /// Takes a snapshot, and removes an earlier one of its kind after that.
    pub(crate) fn keep(&mut self, kind: SnapshotKind, snapshot: Snapshot, earlier: Option<u64>) {
        self.give(Work::Keep(kind, snapshot));
        if let Some(earlier) = earlier {
            self.give(Work::Remove(kind, earlier));
        }
    }

    /// Takes the head for the blocks before it, and goes with them. An older one that still waits tells nothing more.
    pub(crate) fn head(&mut self, head: BlocksHead) {
        self.held.retain(|work| !matches!(work, Work::Head(_)));
        self.hold(Work::Head(head));
    }

    /// Waits until everything was done, and handed to the operating system.
    pub(crate) fn catch_up(&mut self) {
        let (done, is_done) = sync_channel(1);
        self.give(Work::Flush(done));
        // An error means that the work was dropped with the thread, which nothing ends before this does.
        let _ = is_done.recv();
    }

    fn hold(&mut self, work: Work) {
        self.held.push(work);
        if self.held.len() >= TOGETHER {
            self.hand_over();
        }
    }

    fn give(&mut self, work: Work) {
        self.held.push(work);
        self.hand_over();
    }

    fn hand_over(&mut self) {
        let held = mem::take(&mut self.held);
        let left = match &self.thread {
            Some((sender, _)) => sender.send(held).err().map(|unsent| unsent.0),
            None => Some(held),
        };
        if let Some(left) = left {
            drop(act_on_all(&self.shared, left));
        }
    }
}

impl Drop for Clerk {
    fn drop(&mut self) {
        self.hand_over();
        if let Some((sender, handle)) = self.thread.take() {
            // It ends when it has done what waits.
            drop(sender);
            let _ = handle.join();
        }
    }
}

fn work(shared: &Shared, waiting: &Receiver<Vec<Work>>, filed: &SyncSender<Vec<u8>>) {
    let mut at_hand = Vec::new();
    loop {
        // Readers find them in memory, so nobody waits for these.
        let more = if at_hand.iter().all(Work::can_wait) {
            waiting.recv().map_err(|_| TryRecvError::Disconnected)
        } else {
            waiting.try_recv()
        };
        let is_last = matches!(more, Err(TryRecvError::Disconnected));
        let is_all = more.map(|more| at_hand.extend(more)).is_err();
        if is_all || at_hand.len() >= FILED_TOGETHER {
            for empty in act_on_all(shared, mem::take(&mut at_hand)) {
                // There are enough of them.
                let _ = filed.try_send(empty);
            }
        }
        if is_last {
            return;
        }
    }
}

/// Does what is at hand, in its order; tells the memory of what was filed.
fn act_on_all(shared: &Shared, at_hand: Vec<Work>) -> Vec<Vec<u8>> {
    shared.reopen_when_due();
    ask(shared, &|blocks| {
        Blocks::make_room(&blocks.events, &keys_of(&at_hand, Work::record_keys))?;
        Blocks::make_room(&blocks.facts, &keys_of(&at_hand, Work::facts_keys))
    });
    let filed = at_hand.into_iter().filter_map(|work| act(shared, work));
    filed.collect()
}

fn keys_of(works: &[Work], keys: fn(&Work) -> Vec<IVec>) -> Vec<IVec> {
    works.iter().flat_map(keys).collect()
}

impl Work {
    fn can_wait(&self) -> bool {
        matches!(
            self,
            Self::Block(_) | Self::Facts(_) | Self::Tiles(..) | Self::Head(_)
        )
    }

    /// The keys of a block of records.
    fn record_keys(&self) -> Vec<IVec> {
        match self {
            Self::Block((first, records)) => {
                let parts = (0..).zip(records.chunks(BLOCK_BYTES_MAX));
                parts.map(|(part, _)| key(*first, part)).collect()
            }
            _ => Vec::new(),
        }
    }

    fn facts_keys(&self) -> Vec<IVec> {
        match self {
            Self::Facts((first, _)) => vec![key(*first, 0)],
            _ => Vec::new(),
        }
    }
}

/// Asks sled, as long as it can be trusted.
fn ask(shared: &Shared, call: &dyn Fn(&Blocks) -> Result<(), Fault>) {
    if let Some(blocks) = shared.blocks()
        && let Err(fault) = call(&blocks)
    {
        shared.distrust(&fault);
    }
}

fn act(shared: &Shared, work: Work) -> Option<Vec<u8>> {
    let ask = |call: &dyn Fn(&Blocks) -> Result<(), Fault>| ask(shared, call);
    match work {
        Work::Block((first, records)) => {
            ask(&|blocks| blocks.put_block(first, &records));
            // sled has it, or has failed: then the tape is read.
            return leave(&shared.waiting, records);
        }
        Work::Facts((first, facts)) => {
            ask(&|blocks| blocks.put_facts(first, &facts));
            return leave(&shared.waiting_facts, facts);
        }
        Work::Tiles(first, roots) => shared.tiles.write(first, &roots),
        Work::Cut(size) => ask(&|blocks| blocks.cut(size)),
        Work::Keep(kind, snapshot) => ask(&|blocks| snapshots::put(blocks, kind, &snapshot)),
        Work::Remove(kind, position) => ask(&|blocks| snapshots::remove(blocks, kind, position)),
        Work::Head(head) => ask(&|blocks| blocks.put_head(&head)),
        Work::Flush(done) => {
            ask(&Blocks::flush);
            // Whoever asked may be gone.
            let _ = done.send(());
        }
    }
    None
}

/// A block that was filed waits no more. One that was cut off in the meantime is not there, and another may have its place.
/// Tells its memory, emptied, when nobody else reads it and it is no longer than most.
fn leave(waiting: &RwLock<VecDeque<Block>>, block: Arc<Vec<u8>>) -> Option<Vec<u8>> {
    let is_it = |(_, first): &mut Block| Arc::ptr_eq(first, &block);
    drop(writing(waiting).pop_front_if(is_it));
    let mut empty = Arc::into_inner(block)?;
    empty.clear();
    (empty.capacity() <= BLOCK_BYTES_MAX).then_some(empty)
}
