//! Rules about what a file may hold and how long it may be.

use super::files::File;
use super::rust_text;

/// Paths that Rust code in some folders must not name.
struct Ban {
    within: &'static [&'static str],
    except: &'static [&'static str],
    paths: &'static [&'static str],
    because: &'static str,
}

/// How long a Rust file in a folder may be, in lines.
struct Length {
    within: &'static str,
    warn_over: usize,
    fail_over: usize,
    because: &'static str,
}

const PURE: &[&str] = &["crates/ledger-domain/src/", "crates/ledger-projections/src/"];
const BANS: &[Ban] = &[
    Ban {
        within: PURE,
        except: &[],
        paths: &["std::time"],
        because: "rules and reports read no clock: an instant comes in as a value (a plain span is core::time::Duration)",
    },
    Ban {
        within: PURE,
        except: &[],
        paths: &["std::fs", "std::net", "std::env", "std::process"],
        because: "rules and reports are functions of events alone, so that a replay in ten years gives the same figures",
    },
    Ban {
        within: PURE,
        except: &[],
        paths: &["f32", "f64"],
        because: "money is whole cents and fractions are exact; a float rounds where nobody looks",
    },
    Ban {
        within: &["crates/ledger-proof/src/"],
        except: &[],
        paths: &["std::fs", "std::net", "std::process"],
        because: "a proof is checked from bytes in hand, by people who have no ledger",
    },
    Ban {
        within: &["crates/", "tests/", "tools/"],
        except: &["crates/ledger-cli/"],
        paths: &["process::exit"],
        because: "exit skips destructors and with them the tape's last sync; return an error, the binary turns it into a status",
    },
];

const LENGTHS: &[Length] = &[Length {
    within: "crates/",
    warn_over: 400,
    fail_over: 600,
    because: "a file that is read in one sitting holds one thing",
}];

/// Where checkouts and home folders live on somebody's machine; spelt in parts so that this file passes its own rule.
const MACHINE_PATHS: &[&str] = &[concat!("/", "work", "/"), concat!("/", "root", "/")];

/// Every use of a banned path.
pub(crate) fn check_bans(files: &[File]) -> Vec<String> {
    let mut faults = Vec::new();
    for file in files.iter().filter(|file| is_rust(&file.path)) {
        let applies =
            |ban: &&Ban| starts_with_any(&file.path, ban.within) && !starts_with_any(&file.path, ban.except);
        let bans: Vec<&Ban> = BANS.iter().filter(applies).collect();
        if bans.is_empty() {
            continue;
        }
        let code = rust_text::blank(&file.text);
        for ban in bans {
            for path in ban.paths {
                for line in rust_text::lines_with(&code, path) {
                    faults.push(format!("{}:{line} uses {path}: {}.", file.path, ban.because));
                }
            }
        }
    }
    faults
}

/// Files that are too long, and files that will be.
pub(crate) fn check_lengths(files: &[File]) -> (Vec<String>, Vec<String>) {
    let (mut too_long, mut long) = (Vec::new(), Vec::new());
    for file in files.iter().filter(|file| is_rust(&file.path)) {
        let lines = file.text.lines().count();
        for rule in LENGTHS.iter().filter(|rule| file.path.starts_with(rule.within)) {
            let say = |limit| format!("{} has {lines} lines, over {limit}: {}.", file.path, rule.because);
            if lines > rule.fail_over {
                too_long.push(say(rule.fail_over));
            } else if lines > rule.warn_over {
                long.push(say(rule.warn_over));
            }
        }
    }
    (too_long, long)
}

/// Unsafe code is forbidden once, in the workspace's lints; a crate that does not take them over must forbid it itself.
pub(crate) fn check_unsafe_is_forbidden(files: &[File]) -> Vec<String> {
    let has =
        |path: &str, what: fn(&str) -> bool| files.iter().any(|file| file.path == path && what(&file.text));
    let in_workspace = has("Cargo.toml", |text| {
        text.lines().any(|line| line.trim() == "unsafe_code = \"forbid\"")
    });
    let mut faults = Vec::new();
    for manifest in files
        .iter()
        .filter_map(|file| file.path.strip_suffix("/Cargo.toml"))
    {
        let inherits = in_workspace && has(&format!("{manifest}/Cargo.toml"), takes_over_lints);
        let roots = ["lib.rs", "main.rs"].map(|name| format!("{manifest}/src/{name}"));
        let present = roots.iter().filter(|root| has(root, |_| true));
        let unguarded = present.filter(|root| !has(root, |text| text.contains("#![forbid(unsafe_code)]")));
        if !inherits {
            faults.extend(unguarded.map(|root| {
                format!("{root} may hold unsafe code: forbid it there, or take the workspace's lints over in its manifest.")
            }));
        }
    }
    faults
}

