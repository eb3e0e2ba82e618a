//! The front door for programs: HTTP with JSON, problem documents and an OpenAPI document.
//!
//! A URL tells the handler's file: `/v1/programmes/{programme}/funding` is answered by `funding.rs`, which says what is
//! asked and of whom. How all reports and lists are answered is in `report.rs` and `listing.rs`, what is kept of the
//! answers in `answers.rs`, and what every request passes in `door.rs`. Handlers ask the service and never storage, decide nothing about money, and log neither
//! bodies nor details. There is no access control here yet, so whoever serves this binds it to loopback.

mod advance_plan;
mod answers;
mod app;
mod body;
mod budget_position;
mod bundles;
mod commands;
mod cost_shares;
mod door;
mod events;
mod explanations;
mod funding;
mod health;
mod host;
mod listing;
mod log;
mod negotiate;
mod observe;
mod openapi;
mod phase_out;
mod problem;
mod programmes;
mod query;
mod region_report;
mod regions;
mod report;
mod serve;
mod settlements;
mod underspend;
mod unread;

pub use app::{Record, Settings};
pub use door::Door;
pub use openapi::API_VERSION;
pub use serve::serve;

use axum::Router;
use ledger_contract::problem::Trouble;

use crate::{
    app::{Page, Shared},
    problem::Failure,
};

/// What every address starts with; a change that breaks clients gets another.
pub(crate) const BASE: &str = "/v1";

/// Every address, behind the door.
fn router<R: Record>() -> Router<Shared<R>> {
    let mut pages = pages();
    pages.push(openapi::page(&pages));
    let mut router = Router::new();
    for Page { path, methods, .. } in pages {
        router = router.route(&format!("{BASE}{path}"), methods);
    }
    router
        .fallback(async || Failure::trouble(Trouble::NotFound, "There is nothing at this address."))
        .method_not_allowed_fallback(async || {
            Failure::trouble(
                Trouble::MethodNotAllowed,
                "This address does not take that method; the header Allow names those it takes.",
            )
        })
}

/// Every address but the OpenAPI document's own.
fn pages<R: Record>() -> Vec<Page<R>> {
    let mut pages = vec![
        commands::page(),
        commands::batch::page(),
        programmes::page(),
        budget_position::page(),
        underspend::page(),
        funding::page(),
    ];
    pages.extend(explanations::pages());
    pages.extend(bundles::pages());
    pages.extend([
        regions::page(),
        cost_shares::page(),
        cost_shares::explanations(),
        phase_out::page(),
        settlements::page(),
        settlements::one(),
        advance_plan::page(),
    ]);
    pages.push(events::page());
    pages.extend(log::pages());
    pages.extend(health::pages());
    pages
}
