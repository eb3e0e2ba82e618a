//! History is never edited: corrections and reversals are new facts.

use ledger_domain::Code;
use ledger_service::ReportQuery;
use ledger_testkit::Scenario;
use serde_json::{Value, json};

use crate::{commit, figures, pledge, programme, spend, with};

fn correct(id: &str, amount: &str) -> Value {
    json!({"type": "correctExpenditure", "programme": "plan", "expenditure": "F1", "correction": id, "amount": amount,
        "reason": "Creditnota", "bookingDate": "2020-03-01"})
}

fn reverse() -> Value {
    json!({"type": "reverseExpenditure", "programme": "plan", "expenditure": "F1", "reason": "Dubbel geboekt",
        "bookingDate": "2020-04-01"})
}

fn of_a(ledger: &Scenario) -> Vec<String> {
    figures(&ledger.budget_position("plan", &ReportQuery::default())["projects"][0])
        .into_iter()
        .filter(|figure| {
            ["spentOwn", "spentTotal", "committedOwn"]
                .iter()
                .any(|name| figure.starts_with(name))
        })
        .collect()
}

#[test]
fn a_reversal_after_a_correction_undoes_the_rest_and_only_once() {
    let mut ledger = Scenario::new()
        .given(&programme("100.00"))
        .given(&[spend("F1", "80.00", "2020-01-01"), correct("C1", "-30.00")]);
    assert_eq!(of_a(&ledger), ["spentOwn 50.00", "spentTotal 50.00"]);
    let outcome = ledger.post(&reverse()).unwrap();
    assert_eq!(
        serde_json::to_value(&outcome.events[0].0.data).unwrap()["amount"],
        "-50.00"
    );
    assert!(of_a(&ledger).is_empty());
    let sentence = ledger.refused(Code::AlreadyReversed, &reverse());
    assert!(sentence.contains("F1"), "{sentence}");
    ledger.refused(Code::AlreadyReversed, &correct("C2", "1.00"));
}

#[test]
fn corrections_keep_entries_above_zero_and_budgets_whole() {
    let mut ledger = Scenario::new()
        .given(&programme("100.00"))
        .given(&[spend("F1", "80.00", "2020-01-01")]);
    ledger.refused(Code::BelowZero, &correct("C1", "-80.01"));
    ledger.refused(Code::BudgetExceeded, &correct("C1", "20.01"));
    ledger.refused(
        Code::DatedBeforeEntry,
        &with(correct("C1", "1.00"), &json!({"bookingDate": "2019-12-31"})),
    );
    ledger.post(&correct("C1", "20.00")).unwrap();
    ledger.refused(Code::DuplicateEntry, &correct("C1", "-1.00"));
    ledger.refused(
        Code::UnknownExpenditure,
        &with(correct("C2", "-1.00"), &json!({"expenditure": "F9"})),
    );
}

#[test]
fn a_correction_follows_the_net_charges() {
    let mut ledger = Scenario::new().given(&programme("100.00")).given(&[
        pledge("rijk", "60.00", Some("1/2")),
        spend("F1", "80.00", "2020-01-01"),
    ]);
    let data = |outcome: &ledger_service::Outcome| serde_json::to_value(&outcome.events[0].0.data).unwrap();
    let lowered = ledger.post(&correct("C1", "-30.01")).unwrap();
    assert_eq!(
        data(&lowered)["charges"],
        json!([{"amount": "-15.01", "source": "programme"}, {"amount": "-15.00", "source": "rijk"}])
    );
    let explicit = |id: &str, own: &str, rijk: &str| {
        with(
            correct(id, "-10.00"),
            &json!({"charges": [{"source": "programme", "amount": own}, {"source": "rijk", "amount": rijk}]}),
        )
    };
    ledger.refused(Code::BelowZero, &explicit("C2", "-25.00", "15.00"));
    ledger.post(&explicit("C2", "5.00", "-15.00")).unwrap();
    assert_eq!(of_a(&ledger), ["spentOwn 29.99", "spentTotal 39.99"]);
}

#[test]
fn what_was_drawn_from_a_commitment_goes_back() {
    let on_commitment = with(spend("F1", "60.00", "2020-02-01"), &json!({"commitment": "V1"}));
    let mut ledger = Scenario::new()
        .given(&programme("100.00"))
        .given(&[commit("V1", "80.00", "2020-01-01"), on_commitment]);
    assert_eq!(
        of_a(&ledger),
        ["spentOwn 60.00", "spentTotal 60.00", "committedOwn 20.00"]
    );
    ledger.post(&correct("C1", "-10.00")).unwrap();
    assert_eq!(
        of_a(&ledger),
        ["spentOwn 50.00", "spentTotal 50.00", "committedOwn 30.00"]
    );
    ledger.post(&reverse()).unwrap();
    assert_eq!(of_a(&ledger), ["committedOwn 80.00"]);
}
