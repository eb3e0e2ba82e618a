//! Every report of a question, figure by figure, as the model has it.

use std::collections::{BTreeMap, BTreeSet};

use ledger_testkit::Scenario;
use serde_json::Value;

use crate::{
    expected::{of_programme, of_region},
    ledger::Model,
    money::{fraction, known, written},
    programme::OWN,
    questions::Question,
};

/// Figures by their place in a report; an absent one is no figure of the other side either.
pub(crate) type Figures = BTreeMap<String, Option<i128>>;

pub(crate) const COLUMNS: [&str; 6] = [
    "allocated",
    "transferredIn",
    "transferredOut",
    "carriedIn",
    "carriedOut",
    "released",
];
pub(crate) const SHARES: [&str; 6] = [
    "actualCost",
    "jointShare",
    "fullSolidarityShare",
    "costShare",
    "benefit",
    "budgetedShare",
];

/// Asks the ledger and the model; returns how many figures were the same.
pub(crate) fn compare(ledger: &Scenario, model: &Model, question: &Question) -> usize {
    let mut figures = 0;
    for (id, programme) in &model.programmes {
        let programme = question
            .position
            .map_or(Some(programme.clone()), |at| programme.known_at(at));
        let asked = question.of_programme(ledger, id);
        let Some(programme) = programme else {
            assert!(asked.is_none(), "{id} was not known: {question:?}");
            continue;
        };
        let [position, underspend, funding] = asked.unwrap_or_else(|| panic!("{id}: {question:?}"));
        let expected = of_programme(&programme, question);
        let mut found = Figures::new();
        read_position(&position, &mut found);
        read_underspend(&underspend, &mut found);
        read_funding(&funding, &mut found);
        figures += same(&expected, &found, &format!("{id} {question:?}"));
    }
    for (id, (at, region)) in &model.regions {
        let asked = question.of_region(ledger, id, region);
        if question.position.is_some_and(|position| *at >= position) {
            assert!(asked.is_none(), "{id} was not known: {question:?}");
            continue;
        }
        let region = question
            .position
            .map_or(region.clone(), |position| region.known_at(position));
        let asked = asked.unwrap_or_else(|| panic!("{id}: {question:?}"));
        let mut found = Figures::new();
        read_shares(&asked.shares, &mut found);
        read_phase_out(&asked.phase_out, &mut found);
        asked
            .settlements
            .iter()
            .for_each(|settlement| read_settlement(settlement, &mut found));
        let expected = of_region(&region, question, &asked.phase_out);
        figures += same(&expected, &found, &format!("{id} {question:?}"));
    }
    figures
}

fn same(expected: &Figures, found: &Figures, place: &str) -> usize {
    let names: BTreeSet<&String> = expected.keys().chain(found.keys()).collect();
    let shown = |figure: Option<&Option<i128>>| match figure {
        None => "absent".to_owned(),
        Some(None) => "null".to_owned(),
        Some(Some(cents)) => written(*cents),
    };
    let differ = names
        .iter()
        .filter(|name| expected.get(**name) != found.get(**name));
    let differ: Vec<String> = differ
        .map(|name| {
            format!(
                "{name}: {} instead of {}",
                shown(found.get(*name)),
                shown(expected.get(*name))
            )
        })
        .collect();
    assert!(differ.is_empty(), "{place}\n{}", differ.join("\n"));
    names.len()
}

pub(crate) fn list<'a>(value: &'a Value, name: &str) -> impl Iterator<Item = &'a Value> {
    value[name].as_array().unwrap().iter()
}

fn name<'a>(value: &'a Value, name: &str) -> &'a str {
    value[name].as_str().unwrap()
}

