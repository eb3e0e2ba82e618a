//! cost-shares: what is listed at a date, and what is null without a key.

use crate::book::Book;
use crate::history::{known_at, projection, report, row, text};
use ledger_contract::report::{RegionFlag, ShareFigures};
use ledger_projections::advance_plan;

fn told(figures: &ShareFigures) -> [String; 6] {
    [
        figures.actual_cost.0.to_string(),
        text(figures.joint_share.as_ref()),
        text(figures.full_solidarity_share.as_ref()),
        text(figures.cost_share.as_ref()),
        text(figures.benefit.as_ref()),
        text(figures.budgeted_share.as_ref()),
    ]
}

#[test]
fn the_bill_of_a_year_divided() {
    let book = Book::with(&[
        "schedule g 2021:1/2 @2020-03-19",
        "cost g a a1 100 @2021-02-01",
        "cost g b b1 31 @2021-03-01",
        "joint g j1 10 @2021-03-01",
        "budget g 2021 a:90,b:30 joint=20 @2021-01-01",
        "advance 2021 a v1 60 @2021-01-01",
        "settle 2021 first @2022-06-01",
        "correct a1 k1 -20 @2022-07-01",
        "explain 2021 a @2022-07-02",
    ]);
    let projection = projection(&book);
    let report = report(&projection, 2021, "2022-07-01");
    assert_eq!(report.head.title, "Zuid-Holland Zuid");
    assert_eq!(report.total.0.to_string(), "121.00");
    let [group] = &report.groups[..] else {
        panic!("{report:?}")
    };
    assert_eq!((group.degree.0.to_string(), group.flags.len()), ("1/2".into(), 0));
    assert_eq!(
        (group.total.0.to_string(), group.joint_cost.0.to_string()),
        ("121.00".into(), "10.00".into())
    );
    assert_eq!(
        told(&group.municipalities[0].figures),
        ["80.00", "5.00", "60.50", "72.75", "12.25", "85.00"]
    );
    let a = row(&report, "a");
    assert_eq!(
        told(&a.figures),
        ["80.00", "5.00", "60.50", "72.75", "12.25", "85.00"]
    );
    assert_eq!(
        (a.advances.0.to_string(), a.settled.0.to_string()),
        ("60.00".into(), "27.75".into())
    );
    assert_eq!(text(a.balance.as_ref()), "-15.00");
    assert_eq!(report.explanations.len(), 0, "explained a day later");

    let later = crate::history::report(&projection, 2021, "2022-07-02");
    assert_eq!(later.explanations[0].explanation.as_deref(), Some("text at 17"));
    assert_eq!(
        later.explanations[0].municipality.as_ref().map(|code| code.0),
        Some(a.municipality.0)
    );
}

#[test]
fn what_needs_a_missing_key_is_null_and_flagged() {
    let book = Book::with(&[
        "group h later @2021-05-01",
        "cost h a a1 10 @2021-05-02",
        "key later 2021 a:1,b:1,c:1 @2021-07-01",
        "group unused never @2021-05-01",
    ]);
    let projection = projection(&book);
    let before = report(&projection, 2021, "2021-05-31");
    let names: Vec<&str> = before.groups.iter().map(|group| group.group.0.as_str()).collect();
    assert_eq!(
        names,
        ["h", "unused"],
        "g is defined in June, so it is not there in May"
    );
    assert_eq!(before.groups[0].flags, [RegionFlag::KeyMissing]);
    let null = || "null".to_owned();
    let zero = || "0.00".to_owned();
    assert_eq!(
        told(&row(&before, "a").figures),
        ["10.00".into(), zero(), null(), null(), null(), zero()]
    );
    assert_eq!(text(row(&before, "a").balance.as_ref()), "null");
    // Nothing is booked in the other group, so nothing of it needs the key.
    assert_eq!(before.groups[1].flags, [RegionFlag::KeyMissing]);
    assert_eq!(
        told(&before.groups[1].municipalities[0].figures),
        [zero(), zero(), zero(), zero(), zero(), zero()]
    );
    let after = report(&projection, 2021, "2021-07-01");
    assert_eq!(
        told(&row(&after, "b").figures),
        ["0.00", "0.00", "3.33", "3.33", "-3.33", "0.00"]
    );
}

#[test]
fn a_key_that_was_not_known_is_not_known() {
    let book = Book::with(&["cost g a a1 10 @2021-05-02", "key k 2021 a:0,b:1,c:0 @2021-01-01"]);
    let then = report(&known_at(&book, book.events.len() - 1), 2021, "2021-12-31");
    assert_eq!(text(row(&then, "b").figures.cost_share.as_ref()), "3.00");
    let now = report(&projection(&book), 2021, "2021-12-31");
    assert_eq!(text(row(&now, "b").figures.cost_share.as_ref()), "10.00");
}

#[test]
fn advances_are_planned_on_the_budgeted_shares() {
    let book = Book::with(&[
        "budget g 2021 a:100 joint=0.05 @2021-01-01",
        "budget g 2022 a:100 @2021-01-01",
    ]);
    let as_of = crate::book::date("2021-12-31");
    let plan = advance_plan(&projection(&book), 2021, as_of, 12).expect("a key");
    assert_eq!(plan.len(), 36);
    let sum: i64 = plan.iter().map(|term| term.advance.amount.cents()).sum();
    assert_eq!(sum, 10_005);
    assert_eq!(advance_plan(&projection(&book), 2022, as_of, 12), None);
    assert_eq!(
        advance_plan(&projection(&book), 2023, as_of, 12),
        Some(Vec::new())
    );
}
