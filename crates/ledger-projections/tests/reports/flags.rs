//! Each flag: when it is told, and from which date.

use ledger_contract::report::Flag;
use ledger_domain::programme::{
    CarryOverBudget, CommitmentChanged, CommitmentEntered, Event, ExpenditurePosted, OpenProject,
    ProjectClosed, Released,
};
use ledger_projections::Query;

use crate::history::{
    History, cents, charges, commitment, day, decision, entry, expenditure, explained, id, open, query,
};

fn flags(history: &History, as_of: &str) -> Vec<Flag> {
    history.first(as_of).flags
}

fn opened(change: impl FnOnce(&mut OpenProject)) -> History {
    let mut project = open("flits");
    change(&mut project);
    History::plan().on("2019-06-01", Event::ProjectOpened(project))
}

/// An own cost with what it overspends, in euros.
fn overspending(date: &str, euros: i64, overspend: i64) -> Event {
    Event::ExpenditurePosted(ExpenditurePosted {
        overspend: cents(overspend * 100),
        ..expenditure(date, "flits", &[("programme", euros)])
    })
}

fn coded(date: &str, code: Option<&str>) -> Event {
    Event::CommitmentEntered(CommitmentEntered {
        taakveld: code.map(str::to_owned),
        ..commitment(date, "flits", &[("programme", 1)])
    })
}

#[test]
fn spent_before_budget_until_the_budget_is_booked() {
    let history = opened(|_| {}).budget("2020-06-01", "flits", 100, None).spent(
        "2020-03-01",
        "flits",
        &[("programme", 60)],
    );
    assert_eq!(flags(&history, "2020-02-28"), []);
    assert_eq!(flags(&history, "2020-03-01"), [Flag::SpentBeforeBudget]);
    assert_eq!(flags(&history, "2020-06-01"), []);
}

#[test]
fn overspent_from_the_entry_that_was_explained() {
    let history = opened(|_| {})
        .budget("2019-07-01", "flits", 100, None)
        .on("2020-03-01", overspending("2020-03-01", 90, 0))
        .on("2020-05-01", overspending("2020-05-01", 30, 20));
    assert_eq!(flags(&history, "2020-04-30"), []);
    assert_eq!(flags(&history, "2020-05-01"), [Flag::Overspent]);
    let raised = history.budget("2020-06-01", "flits", 20, None);
    assert_eq!(flags(&raised, "2020-06-01"), [], "budget was found");
}

#[test]
fn a_year_budget_lapses_unless_spent_carried_or_released() {
    let history = opened(|_| {})
        .budget("2019-07-01", "flits", 100, Some(2020))
        .spent("2020-05-01", "flits", &[("programme", 60)]);
    assert_eq!(flags(&history, "2020-12-31"), [], "the year is not past");
    assert_eq!(flags(&history, "2021-01-01"), [Flag::YearBudgetLapsed]);
    let asked = Query {
        year: Some(2021),
        ..query("2021-01-01")
    };
    let of_2021 = history.budget_position(&asked);
    assert_eq!(
        of_2021.projects[0].flags,
        [Flag::YearBudgetLapsed],
        "whatever year is asked"
    );

    let carried = Event::BudgetCarriedOver(CarryOverBudget {
        project: id("flits"),
        from_year: 2020,
        to_year: 2021,
        amount: cents(4_000),
        decision: decision(),
        funder: None,
    });
    let carried = history.clone().on("2021-02-01", carried);
    assert_eq!(flags(&carried, "2021-01-31"), [Flag::YearBudgetLapsed]);
    assert_eq!(flags(&carried, "2021-02-01"), []);
    assert_eq!(
        flags(&carried, "2022-01-01"),
        [Flag::YearBudgetLapsed],
        "not spent in 2021 either"
    );

    let released = Event::ProjectClosed(ProjectClosed {
        project: id("flits"),
        decision: decision(),
        released: vec![Released {
            year: Some(2020),
            amount: cents(4_000),
        }],
    });
    assert_eq!(flags(&history.on("2021-02-01", released), "2021-02-01"), []);
}

