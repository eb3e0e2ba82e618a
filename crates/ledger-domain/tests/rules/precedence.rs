//! Of all refusals that apply the one whose code is declared first is given: every combination of faults is walked.

use crate::book::Book;
use ledger_domain::Code;

/// One word of a command: a sound one or a faulty one, and the codes that the fault is refused with when alone.
type Choice = (&'static str, &'static [Code]);

/// Makes every line that takes one choice of each place, and asks for the first code of all its faults.
fn walk(book: &Book, places: &[&[Choice]]) -> usize {
    let mut lines: Vec<(String, Option<Code>)> = vec![(String::new(), None)];
    for place in places {
        let with = |(line, first): &(String, Option<Code>), (word, codes): &Choice| {
            let codes = codes.iter().copied().chain(*first);
            (format!("{line} {word}"), codes.min())
        };
        lines = lines
            .iter()
            .flat_map(|line| place.iter().map(move |choice| with(line, choice)))
            .collect();
    }
    for (line, first) in &lines {
        assert_eq!(book.try_out(line), first.map_or("taken", Code::as_str), "{line}");
    }
    lines.len()
}

const DAYS: &[Choice] = &[
    ("", &[]),
    ("@2021-03-31", &[Code::PeriodClosed]),
    ("@2019-12-31", &[Code::PeriodClosed, Code::BeforeStart]),
];

fn book() -> Book {
    Book::with(&[
        "open closed",
        "allocate closed 5",
        "pledge closed f 5",
        "commit closed c-closed 1",
        "spend closed e-closed 1 on=c-closed",
        "close closed",
        "allocate p 100",
        "allocate p 50 year=2022",
        "allocate q 100",
        "pledge p f 10 year=2021 share=1/2",
        "expect p z 10",
        "commit q c-q 10 charges=programme:10",
        "commit p c-p 10 charges=programme:10",
        "spend p taken 10 charges=programme:10 @2021-05-01",
        "spend p undone 10 charges=programme:10",
        "correct taken k-taken 1",
        "reverse undone",
        "receive p f r-taken 10",
        "close-period 2021-03-31",
    ])
}

#[test]
fn of_an_expenditure() {
    let charges: &[Choice] = &[
        ("7", &[]),
        ("7 charges=f:7,f:1", &[Code::InvalidInput]),
        ("7 charges=y:7", &[Code::UnknownFunder]),
        ("7 charges=programme:6", &[Code::ChargesDoNotAddUp]),
        ("11 charges=f:11", &[Code::PledgeExceeded]),
        ("-7", &[Code::InvalidInput]),
        ("120 charges=programme:120", &[Code::YearBudgetExceeded]),
        ("500", &[Code::BudgetExceeded]),
        (
            "999999999999999.99",
            &[Code::BudgetExceeded, Code::TotalOutOfRange],
        ),
        (
            "500 charges=f:11,y:300",
            &[Code::UnknownFunder, Code::ChargesDoNotAddUp, Code::PledgeExceeded],
        ),
    ];
    let projects: &[Choice] = &[("p", &[]), ("x", &[Code::UnknownProject])];
    let ids: &[Choice] = &[("new", &[]), ("taken", &[Code::DuplicateEntry])];
    let commitments: &[Choice] = &[
        ("", &[]),
        ("on=c-x", &[Code::UnknownCommitment]),
        ("on=c-q", &[Code::CommitmentOfOtherProject]),
    ];
    let walked = walk(
        &book(),
        &[&[("spend", &[])], projects, ids, charges, commitments, DAYS],
    );
    assert_eq!(walked, 2 * 2 * 10 * 3 * 3);
    let few: &[Choice] = &[
        ("7", &[]),
        ("7 charges=programme:6", &[Code::ChargesDoNotAddUp]),
        ("0", &[Code::InvalidInput]),
    ];
    let closed: &[Choice] = &[("closed", &[Code::ProjectClosed, Code::BudgetExceeded])];
    walk(&book(), &[&[("spend", &[])], closed, ids, few, commitments, DAYS]);
}

