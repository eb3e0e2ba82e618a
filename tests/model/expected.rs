//! Every figure of every report as the model has it, by its place in the report.

use std::collections::{BTreeMap, BTreeSet};

use serde_json::Value;

use crate::{
    programme::{Forecast, OWN, Posting, Programme},
    questions::Question,
    region::Region,
    reports::{COLUMNS, Figures, SHARES, list},
};

impl Programme {
    /// What was known when the log had so many events; none before it was established.
    pub(crate) fn known_at(&self, position: u64) -> Option<Self> {
        let mut then = self.clone();
        then.authorised.retain(|(at, ..)| *at < position);
        then.projects.retain(|project| project.at < position);
        then.postings.retain(|posting| posting.at < position);
        then.forecasts.retain(|forecast| forecast.at < position);
        (!then.authorised.is_empty()).then_some(then)
    }
}

pub(crate) fn of_programme(programme: &Programme, question: &Question) -> Figures {
    let mut figures = Figures::new();
    let booked = |p: &&Posting| p.date <= question.as_of;
    let asked = |p: &&Posting| question.year.is_none() || p.year == question.year;
    let (mut totals, mut own_sum, mut forecasts) = (BTreeMap::<String, i128>::new(), 0, Some(0));
    let mut any = false;
    for project in &programme.projects {
        let all: Vec<&Posting> = programme
            .postings
            .iter()
            .filter(|p| p.project == project.id)
            .filter(booked)
            .collect();
        if project.date > question.as_of && all.is_empty() {
            continue;
        }
        any = true;
        let postings: Vec<&Posting> = all.into_iter().filter(asked).collect();
        let sum = |source: Option<&str>, column: &str| -> i128 {
            let counts = |p: &&&Posting| p.column == column && source.is_none_or(|source| p.source == source);
            postings.iter().filter(counts).map(|p| p.amount).sum()
        };
        let mut row: BTreeMap<String, i128> =
            COLUMNS.map(|name| (name.to_owned(), sum(Some(OWN), name))).into();
        let budget = row["allocated"] + row["transferredIn"] - row["transferredOut"] + row["carriedIn"]
            - row["carriedOut"]
            - row["released"];
        let (spent_own, committed) = (sum(Some(OWN), "spent"), sum(Some(OWN), "committed"));
        for (name, amount) in [
            ("budget", budget),
            ("grossBudget", budget + sum(None, "pledged")),
            ("spentOwn", spent_own),
            ("spentTotal", sum(None, "spent")),
            ("committedOwn", committed),
            ("remaining", budget - spent_own),
            ("available", budget - spent_own - committed),
            ("underspend", (budget - spent_own).max(0)),
            ("overspend", (spent_own - budget).max(0)),
        ] {
            row.insert(name.to_owned(), amount);
        }
        own_sum += budget;
        for (name, amount) in &row {
            *totals.entry(name.clone()).or_default() += amount;
            figures.insert(format!("position/{}/{name}", project.id), Some(*amount));
        }
        for name in [
            "budget",
            "spentOwn",
            "underspend",
            "overspend",
            "carriedOut",
            "released",
        ] {
            figures.insert(format!("underspend/{}/{name}", project.id), Some(row[name]));
        }
        let forecast = forecast(programme, Some(&project.id), project.ends_on.as_deref(), question);
        forecasts = forecasts.zip(forecast).map(|(sum, next)| sum + next);
        figures.insert(format!("underspend/{}/forecastAtEnd", project.id), forecast);
        figures.insert(format!("funding/{OWN}/{}/spent", project.id), Some(spent_own));
        let sources: BTreeSet<&str> = postings
            .iter()
            .map(|p| p.source.as_str())
            .filter(|source| *source != OWN)
            .collect();
        for source in sources {
            let [expected, pledged, reserved, received, charged] =
                ["expected", "pledged", "committed", "received", "spent"]
                    .map(|column| sum(Some(source), column));
            for (name, amount) in [
                ("expected", expected),
                ("pledged", pledged),
                ("reserved", reserved),
                ("received", received),
                ("charged", charged),
                ("receivable", (charged - received).max(0)),
                ("receivedInAdvance", (received - charged).max(0)),
            ] {
                figures.insert(format!("position/{}/{source}/{name}", project.id), Some(amount));
            }
            for (name, amount) in [
                ("spent", charged),
                ("received", received),
                ("receivable", (charged - received).max(0)),
            ] {
                figures.insert(format!("funding/{source}/{}/{name}", project.id), Some(amount));
            }
        }
    }
    let authorised: i128 = programme
        .authorised
        .iter()
        .filter(|(_, date, _)| *date <= question.as_of)
        .map(|a| a.2)
        .sum();
    let (mut whole, mut unallocated) = (None, 0);
    if question.year.is_none() {
        unallocated = authorised - own_sum;
        whole = Some(authorised);
    }
    figures.insert("position/authorised".to_owned(), whole);
    figures.insert("position/unallocated".to_owned(), whole.map(|_| unallocated));
    for name in ["remaining", "available"] {
        *totals.entry(name.to_owned()).or_default() += unallocated;
    }
    for (name, amount) in totals {
        figures.insert(format!("position/totals/{name}"), Some(amount));
    }
    let forecast = forecast(programme, None, Some(&programme.ends_on), question);
    figures.insert(
        "underspend/totals/forecastAtEnd".to_owned(),
        forecast.or(forecasts.filter(|_| any)),
    );
    figures
}

