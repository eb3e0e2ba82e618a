//! Commitments: what they reserve, how they are raised, released and drawn down.

use crate::book::Book;

#[test]
fn a_commitment_reserves_own_budget() {
    let mut book = Book::with(&["allocate p 100", "commit p c1 60"]);
    assert_eq!(book.left(), "40.00: 40.00 40.00 40.00");
    assert_eq!(
        book.tell("commit p c2 40.01"),
        "budget-exceeded: Project p has 40.00 of own budget available for 2021, and 40.01 is asked."
    );
    assert_eq!(
        book.tell("commit p c1 1"),
        "duplicate-entry: Commitment c1 exists; ids are unique per kind in the programme."
    );
    // Ids are unique per kind: an expenditure can have a commitment's.
    assert_eq!(book.tell("spend p c1 1"), "programme 1.00");
}

#[test]
fn the_charge_of_an_expenditure_takes_the_place_of_what_it_draws_down() {
    let mut book = Book::with(&["allocate p 100", "commit p c1 100"]);
    assert_eq!(
        book.tell("spend p e1 40 on=c1"),
        "programme 40.00; drawn programme 40.00"
    );
    assert_eq!(book.left(), "0.00: 0.00 0.00 0.00");
    // More than is open draws all that is open, and what exceeds it needs budget.
    assert_eq!(
        book.tell("spend p e2 60.01 on=c1"),
        "budget-exceeded: Project p has 0.00 of own budget available for 2021, and 0.01 is asked."
    );
    assert_eq!(book.tell("allocate p 1"), "done");
    assert_eq!(
        book.tell("spend p e2 60.50 on=c1"),
        "programme 60.50; drawn programme 60.00"
    );
    // Nothing is open any more: a further expenditure draws nothing.
    assert_eq!(book.tell("spend p e3 0.50 on=c1"), "programme 0.50");
    assert_eq!(book.left(), "0.00: 0.00 0.00 0.00");
}

#[test]
fn a_draw_down_follows_the_remaining_charges_and_the_rest_the_shares() {
    let mut book = Book::with(&[
        "allocate p 1000",
        "pledge p f 100",
        "commit p c1 90 charges=f:30,programme:60",
        "pledge p z 50 share=1/2",
    ]);
    assert_eq!(
        book.tell("spend p e1 10 on=c1"),
        "f 3.33, programme 6.67; drawn f 3.33, programme 6.67"
    );
    // 80 is open: f 26.67 and programme 53.33. The other 20 goes by the shares of now.
    assert_eq!(
        book.tell("spend p e2 100 on=c1"),
        "f 26.67, programme 63.33, z 10.00; drawn f 26.67, programme 53.33"
    );
    assert_eq!(book.programme().open_part(&crate::book::entry("c1")), &[]);
}

#[test]
fn explicit_charges_hold_and_the_draw_down_stays_in_proportion() {
    let mut book = Book::with(&[
        "allocate p 50",
        "pledge p f 50",
        "commit p c1 80 charges=f:40,programme:40",
    ]);
    assert_eq!(
        book.tell("spend p e1 20 on=c1 charges=f:20"),
        "f 20.00; drawn f 10.00, programme 10.00"
    );
    // The funder has 50 - 20 - 30 left; of the pledge nothing more than the fall can be used.
    assert_eq!(
        book.tell("spend p e2 20.02 on=c1 charges=f:20.02"),
        "pledge-exceeded: Funder f has 0.00 left of its pledges to project p for 2021, and 10.01 is asked."
    );
    assert_eq!(
        book.try_out("spend p e2 60 on=c1 charges=f:30,programme:29"),
        "charges-do-not-add-up"
    );
    assert_eq!(
        book.tell("spend p e2 60 on=c1 charges=f:30,programme:30"),
        "f 30.00, programme 30.00; drawn f 30.00, programme 30.00"
    );
}

#[test]
fn a_commitment_of_another_year_frees_only_the_money_of_that_year() {
    let mut book = Book::with(&["allocate p 100 year=2021", "commit p c1 100 year=2021"]);
    assert_eq!(
        book.tell("spend p e1 100 on=c1 year=2022"),
        "year-budget-exceeded: Project p has 0.00 of own budget available for 2022, and 100.00 is asked; 100.00 \
         more is bound to other years."
    );
    assert_eq!(book.tell("allocate p 30"), "done");
    assert_eq!(
        book.tell("spend p e1 30 on=c1 year=2022"),
        "programme 30.00; drawn programme 30.00"
    );
    assert_eq!(book.left(), "30.00: 0.00 30.00 0.00");
}

