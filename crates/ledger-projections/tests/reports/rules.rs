//! The rules of the reports by example: years, groups, forecasts, explanations.

use ledger_contract::{report::Underspend, value::Cents};
use ledger_domain::{
    Money,
    programme::{
        CommitmentChanged, DrawDown, Event, ExpenditurePosted, OpenProject, ProjectClosed, Released,
    },
};
use ledger_projections::{Explainer, GroupBy, Query, ReportName};

use crate::history::{
    History, carried, cents, charges, commitment, day, decision, entry, euros, expenditure, explained,
    forecast, id, in_year, open, pledged, query, transferred,
};

#[test]
fn year_bound_money_counts_in_its_year_only() {
    let history = History::plan()
        .project("2019-06-01", "flits")
        .budget("2019-06-01", "flits", 100, Some(2020))
        .budget("2019-06-01", "flits", 1_000, None)
        .spent("2020-05-01", "flits", &[("programme", 60)])
        .on("2021-01-15", carried("flits", None, 2020, 2021, 40));
    let asked = |year| history.budget_position(&in_year("2021-12-31", year));
    let (of_2020, of_2021) = (asked(2020), asked(2021));
    assert_eq!((of_2020.authorised, of_2020.unallocated), (None, None));
    assert_eq!(of_2020.totals.budget, euros(60));
    assert_eq!(of_2020.totals.remaining, euros(0), "without the unallocated part");
    assert_eq!(of_2020.totals.carried_out, euros(40));
    assert_eq!(of_2021.totals.budget, euros(40));
    let all = history.budget_position(&query("2021-12-31"));
    assert_eq!(all.totals.budget, euros(1_100));
    assert_eq!(
        (&all.totals.carried_in, &all.totals.carried_out),
        (&euros(40), &euros(40))
    );
}

#[test]
fn a_commitment_of_one_year_is_drawn_down_by_an_expenditure_of_another() {
    let half = [("programme", 30), ("rijk", 30)];
    let posted = ExpenditurePosted {
        commitment: Some(entry("c")),
        drawn_down: Some(DrawDown {
            commitment: entry("c"),
            year: 2020,
            charges: charges(&half),
        }),
        ..expenditure("2021-01-15", "flits", &half)
    };
    let released = CommitmentChanged {
        project: id("flits"),
        commitment: entry("c"),
        amount: cents(2_000),
        charges: charges(&[("programme", 10), ("rijk", 10)]),
        year: 2020,
        overspend: Money::ZERO,
    };
    let parts = [("programme", 50), ("rijk", 50)];
    let history = History::plan()
        .project("2019-06-01", "flits")
        .budget("2019-06-01", "flits", 100, None)
        .on(
            "2020-03-01",
            Event::CommitmentEntered(commitment("2020-03-01", "flits", &parts)),
        )
        .on("2021-01-15", Event::ExpenditurePosted(posted))
        .on("2021-02-01", Event::CommitmentReleased(released));
    let project = history.first("2021-12-31");
    assert_eq!(project.figures.committed_own, euros(10));
    assert_eq!(project.cofinancing[0].reserved, euros(10));
    assert_eq!(project.figures.available, euros(60));
    let of_2020 = &history.budget_position(&in_year("2021-12-31", 2020)).totals;
    assert_eq!(
        (&of_2020.committed_own, &of_2020.spent_own),
        (&euros(10), &euros(0))
    );
    assert_eq!(history.first("2020-12-31").figures.committed_own, euros(50));
}

/// One project with 40 left, one 10 short.
fn over_and_under() -> History {
    let zorg = |project| OpenProject {
        theme: Some("Zorg".to_owned()),
        ..open(project)
    };
    History::plan()
        .on("2019-06-01", Event::ProjectOpened(zorg("flits")))
        .project("2019-06-01", "rio")
        .on("2019-06-01", Event::ProjectOpened(zorg("rijk")))
        .budget("2019-06-01", "flits", 100, None)
        .budget("2019-06-01", "rio", 50, None)
        .on("2019-09-01", transferred("flits", "rio", 20))
        .spent("2020-05-01", "flits", &[("programme", 40)])
        .spent("2020-05-01", "rio", &[("programme", 80)])
}

