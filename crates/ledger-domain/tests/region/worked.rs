//! The worked examples of the domain text, through commands.

use crate::book::{Book, date, municipality};
use ledger_domain::region::Share;

const ZHZ: &str = "GM0482:20134,GM0505:119139,GM0512:37390,GM0523:18412,GM0531:31243,GM0590:32171,GM0610:25583,\
    GM0642:44735,GM1963:88065,GM1978:44157";
const ZWIJNDRECHT: &str = "GM0642";

/// Zuid-Holland Zuid with 100,000,000.00 of youth care in each of four years, divided by the inhabitants of 2021;
/// Zwijndrecht uses 1,600,000.00 more than its share by key.
fn zuid_holland_zuid() -> Book {
    let codes = || {
        ZHZ.split(',')
            .filter_map(|pair| pair.split_once(':'))
            .map(|(code, _)| code)
    };
    let mut book = Book::empty(&[]);
    for code in codes() {
        assert_eq!(book.tell(&format!("admit {code}")), "done");
    }
    let rest = "GM0505:88696705.85,GM0642:11303294.15";
    for line in [
        "group jeugdhulp inwoners",
        "schedule jeugdhulp 2021:2/3,2022:1/3,2023:0 @2020-03-19",
    ] {
        assert_eq!(book.tell(line), "done");
    }
    for year in 2020..=2023 {
        let key = format!("key inwoners {year} {ZHZ} @{year}-01-01");
        assert_eq!(book.tell(&key), "done");
        for (code, euros) in rest.split(',').filter_map(|pair| pair.split_once(':')) {
            let cost = format!("cost jeugdhulp {code} {year}-{code} {euros} year={year} @{year}-12-31");
            assert_eq!(book.tell(&cost), "done");
        }
    }
    book
}

fn share(book: &Book, year: u16, code: &str) -> Share {
    let statement = book.region().statement(year, date("2024-01-01"));
    let line = statement
        .lines
        .iter()
        .find(|line| line.municipality == municipality(code));
    line.expect("a member").share
}

#[test]
fn full_solidarity_shares_of_zuid_holland_zuid() {
    let book = zuid_holland_zuid();
    for (code, expected) in [
        (ZWIJNDRECHT, "9703294.15"),
        ("GM0505", "25841975.23"),
        ("GM0523", "3993675.02"),
    ] {
        let share = share(&book, 2020, code);
        assert_eq!(
            share.full_solidarity_share.expect("a key").to_string(),
            expected,
            "{code}"
        );
        assert_eq!(share.cost_share, share.full_solidarity_share, "{code}");
    }
}

#[test]
fn the_benefit_of_zwijndrecht_is_phased_out() {
    let book = zuid_holland_zuid();
    let benefits = (2020..=2023).map(|year| {
        share(&book, year, ZWIJNDRECHT)
            .benefit
            .expect("a key")
            .to_string()
    });
    let benefits: Vec<String> = benefits.collect();
    assert_eq!(benefits, ["1600000.00", "1066666.67", "533333.33", "0.00"]);
}

#[test]
fn stop_loss_shares_only_what_lies_above_the_threshold() {
    let book = Book::with(&[
        "group duur k threshold=75000",
        "cost duur a a1 20000 client=one",
        "cost duur a a2 60000 client=two",
        "cost duur a a3 180000 client=three",
        "cost duur b b1 15000 client=four",
        "cost duur b b2 30000 client=five",
        "cost duur c c1 90000 client=six",
    ]);
    assert_eq!(
        book.cost_shares(2021, "2021-12-31"),
        "a 215000.00 b 81000.00 c 99000.00"
    );
    let pool: i64 = book.region().groups.get("duur").expect("a group").years[&2021]
        .costs
        .as_of(date("2021-12-31"))
        .by_municipality
        .iter()
        .map(|(_, cost)| cost.shared.cents())
        .sum();
    assert_eq!(pool, 12_000_000);
}

#[test]
fn the_settlement_of_zuid_holland_zuid_2021() {
    let mut book = zuid_holland_zuid();
    // Golden: computed with Python's fractions from the domain text's formula.
    assert_eq!(
        book.tell("settle 2021 definitief @2022-06-01"),
        "total 100000000.00; GM0482 2911458.21; GM0505 46793552.11; GM0512 5406745.92; GM0523 2662450.01; \
         GM0531 4517864.75; GM0590 4652057.32; GM0610 3699405.75; GM0642 10236627.48; GM1963 12734556.83; \
         GM1978 6385281.62"
    );
    assert!(
        book.balances(2021, "2022-06-01")
            .split(' ')
            .skip(1)
            .step_by(2)
            .all(|balance| balance == "0.00")
    );
}
