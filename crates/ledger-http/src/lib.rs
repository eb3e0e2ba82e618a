//! The front door for programs: HTTP with JSON, problem documents and an OpenAPI document.
//!
//! A URL tells the handler's file: `/v1/programmes/{programme}/funding` is answered by `funding.rs`, which says what is
//! asked and of whom. How all reports and lists are answered is in `report.rs` and `listing.rs`, and what is kept of
//! the answers in `answers.rs`. Handlers ask the service and never storage, decide nothing about money, and log neither
//! bodies nor details. There is no access control here yet, so whoever serves this binds it to loopback.

mod advance_plan;
mod answers;
mod app;
mod body;
mod budget_position;
mod bundles;
mod commands;
mod cost_shares;
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
pub use openapi::API_VERSION;
pub use serve::serve;

use axum::{Router, middleware};
use ledger_contract::problem::Trouble;
use ledger_service::Ledger;
use tower::ServiceBuilder;
use tower_http::catch_panic::CatchPanicLayer;

use crate::{
    app::{App, Page},
    problem::Failure,
};

/// What every address starts with; a change that breaks clients gets another.
pub(crate) const BASE: &str = "/v1";

/// Everything that is served of a running ledger.
pub fn router<R: Record>(ledger: Ledger<R>, settings: Settings) -> Router {
    let mut pages = pages();
    pages.push(openapi::page(&pages));
    let loopback_only = settings.loopback_only;
    let mut router = Router::new();
    for Page { path, methods, .. } in pages {
        router = router.route(&format!("{BASE}{path}"), methods);
    }
    router = router
        .fallback(async || Failure::trouble(Trouble::NotFound, "There is nothing at this address."))
        .method_not_allowed_fallback(async || {
            Failure::trouble(
                Trouble::MethodNotAllowed,
                "This address does not take that method; the header Allow names those it takes.",
            )
        });
    // The first layer is the outermost: a panic becomes an answer, which then gets its headers and its line in the log.
    // They stand around the router as a whole: layers of its routes are copied with the route for every request.
    let served = ServiceBuilder::new()
        .layer(middleware::from_fn(observe::log))
        .layer(middleware::map_response(observe::headers))
        .layer(middleware::from_fn(unread::discard))
        .layer(CatchPanicLayer::custom(problem::of_panic))
        .option_layer(loopback_only.then(|| middleware::from_fn(host::loopback_only)))
        .service(router.with_state(App::new(ledger, settings)));
    Router::new().fallback_service(served)
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
