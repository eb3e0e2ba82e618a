//! A disk as a power cut leaves it, worked out from the journal of what a real process did to its files.
//!
//! Of a file only what was written before an fsync or fdatasync of it began is sure to be there, of a folder only the
//! names that were in it before its fsync began. Of all else any sector and any name may be lost: dice decide. So a
//! journal can be cut at every one of its operations, and every cut can be tried with many dice.

use std::{
    collections::BTreeMap,
    fs,
    path::{Component, Path, PathBuf},
};

use rand_chacha::{ChaCha8Rng, rand_core::Rng as _};

/// What tears, in bytes.
const SECTOR_BYTES: usize = 512;

/// The number that stands for an acknowledgement between the operations of `shim.c`.
const ACKNOWLEDGED: u64 = 100;

/// The record of the moment at which this many events had been acknowledged.
pub(crate) fn acknowledged(events: usize) -> Vec<u8> {
    [ACKNOWLEDGED, events as u64, 0, 0, 0]
        .iter()
        .flat_map(|word| word.to_le_bytes())
        .collect()
}

/// One operation, as `shim.c` numbers them.
#[derive(Clone, Debug)]
enum Operation {
    Open {
        handle: u64,
        created: bool,
        emptied: bool,
        path: PathBuf,
    },
    Write {
        handle: u64,
        offset: u64,
        bytes: Vec<u8>,
    },
    Length {
        handle: u64,
        bytes: u64,
    },
    SyncBegun {
        handle: u64,
        token: u64,
    },
    Synced {
        token: u64,
    },
    MakeFolder {
        path: PathBuf,
    },
    Rename {
        from: PathBuf,
        to: PathBuf,
    },
    Remove {
        path: PathBuf,
    },
    Acknowledged {
        events: usize,
    },
}

/// Reads a journal; an operation that the end of the process cut short did not happen.
fn read(journal: &Path) -> Vec<Operation> {
    let bytes = fs::read(journal).unwrap();
    let mut rest = &bytes[..];
    let mut operations = Vec::new();
    while let Some((operation, after)) = next(rest) {
        operations.push(operation);
        rest = after;
    }
    operations
}

fn next(bytes: &[u8]) -> Option<(Operation, &[u8])> {
    let word = |at: usize| Some(u64::from_le_bytes(*bytes.get(at * 8..)?.first_chunk()?));
    let (operation, a, b) = (word(0)?, word(1)?, word(2)?);
    let (first, rest) = bytes
        .get(40..)?
        .split_at_checked(usize::try_from(word(3)?).ok()?)?;
    let (second, rest) = rest.split_at_checked(usize::try_from(word(4)?).ok()?)?;
    let path = |bytes: &[u8]| PathBuf::from(std::str::from_utf8(bytes).unwrap());
    let operation = match operation {
        1 => Operation::Open {
            handle: a,
            created: b & 1 != 0,
            emptied: b & 2 != 0,
            path: path(first),
        },
        2 => Operation::Write {
            handle: a,
            offset: b,
            bytes: first.to_vec(),
        },
        3 => Operation::Length { handle: a, bytes: b },
        4 => Operation::SyncBegun { handle: a, token: b },
        5 => Operation::Synced { token: b },
        6 => Operation::MakeFolder { path: path(first) },
        7 => Operation::Rename {
            from: path(first),
            to: path(second),
        },
        8 => Operation::Remove { path: path(first) },
        ACKNOWLEDGED => Operation::Acknowledged {
            events: usize::try_from(a).unwrap(),
        },
        other => panic!("operation {other} in the journal"),
    };
    Some((operation, rest))
}

/// A journal, and the disk at a moment of it.
#[derive(Debug)]
pub(crate) struct Replay {
    operations: Vec<Operation>,
    done: usize,
    disk: Disk,
}

impl Replay {
    /// A disk that durably holds what is in a directory now, which may not exist yet; nothing was done yet.
    pub(crate) fn of(directory: &Path) -> Self {
        Self {
            operations: Vec::new(),
            done: 0,
            disk: Disk::holding(directory),
        }
    }

    /// What was done to the directory since.
    pub(crate) fn load(&mut self, journal: &Path) {
        self.operations = read(journal);
    }

    /// How many operations there are in all.
    pub(crate) fn operations(&self) -> usize {
        self.operations.len()
    }

    /// Goes on until so many operations were done.
    pub(crate) fn go_on_to(&mut self, done: usize) {
        for operation in &self.operations[self.done..done] {
            self.disk.apply(operation);
        }
        self.done = done;
    }

    /// How many events had been acknowledged by now.
    pub(crate) fn acknowledged(&self) -> usize {
        self.disk.acknowledged
    }

    /// Writes what is there when the power goes now into a folder.
    pub(crate) fn cut(&self, folder: &Path, kept: Kept, dice: &mut ChaCha8Rng) {
        self.disk.write_node(0, folder, kept, dice);
    }
}

