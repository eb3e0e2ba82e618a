//! Where the scribe works: beside the writer for short groups, on a thread of its own once a group is long or is closed
//! ahead, so that the next commands are decided meanwhile.

use std::{
    mem,
    sync::mpsc::{Receiver, SyncSender, sync_channel},
    thread::{Builder, JoinHandle},
};

use ledger_contract::value::Instant;

use crate::{
    Fatal,
    chunk::Chunk,
    scribe::{Scribe, Settled},
};

/// How many chunks wait for the scribe at most: few enough that they are still in the cache when it comes to them.
const WAITING_MAX: usize = 4;

#[derive(Debug)]
pub(crate) struct Desk {
    scribe: At,
    /// Made for the first group that asks for it.
    thread: Option<Thread>,
    /// A group was closed ahead, and nobody was told yet that it is durable.
    closing: bool,
    /// The same, where there could be no thread: it is.
    closed: Option<Settled>,
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
    /// Of each group that was closed ahead, once it is durable.
    closed: Receiver<Option<Settled>>,
    /// Chunks that are written, for their memory.
    empty: Receiver<Chunk>,
    handle: JoinHandle<()>,
}

enum Order {
    Begin(Box<Scribe>),
    Take(Chunk),
    Close(Closing),
    Return,
}

/// A group with events that is to be closed.
pub(crate) struct Closing {
    /// The last of it.
    pub(crate) chunk: Chunk,
    pub(crate) recorded_at: Instant,
    pub(crate) answered: Answered,
}

/// Who is called once the disk has answered, or never will: when this is dropped.
pub(crate) struct Answered(Option<Box<dyn FnOnce() + Send>>);

impl Answered {
    pub(crate) fn by(call: impl FnOnce() + Send + 'static) -> Self {
        Self(Some(Box::new(call)))
    }
}

impl Drop for Answered {
    fn drop(&mut self) {
        if let Some(call) = self.0.take() {
            call();
        }
    }
}

impl Desk {
    pub(crate) fn new(scribe: Scribe) -> Self {
        Self {
            scribe: At::Here(Box::new(scribe)),
            thread: None,
            closing: false,
            closed: None,
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
    pub(crate) fn give(&mut self, mut chunk: Chunk) -> Result<(), Fatal> {
        if self.has_thread() {
            return self.order(Order::Take(chunk));
        }
        self.scribe()?.take(&mut chunk)
    }

    /// Has the scribe close a group on its thread and make it durable, and goes on.
    pub(crate) fn close(&mut self, mut closing: Closing) -> Result<(), Fatal> {
        if self.has_thread() {
            self.order(Order::Close(closing))?;
        } else {
            self.closed = self.scribe()?.close(&mut closing.chunk, closing.recorded_at)?;
        }
        self.closing = true;
        Ok(())
    }

    /// Waits until the group that was closed is durable; none when there is none such.
    pub(crate) fn settle(&mut self) -> Result<Option<Settled>, Fatal> {
        if !mem::take(&mut self.closing) {
            return Ok(None);
        }
        let here = self.closed.take();
        let Some(thread) = self.thread.as_ref().filter(|_| here.is_none()) else {
            return Ok(here);
        };
        match thread.closed.recv() {
            Ok(closed) => Ok(closed),
            // It has failed, and tells why.
            Err(_) => self.scribe().map(|_| None),
        }
    }

    fn has_thread(&mut self) -> bool {
        if self.thread.is_none() {
            self.thread = start();
        }
        self.thread.is_some()
    }

    fn order(&mut self, order: Order) -> Result<(), Fatal> {
        if matches!(self.scribe, At::Here(_)) {
            // One that has failed writes no more.
            self.scribe()?;
        }
        let Some(thread) = &self.thread else {
            return Ok(());
        };
        let gone = match mem::replace(&mut self.scribe, At::Away) {
            At::Here(scribe) => thread.orders.send(Order::Begin(scribe)).is_err(),
            At::Away => false,
        };
        if gone || thread.orders.send(order).is_err() {
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
    let (tells, closed) = sync_channel(1);
    // All there are: those that wait, the one at hand, and the one that is written.
    let (written, empty) = sync_channel(WAITING_MAX + 2);
    let at = Door {
        returns,
        tells,
        written,
    };
    let thread = Builder::new().name("scribe".to_owned());
    let handle = thread.spawn(move || work(&received, &at)).ok()?;
    Some(Thread {
        orders,
        back,
        closed,
        empty,
        handle,
    })
}

/// What leaves the scribe's thread.
struct Door {
    returns: SyncSender<Box<Scribe>>,
    tells: SyncSender<Option<Settled>>,
    written: SyncSender<Chunk>,
}

fn work(orders: &Receiver<Order>, door: &Door) {
    let mut here: Option<Box<Scribe>> = None;
    for order in orders {
        let Some(mut scribe) = here.take() else {
            if let Order::Begin(scribe) = order {
                here = Some(scribe);
            }
            continue;
        };
        let done = match order {
            Order::Begin(_) => Ok(()),
            Order::Return => {
                // Nobody waits for it when the desk is gone.
                let _ = door.returns.send(scribe);
                continue;
            }
            Order::Take(mut chunk) => scribe.take(&mut chunk).map(|()| {
                // There are enough of them, where nobody takes it.
                let _ = door.written.try_send(chunk);
            }),
            Order::Close(Closing {
                mut chunk,
                recorded_at,
                answered,
            }) => scribe.close(&mut chunk, recorded_at).map(|closed| {
                let _ = door.written.try_send(chunk);
                // Told before anybody is called; there is room, since a group is closed after the one before it was told.
                let _ = door.tells.send(closed);
                drop(answered);
            }),
        };
        if done.is_err() {
            let _ = door.returns.send(scribe);
            return;
        }
        here = Some(scribe);
    }
}
