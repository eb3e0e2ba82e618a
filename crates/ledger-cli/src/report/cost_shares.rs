//! `cost-shares` as a sheet.

use ledger_contract::{
    report::{CostShares, GroupShares, MunicipalityShares, ShareFigures},
    value::Cents,
};
use ledger_domain::Money;

use super::{BENEFIT, flags, region_title};
use crate::sheet::{Grid, Sheet, Value};

/// The report for people and for spreadsheets.
pub(super) fn sheet(report: &CostShares) -> Sheet {
    let mut tables = vec![groups(report), shares(report), payments(report)];
    // The only group of a region would repeat the region's own rows.
    if report.groups.len() > 1 {
        tables.extend(report.groups.iter().map(of_group));
    }
    Sheet {
        title: region_title(&format!("cost-shares of {}", report.year), &report.head),
        tables,
        notes: notes(report),
        csv: csv(report),
    }
}

fn groups(report: &CostShares) -> Grid {
    let row = |group: &GroupShares| {
        vec![
            group.group.0.as_str().into(),
            group.title.as_str().into(),
            group.degree.0.to_string().into(),
            group.key.0.as_str().into(),
            group.threshold.as_ref().into(),
            (&group.joint_cost).into(),
            (&group.total).into(),
        ]
    };
    let mut rows: Vec<Vec<Value>> = report.groups.iter().map(row).collect();
    let joint = report.groups.iter().map(|group| Some(&group.joint_cost));
    let mut last = vec![
        "total".into(),
        "".into(),
        "".into(),
        "".into(),
        Value::Money(None),
    ];
    last.extend([sum(joint), (&report.total).into()]);
    rows.push(last);
    Grid {
        columns: vec![
            "group",
            "title",
            "degree",
            "key",
            "threshold",
            "jointCost",
            "total",
        ],
        rows,
    }
}

fn shares(report: &CostShares) -> Grid {
    let rows = report.municipalities.iter();
    share_grid(rows.map(|row| (row.municipality.0.to_string(), &*row.name, &row.figures)))
}

fn of_group(group: &GroupShares) -> Grid {
    let rows = group.municipalities.iter();
    let mut grid = share_grid(rows.map(|row| (row.municipality.0.to_string(), &*row.name, &row.figures)));
    grid.columns.insert(0, "group");
    for row in &mut grid.rows {
        row.insert(0, group.group.0.as_str().into());
    }
    grid
}

fn share_grid<'a>(municipalities: impl Iterator<Item = (String, &'a str, &'a ShareFigures)>) -> Grid {
    let (mut rows, mut all) = (Vec::new(), Vec::new());
    for (code, name, figures) in municipalities {
        let amounts = named(figures).map(|(_, amount)| amount.into());
        rows.push([code.into(), name.into()].into_iter().chain(amounts).collect());
        all.push(named(figures).map(|(_, amount)| amount));
    }
    let mut total = vec!["total".into(), "".into()];
    total.extend((0..6).map(|figure| sum(all.iter().map(|row| row.get(figure).copied().flatten()))));
    rows.push(total);
    Grid {
        columns: vec![
            "municipality",
            "name",
            "actualCost",
            "jointShare",
            "fullSolidarityShare",
            "costShare",
            BENEFIT,
            "budgetedShare",
        ],
        rows,
    }
}

/// The figures by their names in the JSON.
fn named(figures: &ShareFigures) -> [(&'static str, Option<&Cents>); 6] {
    [
        ("actualCost", Some(&figures.actual_cost)),
        ("jointShare", figures.joint_share.as_ref()),
        ("fullSolidarityShare", figures.full_solidarity_share.as_ref()),
        ("costShare", figures.cost_share.as_ref()),
        ("benefit", figures.benefit.as_ref()),
        ("budgetedShare", figures.budgeted_share.as_ref()),
    ]
}

/// What each has paid of its share, and has still to pay.
fn payments(report: &CostShares) -> Grid {
    let amounts = |row: &'_ MunicipalityShares| {
        [
            row.figures.cost_share.clone(),
            Some(row.advances.clone()),
            Some(row.settled.clone()),
            row.balance.clone(),
        ]
    };
    let all: Vec<_> = report.municipalities.iter().map(amounts).collect();
    let named = report.municipalities.iter().zip(&all);
    let mut rows: Vec<Vec<Value>> = named
        .map(|(row, amounts)| {
            let texts = [row.municipality.0.to_string().into(), (*row.name).into()];
            texts
                .into_iter()
                .chain(amounts.iter().map(|amount| amount.as_ref().into()))
                .collect()
        })
        .collect();
    let mut total = vec!["total".into(), "".into()];
    total.extend((0..4).map(|figure| sum(all.iter().map(|row| row.get(figure).and_then(Option::as_ref)))));
    rows.push(total);
    Grid {
        columns: vec![
            "municipality",
            "name",
            "costShare",
            "advances",
            "settled",
            "balance",
        ],
        rows,
    }
}

/// The sum under a column; nothing when an amount in it is missing.
fn sum<'a>(amounts: impl Iterator<Item = Option<&'a Cents>>) -> Value {
    let all: Option<Vec<Money>> = amounts.map(|amount| amount.map(|amount| amount.0)).collect();
    Value::Money(all.and_then(Money::checked_sum).map(|sum| sum.to_string()))
}

fn notes(report: &CostShares) -> Vec<String> {
    let flagged = report.groups.iter().filter(|group| !group.flags.is_empty());
    let mut notes: Vec<String> = flagged
        .map(|group| format!("flag {}: {}", group.group.0, flags(&group.flags)))
        .collect();
    for explanation in &report.explanations {
        let of = explanation
            .municipality
            .as_ref()
            .map_or_else(|| "region".to_owned(), |code| code.0.to_string());
        notes.push(format!(
            "{of} {} ({}, position {}): {}",
            explanation.figure,
            explanation.booking_date.0,
            explanation.position,
            explanation.explanation.as_deref().unwrap_or("(destroyed)")
        ));
    }
    notes
}

/// One row per group and municipality, then the municipalities' sums, told apart by the first column.
fn csv(report: &CostShares) -> Grid {
    let mut columns = vec![
        "row",
        "year",
        "group",
        "degree",
        "key",
        "municipality",
        "name",
        "actualCost",
        "jointShare",
        "fullSolidarityShare",
        "costShare",
        "benefit",
        "budgetedShare",
    ];
    columns.extend(["advances", "settled", "balance", "flags"]);
    let year = || Value::from(report.year.to_string());
    let empty = || Value::from("");
    let mut rows = Vec::new();
    for group in &report.groups {
        for share in &group.municipalities {
            let mut row = vec![
                "group".into(),
                year(),
                group.group.0.as_str().into(),
                group.degree.0.to_string().into(),
                group.key.0.as_str().into(),
                share.municipality.0.to_string().into(),
                (*share.name).into(),
            ];
            row.extend(named(&share.figures).map(|(_, amount)| amount.into()));
            row.extend([empty(), empty(), empty(), flags(&group.flags).into()]);
            rows.push(row);
        }
    }
    for sums in &report.municipalities {
        let mut row = vec![
            "municipality".into(),
            year(),
            empty(),
            empty(),
            empty(),
            sums.municipality.0.to_string().into(),
            (*sums.name).into(),
        ];
        row.extend(named(&sums.figures).map(|(_, amount)| amount.into()));
        row.extend([
            (&sums.advances).into(),
            (&sums.settled).into(),
            sums.balance.as_ref().into(),
            empty(),
        ]);
        rows.push(row);
    }
    Grid { columns, rows }
}
