//! `budget-position` as a sheet.

use ledger_contract::report::{BudgetPosition, ProjectPosition};

use super::{groups, title};
use crate::sheet::{Grid, Sheet, Value};

/// The report for people and for spreadsheets.
pub(super) fn sheet(report: &BudgetPosition) -> Sheet {
    Sheet {
        title: title("budget-position", &report.head),
        tables: vec![
            projects(report),
            cofinancing(report),
            groups::grid(report.groups.as_ref()),
        ],
        notes: notes(report),
        csv: csv(report),
    }
}

fn projects(report: &BudgetPosition) -> Grid {
    let row = |name: &str, figures| {
        [Value::from(name)]
            .into_iter()
            .chain(groups::shown(figures))
            .collect::<Vec<_>>()
    };
    let mut rows: Vec<_> = report
        .projects
        .iter()
        .map(|project| row(project.project.0.as_str(), &project.figures))
        .collect();
    rows.push(row("total", &report.totals));
    Grid {
        columns: ["project"].into_iter().chain(groups::SHOWN).collect(),
        rows,
    }
}

fn cofinancing(report: &BudgetPosition) -> Grid {
    let rows = report.projects.iter().flat_map(|project| {
        project.cofinancing.iter().map(|funder| {
            vec![
                project.project.0.as_str().into(),
                funder.funder.0.as_str().into(),
                (&funder.expected).into(),
                (&funder.pledged).into(),
                (&funder.reserved).into(),
                (&funder.received).into(),
                (&funder.charged).into(),
                (&funder.receivable).into(),
                (&funder.received_in_advance).into(),
            ]
        })
    });
    Grid {
        columns: vec![
            "project",
            "funder",
            "expected",
            "pledged",
            "reserved",
            "received",
            "charged",
            "receivable",
            "receivedInAdvance",
        ],
        rows: rows.collect(),
    }
}

/// What a reader should know beside the figures: the unallocated part, flags and explanations.
fn notes(report: &BudgetPosition) -> Vec<String> {
    let mut notes = Vec::new();
    if let (Some(authorised), Some(unallocated)) = (&report.authorised, &report.unallocated) {
        notes.push(format!(
            "authorised {}, of which {} unallocated (part of the total's remaining and available)",
            authorised.0, unallocated.0
        ));
    }
    for project in &report.projects {
        if !project.flags.is_empty() {
            notes.push(format!("flag {}: {}", project.project.0, flags(project)));
        }
    }
    for project in &report.projects {
        for explanation in &project.explanations {
            notes.push(format!(
                "{} {} ({}, position {}): {}",
                project.project.0,
                explanation.figure,
                explanation.booking_date.0,
                explanation.position,
                explanation.explanation.as_deref().unwrap_or("(destroyed)")
            ));
        }
    }
    notes
}

/// One row per project, then the groups, then the totals, told apart by the first column.
fn csv(report: &BudgetPosition) -> Grid {
    let mut columns = vec!["row", "project", "title", "theme", "law", "taakveld"];
    columns.extend(groups::named(&report.totals).map(|(name, _)| name));
    columns.push("flags");
    let mut rows = Vec::new();
    let mut add = |texts: [Value; 6], figures, flags: String| {
        let amounts = groups::named(figures).map(|(_, value)| value);
        rows.push(texts.into_iter().chain(amounts).chain([flags.into()]).collect());
    };
    for project in &report.projects {
        let texts = [
            "project".into(),
            project.project.0.as_str().into(),
            project.title.as_str().into(),
            Value::text(project.theme.as_deref()),
            Value::text(project.law.as_deref()),
            Value::text(project.taakveld.as_deref()),
        ];
        add(texts, &project.figures, flags(project));
    }
    let empty = || Value::from("");
    for group in report.groups.iter().flatten() {
        let key = Value::text(group.key.as_deref());
        add(
            ["group".into(), empty(), key, empty(), empty(), empty()],
            &group.figures,
            String::new(),
        );
    }
    let title = report.head.title.as_str().into();
    add(
        ["total".into(), empty(), title, empty(), empty(), empty()],
        &report.totals,
        String::new(),
    );
    Grid { columns, rows }
}

fn flags(project: &ProjectPosition) -> String {
    project
        .flags
        .iter()
        .map(|flag| flag.as_str())
        .collect::<Vec<_>>()
        .join(" ")
}
