//! Any sequence of commands: replay gives the state, a refused command leaves nothing, figures tie at any date and are
//! those of a naive fold over the events booked by then.

use crate::book::{Book, date};
use crate::oracle;
use ledger_domain::region::*;
use ledger_domain::*;
use proptest::prelude::*;
use std::collections::BTreeMap;

/// A command for a region of a to e with groups g (by key k) and h (by key l, stop-loss), many of them refused.
fn line() -> impl Strategy<Value = String> {
    let member = prop::sample::select(vec!["a", "b", "c", "d", "e"]);
    let group = prop::sample::select(vec!["g", "h"]);
    let year = 2020..=2022_u16;
    let day = (2020..=2023_u16, 1..=12_u8, 1..=28_u8).prop_map(|(y, m, d)| format!("@{y}-{m:02}-{d:02}"));
    let client = prop::sample::select(vec!["", "client=anna", "client=bert"]);
    let number = 0..12_u8;
    let cents = prop_oneof![1..=9_i64, 1..=30_000_i64].prop_map(|c| format!("{}.{:02}", c / 100, c % 100));
    let key = prop::sample::select(vec!["k", "l"]);
    let weights = prop::collection::vec(0..4_u8, 5);
    let costs = (
        group.clone(),
        member.clone(),
        number.clone(),
        cents.clone(),
        year.clone(),
        client,
        day.clone(),
    )
        .prop_map(|(g, m, n, c, y, client, day)| format!("cost {g} {m} c{n} {c} year={y} {client} {day}"));
    prop_oneof![
        12 => costs,
        3 => (group.clone(), number.clone(), cents.clone(), year.clone(), day.clone())
            .prop_map(|(g, n, c, y, day)| format!("joint {g} j{n} {c} year={y} {day}")),
        6 => (number.clone(), number.clone(), any::<bool>(), cents.clone(), day.clone())
            .prop_map(|(n, k, minus, c, day)| format!("correct c{n} k{k} {}{c} {day}", if minus { "-" } else { "" })),
        3 => (number.clone(), day.clone()).prop_map(|(n, day)| format!("reverse c{n} {day}")),
        3 => (key.clone(), year.clone(), weights, 3..=5_usize, day.clone()).prop_map(|(k, y, w, n, day)| {
            let weights: Vec<String> = "abcde"
                .chars()
                .zip(w)
                .filter(|(member, _)| n == 5 || (*member != 'd' && *member != 'e') || (n == 4 && *member == 'd'))
                .map(|(member, weight)| format!("{member}:{weight}"))
                .collect();
            format!("key {k} {y} {} {day}", weights.join(","))
        }),
        1 => (key, year.clone(), group.clone(), day.clone())
            .prop_map(|(k, y, g, day)| format!("weigh {k} {y} {g} {} {day}", y - 1)),
        2 => (group.clone(), year.clone(), 0..=3_u8, day.clone())
            .prop_map(|(g, y, p, day)| format!("schedule {g} {y}:{p}/3 {day}")),
        2 => (year.clone(), member.clone(), number, cents.clone(), day.clone())
            .prop_map(|(y, m, n, c, day)| format!("advance {y} {m} v{n} {c} {day}")),
        2 => (group, year.clone(), member, cents, day.clone())
            .prop_map(|(g, y, m, c, day)| format!("budget {g} {y} {m}:{c} joint=0.01 {day}")),
        2 => (year, 0..6_u8, day).prop_map(|(y, s, day)| format!("settle {y} s{s} {day}")),
        1 => Just("merge b d 2021-01-01".to_owned()),
        1 => Just("merge a,b e 2022-01-01".to_owned()),
        1 => Just("close 2020-03-31".to_owned()),
    ]
}

fn region() -> Book {
    Book::empty(&[
        "admit a",
        "admit b",
        "admit c",
        "group g k",
        "group h l threshold=50",
        "key k 2020 a:1,b:1,c:1 @2020-01-01",
        "key l 2020 a:3,b:0,c:2.5 @2020-01-01",
        "key k 2021 a:1,b:1,c:1 @2020-01-01",
        "key l 2021 a:3,b:0,c:2.5 @2020-01-01",
    ])
}

const DATES: [&str; 4] = ["2020-06-30", "2021-03-15", "2022-01-01", "2024-01-01"];

