//! `/v1/regions/{region}/settlements`: which settlements were drawn up, and each with its frozen lines.

use axum::{extract::FromRequestParts, http::request::Parts};
use ledger_contract::value::{Day, Name, parse_id};
use ledger_domain::{Code, Id, Year};
use ledger_service::SettlementSummary;
use serde::Serialize;

use crate::{
    app::{Page, Record},
    openapi::Operation,
    problem::Failure,
    region_report::{self, RegionInPath},
    report::{self, id_in_path},
};

/// A page of the list.
#[derive(Serialize)]
struct Settlements {
    settlements: Vec<Summary>,
    /// What to give as `after` for the page that follows; null on the last.
    next: Option<Name>,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Summary {
    settlement: Name,
    year: Year,
    booking_date: Day,
    position: u64,
}

/// The settlement in the path. A text that is no id names no settlement.
struct SettlementInPath(Id);

impl<S: Send + Sync> FromRequestParts<S> for SettlementInPath {
    type Rejection = Failure;

    async fn from_request_parts(parts: &mut Parts, state: &S) -> Result<Self, Failure> {
        id_in_path(parts, state, "settlement", Code::UnknownSettlement)
            .await
            .map(Self)
    }
}

/// The list.
pub(crate) fn page<R: Record>() -> Page<R> {
    let operation = Operation::new(
        "listSettlements",
        "Regions",
        "The settlements that were drawn up, in the order of recording",
    )
    .takes(&["region", "asOf", "knownAt", "afterSettlement", "limit"])
    .answers(200, "Settlements")
    .fails(&report::PROBLEMS);
    report::page(
        "/regions/{region}/settlements",
        operation,
        |RegionInPath(region), mut parameters| {
            let query = region_report::dates(&mut parameters);
            let after = parameters.take("after", parse_id);
            let limit = parameters.take_limit();
            parameters.finish()?;
            Ok((region, query, after, limit))
        },
        |queries, (region, query, after, limit)| {
            let found = queries.settlements(&region, &query)?;
            Ok(after_one(found, after.as_ref(), limit))
        },
    )
}

/// The page that follows a settlement, or the first.
fn after_one(found: Vec<SettlementSummary>, after: Option<&Id>, limit: usize) -> Settlements {
    let start = after.map_or(0, |after| {
        let at = found.iter().position(|(id, ..)| id == after);
        at.map_or(found.len(), |at| at + 1)
    });
    let more = found.len() > start + limit;
    let settlements: Vec<Summary> = found
        .into_iter()
        .skip(start)
        .take(limit)
        .map(|(settlement, year, date, position)| Summary {
            settlement: Name(settlement),
            year,
            booking_date: Day(date),
            position,
        })
        .collect();
    let last = settlements.last().map(|summary| summary.settlement.clone());
    Settlements {
        settlements,
        next: last.filter(|_| more),
    }
}

/// The report of one.
pub(crate) fn one<R: Record>() -> Page<R> {
    let operation = Operation::new(
        "getSettlement",
        "Reports",
        "The lines of a settlement as they were drawn up, and what changed since",
    )
    .takes(&["region", "settlement", "asOf", "knownAt"])
    .answers(200, "Settlement")
    .fails(&report::PROBLEMS);
    report::page(
        "/regions/{region}/settlements/{settlement}",
        operation,
        |(RegionInPath(region), SettlementInPath(settlement)), mut parameters| {
            let query = region_report::dates(&mut parameters);
            parameters.finish()?;
            Ok((region, settlement, query))
        },
        |queries, (region, settlement, query)| queries.settlement(&region, &settlement, &query),
    )
}
