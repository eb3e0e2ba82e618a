//! A year settled, corrected and supplemented.

use crate::book::{Book, date, id};
use ledger_domain::region::{Event, SettledFigures};
use ledger_domain::{Fraction, Money};

#[test]
fn all_settlements_of_a_year_sum_to_its_corrected_shares() {
    let mut book = Book::with(&[
        "schedule g 2021:1/2 @2020-03-19",
        "cost g a a1 100 @2021-02-01",
        "cost g b b1 31 @2021-03-01",
        "joint g j1 10 @2021-03-01",
        "advance 2021 a v1 60 @2021-01-01",
        "advance 2021 b v2 50 @2021-01-01",
        "advance 2021 b v3 -5 @2021-04-01",
    ]);
    let shares = "a 87.75 b 38.15 c 15.10";
    assert_eq!(book.cost_shares(2021, "2022-05-31"), shares);
    assert_eq!(
        book.tell("settle 2021 first @2022-06-01"),
        "total 36.00; a 27.75; b -6.85; c 15.10"
    );
    assert_eq!(book.balances(2021, "2022-06-01"), "a 0.00 b 0.00 c 0.00");
    assert_eq!(book.balances(2021, "2022-05-31"), "a 27.75 b -6.85 c 15.10");
    assert_eq!(
        book.tell("settle 2021 second @2022-07-01"),
        "nothing-to-settle: Since the settlement of 2022-06-01 no municipality's share or advances of 2021 changed: \
         every line would be 0.00."
    );

    book.tell("correct a1 k1 -20 @2022-07-01");
    book.tell("cost g c c1 0.01 @2021-12-31");
    book.tell("advance 2021 c v4 15.10 @2022-07-01");
    let corrected = book.cost_shares(2021, "2022-08-01");
    assert_eq!(corrected, "a 72.75 b 35.15 c 13.11");
    assert_eq!(
        book.tell("settle 2021 second @2022-08-01"),
        "total -35.09; a -15.00; b -3.00; c -17.09"
    );
    // Settled 27.75 - 15.00, -6.85 - 3.00 and 15.10 - 17.09; advanced 60, 45 and 15.10: the corrected shares.
    let paid = book.figures(2021, "2022-08-01", |line| line.settled.checked_add(line.advances));
    assert_eq!(paid, corrected);
    assert_eq!(book.balances(2021, "2022-08-01"), "a 0.00 b 0.00 c 0.00");
}

#[test]
fn a_settlement_freezes_what_it_is_drawn_from() {
    let mut book = Book::with(&[
        "group h k threshold=75",
        "schedule g 2021:1/2",
        "cost g a a1 100",
        "cost h b b1 95 client=x",
        "joint h j1 5",
        "settle 2021 first @2022-06-01",
    ]);
    let drawn: Vec<Event> = book
        .events
        .iter()
        .rev()
        .take(4)
        .rev()
        .map(|(_, event, _)| event.clone())
        .collect();
    let Event::SettlementDrawnUp(whole) = &drawn[0] else {
        panic!("{drawn:?}");
    };
    let money = |cents| Money::from_cents(cents).expect("fits");
    assert_eq!(whole.totals.cost_share, money(20_000));
    let [g, h] = &whole.groups[..] else {
        panic!("{whole:?}");
    };
    // Positions: region, three members, group g, key, group h, schedule.
    assert_eq!(
        (g.degree, g.schedule_position),
        (Fraction::new(1, 2).expect("a half"), Some(7))
    );
    assert_eq!((h.degree, h.schedule_position), (Fraction::ONE, None));
    assert_eq!((g.key_position, h.key_position), (Some(5), Some(5)));
    assert_eq!((g.threshold, h.threshold), (None, Some(money(7_500))));
    assert_eq!((h.actual_cost, h.joint_cost), (money(9_500), money(500)));
    let Event::SettlementShareDrawn(b) = &drawn[2] else {
        panic!("{drawn:?}");
    };
    assert_eq!(
        b.figures,
        SettledFigures {
            cost_share: money(9_750),
            advances: money(0),
            settled: money(0),
            amount: money(9_750),
        }
    );
    let [g, h] = &b.groups[..] else {
        panic!("{b:?}");
    };
    assert_eq!(
        (g.actual_cost, g.joint_share, g.cost_share),
        (money(0), money(0), money(1_500))
    );
    assert_eq!(
        (h.actual_cost, h.joint_share, h.cost_share),
        (money(9_500), money(150), money(8_250))
    );

    // A later key changes the report, not what was settled.
    book.tell("key k 2021 a:1,b:1,c:1 @2022-07-01");
    assert_eq!(book.balances(2021, "2022-07-01"), "a -12.49 b 2.50 c 9.99");
}

