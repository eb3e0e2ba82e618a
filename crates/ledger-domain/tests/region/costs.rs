//! Costs by date: own, joint, corrected, reversed, and the stop-loss steps of clients.

use crate::book::Book;

#[test]
fn costs_are_shared_by_key_and_joint_costs_always_are() {
    let book = Book::with(&[
        "cost g a a1 100 @2021-02-01",
        "joint g j1 10 @2021-03-01",
        "schedule g 2021:0 @2021-03-15",
    ]);
    assert_eq!(book.cost_shares(2021, "2021-01-31"), "a 0.00 b 0.00 c 0.00");
    assert_eq!(book.cost_shares(2021, "2021-02-28"), "a 50.00 b 30.00 c 20.00");
    assert_eq!(book.cost_shares(2021, "2021-03-14"), "a 55.00 b 33.00 c 22.00");
    assert_eq!(book.cost_shares(2021, "2021-03-15"), "a 105.00 b 3.00 c 2.00");
    let benefits = book.figures(2021, "2021-03-14", |line| line.share.benefit);
    assert_eq!(benefits, "a 50.00 b -30.00 c -20.00");
}

#[test]
fn corrections_count_from_their_own_day_and_reversals_undo_what_is_left() {
    let mut book = Book::with(&["schedule g 2021:0", "cost g a a1 100 @2021-06-02"]);
    assert_eq!(book.tell("correct a1 k1 -30 @2021-07-01"), "done");
    assert_eq!(
        book.tell("correct a1 k2 -70.01 @2021-07-02"),
        "below-zero: Cost a1 stands at 70.00, and -70.01 would bring it below zero."
    );
    assert_eq!(
        book.tell("correct a1 k2 1 @2021-06-01"),
        "dated-before-entry: Cost a1 is booked on 2021-06-02 and cannot change on 2021-06-01, before it."
    );
    assert_eq!(
        book.tell("correct x k2 1"),
        "unknown-cost: The region has no cost x."
    );
    assert_eq!(
        book.tell("correct a1 k1 1 @2021-07-02"),
        "duplicate-entry: There is a correction k1 already; ids are unique per kind in the region."
    );
    assert_eq!(book.tell("reverse a1 @2021-08-01"), "-70.00");
    assert_eq!(
        book.tell("reverse a1 @2021-08-02"),
        "already-reversed: Cost a1 was reversed and takes no further change."
    );
    assert_eq!(book.try_out("correct a1 k2 5 @2021-08-02"), "already-reversed");
    assert_eq!(
        book.tell("cost g a a1 5"),
        "duplicate-entry: There is a cost a1 already; ids are unique per kind in the region."
    );
    assert_eq!(book.cost_shares(2021, "2021-06-30"), "a 100.00 b 0.00 c 0.00");
    assert_eq!(book.cost_shares(2021, "2021-07-31"), "a 70.00 b 0.00 c 0.00");
    assert_eq!(book.cost_shares(2021, "2021-08-01"), "a 0.00 b 0.00 c 0.00");
}

#[test]
fn a_cost_needs_a_group_and_a_member_of_its_year() {
    let mut book = Book::with(&["admit d from=2022-01-01"]);
    assert_eq!(
        book.tell("cost x a a1 5"),
        "unknown-group: The region has no cost group x."
    );
    assert_eq!(
        book.tell("cost g z a1 5"),
        "unknown-municipality: The region never had a member GM0026."
    );
    assert_eq!(
        book.tell("cost g d a1 5"),
        "not-a-member: GM0004 is no member on 1 January 2021: it is one from 2022-01-01."
    );
    assert_eq!(book.tell("cost g d a1 5 year=2022"), "done");
}

#[test]
fn clients_are_numbered_per_group_and_year() {
    let mut book = Book::with(&["group h k threshold=100"]);
    assert_eq!(book.tell("cost h a 1 5 client=anna"), "client 1");
    assert_eq!(book.tell("cost h b 2 5 client=bert"), "client 2");
    assert_eq!(book.tell("cost h c 3 5 client=anna"), "client 1");
    assert_eq!(book.tell("cost g a 4 5 client=bert"), "client 1");
    assert_eq!(book.tell("cost h a 5 5 client=bert year=2022"), "client 1");
    assert_eq!(book.tell("cost h a 6 5 client=carl"), "client 3");
    assert_eq!(
        book.tell("joint h 7 5 client=anna"),
        "invalid-input: A cost without a municipality is a joint cost and has no client."
    );
}

