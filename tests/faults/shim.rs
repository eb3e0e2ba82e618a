//! `shim.c`, built once, and what it is told.

use std::{
    path::{Path, PathBuf},
    process::Command,
    sync::LazyLock,
};

/// The built library. It lies beside the tests' own programs.
static LIBRARY: LazyLock<PathBuf> = LazyLock::new(|| {
    let source = Path::new(env!("CARGO_MANIFEST_DIR")).join("faults/shim.c");
    let here = std::env::current_exe().unwrap();
    let library = here.with_file_name("faults-shim.so");
    // Tests run in processes of their own: each builds it, and the rename makes sure that none meets half of one.
    let own = here.with_file_name(format!("faults-shim-{}.so", std::process::id()));
    let built = Command::new("cc")
        .args([
            "-O1", "-Wall", "-Wextra", "-Werror", "-shared", "-fPIC", "-pthread", "-o",
        ])
        .args([&own, &source])
        .status()
        .unwrap();
    assert!(built.success(), "cc builds {}", source.display());
    std::fs::rename(own, &library).unwrap();
    library
});

/// What the shim does to a program, on the files below a directory.
#[derive(Clone, Debug, Default)]
pub(crate) struct Shim(Vec<(&'static str, String)>);

impl Shim {
    /// Nothing yet.
    pub(crate) fn new() -> Self {
        Self::default()
    }

    /// Every operation is written to this file.
    pub(crate) fn journal(self, file: &Path) -> Self {
        self.with("FAULTS_JOURNAL", &file.display())
    }

    /// The process is killed at the operation with this number.
    pub(crate) fn kill(self, operation: u64) -> Self {
        self.with("FAULTS_KILL", &operation)
    }

    /// The operation with this number fails.
    pub(crate) fn fail(self, operation: u64, error: rustix::io::Errno) -> Self {
        self.with("FAULTS_FAIL", &format!("{operation}:{}", error.raw_os_error()))
    }

    /// The disk is full when files have grown by this many bytes.
    pub(crate) fn disk_bytes(self, bytes: u64) -> Self {
        self.with("FAULTS_DISK_BYTES", &bytes)
    }

    /// A sync of a tape waits while the pipes stand in this folder.
    pub(crate) fn hold(self, folder: &Path) -> Self {
        self.with("FAULTS_HOLD", &folder.display())
    }

    /// The clock is wrong by the seconds in this file.
    pub(crate) fn clock(self, file: &Path) -> Self {
        self.with("FAULTS_CLOCK", &file.display())
    }

    fn with(mut self, name: &'static str, value: &impl ToString) -> Self {
        self.0.push((name, value.to_string()));
        self
    }

    /// Puts it between a command and its files below a directory; nothing when it has nothing to do.
    pub(crate) fn wrap(&self, command: &mut Command, directory: &Path) {
        if !self.0.is_empty() {
            command
                .env("LD_PRELOAD", &*LIBRARY)
                .env("FAULTS_DIRECTORY", directory)
                .envs(self.0.iter().map(|(name, value)| (name, value)));
        }
    }
}
