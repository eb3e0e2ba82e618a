//! Mounting file systems, where that is allowed.

use std::{
    path::{Path, PathBuf},
    process::Command,
};

use tempfile::TempDir;

/// A mounted file system, until it is dropped.
pub(crate) struct Mounted {
    folder: PathBuf,
    _made: TempDir,
}

fn did(program: &str, arguments: &[&str]) -> bool {
    let ran = Command::new(program).args(arguments).output();
    ran.is_ok_and(|ran| ran.status.success())
}

impl Mounted {
    /// Mounts something with these arguments of mount(8); none, and the output says so, where that is not allowed.
    pub(crate) fn new(row: &str, arguments: &[&str]) -> Option<Self> {
        let made = tempfile::tempdir().unwrap();
        let folder = made.path().canonicalize().unwrap();
        let folder_name = folder.to_str().unwrap();
        if did("mount", &[arguments, &[folder_name]].concat()) {
            Some(Self { folder, _made: made })
        } else {
            println!("| {row}: LEFT OUT, since mounting is not allowed here | 0 | 0 | 0 |");
            None
        }
    }

    pub(crate) fn path(&self) -> &Path {
        &self.folder
    }

    /// Mounts it again with other options.
    pub(crate) fn remount(&self, options: &str) {
        let options = format!("remount,{options}");
        assert!(did("mount", &["-o", &options, self.folder.to_str().unwrap()]));
    }
}

impl Drop for Mounted {
    fn drop(&mut self) {
        // Lazily: a process that a failing test left behind may still stand in it.
        did("umount", &["-l", self.folder.to_str().unwrap()]);
    }
}
