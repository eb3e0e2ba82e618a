//! Co-financing: expected, pledged, received, and who pays which part by default.

use crate::book::Book;

#[test]
fn without_shares_all_is_own() {
    let mut book = Book::with(&["allocate p 100", "pledge p f 50"]);
    assert_eq!(book.tell("spend p e1 10"), "programme 10.00");
    assert_eq!(
        book.tell("spend p e2 10 charges=programme:4,f:6"),
        "f 6.00, programme 4.00"
    );
}

#[test]
fn funders_pay_their_share_and_own_money_the_rest_in_one_apportionment() {
    let mut book = Book::with(&[
        "allocate p 500",
        "pledge p f 100 share=1/3",
        "pledge p a 100 share=1/3",
        "pledge p z 100 share=1/3",
    ]);
    // Ties go to the lower source in byte order; the programme's own part is zero and left out.
    assert_eq!(book.tell("spend p e1 100"), "a 33.34, f 33.33, z 33.33");
    assert_eq!(book.tell("pledge p z 1 share=0"), "done");
    assert_eq!(book.tell("commit p c1 0.02"), "a 0.01, f 0.01");
    assert_eq!(
        book.tell("spend p e2 0.01 on=c1 year=2022"),
        "a 0.01; drawn a 0.01"
    );
}

#[test]
fn the_programme_stands_among_the_sources_in_byte_order() {
    let mut book = Book::with(&["allocate p 100", "pledge p zon 100 share=1/2"]);
    assert_eq!(book.tell("spend p e1 0.01"), "programme 0.01");
    let mut book = Book::with(&["allocate p 100", "pledge p jenv 100 share=1/2"]);
    assert_eq!(book.tell("spend p e1 0.01"), "jenv 0.01");
}

#[test]
fn a_share_is_paid_until_the_pledge_is_used_up() {
    let mut book = Book::with(&["allocate p 100", "pledge p f 12 share=1/2"]);
    assert_eq!(book.tell("spend p e1 10"), "f 5.00, programme 5.00");
    assert_eq!(book.tell("commit p c1 20"), "f 7.00, programme 13.00");
    assert_eq!(book.tell("spend p e2 10"), "programme 10.00");
    assert_eq!(book.tell("release c1 20"), "f 7.00, programme 13.00");
    assert_eq!(book.tell("spend p e3 10"), "f 5.00, programme 5.00");
}

#[test]
fn a_pledge_bound_to_a_year_pays_for_that_year() {
    let mut book = Book::with(&[
        "allocate p 100",
        "pledge p f 10 year=2021 share=1/2",
        "pledge p z 4 share=1/4",
    ]);
    assert_eq!(
        book.tell("spend p e1 8 year=2021"),
        "f 4.00, programme 2.00, z 2.00"
    );
    assert_eq!(book.tell("spend p e2 8 year=2020"), "programme 6.00, z 2.00");
    assert_eq!(
        book.tell("spend p e3 8 year=2020 charges=f:8"),
        "pledge-exceeded: Funder f has 0.00 left of its pledges to project p for 2020, and 8.00 is asked."
    );
    assert_eq!(
        book.try_out("spend p e3 8 year=2021 charges=z:8"),
        "pledge-exceeded"
    );
    assert_eq!(
        book.try_out("spend p e3 8 year=2021 charges=y:8"),
        "unknown-funder"
    );
    assert_eq!(
        book.try_out("spend q e3 8 year=2021 charges=f:8"),
        "unknown-funder"
    );
}

#[test]
fn the_last_share_given_holds_of_a_year_and_multi_year() {
    let mut book = Book::with(&[
        "allocate p 100",
        "pledge p f 50 share=1/2",
        "pledge p f 10 year=2021 share=1/4",
    ]);
    assert_eq!(book.tell("spend p e1 4 year=2021"), "f 1.00, programme 3.00");
    assert_eq!(book.tell("spend p e2 4 year=2020"), "f 2.00, programme 2.00");
    // A pledge without a share leaves the shares as they are; a later multi-year share holds for every year.
    assert_eq!(book.tell("pledge p f 1"), "done");
    assert_eq!(book.tell("spend p e3 4 year=2021"), "f 1.00, programme 3.00");
    assert_eq!(book.tell("pledge p f 1 share=3/4"), "done");
    assert_eq!(book.tell("spend p e4 4 year=2021"), "f 3.00, programme 1.00");
}

