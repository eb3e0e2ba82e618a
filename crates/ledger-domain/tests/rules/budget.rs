//! Budget: authorised, allocated, transferred, carried over, and what entries find of it.

use crate::book::Book;

#[test]
fn budgets_together_never_exceed_the_authorised_sum() {
    let mut book = Book::with(&["allocate p 600"]);
    assert_eq!(
        book.tell("allocate q 400.01"),
        "authorisation-exceeded: The budgets of the projects would sum to 1000.01, and 1000.00 is authorised."
    );
    assert_eq!(book.tell("allocate q 400"), "done");
    assert_eq!(
        book.tell("amend -0.01"),
        "authorisation-exceeded: The budgets of the projects would sum to 1000.00, and 999.99 is authorised."
    );
    assert_eq!(book.tell("amend 50"), "done");
    assert_eq!(book.tell("amend -50"), "done");
    assert_eq!(book.try_out("amend -2000"), "authorisation-exceeded");
}

#[test]
fn own_charges_use_money_of_their_year_first_and_never_that_of_other_years() {
    let mut book = Book::with(&[
        "allocate p 100",
        "allocate p 60 year=2021",
        "allocate p 40 year=2022",
    ]);
    assert_eq!(book.left(), "200.00: 100.00 160.00 140.00");
    assert_eq!(book.tell("spend p e1 50 year=2021"), "programme 50.00");
    assert_eq!(book.left(), "150.00: 100.00 110.00 140.00");
    assert_eq!(book.tell("spend p e2 30 year=2021"), "programme 30.00");
    assert_eq!(book.left(), "120.00: 80.00 80.00 120.00");
    assert_eq!(
        book.tell("spend p e3 100"),
        "year-budget-exceeded: Project p has 80.00 of own budget available for 2021, and 100.00 is asked; \
         40.00 more is bound to other years."
    );
    assert_eq!(
        book.tell("spend p e3 120.01"),
        "budget-exceeded: Project p has 80.00 of own budget available for 2021, and 120.01 is asked."
    );
    assert_eq!(book.tell("spend p e3 80"), "programme 80.00");
    assert_eq!(book.left(), "40.00: 0.00 0.00 40.00");
    assert_eq!(book.try_out("commit p c1 0.01 year=2020"), "year-budget-exceeded");
    assert_eq!(book.tell("commit p c1 40 year=2022"), "programme 40.00");
    assert_eq!(book.try_out("spend p e4 0.01"), "budget-exceeded");
}

#[test]
fn the_year_of_an_entry_is_that_of_its_booking_date_unless_it_says_otherwise() {
    let book = Book::with(&["allocate p 10 year=2020"]);
    assert_eq!(book.try_out("spend p e1 10 @2020-12-31"), "taken");
    assert_eq!(book.try_out("spend p e1 10 @2021-01-01"), "year-budget-exceeded");
    assert_eq!(book.try_out("spend p e1 10 @2021-01-01 year=2020"), "taken");
    assert_eq!(book.try_out("spend p e1 10 @2023-05-01 year=2020"), "taken");
}

#[test]
fn what_is_used_cannot_be_taken_away() {
    let mut book = Book::with(&["allocate p 100", "allocate p 60 year=2021", "spend p e1 80"]);
    // Of 2021 all 60 is used, and 20 of the multi-year money.
    assert_eq!(
        book.tell("allocate p -10 year=2021"),
        "year-budget-exceeded: Project p has 0.00 of budget bound to 2021 available, 80.00 in all, and 10.00 \
         would be taken from it."
    );
    assert_eq!(book.try_out("transfer p q 80.01"), "budget-exceeded");
    assert_eq!(book.try_out("transfer p q 80"), "taken");
    assert_eq!(book.try_out("transfer p q 1 year=2020"), "year-budget-exceeded");
    assert_eq!(book.tell("allocate p -80"), "done");
    assert_eq!(book.left(), "0.00: 0.00 0.00 0.00");
    assert_eq!(book.tell("allocate p 30 year=2022"), "done");
    // Only budget bound to a year is left.
    assert_eq!(
        book.tell("allocate p -30"),
        "year-budget-exceeded: Project p has 0.00 of multi-year budget available, 30.00 in all, and 30.00 would \
         be taken from it."
    );
    assert_eq!(book.try_out("allocate p -30.01"), "budget-exceeded");
}

#[test]
fn a_transfer_nets_to_zero_and_keeps_its_year() {
    let mut book = Book::with(&["allocate p 100 year=2021", "transfer p q 100 year=2021"]);
    assert_eq!(book.left(), "0.00: 0.00 0.00 0.00");
    assert_eq!(book.programme().budgets(), 10_000);
    assert_eq!(book.try_out("spend q e1 100 year=2022"), "year-budget-exceeded");
    assert_eq!(book.tell("spend q e1 100 year=2021"), "programme 100.00");
    assert_eq!(book.try_out("transfer p p 1"), "invalid-input");
}

