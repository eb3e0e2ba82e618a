//! A group that was written and is being synced, while the next one is staged.

use crate::{
    Fatal, Head,
    blocks::Fault,
    group::Group,
    record::{self, Record},
    tape::{Place, Syncing, wait_for},
};

/// The group, until it is durable. Nothing is written to the tape before that: a crash leaves it whole, or a tail.
#[derive(Debug)]
pub(crate) struct Ahead {
    /// Closed; it holds all its records.
    group: Group,
    /// The log after it.
    head: Head,
    /// Where its last event's line ends.
    next: Place,
    syncing: Syncing,
}

impl Ahead {
    pub(crate) fn new(group: Group, head: Head, next: Place, syncing: Syncing) -> Self {
        Self {
            group,
            head,
            next,
            syncing,
        }
    }

    pub(crate) fn head(&self) -> Head {
        self.head
    }

    /// The record at a position, when it is one of the group's.
    pub(crate) fn record(&self, position: u64) -> Option<Result<Record, Fault>> {
        let (_, _, record) = self.group.event(position)?;
        Some(record::decode(record?).map_err(|error| error.to_string()))
    }

    /// Waits for the disk: what it said, the group, the log after it, and where its last event's line ends.
    pub(crate) fn wait(self) -> (Result<(), Fatal>, Group, Head, Place) {
        (wait_for(self.syncing), self.group, self.head, self.next)
    }
}