fn takes_over_lints(manifest: &str) -> bool {
    let after = manifest
        .lines()
        .map(str::trim)
        .skip_while(|line| *line != "[lints]")
        .skip(1);
    after
        .take_while(|line| !line.starts_with('['))
        .any(|line| line == "workspace = true")
}

/// Paths that exist on one machine only, in any file.
pub(crate) fn check_machine_paths(files: &[File]) -> Vec<String> {
    let mut faults = Vec::new();
    for file in files {
        for (number, line) in file.text.lines().enumerate() {
            for path in MACHINE_PATHS
                .iter()
                .filter(|path| names_from_the_root(line, path))
            {
                let place = format!("{}:{}", file.path, number + 1);
                faults.push(format!(
                    "{place} names {path}, a folder of one machine: nobody else has it."
                ));
            }
        }
    }
    faults
}

/// `target` + the path is a relative path, and so is none of this rule's business.
fn names_from_the_root(line: &str, path: &str) -> bool {
    let relative = |before: char| before.is_alphanumeric() || "._-})~*".contains(before);
    line.match_indices(path)
        .any(|(at, _)| !line[..at].chars().next_back().is_some_and(relative))
}

fn is_rust(path: &str) -> bool {
    std::path::Path::new(path)
        .extension()
        .is_some_and(|extension| extension == "rs")
}

fn starts_with_any(path: &str, prefixes: &[&str]) -> bool {
    prefixes.iter().any(|prefix| path.starts_with(prefix))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn file(path: &str, text: &str) -> File {
        File {
            path: path.to_owned(),
            text: text.to_owned(),
        }
    }

    #[test]
    fn every_ban_can_fail_and_knows_its_place() {
        for ban in BANS {
            for path in ban.paths {
                let text = format!("let x = {path};");
                for folder in ban.within {
                    let found = check_bans(&[file(&format!("{folder}a.rs"), &text)]);
                    assert!(
                        found.iter().any(|fault| fault.contains(ban.because)),
                        "{path} in {folder}"
                    );
                }
                let allowed = ban
                    .except
                    .iter()
                    .chain(&["docs/"])
                    .map(|folder| format!("{folder}a.rs"));
                let allowed: Vec<File> = allowed.map(|path| file(&path, &text)).collect();
                assert_eq!(check_bans(&allowed), Vec::<String>::new());
            }
        }
    }

    #[test]
    fn a_ban_names_file_line_and_reason() {
        let found = check_bans(&[file("crates/ledger-proof/src/tile.rs", "\nuse std::{io, fs};\n")]);
        let because = "a proof is checked from bytes in hand, by people who have no ledger";
        assert_eq!(
            found,
            [format!(
                "crates/ledger-proof/src/tile.rs:2 uses std::fs: {because}."
            )]
        );
    }

    #[test]
    fn long_files_warn_and_then_fail() {
        for rule in LENGTHS {
            let check = |lines: usize| {
                let (too_long, long) =
                    check_lengths(&[file(&format!("{}a.rs", rule.within), &"\n".repeat(lines))]);
                (too_long.len(), long.len())
            };
            assert_eq!(check(rule.warn_over), (0, 0));
            assert_eq!(check(rule.warn_over + 1), (0, 1));
            assert_eq!(check(rule.fail_over), (0, 1));
            assert_eq!(check(rule.fail_over + 1), (1, 0));
        }
    }

    #[test]
    fn unsafe_must_be_forbidden_somewhere() {
        let check = |workspace: &str, manifest: &str, root: &str| {
            let files = [
                file("Cargo.toml", workspace),
                file("crates/a/Cargo.toml", manifest),
                file("crates/a/src/lib.rs", root),
            ];
            check_unsafe_is_forbidden(&files).len()
        };
        let (forbids, inherits) = (
            "[workspace.lints.rust]\nunsafe_code = \"forbid\"",
            "[lints]\nworkspace = true\n",
        );
        assert_eq!(check(forbids, inherits, ""), 0);
        assert_eq!(check("", "", "#![forbid(unsafe_code)]"), 0);
        assert_eq!(
            check(forbids, "[lints]\n\n[dependencies]\nworkspace = true", ""),
            1
        );
        assert_eq!(check("", inherits, ""), 1);
    }

    #[test]
    fn machine_paths_are_found_from_the_root_only() {
        for path in MACHINE_PATHS {
            for text in [
                format!("cd {path}main"),
                format!("{path}x"),
                format!("\"{path}x\""),
            ] {
                assert_eq!(check_machine_paths(&[file("notes.md", &text)]).len(), 1, "{text}");
            }
            for text in [
                format!("target{path}x"),
                format!("${{HOME}}{path}x"),
                path.trim_matches('/').to_owned(),
            ] {
                assert_eq!(
                    check_machine_paths(&[file("notes.md", &text)]),
                    Vec::<String>::new(),
                    "{text}"
                );
            }
        }
    }
}
