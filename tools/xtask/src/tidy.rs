//! `cargo xtask tidy`: the rules of the house that the compiler, clippy and cargo-deny do not check.
//!
//! Every rule is a row of data with its reason, so that a rule is changed where it stands and a failure explains itself.

mod edges;
mod files;
mod graph;
mod readme;
mod rust_text;
mod sources;

use anyhow::{Context, Result};
use graph::Graph;

/// What one run found. A fault fails the build, a warning only speaks.
#[derive(Default)]
pub(crate) struct Report {
    pub(crate) faults: Vec<String>,
    pub(crate) warnings: Vec<String>,
    pub(crate) files: usize,
}

/// Checks every rule against the workspace that cargo finds from here.
pub(crate) fn run() -> Result<Report> {
    let graph = Graph::load().context("cargo metadata")?;
    let files = files::in_repository(&graph.root).context("git ls-files")?;
    let mut report = Report {
        files: files.len(),
        ..Report::default()
    };

    report.faults.extend(edges::check(&graph));
    report.faults.extend(edges::check_rules_name_crates(&graph));
    report.faults.extend(sources::check_bans(&files));
    report.faults.extend(sources::check_unsafe_is_forbidden(&files));
    report.faults.extend(sources::check_machine_paths(&files));
    let (too_long, long) = sources::check_lengths(&files);
    report.faults.extend(too_long);
    report.warnings.extend(long);
    let readme = files::text_of(&files, readme::PATH);
    report.faults.extend(readme::check(readme, &graph));
    Ok(report)
}
