//! Events for tests: one of every type, and commands of any number.

mod programme;
mod region;

use std::collections::BTreeMap;

use ledger_contract::{
    event::{
        ChargeV1, DecidedByV1, DecisionV1, Details, DetailsDestroyedV1, EventData, ExpenditureCorrectedV1,
        ExpenditurePostedV1, LedgerOpenedV1, LogKeyIntroducedV1, Stream, StreamHeadsRecordedV1,
    },
    value::{Cents, Day, EntryName, Name},
};
use ledger_domain::{Date, EntryId, Id, Money};

use crate::{NewCommand, NewEvent};

fn id(text: &str) -> Id {
    Id::new(text).unwrap_or_else(Id::programme)
}

fn name(text: &str) -> Name {
    Name(id(text))
}

fn entry(text: &str) -> EntryName {
    // Texts of tests are entry ids; another one would show in the comparison.
    EntryName(
        EntryId::new(text)
            .or_else(|| EntryId::new("?"))
            .unwrap_or_else(|| unreachable!()),
    )
}

fn cents(cents: i64) -> Cents {
    Cents(Money::from_cents(cents).unwrap_or_else(|| unreachable!()))
}

/// The 21st of June 2019.
const DAY: Date = Date::from_epoch_days(18_068);

fn decision() -> DecisionV1 {
    DecisionV1 {
        by: DecidedByV1::Council,
        decided_on: Day(DAY),
        reference: "RIS 2019-0621 § 3 \"besluit\" \\ / é € 😀".to_owned(),
    }
}

fn tags() -> BTreeMap<String, String> {
    [("school", "Noord é"), ("illustrative", "yes")]
        .map(|(tag, value)| (tag.to_owned(), value.to_owned()))
        .into()
}

/// One event of every type, the ledger's own first.
pub fn every_type() -> Vec<EventData> {
    let opened = EventData::LedgerOpened(LedgerOpenedV1 {
        format: 1,
        origin: "example.org/ledger".to_owned(),
    });
    let heads = EventData::StreamHeadsRecorded(StreamHeadsRecordedV1 {
        root: "00ff".repeat(16),
        streams: 3,
    });
    let key = EventData::LogKeyIntroduced(LogKeyIntroducedV1 {
        key: "example.org/ledger+cb8a4ad1+AVx".to_owned(),
        replaces: Some("example.org/ledger+0badcafe+AVy".to_owned()),
    });
    let destroyed = EventData::DetailsDestroyed(DetailsDestroyedV1 {
        decision: decision().reference,
        through: Day(DAY),
    });
    let ledger = vec![opened, heads, key, destroyed];
    [ledger, programme::every_type(), region::every_type()].concat()
}

/// A programme's stream.
pub fn programme(text: &str) -> Stream {
    Stream::Programme(id(text))
}

/// Details with every text but the fingerprint.
pub fn details(text: &str) -> Details {
    let some = |field: &str| Some(format!("{field} {text}"));
    Details {
        client: some("client"),
        description: some("description \"€\" \t \\"),
        document: some("document"),
        explanation: some("explanation"),
        fingerprint: None,
        reason: some("reason"),
        salt: String::new(),
        supplier: some("supplier"),
    }
}

/// A command with one expenditure, with a key and details when its number is even.
pub fn expenditure(stream: &Stream, number: u64) -> NewCommand {
    let even = number.is_multiple_of(2);
    NewCommand {
        stream: stream.clone(),
        expected_version: None,
        recorded_by: "controller".into(),
        idempotency_key: even.then(|| format!("key-{number}")),
        events: vec![NewEvent {
            booking_date: DAY,
            data: posted(
                stream,
                &format!("E{number}"),
                i64::try_from(number).unwrap_or(0) + 1,
            ),
            details: even.then(|| details(&number.to_string()).into()),
        }],
    }
}

fn posted(stream: &Stream, expenditure: &str, amount: i64) -> EventData {
    let programme = match stream {
        Stream::Programme(id) => id.as_str(),
        _ => "p",
    };
    EventData::ExpenditurePosted(ExpenditurePostedV1 {
        amount: cents(amount),
        category: None,
        charges: vec![ChargeV1 {
            amount: cents(amount),
            source: name("programme"),
        }],
        commitment: None,
        drawn_down: None,
        expenditure: entry(expenditure),
        overspend: cents(0),
        programme: name(programme),
        project: name("jongerenwerk"),
        taakveld: Some("6.71a".to_owned()),
        tags: BTreeMap::new(),
        year: 2019,
    })
}

/// A command that touches an entry twice: posted and then corrected.
pub fn corrected(stream: &Stream, expenditure: &str) -> NewCommand {
    let correction = EventData::ExpenditureCorrected(ExpenditureCorrectedV1 {
        amount: cents(-5),
        charges: vec![],
        correction: entry(&format!("{expenditure}-c")),
        expenditure: entry(expenditure),
        given_back: None,
        overspend: cents(0),
        programme: name("p"),
        project: name("jongerenwerk"),
        year: 2019,
    });
    let events = [posted(stream, expenditure, 100), correction];
    let event = |data| NewEvent {
        booking_date: DAY,
        data,
        details: None,
    };
    NewCommand {
        stream: stream.clone(),
        expected_version: None,
        recorded_by: "controller".into(),
        idempotency_key: Some(format!("both-{expenditure}")),
        events: events.into_iter().map(event).collect(),
    }
}

/// A command that orders the details of a stream to be destroyed: through the day on which samples are booked, or the
/// day before it.
pub fn destruction(stream: &Stream, with_that_day: bool) -> NewCommand {
    let through = if with_that_day {
        DAY
    } else {
        Date::from_epoch_days(DAY.epoch_days() - 1)
    };
    NewCommand {
        stream: stream.clone(),
        expected_version: None,
        recorded_by: "operator".into(),
        idempotency_key: None,
        events: vec![NewEvent {
            booking_date: through,
            data: EventData::DetailsDestroyed(DetailsDestroyedV1 {
                decision: "Vernietigingsbesluit 2030-01".to_owned(),
                through: Day(through),
            }),
            details: None,
        }],
    }
}

/// A command whose leaf is longer than a leaf may be.
pub fn too_long(stream: &Stream) -> NewCommand {
    let mut command = expenditure(stream, 0);
    command.idempotency_key = Some("k".repeat(70_000));
    command
}
