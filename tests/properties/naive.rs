//! Budget positions by brute force from the events' own JSON: no sums kept, no code shared with the product.

use std::collections::BTreeMap;

use ledger_contract::event::Event;
use ledger_domain::Date;
use serde_json::Value;

use crate::cents;

/// Per project its figures, and per funder `NAME/FIGURE`; zeros are left out.
pub(crate) type Figures = BTreeMap<String, BTreeMap<String, i128>>;

const FIGURES: [&str; 10] = [
    "allocated",
    "transferredIn",
    "transferredOut",
    "carriedIn",
    "carriedOut",
    "released",
    "spentOwn",
    "spentTotal",
    "committedOwn",
    "budget",
];
const FUNDING: [&str; 5] = ["expected", "pledged", "reserved", "received", "charged"];

/// The same figures out of a report.
pub(crate) fn of_report(report: &Value) -> Figures {
    let mut all = Figures::new();
    for project in report["projects"].as_array().unwrap() {
        let figures = all
            .entry(project["project"].as_str().unwrap().to_owned())
            .or_default();
        for name in FIGURES {
            figures.insert(name.to_owned(), cents(&project[name]));
        }
        for funder in project["cofinancing"].as_array().unwrap() {
            for name in FUNDING {
                figures.insert(
                    format!("{}/{name}", funder["funder"].as_str().unwrap()),
                    cents(&funder[name]),
                );
            }
        }
        figures.retain(|_, amount| *amount != 0);
    }
    all
}

pub(crate) fn budget_position(events: &[Event], as_of: Date, year: Option<u16>) -> Figures {
    let mut all = Figures::new();
    for event in events.iter().filter(|event| event.booking_date <= as_of) {
        let data = serde_json::to_value(&event.data).unwrap();
        if event.data.type_name() == "projectOpened" {
            all.entry(text(&data["project"])).or_default();
        }
    }
    let mut add = |project: &Value, figure: String, amount: i128| {
        // Also on a project that is opened later: what is booked by the date counts.
        *all.entry(text(project)).or_default().entry(figure).or_default() += amount;
    };
    for event in events.iter().filter(|event| event.booking_date <= as_of) {
        let data = serde_json::to_value(&event.data).unwrap();
        let bound = |to: &Value| year.is_none_or(|year| to.as_u64() == Some(year.into()));
        let project = &data["project"];
        let mut commit = |charges: &Value, of: &Value, sign: i128| {
            for charge in charges.as_array().unwrap().iter().filter(|_| bound(of)) {
                let figure = match charge["source"].as_str().unwrap() {
                    "programme" => "committedOwn".to_owned(),
                    funder => format!("{funder}/reserved"),
                };
                add(project, figure, sign * cents(&charge["amount"]));
            }
        };
        match event.data.type_name() {
            "commitmentEntered" | "commitmentRaised" => commit(&data["charges"], &data["year"], 1),
            "commitmentReleased" => commit(&data["charges"], &data["year"], -1),
            "expenditurePosted" if !data["drawnDown"].is_null() => {
                commit(&data["drawnDown"]["charges"], &data["drawnDown"]["year"], -1);
            }
            "expenditureCorrected" | "expenditureReversed" if !data["givenBack"].is_null() => {
                commit(&data["givenBack"]["charges"], &data["givenBack"]["year"], 1);
            }
            _ => {}
        }
        match event.data.type_name() {
            "budgetAllocated" if bound(&data["year"]) => {
                add(project, "allocated".to_owned(), cents(&data["amount"]));
            }
            "budgetTransferred" if bound(&data["year"]) => {
                add(
                    &data["fromProject"],
                    "transferredOut".to_owned(),
                    cents(&data["amount"]),
                );
                add(
                    &data["toProject"],
                    "transferredIn".to_owned(),
                    cents(&data["amount"]),
                );
            }
            "budgetCarriedOver" => {
                for (of, sign, own) in [("fromYear", -1, "carriedOut"), ("toYear", 1, "carriedIn")] {
                    if bound(&data[of]) {
                        match data["funder"].as_str() {
                            None => add(project, own.to_owned(), cents(&data["amount"])),
                            Some(funder) => add(
                                project,
                                format!("{funder}/pledged"),
                                sign * cents(&data["amount"]),
                            ),
                        }
                    }
                }
            }
            "projectClosed" => {
                for released in data["released"]
                    .as_array()
                    .unwrap()
                    .iter()
                    .filter(|part| bound(&part["year"]))
                {
                    add(project, "released".to_owned(), cents(&released["amount"]));
                }
            }
            "expenditurePosted" | "expenditureCorrected" | "expenditureReversed" if bound(&data["year"]) => {
                for charge in data["charges"].as_array().unwrap() {
                    let amount = cents(&charge["amount"]);
                    add(project, "spentTotal".to_owned(), amount);
                    match charge["source"].as_str().unwrap() {
                        "programme" => add(project, "spentOwn".to_owned(), amount),
                        funder => add(project, format!("{funder}/charged"), amount),
                    }
                }
            }
            "cofinancingExpected" | "cofinancingPledged" if bound(&data["year"]) => {
                let name = &event.data.type_name()["cofinancing".len()..].to_lowercase();
                add(
                    project,
                    format!("{}/{name}", text(&data["funder"])),
                    cents(&data["amount"]),
                );
            }
            "cofinancingReceived" if year.is_none_or(|year| year == event.booking_date.year()) => {
                add(
                    project,
                    format!("{}/received", text(&data["funder"])),
                    cents(&data["amount"]),
                );
            }
            _ => {}
        }
    }
    for figures in all.values_mut() {
        let of = |name: &str| figures.get(name).copied().unwrap_or(0);
        let budget = of("allocated") + of("transferredIn") - of("transferredOut") + of("carriedIn")
            - of("carriedOut")
            - of("released");
        figures.insert("budget".to_owned(), budget);
        figures.retain(|_, amount| *amount != 0);
    }
    all
}

fn text(value: &Value) -> String {
    value.as_str().unwrap().to_owned()
}
