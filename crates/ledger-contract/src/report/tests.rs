//! Field names and their order, as the contract has them.

mod region;

use ledger_domain::{Date, Id, Money};
use serde::de::DeserializeOwned;

use super::*;
use crate::value::{Cents, Instant};

/// Writes a report, compares its field names in order, and reads it back.
fn check<T: Serialize + DeserializeOwned + PartialEq + std::fmt::Debug>(report: &T, names: &str) {
    let text = serde_json::to_string(report).expect("JSON");
    let mut before_colons: Vec<&str> = text.split("\":").collect();
    before_colons.pop();
    let found: Vec<&str> = before_colons
        .iter()
        .filter_map(|part| part.rsplit('"').next())
        .collect();
    assert_eq!(
        found.join(" "),
        names.split_whitespace().collect::<Vec<_>>().join(" ")
    );
    assert_eq!(&serde_json::from_str::<T>(&text).expect("a report"), report);
}

fn cents() -> Cents {
    Cents(Money::from_cents(-5).expect("an amount"))
}

fn name(text: &str) -> Name {
    Name(Id::new(text).expect("an id"))
}

fn day() -> Day {
    Day(Date::from_epoch_days(18_992))
}

fn head() -> Head {
    Head {
        programme: name("p"),
        title: "Plan".to_owned(),
        as_of: day(),
        known_at: Some(KnownAt::Position(17)),
        log_position: 17,
        root: "00ff".repeat(16),
        year: None,
    }
}

fn figures() -> Figures {
    Figures {
        allocated: cents(),
        transferred_in: cents(),
        transferred_out: cents(),
        carried_in: cents(),
        carried_out: cents(),
        released: cents(),
        budget: cents(),
        gross_budget: cents(),
        spent_own: cents(),
        spent_total: cents(),
        committed_own: cents(),
        remaining: cents(),
        available: cents(),
        underspend: cents(),
        overspend: cents(),
    }
}

const HEAD: &str = "programme title asOf knownAt logPosition root year";
const F: &str = "allocated transferredIn transferredOut carriedIn carriedOut released budget grossBudget spentOwn \
                 spentTotal committedOwn remaining available underspend overspend";
const U: &str =
    "budget spentOwn underspend overspend forecastAtEnd forecastUnderspend carriedOver released explanation";
const EVENT: &str = "position type bookingDate recordedAt project entry amount supplier description document explanation \
                     reason";
const S: &str = "spent received receivable";

#[test]
fn budget_position_has_the_names_of_the_contract() {
    let project = ProjectPosition {
        project: name("a"),
        title: "A".to_owned(),
        theme: None,
        law: None,
        taakveld: None,
        figures: figures(),
        cofinancing: vec![Cofinancing {
            funder: name("rijk"),
            expected: cents(),
            pledged: cents(),
            reserved: cents(),
            received: cents(),
            charged: cents(),
            receivable: cents(),
            received_in_advance: cents(),
        }],
        flags: Flag::ALL.to_vec(),
        explanations: vec![FigureExplanation {
            figure: "budget".to_owned(),
            explanation: None,
            booking_date: day(),
            position: 3,
        }],
    };
    let mut report = BudgetPosition {
        head: head(),
        authorised: Some(cents()),
        unallocated: None,
        totals: figures(),
        projects: vec![project],
        groups: None,
    };
    let names = format!(
        "{HEAD} authorised unallocated totals {F} projects project title theme law taakveld {F} cofinancing funder expected \
         pledged reserved received charged receivable receivedInAdvance flags explanations figure explanation bookingDate position"
    );
    check(&report, &names);
    report.groups = Some(vec![Group {
        key: None,
        figures: figures(),
    }]);
    check(&report, &format!("{names} groups key {F}"));
}

