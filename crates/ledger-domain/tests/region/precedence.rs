//! Of all refusals that apply the one whose code is declared first is given: every combination of faults is walked.

use crate::book::Book;
use ledger_domain::Code;

/// One word of a command: a sound one or a faulty one, and the codes that the fault is refused with when alone.
type Choice = (&'static str, &'static [Code]);

/// Makes every line that takes one choice of each place, and asks for the first code of all its faults.
fn walk(places: &[&[Choice]]) {
    let book = book();
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
}

fn book() -> Book {
    Book::with(&[
        "admit d from=2016-01-01",
        "merge d e 2021-01-01",
        "key k 2021 a:5,b:3,c:2,e:1",
        "group unkeyed none",
        "cost g a taken 100 @2021-05-01",
        "cost g a undone 10 @2021-05-01",
        "correct taken k-taken 1",
        "reverse undone",
        "advance 2021 a v-taken 5",
        "cost unkeyed a u1 10 year=2020 @2021-06-01",
        "settle 2021 settled @2021-07-01",
        "close 2021-03-31",
    ])
}

const DAYS: &[Choice] = &[("", &[]), ("@2021-03-31", &[Code::PeriodClosed])];
const GROUPS: &[Choice] = &[("g", &[]), ("x", &[Code::UnknownGroup])];
const MEMBERS: &[Choice] = &[
    ("a", &[]),
    ("z", &[Code::UnknownMunicipality]),
    ("d", &[Code::NotAMember]),
];
const AMOUNTS: &[Choice] = &[
    ("7", &[]),
    ("0", &[Code::InvalidInput]),
    ("999999999999999.99", &[Code::TotalOutOfRange]),
];

#[test]
fn of_costs() {
    let ids: &[Choice] = &[("new", &[]), ("taken", &[Code::DuplicateEntry])];
    let clients: &[Choice] = &[("", &[]), ("client=x", &[])];
    walk(&[&[("cost", &[])], GROUPS, MEMBERS, ids, AMOUNTS, clients, DAYS]);
    let clients: &[Choice] = &[("", &[]), ("client=x", &[Code::InvalidInput])];
    walk(&[&[("joint", &[])], GROUPS, ids, AMOUNTS, clients, DAYS]);
}

#[test]
fn of_corrections_and_reversals() {
    let changes: &[Choice] = &[("k-new", &[]), ("k-taken", &[Code::DuplicateEntry])];
    let days: &[Choice] = &[
        ("", &[]),
        ("@2021-04-30", &[Code::DatedBeforeEntry]),
        ("@2021-03-31", &[Code::PeriodClosed, Code::DatedBeforeEntry]),
    ];
    let amounts: &[Choice] = &[
        ("7", &[]),
        ("-101", &[]),
        ("-102", &[Code::BelowZero]),
        ("0", &[Code::InvalidInput]),
        ("999999999999999.99", &[Code::TotalOutOfRange]),
    ];
    walk(&[&[("correct taken", &[])], changes, amounts, days]);
    let any: &[Choice] = &[("7", &[]), ("0", &[Code::InvalidInput])];
    walk(&[
        &[("correct undone", &[Code::AlreadyReversed])],
        changes,
        any,
        days,
    ]);
    walk(&[
        &[("reverse", &[])],
        &[("taken", &[]), ("undone", &[Code::AlreadyReversed])],
        days,
    ]);
    // Nothing else can be judged of a cost that is not there, except its form.
    walk(&[
        &[("correct x", &[Code::UnknownCost])],
        &[("k-taken", &[])],
        any,
        DAYS,
    ]);
}

#[test]
fn of_advances_and_budgets() {
    let ids: &[Choice] = &[("v-new", &[]), ("v-taken", &[Code::DuplicateEntry])];
    walk(&[&[("advance 2021", &[])], MEMBERS, ids, AMOUNTS, DAYS]);
    let amounts: &[Choice] = &[
        ("a:1", &[]),
        ("-", &[Code::InvalidInput]),
        ("z:1", &[Code::UnknownMunicipality, Code::NotAMember]),
        ("d:1", &[Code::NotAMember]),
        ("a:999999999999999.99", &[Code::TotalOutOfRange]),
    ];
    walk(&[&[("budget", &[])], GROUPS, &[("2021", &[])], amounts, DAYS]);
}

#[test]
fn of_keys_groups_and_schedules() {
    let weights: &[Choice] = &[
        ("a:1,b:1,c:1,e:1", &[]),
        ("a:1,b:1,c:1", &[Code::MembersDiffer]),
        ("a:0,b:0,c:0,e:0", &[Code::InvalidInput]),
        ("a:0,z:0", &[Code::InvalidInput]),
    ];
    walk(&[&[("key k 2021", &[])], weights, DAYS]);
    let years: &[Choice] = &[
        ("2020", &[]),
        ("2021", &[Code::InvalidInput]),
        ("2019", &[Code::KeyMissing]),
    ];
    walk(&[
        &[("weigh k 2021", &[])],
        &[("unkeyed", &[]), ("x", &[Code::UnknownGroup])],
        years,
        DAYS,
    ]);
    walk(&[
        &[("group", &[])],
        &[("new", &[]), ("g", &[Code::DuplicateId])],
        &[("k", &[])],
        DAYS,
    ]);
    walk(&[
        &[("schedule", &[])],
        GROUPS,
        &[("2021:0", &[]), ("-", &[Code::InvalidInput])],
        DAYS,
    ]);
}

#[test]
fn of_settlements() {
    let ids: &[Choice] = &[("new", &[]), ("settled", &[Code::DuplicateId])];
    let years: &[Choice] = &[("2020", &[Code::KeyMissing]), ("2022", &[Code::NothingToSettle])];
    walk(&[&[("settle", &[])], years, ids, &[("", &[])]]);
    let days: &[Choice] = &[
        ("@2021-07-01", &[Code::NothingToSettle]),
        ("@2021-06-30", &[Code::DatedBeforeEntry]),
        ("@2021-03-31", &[Code::PeriodClosed]),
    ];
    walk(&[&[("settle 2021", &[])], ids, days]);
}

#[test]
fn of_a_region_that_is_not_there() {
    let book = Book {
        state: None,
        ..Book::empty(&[])
    };
    assert_eq!(book.try_out("cost g a a1 5 @2021-03-31"), "unknown-region");
    assert_eq!(book.try_out("cost g a a1 0"), "invalid-input");
}
