//! The facts of the domain text.

use ledger_contract::report::Funding;

use crate::history::{History, carried, euros, explained, forecast, in_year, pledged, query, receipt};

const BUDGETS: [i64; 14] = [
    262_500, 30_000, 170_000, 707_000, 460_000, 550_000, 143_000, 1_100_000, 100_000, 500_000, 40_000,
    700_000, 200_000, 37_500,
];

#[test]
fn the_fourteen_budgets_of_dordrecht_take_the_whole_sum() {
    let mut history = History::plan();
    for (number, budget) in BUDGETS.iter().enumerate() {
        let project = format!("project-{number}");
        history = history
            .project("2019-06-01", &project)
            .budget("2019-07-01", &project, *budget, None);
    }
    let report = history.budget_position(&query("2019-07-01"));
    assert_eq!(report.authorised, Some(euros(5_000_000)));
    assert_eq!(report.unallocated, Some(euros(0)));
    assert_eq!(report.totals.budget, euros(5_000_000));
    let order: Vec<&str> = report
        .projects
        .iter()
        .map(|project| project.project.0.as_str())
        .collect();
    assert_eq!(order[..3], ["project-0", "project-1", "project-2"]);

    let before = history.budget_position(&query("2019-06-30"));
    assert_eq!(before.unallocated, Some(euros(5_000_000)));
    assert_eq!(
        before.totals.remaining,
        euros(5_000_000),
        "includes the unallocated part"
    );
    assert_eq!(before.totals.underspend, euros(0), "of the projects");
}

/// 320,000 budgeted of which 100,000 own; 130,000 spent of which 50,000 own.
fn mantelzorg() -> History {
    History::plan()
        .project("2019-06-01", "mantelzorg")
        .budget("2019-06-01", "mantelzorg", 100_000, None)
        .on("2019-06-01", pledged("mantelzorg", "regulier", 220_000, None))
        .spent(
            "2020-12-31",
            "mantelzorg",
            &[("programme", 21_000), ("regulier", 34_000)],
        )
        .spent(
            "2021-12-31",
            "mantelzorg",
            &[("programme", 29_000), ("regulier", 46_000)],
        )
        .on("2021-10-31", forecast(Some("mantelzorg"), "2021-12-31", 50_000))
        .on("2021-10-31", explained(Some("mantelzorg"), "underspend", false))
}

#[test]
fn the_overview_shows_the_underspend_of_mantelzorg() {
    let history = mantelzorg();
    let project = history.first("2021-12-31");
    assert_eq!(project.figures.budget, euros(100_000));
    assert_eq!(project.figures.gross_budget, euros(320_000));
    assert_eq!(project.figures.spent_own, euros(50_000));
    assert_eq!(project.figures.spent_total, euros(130_000));
    assert_eq!(project.figures.underspend, euros(50_000));

    let expected = history.underspend(&query("2021-10-31"));
    let row = &expected.projects[0].figures;
    assert_eq!(row.forecast_at_end, Some(euros(50_000)));
    assert_eq!(row.forecast_underspend, Some(euros(50_000)));
    assert_eq!(row.explanation.as_deref(), Some("text 7"));
    assert_eq!(
        expected.totals.forecast_at_end,
        Some(euros(50_000)),
        "every project has one"
    );
    assert_eq!(
        history.underspend(&query("2021-10-30")).totals.forecast_at_end,
        None
    );
    assert_eq!(
        history
            .underspend(&in_year("2021-10-31", 2021))
            .totals
            .forecast_at_end,
        None
    );
}

#[test]
fn national_money_is_carried_to_the_next_year_and_received_in_advance() {
    let history = History::plan()
        .project("2019-06-01", "ondersteuning")
        .on("2019-06-01", pledged("ondersteuning", "rijk", 45_000, Some(2019)))
        .on(
            "2020-01-01",
            pledged("ondersteuning", "rijk", 295_160, Some(2020)),
        )
        .spent("2019-12-31", "ondersteuning", &[("rijk", 45_000)])
        .spent("2020-12-31", "ondersteuning", &[("rijk", 107_942)])
        .on("2020-12-31", receipt("ondersteuning", "rijk", 340_160))
        .on(
            "2020-12-31",
            carried("ondersteuning", Some("rijk"), 2020, 2021, 187_218),
        )
        .spent("2021-07-01", "ondersteuning", &[("rijk", 98_862)]);
    let project = history.first("2021-12-31");
    assert_eq!(project.figures.budget, euros(0));
    assert_eq!(project.figures.carried_in, euros(0), "a pledge is no budget");
    assert_eq!(project.figures.gross_budget, euros(340_160));
    let rijk = &project.cofinancing[0];
    assert_eq!(
        (
            &rijk.pledged,
            &rijk.charged,
            &rijk.received_in_advance,
            &rijk.receivable
        ),
        (&euros(340_160), &euros(251_804), &euros(88_356), &euros(0))
    );

    let of_2021 = history.budget_position(&in_year("2021-12-31", 2021));
    let rijk = &of_2021.projects[0].cofinancing[0];
    assert_eq!((&rijk.pledged, &rijk.charged), (&euros(187_218), &euros(98_862)));
    let of_2020 = history.budget_position(&in_year("2021-12-31", 2020));
    let rijk = &of_2020.projects[0].cofinancing[0];
    assert_eq!((&rijk.pledged, &rijk.charged), (&euros(107_942), &euros(107_942)));
    assert_eq!(
        rijk.received,
        euros(340_160),
        "a receipt counts in the year of its booking"
    );
}

#[test]
fn money_of_three_sources_is_followed_to_where_it_lands() {
    let parts = [
        ("ministerie-jenv", 75_000),
        ("programme", 37_500),
        ("veiligheid", 37_500),
    ];
    let history = History::plan()
        .project("2019-06-01", "rio")
        .project("2019-06-01", "flits")
        .budget("2019-06-01", "rio", 37_500, None)
        .on("2021-01-01", pledged("rio", "veiligheid", 37_500, None))
        .on("2021-01-01", pledged("rio", "ministerie-jenv", 75_000, None))
        .spent("2021-12-31", "rio", &parts)
        .on("2022-02-01", receipt("rio", "ministerie-jenv", 70_000));
    let Funding { totals, sources, .. } = history.funding(&query("2022-12-31"));
    assert_eq!(totals.spent, euros(150_000));
    assert_eq!(totals.received, euros(70_000));
    assert_eq!(totals.receivable, euros(42_500));
    let names: Vec<&str> = sources.iter().map(|source| source.source.0.as_str()).collect();
    assert_eq!(
        names,
        ["programme", "veiligheid", "ministerie-jenv"],
        "in the order of recording"
    );
    let listed: Vec<usize> = sources.iter().map(|source| source.projects.len()).collect();
    assert_eq!(
        listed,
        [2, 1, 1],
        "own money lists every project, a funder its own"
    );
    assert_eq!(
        history.funding(&query("2020-12-31")).sources.len(),
        1,
        "nothing of a funder yet"
    );
}
