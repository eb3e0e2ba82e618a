//! The figures of budget-position by name, and the groups that every report can add.

use ledger_contract::report::{Figures, Group};

use crate::sheet::{Grid, Value};

/// The figures that fit a terminal beside each other; CSV and JSON have all of them.
pub(super) const SHOWN: [&str; 7] = [
    "budget",
    "grossBudget",
    "spentOwn",
    "spentTotal",
    "committedOwn",
    "remaining",
    "available",
];

/// Every figure by its name in the JSON, in that order.
pub(super) fn named(figures: &Figures) -> [(&'static str, Value); 15] {
    [
        ("allocated", &figures.allocated),
        ("transferredIn", &figures.transferred_in),
        ("transferredOut", &figures.transferred_out),
        ("carriedIn", &figures.carried_in),
        ("carriedOut", &figures.carried_out),
        ("released", &figures.released),
        ("budget", &figures.budget),
        ("grossBudget", &figures.gross_budget),
        ("spentOwn", &figures.spent_own),
        ("spentTotal", &figures.spent_total),
        ("committedOwn", &figures.committed_own),
        ("remaining", &figures.remaining),
        ("available", &figures.available),
        ("underspend", &figures.underspend),
        ("overspend", &figures.overspend),
    ]
    .map(|(name, amount)| (name, amount.into()))
}

/// The figures that are shown on a terminal.
pub(super) fn shown(figures: &Figures) -> impl Iterator<Item = Value> {
    named(figures)
        .into_iter()
        .filter(|(name, _)| SHOWN.contains(name))
        .map(|(_, value)| value)
}

/// The groups as a table of their own.
pub(super) fn grid(groups: Option<&Vec<Group>>) -> Grid {
    Grid {
        columns: ["group"].into_iter().chain(SHOWN).collect(),
        rows: groups
            .into_iter()
            .flatten()
            .map(|group| {
                let key = Value::from(group.key.as_deref().unwrap_or("(none)"));
                [key].into_iter().chain(shown(&group.figures)).collect()
            })
            .collect(),
    }
}
