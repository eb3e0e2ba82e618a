//! The rules by which costs are shared, and what replaces what.

use crate::book::Book;

#[test]
fn a_key_names_exactly_the_members_of_its_year() {
    let mut book = Book::with(&["admit d from=2022-01-01"]);
    assert_eq!(
        book.tell("key k 2022 a:5,b:3,z:2"),
        "members-differ: The weights for 2022 must name exactly its 4 members on 1 January: GM0003, GM0004 missing, \
         GM0026 no member."
    );
    assert_eq!(book.try_out("key k 2021 a:5,b:3,c:2,d:1"), "members-differ");
    assert_eq!(
        book.tell("key k 2021 a:0,b:0,c:0"),
        "invalid-input: The weights of key k for 2021 are all zero."
    );
    assert_eq!(book.tell("key k 2022 a:0,b:0.5,c:0,d:0.000001"), "done");
}

#[test]
fn the_key_recorded_last_holds_among_those_booked_by_then() {
    let book = Book::with(&[
        "cost g a a1 100 @2021-02-01",
        "key k 2021 a:1,b:1,c:2 @2021-09-01",
        "key k 2021 a:1,b:1,c:0 @2021-08-01",
    ]);
    assert_eq!(book.cost_shares(2021, "2021-07-31"), "a 50.00 b 30.00 c 20.00");
    // Booked earlier than the one before it, but recorded last: it holds from its own date on.
    assert_eq!(book.cost_shares(2021, "2021-08-31"), "a 50.00 b 50.00 c 0.00");
    assert_eq!(book.cost_shares(2021, "2021-12-31"), "a 50.00 b 50.00 c 0.00");
}

#[test]
fn a_later_schedule_replaces_the_earlier_altogether() {
    let mut book = Book::with(&["cost g a a1 90 @2021-02-01"]);
    let share = |book: &Book, day: &str| book.cost_shares(2021, day);
    assert_eq!(share(&book, "2021-12-31"), "a 45.00 b 27.00 c 18.00");
    book.tell("schedule g 2020:2/3,2022:1/3 @2021-03-01");
    assert_eq!(share(&book, "2021-12-31"), "a 60.00 b 18.00 c 12.00");
    // Before the first step of the new one the degree is 1, whatever the old one said.
    book.tell("schedule g 2022:0 @2021-04-01");
    assert_eq!(share(&book, "2021-12-31"), "a 45.00 b 27.00 c 18.00");
    assert_eq!(share(&book, "2021-03-31"), "a 60.00 b 18.00 c 12.00");
    book.tell("schedule g 2019:0 @2021-05-01");
    assert_eq!(share(&book, "2021-12-31"), "a 90.00 b 0.00 c 0.00");
    assert_eq!(book.try_out("schedule x 2022:0"), "unknown-group");
    assert_eq!(book.try_out("schedule g -"), "invalid-input");
}

#[test]
fn weights_from_costs_are_those_of_earlier_years() {
    let mut book = Book::with(&[
        "admit d from=2021-01-01",
        "cost g a a1 100 year=2019",
        "cost g b b1 50 year=2019",
        "cost g a a2 20.50 year=2020",
        "correct a1 k1 -60",
    ]);
    assert_eq!(book.tell("weigh use 2021 g 2019"), "a 40 b 50 c 0 d 0");
    assert_eq!(
        book.tell("weigh use 2021 g 2018,2019,2020"),
        "a 60.5 b 50 c 0 d 0"
    );
    assert_eq!(
        book.tell("weigh use 2021 g 2018"),
        "key-missing: The members of 2021 have no actual costs in group g in 2018, so there are no weights."
    );
    assert_eq!(
        book.tell("weigh use 2021 g 2020,2021"),
        "invalid-input: Weights for 2021 come from earlier years, and 2021 is not one."
    );
    assert_eq!(book.try_out("weigh use 2021 g 2020,2020"), "invalid-input");
    assert_eq!(book.try_out("weigh use 2021 g ,"), "invalid-input");
    assert_eq!(book.try_out("weigh use 2021 x 2020"), "unknown-group");
    assert_eq!(book.try_out("weigh use 2010 g 2009"), "key-missing");
}

