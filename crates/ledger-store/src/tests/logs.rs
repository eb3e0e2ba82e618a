//! Both logs pass the suite; the one on disk with blocks and with the tape alone.

use ledger_contract::value::Instant;
use tempfile::TempDir;

use super::{open, small};
use crate::{
    MemoryLog, TapeLog,
    conformance::{self, Fixture},
};

struct InMemory;

impl Fixture for InMemory {
    type Log = MemoryLog;
    fn open(&mut self, now: Instant) -> MemoryLog {
        MemoryLog::new("test.example/ledger", now).unwrap()
    }
    fn reopen(&mut self, log: MemoryLog, _: Instant) -> MemoryLog {
        log
    }
}

#[test]
fn the_log_in_memory_conforms() {
    conformance::all(|| InMemory);
}

struct OnDisk {
    directory: TempDir,
    without_sled: bool,
}

impl Fixture for OnDisk {
    type Log = TapeLog;
    fn open(&mut self, now: Instant) -> TapeLog {
        let (log, opened, events) = open(self.directory.path(), &small(), now).unwrap();
        assert_eq!(opened.events, events.len() as u64);
        if self.without_sled {
            log.shared.set_blocks(None);
        }
        log
    }
    fn reopen(&mut self, log: TapeLog, now: Instant) -> TapeLog {
        drop(log);
        self.open(now)
    }
}

#[test]
fn the_log_on_disk_conforms() {
    conformance::all(|| OnDisk {
        directory: tempfile::tempdir().unwrap(),
        without_sled: false,
    });
}

#[test]
fn the_log_on_disk_conforms_after_sled_has_failed() {
    conformance::all(|| OnDisk {
        directory: tempfile::tempdir().unwrap(),
        without_sled: true,
    });
}