fn read_position(report: &Value, into: &mut Figures) {
    let mut take = |place: String, from: &Value, names: &[&str]| {
        for name in names {
            into.insert(format!("{place}/{name}"), known(&from[*name]));
        }
    };
    let rest = [
        "budget",
        "grossBudget",
        "spentOwn",
        "spentTotal",
        "committedOwn",
        "remaining",
        "available",
        "underspend",
        "overspend",
    ];
    let all: Vec<&str> = COLUMNS.into_iter().chain(rest).collect();
    take("position".to_owned(), report, &["authorised", "unallocated"]);
    let mut any = false;
    for project in list(report, "projects") {
        any = true;
        let place = format!("position/{}", name(project, "project"));
        take(place.clone(), project, &all);
        for funder in list(project, "cofinancing") {
            let figures = [
                "expected",
                "pledged",
                "reserved",
                "received",
                "charged",
                "receivable",
                "receivedInAdvance",
            ];
            take(format!("{place}/{}", name(funder, "funder")), funder, &figures);
        }
    }
    let totals: &[&str] = if any { &all } else { &["remaining", "available"] };
    take("position/totals".to_owned(), &report["totals"], totals);
}

fn read_underspend(report: &Value, into: &mut Figures) {
    for project in list(report, "projects") {
        for (figure, name_there) in [
            ("budget", "budget"),
            ("spentOwn", "spentOwn"),
            ("underspend", "underspend"),
            ("overspend", "overspend"),
            ("carriedOver", "carriedOut"),
            ("released", "released"),
            ("forecastAtEnd", "forecastAtEnd"),
        ] {
            let place = format!("underspend/{}/{name_there}", name(project, "project"));
            into.insert(place, known(&project[figure]));
        }
    }
    let total = known(&report["totals"]["forecastAtEnd"]);
    into.insert("underspend/totals/forecastAtEnd".to_owned(), total);
}

fn read_funding(report: &Value, into: &mut Figures) {
    for source in list(report, "sources") {
        let of = name(source, "source");
        for project in list(source, "projects") {
            for figure in ["spent", "received", "receivable"] {
                if of != OWN || figure == "spent" {
                    let place = format!("funding/{of}/{}/{figure}", name(project, "project"));
                    into.insert(place, known(&project[figure]));
                }
            }
        }
    }
}

fn read_shares(report: &Value, into: &mut Figures) {
    for group in list(report, "groups") {
        let place = format!("shares/{}", name(group, "group"));
        let (above, below) = fraction(name(group, "degree"));
        into.insert(format!("{place}/total"), known(&group["total"]));
        into.insert(
            format!("{place}/flags"),
            Some(i128::from(list(group, "flags").count() == 1)),
        );
        into.insert(format!("{place}/degree"), Some(above * 1_000_000_000_000 / below));
        for row in list(group, "municipalities") {
            for figure in SHARES {
                into.insert(
                    format!("{place}/{}/{figure}", name(row, "municipality")),
                    known(&row[figure]),
                );
            }
        }
    }
    for row in list(report, "municipalities") {
        for figure in SHARES.into_iter().chain(["advances", "settled", "balance"]) {
            into.insert(
                format!("shares/{}/{figure}", name(row, "municipality")),
                known(&row[figure]),
            );
        }
    }
}

fn read_phase_out(report: &Value, into: &mut Figures) {
    // Without a cost group there is nothing to sum.
    for year in list(report, "years").filter(|year| list(year, "groups").next().is_some()) {
        for row in list(year, "municipalities") {
            for figure in ["actualCost", "costShare", "benefit"] {
                let place = format!(
                    "phase-out/{}/{}/{figure}",
                    year["year"],
                    name(row, "municipality")
                );
                into.insert(place, known(&row[figure]));
            }
        }
    }
}

fn read_settlement(report: &Value, into: &mut Figures) {
    let id = name(report, "settlement");
    for line in list(report, "lines") {
        for figure in ["costShare", "advances", "settled", "amount"] {
            into.insert(
                format!("settlement/{id}/{}/{figure}", name(line, "municipality")),
                known(&line[figure]),
            );
        }
    }
    into.insert(
        format!("settlement/{id}/year"),
        report["year"].as_i64().map(i128::from),
    );
}