#[test]
fn a_settlement_takes_what_is_booked_by_its_own_date() {
    let mut book = Book::with(&["cost g a a1 10 @2021-02-01", "cost g a a2 90 @2022-09-01"]);
    assert_eq!(
        book.tell("settle 2021 first @2022-06-01"),
        "total 10.00; a 5.00; b 3.00; c 2.00"
    );
    assert_eq!(
        book.tell("settle 2021 second @2022-05-31"),
        "dated-before-entry: 2021 was settled on 2022-06-01, so its next settlement cannot be dated 2022-05-31."
    );
    assert_eq!(
        book.try_out("settle 2021 second @2022-08-31"),
        "nothing-to-settle"
    );
    assert_eq!(
        book.tell("settle 2021 second @2022-09-01"),
        "total 90.00; a 45.00; b 27.00; c 18.00"
    );
}

#[test]
fn a_settlement_needs_its_keys() {
    let mut book = Book::with(&["cost g a a1 10 year=2022", "cost g a a2 10 year=2022 @2022-02-01"]);
    assert_eq!(
        book.tell("settle 2022 first @2023-06-01"),
        "key-missing: Group g shares 20.00 of 2022 by key k, which has no weights for exactly that year's members \
         booked on or before 2023-06-01."
    );
    book.tell("key k 2022 a:1,b:1,c:1 @2023-06-02");
    assert_eq!(book.try_out("settle 2022 first @2023-06-01"), "key-missing");
    assert_eq!(
        book.tell("settle 2022 first @2023-06-02"),
        "total 20.00; a 6.67; b 6.67; c 6.66"
    );
    assert_eq!(book.try_out("settle 2023 first @2024-06-02"), "duplicate-id");
    assert_eq!(
        book.tell("settle 2023 second @2024-06-02"),
        "nothing-to-settle: Nothing is booked for 2023 on or before 2024-06-02."
    );
}

#[test]
fn advances_alone_are_paid_back() {
    let mut book = Book::with(&["advance 2022 a v1 60"]);
    assert_eq!(
        book.tell("settle 2022 first @2023-06-01"),
        "total -60.00; a -60.00; b 0.00; c 0.00"
    );
    assert!(book.region().settlements.contains(&id("first")));
    assert_eq!(book.region().years[&2022].settled_on, Some(date("2023-06-01")));
}

#[test]
fn a_year_whose_advances_were_exact_is_settled_once() {
    let mut book = Book::with(&[
        "cost g a a1 10",
        "advance 2021 a v1 5",
        "advance 2021 b v2 3",
        "advance 2021 c v3 2",
    ]);
    assert_eq!(
        book.tell("settle 2021 first"),
        "total 0.00; a 0.00; b 0.00; c 0.00"
    );
    assert_eq!(book.try_out("settle 2021 second"), "nothing-to-settle");
}

#[test]
fn advances_are_invoiced_to_members_of_the_year() {
    let mut book = Book::with(&["admit d from=2022-01-01"]);
    assert_eq!(
        book.tell("advance 2021 d v1 5"),
        "not-a-member: GM0004 is no member on 1 January 2021, nor the successor of one on 2021-06-01."
    );
    assert_eq!(book.try_out("advance 2021 z v1 5"), "unknown-municipality");
    assert_eq!(book.try_out("advance 2021 a v1 0"), "invalid-input");
    book.tell("advance 2021 a v1 5");
    assert_eq!(
        book.tell("advance 2021 a v1 5"),
        "duplicate-entry: There is an advance v1 already; ids are unique per kind in the region."
    );
}
