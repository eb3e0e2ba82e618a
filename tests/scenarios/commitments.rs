//! Commitments reserve budget, expenditures draw them down, releases give back.

use ledger_domain::Code;
use ledger_service::ReportQuery;
use ledger_testkit::Scenario;
use serde_json::{Value, json};

use crate::{commit, figures, pledge, programme, project, spend, with};

fn on(commitment: &str, expenditure: Value) -> Value {
    with(expenditure, &json!({"commitment": commitment}))
}

fn change(kind: &str, commitment: &str, amount: &str) -> Value {
    json!({"type": kind, "programme": "plan", "commitment": commitment, "amount": amount, "reason": "Minder inzet",
        "bookingDate": "2020-06-01"})
}

fn of_a(ledger: &Scenario) -> Vec<String> {
    figures(&ledger.budget_position("plan", &ReportQuery::default())["projects"][0])
        .into_iter()
        .filter(|figure| {
            ["spentOwn", "spentTotal", "committedOwn", "available"]
                .iter()
                .any(|name| figure.starts_with(name))
        })
        .collect()
}

#[test]
fn a_commitment_reserves_and_an_expenditure_draws_it_down() {
    let mut ledger =
        Scenario::new()
            .given(&programme("100.00"))
            .given(&[commit("V1", "80.00", "2020-01-01")]);
    assert_eq!(of_a(&ledger), ["committedOwn 80.00", "available 20.00"]);
    ledger.refused(Code::BudgetExceeded, &spend("F1", "20.01", "2020-02-01"));
    ledger
        .post(&on("V1", spend("F1", "50.00", "2020-02-01")))
        .unwrap();
    assert_eq!(
        of_a(&ledger),
        [
            "spentOwn 50.00",
            "spentTotal 50.00",
            "committedOwn 30.00",
            "available 20.00"
        ]
    );
}

#[test]
fn an_invoice_above_its_commitment_uses_available_budget_for_the_rest() {
    let mut ledger =
        Scenario::new()
            .given(&programme("100.00"))
            .given(&[commit("V1", "80.00", "2020-01-01")]);
    ledger.refused(
        Code::BudgetExceeded,
        &on("V1", spend("F1", "100.01", "2020-02-01")),
    );
    ledger
        .post(&on("V1", spend("F1", "95.00", "2020-02-01")))
        .unwrap();
    assert_eq!(
        of_a(&ledger),
        ["spentOwn 95.00", "spentTotal 95.00", "available 5.00"]
    );
}

#[test]
fn a_commitment_keeps_the_split_it_was_entered_with() {
    let mut ledger = Scenario::new().given(&programme("100.00")).given(&[
        pledge("rijk", "50.00", Some("1/3")),
        commit("V1", "90.00", "2020-01-01"),
    ]);
    let outcome = ledger
        .post(&on("V1", spend("F1", "45.00", "2020-02-01")))
        .unwrap();
    let data = serde_json::to_value(&outcome.events[0].0.data).unwrap();
    assert_eq!(
        data["charges"],
        json!([{"amount": "30.00", "source": "programme"}, {"amount": "15.00", "source": "rijk"}])
    );
    assert_eq!(
        data["drawnDown"],
        json!({"charges": data["charges"], "commitment": "V1", "year": 2020})
    );
}

#[test]
fn releases_and_raises() {
    let mut ledger =
        Scenario::new()
            .given(&programme("100.00"))
            .given(&[commit("V1", "80.00", "2020-01-01")]);
    ledger.refused(
        Code::CommitmentExceeded,
        &change("releaseCommitment", "V1", "80.01"),
    );
    ledger.post(&change("releaseCommitment", "V1", "30.00")).unwrap();
    assert_eq!(of_a(&ledger), ["committedOwn 50.00", "available 50.00"]);
    ledger.refused(Code::BudgetExceeded, &change("raiseCommitment", "V1", "50.01"));
    ledger.post(&change("raiseCommitment", "V1", "50.00")).unwrap();
    assert_eq!(of_a(&ledger), ["committedOwn 100.00"]);
    ledger.refused(Code::UnknownCommitment, &change("raiseCommitment", "V2", "1.00"));
    ledger.refused(
        Code::DatedBeforeEntry,
        &with(
            change("releaseCommitment", "V1", "1.00"),
            &json!({"bookingDate": "2019-12-31"}),
        ),
    );
}

#[test]
fn a_commitment_belongs_to_its_project_and_holds_it_open() {
    let mut ledger = Scenario::new()
        .given(&programme("100.00"))
        .given(&[project("b"), commit("V1", "80.00", "2020-01-01")]);
    ledger.refused(
        Code::CommitmentOfOtherProject,
        &with(
            on("V1", spend("F1", "1.00", "2020-02-01")),
            &json!({"project": "b"}),
        ),
    );
    let close = json!({"type": "closeProject", "programme": "plan", "project": "a", "decision": crate::decision(),
        "bookingDate": "2022-12-31"});
    let sentence = ledger.refused(Code::OpenCommitments, &close);
    assert!(sentence.contains("80.00"), "{sentence}");
}
