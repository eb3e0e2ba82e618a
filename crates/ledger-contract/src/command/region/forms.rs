//! The forms of values that only regions have: maps by municipality, schedules, lists of codes and years.

use std::collections::{BTreeMap, BTreeSet};

use ledger_domain::{Date, Fraction, Money, Municipality, Year, region::Weight};
use serde_json::{Value, json};

use crate::{
    command::{
        Fault, Fields,
        compound::nested,
        fields::{fault, within},
        form::{DATE, Form, MUNICIPALITY, POSITIVE, SHARE, YEAR, misplaced, text},
        json::{Entry, Node},
        schema,
    },
    value::{parse_municipality, parse_weight, quoted},
};

/// More than there are municipalities, and a map of as many weights or amounts still fits a leaf.
const MUNICIPALITIES_MAX: usize = 1_000;
const YEARS_MAX: usize = 100;

pub(super) const FIRST_OF_JANUARY: Form<Date> = Form {
    read: |node| {
        let date = (DATE.read)(node)?;
        match date.ymd() {
            (_, 1, 1) => Ok(date),
            _ => Err(fault(format!(
                "{date} is no 1 January, on which municipalities join and merge."
            ))),
        }
    },
    schema: || {
        let mut schema = schema::text("a 1 January", "^(19|2[0-9])[0-9]{2}-01-01$", "2019-01-01");
        schema["format"] = json!("date");
        schema
    },
};

const WEIGHT: Form<Weight> = Form {
    read: |node| text(node, parse_weight),
    schema: || {
        schema::text(
            "a weight: at most 9 digits and 6 decimals",
            r"^(0|[1-9][0-9]{0,8})(\.[0-9]{1,6})?$",
            "44735",
        )
    },
};

pub(super) const WEIGHTS: Form<BTreeMap<Municipality, Weight>> = Form {
    read: |node| {
        let weights = by_municipality(node, &WEIGHT)?;
        if weights.values().all(|weight| weight.is_zero()) {
            return Err(fault("No weight is above zero.".to_owned()));
        }
        Ok(weights)
    },
    schema: || by_municipality_schema("each member's weight", &WEIGHT),
};

pub(super) const AMOUNTS: Form<BTreeMap<Municipality, Money>> = Form {
    read: |node| by_municipality(node, &POSITIVE),
    schema: || by_municipality_schema("amounts by municipality", &POSITIVE),
};

fn by_municipality_schema<T>(description: &str, form: &Form<T>) -> Value {
    let value = (form.schema)();
    let example = value["examples"][0].clone();
    json!({ "type": "object", "maxProperties": MUNICIPALITIES_MAX, "propertyNames": { "pattern": "^GM[0-9]{4}$" },
        "additionalProperties": value, "examples": [{ "GM0642": example }], "description": description })
}

fn by_municipality<T>(node: &Node<'_>, form: &Form<T>) -> Result<BTreeMap<Municipality, T>, Vec<Fault>> {
    let entries = match node {
        Node::Object(entries) => entries,
        other => return Err(misplaced(other, "An object by municipality belongs")),
    };
    if entries.len() > MUNICIPALITIES_MAX {
        return Err(fault(format!(
            "{} municipalities stand where at most {MUNICIPALITIES_MAX} belong.",
            entries.len()
        )));
    }
    let (mut values, mut faults) = (BTreeMap::new(), Vec::new());
    for Entry { key, node, .. } in entries {
        match (parse_municipality(key), (form.read)(node)) {
            (Ok(code), Ok(value)) => {
                if values.insert(code, value).is_some() {
                    let twice = format!("{} stands there more than once.", quoted(key));
                    faults.extend(within(key, fault(twice)));
                }
            }
            (Err(detail), _) => faults.extend(within(key, fault(format!("{detail}.")))),
            (_, Err(more)) => faults.extend(within(key, more)),
        }
    }
    if faults.is_empty() {
        Ok(values)
    } else {
        Err(faults)
    }
}

pub(super) const MUNICIPALITIES: Form<Vec<Municipality>> = Form {
    read: |node| each_once(node, &MUNICIPALITY, MUNICIPALITIES_MAX),
    schema: || {
        let mut municipality = (MUNICIPALITY.schema)();
        municipality["examples"] = json!(["GM0689"]);
        list_schema("municipalities, each once", &municipality, MUNICIPALITIES_MAX)
    },
};

pub(super) const YEARS: Form<Vec<Year>> = Form {
    read: |node| each_once(node, &YEAR, YEARS_MAX),
    schema: || {
        let mut year = (YEAR.schema)();
        year["examples"] = json!([2019]);
        list_schema("years, each once", &year, YEARS_MAX)
    },
};

pub(super) const STEPS: Form<BTreeMap<Year, Fraction>> = Form {
    read: |node| {
        let steps = list(node, |node| nested(node, step), YEARS_MAX)?;
        let (mut by_year, mut faults) = (BTreeMap::new(), Vec::new());
        for (index, (year, degree)) in steps.into_iter().enumerate() {
            if by_year.insert(year, degree).is_some() {
                let twice = fault(format!("{year} has a step more than once."));
                faults.extend(within(&index.to_string(), within("year", twice)));
            }
        }
        if faults.is_empty() {
            Ok(by_year)
        } else {
            Err(faults)
        }
    },
    schema: || {
        let item = schema::object("the degree of solidarity from a year on", step);
        list_schema("steps, each year once", &item, YEARS_MAX)
    },
};

fn step(fields: &mut Fields<'_>) -> Option<(Year, Fraction)> {
    let year = fields.required("year", &YEAR);
    let degree = fields.required("degree", &SHARE);
    year.zip(degree)
}

fn list_schema(description: &str, item: &Value, items_max: usize) -> Value {
    json!({ "type": "array", "minItems": 1, "maxItems": items_max, "items": item, "description": description })
}

fn each_once<T: Copy + Ord + std::fmt::Display>(
    node: &Node<'_>,
    form: &Form<T>,
    items_max: usize,
) -> Result<Vec<T>, Vec<Fault>> {
    let items = list(node, form.read, items_max)?;
    let (mut seen, mut faults) = (BTreeSet::new(), Vec::new());
    for (index, item) in items.iter().enumerate() {
        if !seen.insert(*item) {
            faults.extend(within(
                &index.to_string(),
                fault(format!("{item} stands there more than once.")),
            ));
        }
    }
    if faults.is_empty() { Ok(items) } else { Err(faults) }
}

fn list<T>(
    node: &Node<'_>,
    read: impl Fn(&Node<'_>) -> Result<T, Vec<Fault>>,
    items_max: usize,
) -> Result<Vec<T>, Vec<Fault>> {
    let nodes = match node {
        Node::List(nodes) => nodes,
        other => return Err(misplaced(other, "An array belongs")),
    };
    if nodes.is_empty() || nodes.len() > items_max {
        return Err(fault(format!(
            "{} items stand where 1 to {items_max} belong.",
            nodes.len()
        )));
    }
    let (mut items, mut faults) = (Vec::with_capacity(nodes.len()), Vec::new());
    for (index, node) in nodes.iter().enumerate() {
        match read(node) {
            Ok(item) => items.push(item),
            Err(more) => faults.extend(within(&index.to_string(), more)),
        }
    }
    if faults.is_empty() { Ok(items) } else { Err(faults) }
}