#[test]
fn of_a_commitment() {
    let amounts: &[Choice] = &[
        ("7", &[]),
        ("7 charges=y:7", &[Code::UnknownFunder]),
        ("7 charges=z:7", &[Code::PledgeExceeded]),
        ("7 charges=z:6", &[Code::ChargesDoNotAddUp, Code::PledgeExceeded]),
        ("0", &[Code::InvalidInput]),
        ("120 charges=programme:120", &[Code::YearBudgetExceeded]),
        ("500", &[Code::BudgetExceeded]),
    ];
    let projects: &[Choice] = &[("p", &[]), ("x", &[Code::UnknownProject])];
    let ids: &[Choice] = &[("new", &[]), ("c-q", &[Code::DuplicateEntry])];
    walk(&book(), &[&[("commit", &[])], projects, ids, amounts, DAYS]);
    let commitments: &[Choice] = &[
        ("c-p", &[]),
        ("c-x", &[Code::UnknownCommitment]),
        (
            "c-closed",
            &[
                Code::ProjectClosed,
                Code::BudgetExceeded,
                Code::CommitmentExceeded,
            ],
        ),
    ];
    let early: &[Choice] = &[
        ("", &[]),
        ("@2021-05-31", &[Code::DatedBeforeEntry]),
        ("@2021-01-01", &[Code::PeriodClosed, Code::DatedBeforeEntry]),
        (
            "@2019-01-01",
            &[Code::PeriodClosed, Code::BeforeStart, Code::DatedBeforeEntry],
        ),
    ];
    let raises: &[Choice] = &[
        ("1", &[]),
        ("0", &[Code::InvalidInput]),
        ("500", &[Code::BudgetExceeded]),
    ];
    walk(&book(), &[&[("raise", &[])], commitments, raises, early]);
    let releases: &[Choice] = &[
        ("1", &[]),
        ("-1", &[Code::InvalidInput]),
        ("11", &[Code::CommitmentExceeded]),
    ];
    walk(&book(), &[&[("release", &[])], commitments, releases, early]);
}

#[test]
fn of_a_change_of_an_expenditure() {
    let entries: &[Choice] = &[("taken", &[]), ("x", &[Code::UnknownExpenditure])];
    let corrections: &[Choice] = &[("new", &[]), ("k-taken", &[Code::DuplicateEntry])];
    let early: &[Choice] = &[
        ("", &[]),
        ("@2021-04-30", &[Code::DatedBeforeEntry]),
        ("@2021-01-01", &[Code::PeriodClosed, Code::DatedBeforeEntry]),
        (
            "@2019-01-01",
            &[Code::PeriodClosed, Code::BeforeStart, Code::DatedBeforeEntry],
        ),
    ];
    let amounts: &[Choice] = &[
        ("1", &[]),
        ("0", &[Code::InvalidInput]),
        ("1 charges=y:1", &[Code::UnknownFunder]),
        ("-1 charges=y:-1", &[Code::UnknownFunder, Code::BelowZero]),
        ("1 charges=f:2", &[Code::ChargesDoNotAddUp]),
        ("11 charges=f:11", &[Code::PledgeExceeded]),
        ("-1 charges=f:-1", &[Code::BelowZero]),
        ("-12", &[Code::BelowZero]),
        ("0.50 charges=f:11,programme:-10.50", &[Code::PledgeExceeded]),
        ("110", &[Code::YearBudgetExceeded]),
        ("300", &[Code::BudgetExceeded]),
    ];
    walk(
        &book(),
        &[&[("correct", &[])], entries, corrections, amounts, early],
    );
    let undone: &[Choice] = &[("undone", &[Code::AlreadyReversed])];
    let late: &[Choice] = &[
        ("", &[]),
        ("@2021-01-01", &[Code::PeriodClosed, Code::DatedBeforeEntry]),
    ];
    let some: &[Choice] = &[
        ("1", &[]),
        ("1 charges=f:2", &[Code::ChargesDoNotAddUp]),
        ("-12", &[Code::BelowZero]),
    ];
    walk(&book(), &[&[("correct", &[])], undone, corrections, some, late]);
    let any: &[Choice] = &[
        ("taken", &[]),
        ("x", &[Code::UnknownExpenditure]),
        ("e-closed", &[Code::ProjectClosed]),
    ];
    walk(&book(), &[&[("reverse", &[])], any, &[DAYS[0], DAYS[2]]]);
    walk(&book(), &[&[("reverse", &[])], undone, late]);
}