#[test]
fn underspend_and_overspend_do_not_net() {
    let history = over_and_under();
    let report = history.budget_position(&query("2020-12-31"));
    assert_eq!(
        (&report.totals.underspend, &report.totals.overspend),
        (&euros(40), &euros(10))
    );
    assert_eq!(report.totals.remaining, euros(5_000_000 - 120));
    let Underspend { totals, themes, .. } = history.underspend(&query("2020-12-31"));
    assert_eq!((&totals.underspend, &totals.overspend), (&euros(40), &euros(10)));
    let names: Vec<Option<&str>> = themes.iter().map(|theme| theme.theme.as_deref()).collect();
    assert_eq!(names, [Some("Zorg"), None]);
}

#[test]
fn groups_are_in_the_order_of_their_keys_with_none_last() {
    let asked = Query {
        by: GroupBy::parse("theme"),
        ..query("2020-12-31")
    };
    let groups = over_and_under().budget_position(&asked).groups.expect("as asked");
    let keys: Vec<Option<&str>> = groups.iter().map(|group| group.key.as_deref()).collect();
    assert_eq!(keys, [Some("Zorg"), None]);
    assert_eq!(groups[1].figures.overspend, euros(10));
    assert_eq!(
        GroupBy::parse("tag:school"),
        Some(GroupBy::Tag("school".to_owned()))
    );
    assert_eq!((GroupBy::parse("tag:"), GroupBy::parse("supplier")), (None, None));
}

#[test]
fn one_project_stands_alone() {
    let asked = Query {
        project: Some(id("rio")),
        ..query("2020-12-31")
    };
    let history = over_and_under();
    let report = history.budget_position(&asked);
    let whole = history.budget_position(&query("2020-12-31"));
    assert_eq!(
        (&report.authorised, &report.unallocated),
        (&whole.authorised, &whole.unallocated)
    );
    assert_eq!(report.projects.len(), 1);
    assert_eq!(report.totals, report.projects[0].figures);
    assert!(history.projection().has_project(&id("rio")) && !history.projection().has_project(&id("other")));
}

#[test]
fn a_closed_project_gives_back_what_remains() {
    let closed = ProjectClosed {
        project: id("flits"),
        decision: decision(),
        released: vec![Released {
            year: None,
            amount: cents(4_000),
        }],
    };
    let report = over_and_under()
        .on("2021-01-01", Event::ProjectClosed(closed))
        .budget_position(&query("2021-01-01"));
    assert_eq!(report.totals.released, euros(40));
    assert_eq!(report.totals.underspend, euros(0));
    assert_eq!(report.unallocated, Some(euros(5_000_000 - 110)));
    assert_eq!(
        report.totals.remaining,
        euros(5_000_000 - 120),
        "released money is unallocated again"
    );
}

#[test]
fn a_forecast_counts_when_it_reaches_to_the_end() {
    let with_end = |ends_on| OpenProject {
        ends_on: Some(day(ends_on)),
        ..open("flits")
    };
    let history = History::plan()
        .on("2019-06-01", Event::ProjectOpened(with_end("2021-12-31")))
        .budget("2019-06-01", "flits", 100, None)
        .on("2020-01-01", forecast(Some("flits"), "2021-06-30", 30))
        .on("2021-01-01", forecast(None, "2021-12-31", 3_500_000));
    let at = |history: &History| {
        let report = history.underspend(&query("2021-01-01"));
        (
            report.projects[0].figures.forecast_at_end.clone(),
            report.totals.forecast_at_end,
        )
    };
    assert_eq!(at(&history), (None, None), "neither reaches to its end");
    let history = history
        .on("2020-03-01", forecast(Some("flits"), "2021-12-31", 80))
        .on("2020-02-01", forecast(Some("flits"), "2021-12-31", 70));
    assert_eq!(
        at(&history),
        (Some(euros(80)), Some(euros(80))),
        "the one booked last, not recorded last"
    );
    let history = history.on("2021-01-01", forecast(None, "2022-12-31", 4_900_000));
    assert_eq!(at(&history).1, Some(euros(4_900_000)));
    let row = history.underspend(&query("2021-01-01")).totals;
    assert_eq!(
        row.forecast_underspend,
        Some(euros(5_000_000 - 4_900_000)),
        "held against the authorised sum"
    );
}

