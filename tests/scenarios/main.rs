//! Given, when, then: the rules through the front door, in the contract's own JSON.
#![allow(
    clippy::unwrap_used,
    clippy::indexing_slicing,
    reason = "a test stops at what it did not expect"
)]

mod budget;
mod cofinancing;
mod commitments;
mod corrections;
mod posting;
mod replay;

use serde_json::{Value, json};

fn decision() -> Value {
    json!({"reference": "Raadsbesluit 2019-06", "by": "council", "decidedOn": "2019-06-01"})
}

/// A programme of 1,000.00 with project `a` that has `budget`, multi-year.
fn programme(budget: &str) -> Vec<Value> {
    programme_with("refuse", budget)
}

fn programme_with(overspend: &str, budget: &str) -> Vec<Value> {
    vec![
        json!({"type": "establishProgramme", "programme": "plan", "title": "Plan", "municipality": "GM0505",
            "startsOn": "2019-06-01", "endsOn": "2022-12-31", "authorised": "1000.00", "overspend": overspend,
            "decision": decision(), "bookingDate": "2019-06-01"}),
        json!({"type": "openProject", "programme": "plan", "project": "a", "title": "A", "theme": "T",
            "bookingDate": "2019-06-01"}),
        allocate("a", budget),
    ]
}

fn project(id: &str) -> Value {
    json!({"type": "openProject", "programme": "plan", "project": id, "title": id.to_uppercase(),
        "bookingDate": "2019-06-01"})
}

fn allocate(project: &str, amount: &str) -> Value {
    json!({"type": "allocateBudget", "programme": "plan", "project": project, "amount": amount,
        "decision": decision(), "bookingDate": "2019-06-01"})
}

fn spend(id: &str, amount: &str, date: &str) -> Value {
    json!({"type": "postExpenditure", "programme": "plan", "project": "a", "expenditure": id, "amount": amount,
        "bookingDate": date})
}

fn commit(id: &str, amount: &str, date: &str) -> Value {
    json!({"type": "enterCommitment", "programme": "plan", "project": "a", "commitment": id, "amount": amount,
        "supplier": "Buurtwerk", "bookingDate": date})
}

fn pledge(funder: &str, amount: &str, share: Option<&str>) -> Value {
    json!({"type": "pledgeCofinancing", "programme": "plan", "project": "a", "funder": funder, "amount": amount,
        "share": share, "bookingDate": "2019-06-01"})
}

/// The command with these fields set or replaced.
fn with(mut command: Value, fields: &Value) -> Value {
    let target = command.as_object_mut().unwrap();
    target.extend(fields.as_object().unwrap().clone());
    command
}

/// Every figure of a project or of the totals that is not zero, as `name amount`.
fn figures(figures: &Value) -> Vec<String> {
    const NAMES: [&str; 15] = [
        "allocated",
        "transferredIn",
        "transferredOut",
        "carriedIn",
        "carriedOut",
        "released",
        "budget",
        "grossBudget",
        "spentOwn",
        "spentTotal",
        "committedOwn",
        "remaining",
        "available",
        "underspend",
        "overspend",
    ];
    NAMES
        .iter()
        .map(|name| (name, figures[name].as_str().unwrap()))
        .filter(|(_, amount)| *amount != "0.00")
        .map(|(name, amount)| format!("{name} {amount}"))
        .collect()
}
