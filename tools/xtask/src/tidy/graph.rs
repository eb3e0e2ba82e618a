//! Who depends on whom, as cargo resolved it.

use anyhow::{Context, Result};
use cargo_metadata::{DependencyKind, Metadata, MetadataCommand, TargetKind};
use std::collections::{BTreeMap, VecDeque};
use std::path::PathBuf;

/// Platforms the ledger runs on. Crates that only other platforms pull in are nobody's dependency here.
const PLATFORMS: &[&str] = &["x86_64-unknown-linux-gnu", "aarch64-unknown-linux-gnu"];

/// The crates of the workspace and everything below them, by package id.
pub(crate) struct Graph {
    pub(crate) root: PathBuf,
    crates: BTreeMap<String, Crate>,
}

/// One package and what it needs.
pub(crate) struct Crate {
    pub(crate) name: String,
    /// A member of this workspace.
    pub(crate) ours: bool,
    /// A product crate, in the folder `crates/`.
    pub(crate) product: bool,
    /// Runs in the compiler only, so nothing below it is in the program.
    proc_macro: bool,
    needs: Vec<Edge>,
}

struct Edge {
    id: String,
    /// Compiled into the program, or run to build it; the rest is for tests.
    in_program: bool,
}

impl Graph {
    /// Asks cargo. Features are those of the whole workspace together, as a workspace build has them.
    pub(crate) fn load() -> Result<Self> {
        let options = PLATFORMS
            .iter()
            .flat_map(|platform| ["--filter-platform".to_owned(), (*platform).to_owned()]);
        let metadata = MetadataCommand::new()
            .other_options(options.collect::<Vec<_>>())
            .exec()?;
        Self::from_metadata(&metadata)
    }

    fn from_metadata(metadata: &Metadata) -> Result<Self> {
        let folder = metadata.workspace_root.join("crates");
        let mut crates = BTreeMap::new();
        for node in &metadata.resolve.as_ref().context("no resolved graph")?.nodes {
            let package = &metadata[&node.id];
            let needs = node.deps.iter().map(|dependency| Edge {
                id: dependency.pkg.repr.clone(),
                in_program: dependency
                    .dep_kinds
                    .iter()
                    .any(|kind| kind.kind != DependencyKind::Development),
            });
            let entry = Crate {
                name: package.name.to_string(),
                ours: metadata.workspace_members.contains(&node.id),
                product: package.manifest_path.starts_with(&folder),
                proc_macro: package
                    .targets
                    .iter()
                    .any(|target| target.kind.contains(&TargetKind::ProcMacro)),
                needs: needs.collect(),
            };
            crates.insert(node.id.repr.clone(), entry);
        }
        Ok(Self {
            root: metadata.workspace_root.clone().into(),
            crates,
        })
    }

    /// The workspace's own crates.
    pub(crate) fn ours(&self) -> impl Iterator<Item = &Crate> {
        self.crates.values().filter(|entry| entry.ours)
    }

    /// What a crate of ours names in its manifest and compiles in; with `tests`, also what only its tests use.
    pub(crate) fn direct(&self, entry: &Crate, tests: bool) -> Vec<&Crate> {
        let edges = entry.needs.iter().filter(|edge| tests || edge.in_program);
        edges.filter_map(|edge| self.crates.get(&edge.id)).collect()
    }

    /// The shortest way from a crate of ours to the named one, both included, through what is compiled in.
    pub(crate) fn way(&self, from: &str, to: &str) -> Option<Vec<&str>> {
        let start = self.ours().find(|entry| entry.name == from)?;
        let mut ways = VecDeque::from([vec![start]]);
        let mut seen = vec![from];
        while let Some(way) = ways.pop_front() {
            let last = way[way.len() - 1];
            if last.proc_macro {
                continue;
            }
            for next in self.direct(last, false) {
                let longer = || way.iter().copied().chain([next]);
                if next.name == to {
                    return Some(longer().map(|entry| entry.name.as_str()).collect());
                }
                if !seen.contains(&next.name.as_str()) {
                    seen.push(&next.name);
                    ways.push_back(longer().collect());
                }
            }
        }
        None
    }
}

#[cfg(test)]
impl Graph {
    /// A made-up workspace: `("a", &["b", "dev:c"])`. Names that start with `ledger-` are product crates, `tool-` others of ours.
    pub(crate) fn made_up(rows: &[(&str, &[&str])]) -> Self {
        let mut crates = BTreeMap::new();
        let names = rows.iter().flat_map(|(name, needs)| needs.iter().chain([name]));
        for name in names.map(|name| name.trim_start_matches("dev:")) {
            let needs = rows.iter().filter(|row| row.0 == name).flat_map(|row| row.1);
            let entry = Crate {
                name: name.to_owned(),
                ours: name.starts_with("ledger-") || name.starts_with("tool-"),
                product: name.starts_with("ledger-"),
                proc_macro: name.ends_with("-macro"),
                needs: needs
                    .map(|need| Edge {
                        id: need.trim_start_matches("dev:").to_owned(),
                        in_program: !need.starts_with("dev:"),
                    })
                    .collect(),
            };
            crates.insert(name.to_owned(), entry);
        }
        Self {
            root: PathBuf::new(),
            crates,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn finds_the_shortest_way() {
        let graph = Graph::made_up(&[("ledger-a", &["b", "c"]), ("b", &["c"]), ("c", &["d"])]);
        assert_eq!(graph.way("ledger-a", "d"), Some(vec!["ledger-a", "c", "d"]));
    }

    #[test]
    fn goes_through_neither_tests_nor_macros() {
        let graph = Graph::made_up(&[
            ("ledger-a", &["dev:b", "x-macro"]),
            ("b", &["d"]),
            ("x-macro", &["d"]),
        ]);
        assert_eq!(graph.way("ledger-a", "d"), None);
    }

    #[test]
    fn a_circle_ends() {
        let graph = Graph::made_up(&[("ledger-a", &["b"]), ("b", &["ledger-a"])]);
        assert_eq!(graph.way("ledger-a", "d"), None);
    }

    #[test]
    fn loads_this_workspace() -> Result<()> {
        let graph = Graph::load()?;
        assert!(
            graph
                .ours()
                .any(|entry| entry.name == "ledger-domain" && entry.product)
        );
        assert!(graph.way("xtask", "serde_json").is_some());
        Ok(())
    }
}
