//! The shapes of the reports of regions.

use ledger_contract::report::RegionFlag;
use serde_json::{Value, json};

use super::{
    reports::{money, money_or_null},
    schemas::{Field, list, object, of, or_null, text},
};

/// Every report of regions and what it is made of, by name.
pub(crate) fn schemas() -> Vec<(&'static str, Value)> {
    let mut schemas = Vec::new();
    schemas.extend(lists());
    schemas.extend(cost_shares());
    schemas.extend(explanation());
    schemas.extend(advance_plan());
    schemas
}

/// What every report of a region says of the question, and on what the answer stands.
pub(crate) fn head() -> Vec<Field> {
    vec![
        ("region", "The region", of("Id")),
        ("title", "Its title", text()),
        ("asOf", "What is booked later is not here", of("Day")),
        ("knownAt", "As asked", or_null(of("KnownAt"))),
        ("logPosition", "The number of events it stands on", of("Position")),
        (
            "root",
            "The root over those events, as a checkpoint signs it",
            of("Root"),
        ),
    ]
}

pub(crate) fn year() -> Field {
    ("year", "The year", of("Year"))
}

pub(crate) fn group() -> Field {
    ("group", "The cost group", of("Id"))
}

pub(crate) fn degree() -> Field {
    (
        "degree",
        "The degree of solidarity: 1 is all by key, 0 all by use",
        of("Fraction"),
    )
}

pub(crate) fn municipality() -> Vec<Field> {
    vec![
        ("municipality", "Its code", of("Municipality")),
        ("name", "Its name", text()),
    ]
}

pub(crate) fn flags() -> Field {
    let flags: Vec<&str> = RegionFlag::ALL.iter().map(|flag| flag.as_str()).collect();
    (
        "flags",
        "What a reader should know before trusting the figures",
        json!({ "type": "array", "items": { "type": "string", "examples": flags } }),
    )
}

fn next() -> Field {
    (
        "next",
        "What to give as `after` for the page that follows; null on the last",
        or_null(of("Id")),
    )
}

