//! What was true on a date, and what did we know then?

use ledger_contract::report::KnownAt;
use ledger_service::{QueryError, ReportQuery};
use ledger_testkit::Scenario;
use serde_json::json;

use crate::{figures, programme, spend};

fn at(as_of: &str, known_at: Option<&str>) -> ReportQuery {
    ReportQuery {
        as_of: Some(ledger_contract::value::parse_date(as_of).unwrap()),
        known_at: known_at.map(|text| KnownAt::parse(text).unwrap()),
        ..ReportQuery::default()
    }
}

#[test]
fn an_invoice_learned_later_counts_on_its_date_but_was_not_known_before() {
    let mut ledger = Scenario::new().given(&programme("500.00"));
    ledger.clock.set("2022-01-15T09:00:00Z");
    ledger.post(&spend("F1", "100.00", "2021-12-31")).unwrap();
    ledger.clock.set("2022-02-01T09:00:00Z");
    ledger.post(&spend("F2", "50.00", "2021-12-30")).unwrap();

    let today = ledger.budget_position("plan", &at("2021-12-31", None));
    assert_eq!(today["totals"]["spentOwn"], "150.00");
    let day_before = ledger.budget_position("plan", &at("2021-12-30", None));
    assert_eq!(day_before["totals"]["spentOwn"], "50.00");
    let as_we_knew = ledger.budget_position("plan", &at("2021-12-31", Some("2022-01-31T00:00:00Z")));
    assert_eq!(as_we_knew["totals"]["spentOwn"], "100.00");
    assert_eq!(as_we_knew["knownAt"], "2022-01-31T00:00:00.000000Z");
    assert_eq!(as_we_knew["logPosition"], 5);
    let by_position = ledger.budget_position("plan", &at("2021-12-31", Some("4")));
    assert_eq!(by_position["totals"]["spentOwn"], "0.00");
    assert_eq!(by_position["knownAt"], 4);
}

#[test]
fn every_log_position_answers_as_it_did_when_it_was_the_last() {
    let mut ledger = Scenario::new().given(&programme("500.00"));
    let mut answers = Vec::new();
    for number in 0..20 {
        let date = format!("20{}-0{}-15", 19 + number % 4, 6 + number % 3);
        ledger.post(&spend(&format!("F{number}"), "7.31", &date)).unwrap();
        answers.push((
            ledger.queries.log_position(),
            ledger.budget_position("plan", &at("2021-07-01", None)),
        ));
    }
    for (position, mut answer) in answers {
        answer["knownAt"] = json!(position);
        assert_eq!(
            ledger.budget_position("plan", &at("2021-07-01", Some(&position.to_string()))),
            answer
        );
    }
}

#[test]
fn the_future_and_positions_beyond_the_end_are_not_known() {
    let ledger = Scenario::new().given(&programme("500.00"));
    let id = ledger_domain::Id::new("plan").unwrap();
    for known_at in ["5", "2029-01-01T00:00:00Z"] {
        let answer = ledger
            .queries
            .budget_position(&id, &at("2021-12-31", Some(known_at)));
        assert!(
            matches!(answer, Err(QueryError::InvalidInput(_))),
            "{known_at}: {answer:?}"
        );
    }
    assert!(
        ledger
            .queries
            .budget_position(&id, &at("2021-12-31", Some("4")))
            .is_ok()
    );
    let before = ledger.queries.budget_position(&id, &at("2021-12-31", Some("0")));
    assert!(matches!(before, Err(QueryError::Unknown(_))), "{before:?}");
}

#[test]
fn nothing_recorded_later_changes_an_answer_about_an_instant() {
    let mut ledger = Scenario::new().given(&programme("500.00"));
    let query = at("2021-12-31", Some("2022-01-01T00:00:03Z"));
    let before = ledger.budget_position("plan", &query);
    // The clock stands still: the commit is stamped after the instant that was answered.
    ledger.clock.advance_us(-1_000_000);
    let outcome = ledger.post(&spend("F1", "100.00", "2021-01-01")).unwrap();
    assert_eq!(
        outcome.events[0].0.recorded_at.to_string(),
        "2022-01-01T00:00:03.000001Z"
    );
    assert_eq!(ledger.budget_position("plan", &query), before);
    assert_eq!(
        figures(&before["totals"]),
        [
            "allocated 500.00",
            "budget 500.00",
            "grossBudget 500.00",
            "remaining 1000.00",
            "available 1000.00",
            "underspend 500.00"
        ]
    );
}
