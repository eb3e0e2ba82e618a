//! The shapes of the reports.

use ledger_contract::report::Flag;
use serde_json::{Value, json};

use super::schemas::{Field, list, object, of, or_null, text, with_optional};

/// Every report and what it is made of, by name.
pub(crate) fn schemas() -> Vec<(&'static str, Value)> {
    let mut schemas = Vec::new();
    schemas.extend(budget_position());
    schemas.extend(underspend());
    schemas.extend(funding());
    schemas.extend(explanation());
    schemas
}

pub(crate) fn money(name: &'static str, description: &'static str) -> Field {
    (name, description, of("Money"))
}

pub(crate) fn money_or_null(name: &'static str, description: &'static str) -> Field {
    (name, description, or_null(of("Money")))
}

/// What every report says of the question, and on what the answer stands.
fn asked() -> [Field; 5] {
    [
        ("asOf", "What is booked later is not here", of("Day")),
        ("knownAt", "As asked", or_null(of("KnownAt"))),
        ("logPosition", "The number of events it stands on", of("Position")),
        (
            "root",
            "The root over those events, as a checkpoint signs it",
            of("Root"),
        ),
        (
            "year",
            "As asked; null for all years together",
            or_null(of("Year")),
        ),
    ]
}

fn head() -> Vec<Field> {
    let mut head = vec![
        ("programme", "The programme", of("Id")),
        ("title", "Its title", text()),
    ];
    head.extend(asked());
    head
}

fn project() -> Vec<Field> {
    vec![
        ("project", "The project", of("Id")),
        ("title", "Its title", text()),
    ]
}

fn groups() -> [Field; 1] {
    [(
        "groups",
        "Only when `by` is asked; they tie to the totals",
        list("Group"),
    )]
}

fn figures() -> Vec<Field> {
    vec![
        money("allocated", "Given by decision"),
        money("transferredIn", "From other projects"),
        money("transferredOut", "To other projects"),
        money("carriedIn", "From earlier years"),
        money("carriedOut", "To later years"),
        money("released", "Given back at the project's close"),
        money("budget", "Own money: all of the above"),
        money("grossBudget", "Own budget and pledges"),
        money("spentOwn", "Expenditure charged to own money"),
        money("spentTotal", "Expenditure charged to any source"),
        money("committedOwn", "The own part of open commitments"),
        money("remaining", "Budget less own expenditure"),
        money("available", "Remaining less own open commitments"),
        money("underspend", "What remains, where above zero"),
        money("overspend", "What is lacking, where below zero"),
    ]
}

