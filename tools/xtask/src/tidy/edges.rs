//! Forbidden edges: what must be out of reach, so that it cannot be used by mistake.

use super::graph::Graph;

/// One crate, and what nothing it compiles in may lead to.
struct Unreachable {
    from: &'static str,
    to: &'static [&'static str],
    because: &'static str,
}

/// Libraries that only these crates may name in `[dependencies]`. Tests may name them anywhere.
struct Owned {
    libraries: &'static [&'static str],
    by: &'static [&'static str],
    because: &'static str,
}

/// What only these crates of the workspace may reach, by any way.
struct Above {
    libraries: &'static [&'static str],
    may: &'static [&'static str],
    because: &'static str,
}

const UNREACHABLE: &[Unreachable] = &[
    Unreachable {
        from: "ledger-domain",
        to: &["serde", "serde_json", "bincode"],
        because: "the rules know no format; what is stored or sent is a shape of ledger-contract",
    },
    Unreachable {
        from: "ledger-domain",
        to: &["tokio", "axum", "sled", "rustix", "tempfile", "ledger-store"],
        because: "the rules are pure and synchronous, so that a test needs nothing but values",
    },
    Unreachable {
        from: "ledger-domain",
        to: &[
            "jiff",
            "chrono",
            "time",
            "quanta",
            "coarsetime",
            "web-time",
            "rand",
            "getrandom",
            "fastrand",
        ],
        because: "replaying the same events must give the same state, so time and chance come in as values",
    },
    Unreachable {
        from: "ledger-proof",
        to: &[
            "sled",
            "bincode",
            "tokio",
            "axum",
            "rustix",
            "tempfile",
            "ledger-store",
        ],
        because: "who checks a proof must not depend on who stores the record",
    },
    Unreachable {
        from: "ledger-projections",
        to: &["ledger-store", "sled", "bincode"],
        because: "a report that could reach the store could append to it",
    },
    Unreachable {
        from: "ledger-contract",
        to: &["ledger-store", "sled", "bincode"],
        because: "the contract outlives the store",
    },
];

const OWNED: &[Owned] = &[
    Owned {
        libraries: &["sled", "bincode"],
        by: &["ledger-store"],
        because: "both carry open advisories or known faults, which one crate works around and one crate can drop",
    },
    Owned {
        libraries: &["axum", "utoipa", "utoipa-axum"],
        by: &["ledger-http", "bench"],
        because: "a handler elsewhere would be a second front door",
    },
    Owned {
        libraries: &["clap", "indicatif", "comfy-table"],
        by: &["ledger-cli", "bench", "generate"],
        because: "libraries do not talk to a terminal",
    },
    Owned {
        libraries: &["ledger-testkit"],
        by: &["ledger-tests", "bench", "generate"],
        because: "what breaks disks and turns clocks is no part of the product",
    },
];

const ABOVE: &[Above] = &[Above {
    libraries: &["ledger-store", "sled", "bincode"],
    may: &[
        "ledger-store",
        "ledger-service",
        "ledger-http",
        "ledger-cli",
        "ledger-testkit",
        "ledger-tests",
        "ledger-fuzz",
        "bench",
        "generate",
    ],
    because: "only what stands above the store may lead to it",
}];

/// Every forbidden edge in the graph, with the way that leads to it.
pub(crate) fn check(graph: &Graph) -> Vec<String> {
    // A way that two rules forbid is told once, with the reason that is nearest to it.
    let mut ways: Vec<(Vec<&str>, &str)> = Vec::new();
    for rule in UNREACHABLE {
        ways.extend(
            rule.to
                .iter()
                .filter_map(|to| Some((graph.way(rule.from, to)?, rule.because))),
        );
    }
    for rule in ABOVE {
        for entry in graph
            .ours()
            .filter(|entry| !rule.may.contains(&entry.name.as_str()))
        {
            for way in rule
                .libraries
                .iter()
                .filter_map(|library| graph.way(&entry.name, library))
            {
                if ways.iter().all(|(told, _)| *told != way) {
                    ways.push((way, rule.because));
                }
            }
        }
    }
    let mut faults: Vec<String> = ways.iter().map(|(way, because)| reached(way, because)).collect();
    for rule in OWNED {
        for entry in graph
            .ours()
            .filter(|entry| !rule.by.contains(&entry.name.as_str()))
        {
            let needs = graph
                .direct(entry, false)
                .into_iter()
                .map(|need| need.name.as_str());
            for library in needs.filter(|need| rule.libraries.contains(need)) {
                let (owners, because) = (rule.by.join(" and "), rule.because);
                faults.push(format!(
                    "{} depends on {library}, which only {owners} may: {because}.",
                    entry.name
                ));
            }
        }
    }
    faults
}

