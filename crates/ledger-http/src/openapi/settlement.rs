//! The shape of a settlement: the lines as they were drawn up, the rules that were used, and what changed since.

use serde_json::{Value, json};

use super::{
    region_reports::{degree, group, head, municipality},
    reports::{money, money_or_null},
    schemas::{list, object, of, or_null, text},
};

/// The report and what it is made of, by name.
pub(crate) fn schemas() -> impl Iterator<Item = (&'static str, Value)> {
    report().into_iter().chain(lines())
}

fn report() -> [(&'static str, Value); 4] {
    let report = [
        head(),
        vec![
            ("settlement", "The settlement", of("Id")),
            ("year", "The year that it settles", of("Year")),
            ("bookingDate", "It holds what was booked by then", of("Day")),
            ("position", "It holds what the ledger knew before", of("Position")),
            (
                "decision",
                "By whom, when and where it was decided",
                of("Decision"),
            ),
            (
                "groups",
                "The rules that were used, frozen",
                list("SettlementGroup"),
            ),
            ("totals", "The sums of the lines", of("SettlementFigures")),
            ("lines", "By code, frozen", list("SettlementLine")),
        ],
    ]
    .concat();
    let rules = || {
        vec![
            degree(),
            (
                "schedulePosition",
                "The event that holds the phase-out schedule; null without one",
                or_null(of("Position")),
            ),
        ]
    };
    let key_position = (
        "keyPosition",
        "The event that holds the weights; null where nothing was divided by key",
        or_null(of("Position")),
    );
    let costs = vec![
        money("actualCost", "All actual costs"),
        money("jointCost", "All joint costs"),
    ];
    let of_group = [
        vec![group(), ("title", "Its title", text())],
        rules(),
        vec![
            ("key", "The distribution key", of("Id")),
            key_position.clone(),
            money_or_null(
                "threshold",
                "The stop-loss threshold of a client; null without one",
            ),
        ],
        costs.clone(),
        vec![("now", "What would be used now", of("GroupNow"))],
    ]
    .concat();
    let now = [rules(), vec![key_position], costs].concat();
    let by = json!({ "type": "string", "enum": ["council", "executive", "mandate", "joint-body"] });
    let decision = [
        ("by", "The body", by),
        ("decidedOn", "The day", of("Day")),
        ("reference", "Document and section", text()),
    ];
    [
        (
            "Settlement",
            object(
                "The lines of a settlement as they were drawn up, and what changed since",
                &report,
            ),
        ),
        (
            "SettlementGroup",
            object("One group, as it was settled", &of_group),
        ),
        (
            "GroupNow",
            object("The rules and costs of a group at the asked date", &now),
        ),
        ("Decision", object("A decision", &decision)),
    ]
}

fn lines() -> [(&'static str, Value); 5] {
    let figures = vec![
        money("costShare", "The share of the costs"),
        money("advances", "What was advanced"),
        money("settled", "The amounts of earlier settlements of the year"),
        money(
            "amount",
            "What was to be paid: cost share less advances less settled; negative is repaid",
        ),
    ];
    let line = [
        municipality(),
        figures.clone(),
        vec![
            ("groups", "Per group", list("SettlementLineGroup")),
            (
                "takenOver",
                "The parts that stand under predecessors",
                list("SettlementPart"),
            ),
            ("since", "What changed since", of("SettlementChange")),
        ],
    ]
    .concat();
    let line_group = [
        group(),
        money("actualCost", "Own use"),
        money("jointShare", "The part of the joint costs"),
        money("costShare", "The share"),
    ];
    let part = [municipality(), figures.clone()].concat();
    let change = [
        money_or_null("costShare", "Of the share; null when a key is missing now"),
        money("advances", "Advances since"),
        money("settled", "Settled since, by later settlements of the year"),
        money_or_null(
            "balance",
            "What remains to be paid now; null when a key is missing now",
        ),
    ];
    [
        (
            "SettlementFigures",
            object("What a line consists of, or sums of them", &figures),
        ),
        ("SettlementLine", object("One municipality's line", &line)),
        ("SettlementLineGroup", object("One group of a line", &line_group)),
        (
            "SettlementPart",
            object("The part of a line that is paid for a predecessor", &part),
        ),
        (
            "SettlementChange",
            object("What a line's figures rose or fell by since", &change),
        ),
    ]
}