fn lists() -> [(&'static str, Value); 4] {
    let region = [("region", "Its id", of("Id")), ("title", "Its title", text())];
    let summary = [
        ("settlement", "Its id", of("Id")),
        ("year", "The year that it settles", of("Year")),
        ("bookingDate", "The date it counts for", of("Day")),
        ("position", "The event that holds it", of("Position")),
    ];
    [
        ("Region", object("A region", &region)),
        (
            "Regions",
            object(
                "A page of regions, by id",
                &[("regions", "The page", list("Region")), next()],
            ),
        ),
        ("SettlementSummary", object("A settlement", &summary)),
        (
            "Settlements",
            object(
                "A page of settlements, in the order of recording",
                &[("settlements", "The page", list("SettlementSummary")), next()],
            ),
        ),
    ]
}

/// A municipality's figures in one group, or their sums.
fn share_figures() -> Vec<Field> {
    vec![
        money("actualCost", "Own use"),
        money_or_null("jointShare", "The part of the joint costs"),
        money_or_null("fullSolidarityShare", "The share if all were shared by key"),
        money_or_null(
            "costShare",
            "The share; null when a key is missing, as all that needs it",
        ),
        money_or_null(
            "benefit",
            "Positive: the others pay along. Own use and joint share, less the cost share; all sum to zero",
        ),
        money_or_null("budgetedShare", "The share of the budgeted costs"),
    ]
}

fn cost_shares() -> [(&'static str, Value); 5] {
    let report = [
        head(),
        vec![
            year(),
            money(
                "total",
                "All costs, joint ones included: what the cost shares sum to",
            ),
            ("groups", "In the order of definition", list("GroupShares")),
            (
                "municipalities",
                "Sums over the groups, by code; with who has only advances or settlements for the year",
                list("MunicipalityShares"),
            ),
            (
                "explanations",
                "Texts that belong to its figures",
                list("RegionFigureExplanation"),
            ),
        ],
    ]
    .concat();
    let of_group = [
        group(),
        ("title", "Its title", text()),
        degree(),
        ("key", "The distribution key", of("Id")),
        money_or_null(
            "threshold",
            "The stop-loss threshold of a client; null without one",
        ),
        money("jointCost", "The costs without a user"),
        money("total", "All its costs"),
        flags(),
        (
            "municipalities",
            "The year's members, by code",
            list("GroupShare"),
        ),
    ];
    let share = [municipality(), share_figures()].concat();
    let sums = [
        share.clone(),
        vec![
            money("advances", "What was advanced"),
            money("settled", "What was settled"),
            money_or_null(
                "balance",
                "Cost share less advances less settled: what remains to be paid",
            ),
        ],
    ]
    .concat();
    let explanation = [
        (
            "municipality",
            "Whose figure it is; null for the whole region",
            or_null(of("Municipality")),
        ),
        ("figure", "The figure's name", text()),
        ("explanation", "The text; null once destroyed", or_null(text())),
        ("bookingDate", "The date it counts for", of("Day")),
        ("position", "The event that holds it", of("Position")),
    ];
    [
        ("CostShares", object("The costs of a year, divided", &report)),
        ("GroupShares", object("One cost group", &of_group)),
        ("GroupShare", object("A municipality in one group", &share)),
        (
            "MunicipalityShares",
            object("A municipality over all groups", &sums),
        ),
        (
            "RegionFigureExplanation",
            object("A text that belongs to a figure", &explanation),
        ),
    ]
}

fn explanation() -> [(&'static str, Value); 3] {
    let fields = [
        ("report", "The report that shows the figure", text()),
        ("region", "The region", of("Id")),
        year(),
        ("municipality", "Whose figure it is", of("Municipality")),
        (
            "group",
            "The cost group; null for the sum over all",
            or_null(of("Id")),
        ),
        ("figure", "The figure's name in the report", text()),
        ("asOf", "What is booked later is not here", of("Day")),
        ("knownAt", "As asked", or_null(of("KnownAt"))),
        ("logPosition", "The number of events it stands on", of("Position")),
        (
            "root",
            "The root over those events, as a checkpoint signs it",
            of("Root"),
        ),
        money_or_null("amount", "The figure; null when a key is missing"),
        (
            "steps",
            "The calculation; the amounts sum to the figure",
            list("CalculationStep"),
        ),
        (
            "events",
            "In the order of recording; their amounts sum to the figure. Those that only set rules have zero",
            list("RegionExplainedEvent"),
        ),
    ];
    let step = [
        (
            "step",
            "What the step is, for programs",
            json!({ "type": "string", "examples": ["own-use", "shared-by-key"] }),
        ),
        ("group", "Null for what belongs to none", or_null(of("Id"))),
        money_or_null("amount", "What it adds to the figure, signed"),
        ("sentence", "One sentence for people", text()),
    ];
    let event = [
        ("position", "The event", of("Position")),
        ("type", "Its type", text()),
        ("bookingDate", "The date it counts for", of("Day")),
        ("recordedAt", "When the ledger learned it", of("Instant")),
        ("group", "Null for an event of none", or_null(of("Id"))),
        (
            "municipality",
            "That it is booked on; null for joint costs and rules",
            or_null(of("Municipality")),
        ),
        ("entry", "The client's id of the entry", or_null(text())),
        money("amount", "What it adds to the figure, signed"),
        (
            "document",
            "Where the proof of the entry can be found",
            or_null(text()),
        ),
        (
            "reason",
            "Why an entry was corrected or reversed",
            or_null(text()),
        ),
    ];
    [
        (
            "RegionExplanation",
            object(
                "One figure, how it is calculated, and every event that made it",
                &fields,
            ),
        ),
        ("CalculationStep", object("One step of a calculation", &step)),
        (
            "RegionExplainedEvent",
            object("One event's part of a figure", &event),
        ),
    ]
}

fn advance_plan() -> [(&'static str, Value); 1] {
    let fields = [
        ("region", "The region", of("Id")),
        ("year", "The year that is paid for", of("Year")),
        (
            "terms",
            "In how many terms",
            json!({ "type": "integer", "minimum": 1 }),
        ),
        (
            "commands",
            "By municipality, then by term; post them as they are",
            list("InvoiceAdvance"),
        ),
    ];
    [(
        "AdvancePlan",
        object(
            "The advances that a year's budget asks for; nothing of it is recorded",
            &fields,
        ),
    )]
}