#[test]
fn groups_are_defined_once_before_or_after_their_key() {
    let mut book = Book::with(&["group h later", "cost h a a1 10"]);
    assert_eq!(
        book.tell("group h k"),
        "duplicate-id: The region has a cost group h already."
    );
    assert_eq!(book.try_out("group i k threshold=0"), "invalid-input");
    assert_eq!(book.cost_shares(2021, "2021-12-31"), "a ? b ? c ?");
    book.tell("key later 2021 a:1,b:0,c:1");
    assert_eq!(book.cost_shares(2021, "2021-12-31"), "a 5.00 b 0.00 c 5.00");
}

#[test]
fn without_a_key_only_use_is_known_unless_nothing_is_shared() {
    let book = Book::with(&[
        "cost g a a1 10 year=2022",
        "cost g b b1 7 year=2023",
        "schedule g 2023:0",
    ]);
    assert_eq!(
        book.figures(2022, "2023-12-31", |line| Some(line.share.actual_cost)),
        "a 10.00 b 0.00 c 0.00"
    );
    let untold = "a ? b ? c ?";
    assert_eq!(book.cost_shares(2022, "2023-12-31"), untold);
    assert_eq!(book.balances(2022, "2023-12-31"), untold);
    assert_eq!(
        book.figures(2022, "2023-12-31", |line| line.share.benefit),
        untold
    );
    assert_eq!(book.cost_shares(2023, "2023-12-31"), "a 0.00 b 7.00 c 0.00");
    assert_eq!(
        book.figures(2023, "2023-12-31", |line| line.share.full_solidarity_share),
        untold
    );
}

#[test]
fn the_latest_budget_replaces_the_earlier() {
    let mut book = Book::with(&[
        "group h l",
        "schedule h 2021:0 @2020-11-01",
        "budget h 2021 a:100,b:50 joint=10 @2020-11-01",
        "budget h 2021 b:10 @2021-03-01",
        "key l 2021 a:1,b:1,c:1 @2021-06-01",
    ]);
    let budgeted = |book: &Book, day: &str| book.figures(2021, day, |line| line.share.budgeted_share);
    // The key is booked in June 2021: until then nobody knows how the joint costs will be divided.
    assert_eq!(budgeted(&book, "2020-12-31"), "a ? b ? c ?");
    assert_eq!(budgeted(&book, "2021-12-31"), "a 0.00 b 10.00 c 0.00");
    book.tell("key l 2021 a:5,b:3,c:2 @2020-11-01");
    assert_eq!(budgeted(&book, "2020-12-31"), "a 105.00 b 53.00 c 2.00");
    assert_eq!(budgeted(&book, "2020-10-31"), "a 0.00 b 0.00 c 0.00");
    assert_eq!(book.try_out("budget h 2021 -"), "invalid-input");
    assert_eq!(book.try_out("budget h 2021 a:-1"), "invalid-input");
    assert_eq!(book.try_out("budget x 2021 a:1"), "unknown-group");
    assert_eq!(book.try_out("budget h 2014 a:1"), "not-a-member");
    assert_eq!(book.try_out("budget h 2021 z:1"), "unknown-municipality");
}

#[test]
fn budgets_know_no_stop_loss() {
    let book = Book::with(&["group h k threshold=1", "budget h 2021 a:100", "cost h a a1 100"]);
    assert_eq!(
        book.figures(2021, "2021-12-31", |line| line.share.budgeted_share),
        "a 50.00 b 30.00 c 20.00"
    );
    assert_eq!(book.cost_shares(2021, "2021-12-31"), "a 100.00 b 0.00 c 0.00");
}
