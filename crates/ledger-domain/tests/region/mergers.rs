//! Members come and merge: of Zuid-Holland Zuid's 17 municipalities 10 were left on 1 January 2019.

use crate::book::{Book, date, municipality};

const STAYED: [&str; 8] = [
    "GM0482", "GM0505", "GM0512", "GM0523", "GM0531", "GM0590", "GM0610", "GM0642",
];
/// Giessenlanden and Molenwaard into Molenlanden; Binnenmaas, Cromstrijen, Korendijk, Oud-Beijerland and Strijen into
/// Hoeksche Waard; Leerdam and Zederik into Vijfheerenlanden, which is in another region.
const MERGERS: [(&[&str], &str); 3] = [
    (&["GM0689", "GM1927"], "GM1978"),
    (&["GM0584", "GM0585", "GM0588", "GM0611", "GM0617"], "GM1963"),
    (&["GM0545", "GM0707"], "GM1961"),
];

/// The 17 in 2018, each with a weight of 10 and costs of 10.00, and advances of 4.00 for who ended.
fn seventeen() -> Book {
    let ended = || MERGERS.iter().flat_map(|(from, _)| from.iter().copied());
    let mut codes: Vec<&str> = STAYED.into_iter().chain(ended()).collect();
    codes.sort_unstable();
    let mut lines = vec!["group jeugd key".to_owned()];
    lines.extend(codes.iter().map(|code| format!("admit {code}")));
    let weights: Vec<String> = codes.iter().map(|code| format!("{code}:10")).collect();
    lines.push(format!("key key 2018 {} @2018-01-01", weights.join(",")));
    for code in &codes {
        lines.push(format!("cost jeugd {code} c-{code} 10 year=2018 @2018-06-01"));
    }
    lines.extend(ended().map(|code| format!("advance 2018 {code} a-{code} 4 @2018-06-01")));
    Book::empty(&lines.iter().map(String::as_str).collect::<Vec<_>>())
}

fn merged() -> Book {
    let mut book = seventeen();
    for (from, into) in MERGERS {
        assert_eq!(
            book.tell(&format!("merge {} {into} 2019-01-01", from.join(","))),
            "done"
        );
    }
    book
}

#[test]
fn seventeen_become_ten_and_one_beside_the_region() {
    let book = merged();
    let members = |year| book.region().members.of_year(year);
    assert_eq!(members(2018).len(), 17);
    assert_eq!(members(2019).len(), 11);
    for (from, into) in MERGERS {
        assert!(members(2019).contains(&municipality(into)));
        for code in from {
            let successor = |day| book.region().members.successor(municipality(code), date(day));
            assert_eq!(successor("2018-12-31"), municipality(code));
            assert_eq!(successor("2019-01-01"), municipality(into));
        }
    }
    // Nobody leaves by the contract's commands: the successor outside stays in the list, and a weight of zero says
    // that it shares nothing.
    let mut book = book;
    let weights: Vec<String> = members_text(&book, 2019)
        .iter()
        .map(|code| {
            let weight = u8::from(code != "GM1961");
            format!("{code}:{weight}")
        })
        .collect();
    assert_eq!(
        book.tell(&format!("key key 2019 {} @2019-01-01", weights.join(","))),
        "done"
    );
    assert_eq!(book.tell("joint jeugd j 100 year=2019 @2019-02-01"), "done");
    let shares = book.cost_shares(2019, "2019-12-31");
    assert!(
        shares.contains("GM1978 10.00") && shares.contains("GM1961 0.00"),
        "{shares}"
    );
}

fn members_text(book: &Book, year: u16) -> Vec<String> {
    book.region()
        .members
        .of_year(year)
        .iter()
        .map(ToString::to_string)
        .collect()
}

#[test]
fn a_year_before_the_merger_stays_under_its_members_and_is_settled_with_the_successor() {
    let mut book = merged();
    let rows = book.balances(2018, "2018-12-31");
    assert_eq!(book.balances(2018, "2019-06-01"), rows);
    assert!(rows.contains("GM0689 6.00 GM0707 6.00 GM1927 6.00"), "{rows}");
    let settled = book.tell("settle 2018 first @2019-06-01");
    assert!(settled.starts_with("total 134.00; GM0482 10.00; "), "{settled}");
    assert!(
        settled.ends_with(
            "; GM0642 10.00; GM1961 12.00 [GM0545 6.00] [GM0707 6.00]; GM1963 30.00 [GM0584 6.00] [GM0585 6.00] \
             [GM0588 6.00] [GM0611 6.00] [GM0617 6.00]; GM1978 12.00 [GM0689 6.00] [GM1927 6.00]"
        ),
        "{settled}"
    );
    let after = book.balances(2018, "2019-06-01");
    assert!(
        after
            .split(' ')
            .skip(1)
            .step_by(2)
            .all(|balance| balance == "0.00"),
        "{after}"
    );
}

