//! Expenditures: corrected and reversed by new facts, never edited.

use crate::book::Book;

/// An entry of which f pays a third, and budget enough.
const GIVEN: [&str; 3] = [
    "allocate p 100",
    "pledge p f 40",
    "spend p e1 30 charges=f:10,programme:20",
];

#[test]
fn a_correction_follows_the_net_charges() {
    let mut book = Book::with(&GIVEN);
    assert_eq!(book.tell("correct e1 k1 -15"), "f -5.00, programme -10.00");
    assert_eq!(book.tell("correct e1 k2 1"), "f 0.33, programme 0.67");
    assert_eq!(
        book.tell("correct e1 k3 -16 charges=f:-5.33,programme:-10.67"),
        "f -5.33, programme -10.67"
    );
    // Net is zero: the first charges say who pays.
    assert_eq!(book.tell("correct e1 k4 3"), "f 1.00, programme 2.00");
    assert_eq!(
        book.tell("correct e1 k4 3"),
        "duplicate-entry: Correction k4 exists; ids are unique per kind in the programme."
    );
}

#[test]
fn a_correction_upward_meets_the_same_ceilings() {
    let mut book = Book::with(&GIVEN);
    // f has 30 left; own money stands in for the 10 beyond.
    assert_eq!(book.try_out("correct e1 k1 120"), "budget-exceeded");
    assert_eq!(book.tell("allocate p 20"), "done");
    assert_eq!(book.tell("correct e1 k1 120"), "f 30.00, programme 90.00");
    assert_eq!(book.left(), "10.00: 10.00 10.00 10.00");
    assert_eq!(
        book.tell("correct e1 k2 1 charges=f:1"),
        "pledge-exceeded: Funder f has 0.00 left of its pledges to project p for 2021, and 1.00 is asked."
    );
}

#[test]
fn an_explicit_correction_moves_a_charge_between_sources() {
    let mut book = Book::with(&GIVEN);
    assert_eq!(
        book.tell("correct e1 k1 1 charges=programme:-19,f:20"),
        "f 20.00, programme -19.00"
    );
    assert_eq!(book.left(), "99.00: 99.00 99.00 99.00");
    assert_eq!(
        book.tell("correct e1 k2 -2 charges=programme:-2"),
        "below-zero: Source programme pays 1.00 of expenditure e1, and -2.00 would bring it below zero."
    );
    assert_eq!(
        book.try_out("correct e1 k2 -2 charges=programme:-1"),
        "charges-do-not-add-up"
    );
    assert_eq!(book.try_out("correct e1 k2 1 charges=z:1"), "unknown-funder");
    assert_eq!(
        book.try_out("correct e1 k2 1 charges=f:1,f:0.50,programme:-0.50"),
        "invalid-input"
    );
    assert_eq!(
        book.tell("correct e1 k2 -31 charges=f:-30,programme:-1"),
        "f -30.00, programme -1.00"
    );
}

#[test]
fn an_entry_never_goes_below_zero() {
    let mut book = Book::with(&GIVEN);
    assert_eq!(
        book.tell("correct e1 k1 -30.01"),
        "below-zero: Expenditure e1 stands at 30.00, and -30.01 would bring it below zero."
    );
    assert_eq!(book.tell("correct e1 k1 -30"), "f -10.00, programme -20.00");
    assert_eq!(book.try_out("correct e1 k2 -0.01"), "below-zero");
}

#[test]
fn a_reversal_undoes_what_is_left_once() {
    let mut book = Book::with(&GIVEN);
    assert_eq!(book.tell("correct e1 k1 -15"), "f -5.00, programme -10.00");
    assert_eq!(book.tell("reverse e1"), "f -5.00, programme -10.00");
    assert_eq!(book.left(), "100.00: 100.00 100.00 100.00");
    assert_eq!(
        book.tell("reverse e1"),
        "already-reversed: Expenditure e1 was reversed and changes no more."
    );
    assert_eq!(book.try_out("correct e1 k2 1"), "already-reversed");
    assert_eq!(book.try_out("reverse e9"), "unknown-expenditure");
    assert_eq!(book.try_out("correct e9 k2 1"), "unknown-expenditure");
}