proptest! {
    #![proptest_config(ProptestConfig::with_cases(400))]

    #[test]
    fn any_sequence_of_commands_keeps_the_books(lines in prop::collection::vec(line(), 1..60)) {
        let mut book = region();
        for line in &lines {
            let before = (book.state.clone(), book.entries.clone(), book.events.len());
            let told = book.tell(line);
            let refused = Code::ALL.iter().any(|code| told.starts_with(&format!("{code}: ")));
            if refused {
                prop_assert_eq!(&before, &(book.state.clone(), book.entries.clone(), book.events.len()), "{}", line);
            } else if line.starts_with("settle") {
                settled_up(&book);
            }
        }
        replays(&book);
        for (year, day) in (2020..=2022).flat_map(|year| DATES.map(|day| (year, day))) {
            ties(&book, year, day);
            is_that_of_the_naive_fold(&book, year, day);
        }
    }
}

/// Right after a settlement nobody owes anything at its date.
fn settled_up(book: &Book) {
    let Some((recorded, Event::SettlementShareDrawn(share), _)) = book.events.last() else {
        unreachable!("the last event is a line");
    };
    let statement = book.region().statement(share.year, recorded.booking_date);
    for line in &statement.lines {
        assert_eq!(line.balance, Some(Money::ZERO), "{line:?}");
    }
}

fn replays(book: &Book) {
    let state = book.events.iter().fold(None, |state, (recorded, event, _)| {
        evolve(state, *recorded, event)
    });
    assert_eq!(state, book.state);
}

fn sum(amounts: impl Iterator<Item = Option<Money>>) -> Option<i64> {
    amounts.map(|amount| amount.map(Money::cents)).sum()
}

fn ties(book: &Book, year: Year, day: &str) {
    let statement = book.region().statement(year, date(day));
    for group in &statement.groups {
        let total = |figure: fn(&Share) -> Option<Money>| sum(group.shares.iter().map(figure));
        if group.key.is_some() {
            let whole = Some(group.total().cents());
            assert_eq!(total(|share| share.cost_share), whole);
            assert_eq!(total(|share| share.full_solidarity_share), whole);
            assert_eq!(total(|share| share.joint_share), Some(group.joint_cost.cents()));
            assert_eq!(total(|share| share.benefit), Some(0));
        }
        for (at, municipality) in statement.members.iter().enumerate() {
            let line = statement
                .lines
                .iter()
                .find(|line| line.municipality == *municipality);
            assert!(line.is_some(), "member {at} has a line");
        }
    }
    let in_groups: i64 = statement
        .groups
        .iter()
        .map(|group| group.actual_cost.cents())
        .sum();
    assert_eq!(
        sum(statement.lines.iter().map(|line| Some(line.share.actual_cost))),
        Some(in_groups)
    );
}

/// Cost shares from nothing but the events: the slow way, with the oracle's own arithmetic.
fn is_that_of_the_naive_fold(book: &Book, year: Year, day: &str) {
    let as_of = date(day);
    let statement = book.region().statement(year, as_of);
    let standing = |code: Municipality| book.region().members.successor(code, first_day(year));
    for group in statement.groups.iter().filter(|group| group.key.is_some()) {
        let mut joint = 0;
        // Per client and municipality; without a client number 0.
        let mut costs: BTreeMap<(Municipality, u32), i64> = BTreeMap::new();
        for (_, event, _) in book
            .events
            .iter()
            .filter(|(recorded, ..)| recorded.booking_date <= as_of)
        {
            let (of, in_year, code, client, amount) = match event {
                Event::CostRecorded(e) => (&e.group, e.year, e.municipality, e.client_no, e.amount),
                Event::CostCorrected(e) => (&e.group, e.year, e.municipality, e.client_no, e.amount),
                Event::CostReversed(e) => (&e.group, e.year, e.municipality, e.client_no, e.amount),
                _ => continue,
            };
            match code {
                _ if of != group.id || in_year != year => {}
                None => joint += amount.cents(),
                Some(code) => *costs.entry((code, client.unwrap_or(0))).or_default() += amount.cents(),
            }
        }
        let threshold = group.group.threshold.map_or(0, Money::cents);
        let key = group.key.expect("filtered");
        let members = statement.members.iter().map(|member| {
            let (mut own, mut shared) = (0, 0);
            for ((_, client), cents) in costs.iter().filter(|((code, _), _)| standing(*code) == *member) {
                let above = match group.group.threshold {
                    None => *cents,
                    Some(_) if *client == 0 => 0,
                    Some(_) => (cents - threshold).max(0),
                };
                shared += above;
                own += cents - above;
            }
            let weight = key.value.of(*member).expect("a weight").micros();
            oracle::Member { own, shared, weight }
        });
        let case = oracle::Case {
            degree: (group.degree.numerator(), group.degree.denominator()),
            joint,
            members: members.collect(),
        };
        let shares: Vec<i64> = group
            .shares
            .iter()
            .map(|share| share.cost_share.expect("a key").cents())
            .collect();
        assert_eq!(shares, oracle::cost_shares(&case), "{} {year} {day}", group.id);
    }
}
