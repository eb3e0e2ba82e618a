//! Invariants over seeded sequences of commands, through the front door. A failing seed is printed with its sequence.
#![allow(
    clippy::unwrap_used,
    clippy::indexing_slicing,
    reason = "a test stops at what it did not expect"
)]

mod naive;
mod sequence;

use ledger_contract::report::KnownAt;
use ledger_domain::Date;
use ledger_service::{Rejection, ReportQuery};
use ledger_store::EventReader;
use ledger_testkit::{
    Scenario,
    workload::{RegionWorkload, Workload},
};
use proptest::prelude::*;
use serde_json::Value;

const SUMMED: [&str; 12] = [
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
    "underspend",
];

/// Cents of an amount as the contract writes it.
fn cents(amount: &Value) -> i128 {
    let text = amount.as_str().unwrap();
    let (sign, digits) = text.strip_prefix('-').map_or((1, text), |digits| (-1, digits));
    sign * digits.replace('.', "").parse::<i128>().unwrap()
}

fn at(as_of: Date, year: Option<u16>) -> ReportQuery {
    ReportQuery {
        as_of: Some(as_of),
        year,
        ..ReportQuery::default()
    }
}

/// What must hold in every report, whatever was posted.
fn ties(report: &Value) {
    let projects = report["projects"].as_array().unwrap();
    for name in SUMMED {
        let sum: i128 = projects.iter().map(|project| cents(&project[name])).sum();
        assert_eq!(cents(&report["totals"][name]), sum, "{name} of the totals");
    }
    for project in projects {
        let charged: i128 = project["cofinancing"]
            .as_array()
            .unwrap()
            .iter()
            .map(|c| cents(&c["charged"]))
            .sum();
        assert_eq!(
            cents(&project["spentTotal"]),
            cents(&project["spentOwn"]) + charged,
            "{project}"
        );
        assert_eq!(
            cents(&project["remaining"]),
            cents(&project["budget"]) - cents(&project["spentOwn"])
        );
        assert_eq!(
            cents(&project["available"]),
            cents(&project["remaining"]) - cents(&project["committedOwn"])
        );
    }
    if !report["authorised"].is_null() {
        let budgets = cents(&report["totals"]["budget"]);
        assert_eq!(
            cents(&report["unallocated"]),
            cents(&report["authorised"]) - budgets
        );
        let spent = cents(&report["totals"]["spentOwn"]);
        assert_eq!(
            cents(&report["totals"]["remaining"]),
            cents(&report["authorised"]) - spent
        );
    }
}

/// What must hold on everything recorded, since every command was decided on it.
fn rules_hold(report: &Value, refuse: bool) {
    assert!(
        cents(&report["unallocated"]) >= 0,
        "budgets exceed the authorised sum: {report}"
    );
    for project in report["projects"].as_array().unwrap() {
        if refuse {
            assert!(
                cents(&project["available"]) >= 0,
                "own money beyond the budget: {project}"
            );
        }
        for funder in project["cofinancing"].as_array().unwrap() {
            let used = cents(&funder["charged"]) + cents(&funder["reserved"]);
            assert!(
                used <= cents(&funder["pledged"]),
                "charged beyond the pledges: {funder}"
            );
            assert!(
                cents(&funder["charged"]) >= 0 && cents(&funder["reserved"]) >= 0,
                "{funder}"
            );
        }
    }
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 48, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn any_sequence_keeps_the_books(
        refuse in any::<bool>(),
        commands in prop::collection::vec(sequence::command(), 1..120),
        questions in prop::collection::vec((0i32..1_600, prop::option::of(2019u16..2023)), 8),
    ) {
        let mut ledger = Scenario::new().given(&sequence::opening(refuse));
        let end = Date::from_ymd(2030, 1, 1).unwrap();
        for command in &commands {
            let before = (ledger.queries.log_position(), ledger.budget_position("plan", &at(end, None)));
            match ledger.post(command) {
                Err(Rejection::Refused(_)) => {
                    let after = (ledger.queries.log_position(), ledger.budget_position("plan", &at(end, None)));
                    prop_assert_eq!(before, after, "a refused command changes nothing: {}", command);
                }
                Err(Rejection::Fatal(fatal)) => panic!("{fatal}"),
                Ok(outcome) => {
                    for (event, _) in &outcome.events {
                        let data = serde_json::to_value(&event.data).unwrap();
                        if let Some(charges) = data["charges"].as_array() {
                            let sum: i128 = charges.iter().map(|charge| cents(&charge["amount"])).sum();
                            prop_assert_eq!(sum, cents(&data["amount"]), "charges sum to the amount: {}", data);
                        }
                    }
                    let report = ledger.budget_position("plan", &at(end, None));
                    ties(&report);
                    rules_hold(&report, refuse);
                }
            }
        }

        let mut events = Vec::new();
        let reader = ledger.queries.reader().clone();
        reader.read(0, reader.head().size, &mut |event| { events.push(event); true }).unwrap();
        for (day, year) in questions {
            let as_of = Date::from_epoch_days(Date::from_ymd(2019, 1, 1).unwrap().epoch_days() + day);
            let report = ledger.budget_position("plan", &at(as_of, year));
            ties(&report);
            prop_assert_eq!(naive::of_report(&report), naive::budget_position(&events, as_of, year), "{} {:?}", as_of, year);

            // The same answer from a replay of the log instead of the sums that were kept.
            let position = ledger.queries.log_position();
            ledger.post(&sequence::unrelated()).ok();
            let mut query = at(as_of, year);
            query.known_at = Some(KnownAt::Position(position));
            let mut replayed = ledger.budget_position("plan", &query);
            replayed["knownAt"] = Value::Null;
            prop_assert_eq!(replayed, report);
        }
    }
}

/// What `tools/generate` prints.
#[test]
fn every_generated_command_is_taken() {
    let programmes = Workload {
        seed: 5,
        programmes: 3,
        projects: 2,
        expenditures: 200,
    };
    let region = RegionWorkload {
        seed: 5,
        municipalities: 12,
        groups: 5,
        costs: 200,
    };
    let lines = programmes
        .lines()
        .chain(region.lines_of("een"))
        .chain(region.lines_of("twee"));
    let commands: Vec<Value> = lines.map(|line| serde_json::from_str(&line).unwrap()).collect();
    let ledger = Scenario::new().given(&commands);
    assert_eq!(ledger.queries.log_position(), 1 + commands.len() as u64);
}
