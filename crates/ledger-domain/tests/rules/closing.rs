//! Opening, closing and what closed things still take.

use crate::book::{Book, date, establish, read};
use ledger_domain::programme::{EntryMap, OverspendPolicy, decide};
use ledger_domain::{Code, Money};

#[test]
fn a_programme_is_established_once_and_before_all_else() {
    let book = Book::with(&[]);
    let money = Money::from_cents(1).expect("a cent");
    let (posting, allocate) = read("allocate p 1");
    let entries = EntryMap::default();
    let again = decide(
        book.state.as_ref(),
        &entries,
        posting,
        &establish(OverspendPolicy::Refuse, money),
    );
    assert_eq!(again.map_err(|refusal| refusal.code), Err(Code::DuplicateId));
    let too_soon = decide(None, &entries, posting, &allocate);
    assert_eq!(
        too_soon.map_err(|refusal| refusal.code),
        Err(Code::UnknownProgramme)
    );
    let nothing = decide(
        None,
        &entries,
        posting,
        &establish(OverspendPolicy::Refuse, Money::ZERO),
    );
    assert_eq!(nothing.map_err(|refusal| refusal.code), Err(Code::InvalidInput));
}

#[test]
fn a_project_is_opened_once() {
    let book = Book::with(&[]);
    assert_eq!(book.try_out("open p"), "duplicate-id");
    assert_eq!(
        book.try_out("open r from=2021-02-01 to=2021-01-31"),
        "invalid-input"
    );
    assert_eq!(book.try_out("open r from=2021-02-01 to=2021-02-01"), "taken");
    assert_eq!(book.try_out("allocate r 1"), "unknown-project");
}

#[test]
fn closing_a_project_releases_what_remains_where_it_lies() {
    let mut book = Book::with(&[
        "allocate p 100",
        "allocate p 50 year=2022",
        "allocate p 30 year=2020",
        "spend p e1 40 year=2020",
        "commit p c1 20 year=2022",
    ]);
    assert_eq!(
        book.tell("close p"),
        "open-commitments: Project p has 20.00 in open commitments, to be drawn down or released first."
    );
    assert_eq!(
        book.tell("spend p e2 15 on=c1 year=2022"),
        "programme 15.00; drawn programme 15.00"
    );
    assert_eq!(book.tell("release c1 5"), "programme 5.00");
    assert_eq!(book.tell("close p"), "released multi-year 90.00, 2022 35.00");
    assert_eq!(book.left(), "0.00: 0.00 0.00 0.00");
    assert_eq!(book.programme().budgets(), 5_500);
    assert_eq!(
        book.tell("close p"),
        "project-closed: Project p is closed and takes only receipts and explanations."
    );
}

#[test]
fn an_overspend_is_paid_from_the_earliest_years_before_the_rest_is_released() {
    let given = [
        "allocate p 30 year=2020",
        "allocate p 20 year=2022",
        "spend p e1 35 year=2021 explained",
    ];
    let mut book = Book::explaining(&given);
    assert_eq!(book.left(), "15.00: -5.00 -35.00 -15.00");
    assert_eq!(book.tell("close p"), "released 2022 15.00");
    assert_eq!(book.left(), "0.00: -5.00 -35.00 -30.00");
    let mut book = Book::explaining(&given);
    assert_eq!(
        book.tell("spend p e2 16 explained"),
        "programme 16.00; overspend 16.00"
    );
    assert_eq!(book.tell("close p"), "released ");
}

#[test]
fn a_closed_project_takes_receipts_and_explanations_only() {
    let mut book = Book::with(&[
        "allocate p 100",
        "pledge p f 10",
        "spend p e1 10",
        "spend p e2 1 charges=f:1",
        "close p",
    ]);
    for line in [
        "allocate p 1",
        "transfer p q 1",
        "transfer q p 1",
        "carry p 2020 2021 1",
        "commit p c1 1",
        "spend p e3 1",
        "correct e1 k1 -1",
        "reverse e1",
        "expect p f 1",
        "pledge p f 1",
        "forecast 1 project=p",
        "close p",
    ] {
        assert_eq!(book.try_out(line), "project-closed", "{line}");
    }
    for line in [
        "receive p f r1 1",
        "explain project=p",
        "forecast 1",
        "amend 1",
        "reopen p",
        "open r",
    ] {
        assert_eq!(book.try_out(line), "taken", "{line}");
    }
    assert_eq!(
        book.tell("reopen q"),
        "project-open: Project q is open, so it cannot be reopened."
    );
    assert_eq!(book.tell("reopen p"), "done");
    // What was released stays released.
    assert_eq!(book.try_out("spend p e3 1"), "budget-exceeded");
    assert_eq!(book.tell("correct e1 k1 -1"), "programme -1.00");
    assert_eq!(book.tell("close p"), "released multi-year 1.00");
}

