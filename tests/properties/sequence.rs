//! Random commands over few names, so that they meet: most are taken, many are refused.

use proptest::prelude::*;
use serde_json::{Value, json};

fn decision() -> Value {
    json!({"reference": "Besluit", "by": "council", "decidedOn": "2019-01-01"})
}

/// A programme with three projects, budget and pledges.
pub(crate) fn opening(refuse: bool) -> Vec<Value> {
    let policy = if refuse { "refuse" } else { "explain" };
    let mut commands = vec![
        json!({"type": "establishProgramme", "programme": "plan", "title": "Plan",
        "municipality": "GM0505", "startsOn": "2019-01-01", "endsOn": "2022-12-31", "authorised": "1000.00",
        "overspend": policy, "decision": decision(), "bookingDate": "2019-01-01"}),
    ];
    for project in ["a", "b", "c"] {
        commands.push(
            json!({"type": "openProject", "programme": "plan", "project": project, "title": project,
            "bookingDate": "2019-01-01"}),
        );
    }
    commands.push(allocate("a", "300.00", None));
    commands.push(allocate("a", "100.00", Some(2020)));
    commands.push(allocate("b", "200.00", None));
    commands
}

fn allocate(project: &str, amount: &str, year: Option<u16>) -> Value {
    json!({"type": "allocateBudget", "programme": "plan", "project": project, "amount": amount, "year": year,
        "decision": decision(), "bookingDate": "2019-02-01"})
}

/// A command of another programme, to move the log on; taken once, refused later, either is fine.
pub(crate) fn unrelated() -> Value {
    json!({"type": "establishProgramme", "programme": "other", "title": "Other", "municipality": "GM0505",
        "startsOn": "2019-01-01", "endsOn": "2022-12-31", "authorised": "1.00", "decision": decision(),
        "bookingDate": "2019-01-01"})
}

fn project() -> impl Strategy<Value = &'static str> {
    prop::sample::select(vec!["a", "a", "a", "b", "c"])
}

fn amount() -> impl Strategy<Value = String> {
    prop_oneof![4 => 1u32..6_000, 1 => 1u32..60_000]
        .prop_map(|cents| format!("{}.{:02}", cents / 100, cents % 100))
}

fn signed() -> impl Strategy<Value = String> {
    (amount(), any::<bool>()).prop_map(|(amount, lower)| if lower { format!("-{amount}") } else { amount })
}

fn year() -> impl Strategy<Value = Option<u16>> {
    prop_oneof![3 => Just(None), 2 => (2019u16..2023).prop_map(Some)]
}

fn date() -> impl Strategy<Value = String> {
    (2019u16..2023, 1u8..13, 1u8..29).prop_map(|(year, month, day)| format!("{year}-{month:02}-{day:02}"))
}

fn entry(prefix: &'static str) -> impl Strategy<Value = String> {
    (0u8..12).prop_map(move |number| format!("{prefix}{number}"))
}

fn funder() -> impl Strategy<Value = &'static str> {
    prop::sample::select(vec!["rijk", "rijk", "zorgverzekeraar"])
}

fn charges() -> impl Strategy<Value = Option<Value>> {
    prop_oneof![
        5 => Just(None),
        1 => (amount(), amount()).prop_map(|(own, rijk)| {
            Some(json!([{"source": "programme", "amount": own}, {"source": "rijk", "amount": rijk}]))
        }),
    ]
}

