//! A disk that fails on demand: one chosen operation goes wrong in one of the ways that disks go wrong.
//!
//! The files are real, so that what is left is opened with the real disk afterwards.

use std::{
    fs, io,
    os::unix::fs::FileExt as _,
    path::{Path, PathBuf},
    sync::{Arc, Mutex, PoisonError},
};

use crate::disk::{BLOCK_BYTES, Disk, File, RealDisk};

/// What tears, in bytes: a write below it happens or does not.
const SECTOR_BYTES: usize = 512;

/// How an operation goes wrong.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Fault {
    /// Nothing happens and an error is told; the operations after it work again.
    Error,
    /// The disk is full: as `Error`, with that reason.
    Full,
    /// Half of a write happens, then every operation fails: the process is gone.
    ShortWrite,
    /// The operation happens, and an error is told.
    DoneButFailed,
    /// The operation does not happen, and none after it: the process is gone. What it wrote is there.
    Crash,
    /// The power goes: of what was not synced, sectors and names chosen by the seed are lost.
    PowerCut(u64),
}

/// A disk whose n-th changing operation goes wrong.
#[derive(Clone, Debug)]
pub struct FaultyDisk(Arc<Mutex<State>>);

#[derive(Debug)]
struct State {
    /// Changing operations so far.
    operations: u64,
    fault: Option<(u64, Fault)>,
    gone: bool,
    unsynced: Vec<Unsynced>,
}

#[derive(Debug)]
enum Unsynced {
    Write {
        path: PathBuf,
        offset: u64,
        old: Vec<u8>,
    },
    Created {
        path: PathBuf,
    },
}

/// What is to be done with an operation.
enum Step {
    Do,
    Refuse(io::Error),
    DoHalf,
    DoAndFail,
}

fn told(kind: io::ErrorKind) -> io::Error {
    io::Error::new(kind, "made to fail by a test")
}

impl FaultyDisk {
    /// A disk that fails at the changing operation with this number, counted from 0; none never fails.
    pub fn new(fault: Option<(u64, Fault)>) -> Self {
        Self(Arc::new(Mutex::new(State {
            operations: 0,
            fault,
            gone: false,
            unsynced: Vec::new(),
        })))
    }

    /// How many changing operations were asked for.
    pub fn operations(&self) -> u64 {
        self.with(|state| state.operations)
    }

    fn with<T>(&self, look: impl FnOnce(&mut State) -> T) -> T {
        look(&mut self.0.lock().unwrap_or_else(PoisonError::into_inner))
    }

    fn step(&self) -> Step {
        self.with(|state| {
            let number = state.operations;
            state.operations += 1;
            if state.gone {
                return Step::Refuse(told(io::ErrorKind::Other));
            }
            let Some((_, fault)) = state.fault.filter(|(at, _)| *at == number) else {
                return Step::Do;
            };
            state.gone = matches!(fault, Fault::ShortWrite | Fault::Crash | Fault::PowerCut(_));
            match fault {
                Fault::Error | Fault::Crash => Step::Refuse(told(io::ErrorKind::Other)),
                Fault::Full => Step::Refuse(told(io::ErrorKind::StorageFull)),
                Fault::ShortWrite => Step::DoHalf,
                Fault::DoneButFailed => Step::DoAndFail,
                Fault::PowerCut(seed) => {
                    lose(&mut state.unsynced, seed);
                    Step::Refuse(told(io::ErrorKind::Other))
                }
            }
        })
    }

    /// An operation that is not a write: half of it is none of it.
    fn run(&self, operation: impl FnOnce() -> io::Result<()>) -> io::Result<()> {
        match self.step() {
            Step::Do => operation(),
            Step::Refuse(error) => Err(error),
            Step::DoHalf => Err(told(io::ErrorKind::Other)),
            Step::DoAndFail => operation().and(Err(told(io::ErrorKind::Other))),
        }
    }

    fn wrap(&self, path: &Path, file: fs::File, in_blocks: bool) -> Box<dyn File> {
        Box::new(FaultyFile {
            disk: self.clone(),
            path: path.to_owned(),
            file,
            in_blocks,
        })
    }
}

