//! Allocations, transfers, carry-overs, periods and closing.

use ledger_domain::Code;
use ledger_service::ReportQuery;
use ledger_testkit::Scenario;
use serde_json::{Value, json};

use crate::{allocate, decision, figures, programme, programme_with, project, spend, with};

fn transfer(from: &str, to: &str, amount: &str, year: Option<u16>) -> Value {
    json!({"type": "transferBudget", "programme": "plan", "fromProject": from, "toProject": to, "amount": amount,
        "year": year, "decision": decision(), "bookingDate": "2020-01-01"})
}

fn carry_over(from_year: u16, to_year: u16, amount: &str) -> Value {
    json!({"type": "carryOverBudget", "programme": "plan", "project": "a", "fromYear": from_year, "toYear": to_year,
        "amount": amount, "decision": decision(), "bookingDate": "2020-12-31"})
}

#[test]
fn budgets_together_never_exceed_the_authorised_sum() {
    let mut ledger = Scenario::new().given(&programme("700.00")).given(&[project("b")]);
    let sentence = ledger.refused(Code::AuthorisationExceeded, &allocate("b", "300.01"));
    assert!(
        sentence.contains("1000.00") && sentence.contains("1000.01"),
        "{sentence}"
    );
    ledger.post(&allocate("b", "300.00")).unwrap();
}

#[test]
fn the_authorisation_does_not_fall_below_the_budgets() {
    let amend = |amount: &str| {
        json!({"type": "amendAuthorisation", "programme": "plan", "amount": amount, "decision": decision(),
            "bookingDate": "2020-01-01"})
    };
    let mut ledger = Scenario::new().given(&programme("700.00"));
    ledger.refused(Code::AuthorisationExceeded, &amend("-300.01"));
    ledger.post(&amend("-300.00")).unwrap();
}

#[test]
fn policy_refuse_refuses_and_policy_explain_wants_a_text() {
    let mut ledger = Scenario::new().given(&programme("100.00"));
    ledger.refused(Code::BudgetExceeded, &spend("F1", "100.01", "2020-01-01"));

    let mut ledger = Scenario::new().given(&programme_with("explain", "100.00"));
    ledger.refused(Code::ExplanationRequired, &spend("F1", "100.01", "2020-01-01"));
    ledger
        .post(&with(
            spend("F1", "100.01", "2020-01-01"),
            &json!({"explanation": "Meer casussen"}),
        ))
        .unwrap();
    let report = ledger.budget_position("plan", &ReportQuery::default());
    assert_eq!(report["projects"][0]["overspend"], "0.01");
    assert_eq!(report["projects"][0]["flags"], json!(["overspent"]));
}

#[test]
fn a_transfer_moves_only_what_is_available() {
    let mut ledger = Scenario::new()
        .given(&programme("100.00"))
        .given(&[project("b"), spend("F1", "40.00", "2020-01-01")]);
    ledger.refused(Code::BudgetExceeded, &transfer("a", "b", "60.01", None));
    ledger.post(&transfer("a", "b", "60.00", None)).unwrap();
    let report = ledger.budget_position("plan", &ReportQuery::default());
    assert_eq!(
        figures(&report["projects"][0]),
        [
            "allocated 100.00",
            "transferredOut 60.00",
            "budget 40.00",
            "grossBudget 40.00",
            "spentOwn 40.00",
            "spentTotal 40.00"
        ]
    );
    assert_eq!(report["projects"][1]["transferredIn"], "60.00");
}

#[test]
fn money_bound_to_a_year_covers_that_year_only() {
    let bound = with(allocate("a", "100.00"), &json!({"year": 2020}));
    let mut ledger = Scenario::new().given(&programme("50.00")).given(&[bound]);
    let sentence = ledger.refused(Code::YearBudgetExceeded, &spend("F1", "60.00", "2021-03-01"));
    assert!(sentence.contains("2021"), "{sentence}");
    ledger.refused(Code::BudgetExceeded, &spend("F1", "150.01", "2021-03-01"));
    ledger.post(&spend("F1", "120.00", "2020-03-01")).unwrap();
    ledger.post(&spend("F2", "30.00", "2021-03-01")).unwrap();
    ledger.refused(Code::BudgetExceeded, &spend("F3", "0.01", "2020-03-01"));
}