#[test]
fn an_overspend_that_is_there_already_needs_no_second_explanation_in_another_year() {
    let mut book = Book::explaining(&["allocate p 50", "commit p c1 100 year=2021 explained"]);
    assert_eq!(
        book.tell("spend p e1 100 on=c1 year=2022"),
        "programme 100.00; drawn programme 100.00"
    );
}

#[test]
fn an_expenditure_names_a_commitment_of_its_own_project() {
    let book = Book::with(&["allocate p 10", "allocate q 10", "commit q c1 5"]);
    assert_eq!(book.try_out("spend p e1 1 on=c1"), "commitment-of-other-project");
    assert_eq!(book.try_out("spend p e1 1 on=c2"), "unknown-commitment");
    assert_eq!(book.try_out("spend p e1 20 on=c1"), "commitment-of-other-project");
    // Who pays the other commitment is no matter of this project.
    let book = Book::with(&["allocate p 10", "pledge q f 5", "commit q c1 5 charges=f:5"]);
    assert_eq!(book.try_out("spend p e1 1 on=c1"), "commitment-of-other-project");
}

#[test]
fn a_raise_follows_the_remaining_charges_and_own_money_stands_in() {
    let mut book = Book::with(&[
        "allocate p 100",
        "pledge p f 40",
        "commit p c1 60 charges=f:20,programme:40",
    ]);
    assert_eq!(book.tell("raise c1 30"), "f 10.00, programme 20.00");
    // f has 10 left of its pledge: the rest of its third is own.
    assert_eq!(book.try_out("raise c1 61"), "budget-exceeded");
    assert_eq!(book.tell("raise c1 45"), "f 10.00, programme 35.00");
    assert_eq!(book.left(), "5.00: 5.00 5.00 5.00");
    assert_eq!(book.try_out("raise c1 5.01"), "budget-exceeded");
    assert_eq!(book.try_out("raise c9 1"), "unknown-commitment");
    // Of the 135 open f pays 40 now, not the third that it paid at first.
    assert_eq!(book.tell("pledge p f 40"), "done");
    assert_eq!(book.tell("raise c1 1.35"), "f 0.40, programme 0.95");
}

#[test]
fn a_raise_of_a_commitment_that_is_drawn_down_follows_its_first_charges() {
    let mut book = Book::with(&[
        "allocate p 100",
        "pledge p f 100",
        "commit p c1 30 charges=f:10,programme:20",
        "raise c1 30",
        "spend p e1 60 on=c1",
    ]);
    assert_eq!(book.tell("raise c1 9"), "f 3.00, programme 6.00");
    assert_eq!(
        book.tell("spend p e2 9 on=c1"),
        "f 3.00, programme 6.00; drawn f 3.00, programme 6.00"
    );
}

#[test]
fn a_release_is_of_the_open_part_only() {
    let mut book = Book::with(&[
        "allocate p 100",
        "pledge p f 20",
        "commit p c1 60 charges=f:20,programme:40",
    ]);
    assert_eq!(
        book.tell("release c1 60.01"),
        "commitment-exceeded: Commitment c1 has 60.00 open, and 60.01 would be released."
    );
    assert_eq!(book.tell("release c1 20"), "f 6.67, programme 13.33");
    assert_eq!(book.left(), "73.33: 73.33 73.33 73.33");
    assert_eq!(book.tell("release c1 40"), "f 13.33, programme 26.67");
    assert_eq!(book.try_out("release c1 0.01"), "commitment-exceeded");
    assert_eq!(book.left(), "100.00: 100.00 100.00 100.00");
}

#[test]
fn raises_and_releases_are_not_dated_before_their_commitment() {
    let book = Book::with(&["allocate p 100", "commit p c1 60 @2021-03-01"]);
    assert_eq!(book.try_out("raise c1 1 @2021-02-28"), "dated-before-entry");
    assert_eq!(book.try_out("release c1 1 @2021-02-28"), "dated-before-entry");
    assert_eq!(book.try_out("release c1 1 @2021-03-01"), "taken");
    // An invoice may be dated before the order that it belongs to.
    assert_eq!(book.try_out("spend p e1 1 on=c1 @2021-02-01"), "taken");
}
