//! Sums of projects that share a theme, law, task field or tag.

use std::collections::BTreeMap;

use ledger_contract::report::Group;

use crate::{
    programme::Project,
    query::GroupBy,
    snapshot::{ProjectAt, Snapshot, figures},
};

/// The groups in the order of their keys, the projects without that dimension last.
///
/// Each figure sums to the totals' over the groups, except that of a whole programme the totals' `remaining` and
/// `available` are larger by `unallocated`, which no group has.
pub(crate) fn groups(snapshot: &Snapshot<'_>, by: &GroupBy) -> Vec<Group> {
    let mut groups: BTreeMap<(bool, Option<&str>), Vec<&ProjectAt<'_>>> = BTreeMap::new();
    for at in &snapshot.projects {
        let key = key(at.project, by);
        groups.entry((key.is_none(), key)).or_default().push(at);
    }
    groups
        .into_iter()
        .map(|((_, key), projects)| Group {
            key: key.map(str::to_owned),
            figures: figures(|figure| projects.iter().map(|at| at.cents(figure)).sum()),
        })
        .collect()
}

fn key<'a>(project: &'a Project, by: &GroupBy) -> Option<&'a str> {
    match by {
        GroupBy::Theme => project.theme.as_deref(),
        GroupBy::Law => project.law.as_deref(),
        GroupBy::Taakveld => project.taakveld.as_deref(),
        GroupBy::Tag(name) => project.tags.get(name).map(String::as_str),
    }
}
