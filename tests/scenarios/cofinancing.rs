//! Who pays which part: shares, ceilings, explicit splits, receipts.

use ledger_domain::Code;
use ledger_service::ReportQuery;
use ledger_testkit::Scenario;
use serde_json::{Value, json};

use crate::{decision, pledge, programme, spend, with};

fn charges(outcome: &ledger_service::Outcome) -> Value {
    let (event, _) = &outcome.events[0];
    let data = serde_json::to_value(&event.data).unwrap();
    data["charges"].clone()
}

fn cofinancing(ledger: &Scenario) -> Value {
    ledger.budget_position("plan", &ReportQuery::default())["projects"][0]["cofinancing"][0].clone()
}

#[test]
fn a_share_pays_its_part_up_to_what_is_left_of_the_pledge() {
    let mut ledger =
        Scenario::new()
            .given(&programme("500.00"))
            .given(&[pledge("rijk", "60.00", Some("1/2"))]);
    let first = ledger.post(&spend("F1", "100.01", "2020-01-01")).unwrap();
    assert_eq!(
        charges(&first),
        json!([{"amount": "50.01", "source": "programme"}, {"amount": "50.00", "source": "rijk"}])
    );
    let second = ledger.post(&spend("F2", "100.00", "2020-01-01")).unwrap();
    assert_eq!(
        charges(&second),
        json!([{"amount": "90.00", "source": "programme"}, {"amount": "10.00", "source": "rijk"}])
    );
    let third = ledger.post(&spend("F3", "10.00", "2020-01-01")).unwrap();
    assert_eq!(
        charges(&third),
        json!([{"amount": "10.00", "source": "programme"}])
    );
}

#[test]
fn without_shares_all_is_own_money_unless_charges_say_otherwise() {
    let mut ledger = Scenario::new()
        .given(&programme("500.00"))
        .given(&[pledge("rijk", "60.00", None)]);
    let own = ledger.post(&spend("F1", "10.00", "2020-01-01")).unwrap();
    assert_eq!(charges(&own), json!([{"amount": "10.00", "source": "programme"}]));
    let split = |id: &str, rijk: &str, own: &str| {
        with(
            spend(id, "70.00", "2020-01-01"),
            &json!({"charges": [{"source": "rijk", "amount": rijk}, {"source": "programme", "amount": own}]}),
        )
    };
    ledger.refused(Code::ChargesDoNotAddUp, &split("F2", "60.00", "10.01"));
    ledger.refused(Code::PledgeExceeded, &split("F2", "60.01", "9.99"));
    ledger.post(&split("F2", "60.00", "10.00")).unwrap();
    let unknown = with(
        spend("F3", "1.00", "2020-01-01"),
        &json!({"charges": [{"source": "vws", "amount": "1.00"}]}),
    );
    ledger.refused(Code::UnknownFunder, &unknown);
}

#[test]
fn shares_never_exceed_one() {
    let mut ledger =
        Scenario::new()
            .given(&programme("500.00"))
            .given(&[pledge("rijk", "60.00", Some("2/3"))]);
    ledger.refused(
        Code::SharesExceedOne,
        &pledge("zorgverzekeraar", "60.00", Some("0.34")),
    );
    ledger
        .post(&pledge("zorgverzekeraar", "60.00", Some("1/3")))
        .unwrap();
    let bound = with(pledge("vws", "1.00", Some("0.000001")), &json!({"year": 2030}));
    ledger.refused(Code::SharesExceedOne, &bound);
}

#[test]
fn a_pledge_is_not_lowered_below_what_it_pays() {
    let mut ledger = Scenario::new().given(&programme("500.00")).given(&[
        pledge("rijk", "60.00", Some("1/2")),
        spend("F1", "80.00", "2020-01-01"),
    ]);
    ledger.refused(Code::PledgeExceeded, &pledge("rijk", "-20.01", None));
    ledger.post(&pledge("rijk", "-20.00", None)).unwrap();
}

#[test]
fn receipts_stand_against_charges() {
    let receive = |id: &str, amount: &str| {
        json!({"type": "receiveCofinancing", "programme": "plan", "project": "a", "funder": "rijk", "receipt": id,
            "amount": amount, "bookingDate": "2020-06-01"})
    };
    let mut ledger = Scenario::new().given(&programme("500.00"));
    ledger.refused(Code::UnknownFunder, &receive("R1", "1.00"));
    let mut ledger = ledger.given(&[
        pledge("rijk", "60.00", Some("1/2")),
        spend("F1", "80.00", "2020-01-01"),
        receive("R1", "25.00"),
    ]);
    assert_eq!(
        cofinancing(&ledger),
        json!({"funder": "rijk", "expected": "0.00", "pledged": "60.00", "reserved": "0.00",
        "received": "25.00", "charged": "40.00", "receivable": "15.00", "receivedInAdvance": "0.00"})
    );
    ledger.refused(Code::BelowZero, &receive("R2", "-25.01"));
    ledger.post(&receive("R2", "30.00")).unwrap();
    assert_eq!(cofinancing(&ledger)["receivedInAdvance"], "15.00");
}

#[test]
fn a_pledge_bound_to_a_year_is_carried_over_by_its_funder() {
    let bound = with(pledge("rijk", "100.00", Some("1")), &json!({"year": 2020}));
    let carry = json!({"type": "carryOverBudget", "programme": "plan", "project": "a", "fromYear": 2020, "toYear": 2021,
        "amount": "70.00", "funder": "rijk", "decision": decision(), "bookingDate": "2020-12-31"});
    let mut ledger = Scenario::new()
        .given(&programme("500.00"))
        .given(&[bound, spend("F1", "40.00", "2020-03-01")]);
    ledger.refused(Code::PledgeExceeded, &carry);
    let mut ledger = ledger.given(&[with(carry, &json!({"amount": "60.00"}))]);
    // The share was given for 2020; the money bound to 2021 pays what an explicit split charges to it.
    let explicit = with(
        spend("F2", "60.00", "2021-03-01"),
        &json!({"charges": [{"source": "rijk", "amount": "60.00"}]}),
    );
    ledger.post(&explicit).unwrap();
    ledger.refused(
        Code::PledgeExceeded,
        &with(
            spend("F3", "1.00", "2021-03-01"),
            &json!({"charges": [{"source": "rijk", "amount": "1.00"}]}),
        ),
    );
}
