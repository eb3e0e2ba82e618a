//! phase-out: the trajectory as recorded, and simulations that say so.

use crate::book::{Book, municipality};
use crate::history::{head, projection, text};
use ledger_contract::report::PhaseOut;
use ledger_domain::Fraction;
use ledger_projections::{PhaseOutQuery, phase_out};

/// Member a uses all: 100.00 in 2020 and in 2021. A schedule ends solidarity in three steps.
fn region() -> Book {
    Book::with(&[
        "key k 2020 a:5,b:3,c:2 @2020-01-01",
        "cost g a a1 100 year=2020 @2020-02-01",
        "cost g a a2 100 @2021-02-01",
        "schedule g 2021:2/3,2022:1/3,2023:0 @2020-03-19",
    ])
}

fn ask(book: &Book, query: &PhaseOutQuery) -> PhaseOut {
    let projection = projection(book);
    phase_out(&projection, head(&projection, "2024-01-01"), query)
}

/// `2020 1 50.00` a year: degree and benefit, with `*` when simulated and the adopted benefit after a slash.
fn told(report: &PhaseOut) -> String {
    let year = |year: &ledger_contract::report::PhaseOutYear| {
        let degree = year
            .degree
            .as_ref()
            .map_or("?".into(), |degree| degree.0.to_string());
        let adopted = year
            .adopted
            .as_ref()
            .map(|adopted| format!("/{}", text(adopted.benefit.as_ref())));
        let benefit = text(year.figures.benefit.as_ref());
        let mark = if year.simulated { "*" } else { "" };
        format!(
            "{}{mark} {degree} {benefit}{}",
            year.year,
            adopted.unwrap_or_default()
        )
    };
    report.years.iter().map(year).collect::<Vec<_>>().join(", ")
}

fn of_a() -> PhaseOutQuery {
    PhaseOutQuery {
        municipality: Some(municipality("a")),
        ..PhaseOutQuery::default()
    }
}

#[test]
fn the_benefit_ends_with_the_degree() {
    let report = ask(&region(), &of_a());
    assert_eq!(
        told(&report),
        "2020 1 50.00, 2021 2/3 33.33, 2022 1/3 0.00, 2023 0 0.00"
    );
    assert_eq!(report.simulation, None);
    assert_eq!(report.years[0].municipalities.len(), 1);

    let whole = ask(&region(), &PhaseOutQuery::default());
    assert_eq!(
        told(&whole),
        "2020 1 0.00, 2021 2/3 0.00, 2022 1/3 0.00, 2023 0 0.00"
    );
    assert_eq!(whole.years[0].figures.actual_cost.0.to_string(), "100.00");
    assert_eq!(whole.years[0].municipalities.len(), 3);
}

#[test]
fn years_without_costs_are_simulated_on_request_and_say_so() {
    let query = PhaseOutQuery {
        assume_costs_of: Some(2021),
        ..of_a()
    };
    let report = ask(&region(), &query);
    assert_eq!(
        told(&report),
        "2020 1 50.00, 2021 2/3 33.33, 2022* 1/3 16.67, 2023* 0 0.00"
    );
    let simulation = report.simulation.expect("a simulation");
    assert_eq!(
        simulation.statement,
        "This is a simulation, and nothing of it is recorded: the costs of 2021 stand in where a group has none, with \
         that year's key where there is none."
    );
    assert_eq!(simulation.assume_costs_of, Some(2021));
}

#[test]
fn a_hypothetical_schedule_is_held_against_the_adopted_one() {
    let steps = [(2021, (1, 2)), (2024, (0, 1))];
    let steps = steps.map(|(year, (above, below))| (year, Fraction::new(above, below).expect("a fraction")));
    let query = PhaseOutQuery {
        assume_costs_of: Some(2021),
        schedule: Some(steps.into()),
        ..of_a()
    };
    let report = ask(&region(), &query);
    assert_eq!(
        told(&report),
        "2020* 1 50.00/50.00, 2021* 1/2 25.00/33.33, 2022* 1/2 25.00/16.67, 2023* 1/2 25.00/0.00, 2024* 0 0.00/0.00"
    );
    let year = &report.years[2];
    let adopted = year.groups[0]
        .adopted_degree
        .as_ref()
        .map(|degree| degree.0.to_string());
    assert_eq!(adopted.as_deref(), Some("1/3"));
    let row = &year.municipalities[0];
    assert_eq!(
        text(row.adopted.as_ref().and_then(|adopted| adopted.benefit.as_ref())),
        "16.67"
    );
    let simulation = report.simulation.expect("a simulation");
    assert!(
        simulation
            .statement
            .contains("a hypothetical schedule: 1/2 from 2021, 0 from 2024"),
        "{simulation:?}"
    );
    assert_eq!(simulation.schedule.expect("a schedule").len(), 2);
}

#[test]
fn costs_that_stand_in_pass_to_the_successor() {
    let mut book = region();
    book.tell("merge a d 2022-01-01");
    book.tell("key k 2022 b:3,c:2,d:5 @2021-12-01");
    let query = PhaseOutQuery {
        municipality: Some(municipality("d")),
        assume_costs_of: Some(2021),
        ..PhaseOutQuery::default()
    };
    assert_eq!(told(&ask(&book, &query)), "2022* 1/3 16.67, 2023* 0 0.00");
    assert_eq!(told(&ask(&book, &of_a())), "2020 1 50.00, 2021 2/3 33.33");
}

#[test]
fn groups_with_other_degrees_have_none_in_common() {
    let mut book = region();
    book.tell("group h missing");
    book.tell("cost h b b1 10");
    let report = ask(&book, &of_a());
    assert_eq!(
        told(&report),
        "2020 1 50.00, 2021 ? null, 2022 ? 0.00, 2023 ? 0.00"
    );
    let groups: Vec<String> = report.years[1]
        .groups
        .iter()
        .map(|group| format!("{} {} {}", group.group.0, group.degree.0, group.flags.len()))
        .collect();
    assert_eq!(groups, ["g 2/3 0", "h 1 1"]);
}
