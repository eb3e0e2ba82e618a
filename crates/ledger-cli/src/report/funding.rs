//! `funding` as a sheet.

use ledger_contract::report::{Funding, FundingFigures};

use super::{groups, title};
use crate::sheet::{Grid, Sheet, Value};

/// The report for people and for spreadsheets.
pub(super) fn sheet(report: &Funding) -> Sheet {
    let rows = csv(report);
    Sheet {
        title: title("funding", &report.head),
        tables: vec![table(report), groups::grid(report.groups.as_ref())],
        notes: Vec::new(),
        csv: rows,
    }
}

fn amounts(figures: &FundingFigures) -> [Value; 3] {
    [
        (&figures.spent).into(),
        (&figures.received).into(),
        (&figures.receivable).into(),
    ]
}

/// Each source with its projects and its sum, then the sum of all.
fn table(report: &Funding) -> Grid {
    let mut rows: Vec<Vec<Value>> = Vec::new();
    let mut add = |source: &str, project: &str, figures| {
        rows.push(
            [source.into(), project.into()]
                .into_iter()
                .chain(amounts(figures))
                .collect(),
        );
    };
    for source in &report.sources {
        let name = source.source.0.as_str();
        for project in &source.projects {
            add(name, project.project.0.as_str(), &project.figures);
        }
        add(name, "total", &source.figures);
    }
    add("total", "", &report.totals);
    Grid {
        columns: vec!["source", "project", "spent", "received", "receivable"],
        rows,
    }
}

/// One row per source and project, then the sources, then the totals, told apart by the first column.
fn csv(report: &Funding) -> Grid {
    let mut rows: Vec<Vec<Value>> = Vec::new();
    let mut add = |texts: [&str; 4], figures| {
        rows.push(
            texts
                .map(Value::from)
                .into_iter()
                .chain(amounts(figures))
                .collect(),
        );
    };
    for source in &report.sources {
        for project in &source.projects {
            let texts = [
                "project",
                source.source.0.as_str(),
                project.project.0.as_str(),
                &project.title,
            ];
            add(texts, &project.figures);
        }
    }
    for source in &report.sources {
        add(["source", source.source.0.as_str(), "", ""], &source.figures);
    }
    add(["total", "", "", &report.head.title], &report.totals);
    Grid {
        columns: vec![
            "row",
            "source",
            "project",
            "title",
            "spent",
            "received",
            "receivable",
        ],
        rows,
    }
}
