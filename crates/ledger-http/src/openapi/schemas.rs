//! The shapes of answers. Every field is always there, and null where there is nothing, unless it is said to be
//! optional; the tests hold real answers against these.

use ledger_contract::{
    command,
    problem::{TYPE_PREFIX, Trouble},
};
use ledger_domain::Code;
use serde_json::{Map, Value, json};

use super::{phase_out, region_reports, reports, settlement};

/// A field: its name, what it is, its schema.
pub(crate) type Field = (&'static str, &'static str, Value);

/// The schema of this name.
pub(crate) fn of(name: &str) -> Value {
    json!({ "$ref": format!("#/components/schemas/{name}") })
}

/// The schema or null.
pub(crate) fn or_null(schema: Value) -> Value {
    let either = vec![schema, json!({ "type": "null" })];
    json!({ "anyOf": either })
}

/// Items of the schema of this name.
pub(crate) fn list(name: &str) -> Value {
    json!({ "type": "array", "items": of(name) })
}

/// A text that people read.
pub(crate) fn text() -> Value {
    json!({ "type": "string" })
}

/// An object with exactly these fields.
pub(crate) fn object(description: &str, fields: &[Field]) -> Value {
    with_optional(description, fields, &[])
}

/// An object with these fields, the second of which may be absent.
pub(crate) fn with_optional(description: &str, fields: &[Field], optional: &[Field]) -> Value {
    let required: Vec<&str> = fields.iter().map(|(name, ..)| *name).collect();
    let properties: Map<String, Value> = fields
        .iter()
        .chain(optional)
        .map(|(name, description, schema)| {
            let mut schema = schema.clone();
            schema["description"] = json!(description);
            ((*name).to_owned(), schema)
        })
        .collect();
    json!({ "type": "object", "description": description, "properties": properties, "required": required,
        "additionalProperties": false })
}

/// Every schema by its name.
pub(crate) fn schemas() -> Map<String, Value> {
    let named = values()
        .into_iter()
        .chain(record())
        .chain(reports::schemas())
        .chain(region_reports::schemas())
        .chain(phase_out::schemas())
        .chain(settlement::schemas());
    let mut schemas: Map<String, Value> = named.map(|(name, schema)| (name.to_owned(), schema)).collect();
    commands(&mut schemas);
    schemas
}

