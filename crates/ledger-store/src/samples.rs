//! Events for tests: one of every type, and commands of any number.

use std::collections::BTreeMap;

use ledger_contract::{
    event::{
        AuthorisationAmendedV1, BudgetAllocatedV1, BudgetCarriedOverV1, BudgetTransferredV1, ChargeV1,
        CofinancingPromisedV1, CofinancingReceivedV1, CommitmentChangedV1, CommitmentEnteredV1, DecidedByV1,
        DecisionV1, Details, DrawDownV1, EventData, ExpenditureCorrectedV1, ExpenditurePostedV1,
        ExpenditureReversedV1, FigureExplainedV1, ForecastRecordedV1, LedgerOpenedV1, OverspendV1,
        PeriodClosedV1, ProgrammeClosedV1, ProgrammeEstablishedV1, ProjectClosedV1, ProjectOpenedV1,
        ProjectReopenedV1, ReleasedV1, Stream,
    },
    value::{Cents, Day, EntryName, MunicipalityCode, Name, Share},
};
use ledger_domain::{Date, EntryId, Fraction, Id, Money, Municipality};

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
        recorded_by: "controller".to_owned(),
        idempotency_key: even.then(|| format!("key-{number}")),
        events: vec![NewEvent {
            booking_date: DAY,
            data: posted(&format!("E{number}"), i64::try_from(number).unwrap_or(0) + 1),
            details: even.then(|| details(&number.to_string())),
        }],
    }
}

fn posted(expenditure: &str, amount: i64) -> EventData {
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
        programme: name("p"),
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
    let events = [posted(expenditure, 100), correction];
    let event = |data| NewEvent {
        booking_date: DAY,
        data,
        details: None,
    };
    NewCommand {
        stream: stream.clone(),
        expected_version: None,
        recorded_by: "controller".to_owned(),
        idempotency_key: Some(format!("both-{expenditure}")),
        events: events.into_iter().map(event).collect(),
    }
}

/// A command whose leaf is longer than a leaf may be.
pub fn too_long(stream: &Stream) -> NewCommand {
    let mut command = expenditure(stream, 0);
    command.idempotency_key = Some("k".repeat(70_000));
    command
}

