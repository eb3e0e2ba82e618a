//! JSON as it was written: duplicate keys are kept and integers stay apart from other numbers, so that both can be
//! refused. Texts without escapes are borrowed from the input.

use std::{borrow::Cow, cell::Cell, fmt};

use serde::{Deserialize, Deserializer, de};
use serde_json::Number;

use super::{COMMAND_BYTES_MAX, Fault};
use crate::canonical::write_json;

/// A JSON value.
#[derive(Clone, Debug, PartialEq)]
pub(super) enum Node<'a> {
    Null,
    Bool(bool),
    Number(Number),
    Text(Cow<'a, str>),
    List(Vec<Node<'a>>),
    Object(Vec<Entry<'a>>),
}

/// A key and its value, in the order of the input.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct Entry<'a> {
    pub(super) key: Cow<'a, str>,
    pub(super) node: Node<'a>,
    /// Whether it was asked for.
    pub(super) asked: Cell<bool>,
}

/// The value in these bytes and nothing after it, nested at most 127 deep.
pub(super) fn parse(bytes: &[u8]) -> Result<Node<'_>, Fault> {
    let whole = |detail| Fault {
        pointer: String::new(),
        detail,
    };
    if bytes.len() > COMMAND_BYTES_MAX {
        let len = bytes.len();
        return Err(whole(format!(
            "The command has {len} bytes; at most {COMMAND_BYTES_MAX} are read."
        )));
    }
    let text = std::str::from_utf8(bytes).map_err(|error| {
        let before = bytes.get(..error.valid_up_to()).unwrap_or_default();
        let line = before.split(|byte| *byte == b'\n').count();
        let column = before.rsplit(|byte| *byte == b'\n').next().map_or(0, <[u8]>::len) + 1;
        whole(format!(
            "The command is not UTF-8 at line {line} column {column}."
        ))
    })?;
    serde_json::from_str(text).map_err(|error| whole(format!("The command is not JSON: {error}.")))
}

impl Node<'_> {
    /// What it is, for sentences.
    pub(super) fn kind(&self) -> &'static str {
        match self {
            Self::Null => "null",
            Self::Bool(_) => "a boolean",
            Self::Number(_) => "a number",
            Self::Text(_) => "a string",
            Self::List(_) => "an array",
            Self::Object(_) => "an object",
        }
    }

    /// Canonical JSON (RFC 8785) of what commands hold: ASCII keys and integers.
    pub(super) fn write_canonical(&self, out: &mut Vec<u8>) {
        match self {
            Self::Null => out.extend_from_slice(b"null"),
            Self::Bool(yes) => out.extend_from_slice(if *yes { b"true".as_slice() } else { b"false" }),
            Self::Number(number) => out.extend_from_slice(number.to_string().as_bytes()),
            Self::Text(text) => write_text(text, out),
            Self::List(nodes) => {
                out.push(b'[');
                for (index, node) in nodes.iter().enumerate() {
                    if index > 0 {
                        out.push(b',');
                    }
                    node.write_canonical(out);
                }
                out.push(b']');
            }
            Self::Object(entries) => {
                let mut sorted: Vec<&Entry<'_>> = entries.iter().collect();
                sorted.sort_by(|a, b| a.key.cmp(&b.key));
                out.push(b'{');
                for (index, entry) in sorted.into_iter().enumerate() {
                    if index > 0 {
                        out.push(b',');
                    }
                    write_text(&entry.key, out);
                    out.push(b':');
                    entry.node.write_canonical(out);
                }
                out.push(b'}');
            }
        }
    }
}

fn write_text(text: &str, out: &mut Vec<u8>) {
    // A string always has JSON; were it not so, a gap in the fingerprint would be no worse than another fingerprint.
    let _ = write_json(text, out);
}

impl<'de: 'a, 'a> Deserialize<'de> for Node<'a> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_any(AnyNode)
    }
}

/// How many fields a command mostly has.
const FIELDS: usize = 8;

struct AnyNode;

impl<'de> de::Visitor<'de> for AnyNode {
    type Value = Node<'de>;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("JSON")
    }

    fn visit_unit<E>(self) -> Result<Node<'de>, E> {
        Ok(Node::Null)
    }

    fn visit_bool<E>(self, yes: bool) -> Result<Node<'de>, E> {
        Ok(Node::Bool(yes))
    }

    fn visit_u64<E>(self, number: u64) -> Result<Node<'de>, E> {
        Ok(Node::Number(number.into()))
    }

    fn visit_i64<E>(self, number: i64) -> Result<Node<'de>, E> {
        Ok(Node::Number(number.into()))
    }

    fn visit_f64<E: de::Error>(self, number: f64) -> Result<Node<'de>, E> {
        Number::from_f64(number)
            .map(Node::Number)
            .ok_or_else(|| E::custom("number out of range"))
    }

    fn visit_borrowed_str<E>(self, text: &'de str) -> Result<Node<'de>, E> {
        Ok(Node::Text(Cow::Borrowed(text)))
    }

    fn visit_str<E>(self, text: &str) -> Result<Node<'de>, E> {
        Ok(Node::Text(Cow::Owned(text.to_owned())))
    }

    fn visit_seq<A: de::SeqAccess<'de>>(self, mut items: A) -> Result<Node<'de>, A::Error> {
        let mut nodes = Vec::new();
        while let Some(node) = items.next_element()? {
            nodes.push(node);
        }
        Ok(Node::List(nodes))
    }

    fn visit_map<A: de::MapAccess<'de>>(self, mut items: A) -> Result<Node<'de>, A::Error> {
        let mut entries = Vec::new();
        while let Some(Key(key)) = items.next_key()? {
            if entries.is_empty() {
                entries.reserve(FIELDS);
            }
            entries.push(Entry {
                key,
                node: items.next_value()?,
                asked: Cell::new(false),
            });
        }
        Ok(Node::Object(entries))
    }
}

/// A key; `Cow` alone would always copy.
struct Key<'a>(Cow<'a, str>);

impl<'de> Deserialize<'de> for Key<'de> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        match deserializer.deserialize_str(AnyNode)? {
            Node::Text(text) => Ok(Self(text)),
            other => Err(de::Error::custom(format_args!("{} as a key", other.kind()))),
        }
    }
}
