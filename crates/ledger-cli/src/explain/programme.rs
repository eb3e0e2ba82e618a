//! One figure of a programme's report as a sheet.

use ledger_contract::report::{ExplainedEvent, Explanation};
use ledger_projections::ReportName;

use crate::{
    failure::Failure,
    place::Place,
    question::ProgrammeFigure,
    report::known_at,
    settings::Settings,
    sheet::{self, Format, Grid, Sheet, Value},
};

/// Shows the explanation of the asked figure.
pub(super) fn run(
    report: ReportName,
    asked: &ProgrammeFigure,
    place: &Place,
    settings: &Settings,
) -> Result<(), Failure> {
    let ProgrammeFigure {
        asked: question,
        figure,
        source,
        bundling,
        format,
    } = asked;
    let path = format!("/v1/programmes/{}/{report}", question.programme);
    let mut parameters = question.parameters();
    parameters.push(("figure", figure.clone()));
    parameters.extend(source.as_ref().map(|source| ("source", source.to_string())));
    let proved_at = format!("{path}/bundles");
    bundling.write(
        place,
        settings,
        (&proved_at, &parameters),
        |queries, signed, details| {
            let figure = (report, figure.as_str(), source.as_ref());
            queries.bundle(
                signed,
                figure,
                &question.programme,
                &question.query(None),
                details,
            )
        },
    )?;
    let path = format!("{path}/explanations");
    let explanation = place.ask(settings, &path, &parameters, |queries| {
        let query = question.query(None);
        queries.explain(report, &question.programme, figure, source.as_ref(), &query)
    })?;
    sheet::show(&explanation, Format::or_fitting(*format), sheet)
}

fn sheet(explanation: &Explanation) -> Sheet {
    Sheet {
        title: title(explanation),
        tables: vec![table(explanation)],
        notes: Vec::new(),
        csv: csv(explanation),
    }
}

fn title(explanation: &Explanation) -> String {
    let mut of = explanation.programme.0.to_string();
    for part in [&explanation.project, &explanation.source].into_iter().flatten() {
        of.push_str(", ");
        of.push_str(part.0.as_str());
    }
    let year = explanation
        .year
        .map(|year| format!(", year {year}"))
        .unwrap_or_default();
    format!(
        "{} {} of {of} is {}{year}, as of {}{}, log position {}",
        explanation.report,
        explanation.figure,
        explanation.amount.0,
        explanation.as_of.0,
        known_at(explanation.known_at.as_ref()),
        explanation.log_position
    )
}

fn table(explanation: &Explanation) -> Grid {
    let row = |event: &ExplainedEvent| {
        vec![
            event.position.to_string().into(),
            event.booking_date.0.to_string().into(),
            event.r#type.as_str().into(),
            Value::text(event.project.as_ref().map(|project| project.0.as_str())),
            Value::text(event.entry.as_ref().map(|entry| entry.0.as_str())),
            (&event.amount).into(),
            Value::text(text(event)),
        ]
    };
    let mut rows: Vec<_> = explanation.events.iter().map(row).collect();
    let empty = || Value::from("");
    let sum = (&explanation.amount).into();
    rows.push(vec![
        "total".into(),
        empty(),
        empty(),
        empty(),
        empty(),
        sum,
        empty(),
    ]);
    Grid {
        columns: vec![
            "position",
            "bookingDate",
            "type",
            "project",
            "entry",
            "amount",
            "text",
        ],
        rows,
    }
}

/// The text that says most about an event in one cell.
fn text(event: &ExplainedEvent) -> Option<&str> {
    [
        &event.description,
        &event.reason,
        &event.explanation,
        &event.document,
    ]
    .into_iter()
    .find_map(|text| text.as_deref())
}

fn csv(explanation: &Explanation) -> Grid {
    let columns = vec![
        "position",
        "bookingDate",
        "recordedAt",
        "type",
        "project",
        "entry",
        "amount",
        "supplier",
        "description",
        "document",
        "explanation",
        "reason",
    ];
    let row = |event: &ExplainedEvent| {
        vec![
            event.position.to_string().into(),
            event.booking_date.0.to_string().into(),
            event.recorded_at.0.to_string().into(),
            event.r#type.as_str().into(),
            Value::text(event.project.as_ref().map(|project| project.0.as_str())),
            Value::text(event.entry.as_ref().map(|entry| entry.0.as_str())),
            (&event.amount).into(),
            Value::text(event.supplier.as_deref()),
            Value::text(event.description.as_deref()),
            Value::text(event.document.as_deref()),
            Value::text(event.explanation.as_deref()),
            Value::text(event.reason.as_deref()),
        ]
    };
    Grid {
        columns,
        rows: explanation.events.iter().map(row).collect(),
    }
}
