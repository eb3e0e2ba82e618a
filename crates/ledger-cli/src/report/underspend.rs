//! `underspend` as a sheet.

use ledger_contract::report::{Underspend, UnderspendFigures};

use super::{groups, title};
use crate::sheet::{Grid, Sheet, Value};

/// The report for people and for spreadsheets.
pub(super) fn sheet(report: &Underspend) -> Sheet {
    Sheet {
        title: title("underspend", &report.head),
        tables: vec![
            projects(report),
            themes(report),
            groups::grid(report.groups.as_ref()),
        ],
        notes: notes(report),
        csv: csv(report),
    }
}

fn named(figures: &UnderspendFigures) -> [(&'static str, Value); 8] {
    [
        ("budget", Some(&figures.budget)),
        ("spentOwn", Some(&figures.spent_own)),
        ("underspend", Some(&figures.underspend)),
        ("overspend", Some(&figures.overspend)),
        ("forecastAtEnd", figures.forecast_at_end.as_ref()),
        ("forecastUnderspend", figures.forecast_underspend.as_ref()),
        ("carriedOver", Some(&figures.carried_over)),
        ("released", Some(&figures.released)),
    ]
    .map(|(name, amount)| (name, amount.into()))
}

fn grid<'a>(first: &'static str, rows: impl Iterator<Item = (&'a str, &'a UnderspendFigures)>) -> Grid {
    let mut grid = Grid {
        columns: vec![first],
        rows: Vec::new(),
    };
    for (name, figures) in rows {
        let figures = named(figures);
        if grid.rows.is_empty() {
            grid.columns.extend(figures.iter().map(|(name, _)| *name));
        }
        grid.rows.push(
            [Value::from(name)]
                .into_iter()
                .chain(figures.map(|(_, value)| value))
                .collect(),
        );
    }
    grid
}

fn projects(report: &Underspend) -> Grid {
    let rows = report
        .projects
        .iter()
        .map(|project| (project.project.0.as_str(), &project.figures));
    grid("project", rows.chain([("total", &report.totals)]))
}

fn themes(report: &Underspend) -> Grid {
    let rows = report.themes.iter();
    grid(
        "theme",
        rows.map(|theme| (theme.theme.as_deref().unwrap_or("(none)"), &theme.figures)),
    )
}

fn notes(report: &Underspend) -> Vec<String> {
    let of_projects = report
        .projects
        .iter()
        .map(|project| (project.project.0.as_str(), &project.figures));
    [("total", &report.totals)]
        .into_iter()
        .chain(of_projects)
        .filter_map(|(name, figures)| Some(format!("{name}: {}", figures.explanation.as_ref()?)))
        .collect()
}

/// One row per project, then the themes, then the totals, told apart by the first column.
fn csv(report: &Underspend) -> Grid {
    let mut columns = vec!["row", "project", "title", "theme"];
    columns.extend(named(&report.totals).map(|(name, _)| name));
    columns.push("explanation");
    let mut rows = Vec::new();
    let mut add = |texts: [Value; 4], figures: &UnderspendFigures| {
        let amounts = named(figures).map(|(_, value)| value);
        let explanation = Value::text(figures.explanation.as_deref());
        rows.push(texts.into_iter().chain(amounts).chain([explanation]).collect());
    };
    for project in &report.projects {
        let texts = [
            "project".into(),
            project.project.0.as_str().into(),
            project.title.as_str().into(),
            Value::text(project.theme.as_deref()),
        ];
        add(texts, &project.figures);
    }
    for theme in &report.themes {
        add(
            [
                "theme".into(),
                "".into(),
                "".into(),
                Value::text(theme.theme.as_deref()),
            ],
            &theme.figures,
        );
    }
    add(
        [
            "total".into(),
            "".into(),
            report.head.title.as_str().into(),
            "".into(),
        ],
        &report.totals,
    );
    Grid { columns, rows }
}