#[test]
fn a_carry_over_takes_what_a_year_has_left_to_a_later_one() {
    let mut book = Book::with(&[
        "allocate p 100 year=2020",
        "spend p e1 30 year=2020",
        "allocate p 5",
    ]);
    assert_eq!(book.try_out("carry p 2020 2021 70.01"), "year-budget-exceeded");
    assert_eq!(book.try_out("carry p 2020 2021 75.01"), "budget-exceeded");
    assert_eq!(book.try_out("carry p 2020 2020 1"), "invalid-input");
    assert_eq!(book.tell("carry p 2020 2021 70"), "done");
    assert_eq!(book.left(), "75.00: 5.00 75.00 5.00");
    assert_eq!(book.tell("carry p 2021 2022 70"), "done");
    assert_eq!(book.left(), "75.00: 5.00 5.00 75.00");
}

#[test]
fn with_an_explanation_an_overspend_is_taken_and_its_size_recorded() {
    let mut book = Book::explaining(&["allocate p 100", "allocate p 10 year=2022"]);
    assert_eq!(
        book.tell("spend p e1 105"),
        "explanation-required: Project p has 100.00 of own budget available for 2021, and 105.00 is asked; an \
         overspend needs an explanation."
    );
    assert_eq!(
        book.tell("spend p e1 105 explained"),
        "programme 105.00; overspend 5.00"
    );
    assert_eq!(book.left(), "5.00: -5.00 -5.00 5.00");
    // What follows an overspend is an overspend as a whole, and its entries that fall are none.
    assert_eq!(
        book.tell("commit p c1 7 explained"),
        "programme 7.00; overspend 7.00"
    );
    assert_eq!(
        book.tell("spend p e2 7 on=c1"),
        "programme 7.00; drawn programme 7.00"
    );
    assert_eq!(
        book.tell("correct e2 k1 -1"),
        "programme -1.00; back programme 1.00"
    );
    assert_eq!(
        book.tell("correct e2 k2 2 explained"),
        "programme 2.00; overspend 2.00"
    );
    assert_eq!(book.try_out("raise c1 1"), "explanation-required");
    assert_eq!(
        book.tell("raise c1 1 explained"),
        "programme 1.00; overspend 1.00"
    );
    // An explanation that was not needed changes nothing.
    assert_eq!(
        book.tell("spend q e3 1"),
        "explanation-required: Project q has 0.00 of own budget available \
         for 2021, and 1.00 is asked; an overspend needs an explanation."
    );
    assert_eq!(book.tell("allocate q 1"), "done");
    assert_eq!(book.tell("spend q e3 1 explained"), "programme 1.00");
}

#[test]
fn under_refuse_no_explanation_helps() {
    let book = Book::with(&["allocate p 1"]);
    assert_eq!(book.try_out("spend p e1 2 explained"), "budget-exceeded");
}

#[test]
fn totals_stay_within_fifteen_digits() {
    let largest = "999999999999999.99";
    let mut book = Book::authorised(ledger_domain::programme::OverspendPolicy::Explain, largest, &[]);
    assert_eq!(
        book.tell("amend 0.01"),
        "total-out-of-range: The authorised budget would not lie between -999999999999999.99 and \
         999999999999999.99."
    );
    for line in ["allocate p", "commit p c1", "spend p e1 on=c1"] {
        let (verb, rest) = line
            .split_once(" on=")
            .map_or((line, ""), |(verb, _)| (verb, " on=c1"));
        let told = book.tell(&format!("{verb} {largest}{rest}"));
        assert!(!told.contains(": "), "{line}: {told}");
    }
    assert_eq!(book.try_out("spend p e2 0.01 explained"), "total-out-of-range");
    assert_eq!(
        book.try_out("commit q c2 999999999999999.99 explained"),
        "total-out-of-range"
    );
    assert_eq!(
        book.try_out("correct e1 k1 999999999999999.99 explained"),
        "total-out-of-range"
    );
    assert_eq!(book.try_out("pledge p f 0.01"), "total-out-of-range");
    assert_eq!(
        book.tell("reverse e1"),
        "programme -999999999999999.99; back programme 999999999999999.99"
    );
    assert_eq!(
        book.tell("release c1 999999999999999.99"),
        "programme 999999999999999.99"
    );
    // Back and forth the budgets stay the same; what was transferred in all does not.
    assert_eq!(book.tell("transfer p q 999999999999999.99"), "done");
    assert_eq!(
        book.tell("transfer q p 0.01"),
        "total-out-of-range: The transferred budget would not lie between -999999999999999.99 and \
         999999999999999.99."
    );
    assert_eq!(book.tell("allocate q -999999999999999.99"), "done");
    assert_eq!(
        book.tell("allocate p 0.01"),
        "total-out-of-range: The allocated budget of the project would not lie between -999999999999999.99 and \
         999999999999999.99."
    );
    assert_eq!(book.tell("expect p f 999999999999999.99"), "done");
    assert_eq!(book.try_out("expect q f 0.01"), "total-out-of-range");
    assert_eq!(book.tell("receive p f r1 999999999999999.99"), "done");
    assert_eq!(book.try_out("receive p f r2 0.01"), "total-out-of-range");
}
