//! Where the scribe works: beside the writer for short groups, on a thread of its own once a group is long, so that the
//! next commands are decided meanwhile.

use std::{
    mem,
    sync::mpsc::{Receiver, SyncSender, sync_channel},
    thread::{Builder, JoinHandle},
};

use crate::{Fatal, chunk::Chunk, scribe::Scribe};

/// How many chunks wait for the scribe at most: few enough that they are still in the cache when it comes to them.
const WAITING_MAX: usize = 4;

#[derive(Debug)]
pub(crate) struct Desk {
    scribe: At,
    /// Made for the first long group.
    thread: Option<Thread>,
}

#[derive(Debug)]
enum At {
    Here(Box<Scribe>),
    /// On its thread.
    Away,
}

#[derive(Debug)]
struct Thread {
    orders: SyncSender<Order>,
    /// The scribe comes back when it is called, or when it has failed.
    back: Receiver<Box<Scribe>>,
    /// Chunks that are written, for their memory.
    empty: Receiver<Chunk>,
    handle: JoinHandle<()>,
}

#[derive(Debug)]
enum Order {
    Begin(Box<Scribe>),
    Take(Chunk),
    Return,
}

impl Desk {
    pub(crate) fn new(scribe: Scribe) -> Self {
        Self {
            scribe: At::Here(Box::new(scribe)),
            thread: None,
        }
    }

    /// The scribe, called back when it is away; what failed there is told now.
    pub(crate) fn scribe(&mut self) -> Result<&mut Scribe, Fatal> {
        if let (At::Away, Some(thread)) = (&self.scribe, &self.thread) {
            // Nobody takes the order when the scribe has failed: then it is on its way back.
            let _ = thread.orders.send(Order::Return);
            if let Ok(scribe) = thread.back.recv() {
                self.scribe = At::Here(scribe);
            }
        }
        let At::Here(scribe) = &mut self.scribe else {
            let why = "the thread that writes the tape panicked";
            return Err(Fatal::Poisoned(why.to_owned()));
        };
        match scribe.failure() {
            Some(fatal) => Err(fatal.clone()),
            None => Ok(scribe),
        }
    }

    /// A chunk that was written, with nothing in it and its memory, when there is one: new memory costs more than what is
    /// put into it.
    pub(crate) fn empty(&self) -> Option<Chunk> {
        self.thread.as_ref()?.empty.try_recv().ok()
    }

    /// Has the scribe take a chunk on its thread, and goes on.
    pub(crate) fn give(&mut self, chunk: Chunk) -> Result<(), Fatal> {
        if self.thread.is_none() {
            self.thread = start();
        }
        let Some(thread) = &self.thread else {
            return self.scribe()?.take(chunk);
        };
        let gone = match mem::replace(&mut self.scribe, At::Away) {
            At::Here(scribe) => thread.orders.send(Order::Begin(scribe)).is_err(),
            At::Away => false,
        };
        if gone || thread.orders.send(Order::Take(chunk)).is_err() {
            // It has failed, and tells why.
            self.scribe()?;
        }
        Ok(())
    }
}

impl Drop for Desk {
    fn drop(&mut self) {
        if let Some(thread) = self.thread.take() {
            drop(thread.orders);
            // A panic there was told when the scribe was called back.
            let _ = thread.handle.join();
        }
    }
}

/// None when there can be no such thread; then the writer does the work.
fn start() -> Option<Thread> {
    let (orders, received) = sync_channel(WAITING_MAX);
    let (returns, back) = sync_channel(1);
    // All there are: those that wait, the one at hand, and the one that is written.
    let (written, empty) = sync_channel(WAITING_MAX + 2);
    let thread = Builder::new().name("scribe".to_owned());
    let handle = thread.spawn(move || work(&received, &returns, &written)).ok()?;
    Some(Thread {
        orders,
        back,
        empty,
        handle,
    })
}

fn work(orders: &Receiver<Order>, returns: &SyncSender<Box<Scribe>>, written: &SyncSender<Chunk>) {
    let mut here = None;
    for order in orders {
        match (order, here.take()) {
            (Order::Begin(scribe), _) => here = Some(scribe),
            (Order::Take(chunk), Some(mut scribe)) => {
                if scribe.take(chunk).is_err() {
                    let _ = returns.send(scribe);
                    return;
                }
                for chunk in scribe.take_written() {
                    // There are enough of them, where some waited for the group before.
                    let _ = written.try_send(chunk);
                }
                here = Some(scribe);
            }
            (Order::Return, Some(scribe)) => {
                // Nobody waits for it when the desk is gone.
                let _ = returns.send(scribe);
            }
            (Order::Take(_) | Order::Return, None) => {}
        }
    }
}
