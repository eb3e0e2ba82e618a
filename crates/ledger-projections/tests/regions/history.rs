//! A region's events folded up to some position, and its reports.

use crate::book::{Book, date, id, municipality};
use ledger_contract::{
    report::{CostShares, MunicipalityShares, RegionHead},
    value::{Cents, Day, Name},
};
use ledger_domain::{Money, Year};
use ledger_projections::{RegionExplained, RegionExplainer, RegionProjection, RegionQuery, cost_shares};

/// The projection of the first events, as many as given.
pub(crate) fn known_at(book: &Book, events: usize) -> RegionProjection {
    let mut projection = RegionProjection::new();
    for (recorded, event, _) in book.events.iter().take(events) {
        projection.apply_event(recorded.position, recorded.booking_date, event);
    }
    projection
}

pub(crate) fn projection(book: &Book) -> RegionProjection {
    known_at(book, book.events.len())
}

pub(crate) fn head(projection: &RegionProjection, as_of: &str) -> RegionHead {
    RegionHead {
        region: Name(id("zhz")),
        title: projection.title().to_owned(),
        as_of: Day(date(as_of)),
        known_at: None,
        log_position: 0,
        root: String::new(),
    }
}

pub(crate) fn report(projection: &RegionProjection, year: Year, as_of: &str) -> CostShares {
    cost_shares(projection, head(projection, as_of), year, &|position| {
        Some(format!("text at {position}"))
    })
}

pub(crate) fn row<'a>(report: &'a CostShares, code: &str) -> &'a MunicipalityShares {
    let found = report
        .municipalities
        .iter()
        .find(|row| row.municipality.0 == municipality(code));
    found.expect("a row")
}

/// An explanation of a figure of one municipality.
pub(crate) fn explain(
    book: &Book,
    figure: &str,
    code: &str,
    group: Option<&str>,
    year: Year,
    as_of: &str,
) -> Option<RegionExplained> {
    let query = RegionQuery {
        year,
        as_of: date(as_of),
        municipality: municipality(code),
        group: group.map(id),
    };
    let mut explainer = RegionExplainer::new(figure, query).expect("a figure");
    for (recorded, event, _) in &book.events {
        explainer.apply_event(recorded.position, recorded.booking_date, event);
    }
    explainer.finish()
}

pub(crate) fn text(amount: Option<&Cents>) -> String {
    amount.map_or("null".into(), |amount| amount.0.to_string())
}

pub(crate) fn cents(amounts: impl Iterator<Item = Money>) -> i64 {
    amounts.map(Money::cents).sum()
}
