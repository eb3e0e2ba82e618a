//! Where the secret key and the newest checkpoint are kept: files in the data directory, readable by the ledger's own
//! user alone, or memory beside a log in memory. Backups copy neither.

use std::{
    collections::BTreeMap,
    fs::{self, File, OpenOptions},
    io::{self, Write as _},
    os::unix::fs::OpenOptionsExt as _,
    path::{Path, PathBuf},
};

use ledger_store::Fatal;

/// Small texts by name; a name may have a folder.
#[derive(Debug)]
pub(crate) enum Keep {
    /// Below this directory.
    Directory(PathBuf),
    /// Gone with the process.
    Memory(BTreeMap<String, String>),
}

impl Keep {
    /// The text with this name.
    pub(crate) fn read(&self, name: &str) -> Result<Option<String>, Fatal> {
        match self {
            Self::Memory(texts) => Ok(texts.get(name).cloned()),
            Self::Directory(directory) => match fs::read_to_string(directory.join(name)) {
                Ok(text) => Ok(Some(text)),
                Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(None),
                Err(error) => Err(failed("reading", &directory.join(name), &error)),
            },
        }
    }

    /// The names of the texts in a folder, sorted.
    pub(crate) fn names(&self, folder: &str) -> Result<Vec<String>, Fatal> {
        let mut names = Vec::new();
        match self {
            Self::Memory(texts) => {
                let in_folder =
                    |name: &&String| name.split_once('/').is_some_and(|(first, _)| first == folder);
                names.extend(texts.keys().filter(in_folder).cloned());
            }
            Self::Directory(directory) => {
                let path = directory.join(folder);
                let entries = match fs::read_dir(&path) {
                    Ok(entries) => entries,
                    Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(names),
                    Err(error) => return Err(failed("reading", &path, &error)),
                };
                for entry in entries {
                    let entry = entry.map_err(|error| failed("reading", &path, &error))?;
                    // A name that is no text is none of ours.
                    names.extend(entry.file_name().to_str().map(|name| format!("{folder}/{name}")));
                }
            }
        }
        names.sort();
        Ok(names)
    }

    /// Keeps a text, durably before this returns.
    pub(crate) fn write(&mut self, name: &str, text: &str) -> Result<(), Fatal> {
        match self {
            Self::Memory(texts) => {
                texts.insert(name.to_owned(), text.to_owned());
                Ok(())
            }
            Self::Directory(directory) => {
                let path = directory.join(name);
                write_private(&path, text).map_err(|error| failed("writing", &path, &error))
            }
        }
    }

    /// Forgets a text.
    pub(crate) fn remove(&mut self, name: &str) -> Result<(), Fatal> {
        match self {
            Self::Memory(texts) => {
                texts.remove(name);
                Ok(())
            }
            Self::Directory(directory) => {
                let path = directory.join(name);
                fs::remove_file(&path).map_err(|error| failed("removing", &path, &error))
            }
        }
    }
}

/// Writes a file that only its owner reads. A crash on the way leaves the file as it was, and perhaps a `.new` beside it.
pub fn write_private(path: &Path, text: &str) -> io::Result<()> {
    let folder = match path.parent() {
        Some(folder) if !folder.as_os_str().is_empty() => folder,
        _ => Path::new("."),
    };
    fs::create_dir_all(folder)?;
    let mut new = path.as_os_str().to_owned();
    new.push(".new");
    let new = PathBuf::from(new);
    let mut file = OpenOptions::new()
        .write(true)
        .create(true)
        .truncate(true)
        .mode(0o600)
        .open(&new)?;
    file.write_all(text.as_bytes())?;
    file.sync_all()?;
    fs::rename(&new, path)?;
    File::open(folder)?.sync_all()?;
    // The folder may be new too.
    folder
        .parent()
        .filter(|above| !above.as_os_str().is_empty())
        .map_or(Ok(()), |above| File::open(above)?.sync_all())
}

fn failed(doing: &str, path: &Path, error: &io::Error) -> Fatal {
    Fatal::Io {
        doing: format!("{doing} {}", path.display()),
        reason: error.to_string(),
        disk_full: error.kind() == io::ErrorKind::StorageFull,
    }
}
