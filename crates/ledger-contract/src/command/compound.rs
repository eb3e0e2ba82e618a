//! The forms of values that hold others: decisions, charges, tags.

use ledger_domain::{DecidedBy, Decision, Tags, programme::Charge};
use serde_json::{Value, json};

use super::{
    Fault,
    fields::{Fields, fault, within},
    form::{DATE, Form, ID, POSITIVE, SIGNED, TEXT, choice, misplaced, plain, text},
    json::{Entry, Node},
    schema,
};
use crate::value::{parse_entry_id, quoted};

const TAGS_MAX: usize = 16;
const TAG_CHARACTERS_MAX: usize = 64;
const CHARGES_MAX: usize = 64;

const DECIDED_BY: Form<DecidedBy> = Form {
    read: |node| {
        choice(
            node,
            &[
                ("council", DecidedBy::Council),
                ("executive", DecidedBy::Executive),
                ("mandate", DecidedBy::Mandate),
                ("joint-body", DecidedBy::JointBody),
            ],
        )
    },
    schema: || {
        json!({ "type": "string", "enum": ["council", "executive", "mandate", "joint-body"],
            "description": "the body that decided", "examples": ["council"] })
    },
};

pub(super) const DECISION: Form<Decision> = Form {
    read: |node| nested(node, decision),
    schema: || schema::object("who decided, when, and where it can be found", decision),
};

fn decision(fields: &mut Fields<'_>) -> Option<Decision> {
    let reference = fields.required("reference", &TEXT);
    let by = fields.required("by", &DECIDED_BY);
    let decided_on = fields.required("decidedOn", &DATE);
    Some(Decision {
        reference: reference?,
        by: by?,
        decided_on: decided_on?,
    })
}

pub(super) const CHARGES: Form<Vec<Charge>> = Form {
    read: |node| charges(node, |node| nested(node, charge)),
    schema: || {
        charges_schema(
            "who pays which part, each source once; `programme` is own money",
            charge,
        )
    },
};

pub(super) const SIGNED_CHARGES: Form<Vec<Charge>> = Form {
    read: |node| charges(node, |node| nested(node, signed_charge)),
    schema: || {
        charges_schema(
            "who pays which part of a correction, each source once",
            signed_charge,
        )
    },
};

fn charge(fields: &mut Fields<'_>) -> Option<Charge> {
    let source = fields.required("source", &ID);
    let amount = fields.required("amount", &POSITIVE);
    Some(Charge {
        source: source?,
        amount: amount?,
    })
}

fn signed_charge(fields: &mut Fields<'_>) -> Option<Charge> {
    let source = fields.required("source", &ID);
    let amount = fields.required("amount", &SIGNED);
    Some(Charge {
        source: source?,
        amount: amount?,
    })
}

fn charges_schema(description: &str, item: fn(&mut Fields<'_>) -> Option<Charge>) -> Value {
    let item = schema::object("a source and its part", item);
    json!({ "type": "array", "minItems": 1, "maxItems": CHARGES_MAX, "items": item, "description": description })
}

fn charges(
    node: &Node<'_>,
    item: fn(&Node<'_>) -> Result<Charge, Vec<Fault>>,
) -> Result<Vec<Charge>, Vec<Fault>> {
    let nodes = match node {
        Node::List(nodes) => nodes,
        other => return Err(misplaced(other, "An array of charges belongs")),
    };
    if nodes.is_empty() || nodes.len() > CHARGES_MAX {
        return Err(fault(format!(
            "{} charges stand where 1 to {CHARGES_MAX} belong.",
            nodes.len()
        )));
    }
    let (mut charges, mut faults) = (Vec::with_capacity(nodes.len()), Vec::new());
    for (index, node) in nodes.iter().enumerate() {
        match item(node) {
            Ok(charge) => {
                if charges.iter().any(|other: &Charge| other.source == charge.source) {
                    let twice = fault(format!(
                        "{} is a source more than once.",
                        quoted(charge.source.as_str())
                    ));
                    faults.extend(within(&index.to_string(), within("source", twice)));
                }
                charges.push(charge);
            }
            Err(more) => faults.extend(within(&index.to_string(), more)),
        }
    }
    if faults.is_empty() {
        Ok(charges)
    } else {
        Err(faults)
    }
}

pub(super) const TAGS: Form<Tags> = Form {
    read: tags,
    schema: || {
        let mut value = schema::free_text("a coded value, never personal", TAG_CHARACTERS_MAX, "yes");
        value.as_object_mut().map(|value| value.remove("examples"));
        json!({ "type": "object", "maxProperties": TAGS_MAX, "propertyNames": { "pattern": "^[!-~]{1,64}$" },
            "additionalProperties": value, "examples": [{ "illustrative": "yes" }],
            "description": "coded dimensions such as school or neighbourhood, never personal: they cannot be destroyed" })
    },
};

fn tags(node: &Node<'_>) -> Result<Tags, Vec<Fault>> {
    let entries = match node {
        Node::Object(entries) => entries,
        other => return Err(misplaced(other, "An object of tags belongs")),
    };
    if entries.len() > TAGS_MAX {
        return Err(fault(format!(
            "{} tags stand where at most {TAGS_MAX} belong.",
            entries.len()
        )));
    }
    let (mut tags, mut faults) = (Tags::new(), Vec::new());
    for Entry { key, node, .. } in entries {
        if parse_entry_id(key).is_err() {
            let detail = format!("{} is not a tag: 1 to 64 visible ASCII characters.", quoted(key));
            faults.extend(within(key, fault(detail)));
        }
        match text(node, |text| plain(text, TAG_CHARACTERS_MAX)) {
            Ok(value) => {
                if tags.insert(key.clone().into_owned(), value).is_some() {
                    faults.extend(within(
                        key,
                        fault(format!("{} stands there more than once.", quoted(key))),
                    ));
                }
            }
            Err(more) => faults.extend(within(key, more)),
        }
    }
    if faults.is_empty() { Ok(tags) } else { Err(faults) }
}

/// Reads an object by what is asked of it.
pub(super) fn nested<T>(node: &Node<'_>, ask: fn(&mut Fields<'_>) -> Option<T>) -> Result<T, Vec<Fault>> {
    let mut fields = Fields::of(node)?;
    let value = ask(&mut fields);
    match (value, fields.finish()) {
        (Some(value), faults) if faults.is_empty() => Ok(value),
        (_, faults) => Err(faults),
    }
}