#[test]
fn a_code_is_judged_in_the_year_of_the_booking() {
    let wrong = [Flag::CodeNotValidInYear];
    for (date, code, told) in [
        ("2022-12-30", Some("6.71a"), true),
        ("2022-12-30", Some("6.2"), false),
        ("2022-12-30", Some("no-such-code"), true),
        ("2019-12-31", Some("no-such-code"), false),
        ("2022-12-30", None, false),
    ] {
        let history = opened(|_| {}).on(date, coded(date, code));
        let expected = if told { wrong.as_slice() } else { &[] };
        assert_eq!(flags(&history, "2022-12-31"), expected, "{code:?} on {date}");
    }
    let of_project = opened(|project| project.taakveld = Some("6.71a".to_owned()));
    assert_eq!(
        flags(&of_project, "2022-12-31"),
        [],
        "opened in 2019, before the table"
    );
    let entered = of_project.clone().on("2020-05-01", coded("2020-05-01", None));
    assert_eq!(flags(&entered, "2020-04-30"), []);
    assert_eq!(
        flags(&entered, "2020-05-01"),
        wrong,
        "an entry without a code has its project's"
    );
    let entered = of_project.on("2020-05-01", coded("2020-05-01", Some("6.2")));
    assert_eq!(flags(&entered, "2020-05-01"), []);
    let opened_later = History::plan().on(
        "2021-01-01",
        Event::ProjectOpened(OpenProject {
            taakveld: Some("6.71a".to_owned()),
            ..open("flits")
        }),
    );
    assert_eq!(flags(&opened_later, "2021-01-01"), wrong);
}

#[test]
fn entries_after_the_end_of_the_project_or_else_of_the_programme() {
    let spent = |history: History, date: &str| {
        history
            .budget("2019-07-01", "flits", 9, None)
            .spent(date, "flits", &[("programme", 1)])
    };
    let own_end = || opened(|project| project.ends_on = Some(day("2020-12-31")));
    assert_eq!(flags(&spent(own_end(), "2020-12-31"), "2021-12-31"), []);
    assert_eq!(
        flags(&spent(own_end(), "2021-01-01"), "2021-12-31"),
        [Flag::AfterEnd]
    );
    assert_eq!(flags(&spent(own_end(), "2021-01-01"), "2020-12-31"), []);
    assert_eq!(flags(&spent(opened(|_| {}), "2022-12-31"), "2023-12-31"), []);
    assert_eq!(
        flags(&spent(opened(|_| {}), "2023-01-01"), "2023-12-31"),
        [Flag::AfterEnd]
    );

    let changed = CommitmentChanged {
        project: id("flits"),
        commitment: entry("c"),
        amount: cents(100),
        charges: charges(&[("programme", 1)]),
        year: 2020,
        overspend: cents(0),
    };
    let released = own_end().on("2021-02-01", Event::CommitmentReleased(changed.clone()));
    assert_eq!(flags(&released, "2021-12-31"), [], "a release is no new cost");
    let raised = own_end().on("2021-02-01", Event::CommitmentRaised(changed));
    assert_eq!(flags(&raised, "2021-12-31"), [Flag::AfterEnd]);
}

#[test]
fn no_follow_up_funding_once_the_end_is_past() {
    let history = opened(|project| {
        project.ends_on = Some(day("2020-12-31"));
        project.follow_up_funding = Some(false);
    });
    assert_eq!(flags(&history, "2020-12-31"), []);
    assert_eq!(flags(&history, "2021-01-01"), [Flag::NoFollowUpFunding]);
    let unknown = opened(|project| project.ends_on = Some(day("2020-12-31")));
    assert_eq!(
        flags(&unknown, "2021-01-01"),
        [],
        "nobody said that there is none"
    );
    let without_end = opened(|project| project.follow_up_funding = Some(false));
    assert_eq!(flags(&without_end, "2022-12-31"), []);
    assert_eq!(
        flags(&without_end, "2023-01-01"),
        [Flag::NoFollowUpFunding],
        "the programme's end"
    );
}

#[test]
fn a_contradiction_of_the_sources_is_kept() {
    let history = opened(|_| {})
        .on("2021-10-31", explained(Some("flits"), "budget", true))
        .on("2021-09-30", explained(Some("flits"), "budget", false))
        .on("2021-09-30", explained(None, "budget", true));
    assert_eq!(flags(&history, "2021-10-30"), []);
    assert_eq!(flags(&history, "2021-10-31"), [Flag::SourceContradiction]);
    let told: Vec<u64> = history
        .first("2021-10-31")
        .explanations
        .iter()
        .map(|explanation| explanation.position)
        .collect();
    assert_eq!(told, [2, 3], "in the order of recording");
}

#[test]
fn flags_are_in_the_order_of_the_list() {
    let history = opened(|project| {
        project.ends_on = Some(day("2020-12-31"));
        project.follow_up_funding = Some(false);
    })
    .on("2021-02-01", overspending("2021-02-01", 90, 0))
    .on("2021-02-01", coded("2021-02-01", Some("6.71a")))
    .on("2021-02-01", explained(Some("flits"), "budget", true));
    assert_eq!(
        flags(&history, "2021-02-01"),
        [
            Flag::SpentBeforeBudget,
            Flag::CodeNotValidInYear,
            Flag::AfterEnd,
            Flag::NoFollowUpFunding,
            Flag::SourceContradiction
        ]
    );
}
