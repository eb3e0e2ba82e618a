//! Amounts by day and municipality against sums of what was booked, in whatever order of the day.

use ledger_domain::region::{CostBook, CostTable};
use ledger_domain::{Date, Money, Municipality};
use proptest::prelude::*;
use std::collections::BTreeMap;

const DAYS: i32 = 400;

/// Over several blocks or on few days, of many municipalities or few, with sums of zero; booked in order of the day, in
/// the opposite order or in none.
fn booked() -> impl Strategy<Value = Vec<(i32, u16, i64)>> {
    let shape = (
        prop_oneof![Just(DAYS), Just(9)],
        prop_oneof![Just(1_000_u16), Just(30), Just(3)],
    );
    let amounts = shape.prop_flat_map(|(days, codes)| {
        prop::collection::vec((-40..days - 40, 1..=codes, -2..=2_i64), 0..3_000)
    });
    (amounts, 0..3).prop_map(|(mut amounts, order)| {
        match order {
            0 => amounts.sort_by_key(|(day, ..)| *day),
            1 => amounts.sort_by_key(|(day, ..)| -day),
            _ => {}
        }
        amounts
    })
}

fn date(day: i32) -> Date {
    Date::from_epoch_days(day)
}

fn money(cents: i64) -> Money {
    Money::from_cents(cents).expect("fits")
}

fn code(number: u16) -> Municipality {
    Municipality::from_number(number).expect("a code")
}

/// The places of a row that are not zero.
fn amounts(row: &[Money]) -> BTreeMap<u16, i64> {
    let cells = (0..).zip(row.iter().map(|amount| amount.cents()));
    cells.filter(|(_, cents)| *cents != 0).collect()
}

fn summed<'a>(booked: impl Iterator<Item = &'a (i32, u16, i64)>) -> BTreeMap<u16, i64> {
    let mut sums: BTreeMap<u16, i64> = BTreeMap::new();
    for (_, place, cents) in booked {
        *sums.entry(*place).or_default() += cents;
    }
    sums
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(32))]
    #[test]
    fn a_table_tells_what_was_booked_by_a_day_and_on_it(booked in booked()) {
        let mut table = CostTable::default();
        for (day, place, cents) in &booked {
            table.add(date(*day), *place, money(*cents));
        }
        let listed: BTreeMap<Date, Vec<Money>> = table.days().collect();
        for asked in (-42..DAYS).chain([i32::MIN, i32::MAX]) {
            let mut by_then = summed(booked.iter().filter(|(day, ..)| *day <= asked));
            by_then.retain(|_, cents| *cents != 0);
            prop_assert_eq!(amounts(&table.through(date(asked))), by_then, "by day {}", asked);
            let mut on_it = summed(booked.iter().filter(|(day, ..)| *day == asked));
            on_it.retain(|_, cents| *cents != 0);
            let row = listed.get(&date(asked)).map(|row| amounts(row)).unwrap_or_default();
            prop_assert_eq!(row, on_it, "on day {}", asked);
        }
    }

    #[test]
    fn a_book_made_again_is_the_same_book(booked in booked(), clients in 1..9_u32) {
        for threshold in [None, Some(money(3))] {
            let mut book = CostBook::new(threshold);
            for (day, number, cents) in &booked {
                // A client costs something or nothing, never less.
                let (client, amount) = (u32::from(*number) % clients, money(cents.abs()));
                book.record(date(*day), Some(code(*number)), Some(client), amount);
            }
            let kept = book.booked();
            prop_assert!(kept.actual.is_sorted_by(|(day, of, _), (later, other, _)| (day, of) < (later, other)));
            let again = CostBook::holding(threshold, &kept);
            prop_assert_eq!(&again, &book);
            prop_assert_eq!(again.booked(), kept);
            for day in (-41..DAYS).step_by(7) {
                let mut costs = book.as_of(date(day));
                costs.by_municipality.retain(|(_, cost)| !cost.actual.is_zero());
                let mut same = again.as_of(date(day));
                same.by_municipality.retain(|(_, cost)| !cost.actual.is_zero());
                prop_assert_eq!(same, costs, "by day {}", day);
            }
        }
    }
}

/// What one client costs above the threshold stays when another's is taken back on the same day: then the municipality
/// has no actual costs, and a part of them that is shared.
#[test]
fn what_is_shared_of_costs_that_sum_to_zero_is_held() {
    let mut book = CostBook::new(Some(money(600)));
    for (of, client, cents) in [(1, 1, 1_000), (1, 2, -1_000), (2, 3, 700)] {
        book.record(date(5), Some(code(of)), Some(client), money(cents));
    }
    let again = CostBook::holding(Some(money(600)), &book.booked());
    let told = |book: &CostBook| {
        let costs = book.as_of(date(5)).by_municipality.into_iter();
        costs
            .map(|(of, cost)| (of.number(), cost.actual.cents(), cost.shared.cents()))
            .collect::<Vec<_>>()
    };
    assert_eq!(told(&book), [(1, 0, 400), (2, 700, 100)]);
    assert_eq!(told(&again), told(&book));
}

/// A damaged tape can hold anything.
#[test]
fn sums_beyond_all_amounts_do_not_panic() {
    let mut table = CostTable::default();
    for day in 0..400 {
        table.add(date(day), 0, Money::MAX);
        table.add(date(day % 2), 1, Money::MAX.negated());
    }
    assert_eq!(table.through(date(500)).len(), 2);
}