#[test]
fn an_entry_that_corrections_brought_to_zero_can_be_reversed_with_nothing_to_undo() {
    let mut book = Book::with(&GIVEN);
    assert_eq!(book.tell("correct e1 k1 -30"), "f -10.00, programme -20.00");
    assert_eq!(book.tell("reverse e1"), "");
    assert_eq!(book.try_out("reverse e1"), "already-reversed");
}

#[test]
fn changes_are_not_dated_before_their_entry() {
    let book = Book::with(&["allocate p 10", "spend p e1 10 @2021-03-01"]);
    assert_eq!(book.try_out("correct e1 k1 -1 @2021-02-28"), "dated-before-entry");
    assert_eq!(book.try_out("reverse e1 @2021-02-28"), "dated-before-entry");
    assert_eq!(book.try_out("reverse e1 @2021-03-01"), "taken");
}

#[test]
fn a_correction_downward_gives_back_what_the_entry_no_longer_needs() {
    let mut book = Book::with(&["allocate p 200", "commit p c1 100", "spend p e1 150 on=c1"]);
    // 100 of 150 was drawn down; down to 100 nothing goes back.
    assert_eq!(book.tell("correct e1 k1 -50"), "programme -50.00");
    assert_eq!(
        book.tell("correct e1 k2 -30"),
        "programme -30.00; back programme 30.00"
    );
    // Upward draws nothing down, so the next fall starts with what was not drawn.
    assert_eq!(book.tell("correct e1 k3 20"), "programme 20.00");
    assert_eq!(
        book.tell("correct e1 k4 -25"),
        "programme -25.00; back programme 5.00"
    );
    assert_eq!(book.tell("reverse e1"), "programme -65.00; back programme 65.00");
    assert_eq!(book.tell("release c1 100"), "programme 100.00");
    assert_eq!(book.left(), "200.00: 200.00 200.00 200.00");
}

#[test]
fn a_give_back_opens_a_commitment_that_was_drawn_down() {
    let mut book = Book::with(&[
        "allocate p 100",
        "commit p c1 100 year=2022",
        "spend p e1 100 on=c1 year=2021",
    ]);
    assert_eq!(book.try_out("close p"), "taken");
    assert_eq!(
        book.tell("reverse e1"),
        "programme -100.00; back programme 100.00"
    );
    assert_eq!(book.try_out("close p"), "open-commitments");
    assert_eq!(
        book.tell("spend p e2 100 on=c1"),
        "programme 100.00; drawn programme 100.00"
    );
}

#[test]
fn own_money_stands_in_for_a_funder_that_cannot_take_its_part_back() {
    let mut book = Book::with(&[
        "allocate p 100",
        "pledge p f 50",
        "commit p c1 60 charges=f:30,programme:30",
        "spend p e1 60 on=c1 charges=programme:60",
        "spend p e2 40 charges=f:40",
    ]);
    // f has 10 left of its pledge when 30 of the 60 would go back to it.
    assert_eq!(
        book.tell("correct e1 k1 -20"),
        "programme -20.00; back f 10.00, programme 10.00"
    );
    // What the entry still holds is divided as before: 20 and 20. f has nothing left now.
    assert_eq!(book.tell("reverse e1"), "programme -40.00; back programme 40.00");
    assert_eq!(book.tell("release c1 60"), "f 10.00, programme 50.00");
}

#[test]
fn what_a_reversal_gives_back_of_own_money_must_be_available() {
    let given = [
        "allocate p 30",
        "pledge p f 30",
        "commit p c1 30 charges=programme:30",
        "spend p e1 30 on=c1 charges=f:30",
        "spend p e2 25 charges=programme:25",
    ];
    let mut book = Book::with(&given);
    assert_eq!(
        book.tell("reverse e1"),
        "budget-exceeded: Project p has 5.00 of own budget available for 2021, and 30.00 is asked."
    );
    assert_eq!(book.tell("correct e2 k1 -25"), "programme -25.00");
    assert_eq!(book.tell("reverse e1"), "f -30.00; back programme 30.00");
    let book = Book::explaining(&given);
    assert_eq!(book.try_out("reverse e1"), "explanation-required");
    assert_eq!(book.try_out("reverse e1 explained"), "taken");
}