#[test]
fn a_share_that_was_expected_holds_once_something_is_pledged() {
    let mut book = Book::with(&["allocate p 100", "expect p f 50 share=1/2"]);
    assert_eq!(book.tell("spend p e1 4"), "programme 4.00");
    assert_eq!(book.try_out("spend p e2 4 charges=f:4"), "pledge-exceeded");
    assert_eq!(book.tell("pledge p f 50"), "done");
    assert_eq!(book.tell("spend p e2 4"), "f 2.00, programme 2.00");
}

#[test]
fn a_funder_that_pledged_nothing_for_the_year_takes_no_part_in_the_division() {
    let mut book = Book::with(&[
        "allocate p 100",
        "pledge p f 50 share=1/3",
        "expect p z 50 share=1/3",
    ]);
    // With thirds for f, programme and z the cent would go to f.
    assert_eq!(book.tell("spend p e1 0.01"), "programme 0.01");
    assert_eq!(book.tell("pledge p z 50"), "done");
    assert_eq!(book.tell("spend p e2 0.01"), "f 0.01");
}

#[test]
fn shares_sum_to_at_most_one_in_every_year() {
    let mut book = Book::with(&["pledge p a 1 share=1/3", "pledge p b 1 share=1/3 year=2021"]);
    assert_eq!(
        book.tell("pledge p c 1 share=2/3"),
        "shares-exceed-one: The shares in project p for 2021 would sum to more than one: 1/3 + 1/3 + 2/3."
    );
    assert_eq!(book.tell("pledge p c 1 share=2/3 year=2020"), "done");
    assert_eq!(
        book.try_out("pledge p d 1 share=1/1000000 year=2020"),
        "shares-exceed-one"
    );
    assert_eq!(book.tell("pledge p d 1 share=1/3 year=2021"), "done");
    assert_eq!(
        book.try_out("expect p e 1 share=1/1000000 year=2021"),
        "shares-exceed-one"
    );
    assert_eq!(book.try_out("pledge p e 1 share=2/3 year=2022"), "taken");
    assert_eq!(book.try_out("pledge p e 1 share=1/1000000"), "shares-exceed-one");
    // Years that no share is bound to count too.
    let lower = Book::with(&["pledge p a 1 share=1/2", "pledge p a 1 share=1/4 year=2021"]);
    assert_eq!(lower.try_out("pledge p b 1 share=3/4"), "shares-exceed-one");
    assert_eq!(lower.try_out("pledge p b 1 share=3/4 year=2021"), "taken");
    // In another project they are other shares.
    assert_eq!(book.try_out("pledge q c 1 share=1"), "taken");
    // Another share of the same funder takes the place of the first.
    assert_eq!(book.tell("pledge p a 1 share=0"), "done");
    assert_eq!(book.tell("pledge p e 1 share=1/3"), "done");
}

#[test]
fn shares_of_many_odd_denominators_stay_exact() {
    let denominators = [
        999_983, 999_979, 999_961, 999_959, 999_953, 999_931, 999_917, 999_907,
    ];
    let mut book = Book::with(&["allocate p 1000"]);
    for denominator in denominators {
        // Each pays a little less than an eighth.
        let told = book.tell(&format!(
            "pledge p f{denominator} 1000 share={}/{denominator}",
            denominator / 8
        ));
        assert_eq!(told, "done");
    }
    assert_eq!(
        book.tell("spend p e1 0.08"),
        "f999907 0.01, f999917 0.01, f999931 0.01, f999953 0.01, f999959 0.01, f999961 0.01, f999979 0.01, \
         f999983 0.01"
    );
    assert_eq!(
        book.try_out("pledge p one-more 1 share=1/100000"),
        "shares-exceed-one"
    );
}