#[test]
fn unspent_bound_money_moves_to_a_later_year() {
    let bound = with(allocate("a", "100.00"), &json!({"year": 2020}));
    let mut ledger = Scenario::new()
        .given(&programme("50.00"))
        .given(&[bound, spend("F1", "30.00", "2020-03-01")]);
    ledger.refused(Code::YearBudgetExceeded, &carry_over(2020, 2021, "70.01"));
    ledger.post(&carry_over(2020, 2021, "70.00")).unwrap();
    ledger.post(&spend("F2", "120.00", "2021-03-01")).unwrap();
    let of_2021 = ReportQuery {
        year: Some(2021),
        ..ReportQuery::default()
    };
    let report = ledger.budget_position("plan", &of_2021);
    assert_eq!(report["authorised"], Value::Null);
    assert_eq!(
        figures(&report["projects"][0]),
        [
            "carriedIn 70.00",
            "budget 70.00",
            "grossBudget 70.00",
            "spentOwn 120.00",
            "spentTotal 120.00",
            "remaining -50.00",
            "available -50.00",
            "overspend 50.00"
        ]
    );
}

#[test]
fn a_lapsed_year_budget_is_flagged() {
    let bound = with(allocate("a", "100.00"), &json!({"year": 2020}));
    let ledger = Scenario::new().given(&programme("50.00")).given(&[bound]);
    let report = ledger.budget_position("plan", &ReportQuery::default());
    assert_eq!(report["projects"][0]["flags"], json!(["year-budget-lapsed"]));
}

#[test]
fn a_closed_period_takes_no_bookings_but_explanations() {
    let close = |through: &str| json!({"type": "closePeriod", "programme": "plan", "through": through});
    let mut ledger = Scenario::new()
        .given(&programme("500.00"))
        .given(&[close("2020-12-31")]);
    ledger.refused(Code::PeriodClosed, &spend("F1", "1.00", "2020-12-31"));
    ledger.refused(Code::PeriodClosed, &close("2020-12-31"));
    ledger.post(&spend("F1", "1.00", "2021-01-01")).unwrap();
    ledger
        .post(
            &json!({"type": "explainFigure", "programme": "plan", "project": "a", "figure": "spentOwn",
        "explanation": "Later begonnen", "bookingDate": "2020-12-31"}),
        )
        .unwrap();
}

#[test]
fn closing_releases_what_remains_and_reopening_takes_postings_again() {
    let close = json!({"type": "closeProject", "programme": "plan", "project": "a", "decision": decision(),
        "bookingDate": "2022-12-31"});
    let mut ledger = Scenario::new()
        .given(&programme("500.00"))
        .given(&[spend("F1", "120.00", "2020-01-01"), close.clone()]);
    let report = ledger.budget_position(
        "plan",
        &ReportQuery {
            as_of: ledger_domain::Date::from_ymd(2022, 12, 31),
            ..ReportQuery::default()
        },
    );
    assert_eq!(report["projects"][0]["released"], "380.00");
    assert_eq!(report["projects"][0]["remaining"], "0.00");
    assert_eq!(report["unallocated"], "880.00");
    ledger.refused(Code::ProjectClosed, &spend("F2", "1.00", "2022-12-31"));
    ledger
        .post(
            &json!({"type": "reopenProject", "programme": "plan", "project": "a", "decision": decision(),
        "bookingDate": "2022-12-31"}),
        )
        .unwrap();
    ledger.refused(Code::BudgetExceeded, &spend("F2", "1.00", "2022-12-31"));
}

#[test]
fn a_programme_closes_when_every_project_is_closed() {
    let close_programme = json!({"type": "closeProgramme", "programme": "plan", "decision": decision(),
        "bookingDate": "2022-12-31"});
    let close_project = json!({"type": "closeProject", "programme": "plan", "project": "a", "decision": decision(),
        "bookingDate": "2022-12-31"});
    let mut ledger = Scenario::new().given(&programme("500.00"));
    ledger.refused(Code::OpenProjects, &close_programme);
    let mut ledger = ledger.given(&[close_project, close_programme]);
    ledger.refused(Code::ProgrammeClosed, &spend("F1", "1.00", "2022-12-31"));
}
