//! The text files of the repository, read once.

use anyhow::{Result, ensure};
use std::path::Path;
use std::process::Command;

/// A text file and its path from the repository's root.
pub(crate) struct File {
    pub(crate) path: String,
    pub(crate) text: String,
}

/// Every text file that is committed or about to be: what git tracks, and what it does not ignore.
pub(crate) fn in_repository(root: &Path) -> Result<Vec<File>> {
    let listing = Command::new("git")
        .args(["ls-files", "-z", "--cached", "--others", "--exclude-standard"])
        .current_dir(root)
        .output()?;
    ensure!(
        listing.status.success(),
        "{}",
        String::from_utf8_lossy(&listing.stderr).trim()
    );
    let names = String::from_utf8(listing.stdout)?;
    Ok(names
        .split_terminator('\0')
        .filter_map(|path| read(root, path))
        .collect())
}

/// None for what is not text, or is listed and no longer there.
fn read(root: &Path, path: &str) -> Option<File> {
    let text = std::fs::read_to_string(root.join(path)).ok()?;
    Some(File {
        path: path.to_owned(),
        text,
    })
}

/// The text of one file, empty when it is missing: the rules that need it then fail with their own words.
pub(crate) fn text_of<'a>(files: &'a [File], path: &str) -> &'a str {
    files
        .iter()
        .find(|file| file.path == path)
        .map_or("", |file| &file.text)
}
