//! A disk whose syncs wait until the test lets them go on.

use std::{
    io,
    path::{Path, PathBuf},
    sync::{Arc, Condvar, Mutex, MutexGuard},
};

use ledger_store::disk::{Disk, File, RealDisk};

#[derive(Debug, Default)]
struct State {
    held: bool,
    /// Syncs that wait.
    waiting: u32,
    /// Whether a sync that may go on does its work.
    let_go: Vec<bool>,
    refuses_writes: bool,
}

/// The real disk, until it is held.
#[derive(Clone, Debug, Default)]
pub(crate) struct HeldDisk(Arc<(Mutex<State>, Condvar)>);

impl HeldDisk {
    fn lock(&self) -> MutexGuard<'_, State> {
        self.0.0.lock().unwrap()
    }

    fn change(&self, change: impl FnOnce(&mut State)) {
        change(&mut self.lock());
        self.0.1.notify_all();
    }

    fn wait_while(&self, condition: impl Fn(&State) -> bool) -> MutexGuard<'_, State> {
        self.0
            .1
            .wait_while(self.lock(), |state| condition(state))
            .unwrap()
    }

    /// From here on every sync of a file waits.
    pub(crate) fn hold(&self) {
        self.change(|state| state.held = true);
    }

    /// Returns when a sync waits.
    pub(crate) fn is_reached(&self) {
        drop(self.wait_while(|state| state.waiting == 0));
    }

    /// Lets one sync go on, once it waits: well, or with an error.
    pub(crate) fn let_go(&self, well: bool) {
        self.is_reached();
        self.change(|state| {
            state.waiting -= 1;
            state.let_go.push(well);
        });
    }

    pub(crate) fn refuse_writes(&self) {
        self.change(|state| state.refuses_writes = true);
    }

    /// Holds nothing any more.
    pub(crate) fn release(&self) {
        self.change(|state| *state = State::default());
    }

    fn sync(&self) -> io::Result<()> {
        if !self.lock().held {
            return Ok(());
        }
        self.change(|state| state.waiting += 1);
        let mut state = self.wait_while(|state| state.held && state.let_go.is_empty());
        match state.let_go.pop() {
            Some(false) => Err(io::Error::other("made to fail by a test")),
            _ => Ok(()),
        }
    }
}

impl Disk for HeldDisk {
    fn create_dir(&self, path: &Path) -> io::Result<()> {
        RealDisk.create_dir(path)
    }

    fn create(&self, path: &Path) -> io::Result<Box<dyn File>> {
        Ok(Box::new(HeldFile(RealDisk.create(path)?, self.clone())))
    }

    fn open(&self, path: &Path, write: bool) -> io::Result<Box<dyn File>> {
        Ok(Box::new(HeldFile(RealDisk.open(path, write)?, self.clone())))
    }

    fn remove(&self, path: &Path) -> io::Result<()> {
        RealDisk.remove(path)
    }

    fn rename(&self, from: &Path, to: &Path) -> io::Result<()> {
        RealDisk.rename(from, to)
    }

    fn sync_dir(&self, path: &Path) -> io::Result<()> {
        RealDisk.sync_dir(path)
    }

    fn list(&self, path: &Path) -> io::Result<Vec<PathBuf>> {
        RealDisk.list(path)
    }
}

#[derive(Debug)]
struct HeldFile(Box<dyn File>, HeldDisk);

impl File for HeldFile {
    fn read_at(&self, into: &mut [u8], offset: u64) -> io::Result<usize> {
        self.0.read_at(into, offset)
    }

    fn write_at(&self, bytes: &[u8], offset: u64) -> io::Result<()> {
        if self.1.lock().refuses_writes {
            return Err(io::Error::other("made to fail by a test"));
        }
        self.0.write_at(bytes, offset)
    }

    fn sync_data(&self) -> io::Result<()> {
        self.1.sync()?;
        self.0.sync_data()
    }

    fn length(&self) -> io::Result<u64> {
        self.0.length()
    }
}