#[test]
fn a_closed_programme_takes_receipts_and_explanations_only() {
    let mut book = Book::with(&["open r", "open s", "pledge p f 10", "close q"]);
    assert_eq!(
        book.tell("close-programme"),
        "open-projects: The programme has 3 open projects: p, r, s."
    );
    assert_eq!(book.tell("open t"), "done");
    assert_eq!(
        book.tell("close-programme"),
        "open-projects: The programme has 4 open projects: p, r, s and 1 more."
    );
    for project in ["p", "r", "s"] {
        assert_eq!(book.tell(&format!("close {project}")), "released ");
    }
    assert_eq!(
        book.tell("close-programme"),
        "open-projects: The programme has 1 open project: t."
    );
    assert_eq!(book.tell("close t"), "released ");
    assert_eq!(book.tell("close-programme"), "done");
    assert!(book.programme().is_closed());
    for line in [
        "amend 1",
        "open u",
        "reopen p",
        "allocate p 1",
        "forecast 1",
        "close-period 2021-12-31",
        "close p",
    ] {
        assert_eq!(book.try_out(line), "programme-closed", "{line}");
    }
    for line in ["receive p f r1 1", "explain project=p", "explain"] {
        assert_eq!(book.try_out(line), "taken", "{line}");
    }
}

#[test]
fn nothing_is_booked_in_a_closed_period() {
    let mut book = Book::with(&[
        "allocate p 100",
        "spend p e1 1 @2021-01-01",
        "close-period 2021-03-31",
    ]);
    assert_eq!(book.programme().closed_through(), Some(date("2021-03-31")));
    assert_eq!(
        book.tell("spend p e2 1 @2021-03-31"),
        "period-closed: The books are closed through 2021-03-31, and 2021-03-31 is not after it."
    );
    for line in [
        "allocate p 1",
        "amend 1",
        "open r",
        "pledge p f 1",
        "reverse e1",
        "close q",
    ] {
        assert_eq!(
            book.try_out(&format!("{line} @2021-03-31")),
            "period-closed",
            "{line}"
        );
        assert_eq!(book.try_out(&format!("{line} @2021-04-01")), "taken", "{line}");
    }
    assert_eq!(book.try_out("explain @2021-01-01"), "taken");
    assert_eq!(book.try_out("forecast 1 @2021-01-01"), "taken");
    assert_eq!(book.try_out("close-period 2021-03-31"), "period-closed");
    assert_eq!(book.try_out("close-period 2021-04-01"), "taken");
    // The year of an entry is no booking date: a late invoice for last year is taken.
    assert_eq!(book.try_out("spend p e2 1 year=2020 @2021-04-01"), "taken");
}

#[test]
fn entries_lie_after_the_start_and_decisions_and_pledges_may_be_earlier() {
    let mut book = Book::with(&["allocate p 10 @2019-07-01", "pledge p f 10 @2019-07-01"]);
    assert_eq!(
        book.tell("spend p e1 1 @2019-12-31"),
        "before-start: The programme starts on 2020-01-01 and takes no entry dated 2019-12-31."
    );
    assert_eq!(book.try_out("commit p c1 1 @2019-12-31"), "before-start");
    assert_eq!(book.try_out("receive p f r1 1 @2019-12-31"), "before-start");
    assert_eq!(book.try_out("forecast 1 @2019-12-31"), "taken");
    assert_eq!(book.tell("spend p e1 1 @2020-01-01"), "programme 1.00");
    // After the end entries are taken and flagged by the reports.
    assert_eq!(book.tell("spend p e2 1 @2023-01-01"), "programme 1.00");
}

#[test]
fn forecasts_and_explanations_need_a_project_that_exists() {
    let book = Book::with(&[]);
    assert_eq!(book.try_out("forecast 1 project=x"), "unknown-project");
    assert_eq!(book.try_out("explain project=x"), "unknown-project");
    assert_eq!(book.try_out("close x"), "unknown-project");
    assert_eq!(book.try_out("reopen x"), "unknown-project");
}