/// A file or a folder, whatever it is called.
type Node = usize;

#[derive(Clone, Debug)]
enum Content {
    File {
        durable: Vec<u8>,
        unsynced: Vec<Change>,
    },
    Folder {
        durable: BTreeMap<String, Node>,
        unsynced: Vec<Naming>,
    },
}

#[derive(Clone, Debug)]
enum Change {
    Write { offset: usize, bytes: Vec<u8> },
    Length(usize),
}

/// A change of one folder's names, whole or not at all.
#[derive(Clone, Debug)]
enum Naming {
    Add(String, Node),
    Remove(String),
    Rename(String, String, Node),
}

/// What is kept of what was not synced.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Kept {
    /// Everything: the process died, the machine did not.
    All,
    /// Nothing.
    Nothing,
    /// What the dice say.
    Some,
}

/// The disk while the journal is replayed.
#[derive(Clone, Debug)]
struct Disk {
    root: PathBuf,
    nodes: Vec<Content>,
    handles: BTreeMap<u64, Node>,
    /// Syncs on their way: which node, and how many of its changes they cover.
    syncs: BTreeMap<u64, (Node, usize)>,
    /// How many events had been acknowledged.
    acknowledged: usize,
}

impl Disk {
    /// A disk that durably holds what is in a directory now, which may not exist yet; the journal tells of paths in it.
    fn holding(root: &Path) -> Self {
        let mut disk = Self {
            root: root.to_owned(),
            nodes: Vec::new(),
            handles: BTreeMap::new(),
            syncs: BTreeMap::new(),
            acknowledged: 0,
        };
        disk.load(root);
        disk
    }

    fn load(&mut self, path: &Path) -> Node {
        let node = self.nodes.len();
        self.nodes.push(folder());
        if path.is_dir() {
            let mut durable = BTreeMap::new();
            for entry in fs::read_dir(path).unwrap() {
                let entry = entry.unwrap();
                let name = entry.file_name().into_string().unwrap();
                durable.insert(name, self.load(&entry.path()));
            }
            self.nodes[node] = Content::Folder {
                durable,
                unsynced: Vec::new(),
            };
        } else if path.exists() {
            self.nodes[node] = Content::File {
                durable: fs::read(path).unwrap(),
                unsynced: Vec::new(),
            };
        }
        node
    }

    /// Goes on by one operation.
    fn apply(&mut self, operation: &Operation) {
        match operation {
            Operation::Open {
                handle,
                created,
                emptied,
                path,
            } => {
                if *created {
                    let file = Content::File {
                        durable: Vec::new(),
                        unsynced: Vec::new(),
                    };
                    self.add(path, file);
                }
                if let Some(node) = self.find(path) {
                    self.handles.insert(*handle, node);
                    if *emptied {
                        self.change(*handle, Change::Length(0));
                    }
                }
            }
            Operation::Write {
                handle,
                offset,
                bytes,
            } => self.change(
                *handle,
                Change::Write {
                    offset: usize::try_from(*offset).unwrap(),
                    bytes: bytes.clone(),
                },
            ),
            Operation::Length { handle, bytes } => {
                self.change(*handle, Change::Length(usize::try_from(*bytes).unwrap()));
            }
            Operation::SyncBegun { handle, token } => {
                if let Some(node) = self.handles.get(handle) {
                    let covered = match &self.nodes[*node] {
                        Content::File { unsynced, .. } => unsynced.len(),
                        Content::Folder { unsynced, .. } => unsynced.len(),
                    };
                    self.syncs.insert(*token, (*node, covered));
                }
            }
            Operation::Synced { token } => self.synced(*token),
            Operation::MakeFolder { path } if *path != self.root => self.add(path, folder()),
            Operation::MakeFolder { .. } => {}
            Operation::Rename { from, to } => {
                let Some(node) = self.find(from) else { return };
                if from.parent() == to.parent() {
                    let naming = Naming::Rename(name(from), name(to), node);
                    self.naming(from, naming);
                } else {
                    // Two folders, each with its own sync: at worst it is in both, as it is never in neither.
                    self.naming(to, Naming::Add(name(to), node));
                    self.naming(from, Naming::Remove(name(from)));
                }
            }
            Operation::Remove { path } => self.naming(path, Naming::Remove(name(path))),
            Operation::Acknowledged { events } => self.acknowledged = *events,
        }
    }

    fn add(&mut self, path: &Path, content: Content) {
        self.nodes.push(content);
        self.naming(path, Naming::Add(name(path), self.nodes.len() - 1));
    }

    fn naming(&mut self, path: &Path, naming: Naming) {
        let parent = path.parent().and_then(|parent| self.find(parent));
        if let Some(Content::Folder { unsynced, .. }) = parent.map(|parent| &mut self.nodes[parent]) {
            unsynced.push(naming);
        }
    }