fn reached(way: &[&str], because: &str) -> String {
    format!(
        "{} must not reach {}, and does by {}: {because}.",
        way[0],
        way[way.len() - 1],
        way.join(" -> ")
    )
}

/// A rule about a crate that was renamed would pass for ever; this makes it fail.
pub(crate) fn check_rules_name_crates(graph: &Graph) -> Vec<String> {
    let named = UNREACHABLE.iter().map(|rule| rule.from);
    let named = named.chain(OWNED.iter().flat_map(|rule| rule.by).copied());
    let named = named.chain(ABOVE.iter().flat_map(|rule| rule.may).copied());
    let mut lost: Vec<&str> = named
        .filter(|name| graph.ours().all(|entry| entry.name != *name))
        .collect();
    lost.sort_unstable();
    lost.dedup();
    lost.iter()
        .map(|name| format!("a rule in tidy/edges.rs is about {name}, which is no crate here."))
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn faults(rows: &[(&str, &[&str])]) -> Vec<String> {
        check(&Graph::made_up(rows))
    }

    #[test]
    fn every_unreachable_row_can_fail() {
        for rule in UNREACHABLE {
            for to in rule.to {
                let found = faults(&[(rule.from, &["between"]), ("between", &[to])]);
                assert!(
                    found.iter().any(|fault| fault.contains(rule.because)),
                    "{} -> {to}",
                    rule.from
                );
            }
        }
    }

    #[test]
    fn every_owned_row_can_fail_and_its_owner_may() {
        for rule in OWNED {
            for library in rule.libraries {
                assert!(
                    faults(&[("tool-any", &[library])])
                        .iter()
                        .any(|fault| fault.contains(rule.because))
                );
                assert_eq!(faults(&[(rule.by[0], &[library])]), Vec::<String>::new());
                assert_eq!(
                    faults(&[("ledger-testkit", &[&format!("dev:{library}")])]),
                    Vec::<String>::new()
                );
            }
        }
    }

    #[test]
    fn every_above_row_can_fail_and_those_above_may() {
        for rule in ABOVE {
            for library in rule.libraries {
                let below: &[(&str, &[&str])] = &[("tool-any", &["between"]), ("between", &[library])];
                assert!(faults(below).iter().any(|fault| fault.contains(rule.because)));
                for may in rule.may {
                    assert_eq!(
                        faults(&[(may, &["between"]), ("between", &[library])]),
                        Vec::<String>::new()
                    );
                }
            }
        }
    }

    #[test]
    fn a_fault_names_the_way_and_the_reason() {
        let found = faults(&[("ledger-domain", &["rust_decimal"]), ("rust_decimal", &["serde"])]);
        assert_eq!(
            found,
            [
                "ledger-domain must not reach serde, and does by ledger-domain -> rust_decimal -> serde: \
              the rules know no format; what is stored or sent is a shape of ledger-contract."
            ]
        );
    }

    #[test]
    fn a_rule_about_a_lost_crate_fails() {
        let lost = check_rules_name_crates(&Graph::made_up(&[("ledger-domain", &[])]));
        assert!(lost.iter().any(|fault| fault.contains("ledger-proof")));
        assert!(lost.iter().all(|fault| !fault.contains("ledger-domain")));
    }
}