/// One event of every type, every optional field present, texts with all that JSON escapes.
pub fn every_type() -> Vec<EventData> {
    let decision = || DecisionV1 {
        by: DecidedByV1::Council,
        decided_on: Day(DAY),
        reference: "RIS 2019-0621 § 3 \"besluit\" \\ / é € 😀".to_owned(),
    };
    let charge = |source: &str, amount| ChargeV1 {
        amount: cents(amount),
        source: name(source),
    };
    let charges = || vec![charge("jenv", -7), charge("programme", 9_007_199_254_740_993)];
    let draw_down = || DrawDownV1 {
        charges: charges(),
        commitment: entry("C-1"),
        year: 2021,
    };
    let tags = || {
        [("school", "Noord é"), ("illustrative", "yes")]
            .map(|(tag, value)| (tag.to_owned(), value.to_owned()))
            .into()
    };
    let promised = |share| CofinancingPromisedV1 {
        amount: cents(7_500_000),
        funder: name("jenv"),
        programme: name("p"),
        project: name("officier"),
        share,
        year: Some(2021),
    };
    let changed = || CommitmentChangedV1 {
        amount: cents(500),
        charges: charges(),
        commitment: entry("C-1"),
        overspend: cents(3),
        programme: name("p"),
        project: name("officier"),
        year: 2021,
    };
    vec![
        EventData::LedgerOpened(LedgerOpenedV1 {
            format: 1,
            origin: "example.org/ledger".to_owned(),
        }),
        EventData::ProgrammeEstablished(ProgrammeEstablishedV1 {
            authorised: cents(500_000_000),
            decision: decision(),
            ends_on: Day(DAY),
            municipality: MunicipalityCode(Municipality::from_number(505).unwrap_or_else(|| unreachable!())),
            overspend: OverspendV1::Explain,
            programme: name("p"),
            starts_on: Day(DAY),
            title: "Investeringsplan".to_owned(),
        }),
        EventData::AuthorisationAmended(AuthorisationAmendedV1 {
            amount: cents(-1),
            decision: decision(),
            programme: name("p"),
        }),
        EventData::ProjectOpened(ProjectOpenedV1 {
            ends_on: Some(Day(DAY)),
            follow_up_funding: Some(false),
            law: Some("Jeugdwet".to_owned()),
            programme: name("p"),
            project: name("officier"),
            starts_on: None,
            taakveld: Some("6.71a".to_owned()),
            tags: tags(),
            theme: Some("Basis op orde".to_owned()),
            title: "Re-integratie officier".to_owned(),
        }),
        EventData::ProjectReopened(ProjectReopenedV1 {
            decision: decision(),
            programme: name("p"),
            project: name("officier"),
        }),
        EventData::BudgetAllocated(BudgetAllocatedV1 {
            amount: cents(100),
            decision: decision(),
            programme: name("p"),
            project: name("officier"),
            year: Some(2021),
        }),
        EventData::BudgetTransferred(BudgetTransferredV1 {
            amount: cents(100),
            decision: decision(),
            from_project: name("a"),
            programme: name("p"),
            to_project: name("b"),
            year: None,
        }),
        EventData::BudgetCarriedOver(BudgetCarriedOverV1 {
            amount: cents(18_721_800),
            decision: decision(),
            from_year: 2020,
            funder: Some(name("jenv")),
            programme: name("p"),
            project: name("officier"),
            to_year: 2021,
        }),
        EventData::CommitmentEntered(CommitmentEnteredV1 {
            amount: cents(100),
            category: Some("3.5.1".to_owned()),
            charges: charges(),
            commitment: entry("C-1"),
            overspend: cents(0),
            programme: name("p"),
            project: name("officier"),
            taakveld: Some("6.1".to_owned()),
            tags: tags(),
            year: 2021,
        }),
        EventData::CommitmentRaised(changed()),
        EventData::CommitmentReleased(changed()),
        EventData::ExpenditurePosted(ExpenditurePostedV1 {
            amount: cents(100),
            category: Some("3.5.1".to_owned()),
            charges: charges(),
            commitment: Some(entry("C-1")),
            drawn_down: Some(draw_down()),
            expenditure: entry("E~1"),
            overspend: cents(1),
            programme: name("p"),
            project: name("officier"),
            taakveld: Some("6.1".to_owned()),
            tags: tags(),
            year: 2021,
        }),
        EventData::ExpenditureCorrected(ExpenditureCorrectedV1 {
            amount: cents(-100),
            charges: charges(),
            correction: entry("K-1"),
            expenditure: entry("E~1"),
            given_back: Some(draw_down()),
            overspend: cents(0),
            programme: name("p"),
            project: name("officier"),
            year: 2021,
        }),
        EventData::ExpenditureReversed(ExpenditureReversedV1 {
            amount: cents(100),
            charges: charges(),
            expenditure: entry("E~1"),
            given_back: Some(draw_down()),
            programme: name("p"),
            project: name("officier"),
            year: 2021,
        }),
        EventData::CofinancingExpected(promised(None)),
        EventData::CofinancingPledged(promised(Fraction::new(1, 2).map(Share))),
        EventData::CofinancingReceived(CofinancingReceivedV1 {
            amount: cents(-3_750_000),
            funder: name("jenv"),
            programme: name("p"),
            project: name("officier"),
            receipt: entry("R-1"),
        }),
        EventData::ForecastRecorded(ForecastRecordedV1 {
            amount: cents(350_000_000),
            forecast_for: Day(DAY),
            programme: name("p"),
            project: Some(name("officier")),
        }),
        EventData::FigureExplained(FigureExplainedV1 {
            figure: "underspend".to_owned(),
            programme: name("p"),
            project: None,
            source_contradiction: true,
        }),
        EventData::PeriodClosed(PeriodClosedV1 {
            programme: name("p"),
            through: Day(DAY),
        }),
        EventData::ProjectClosed(ProjectClosedV1 {
            decision: decision(),
            programme: name("p"),
            project: name("officier"),
            released: vec![ReleasedV1 {
                amount: cents(100),
                year: Some(2021),
            }],
        }),
        EventData::ProgrammeClosed(ProgrammeClosedV1 {
            decision: decision(),
            programme: name("p"),
        }),
    ]
}