#[test]
fn a_settlement_before_the_merger_goes_to_the_predecessor_and_a_later_one_to_the_successor() {
    let mut book = seventeen();
    let first = book.tell("settle 2018 first @2018-12-01");
    assert!(
        first.contains("; GM0689 6.00; ") && first.contains("; GM1927 6.00"),
        "{first}"
    );
    for (from, into) in MERGERS {
        book.tell(&format!("merge {} {into} 2019-01-01", from.join(",")));
    }
    book.tell("correct c-GM0689 k1 1.70 @2019-02-01");
    // What the successor paid ahead for the year stands under its own code.
    assert_eq!(book.tell("advance 2018 GM1978 late 0.05 @2019-02-01"), "done");
    assert_eq!(
        book.try_out("advance 2018 GM1978 early 0.05 @2018-12-31"),
        "not-a-member"
    );
    let second = book.tell("settle 2018 second @2019-06-01");
    assert!(second.starts_with("total 1.65; GM0482 0.10; "), "{second}");
    assert!(
        second.ends_with("GM1978 0.15 [GM0689 0.10] [GM1927 0.10]"),
        "{second}"
    );
    assert_eq!(book.try_out("settle 2018 third @2019-07-01"), "nothing-to-settle");
}

#[test]
fn costs_and_keys_of_later_years_need_the_successor() {
    let mut book = merged();
    assert_eq!(
        book.tell("cost jeugd GM0689 late 5 year=2019"),
        "not-a-member: GM0689 is no member on 1 January 2019: it was one from 2015-01-01 and went into GM1978 on \
         2019-01-01."
    );
    assert_eq!(
        book.try_out("cost jeugd GM1978 early 5 year=2018"),
        "not-a-member"
    );
    assert_eq!(
        book.tell("cost jeugd GM0689 late 5 year=2018 @2019-03-01"),
        "done"
    );
    // Use of the predecessors weighs for the successor.
    let weights = book.tell("weigh use 2019 jeugd 2018");
    assert!(weights.ends_with("GM1961 20 GM1963 50 GM1978 25"), "{weights}");
}

#[test]
fn a_merger_that_is_recorded_late_takes_its_years_along() {
    let mut book = Book::with(&[
        "admit d from=2016-01-01",
        "key k 2021 a:1,b:1,c:1,d:1 @2021-01-01",
        "cost g a a1 10 @2021-01-15",
        "cost g b b1 20 @2021-01-15",
        "advance 2021 b v1 2 @2021-01-15",
        "merge a,b d 2021-01-01",
    ]);
    // The key of the four does not name the two that are left.
    assert_eq!(book.cost_shares(2021, "2021-12-31"), "c ? d ?");
    assert_eq!(book.try_out("settle 2021 s @2021-12-31"), "key-missing");
    book.tell("key k 2021 c:1,d:2 @2021-01-01");
    assert_eq!(book.cost_shares(2021, "2021-12-31"), "c 10.00 d 20.00");
    assert_eq!(
        book.figures(2021, "2021-12-31", |line| Some(line.share.actual_cost)),
        "c 0.00 d 30.00"
    );
    assert_eq!(book.balances(2021, "2021-12-31"), "c 10.00 d 18.00");
    assert_eq!(
        book.tell("settle 2021 s @2021-12-31"),
        "total 28.00; c 10.00; d 18.00"
    );
    assert_eq!(
        book.region().members.get(municipality("d")).expect("known").from,
        date("2016-01-01")
    );
}

#[test]
fn mergers_that_cannot_be() {
    let book = Book::with(&["admit d from=2018-01-01", "merge a e 2020-01-01"]);
    for (line, code) in [
        ("merge b f 2019-02-01", "invalid-input"),
        ("merge b f 2019-01-02", "invalid-input"),
        ("merge , f 2019-01-01", "invalid-input"),
        ("merge b,b f 2019-01-01", "invalid-input"),
        ("merge b,c c 2019-01-01", "invalid-input"),
        ("merge b,z f 2019-01-01", "unknown-municipality"),
        ("merge a f 2021-01-01", "not-a-member"),
        ("merge b a 2021-01-01", "not-a-member"),
        ("merge d f 2018-01-01", "not-a-member"),
        ("merge b d 2017-01-01", "not-a-member"),
        ("merge b e 2019-01-01", "not-a-member"),
        ("merge b e 2020-01-01", "taken"),
        ("merge b,c d 2019-01-01", "taken"),
        ("admit f from=2020-07-01", "invalid-input"),
        ("admit a from=2022-01-01", "duplicate-id"),
        ("admit e from=2022-01-01", "duplicate-id"),
        ("explain 2021 z", "unknown-municipality"),
    ] {
        assert_eq!(book.try_out(line), code, "{line}");
    }
}
