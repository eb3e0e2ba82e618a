//! Keys, versions and the order of checks that every command goes through.

use ledger_domain::Code;
use ledger_testkit::Scenario;
use serde_json::json;

use crate::{allocate, programme, spend, with};

#[test]
fn the_same_key_with_the_same_body_returns_the_first_outcome() {
    let mut ledger = Scenario::new().given(&programme("500.00"));
    let keyed = with(
        spend("F1", "10.00", "2020-01-01"),
        &json!({"idempotencyKey": "k-1"}),
    );
    let first = ledger.post(&keyed).unwrap();
    let again = ledger.post(&keyed).unwrap();
    assert!(again.repeated && !first.repeated);
    assert_eq!(again.events, first.events);
    assert_eq!(again.log_position(), first.log_position());
    assert_eq!(
        ledger.queries.log_position(),
        first.log_position(),
        "nothing was appended the second time"
    );
}

#[test]
fn the_same_key_with_another_body_is_refused() {
    let mut ledger = Scenario::new().given(&programme("500.00"));
    let key = json!({"idempotencyKey": "k-1"});
    ledger
        .post(&with(spend("F1", "10.00", "2020-01-01"), &key))
        .unwrap();
    let sentence = ledger.refused(
        Code::IdempotencyKeyReused,
        &with(spend("F1", "11.00", "2020-01-01"), &key),
    );
    assert_eq!(
        sentence,
        "The idempotency key k-1 was used for the event at position 4, with another body."
    );
}

#[test]
fn a_refusal_is_not_remembered_under_its_key() {
    let mut ledger = Scenario::new().given(&programme("5.00"));
    let keyed = with(
        spend("F1", "10.00", "2020-01-01"),
        &json!({"idempotencyKey": "k-1"}),
    );
    ledger.refused(Code::BudgetExceeded, &keyed);
    ledger.post(&allocate("a", "95.00")).unwrap();
    assert!(!ledger.post(&keyed).unwrap().repeated);
}

#[test]
fn a_command_for_another_version_is_refused_before_any_rule() {
    let mut ledger = Scenario::new().given(&programme("500.00"));
    let stale = with(
        spend("F1", "9999.00", "2020-01-01"),
        &json!({"expectedVersion": 2}),
    );
    let sentence = ledger.refused(Code::VersionConflict, &stale);
    assert_eq!(
        sentence,
        "Stream programme/plan is at version 3, and the command was made for version 2."
    );
    ledger
        .post(&with(
            spend("F1", "9.00", "2020-01-01"),
            &json!({"expectedVersion": 3}),
        ))
        .unwrap();
}

#[test]
fn a_new_stream_is_at_version_zero() {
    let mut ledger = Scenario::new();
    let establish = &programme("500.00")[0];
    ledger.refused(
        Code::VersionConflict,
        &with(establish.clone(), &json!({"expectedVersion": 1})),
    );
    let outcome = ledger
        .post(&with(establish.clone(), &json!({"expectedVersion": 0})))
        .unwrap();
    assert_eq!(outcome.events[0].0.version, 1);
}

#[test]
fn an_unknown_programme_is_refused() {
    let mut ledger = Scenario::new();
    let sentence = ledger.refused(Code::UnknownProgramme, &spend("F1", "10.00", "2020-01-01"));
    assert_eq!(sentence, "There is no programme plan.");
}

#[test]
fn an_entry_id_is_used_once_per_kind() {
    let mut ledger = Scenario::new()
        .given(&programme("500.00"))
        .given(&[spend("X", "10.00", "2020-01-01")]);
    ledger.refused(Code::DuplicateEntry, &spend("X", "10.00", "2020-01-01"));
    ledger.post(&crate::commit("X", "10.00", "2020-01-01")).unwrap();
}
