//! Random commands: whatever comes, the audit after every recorded event holds and a refused command leaves nothing.

use crate::book::{Book, read};
use ledger_domain::programme::OverspendPolicy;
use proptest::prelude::*;

/// Little is authorised and pledged, so that every limit is met soon; entries to change are there from the start.
const GIVEN: [&str; 12] = [
    "allocate p 20",
    "allocate p 8 year=2020",
    "allocate p 8 year=2021",
    "pledge p f 15 share=1/2",
    "pledge p z 9 year=2021 share=1/3",
    "pledge p z 6 year=2020",
    "commit p c0 10 @2020-02-01",
    "commit p c1 6 year=2020 @2020-02-01",
    "spend p e0 5 on=c0 @2020-02-02",
    "spend p e1 7 on=c1 year=2021 @2020-02-02",
    "spend p e2 4 charges=z:3,programme:1 on=c0 @2020-02-02",
    "allocate q 4",
];

fn project() -> impl Strategy<Value = &'static str> {
    prop_oneof![6 => Just("p"), 1 => Just("q")]
}

fn funder() -> impl Strategy<Value = &'static str> {
    prop_oneof![Just("f"), Just("z")]
}

fn expenditure() -> impl Strategy<Value = String> {
    (0..9).prop_map(|number| format!("e{number}"))
}

fn commitment() -> impl Strategy<Value = String> {
    (0..5).prop_map(|number| format!("c{number}"))
}

/// Small amounts with odd cents, so that budgets run out and divisions leave remainders.
fn money() -> impl Strategy<Value = String> {
    (1..1200_u32).prop_map(|cents| format!("{}.{:02}", cents / 100, cents % 100))
}

fn signed() -> impl Strategy<Value = String> {
    (money(), any::<bool>()).prop_map(|(amount, up)| if up { amount } else { format!("-{amount}") })
}

fn year() -> impl Strategy<Value = &'static str> {
    prop_oneof![3 => Just(""), 1 => Just(" year=2020"), 1 => Just(" year=2021"), 1 => Just(" year=2022")]
}

fn share() -> impl Strategy<Value = &'static str> {
    prop_oneof![
        Just(""),
        Just(" share=1/3"),
        Just(" share=1/2"),
        Just(" share=2/7"),
        Just(" share=0")
    ]
}

fn on() -> impl Strategy<Value = String> {
    prop_oneof![
        Just(String::new()),
        commitment().prop_map(|commitment| format!(" on={commitment}"))
    ]
}

/// The amount and an explicit split of it over own money and both funders, or none.
fn split() -> impl Strategy<Value = String> {
    let parts = prop::collection::vec(0..400_i32, 3);
    prop_oneof![
        2 => money(),
        1 => parts.prop_map(|parts| charged(&parts)),
    ]
}

fn signed_split() -> impl Strategy<Value = String> {
    let parts = prop::collection::vec(-300..200_i32, 3);
    prop_oneof![
        2 => signed(),
        1 => parts.prop_map(|parts| charged(&parts)),
    ]
}

fn charged(parts: &[i32]) -> String {
    let text = |cents: i32| {
        let sign = if cents < 0 { "-" } else { "" };
        format!("{sign}{}.{:02}", cents.abs() / 100, cents.abs() % 100)
    };
    let charges = ["programme", "f", "z"]
        .iter()
        .zip(parts)
        .filter(|(_, cents)| **cents != 0);
    let charges: Vec<String> = charges
        .map(|(source, cents)| format!("{source}:{}", text(*cents)))
        .collect();
    format!("{} charges={}", text(parts.iter().sum()), charges.join(","))
}

fn command() -> impl Strategy<Value = String> {
    let budget = prop_oneof![
        (project(), money(), year()).prop_map(|(p, m, y)| format!("allocate {p} {m}{y}")),
        (project(), signed(), year()).prop_map(|(p, m, y)| format!("allocate {p} {m}{y}")),
        (money(), year()).prop_map(|(m, y)| format!("transfer p q {m}{y}")),
        (money(), year()).prop_map(|(m, y)| format!("transfer q p {m}{y}")),
        (2020..2022, money()).prop_map(|(from, m)| format!("carry p {from} 2022 {m}")),
        (2021..2023, money(), funder()).prop_map(|(to, m, f)| format!("carry p 2020 {to} {m} funder={f}")),
        signed().prop_map(|m| format!("amend {m}")),
    ];
    let entries = prop_oneof![
        2 => (project(), commitment(), split(), year()).prop_map(|(p, c, m, y)| format!("commit {p} {c} {m}{y}")),
        1 => (commitment(), money()).prop_map(|(c, m)| format!("raise {c} {m}")),
        1 => (commitment(), money()).prop_map(|(c, m)| format!("release {c} {m}")),
        4 => (project(), expenditure(), split(), on(), year())
            .prop_map(|(p, e, m, on, y)| format!("spend {p} {e} {m}{on}{y}")),
        4 => (expenditure(), 0..40, signed_split()).prop_map(|(e, k, m)| format!("correct {e} k{k} {m}")),
        1 => expenditure().prop_map(|e| format!("reverse {e}")),
    ];
    let cofinancing = prop_oneof![
        1 => (project(), funder(), signed(), share(), year())
            .prop_map(|(p, f, m, s, y)| format!("expect {p} {f} {m}{s}{y}")),
        3 => (project(), funder(), money(), share(), year())
            .prop_map(|(p, f, m, s, y)| format!("pledge {p} {f} {m}{s}{y}")),
        1 => (project(), funder(), signed(), share(), year())
            .prop_map(|(p, f, m, s, y)| format!("pledge {p} {f} {m}{s}{y}")),
        1 => (project(), funder(), 0..20, signed()).prop_map(|(p, f, r, m)| format!("receive {p} {f} r{r} {m}")),
    ];
    let closing = prop_oneof![
        project().prop_map(|p| format!("close {p}")),
        project().prop_map(|p| format!("reopen {p}")),
        Just("close-period 2019-12-31".to_owned()),
        Just("close-programme".to_owned()),
        Just("explain".to_owned()),
    ];
    prop_oneof![4 => budget, 16 => entries, 3 => cofinancing, 1 => closing]
}

fn line() -> impl Strategy<Value = String> {
    let day = prop_oneof![
        8 => Just(""),
        1 => Just(" @2020-03-01"),
        1 => Just(" @2022-11-30"),
    ];
    (command(), day, any::<bool>()).prop_map(|(command, day, explained)| {
        let explained = if explained { " explained" } else { "" };
        format!("{command}{day}{explained}")
    })
}

fn any_commands_keep_the_books(policy: OverspendPolicy, lines: &[String]) {
    let mut book = Book::authorised(policy, "80", &GIVEN);
    for line in lines {
        let (posting, command) = read(line);
        let before = book.state.clone();
        if book.record(posting, &command).is_err() {
            assert_eq!(before, book.state);
        }
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(200))]

    #[test]
    fn under_refuse(lines in prop::collection::vec(line(), 1..60)) {
        any_commands_keep_the_books(OverspendPolicy::Refuse, &lines);
    }

    #[test]
    fn under_explain(lines in prop::collection::vec(line(), 1..60)) {
        any_commands_keep_the_books(OverspendPolicy::Explain, &lines);
    }
}
