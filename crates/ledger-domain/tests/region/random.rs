//! Any sequence of commands: replay gives the state, a refused command leaves nothing, figures tie at any date and are
//! those of a naive fold over the events booked by then.

use crate::book::{Book, date};
use crate::lines::{line, region};
use crate::oracle;
use ledger_domain::region::*;
use ledger_domain::*;
use proptest::prelude::*;
use std::collections::BTreeMap;

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