fn values() -> [(&'static str, Value); 11] {
    let pattern = |description: &str, pattern: &str, example: &str| json!({ "type": "string", "description": description, "pattern": pattern, "examples": [example] });
    let id = "[a-z0-9][a-z0-9-]{0,63}";
    [
        ("Id", pattern("An id", &format!("^{id}$"), "jeugd-2019")),
        (
            "StreamName",
            pattern(
                "A stream of events",
                &format!("^(ledger|(programme|region)/{id})$"),
                "programme/jeugd-2019",
            ),
        ),
        (
            "Money",
            pattern(
                "Euros with two decimals",
                r"^-?(0|[1-9][0-9]{0,14})\.[0-9]{2}$",
                "1600000.00",
            ),
        ),
        (
            "Fraction",
            pattern("From 0 to 1, in lowest terms", "^[0-9]+(/[0-9]+)?$", "2/3"),
        ),
        ("Municipality", pattern("A CBS code", "^GM[0-9]{4}$", "GM0642")),
        (
            "Day",
            json!({ "type": "string", "format": "date", "examples": ["2021-12-31"] }),
        ),
        (
            "Instant",
            json!({ "type": "string", "format": "date-time", "description": "In UTC, with microseconds",
            "examples": ["2022-01-15T09:30:00.000000Z"] }),
        ),
        (
            "Year",
            json!({ "type": "integer", "minimum": 1900, "maximum": 2999 }),
        ),
        ("Position", json!({ "type": "integer", "minimum": 0 })),
        (
            "Root",
            json!({ "type": "string", "pattern": "^[0-9a-f]{64}$", "description": "A root of the record's tree (RFC \
            6962)" }),
        ),
        (
            "KnownAt",
            json!({ "anyOf": [of("Position"), of("Instant")],
            "description": "The log when it had that many events, or an instant (inclusive)" }),
        ),
    ]
}

fn record() -> [(&'static str, Value); 14] {
    let status = json!({ "type": "string", "enum": ["live", "ready"] });
    let fault = object(
        "One fault of the input",
        &[
            (
                "pointer",
                "Where (RFC 6901), in the body or among the parameters",
                text(),
            ),
            ("detail", "One sentence for people", text()),
        ],
    );
    let programme = object(
        "A programme",
        &[("programme", "Its id", of("Id")), ("title", "Its title", text())],
    );
    let programmes = object(
        "A page of programmes, by id",
        &[
            ("programmes", "The page", list("Programme")),
            (
                "next",
                "What to give as `after` for the page that follows",
                or_null(of("Id")),
            ),
        ],
    );
    let events = object(
        "A page of events, by position",
        &[
            ("events", "The page", list("Event")),
            (
                "next",
                "What to give as `after` for the page that follows; null on the last so far",
                or_null(of("Position")),
            ),
        ],
    );
    let reply = object(
        "What was recorded, now or when the idempotency key was first used",
        &[
            (
                "logPosition",
                "The number of events in the log right after",
                of("Position"),
            ),
            ("events", "In the order of their positions", list("Event")),
        ],
    );
    let health = object(
        "How it is",
        &[
            ("status", "In one word", status),
            (
                "logPosition",
                "The number of events that current reports stand on",
                of("Position"),
            ),
        ],
    );
    [
        ("Fault", fault),
        ("RefusedLine", refused_line()),
        ("Problem", problem()),
        ("Programme", programme),
        ("Programmes", programmes),
        ("Event", event()),
        ("Details", details()),
        ("Events", events),
        ("Reply", reply),
        ("Health", health),
        ("LogKeys", log_keys()),
        (
            "Bundle",
            json!({ "type": "object", "description": "A figure, every event of its stream, and the proofs that these \
            are all (rekenschap-bundle/1, FORMAT-BUNDLE.md)" }),
        ),
        (
            "CommandLines",
            json!({ "type": "string", "description": "One command a line, each as in the schema Command; blank \
            lines are skipped. At most 10,000 commands and 16 MiB." }),
        ),
        (
            "OpenapiDocument",
            json!({ "type": "object", "description": "An OpenAPI 3.1 document" }),
        ),
    ]
}

fn problem() -> Value {
    let codes: Vec<&str> = Code::ALL
        .iter()
        .map(|code| code.as_str())
        .chain(Trouble::ALL.iter().map(|trouble| trouble.describe().1))
        .collect();
    let code = json!({ "type": "string", "examples": codes });
    let line = json!({ "type": "integer", "minimum": 1 });
    with_optional(
        "Why there is no other answer (RFC 9457)",
        &[
            (
                "type",
                "A name for the kind of problem, ending in its code",
                json!({ "type": "string", "format": "uri", "examples": [format!("{TYPE_PREFIX}budget-exceeded")] }),
            ),
            ("title", "The same words for every problem of this kind", text()),
            (
                "status",
                "The HTTP status",
                json!({ "type": "integer", "minimum": 400, "maximum": 599 }),
            ),
            (
                "detail",
                "One sentence for people, with the figures concerned",
                text(),
            ),
            (
                "code",
                "For programs; stable, and more codes may come (the examples name all there are)",
                code,
            ),
        ],
        &[
            ("line", "The line of the batch", line),
            (
                "errors",
                "Every fault, when the input cannot be read",
                list("Fault"),
            ),
            ("refusals", "Every refused line of a batch", list("RefusedLine")),
        ],
    )
}

fn refused_line() -> Value {
    with_optional(
        "A line of a batch that was refused",
        &[
            (
                "line",
                "Its number; blank lines count",
                json!({ "type": "integer", "minimum": 1 }),
            ),
            ("code", "For programs", text()),
            ("detail", "One sentence for people", text()),
        ],
        &[(
            "errors",
            "Every fault, when the line cannot be read",
            list("Fault"),
        )],
    )
}

fn event() -> Value {
    let hash = json!({ "type": ["string", "null"], "pattern": "^[0-9a-f]{64}$" });
    let version = json!({ "type": "integer", "minimum": 1 });
    object(
        "One recorded event: what the proofs cover, and its details beside it",
        &[
            ("position", "Its number in the log, from 0", of("Position")),
            ("stream", "What it belongs to", of("StreamName")),
            (
                "version",
                "The stream's number of events, with this one",
                version.clone(),
            ),
            ("type", "What happened, in the past tense", text()),
            ("schema", "The version of `data`'s shape", version),
            (
                "command",
                "The position of the first event of its command",
                of("Position"),
            ),
            (
                "recordedAt",
                "When the ledger learned it; set by the ledger",
                of("Instant"),
            ),
            ("recordedBy", "A role or key name", text()),
            ("approvedBy", "A role or key name", or_null(text())),
            ("bookingDate", "The business date it counts for", of("Day")),
            (
                "idempotencyKey",
                "The client's key of its command",
                or_null(text()),
            ),
            (
                "data",
                "The command's fields, and what was decided",
                json!({ "type": "object" }),
            ),
            ("detailsHash", "SHA-256 of the details", hash),
            (
                "details",
                "Null without any, and once destroyed",
                or_null(of("Details")),
            ),
        ],
    )
}

fn details() -> Value {
    object(
        "Texts that can be destroyed without a proof breaking",
        &[
            ("client", "The pseudonym of a client of care", or_null(text())),
            ("description", "What the entry is about", or_null(text())),
            (
                "document",
                "Where the proof of the entry can be found",
                or_null(text()),
            ),
            (
                "explanation",
                "The explanation that came with the command",
                or_null(text()),
            ),
            (
                "fingerprint",
                "SHA-256 of the command, when it had a key",
                or_null(text()),
            ),
            (
                "reason",
                "Why an entry was corrected, reversed, raised or released",
                or_null(text()),
            ),
            (
                "salt",
                "Random, so that the hash does not tell short texts",
                text(),
            ),
            ("supplier", "Who is paid", or_null(text())),
        ],
    )
}

/// Each command under its own name, and `Command` for any of them.
fn commands(schemas: &mut Map<String, Value>) {
    let mut any = Vec::new();
    for (kind, schema) in command::schemas() {
        let mut letters = kind.chars();
        let first = letters.next().map(|letter| letter.to_ascii_uppercase());
        let name: String = first.into_iter().chain(letters).collect();
        any.push(of(&name));
        schemas.insert(name, schema);
    }
    // No discriminator: the constant `type` of each tells them apart, and the linter takes `postExpenditure` in its
    // mapping for a method.
    let command = json!({ "description": "One command; anything that its schema does not list is refused",
        "oneOf": any });
    schemas.insert("Command".to_owned(), command);
}

fn log_keys() -> Value {
    let text = json!({ "type": "string" });
    let key = object(
        "A public key of the log",
        &[
            ("key", "`name+id+base64` (C2SP signed-note)", text),
            (
                "position",
                "Where the record introduces it; null before the first checkpoint, which does that",
                or_null(of("Position")),
            ),
        ],
    );
    let keys = json!({ "type": "array", "items": key });
    object(
        "The public keys of the log",
        &[("keys", "Oldest first; the last signs", keys)],
    )
}