/// One command on the programme of [`opening`].
pub(crate) fn command() -> impl Strategy<Value = Value> {
    let explanation = || prop::option::of(Just("Toelichting"));
    let budget = prop_oneof![
        (project(), signed(), year(), date()).prop_map(|(project, amount, year, date)| json!({
            "type": "allocateBudget", "project": project, "amount": amount, "year": year, "decision": decision(),
            "bookingDate": date})),
        (project(), project(), amount(), year(), date())
            .prop_filter("two projects", |(from, to, ..)| from != to)
            .prop_map(|(from, to, amount, year, date)| json!({
                "type": "transferBudget", "fromProject": from, "toProject": to, "amount": amount, "year": year,
                "decision": decision(), "bookingDate": date})),
        (project(), 2019u16..2022, 1u16..3, amount(), prop::option::of(funder()), date())
            .prop_map(|(project, from, years, amount, funder, date)| json!({
                "type": "carryOverBudget", "project": project, "fromYear": from, "toYear": from + years,
                "amount": amount, "funder": funder, "decision": decision(), "bookingDate": date})),
        (signed(), date()).prop_map(|(amount, date)| json!({
            "type": "amendAuthorisation", "amount": amount, "decision": decision(), "bookingDate": date})),
    ];
    let entries = prop_oneof![
        (project(), entry("V"), amount(), charges(), year(), date(), explanation())
            .prop_map(|(project, commitment, amount, charges, year, date, explanation)| json!({
                "type": "enterCommitment", "project": project, "commitment": commitment,
                "amount": tied(&amount, charges.as_ref()), "charges": charges, "supplier": "S", "year": year,
                "explanation": explanation, "bookingDate": date})),
        (prop::bool::ANY, entry("V"), amount(), date(), explanation())
            .prop_map(|(raise, commitment, amount, date, explanation)| {
                let mut command = json!({"type": if raise { "raiseCommitment" } else { "releaseCommitment" },
                    "commitment": commitment, "amount": amount, "reason": "R", "bookingDate": date});
                if let Some(text) = explanation {
                    command["explanation"] = json!(text);
                }
                command
            }),
        (project(), entry("F"), amount(), prop::option::of(entry("V")), charges(), year(), date(), explanation())
            .prop_map(|(project, expenditure, amount, commitment, charges, year, date, explanation)| json!({
                "type": "postExpenditure", "project": project, "expenditure": expenditure,
                "amount": tied(&amount, charges.as_ref()), "charges": charges, "commitment": commitment, "year": year,
                "explanation": explanation, "bookingDate": date})),
        (entry("F"), entry("C"), signed(), date(), explanation())
            .prop_map(|(expenditure, correction, amount, date, explanation)| json!({
                "type": "correctExpenditure", "expenditure": expenditure, "correction": correction, "amount": amount,
                "reason": "R", "explanation": explanation, "bookingDate": date})),
        (entry("F"), date()).prop_map(|(expenditure, date)| json!({
            "type": "reverseExpenditure", "expenditure": expenditure, "reason": "R", "bookingDate": date})),
    ];
    let funding = prop_oneof![
        (prop::bool::ANY, project(), funder(), signed(), prop::option::of(1u32..5), year(), date())
            .prop_map(|(pledge, project, funder, amount, share, year, date)| json!({
                "type": if pledge { "pledgeCofinancing" } else { "expectCofinancing" }, "project": project,
                "funder": funder, "amount": amount, "share": share.map(|part| format!("1/{}", part + 1)),
                "year": year, "bookingDate": date})),
        (project(), funder(), entry("R"), signed(), date()).prop_map(|(project, funder, receipt, amount, date)| json!({
            "type": "receiveCofinancing", "project": project, "funder": funder, "receipt": receipt, "amount": amount,
            "bookingDate": date})),
    ];
    let closing = prop_oneof![
        2 => (project(), date()).prop_map(|(project, date)| json!({
            "type": "closeProject", "project": project, "decision": decision(), "bookingDate": date})),
        3 => (project(), date()).prop_map(|(project, date)| json!({
            "type": "reopenProject", "project": project, "decision": decision(), "bookingDate": date})),
        1 => Just(json!({"type": "closePeriod", "through": "2019-03-31"})),
    ];
    prop_oneof![3 => budget, 8 => entries, 4 => funding, 1 => closing].prop_map(|mut command| {
        command["programme"] = json!("plan");
        command
    })
}

/// The amount that an explicit split sums to, so that it is not always refused.
fn tied(amount: &str, charges: Option<&Value>) -> String {
    let Some(charges) = charges else {
        return amount.to_owned();
    };
    let sum: i128 = charges
        .as_array()
        .unwrap()
        .iter()
        .map(|charge| crate::cents(&charge["amount"]))
        .sum();
    format!("{}.{:02}", sum / 100, sum % 100)
}