fn budget_position() -> [(&'static str, Value); 6] {
    let report = [
        head(),
        vec![
            money_or_null("authorised", "The council's sum; null when a year is asked"),
            money_or_null(
                "unallocated",
                "What of it no project has; null when a year is asked",
            ),
            (
                "totals",
                "Sums of the projects; `remaining` and `available` include the unallocated part",
                of("Figures"),
            ),
            ("projects", "In the order of opening", list("ProjectPosition")),
        ],
    ]
    .concat();
    let mut position = project();
    position.extend([
        ("theme", "Its theme", or_null(text())),
        ("law", "Its law", or_null(text())),
        ("taakveld", "Its task-field code", or_null(text())),
    ]);
    position.extend(figures());
    let flags: Vec<&str> = Flag::ALL.iter().map(|flag| flag.as_str()).collect();
    position.extend([
        ("cofinancing", "Per funder", list("Cofinancing")),
        (
            "flags",
            "What a reader should know before trusting the figures",
            json!({ "type": "array", "items": { "type": "string", "examples": flags } }),
        ),
        (
            "explanations",
            "Texts that belong to its figures",
            list("FigureExplanation"),
        ),
    ]);
    let cofinancing = [
        ("funder", "The funder", of("Id")),
        money("expected", "Hoped for"),
        money("pledged", "Promised"),
        money("reserved", "The funder's part of open commitments"),
        money("received", "Paid"),
        money("charged", "The funder's part of expenditure"),
        money("receivable", "Charged and not yet received"),
        money("receivedInAdvance", "Received and not yet charged"),
    ];
    let explanation = [
        ("figure", "The figure's name", text()),
        ("explanation", "The text; null once destroyed", or_null(text())),
        ("bookingDate", "The date it counts for", of("Day")),
        ("position", "The event that holds it", of("Position")),
    ];
    let mut group = vec![(
        "key",
        "What they share; null for those without that dimension",
        or_null(text()),
    )];
    group.extend(figures());
    [
        (
            "BudgetPosition",
            with_optional(
                "What was authorised, what is spent, what is left",
                &report,
                &groups(),
            ),
        ),
        (
            "Figures",
            object("The figures of one project, or sums of them", &figures()),
        ),
        ("ProjectPosition", object("One project", &position)),
        ("Cofinancing", object("What one funder pays along", &cofinancing)),
        (
            "FigureExplanation",
            object("A text that belongs to a figure", &explanation),
        ),
        (
            "Group",
            object(
                "The sums of projects that share a theme, law, task field or tag",
                &group,
            ),
        ),
    ]
}

fn underspend() -> [(&'static str, Value); 4] {
    let figures = vec![
        money("budget", "Own money"),
        money("spentOwn", "Expenditure charged to own money"),
        money("underspend", "What remains, where above zero"),
        money("overspend", "What is lacking, where below zero"),
        money_or_null("forecastAtEnd", "The own expenditure that is expected in all"),
        money_or_null("forecastUnderspend", "What the forecast leaves of the budget"),
        money("carriedOver", "To later years"),
        money("released", "Given back at a project's close"),
        (
            "explanation",
            "The latest text about it; null once destroyed",
            or_null(text()),
        ),
    ];
    let theme = (
        "theme",
        "The theme; null for projects without one",
        or_null(text()),
    );
    let report = [
        head(),
        vec![
            (
                "totals",
                "Sums of the projects; under- and overspend do not net",
                of("UnderspendFigures"),
            ),
            (
                "themes",
                "In the order of their first project",
                list("ThemeUnderspend"),
            ),
            ("projects", "In the order of opening", list("ProjectUnderspend")),
        ],
    ]
    .concat();
    let of_theme = [vec![theme.clone()], figures.clone()].concat();
    let of_project = [project(), vec![theme], figures.clone()].concat();
    [
        (
            "Underspend",
            with_optional(
                "What is left unspent, and what is expected to be",
                &report,
                &groups(),
            ),
        ),
        (
            "UnderspendFigures",
            object("The figures of one project, or sums of them", &figures),
        ),
        ("ThemeUnderspend", object("One theme", &of_theme)),
        ("ProjectUnderspend", object("One project", &of_project)),
    ]
}

fn funding() -> [(&'static str, Value); 4] {
    let figures = vec![
        money("spent", "Expenditure charged to the source"),
        money("received", "What the source paid"),
        money("receivable", "Charged and not yet received"),
    ];
    let report = [
        head(),
        vec![
            ("totals", "Sums of the sources", of("FundingFigures")),
            (
                "sources",
                "Own money (`programme`) first, then in the order of appearance",
                list("SourceFunding"),
            ),
        ],
    ]
    .concat();
    let source = [
        vec![("source", "A funder, or `programme` for own money", of("Id"))],
        figures.clone(),
        vec![("projects", "In the order of opening", list("ProjectFunding"))],
    ]
    .concat();
    let of_project = [project(), figures.clone()].concat();
    [
        (
            "Funding",
            with_optional(
                "Where the money comes from and where it lands",
                &report,
                &groups(),
            ),
        ),
        (
            "FundingFigures",
            object("What one source paid for, or sums of it", &figures),
        ),
        ("SourceFunding", object("One source", &source)),
        (
            "ProjectFunding",
            object("What a source paid for in one project", &of_project),
        ),
    ]
}

fn explanation() -> [(&'static str, Value); 2] {
    let mut fields = vec![
        ("report", "The report that shows the figure", text()),
        ("programme", "The programme", of("Id")),
        (
            "project",
            "The project; null for the programme's own figure",
            or_null(of("Id")),
        ),
        ("figure", "The figure's name in the report", text()),
    ];
    fields.extend(asked());
    fields.extend([
        money("amount", "The figure"),
        (
            "events",
            "In the order of recording; their amounts sum to the figure",
            list("ExplainedEvent"),
        ),
    ]);
    let source = [("source", "Only for a figure that is told per source", of("Id"))];
    let event = [
        ("position", "The event", of("Position")),
        ("type", "Its type", text()),
        ("bookingDate", "The date it counts for", of("Day")),
        ("recordedAt", "When the ledger learned it", of("Instant")),
        ("project", "Null for an event of the programme", or_null(of("Id"))),
        ("entry", "The client's id of the entry", or_null(text())),
        money("amount", "What it adds to the figure, signed"),
        (
            "supplier",
            "Who is paid; a text, null once destroyed",
            or_null(text()),
        ),
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
            "reason",
            "Why an entry was corrected, reversed, raised or released",
            or_null(text()),
        ),
    ];
    [
        (
            "Explanation",
            with_optional("One figure and every event that made it", &fields, &source),
        ),
        ("ExplainedEvent", object("One event's part of a figure", &event)),
    ]
}