/// What lies above the threshold in group h, per municipality, as of a day.
fn above(book: &Book, day: &str) -> String {
    let group = book.region().groups.get("h").expect("a group");
    let costs = group.years[&2021].costs.as_of(crate::book::date(day));
    let shared: Vec<String> = costs
        .by_municipality
        .iter()
        .map(|(_, cost)| cost.shared.to_string())
        .collect();
    shared.join(" ")
}

#[test]
fn a_back_dated_cost_rewrites_the_later_steps_of_its_client_only() {
    let mut book = Book::with(&[
        "group h k threshold=100",
        "cost h a a1 60 client=anna @2021-03-01",
        "cost h a a2 60 client=anna @2021-05-01",
        "cost h a a3 150 client=bert @2021-04-01",
    ]);
    let months =
        |book: &Book| ["2021-02-28", "2021-03-31", "2021-04-30", "2021-05-31"].map(|day| above(book, day));
    assert_eq!(months(&book), ["0.00", "0.00", "50.00", "70.00"]);
    book.tell("cost h a a4 30 client=anna @2021-02-01");
    assert_eq!(months(&book), ["0.00", "0.00", "50.00", "100.00"]);
    book.tell("cost h a a5 50 client=anna @2021-02-02");
    assert_eq!(months(&book), ["0.00", "40.00", "90.00", "150.00"]);
    // Anna's costs for another municipality have a threshold of their own; costs without a client are own costs.
    book.tell("cost h b a6 130 client=anna @2021-02-03");
    book.tell("cost h b a7 500 @2021-02-03");
    assert_eq!(
        months(&book),
        ["0.00 30.00", "40.00 30.00", "90.00 30.00", "150.00 30.00"]
    );
    book.tell("reverse a6 @2021-05-05");
    assert_eq!(
        months(&book),
        ["0.00 30.00", "40.00 30.00", "90.00 30.00", "150.00 0.00"]
    );
}

#[test]
fn closed_periods_take_no_bookings_and_close_forwards() {
    let mut book = Book::with(&["cost g a a1 5 @2021-03-01", "close 2021-03-31"]);
    assert_eq!(
        book.tell("cost g a a2 5 @2021-03-31"),
        "period-closed: The books are closed through 2021-03-31, and 2021-03-31 is not after it."
    );
    assert_eq!(book.tell("cost g a a2 5 @2021-04-01"), "done");
    for line in [
        "reverse a1 @2021-03-31",
        "correct a1 k1 5 @2021-03-31",
        "close 2021-03-31",
        "close 2021-02-28",
        "admit d from=2021-01-01",
        "merge a d 2021-01-01",
        "schedule g 2021:0 @2021-03-31",
        "settle 2021 s @2021-03-31",
    ] {
        assert_eq!(book.try_out(line), "period-closed", "{line}");
    }
    assert_eq!(book.tell("explain 2021 a @2021-03-31"), "done");
    assert_eq!(book.tell("close 2021-04-01"), "done");
}

#[test]
fn amounts_of_a_year_stay_in_range_together() {
    let mut book = Book::with(&["cost g a a1 999999999999999"]);
    assert_eq!(
        book.tell("cost g b b1 1"),
        "total-out-of-range: All amounts recorded for 2021 would pass 999999999999999.99 together, signs aside."
    );
    assert_eq!(book.tell("cost g b b1 0.99"), "done");
    assert_eq!(book.try_out("advance 2021 a v1 -0.01"), "total-out-of-range");
    assert_eq!(book.try_out("correct a1 k1 -0.01"), "total-out-of-range");
    assert_eq!(book.try_out("budget g 2021 a:0.01"), "total-out-of-range");
    assert_eq!(book.tell("cost g b b2 0.99 year=2022"), "done");
    assert_eq!(book.tell("reverse a1"), "-999999999999999.00");
}
