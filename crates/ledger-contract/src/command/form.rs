//! The forms of single values in commands: how each is read, and how the schema describes it.

use ledger_domain::{Date, EntryId, Fraction, Id, Money, Municipality, Year, programme::OverspendPolicy};
use serde_json::{Value, json};

use super::{Fault, fields::fault, json::Node, schema};
use crate::value::{
    check_year, parse_date, parse_entry_id, parse_fraction, parse_id, parse_idempotency_key, parse_money,
    parse_municipality, quoted,
};

/// One form of value. Faults point into the value; whoever holds it puts the name before.
pub(super) struct Form<T> {
    pub(super) read: fn(&Node<'_>) -> Result<T, Vec<Fault>>,
    pub(super) schema: fn() -> Value,
}

/// Characters in a text that is kept for good.
const TEXT_CHARACTERS_MAX: usize = 256;
/// Characters in a text that can be destroyed.
const DETAIL_CHARACTERS_MAX: usize = 4_000;
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
    read: |node| match node {
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
    read: |node| match node {
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
        Node::Bool(yes) => Ok(*yes),
        other => Err(misplaced(other, "True or false belongs")),
    },
    schema: || json!({ "type": "boolean", "description": "true or false", "examples": [true] }),
};

pub(super) const TEXT: Form<String> = Form {
    read: |node| text(node, parse_text),
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

/// Reads one of a few names.
pub(super) fn choice<T: Copy>(node: &Node<'_>, choices: &[(&str, T)]) -> Result<T, Vec<Fault>> {
    text(node, |text| {
        let found = choices.iter().find(|(name, _)| *name == text);
        found.map(|(_, value)| *value).ok_or_else(|| {
            let names: Vec<&str> = choices.iter().map(|(name, _)| *name).collect();
            format!("{} is none of {}.", quoted(text), names.join(", "))
        })
    })
}

/// Reads a string with a parser.
#[inline]
pub(super) fn text<T>(
    node: &Node<'_>,
    parse: impl FnOnce(&str) -> Result<T, String>,
) -> Result<T, Vec<Fault>> {
    match node {
        Node::Text(text) => parse(text).map_err(|detail| fault(sentence(detail))),
        other => Err(misplaced(other, "A string belongs")),
    }
}

/// A text that is kept for good, such as a decision's reference, by the rules that hold for it in commands.
pub fn parse_text(text: &str) -> Result<String, String> {
    plain(text, TEXT_CHARACTERS_MAX)
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
pub(super) fn plain(text: &str, characters_max: usize) -> Result<String, String> {
    if is_blank(text) {
        return Err("The text is empty: write something".to_owned());
    }
    if text.len() > characters_max {
        let characters = text.chars().count();
        if characters > characters_max {
            return Err(format!(
                "The text has {characters} characters; at most {characters_max} are kept"
            ));
        }
    }
    // Nearly no text holds such a byte, and looking at all of them takes no branch per byte, as finding the first would.
    // 0xC2 begins U+0080 to U+00BF, of which the first half are control characters.
    let suspect = |byte: u8| byte < 0x20 || byte == 0x7F || byte == 0xC2;
    if text.bytes().fold(false, |found, byte| found | suspect(byte))
        && let Some(character) = text.chars().find(|character| character.is_control())
    {
        let code = u32::from(character);
        return Err(format!(
            "The text holds the control character U+{code:04X}: leave it out"
        ));
    }
    Ok(text.to_owned())
}

/// Whether a text says nothing. Most say something with their first character.
pub(super) fn is_blank(text: &str) -> bool {
    text.chars().all(char::is_whitespace)
}

pub(super) fn misplaced(node: &Node<'_>, wanted: &str) -> Vec<Fault> {
    fault(format!("{wanted} here, not {}.", node.kind()))
}

/// With the full stop that the parsers leave to whoever ends the sentence.
fn sentence(mut detail: String) -> String {
    if !detail.ends_with('.') {
        detail.push('.');
    }
    detail
}