#[test]
fn underspend_has_the_names_of_the_contract() {
    let figures = || UnderspendFigures {
        budget: cents(),
        spent_own: cents(),
        underspend: cents(),
        overspend: cents(),
        forecast_at_end: None,
        forecast_underspend: None,
        carried_over: cents(),
        released: cents(),
        explanation: None,
    };
    let report = Underspend {
        head: head(),
        totals: figures(),
        themes: vec![ThemeUnderspend {
            theme: None,
            figures: figures(),
        }],
        projects: vec![ProjectUnderspend {
            project: name("a"),
            title: "A".to_owned(),
            theme: None,
            figures: figures(),
        }],
        groups: None,
    };
    check(
        &report,
        &format!("{HEAD} totals {U} themes theme {U} projects project title theme {U}"),
    );
}

#[test]
fn funding_has_the_names_of_the_contract() {
    let figures = || FundingFigures {
        spent: cents(),
        received: cents(),
        receivable: cents(),
    };
    let report = Funding {
        head: head(),
        totals: figures(),
        sources: vec![SourceFunding {
            source: name("rijk"),
            figures: figures(),
            projects: vec![ProjectFunding {
                project: name("a"),
                title: "A".to_owned(),
                figures: figures(),
            }],
        }],
        groups: None,
    };
    check(
        &report,
        &format!("{HEAD} totals {S} sources source {S} projects project title {S}"),
    );
}

#[test]
fn flags_are_named_once() {
    for flag in Flag::ALL {
        assert_eq!(serde_json::to_value(flag).expect("JSON"), flag.as_str());
    }
}

#[test]
fn known_at_is_a_position_or_an_instant() {
    assert_eq!(KnownAt::parse("17"), Ok(KnownAt::Position(17)));
    let instant = KnownAt::parse("2022-01-15T09:30:00Z").expect("an instant");
    assert_eq!(
        serde_json::to_string(&instant).expect("JSON"),
        "\"2022-01-15T09:30:00.000000Z\""
    );
    assert_eq!(
        serde_json::from_str::<KnownAt>("17").expect("a position"),
        KnownAt::Position(17)
    );
    assert_eq!(
        KnownAt::parse("1970-01-01T00:00:00Z"),
        Ok(KnownAt::Instant(At(Instant(0))))
    );
    assert_eq!(KnownAt::parse("0"), Ok(KnownAt::Position(0)));
    assert_eq!(
        KnownAt::parse("017"),
        Err("\"017\" has zeros in front, which do not belong there".to_owned())
    );
    for text in [
        "",
        "00",
        "-1",
        "17.0",
        "99999999999999999999",
        "2022-01-15",
        "now",
    ] {
        assert!(KnownAt::parse(text).is_err(), "{text}");
    }
}

#[test]
fn an_explanation_has_the_names_of_the_contract() {
    let event = ExplainedEvent {
        position: 3,
        r#type: "expenditurePosted".to_owned(),
        booking_date: day(),
        recorded_at: At(Instant(0)),
        project: None,
        entry: None,
        amount: cents(),
        supplier: None,
        description: None,
        document: None,
        explanation: None,
        reason: None,
    };
    let mut report = Explanation {
        report: "budget-position".to_owned(),
        programme: name("p"),
        project: None,
        figure: "spentOwn".to_owned(),
        source: None,
        as_of: day(),
        known_at: None,
        log_position: 17,
        root: "00ff".repeat(16),
        year: Some(2021),
        amount: cents(),
        events: vec![event],
    };
    let (start, rest) = (
        "report programme project figure",
        "asOf knownAt logPosition root year amount events",
    );
    check(&report, &format!("{start} {rest} {EVENT}"));
    report.source = Some(name("rijk"));
    check(&report, &format!("{start} source {rest} {EVENT}"));
}

#[test]
fn the_readme_has_the_names_in_order() {
    let words = |text: &str| text.split_whitespace().collect::<Vec<_>>().join(" ");
    let readme = words(include_str!("../../README.md"));
    for names in [HEAD, F, U, S, EVENT] {
        let listed = words(names).replace(' ', ", ");
        assert!(readme.contains(&listed), "the README needs: {listed}");
    }
    for names in region::NAMES {
        let listed = words(names).replace(' ', ", ");
        assert!(readme.contains(&listed), "the README needs: {listed}");
    }
    for flag in Flag::ALL {
        assert!(readme.contains(&format!("`{}`", flag.as_str())));
    }
}
