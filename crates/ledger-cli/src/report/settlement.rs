//! `settlement` as a sheet: the frozen lines, the rules that were used, and what changed since.

use ledger_contract::{
    report::{Settlement, SettlementChange, SettlementFigures, SettlementGroup, SettlementLine},
    value::Cents,
};

use super::region_title;
use crate::sheet::{Grid, Sheet, Value};

/// The report for people and for spreadsheets.
pub(super) fn sheet(report: &Settlement) -> Sheet {
    Sheet {
        title: region_title(
            &format!("settlement {} of {}", report.settlement.0, report.year),
            &report.head,
        ),
        tables: vec![lines(report), taken_over(report), rules(report), since(report)],
        notes: notes(report),
        csv: csv(report),
    }
}

fn amounts(figures: &SettlementFigures) -> [Value; 4] {
    [
        (&figures.cost_share).into(),
        (&figures.advances).into(),
        (&figures.settled).into(),
        (&figures.amount).into(),
    ]
}

fn lines(report: &Settlement) -> Grid {
    let row = |code: String, name: &str, figures| {
        let texts = [Value::from(code), name.into()];
        texts.into_iter().chain(amounts(figures)).collect::<Vec<_>>()
    };
    let mut rows: Vec<_> = report
        .lines
        .iter()
        .map(|line| row(line.municipality.0.to_string(), &line.name, &line.figures))
        .collect();
    rows.push(row("total".to_owned(), "", &report.totals));
    Grid {
        columns: vec![
            "municipality",
            "name",
            "costShare",
            "advances",
            "settled",
            "amount",
        ],
        rows,
    }
}

/// The parts of lines that stand under predecessors.
fn taken_over(report: &Settlement) -> Grid {
    let rows = report.lines.iter().flat_map(|line| {
        line.taken_over.iter().map(|part| {
            let texts = [
                Value::from(line.municipality.0.to_string()),
                part.municipality.0.to_string().into(),
                part.name.as_str().into(),
            ];
            texts.into_iter().chain(amounts(&part.figures)).collect()
        })
    });
    Grid {
        columns: vec![
            "municipality",
            "of which for",
            "name",
            "costShare",
            "advances",
            "settled",
            "amount",
        ],
        rows: rows.collect(),
    }
}

fn rules(report: &Settlement) -> Grid {
    let row = |group: &SettlementGroup| {
        vec![
            group.group.0.as_str().into(),
            group.title.as_str().into(),
            group.degree.0.to_string().into(),
            group.key.0.as_str().into(),
            group.threshold.as_ref().into(),
            (&group.actual_cost).into(),
            (&group.joint_cost).into(),
        ]
    };
    Grid {
        columns: vec![
            "group",
            "title",
            "degree",
            "key",
            "threshold",
            "actualCost",
            "jointCost",
        ],
        rows: report.groups.iter().map(row).collect(),
    }
}

/// The lines that would come out otherwise now.
fn since(report: &Settlement) -> Grid {
    let changed = report.lines.iter().filter(|line| is_changed(&line.since));
    let row = |line: &SettlementLine| {
        vec![
            line.municipality.0.to_string().into(),
            line.name.as_str().into(),
            line.since.cost_share.as_ref().into(),
            (&line.since.advances).into(),
            (&line.since.settled).into(),
            line.since.balance.as_ref().into(),
        ]
    };
    Grid {
        columns: vec![
            "municipality",
            "changed since",
            "costShare",
            "advances",
            "settled",
            "balance",
        ],
        rows: changed.map(row).collect(),
    }
}

fn is_changed(since: &SettlementChange) -> bool {
    let differs = |amount: Option<&Cents>| amount.is_none_or(|amount| !amount.0.is_zero());
    let SettlementChange {
        cost_share,
        advances,
        settled,
        balance,
    } = since;
    [
        cost_share.as_ref(),
        Some(advances),
        Some(settled),
        balance.as_ref(),
    ]
    .into_iter()
    .any(differs)
}

fn notes(report: &Settlement) -> Vec<String> {
    let decision = &report.decision;
    let mut notes = vec![format!(
        "drawn up on {} at position {}; decided on {}: {}",
        report.booking_date.0, report.position, decision.decided_on.0, decision.reference
    )];
    for group in &report.groups {
        if group.now.degree != group.degree {
            notes.push(format!(
                "{}: the degree is now {}",
                group.group.0, group.now.degree.0
            ));
        }
        if group.key_position.is_some() && group.now.key_position != group.key_position {
            notes.push(format!("{}: other weights hold now", group.group.0));
        }
        if group.now.actual_cost != group.actual_cost || group.now.joint_cost != group.joint_cost {
            notes.push(format!(
                "{}: costs are now {} and joint costs {}",
                group.group.0, group.now.actual_cost.0, group.now.joint_cost.0
            ));
        }
    }
    if !report.lines.iter().any(|line| is_changed(&line.since)) {
        notes.push("nothing changed since".to_owned());
    }
    notes
}

/// One row per line, its parts for predecessors, and its groups, told apart by the first column.
fn csv(report: &Settlement) -> Grid {
    let empty = || Value::from("");
    let mut rows = Vec::new();
    for line in &report.lines {
        let code = || Value::from(line.municipality.0.to_string());
        let mut row = vec![
            "line".into(),
            code(),
            line.name.as_str().into(),
            empty(),
            empty(),
            empty(),
            empty(),
        ];
        row.extend(amounts(&line.figures));
        row.extend([
            line.since.cost_share.as_ref().into(),
            (&line.since.advances).into(),
            (&line.since.settled).into(),
            line.since.balance.as_ref().into(),
        ]);
        rows.push(row);
        for part in &line.taken_over {
            let mut row = vec![
                "takenOver".into(),
                code(),
                part.name.as_str().into(),
                part.municipality.0.to_string().into(),
                empty(),
                empty(),
                empty(),
            ];
            row.extend(amounts(&part.figures));
            row.extend((0..4).map(|_| empty()));
            rows.push(row);
        }
        for group in &line.groups {
            let mut row = vec![
                "group".into(),
                code(),
                line.name.as_str().into(),
                empty(),
                group.group.0.as_str().into(),
                (&group.actual_cost).into(),
                (&group.joint_share).into(),
                (&group.cost_share).into(),
            ];
            row.extend((0..7).map(|_| empty()));
            rows.push(row);
        }
    }
    Grid {
        columns: vec![
            "row",
            "municipality",
            "name",
            "predecessor",
            "group",
            "actualCost",
            "jointShare",
            "costShare",
            "advances",
            "settled",
            "amount",
            "sinceCostShare",
            "sinceAdvances",
            "sinceSettled",
            "balanceNow",
        ],
        rows,
    }
}