#[test]
fn while_a_project_is_overspent_its_entries_explain() {
    let posted = ExpenditurePosted {
        overspend: cents(1_000),
        ..expenditure("2020-06-01", "rio", &[("programme", 10)])
    };
    let history = over_and_under()
        .on("2020-05-15", explained(Some("rio"), "underspend", false))
        .on("2020-06-01", Event::ExpenditurePosted(posted));
    let explanation = |as_of| {
        history.underspend(&query(as_of)).projects[1]
            .figures
            .explanation
            .clone()
    };
    assert_eq!(explanation("2020-05-01"), None);
    assert_eq!(explanation("2020-05-31").as_deref(), Some("text 9"));
    assert_eq!(explanation("2020-06-01").as_deref(), Some("text 10"));
}

#[test]
fn what_is_booked_later_is_not_there() {
    let history = History::plan()
        .project("2020-01-01", "flits")
        .project("2019-06-01", "rio")
        .budget("2019-12-01", "flits", 100, None)
        .on("2020-06-01", pledged("rio", "rijk", 10, None));
    let report = history.budget_position(&query("2019-12-31"));
    assert_eq!(
        report.projects.len(),
        2,
        "a project with a budget is there before its opening"
    );
    assert_eq!(
        report.unallocated,
        Some(euros(5_000_000 - 100)),
        "ties to the projects that are listed"
    );
    assert!(report.projects[1].cofinancing.is_empty());
    assert_eq!(history.budget_position(&query("2019-11-30")).projects.len(), 1);
    assert_eq!(
        history.explain(ReportName::BudgetPosition, "budget", None, &query("2019-11-30")),
        []
    );
    assert_eq!(
        history.first("2020-01-01").project.0,
        id("flits"),
        "in the order of opening"
    );
}

#[test]
fn an_explanation_names_the_events_behind_a_figure() {
    let history = over_and_under();
    let explain = |figure: &str, project: Option<&str>| -> Vec<(u64, Cents)> {
        let asked = Query {
            project: project.map(id),
            ..query("2020-12-31")
        };
        let contributions = history.explain(ReportName::BudgetPosition, figure, None, &asked);
        contributions
            .into_iter()
            .map(|contribution| (contribution.position, Cents(contribution.amount)))
            .collect()
    };
    let rio = Some("rio");
    assert_eq!(
        explain("overspend", rio),
        [(5, euros(-50)), (6, euros(-20)), (8, euros(80))]
    );
    assert_eq!(explain("underspend", rio), []);
    assert_eq!(
        explain("underspend", None),
        [(4, euros(100)), (6, euros(-20)), (7, euros(-40))]
    );
    assert_eq!(
        explain("budget", None),
        [(4, euros(100)), (5, euros(50)), (6, euros(-20)), (6, euros(20))],
        "both sides of a transfer"
    );
    assert_eq!(
        explain("remaining", None),
        [(0, euros(5_000_000)), (7, euros(-40)), (8, euros(-80))]
    );
}

#[test]
fn an_unknown_figure_is_told_with_the_known_ones() {
    let sentence =
        Explainer::new(ReportName::Funding, "spentt", None, query("2020-12-31")).expect_err("unknown");
    assert_eq!(
        sentence,
        "\"spentt\" is no figure of funding that can be explained; those are spent, received, receivable"
    );
    let fault = |report, figure, source: Option<&str>, query| {
        Explainer::new(report, figure, source.map(id), query).expect_err("no report shows it")
    };
    let of_project = Query {
        project: Some(id("a")),
        ..query("2020-12-31")
    };
    for narrowed in [of_project, in_year("2020-12-31", 2020)] {
        assert_eq!(
            fault(ReportName::BudgetPosition, "unallocated", None, narrowed),
            "unallocated is of the whole programme and all years"
        );
    }
    assert_eq!(
        fault(
            ReportName::BudgetPosition,
            "budget",
            Some("jeugdfonds"),
            query("2020-12-31")
        ),
        "budget-position does not tell budget per source"
    );
    assert_eq!(
        ReportName::parse("budget-position"),
        Some(ReportName::BudgetPosition)
    );
    assert_eq!(ReportName::parse("cost-shares"), None);
}