#[test]
fn of_budget() {
    let projects: &[Choice] = &[("p", &[]), ("x", &[Code::UnknownProject])];
    let closed: &[Choice] = &[("q", &[]), ("closed", &[Code::ProjectClosed])];
    // Of p 90 multi-year money and 50 of 2022 are left, and of the programme 749.
    let amounts: &[Choice] = &[
        ("10", &[]),
        ("-10", &[]),
        ("0", &[Code::InvalidInput]),
        ("5000", &[Code::AuthorisationExceeded]),
        ("-100", &[Code::YearBudgetExceeded]),
        ("-5000", &[Code::BudgetExceeded]),
        (
            "999999999999999.99",
            &[Code::AuthorisationExceeded, Code::TotalOutOfRange],
        ),
    ];
    let days: &[Choice] = &[("", &[]), ("@2019-12-31", &[Code::PeriodClosed])];
    walk(&book(), &[&[("allocate", &[])], projects, amounts, days]);
    let takes: &[Choice] = &[
        ("10", &[]),
        ("-10", &[Code::InvalidInput]),
        ("100", &[Code::YearBudgetExceeded]),
        ("5000", &[Code::BudgetExceeded]),
    ];
    walk(&book(), &[&[("transfer", &[])], projects, closed, takes, days]);
    let years: &[Choice] = &[
        ("2021 2022", &[Code::PledgeExceeded]),
        ("2022 2022", &[Code::InvalidInput]),
    ];
    let funders: &[Choice] = &[
        ("funder=z", &[]),
        ("funder=y", &[Code::UnknownFunder]),
        ("funder=programme", &[Code::InvalidInput]),
    ];
    walk(
        &book(),
        &[&[("carry", &[])], projects, years, &[("20", &[])], funders, days],
    );
}

#[test]
fn of_cofinancing() {
    let projects: &[Choice] = &[("p", &[]), ("x", &[Code::UnknownProject])];
    let shares: &[Choice] = &[
        ("", &[]),
        ("share=1/2", &[]),
        ("share=2/3", &[Code::SharesExceedOne]),
    ];
    let days: &[Choice] = &[("", &[]), ("@2019-12-31", &[Code::PeriodClosed])];
    let lowered: &[Choice] = &[
        ("1", &[]),
        ("-1", &[Code::PledgeExceeded]),
        ("0", &[Code::InvalidInput]),
    ];
    walk(
        &book(),
        &[&[("pledge", &[])], projects, &[("z", &[])], lowered, shares, days],
    );
    let lowered: &[Choice] = &[
        ("1", &[]),
        ("-11", &[Code::BelowZero]),
        ("0", &[Code::InvalidInput]),
    ];
    walk(
        &book(),
        &[&[("expect", &[])], projects, &[("z", &[])], lowered, shares, days],
    );
    let funders: &[Choice] = &[
        ("f", &[]),
        ("y", &[Code::UnknownFunder]),
        ("programme", &[Code::InvalidInput]),
    ];
    let receipts: &[Choice] = &[("new", &[]), ("r-taken", &[Code::DuplicateEntry])];
    let amounts: &[Choice] = &[
        ("1", &[]),
        ("-11", &[Code::BelowZero]),
        ("0", &[Code::InvalidInput]),
    ];
    walk(
        &book(),
        &[&[("receive", &[])], projects, funders, receipts, amounts, DAYS],
    );
}

#[test]
fn of_a_closed_programme() {
    let mut book = Book::with(&[
        "allocate p 10",
        "pledge p f 1",
        "spend p e1 10",
        "close p",
        "close q",
        "close-programme",
    ]);
    for (line, code) in [
        ("spend x e1 1", "unknown-project"),
        ("spend p e1 1", "duplicate-entry"),
        ("spend p e2 1 @2019-01-01", "programme-closed"),
        ("correct e9 k1 1", "unknown-expenditure"),
        ("correct e1 k1 -11", "programme-closed"),
        ("reopen q", "programme-closed"),
        ("open p", "duplicate-id"),
        ("pledge p programme 1", "invalid-input"),
        ("receive p f r1 -1 @2019-01-01", "before-start"),
    ] {
        assert_eq!(book.try_out(line), code, "{line}");
    }
    assert_eq!(book.tell("receive p f r1 1"), "done");
}
