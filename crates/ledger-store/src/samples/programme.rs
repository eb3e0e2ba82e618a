//! One event of every type of a programme.

use ledger_contract::{
    event::{
        AuthorisationAmendedV1, BudgetAllocatedV1, BudgetCarriedOverV1, BudgetTransferredV1, ChargeV1,
        CofinancingPromisedV1, CofinancingReceivedV1, CommitmentChangedV1, CommitmentEnteredV1, DrawDownV1,
        EventData, ExpenditureCorrectedV1, ExpenditurePostedV1, ExpenditureReversedV1, FigureExplainedV1,
        ForecastRecordedV1, OverspendV1, PeriodClosedV1, ProgrammeClosedV1, ProgrammeEstablishedV1,
        ProjectClosedV1, ProjectOpenedV1, ProjectReopenedV1, ReleasedV1,
    },
    value::{Day, MunicipalityCode, Share},
};
use ledger_domain::{Fraction, Municipality};

use super::{DAY, cents, decision, entry, name, tags};

/// One event of every type of a programme, every optional field present somewhere, texts with all that JSON escapes.
pub(super) fn every_type() -> Vec<EventData> {
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
