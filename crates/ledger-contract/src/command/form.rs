//! The forms of values in commands: how each is read, and how the schema describes it.

use std::collections::BTreeSet;

use ledger_domain::{
    Date, DecidedBy, Decision, EntryId, Fraction, Id, Money, Municipality, Tags, Year,
    programme::{Charge, OverspendPolicy},
};
use serde_json::{Value, json};

use super::{
    Fault,
    fields::{Fields, fault, within},
    json::Node,
    schema,
};
use crate::value::{
    check_year, parse_date, parse_entry_id, parse_fraction, parse_id, parse_idempotency_key, parse_money,
    parse_municipality, quoted,
};

/// One form of value. Faults point into the value; whoever holds it puts the name before.
pub(super) struct Form<T> {
    pub(super) read: fn(Node<'_>) -> Result<T, Vec<Fault>>,
    pub(super) schema: fn() -> Value,
}

/// Characters in a text that is kept for good.
const TEXT_CHARACTERS_MAX: usize = 256;
/// Characters in a text that can be destroyed.
const DETAIL_CHARACTERS_MAX: usize = 4_000;
const TAGS_MAX: usize = 16;
const TAG_CHARACTERS_MAX: usize = 64;
const CHARGES_MAX: usize = 64;
/// The largest integer that every JSON reader keeps exactly.
const INTEGER_MAX: u64 = (1 << 53) - 1;

pub(super) const ID: Form<Id> = Form {
    read: |node| text(node, parse_id),
    schema: || {
        schema::text(
            "an id",
            "^[a-z0-9][a-z0-9-]{0,63}$",
            "investeringsplan-sociaal-domein",
        )
    },
};

pub(super) const FUNDER: Form<Id> = Form {
    read: |node| {
        text(node, |text| match parse_id(text)? {
            id if id.is_programme() => {
                Err("\"programme\" is own money and no funder: name the funder.".to_owned())
            }
            id => Ok(id),
        })
    },
    schema: || {
        schema::text(
            "the id of a funder, not `programme`",
            "^(?!programme$)[a-z0-9][a-z0-9-]{0,63}$",
            "rijk",
        )
    },
};

pub(super) const ENTRY_ID: Form<EntryId> = Form {
    read: |node| text(node, parse_entry_id),
    schema: || schema::text("the client's own id of an entry", "^[!-~]{1,64}$", "F-2021-0042"),
};

pub(super) const IDEMPOTENCY_KEY: Form<String> = Form {
    read: |node| text(node, parse_idempotency_key),
    schema: || {
        schema::text(
            "a key unique in the ledger: the same command again returns the first outcome",
            "^[!-~]{1,128}$",
            "import-2021-12-0042",
        )
    },
};

pub(super) const MUNICIPALITY: Form<Municipality> = Form {
    read: |node| text(node, parse_municipality),
    schema: || schema::text("a CBS municipality code", "^GM[0-9]{4}$", "GM0505"),
};

pub(super) const POSITIVE: Form<Money> = Form {
    read: |node| text(node, positive),
    schema: || {
        schema::text(
            "an amount above zero",
            r"^(?!0\.00$)(0|[1-9][0-9]{0,14})\.[0-9]{2}$",
            "1600000.00",
        )
    },
};

pub(super) const SIGNED: Form<Money> = Form {
    read: |node| text(node, signed),
    schema: || {
        schema::text(
            "an amount above or below zero",
            r"^-?(?!0\.00$)(0|[1-9][0-9]{0,14})\.[0-9]{2}$",
            "-1234.50",
        )
    },
};

pub(super) const DATE: Form<Date> = Form {
    read: |node| text(node, parse_date),
    schema: || {
        let mut schema = schema::text(
            "a day",
            "^(19|2[0-9])[0-9]{2}-(0[1-9]|1[0-2])-(0[1-9]|[12][0-9]|3[01])$",
            "2021-12-31",
        );
        schema["format"] = json!("date");
        schema
    },
};

pub(super) const YEAR: Form<Year> = Form {
    read: |node| match &node {
        Node::Number(number) => number.as_u64().map_or_else(
            || {
                Err(fault(format!(
                    "{number} is not a year: write an integer from 1900 to 2999."
                )))
            },
            |year| check_year(year).map_err(|detail| fault(sentence(detail))),
        ),
        other => Err(misplaced(other, "A year as an integer belongs")),
    },
    schema: || json!({ "type": "integer", "minimum": 1900, "maximum": 2999, "description": "a year", "examples": [2021] }),
};

pub(super) const VERSION: Form<u64> = Form {
    read: |node| match &node {
        Node::Number(number) => number
            .as_u64()
            .filter(|version| *version <= INTEGER_MAX)
            .ok_or_else(|| {
                fault(format!(
                    "{number} is not a version: write an integer from 0 to {INTEGER_MAX}."
                ))
            }),
        other => Err(misplaced(other, "A version as an integer belongs")),
    },
    schema: || {
        json!({ "type": "integer", "minimum": 0, "maximum": INTEGER_MAX, "examples": [7],
            "description": "the stream's version that the command was made for" })
    },
};

pub(super) const SHARE: Form<Fraction> = Form {
    read: |node| text(node, parse_fraction),
    schema: || {
        schema::text(
            "a fraction from 0 to 1",
            r"^((0|[1-9][0-9]{0,6})/[1-9][0-9]{0,6}|[01](\.[0-9]{1,6})?)$",
            "2/3",
        )
    },
};

pub(super) const BOOLEAN: Form<bool> = Form {
    read: |node| match node {
        Node::Bool(yes) => Ok(yes),
        other => Err(misplaced(&other, "True or false belongs")),
    },
    schema: || json!({ "type": "boolean", "description": "true or false", "examples": [true] }),
};

pub(super) const TEXT: Form<String> = Form {
    read: |node| text(node, |text| plain(text, TEXT_CHARACTERS_MAX)),
    schema: || schema::free_text("a text", TEXT_CHARACTERS_MAX, "Taskforce Jeugd"),
};

/// A text that is kept apart and can be destroyed.
pub(super) const DETAIL: Form<String> = Form {
    read: |node| text(node, |text| plain(text, DETAIL_CHARACTERS_MAX)),
    schema: || {
        schema::free_text(
            "a text that can be destroyed",
            DETAIL_CHARACTERS_MAX,
            "Factuur 2021-117",
        )
    },
};

pub(super) const OVERSPEND: Form<OverspendPolicy> = Form {
    read: |node| {
        choice(
            node,
            &[
                ("refuse", OverspendPolicy::Refuse),
                ("explain", OverspendPolicy::Explain),
            ],
        )
    },
    schema: || {
        json!({ "type": "string", "enum": ["refuse", "explain"], "default": "refuse", "examples": ["refuse"],
            "description": "what happens when own charges exceed the available budget" })
    },
};

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
    node: Node<'_>,
    item: fn(Node<'_>) -> Result<Charge, Vec<Fault>>,
) -> Result<Vec<Charge>, Vec<Fault>> {
    let nodes = match node {
        Node::List(nodes) => nodes,
        other => return Err(misplaced(&other, "An array of charges belongs")),
    };
    if nodes.is_empty() || nodes.len() > CHARGES_MAX {
        return Err(fault(format!(
            "{} charges stand where 1 to {CHARGES_MAX} belong.",
            nodes.len()
        )));
    }
    let (mut charges, mut faults) = (Vec::with_capacity(nodes.len()), Vec::new());
    let mut sources = BTreeSet::new();
    for (index, node) in nodes.into_iter().enumerate() {
        match item(node) {
            Ok(charge) => {
                if !sources.insert(charge.source.clone()) {
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

fn tags(node: Node<'_>) -> Result<Tags, Vec<Fault>> {
    let entries = match node {
        Node::Object(entries) => entries,
        other => return Err(misplaced(&other, "An object of tags belongs")),
    };
    if entries.len() > TAGS_MAX {
        return Err(fault(format!(
            "{} tags stand where at most {TAGS_MAX} belong.",
            entries.len()
        )));
    }
    let (mut tags, mut faults) = (Tags::new(), Vec::new());
    for (key, node) in entries {
        if parse_entry_id(&key).is_err() {
            let detail = format!("{} is not a tag: 1 to 64 visible ASCII characters.", quoted(&key));
            faults.extend(within(&key, fault(detail)));
        }
        match text(node, |text| plain(text, TAG_CHARACTERS_MAX)) {
            Ok(value) => {
                if tags.insert(key.clone().into_owned(), value).is_some() {
                    faults.extend(within(
                        &key,
                        fault(format!("{} stands there more than once.", quoted(&key))),
                    ));
                }
            }
            Err(more) => faults.extend(within(&key, more)),
        }
    }
    if faults.is_empty() { Ok(tags) } else { Err(faults) }
}

/// Reads one of a few names.
fn choice<T: Copy>(node: Node<'_>, choices: &[(&str, T)]) -> Result<T, Vec<Fault>> {
    text(node, |text| {
        let found = choices.iter().find(|(name, _)| *name == text);
        found.map(|(_, value)| *value).ok_or_else(|| {
            let names: Vec<&str> = choices.iter().map(|(name, _)| *name).collect();
            format!("{} is none of {}.", quoted(text), names.join(", "))
        })
    })
}

/// Reads an object by what is asked of it.
fn nested<T>(node: Node<'_>, ask: fn(&mut Fields<'_>) -> Option<T>) -> Result<T, Vec<Fault>> {
    let mut fields = Fields::of(node)?;
    let value = ask(&mut fields);
    match (value, fields.finish()) {
        (Some(value), faults) if faults.is_empty() => Ok(value),
        (_, faults) => Err(faults),
    }
}

/// Reads a string with a parser.
pub(super) fn text<T>(
    node: Node<'_>,
    parse: impl FnOnce(&str) -> Result<T, String>,
) -> Result<T, Vec<Fault>> {
    match node {
        Node::Text(text) => parse(&text).map_err(|detail| fault(sentence(detail))),
        other => Err(misplaced(&other, "A string belongs")),
    }
}

fn positive(text: &str) -> Result<Money, String> {
    match parse_money(text)? {
        amount if amount.is_positive() => Ok(amount),
        amount => Err(format!("{amount} is not above zero")),
    }
}

fn signed(text: &str) -> Result<Money, String> {
    match parse_money(text)? {
        amount if amount.is_zero() => {
            Err("0.00 changes nothing: write an amount above or below zero".to_owned())
        }
        amount => Ok(amount),
    }
}

/// A text that says something: a blank one would pass for an explanation, and a control character for a line's end.
fn plain(text: &str, characters_max: usize) -> Result<String, String> {
    if text.trim().is_empty() {
        return Err("The text is empty: write something, or leave an optional field out".to_owned());
    }
    if text.len() > characters_max {
        let characters = text.chars().count();
        if characters > characters_max {
            return Err(format!(
                "The text has {characters} characters; at most {characters_max} are kept"
            ));
        }
    }
    // Nearly no text holds such a byte; looking at all of them without a branch is what makes reading fast. 0xC2
    // begins U+0080 to U+00BF, of which the first half are control characters.
    let suspect = |seen, byte: &u8| seen | (*byte < 0x20) | (*byte == 0x7F) | (*byte == 0xC2);
    if text.as_bytes().iter().fold(false, suspect)
        && let Some(character) = text.chars().find(|character| character.is_control())
    {
        let code = u32::from(character);
        return Err(format!(
            "The text holds the control character U+{code:04X}: leave it out"
        ));
    }
    Ok(text.to_owned())
}

fn misplaced(node: &Node<'_>, wanted: &str) -> Vec<Fault> {
    fault(format!("{wanted} here, not {}.", node.kind()))
}

/// With the full stop that the parsers leave to whoever ends the sentence.
fn sentence(mut detail: String) -> String {
    if !detail.ends_with('.') {
        detail.push('.');
    }
    detail
}
