//! A report as a table on a terminal, as CSV or as JSON. Reports say what stands in it; this says how it looks.

use std::io::Write as _;

use clap::ValueEnum;
use comfy_table::{Cell, CellAlignment, ColumnConstraint, ContentArrangement, Table, Width, presets};
use ledger_contract::value::Cents;
use serde::Serialize;

use crate::{
    failure::Failure,
    output::{self, plain},
};

/// The least columns of a text, so that narrow terminals do not tear it into letters.
const TEXT_WIDTH_MIN: u16 = 12;

/// How a report is shown.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub(crate) enum Format {
    /// For people
    Table,
    /// The same JSON as over HTTP
    Json,
    /// For spreadsheets
    Csv,
}

impl Format {
    /// What was asked, or what fits whoever reads.
    pub(crate) fn or_fitting(asked: Option<Self>) -> Self {
        asked.unwrap_or(if output::is_terminal() {
            Self::Table
        } else {
            Self::Json
        })
    }
}

/// One cell.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Value {
    /// A text of somebody.
    Text(String),
    /// An amount, or nothing where there is none.
    Money(Option<String>),
}

impl Value {
    /// A text, or an empty cell.
    pub(crate) fn text(text: Option<impl Into<String>>) -> Self {
        Self::Text(text.map(Into::into).unwrap_or_default())
    }
}

impl From<&str> for Value {
    fn from(text: &str) -> Self {
        Self::Text(text.to_owned())
    }
}

impl From<String> for Value {
    fn from(text: String) -> Self {
        Self::Text(text)
    }
}

impl From<&Cents> for Value {
    fn from(amount: &Cents) -> Self {
        Self::Money(Some(amount.0.to_string()))
    }
}

impl From<Option<&Cents>> for Value {
    fn from(amount: Option<&Cents>) -> Self {
        Self::Money(amount.map(|amount| amount.0.to_string()))
    }
}

/// Rows under headings.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct Grid {
    /// The names of the columns: where they show a figure, its name in the JSON, which `explain` takes.
    pub(crate) columns: Vec<&'static str>,
    /// As many values in each as there are columns.
    pub(crate) rows: Vec<Vec<Value>>,
}

/// A report for people and for spreadsheets.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct Sheet {
    /// What it is about and what it stands on.
    pub(crate) title: String,
    /// For a terminal, one under the other; those without rows are left out.
    pub(crate) tables: Vec<Grid>,
    /// Under the tables, one a line.
    pub(crate) notes: Vec<String>,
    /// All of it in one grid, for CSV.
    pub(crate) csv: Grid,
}

/// Shows a report.
pub(crate) fn show<T: Serialize>(
    report: &T,
    format: Format,
    sheet: impl FnOnce(&T) -> Sheet,
) -> Result<(), Failure> {
    match format {
        Format::Json => {
            // The same bytes as over HTTP, and a newline for the terminal's prompt.
            let json = serde_json::to_string(report).map_err(|error| Failure::Output(error.into()))?;
            output::line(&json)
        }
        Format::Table => output::line(&terminal(&sheet(report))),
        Format::Csv => csv(&sheet(report).csv),
    }
}

fn terminal(sheet: &Sheet) -> String {
    let mut text = plain(&sheet.title);
    for grid in sheet.tables.iter().filter(|grid| !grid.rows.is_empty()) {
        text.push_str("\n\n");
        text.push_str(&table(grid).trim_fmt());
    }
    if !sheet.notes.is_empty() {
        text.push('\n');
    }
    for note in &sheet.notes {
        text.push('\n');
        text.push_str(&plain(note));
    }
    text
}

fn table(grid: &Grid) -> Table {
    let mut table = Table::new();
    table
        .load_style(presets::ASCII_MARKDOWN)
        .set_content_arrangement(ContentArrangement::Dynamic);
    let is_money = |column: usize| {
        grid.rows
            .iter()
            .any(|row| matches!(row.get(column), Some(Value::Money(_))))
    };
    table.set_header(
        grid.columns
            .iter()
            .enumerate()
            .map(|(index, name)| aligned(name, is_money(index))),
    );
    for row in &grid.rows {
        table.add_row(row.iter().map(|value| match value {
            Value::Text(text) => aligned(&plain(text), false),
            Value::Money(amount) => aligned(amount.as_deref().unwrap_or("-"), true),
        }));
    }
    // On a narrow terminal texts are wrapped; an amount never is, since half an amount reads as another one.
    for (index, column) in table.column_iter_mut().enumerate() {
        column.set_constraint(if is_money(index) {
            ColumnConstraint::ContentWidth
        } else {
            ColumnConstraint::LowerBoundary(Width::Fixed(TEXT_WIDTH_MIN))
        });
    }
    table
}

fn aligned(text: &str, right: bool) -> Cell {
    Cell::new(text).set_alignment(if right {
        CellAlignment::Right
    } else {
        CellAlignment::Left
    })
}

fn csv(grid: &Grid) -> Result<(), Failure> {
    let mut writer = csv::Writer::from_writer(output::stdout());
    let write = |writer: &mut csv::Writer<_>| -> csv::Result<()> {
        writer.write_record(&grid.columns)?;
        for row in &grid.rows {
            writer.write_record(row.iter().map(|value| match value {
                Value::Text(text) => guarded(text),
                Value::Money(amount) => amount.clone().unwrap_or_default(),
            }))?;
        }
        Ok(())
    };
    write(&mut writer).map_err(|error| match error.into_kind() {
        csv::ErrorKind::Io(error) => Failure::Output(error),
        other => Failure::Output(std::io::Error::other(format!("{other:?}"))),
    })?;
    let mut stdout = writer
        .into_inner()
        .map_err(|error| Failure::Output(error.into_error()))?;
    stdout.flush().map_err(Failure::Output)
}

/// A text that a spreadsheet does not take for a formula (OWASP, CSV injection): an apostrophe goes before it.
fn guarded(text: &str) -> String {
    if text.starts_with(['=', '+', '-', '@', '\t', '\r']) {
        format!("'{text}")
    } else {
        text.to_owned()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn grid() -> Grid {
        Grid {
            columns: vec!["project", "remaining"],
            rows: vec![
                vec!["=HYPERLINK(\"x\")".into(), Value::Money(Some("-5.00".to_owned()))],
                vec!["b\u{1b}[31m".into(), Value::Money(Some("1600000.00".to_owned()))],
                vec!["c".into(), Value::Money(None)],
            ],
        }
    }

    #[test]
    fn amounts_are_aligned_and_no_escape_reaches_the_terminal() {
        let text = table(&grid()).trim_fmt();
        assert!(!text.contains('\u{1b}'), "{text}");
        let ends: Vec<usize> = text
            .lines()
            .filter(|line| line.contains(".00"))
            .filter_map(|line| line.rfind(".00"))
            .map(|at| text.lines().next().map_or(0, str::len) - at)
            .collect();
        assert_eq!(ends.len(), 2);
    }

    #[test]
    fn only_texts_are_guarded_against_formulas() {
        assert_eq!(guarded("=1+1"), "'=1+1");
        assert_eq!(guarded("@x"), "'@x");
        assert_eq!(guarded("a=1"), "a=1");
        assert_eq!(guarded(""), "");
    }
}
