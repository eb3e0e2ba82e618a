//! The map and the library table in `crates/README.md` must be whole.

use super::graph::Graph;

pub(crate) const PATH: &str = "crates/README.md";

/// What has to be named, under which heading.
const CODE_MAP: &str = "Code map";
const LIBRARIES: &str = "Libraries";

/// Crates without a paragraph in the code map, and libraries without a reason in the table.
pub(crate) fn check(readme: &str, graph: &Graph) -> Vec<String> {
    let mut faults = Vec::new();
    let map = section(readme, CODE_MAP);
    for entry in graph.ours().filter(|entry| entry.product) {
        if !map
            .lines()
            .any(|line| line.starts_with(&format!("**`{}`**", entry.name)))
        {
            faults.push(format!(
                "{} has no paragraph under \"{CODE_MAP}\" in {PATH}: a reader finds the way by it.",
                entry.name
            ));
        }
    }
    let reasons = reasons(section(readme, LIBRARIES));
    for entry in graph.ours() {
        for library in graph.direct(entry, true).into_iter().filter(|need| !need.ours) {
            if !reasons.contains(&library.name.as_str()) {
                faults.push(format!(
                    "{} depends on {}, which has no line under \"{LIBRARIES}\" in {PATH}: say why it is worth trusting.",
                    entry.name, library.name
                ));
            }
        }
    }
    faults
}

/// The text from one second-level heading to the next.
fn section<'a>(text: &'a str, heading: &str) -> &'a str {
    let Some((_, after)) = text.split_once(&format!("## {heading}\n")) else {
        return "";
    };
    after.split_once("\n## ").map_or(after, |(section, _)| section)
}

/// The first cells of those rows of a table that give a reason in the second.
fn reasons(table: &str) -> Vec<&str> {
    let mut names = Vec::new();
    for row in table.lines() {
        let mut cells = row.split('|').skip(1).map(str::trim);
        if let (Some(name), Some(reason)) = (cells.next(), cells.next())
            && !reason.is_empty()
        {
            names.push(name.trim_matches('`'));
        }
    }
    names
}

#[cfg(test)]
mod tests {
    use super::*;

    const README: &str = "# x\n\n## Code map\n\n**`ledger-a`** does.\n\n## Libraries\n\n| library | why |\n|---|---|\n\
                          | `csv` | reads CSV |\n| `sled` | |\n\n## After\n\n**`ledger-b`** is too late.\n";

    #[test]
    fn a_whole_map_passes() {
        let graph = Graph::made_up(&[("ledger-a", &["csv"]), ("tool-x", &["dev:csv", "ledger-a"])]);
        assert_eq!(check(README, &graph), Vec::<String>::new());
    }

    #[test]
    fn a_crate_missing_from_the_map_fails() {
        let found = check(README, &Graph::made_up(&[("ledger-b", &[])]));
        assert!(found[0].starts_with("ledger-b has no paragraph under \"Code map\""));
    }

    #[test]
    fn a_library_without_a_line_or_a_reason_fails() {
        for library in ["axum", "dev:axum", "sled"] {
            assert_eq!(
                check(README, &Graph::made_up(&[("tool-x", &[library])])).len(),
                1,
                "{library}"
            );
        }
    }

    #[test]
    fn a_missing_file_fails() {
        assert_eq!(check("", &Graph::made_up(&[("ledger-a", &["csv"])])).len(), 2);
    }
}