    fn change(&mut self, handle: u64, change: Change) {
        let node = self.handles.get(&handle);
        if let Some(Content::File { unsynced, .. }) = node.map(|node| &mut self.nodes[*node]) {
            unsynced.push(change);
        }
    }

    fn synced(&mut self, token: u64) {
        let Some((node, covered)) = self.syncs.remove(&token) else {
            return;
        };
        match &mut self.nodes[node] {
            Content::File { durable, unsynced } => {
                for change in unsynced.drain(..covered) {
                    change.write(durable);
                }
            }
            Content::Folder { durable, unsynced } => {
                for naming in unsynced.drain(..covered) {
                    naming.write(durable);
                }
            }
        }
        // Two syncs of one file may overlap: what this one made durable the other need not.
        for (other, rest) in self.syncs.values_mut() {
            if *other == node {
                *rest = rest.saturating_sub(covered);
            }
        }
    }

    /// The node with this path as programs see it now.
    fn find(&self, path: &Path) -> Option<Node> {
        let below = path.strip_prefix(&self.root).ok()?;
        below.components().try_fold(0, |node, component| {
            let Component::Normal(name) = component else {
                return None;
            };
            self.names(node)?.get(name.to_str()?).copied()
        })
    }

    fn names(&self, node: Node) -> Option<BTreeMap<String, Node>> {
        let Content::Folder { durable, unsynced } = &self.nodes[node] else {
            return None;
        };
        let mut names = durable.clone();
        for naming in unsynced {
            naming.clone().write(&mut names);
        }
        Some(names)
    }

    fn write_node(&self, node: Node, path: &Path, kept: Kept, dice: &mut ChaCha8Rng) {
        // Each file and folder has luck of its own: all but lost, all but kept, or in between.
        let luck = dice.next_u32() % 5;
        let mut keeps = || match kept {
            Kept::All => true,
            Kept::Nothing => false,
            Kept::Some => dice.next_u32() % 4 < luck,
        };
        match &self.nodes[node] {
            Content::File { durable, unsynced } => {
                let mut bytes = durable.clone();
                for change in unsynced {
                    change.write_partly(&mut bytes, &mut keeps);
                }
                fs::write(path, bytes).unwrap();
            }
            Content::Folder { durable, unsynced } => {
                let mut names = durable.clone();
                for naming in unsynced.iter().filter(|_| keeps()) {
                    naming.clone().write(&mut names);
                }
                fs::create_dir_all(path).unwrap();
                for (name, node) in names {
                    self.write_node(node, &path.join(name), kept, dice);
                }
            }
        }
    }
}

impl Change {
    fn write(self, file: &mut Vec<u8>) {
        self.write_partly(file, &mut || true);
    }

    /// Sector by sector; of new space that was lost the length may be there, with zeros.
    fn write_partly(&self, file: &mut Vec<u8>, keeps: &mut dyn FnMut() -> bool) {
        match self {
            Self::Length(length) => {
                if keeps() {
                    file.resize(*length, 0);
                }
            }
            Self::Write { offset, bytes } => {
                let end = offset + bytes.len();
                if file.len() < end && keeps() {
                    file.resize(end, 0);
                }
                let mut at = *offset;
                while at < end {
                    let next = ((at / SECTOR_BYTES + 1) * SECTOR_BYTES).min(end);
                    if keeps() {
                        if file.len() < next {
                            file.resize(next, 0);
                        }
                        file[at..next].copy_from_slice(&bytes[at - offset..next - offset]);
                    }
                    at = next;
                }
            }
        }
    }
}

impl Naming {
    fn write(self, names: &mut BTreeMap<String, Node>) {
        match self {
            Self::Add(name, node) => drop(names.insert(name, node)),
            Self::Remove(name) => drop(names.remove(&name)),
            Self::Rename(from, to, node) => {
                names.remove(&from);
                names.insert(to, node);
            }
        }
    }
}

fn folder() -> Content {
    Content::Folder {
        durable: BTreeMap::new(),
        unsynced: Vec::new(),
    }
}

fn name(path: &Path) -> String {
    path.file_name().unwrap().to_str().unwrap().to_owned()
}

/// Every file below a folder with its bytes.
pub(crate) fn files(folder: &Path) -> BTreeMap<PathBuf, Vec<u8>> {
    let mut files = BTreeMap::new();
    let mut folders = vec![folder.to_owned()];
    while let Some(next) = folders.pop() {
        for entry in fs::read_dir(next).unwrap() {
            let path = entry.unwrap().path();
            if path.is_dir() {
                folders.push(path);
            } else {
                let below = path.strip_prefix(folder).unwrap().to_owned();
                files.insert(below, fs::read(&path).unwrap());
            }
        }
    }
    files
}
