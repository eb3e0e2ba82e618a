//! One figure of a municipality as a sheet: the arithmetic in words, then the events.

use ledger_contract::report::{CalculationStep, RegionExplainedEvent, RegionExplanation};

use crate::{
    failure::Failure,
    place::Place,
    region_question::ShareFigureAsked,
    report::known_at,
    settings::Settings,
    sheet::{self, Format, Grid, Sheet, Value},
};

/// Shows the explanation of the asked figure.
pub(super) fn run(asked: &ShareFigureAsked, place: &Place, settings: &Settings) -> Result<(), Failure> {
    let explanation = asked.ask(place, settings)?;
    sheet::show(&explanation, Format::or_fitting(asked.region.format), sheet)
}

fn sheet(explanation: &RegionExplanation) -> Sheet {
    Sheet {
        title: title(explanation),
        tables: vec![steps(explanation), events(explanation)],
        notes: Vec::new(),
        csv: csv(explanation),
    }
}

fn title(explanation: &RegionExplanation) -> String {
    let group = explanation
        .group
        .as_ref()
        .map(|group| format!(", {}", group.0))
        .unwrap_or_default();
    let amount = explanation.amount.as_ref().map_or_else(
        || "not known without a key".to_owned(),
        |amount| amount.0.to_string(),
    );
    format!(
        "{} {} of {}, {}{group} is {amount}, year {}, as of {}{}, log position {}",
        explanation.report,
        explanation.figure,
        explanation.region.0,
        explanation.municipality.0,
        explanation.year,
        explanation.as_of.0,
        known_at(explanation.known_at.as_ref()),
        explanation.log_position
    )
}

fn steps(explanation: &RegionExplanation) -> Grid {
    let row = |step: &CalculationStep| {
        vec![
            Value::text(step.group.as_ref().map(|group| group.0.as_str())),
            step.amount.as_ref().into(),
            step.sentence.as_str().into(),
        ]
    };
    let mut rows: Vec<_> = explanation.steps.iter().map(row).collect();
    rows.push(vec![
        "total".into(),
        explanation.amount.as_ref().into(),
        "".into(),
    ]);
    Grid {
        columns: vec!["group", "amount", "calculation"],
        rows,
    }
}

fn events(explanation: &RegionExplanation) -> Grid {
    let row = |event: &RegionExplainedEvent| {
        vec![
            event.position.to_string().into(),
            event.booking_date.0.to_string().into(),
            event.r#type.as_str().into(),
            Value::text(event.municipality.as_ref().map(|code| code.0.to_string())),
            Value::text(event.entry.as_ref().map(|entry| entry.0.as_str())),
            (&event.amount).into(),
            Value::text(event.reason.as_deref().or(event.document.as_deref())),
        ]
    };
    let mut rows: Vec<_> = explanation.events.iter().map(row).collect();
    let empty = || Value::from("");
    rows.push(vec![
        "total".into(),
        empty(),
        empty(),
        empty(),
        empty(),
        explanation.amount.as_ref().into(),
        empty(),
    ]);
    Grid {
        columns: vec![
            "position",
            "bookingDate",
            "type",
            "municipality",
            "entry",
            "amount",
            "text",
        ],
        rows,
    }
}

/// The events; the calculation is in the JSON and in the table.
fn csv(explanation: &RegionExplanation) -> Grid {
    let row = |event: &RegionExplainedEvent| {
        vec![
            event.position.to_string().into(),
            event.booking_date.0.to_string().into(),
            event.recorded_at.0.to_string().into(),
            event.r#type.as_str().into(),
            Value::text(event.group.as_ref().map(|group| group.0.as_str())),
            Value::text(event.municipality.as_ref().map(|code| code.0.to_string())),
            Value::text(event.entry.as_ref().map(|entry| entry.0.as_str())),
            (&event.amount).into(),
            Value::text(event.document.as_deref()),
            Value::text(event.reason.as_deref()),
        ]
    };
    Grid {
        columns: vec![
            "position",
            "bookingDate",
            "recordedAt",
            "type",
            "group",
            "municipality",
            "entry",
            "amount",
            "document",
            "reason",
        ],
        rows: explanation.events.iter().map(row).collect(),
    }
}