/// Takes back what a power cut loses, newest first, sector by sector.
fn lose(unsynced: &mut Vec<Unsynced>, seed: u64) {
    // xorshift64: a seed gives the same losses every time.
    let mut random = seed.wrapping_mul(0x9E37_79B9_7F4A_7C15) | 1;
    let mut coin = move || {
        random ^= random << 13;
        random ^= random >> 7;
        random ^= random << 17;
        random & 1 == 0
    };
    for lost in unsynced.drain(..).rev() {
        match lost {
            Unsynced::Created { path } if coin() => drop(fs::remove_file(path)),
            Unsynced::Created { .. } => {}
            Unsynced::Write { path, offset, old } => {
                let Ok(file) = fs::OpenOptions::new().write(true).open(path) else {
                    continue;
                };
                // Sectors lie at multiples of their size in the file.
                let mut at = 0;
                while at < old.len() {
                    let in_sector = usize::try_from((offset + at as u64) % SECTOR_BYTES as u64).unwrap_or(0);
                    let end = (at + SECTOR_BYTES - in_sector).min(old.len());
                    if coin() {
                        drop(file.write_all_at(old.get(at..end).unwrap_or_default(), offset + at as u64));
                    }
                    at = end;
                }
            }
        }
    }
}

impl Disk for FaultyDisk {
    fn create_dir(&self, path: &Path) -> io::Result<()> {
        self.run(|| RealDisk.create_dir(path))
    }

    fn create(&self, path: &Path) -> io::Result<Box<dyn File>> {
        self.run(|| {
            RealDisk.create(path)?;
            let path = path.to_owned();
            self.with(|state| state.unsynced.push(Unsynced::Created { path }));
            Ok(())
        })?;
        self.open(path, true)
    }

    fn open(&self, path: &Path, write: bool) -> io::Result<Box<dyn File>> {
        let file = fs::OpenOptions::new().read(true).write(write).open(path)?;
        Ok(self.wrap(path, file, false))
    }

    fn open_direct(&self, path: &Path, write: bool) -> io::Result<Box<dyn File>> {
        let file = fs::OpenOptions::new().read(true).write(write).open(path)?;
        Ok(self.wrap(path, file, true))
    }

    fn remove(&self, path: &Path) -> io::Result<()> {
        self.run(|| RealDisk.remove(path))
    }

    fn rename(&self, from: &Path, to: &Path) -> io::Result<()> {
        self.run(|| RealDisk.rename(from, to))
    }

    fn sync_dir(&self, path: &Path) -> io::Result<()> {
        self.run(|| {
            RealDisk.sync_dir(path)?;
            let in_folder = |lost: &Unsynced| matches!(lost, Unsynced::Created { path: file } if file.parent() == Some(path));
            self.with(|state| state.unsynced.retain(|lost| !in_folder(lost)));
            Ok(())
        })
    }

    fn list(&self, path: &Path) -> io::Result<Vec<PathBuf>> {
        RealDisk.list(path)
    }
}

#[derive(Debug)]
struct FaultyFile {
    disk: FaultyDisk,
    path: PathBuf,
    file: fs::File,
    /// Whether it takes whole blocks only, as the system does past its cache.
    in_blocks: bool,
}

impl FaultyFile {
    fn assert_blocks(&self, memory: &[u8], offset: u64) {
        let is_block = |number: usize| number.is_multiple_of(BLOCK_BYTES);
        if self.in_blocks {
            let begins = [
                memory.len(),
                memory.as_ptr().addr(),
                usize::try_from(offset).unwrap_or(1),
            ];
            assert!(begins.into_iter().all(is_block), "{begins:?} are no blocks");
        }
    }

    fn write(&self, bytes: &[u8], offset: u64) -> io::Result<()> {
        // What was not there reads as zeros after a power cut: lengths reach the disk before contents may.
        let mut old = vec![0; bytes.len()];
        File::read_at(&self.file, &mut old, offset)?;
        let path = self.path.clone();
        self.disk
            .with(|state| state.unsynced.push(Unsynced::Write { path, offset, old }));
        self.file.write_all_at(bytes, offset)
    }
}

impl File for FaultyFile {
    fn read_at(&self, into: &mut [u8], offset: u64) -> io::Result<usize> {
        self.assert_blocks(into, offset);
        File::read_at(&self.file, into, offset)
    }

    fn write_at(&self, bytes: &[u8], offset: u64) -> io::Result<()> {
        self.assert_blocks(bytes, offset);
        match self.disk.step() {
            Step::Do => self.write(bytes, offset),
            Step::Refuse(error) => Err(error),
            Step::DoHalf => {
                let half = bytes.get(..bytes.len() / 2).unwrap_or_default();
                self.write(half, offset).and(Err(told(io::ErrorKind::Other)))
            }
            Step::DoAndFail => self.write(bytes, offset).and(Err(told(io::ErrorKind::Other))),
        }
    }

    fn sync_data(&self) -> io::Result<()> {
        self.disk.run(|| {
            let own = |lost: &Unsynced| matches!(lost, Unsynced::Write { path, .. } if *path == self.path);
            self.disk.with(|state| state.unsynced.retain(|lost| !own(lost)));
            Ok(())
        })
    }

    fn length(&self) -> io::Result<u64> {
        File::length(&self.file)
    }
}
