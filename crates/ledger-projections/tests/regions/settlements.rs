//! settlement: frozen lines, and what changed since.

use crate::book::{Book, id};
use crate::history::{head, projection, text};
use ledger_contract::report::Settlement;
use ledger_projections::settlement;

fn ask(book: &Book, settled: &str, as_of: &str) -> Option<Settlement> {
    let projection = projection(book);
    settlement(&projection, head(&projection, as_of), &id(settled))
}

/// `a 5.00 (0.00 0.00 0.00 0.00)` a line: the amount, and what share, advances, settled and balance changed to.
fn told(report: &Settlement) -> String {
    let line = |line: &ledger_contract::report::SettlementLine| {
        let since = &line.since;
        format!(
            "{} {} ({} {} {} {})",
            line.name,
            line.figures.amount.0,
            text(since.cost_share.as_ref()),
            since.advances.0,
            since.settled.0,
            text(since.balance.as_ref())
        )
    };
    report.lines.iter().map(line).collect::<Vec<_>>().join(", ")
}

#[test]
fn a_settlement_is_frozen_and_tells_what_changed() {
    let mut book = Book::with(&[
        "cost g a a1 100 @2021-02-01",
        "advance 2021 a v1 20 @2021-01-01",
        "settle 2021 first @2022-06-01",
    ]);
    let unchanged =
        "a 30.00 (0.00 0.00 0.00 0.00), b 30.00 (0.00 0.00 0.00 0.00), c 20.00 (0.00 0.00 0.00 0.00)";
    assert_eq!(ask(&book, "first", "2022-05-31"), None);
    assert_eq!(ask(&book, "unknown", "2022-06-01"), None);
    let report = ask(&book, "first", "2022-06-01").expect("drawn up");
    assert_eq!(told(&report), unchanged);
    assert_eq!(
        (report.position, report.totals.amount.0.to_string()),
        (8, "80.00".into())
    );
    let group = &report.groups[0];
    assert_eq!((group.key_position, group.schedule_position), (Some(5), None));
    assert_eq!(group.now.key_position, Some(5));

    book.tell("schedule g 2021:0 @2022-07-01");
    book.tell("advance 2021 b v2 -3 @2022-07-01");
    let report = ask(&book, "first", "2022-07-01").expect("drawn up");
    assert_eq!(
        told(&report),
        "a 30.00 (50.00 0.00 0.00 50.00), b 30.00 (-30.00 -3.00 0.00 -27.00), c 20.00 (-20.00 0.00 0.00 -20.00)"
    );
    let group = &report.groups[0];
    assert_eq!(
        (group.degree.0.to_string(), group.now.degree.0.to_string()),
        ("1".into(), "0".into())
    );
    assert_eq!(
        (group.schedule_position, group.now.schedule_position),
        (None, Some(12))
    );

    book.tell("settle 2021 second @2022-08-01");
    let report = ask(&book, "first", "2022-08-01").expect("drawn up");
    assert_eq!(
        told(&report),
        "a 30.00 (50.00 0.00 50.00 0.00), b 30.00 (-30.00 -3.00 -27.00 0.00), c 20.00 (-20.00 0.00 -20.00 0.00)"
    );
    assert_eq!(
        told(&ask(&book, "first", "2022-06-30").expect("drawn up")),
        unchanged
    );
}

#[test]
fn a_successors_line_has_the_parts_that_it_took_over() {
    let mut book = Book::with(&[
        "cost g a a1 100 @2021-02-01",
        "merge a,b d 2022-01-01",
        "settle 2021 first @2022-06-01",
    ]);
    let report = ask(&book, "first", "2022-06-01").expect("drawn up");
    let parts: Vec<String> = report.lines[1]
        .taken_over
        .iter()
        .map(|part| format!("{} {}", part.name, part.figures.amount.0))
        .collect();
    assert_eq!(parts, ["a 50.00", "b 30.00"]);
    book.tell("reverse a1 @2022-07-01");
    let report = ask(&book, "first", "2022-07-01").expect("drawn up");
    assert_eq!(
        told(&report),
        "c 20.00 (-20.00 0.00 0.00 -20.00), d 80.00 (-80.00 0.00 0.00 -80.00)"
    );
}
