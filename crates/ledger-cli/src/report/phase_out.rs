//! `phase-out` as a sheet. A simulation says that it is one in its title, and again in words.

use ledger_contract::{
    report::{PhaseOut, PhaseOutFigures},
    value::{Cents, Share},
};

use super::{BENEFIT, flags, region_title};
use crate::sheet::{Grid, Sheet, Value};

/// The report for people and for spreadsheets.
pub(super) fn sheet(report: &PhaseOut) -> Sheet {
    let mut tables = vec![years(report)];
    // One group alone has the degree of the year.
    if compares(report) || report.years.iter().any(|year| year.groups.len() > 1) {
        tables.push(groups(report));
    }
    // The only municipality that was asked would repeat the years.
    if report.municipality.is_none() {
        tables.push(municipalities(report));
    }
    Sheet {
        title: title(report),
        tables,
        notes: notes(report),
        csv: csv(report),
    }
}

fn title(report: &PhaseOut) -> String {
    let name = match &report.simulation {
        Some(_) => "SIMULATION, nothing of it recorded: phase-out",
        None => "phase-out",
    };
    let title = region_title(name, &report.head);
    let asked = report.years.iter().find_map(|year| year.municipalities.first());
    match (&report.municipality, asked) {
        (Some(code), Some(share)) => format!("{title}, {} {}", code.0, share.name),
        (Some(code), None) => format!("{title}, {}", code.0),
        (None, _) => title,
    }
}

/// Whether there is a hypothetical schedule, so that the adopted one stands beside it.
fn compares(report: &PhaseOut) -> bool {
    let simulation = report.simulation.as_ref();
    simulation.is_some_and(|simulation| simulation.schedule.is_some())
}

/// The columns of figures: with those of the adopted schedule when there is another.
fn columns(report: &PhaseOut, first: &[&'static str]) -> Vec<&'static str> {
    let mut columns = first.to_vec();
    columns.extend(["actualCost", "costShare", BENEFIT]);
    if compares(report) {
        columns.extend(["adopted\ncostShare", "adopted\nbenefit"]);
    }
    if report.simulation.is_some() {
        columns.push("simulated");
    }
    columns
}

fn amounts(
    report: &PhaseOut,
    figures: &PhaseOutFigures,
    adopted: Option<&PhaseOutFigures>,
    simulated: bool,
) -> Vec<Value> {
    let mut amounts = vec![
        (&figures.actual_cost).into(),
        figures.cost_share.as_ref().into(),
        figures.benefit.as_ref().into(),
    ];
    if compares(report) {
        amounts.extend(adopted_amounts(adopted));
    }
    if report.simulation.is_some() {
        amounts.push(yes(simulated));
    }
    amounts
}

fn adopted_amounts(adopted: Option<&PhaseOutFigures>) -> [Value; 2] {
    let amount = |figure: fn(&PhaseOutFigures) -> Option<&Cents>| adopted.and_then(figure).into();
    [
        amount(|adopted| adopted.cost_share.as_ref()),
        amount(|adopted| adopted.benefit.as_ref()),
    ]
}

fn yes(simulated: bool) -> Value {
    if simulated { "yes" } else { "no" }.into()
}

fn degree(degree: Option<&Share>) -> Value {
    Value::text(degree.map(|degree| degree.0.to_string()))
}

fn years(report: &PhaseOut) -> Grid {
    let rows = report.years.iter().map(|year| {
        let mut row = vec![year.year.to_string().into(), degree(year.degree.as_ref())];
        row.extend(amounts(
            report,
            &year.figures,
            year.adopted.as_ref(),
            year.simulated,
        ));
        row
    });
    Grid {
        columns: columns(report, &["year", "degree"]),
        rows: rows.collect(),
    }
}

fn groups(report: &PhaseOut) -> Grid {
    let rows = report.years.iter().flat_map(|year| {
        year.groups.iter().map(|group| {
            let mut row = vec![
                year.year.to_string().into(),
                group.group.0.as_str().into(),
                degree(Some(&group.degree)),
            ];
            if compares(report) {
                row.push(degree(group.adopted_degree.as_ref()));
            }
            row
        })
    });
    let mut columns = vec!["year", "group", "degree"];
    if compares(report) {
        columns.push("adoptedDegree");
    }
    Grid {
        columns,
        rows: rows.collect(),
    }
}

fn municipalities(report: &PhaseOut) -> Grid {
    let rows = report.years.iter().flat_map(|year| {
        year.municipalities.iter().map(|share| {
            let mut row = vec![
                year.year.to_string().into(),
                share.municipality.0.to_string().into(),
                share.name.as_str().into(),
            ];
            row.extend(amounts(
                report,
                &share.figures,
                share.adopted.as_ref(),
                year.simulated,
            ));
            row
        })
    });
    Grid {
        columns: columns(report, &["year", "municipality", "name"]),
        rows: rows.collect(),
    }
}

fn notes(report: &PhaseOut) -> Vec<String> {
    let statement = report
        .simulation
        .iter()
        .map(|simulation| simulation.statement.clone());
    let flagged = report.years.iter().flat_map(|year| {
        let groups = year.groups.iter().filter(|group| !group.flags.is_empty());
        groups.map(|group| format!("flag {} {}: {}", year.year, group.group.0, flags(&group.flags)))
    });
    statement.chain(flagged).collect()
}

/// One row per year, group and municipality, told apart by the first column.
fn csv(report: &PhaseOut) -> Grid {
    let empty = || Value::from("");
    let mut rows = Vec::new();
    for year in &report.years {
        let number = || Value::from(year.year.to_string());
        let figures = |figures: &PhaseOutFigures, adopted: Option<&PhaseOutFigures>| {
            let own: [Value; 3] = [
                (&figures.actual_cost).into(),
                figures.cost_share.as_ref().into(),
                figures.benefit.as_ref().into(),
            ];
            own.into_iter()
                .chain(adopted_amounts(adopted))
                .collect::<Vec<_>>()
        };
        let mut row = vec![
            "year".into(),
            number(),
            empty(),
            degree(year.degree.as_ref()),
            empty(),
            empty(),
            empty(),
        ];
        row.extend(figures(&year.figures, year.adopted.as_ref()));
        row.extend([yes(year.simulated), empty()]);
        rows.push(row);
        for group in &year.groups {
            let mut row = vec![
                "group".into(),
                number(),
                group.group.0.as_str().into(),
                degree(Some(&group.degree)),
                degree(group.adopted_degree.as_ref()),
            ];
            row.extend((0..7).map(|_| empty()));
            row.extend([yes(year.simulated), flags(&group.flags).into()]);
            rows.push(row);
        }
        for share in &year.municipalities {
            let mut row = vec![
                "municipality".into(),
                number(),
                empty(),
                empty(),
                empty(),
                share.municipality.0.to_string().into(),
                share.name.as_str().into(),
            ];
            row.extend(figures(&share.figures, share.adopted.as_ref()));
            row.extend([yes(year.simulated), empty()]);
            rows.push(row);
        }
    }
    Grid {
        columns: vec![
            "row",
            "year",
            "group",
            "degree",
            "adoptedDegree",
            "municipality",
            "name",
            "actualCost",
            "costShare",
            "benefit",
            "adoptedCostShare",
            "adoptedBenefit",
            "simulated",
            "flags",
        ],
        rows,
    }
}
