//! The shape of a phase-out: how solidarity ends, year by year, as recorded or as a simulation.

use serde_json::{Value, json};

use super::{
    region_reports::{degree, flags, group, head, municipality, year},
    reports::{money, money_or_null},
    schemas::{list, object, of, or_null, text},
};

/// The report and what it is made of, by name.
pub(crate) fn schemas() -> [(&'static str, Value); 7] {
    let figures = vec![
        money("actualCost", "Own use"),
        money_or_null("costShare", "The share; null when a key is missing"),
        money_or_null("benefit", "Positive: the others pay along"),
    ];
    let adopted = (
        "adopted",
        "What the adopted schedules give; null without a hypothetical one",
        or_null(of("PhaseOutFigures")),
    );
    let report = [
        head(),
        vec![
            (
                "municipality",
                "As asked; null for the whole region",
                or_null(of("Municipality")),
            ),
            (
                "simulation",
                "What is assumed; null when every figure is from what is recorded",
                or_null(of("Simulation")),
            ),
            (
                "years",
                "From the first year with costs or a step to the last",
                list("PhaseOutYear"),
            ),
        ],
    ]
    .concat();
    let simulation = [
        (
            "statement",
            "One sentence for people that says that it is a simulation",
            text(),
        ),
        (
            "assumeCostsOf",
            "The year whose costs stand in where a group has none",
            or_null(of("Year")),
        ),
        (
            "schedule",
            "The schedule that stands in for every adopted one",
            or_null(list("ScheduleStep")),
        ),
    ];
    let of_year = [
        vec![
            year(),
            (
                "simulated",
                "Whether something in it is assumed",
                json!({ "type": "boolean" }),
            ),
            (
                "degree",
                "That of all groups; null when they differ",
                or_null(of("Fraction")),
            ),
        ],
        figures.clone(),
        vec![
            adopted.clone(),
            ("groups", "In the order of definition", list("GroupDegree")),
            (
                "municipalities",
                "The year's members, by code: all, or the one that was asked",
                list("PhaseOutShare"),
            ),
        ],
    ]
    .concat();
    let of_group = [
        group(),
        degree(),
        (
            "adoptedDegree",
            "That of the adopted schedule; null without a hypothetical one",
            or_null(of("Fraction")),
        ),
        flags(),
    ];
    let share = [municipality(), figures.clone(), vec![adopted]].concat();
    [
        ("PhaseOut", object("How solidarity ends, year by year", &report)),
        (
            "Simulation",
            object(
                "What a simulation assumes; nothing of it is recorded",
                &simulation,
            ),
        ),
        (
            "ScheduleStep",
            object("A step of a phase-out schedule", &[year(), degree()]),
        ),
        ("PhaseOutYear", object("One year", &of_year)),
        ("PhaseOutFigures", object("The figures of a year", &figures)),
        (
            "GroupDegree",
            object("The degree of one group in one year", &of_group),
        ),
        ("PhaseOutShare", object("A municipality in one year", &share)),
    ]
}