/// The forecast that reaches furthest, at least to the end; of equals the one booked last, of those the last recorded.
fn forecast(
    programme: &Programme,
    of: Option<&str>,
    ends_on: Option<&str>,
    question: &Question,
) -> Option<i128> {
    let counts = |f: &&Forecast| {
        f.project.as_deref() == of
            && f.date <= question.as_of
            && ends_on.is_none_or(|ends_on| f.through.as_str() >= ends_on)
    };
    let all = programme
        .forecasts
        .iter()
        .filter(counts)
        .filter(|_| question.year.is_none());
    all.max_by_key(|f| (f.through.clone(), f.date.clone()))
        .map(|f| f.amount)
}

pub(crate) fn of_region(region: &Region, question: &Question, phase_out: &Value) -> Figures {
    let mut figures = Figures::new();
    let statement = region.statement(question.region_year, &question.as_of);
    for group in statement.groups.iter().filter(|group| group.listed) {
        figures.insert(format!("shares/{}/total", group.id), Some(group.total));
        figures.insert(
            format!("shares/{}/flags", group.id),
            Some(group.key_missing.into()),
        );
        let (above, below) = group.degree;
        figures.insert(
            format!("shares/{}/degree", group.id),
            Some(above * 1_000_000_000_000 / below),
        );
        for (code, row) in &group.rows {
            for (name, figure) in SHARES.iter().zip(row) {
                figures.insert(format!("shares/{}/{code}/{name}", group.id), *figure);
            }
        }
    }
    for (code, (row, advances, settled, balance)) in &statement.lines {
        for (name, figure) in SHARES.iter().zip(row) {
            figures.insert(format!("shares/{code}/{name}"), *figure);
        }
        figures.insert(format!("shares/{code}/advances"), Some(*advances));
        figures.insert(format!("shares/{code}/settled"), Some(*settled));
        figures.insert(format!("shares/{code}/balance"), *balance);
    }
    for year in list(phase_out, "years").filter_map(|year| year["year"].as_u64()) {
        let statement = region.statement(year, &question.as_of);
        for (code, row) in statement.groups.iter().flat_map(|group| &group.rows) {
            for (name, at) in [("actualCost", 0), ("costShare", 3), ("benefit", 4)] {
                let sum = figures
                    .entry(format!("phase-out/{year}/{code}/{name}"))
                    .or_insert(Some(0));
                *sum = sum.zip(row[at]).map(|(sum, figure)| sum + figure);
            }
        }
    }
    for settlement in region.settlements.iter().filter(|s| s.date <= question.as_of) {
        for (code, line) in &settlement.lines {
            for (name, amount) in ["costShare", "advances", "settled", "amount"].iter().zip(line) {
                figures.insert(
                    format!("settlement/{}/{code}/{name}", settlement.id),
                    Some(*amount),
                );
            }
        }
        figures.insert(
            format!("settlement/{}/year", settlement.id),
            Some(settlement.year.into()),
        );
    }
    figures
}
