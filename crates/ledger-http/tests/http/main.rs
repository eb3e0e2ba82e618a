//! The front door, called without a socket: a ledger in memory behind the router.

#![expect(
    clippy::unwrap_used,
    clippy::panic,
    reason = "a test says what it expects by failing"
)]

mod commands;
mod events;
mod faults;
mod log;
mod openapi;
mod regions;
mod reports;
mod schema;
mod server;
mod wire;
