//! A group that was written and is being synced, while the next one is staged.

use crate::{
    Fatal, Head,
    tape::{Syncing, wait_for},
};

/// The group, until it is durable. Nothing is written to the tape before that: a crash leaves it whole, or a tail.
#[derive(Debug)]
pub(crate) struct Ahead {
    /// The log after it.
    head: Head,
    syncing: Syncing,
}

impl Ahead {
    pub(crate) fn new(head: Head, syncing: Syncing) -> Self {
        Self { head, syncing }
    }

    pub(crate) fn head(&self) -> Head {
        self.head
    }

    /// Waits for the disk: the log after the group, when it is durable.
    pub(crate) fn wait(self) -> Result<Head, Fatal> {
        wait_for(self.syncing).map(|()| self.head)
    }
}
