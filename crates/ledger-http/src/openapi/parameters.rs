//! The parameters that operations name.

use serde_json::{Value, json};

use super::schemas::of;

/// Every parameter by the name of its component.
pub(crate) fn parameters() -> Value {
    json!({
        "programme": path("programme", "The programme", of("Id")),
        "region": path("region", "The region", of("Id")),
        "settlement": path("settlement", "The settlement", of("Id")),
        "asOf": query("asOf", "What is booked later is not in the answer; today in Europe/Amsterdam when absent",
            of("Day")),
        "knownAt": query("knownAt", "What the ledger knew: an instant (inclusive) or a log position; now when absent",
            of("KnownAt")),
        "year": query("year", "Only what is bound to this year", of("Year")),
        "project": query("project", "Only this project", of("Id")),
        "by": query("by", "Adds groups of projects", json!({ "type": "string",
            "pattern": "^(theme|law|taakveld|tag:.+)$", "examples": ["theme", "tag:neighbourhood"] })),
        "figure": required(query("figure", "The figure's name in the report", json!({ "type": "string",
            "minLength": 1, "examples": ["spentOwn"] }))),
        "source": query("source", "The funder, or `programme` for own money, of a figure that is told per source",
            of("Id")),
        "shareYear": query("year", "The year of the costs; that of `asOf` when absent", of("Year")),
        "planYear": required(query("year", "The year that is paid for", of("Year"))),
        "terms": query("terms", "In how many terms, spread over the year's months", json!({ "type": "integer",
            "minimum": 1, "maximum": 366, "default": 12 })),
        "shareFigure": required(query("figure", "The figure's name in the report", json!({ "type": "string",
            "minLength": 1, "examples": ["costShare"] }))),
        "figureMunicipality": required(query("municipality", "Whose figure it is", of("Municipality"))),
        "group": query("group", "Only this cost group; all together when absent", of("Id")),
        "municipality": query("municipality", "Only this municipality", of("Municipality")),
        "assumeCostsOf": query("assumeCostsOf", "A simulation: the costs of this year stand in where a group has none",
            of("Year")),
        "schedule": query("schedule", "A simulation: this schedule stands in for every adopted one, as YEAR:DEGREE \
            with commas between", json!({ "type": "string", "minLength": 1,
            "examples": ["2021:2/3,2022:1/3,2023:0"] })),
        "afterRegion": query("after", "The id before the page's first", of("Id")),
        "afterSettlement": query("after", "The id before the page's first", of("Id")),
        "afterProgramme": query("after", "The id before the page's first", of("Id")),
        "afterPosition": query("after", "The position before the first event; from the start when absent",
            of("Position")),
        "limit": query("limit", "The most items on the page", json!({ "type": "integer", "minimum": 1,
            "maximum": 1000, "default": 100 })),
        "bundleDetails": query("details", "Whether suppliers, descriptions and other texts go with the events",
            json!({ "type": "boolean", "default": true })),
        "tilePath": path("path", "`<L>/<N>` or `entries/<N>`, with `.p/<W>` at the right edge; N in groups of three \
            digits (C2SP tlog-tiles)", json!({ "type": "string", "examples": ["0/x001/234", "entries/000.p/17"] })),
        "stream": query("stream", "Only events of this stream", of("StreamName")),
        "idempotencyKey": header("Idempotency-Key", "The same command with the same key is recorded once and \
            answered the same", json!({ "type": "string", "pattern": "^[!-~]{1,128}$" })),
        "lastEventId": header("Last-Event-ID", "In a live stream: the position of the last event that arrived; it \
            goes before `after`", of("Position")),
    })
}

fn path(name: &str, description: &str, schema: Value) -> Value {
    required(parameter("path", name, description, schema))
}

fn query(name: &str, description: &str, schema: Value) -> Value {
    parameter("query", name, description, schema)
}

fn header(name: &str, description: &str, schema: Value) -> Value {
    parameter("header", name, description, schema)
}

#[expect(clippy::needless_pass_by_value, reason = "json! takes it whole")]
fn parameter(place: &str, name: &str, description: &str, schema: Value) -> Value {
    json!({ "in": place, "name": name, "description": description, "schema": schema })
}

fn required(mut parameter: Value) -> Value {
    parameter["required"] = json!(true);
    parameter
}
