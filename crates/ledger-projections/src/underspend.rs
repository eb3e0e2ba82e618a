//! `underspend`: what is left unspent per project and theme, and what is expected to be left.

use ledger_contract::{
    report::{Head, ProjectUnderspend, ThemeUnderspend, Underspend, UnderspendFigures},
    value::Name,
};
use ledger_domain::Date;

use crate::{
    figure::Figure,
    groups::groups,
    programme::{Notes, ProgrammeProjection},
    query::Query,
    snapshot::{ProjectAt, Snapshot, cents},
};

/// The figures whose explanations explain an underspend.
const EXPLAINING: &[&str] = &[
    "underspend",
    "overspend",
    "remaining",
    "forecastAtEnd",
    "forecastUnderspend",
];

/// The report, under its head. `texts` finds the text of the explanation at a position; none once it is destroyed.
///
/// A forecast counts when it reaches to the end or beyond: a project's own end, the programme's for the programme. A
/// project without its own end is taken to end where its forecasts do. Of several the one that reaches furthest
/// counts, of those for one day the one booked last. The totals have the programme's forecast; without one they sum the
/// projects' as themes do, null unless every project has one. With a year there are none: forecasts run over all years.
/// `forecastUnderspend` is the row's budget less its forecast, below zero where an overspend is expected; the
/// programme's forecast is held against the authorised sum, as its `remaining` is.
///
/// A project's explanation is the latest of those of its underspend, or, while it is overspent, the one that came with
/// the latest entry that overspent.
pub fn underspend(
    projection: &ProgrammeProjection,
    head: Head,
    query: &Query,
    texts: &dyn Fn(u64) -> Option<String>,
) -> Underspend {
    let snapshot = Snapshot::take(projection, query);
    let row = |at| Row::new(at, query);
    let rows: Vec<Row<'_>> = snapshot.projects.iter().map(row).collect();
    let mut totals = sum(&rows);
    if let Some(whole) = snapshot.whole.filter(|_| snapshot.is_of_all) {
        let notes = &projection.notes;
        if let Some(forecast) = forecast(notes, projection.ends_on, query) {
            set_forecast(&mut totals, whole.authorised, forecast);
        }
        totals.explanation = explanation(notes, false, query.as_of).and_then(texts);
    }
    Underspend {
        head,
        totals,
        themes: themes(&rows),
        projects: rows.iter().map(|row| row.report(query, texts)).collect(),
        groups: query.by.as_ref().map(|by| groups(&snapshot, by)),
    }
}

struct Row<'a> {
    at: &'a ProjectAt<'a>,
    /// In cents.
    forecast: Option<i128>,
}

impl<'a> Row<'a> {
    fn new(at: &'a ProjectAt<'a>, query: &Query) -> Self {
        let forecast = forecast(&at.project.notes, at.project.ends_on, query);
        Self { at, forecast }
    }

    fn report(&self, query: &Query, texts: &dyn Fn(u64) -> Option<String>) -> ProjectUnderspend {
        let project = self.at.project;
        let is_short = self.at.cents(Figure::Overspend) > 0;
        let explanation = explanation(&project.notes, is_short, query.as_of);
        ProjectUnderspend {
            project: Name(project.id.clone()),
            title: project.title.clone(),
            theme: project.theme.clone(),
            figures: UnderspendFigures {
                explanation: explanation.and_then(texts),
                ..sum([self])
            },
        }
    }
}

/// In the order of their first project.
fn themes(rows: &[Row<'_>]) -> Vec<ThemeUnderspend> {
    let mut themes: Vec<&Option<String>> = Vec::new();
    for row in rows {
        if !themes.contains(&&row.at.project.theme) {
            themes.push(&row.at.project.theme);
        }
    }
    let of_theme = |theme: &Option<String>| ThemeUnderspend {
        theme: theme.clone(),
        figures: sum(rows.iter().filter(|row| row.at.project.theme == *theme)),
    };
    themes.into_iter().map(of_theme).collect()
}

/// Without a forecast where one row has none: a sum of some would pass for a sum of all.
fn sum<'a>(rows: impl IntoIterator<Item = &'a Row<'a>, IntoIter: Clone>) -> UnderspendFigures {
    let rows = rows.into_iter();
    let of = |figure| -> i128 { rows.clone().map(|row| row.at.cents(figure)).sum() };
    let mut sums = UnderspendFigures {
        budget: cents(of(Figure::Budget)),
        spent_own: cents(of(Figure::SpentOwn)),
        underspend: cents(of(Figure::Underspend)),
        overspend: cents(of(Figure::Overspend)),
        forecast_at_end: None,
        forecast_underspend: None,
        carried_over: cents(of(Figure::CarriedOut)),
        released: cents(of(Figure::Released)),
        explanation: None,
    };
    let forecasts = rows.clone().map(|row| row.forecast);
    if let Some(Some(forecast)) = forecasts.reduce(|sum, next| Some(sum? + next?)) {
        set_forecast(&mut sums, of(Figure::Budget), forecast);
    }
    sums
}

fn set_forecast(figures: &mut UnderspendFigures, budget: i128, forecast: i128) {
    figures.forecast_at_end = Some(cents(forecast));
    figures.forecast_underspend = Some(cents(budget - forecast));
}

/// What is expected at the end, in cents.
fn forecast(notes: &Notes, ends_on: Option<Date>, query: &Query) -> Option<i128> {
    let known = notes.forecasts.iter().filter(|forecast| {
        let reaches = ends_on.is_none_or(|ends_on| forecast.through >= ends_on);
        reaches && query.year.is_none() && forecast.booking_date <= query.as_of
    });
    // Of equals the last is taken: the one recorded last.
    known
        .max_by_key(|forecast| (forecast.through, forecast.booking_date))
        .map(|forecast| forecast.amount.cents().into())
}

/// The position of the latest explanation.
fn explanation(notes: &Notes, is_short: bool, as_of: Date) -> Option<u64> {
    let stated = notes
        .explanations
        .iter()
        .filter(|note| note.booking_date <= as_of && EXPLAINING.contains(&note.figure.as_str()))
        .map(|note| (note.booking_date, note.position))
        .max();
    let overspent = notes.overspends.range(..=as_of).next_back();
    let overspent = overspent
        .filter(|_| is_short)
        .map(|(date, position)| (*date, *position));
    stated.max(overspent).map(|(_, position)| position)
}