#[test]
fn a_pledge_is_never_lowered_below_what_is_charged_and_reserved() {
    let mut book = Book::with(&[
        "pledge p f 50",
        "pledge p f 20 year=2021",
        "spend p e1 25 charges=f:25",
        "commit p c1 5 charges=f:5 year=2022",
    ]);
    // All of 2021 is used, and 5 + 5 of the multi-year pledge.
    assert_eq!(book.try_out("pledge p f -0.01 year=2021"), "pledge-exceeded");
    assert_eq!(
        book.tell("pledge p f -40.01"),
        "pledge-exceeded: Funder f has 40.00 left of its pledges to project p for any year, and they would be \
         lowered by 40.01."
    );
    assert_eq!(book.tell("pledge p f -40"), "done");
    assert_eq!(book.try_out("pledge p z -1"), "pledge-exceeded");
}

#[test]
fn an_expectation_is_never_lowered_below_zero() {
    let mut book = Book::with(&["expect p f 50 year=2021"]);
    assert_eq!(
        book.tell("expect p f -1"),
        "below-zero: Of funder f 0.00 is expected for project p for any year, and it would change by -1.00."
    );
    assert_eq!(book.try_out("expect p f -50.01 year=2021"), "below-zero");
    assert_eq!(book.tell("expect p f -50 year=2021"), "done");
}

#[test]
fn receipts_need_a_known_funder_and_repayments_something_received() {
    let mut book = Book::with(&["expect p f 50", "pledge p z 50"]);
    assert_eq!(
        book.tell("receive p y r1 10"),
        "unknown-funder: Funder y is neither expected nor pledged for project p."
    );
    assert_eq!(book.tell("receive p f r1 10"), "done");
    assert_eq!(
        book.tell("receive p z r1 10"),
        "duplicate-entry: Receipt r1 exists; ids are unique per kind in the programme."
    );
    assert_eq!(book.tell("receive p z r2 60"), "done");
    assert_eq!(
        book.tell("receive p f r3 -10.01"),
        "below-zero: Funder f paid 10.00 for project p and cannot be repaid 10.01."
    );
    assert_eq!(book.tell("receive p f r3 -10"), "done");
    assert_eq!(book.try_out("pledge p programme 1"), "invalid-input");
    assert_eq!(book.try_out("receive p programme r4 1"), "invalid-input");
}

#[test]
fn a_pledge_of_a_year_is_carried_over_with_its_share() {
    let mut book = Book::with(&[
        "allocate p 100",
        "pledge p f 30 year=2020 share=1/2",
        "spend p e1 20 year=2020",
        "expect p z 5",
    ]);
    assert_eq!(
        book.tell("carry p 2020 2021 20.01 funder=f"),
        "pledge-exceeded: Funder f has 20.00 left of its pledges to project p bound to 2020, and 20.01 would be \
         carried over."
    );
    assert_eq!(book.try_out("carry p 2020 2021 1 funder=y"), "unknown-funder");
    assert_eq!(book.try_out("carry p 2020 2021 1 funder=z"), "pledge-exceeded");
    assert_eq!(book.try_out("carry p 2020 2019 1 funder=f"), "invalid-input");
    assert_eq!(book.tell("spend p e2 8 year=2021"), "programme 8.00");
    assert_eq!(book.tell("carry p 2020 2021 20 funder=f"), "done");
    assert_eq!(book.tell("spend p e3 8 year=2021"), "f 4.00, programme 4.00");
    assert_eq!(book.tell("spend p e4 8 year=2020"), "programme 8.00");
}

#[test]
fn a_carried_share_gives_way_to_the_later_years_own_and_must_fit() {
    let mut book = Book::with(&[
        "allocate p 100",
        "pledge p f 30 year=2020 share=1/2",
        "pledge p f 1 year=2021 share=1/4",
        "pledge p z 30 year=2022 share=3/4",
    ]);
    assert_eq!(book.tell("carry p 2020 2021 10 funder=f"), "done");
    assert_eq!(book.tell("spend p e1 4 year=2021"), "f 1.00, programme 3.00");
    assert_eq!(
        book.tell("carry p 2020 2022 10 funder=f"),
        "shares-exceed-one: The shares in project p for 2022 would sum to more than one: 3/4 + 1/2."
    );
    assert_eq!(book.tell("carry p 2021 2022 10 funder=f"), "done");
}
