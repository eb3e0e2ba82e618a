//! One event of every type: there and back, as canonical JSON, and the bytes that were once written.

use std::collections::BTreeMap;

use ledger_domain::{
    Date, DecidedBy, Decision, EntryId, Fraction, Id, Money, Municipality, Year,
    region::{
        AdmitMunicipality, BudgetCosts, CloseRegionPeriod, CostCorrected, CostRecorded, CostReversed,
        DefineCostGroup, DistributionKeySet, EstablishRegion, Event as RegionEvent, ExplainRegion, FromCosts,
        InvoiceAdvance, MergeMunicipalities, SchedulePhaseOut, SettledFigures, SettledGroup, SettledShare,
        SettlementDrawnUp, SettlementShareDrawn, TakenOver, Weight,
    },
};

use crate::{
    event::{EntryKind, Event, EventData, Stream, read_leaf, write_leaf},
    value::Instant,
};

/// Leaves as they were written once. Never edited: what is recorded must read for ever.
const GOLDEN: &str = include_str!("golden.ndjson");

fn id(text: &str) -> Id {
    Id::new(text).expect("an id")
}

fn entry(text: &str) -> EntryId {
    EntryId::new(text).expect("an entry id")
}

fn money(cents: i64) -> Money {
    Money::from_cents(cents).expect("fits")
}

fn gm(number: u16) -> Municipality {
    Municipality::from_number(number).expect("a code")
}

fn day(year: Year, month: u8, day: u8) -> Date {
    Date::from_ymd(year, month, day).expect("a day")
}

fn decision() -> Decision {
    Decision {
        reference: "AB 2020-03-19, punt 7".into(),
        by: DecidedBy::JointBody,
        decided_on: day(2020, 3, 19),
    }
}

fn figures(from: i64) -> SettledFigures {
    SettledFigures {
        cost_share: money(from),
        advances: money(from - 1),
        settled: money(-7),
        amount: money(8),
    }
}

fn costs() -> Vec<RegionEvent> {
    let tags = BTreeMap::from([("illustrative".to_owned(), "true".to_owned())]);
    vec![
        RegionEvent::CostRecorded(CostRecorded {
            group: id("jeugdhulp"),
            municipality: Some(gm(642)),
            cost: entry("K-2021/1"),
            year: 2021,
            amount: money(1_130_329_415),
            client_no: Some(17),
            taakveld: Some("6.72a".into()),
            category: Some("3.8".into()),
            tags,
        }),
        RegionEvent::CostCorrected(CostCorrected {
            cost: entry("K-2021/1"),
            correction: entry("C-1"),
            amount: money(-100),
            group: id("jeugdhulp"),
            municipality: None,
            year: 2021,
            client_no: None,
        }),
        RegionEvent::CostReversed(CostReversed {
            cost: entry("K-2021/1"),
            amount: money(0),
            group: id("jeugdhulp"),
            municipality: Some(gm(642)),
            year: 2021,
            client_no: Some(17),
        }),
        RegionEvent::CostsBudgeted(BudgetCosts {
            group: id("jeugdhulp"),
            year: 2021,
            amounts: BTreeMap::from([(gm(642), money(5)), (gm(505), money(100_000))]),
            joint: Some(money(1)),
            decision: decision(),
        }),
        RegionEvent::AdvanceInvoiced(InvoiceAdvance {
            year: 2021,
            municipality: gm(642),
            advance: entry("2021-GM0642-01"),
            amount: money(-80_860_784),
        }),
    ]
}

fn settlement() -> Vec<RegionEvent> {
    vec![
        RegionEvent::SettlementDrawnUp(SettlementDrawnUp {
            settlement: id("2021-definitief"),
            year: 2021,
            decision: decision(),
            groups: vec![SettledGroup {
                group: id("jeugdhulp"),
                actual_cost: money(10_000_000_000),
                joint_cost: money(0),
                degree: Fraction::new(2, 3).expect("a fraction"),
                schedule_position: Some(14),
                key: id("inwoners"),
                key_position: None,
                threshold: Some(money(7_500_000)),
            }],
            totals: figures(10_000_000_000),
        }),
        RegionEvent::SettlementShareDrawn(SettlementShareDrawn {
            settlement: id("2021-definitief"),
            year: 2021,
            municipality: gm(1978),
            figures: figures(970_329_415),
            groups: vec![SettledShare {
                group: id("jeugdhulp"),
                actual_cost: money(3),
                joint_share: money(2),
                cost_share: money(1),
            }],
            taken_over: vec![TakenOver {
                municipality: gm(689),
                figures: figures(5),
            }],
        }),
    ]
}

/// One event of every type, with what is optional present and absent.
fn every_type() -> Vec<RegionEvent> {
    let mut events = vec![
        RegionEvent::RegionEstablished(EstablishRegion {
            region: id("zhz"),
            title: "Zuid-Holland Zuid \"jeugd\" é".into(),
            body: "Serviceorganisatie Jeugd".into(),
        }),
        RegionEvent::MunicipalityAdmitted(AdmitMunicipality {
            municipality: gm(642),
            name: "Zwijndrecht".into(),
            from: day(2015, 1, 1),
        }),
        RegionEvent::MunicipalitiesMerged(MergeMunicipalities {
            from: vec![gm(1927), gm(689)],
            into: gm(1978),
            name: "Molenlanden".into(),
            effective_on: day(2019, 1, 1),
        }),
        RegionEvent::CostGroupDefined(DefineCostGroup {
            group: id("jeugdhulp"),
            title: "Jeugdhulp".into(),
            key: id("inwoners"),
            threshold: Some(money(7_500_000)),
            decision: decision(),
        }),
        RegionEvent::DistributionKeySet(DistributionKeySet {
            key: id("inwoners"),
            year: 2021,
            weights: [
                (642, 44_735_000_000),
                (505, 119_139_000_000),
                (482, 500_000),
                (590, 0),
            ]
            .map(|(number, micros)| (gm(number), Weight::from_micros(micros).expect("fits")))
            .into(),
            source: Some("CBS".into()),
            from_costs: None,
        }),
        RegionEvent::DistributionKeySet(DistributionKeySet {
            key: id("gebruik"),
            year: 2021,
            weights: BTreeMap::from([(gm(642), Weight::from_micros(9_999_999_999_990_000).expect("fits"))]),
            source: None,
            from_costs: Some(FromCosts {
                group: id("jeugdhulp"),
                years: vec![2019, 2018],
            }),
        }),
        RegionEvent::PhaseOutScheduled(SchedulePhaseOut {
            group: id("jeugdhulp"),
            steps: [(2021, (2, 3)), (2022, (1, 3)), (2023, (0, 1))]
                .map(|(year, (above, below))| (year, Fraction::new(above, below).expect("a fraction")))
                .into(),
            decision: decision(),
        }),
        RegionEvent::RegionExplained(ExplainRegion {
            year: 2021,
            municipality: Some(gm(642)),
            figure: "benefit".into(),
        }),
        RegionEvent::RegionPeriodClosed(CloseRegionPeriod {
            through: day(2021, 12, 31),
        }),
    ];
    events.extend(costs());
    events.extend(settlement());
    events
}

fn recorded(position: u64, data: EventData) -> Event {
    Event {
        position,
        stream: Stream::Region(id("zhz")),
        version: position,
        command: position,
        recorded_at: Instant(1_600_000_000_000_000),
        recorded_by: "controller".into(),
        approved_by: None,
        booking_date: day(2021, 6, 1),
        idempotency_key: None,
        data,
        details_hash: None,
    }
}

fn leaf(event: &Event) -> String {
    let mut bytes = Vec::new();
    write_leaf(event, &mut bytes).expect("writes");
    String::from_utf8(bytes).expect("text")
}

#[test]
fn every_type_comes_back_from_its_leaf() {
    let mut types = BTreeMap::new();
    for (position, event) in every_type().into_iter().enumerate() {
        let data = EventData::from_region_event(&id("zhz"), &event);
        types.insert(data.type_number(), data.type_name());
        assert_eq!(data.to_region_event().as_ref(), Some(&event));
        assert_eq!(data.to_programme_event(), None);
        let recorded = recorded(position as u64, data);
        let leaf = leaf(&recorded);
        assert_eq!(read_leaf(leaf.as_bytes()).expect("reads"), recorded);
        let value: serde_json::Value = serde_json::from_str(&leaf).expect("JSON");
        assert_eq!(
            serde_json_canonicalizer::to_string(&value).expect("canonical"),
            leaf
        );
    }
    let of_regions = EventData::TYPES
        .iter()
        .filter(|(number, ..)| (201..300).contains(number));
    let of_regions: BTreeMap<u16, &str> = of_regions.map(|(number, name, _)| (*number, *name)).collect();
    assert_eq!(types, of_regions);
}

#[test]
fn leaves_are_written_as_they_once_were() {
    let written: Vec<String> = every_type()
        .into_iter()
        .enumerate()
        .map(|(position, event)| {
            leaf(&recorded(
                position as u64,
                EventData::from_region_event(&id("zhz"), &event),
            ))
        })
        .collect();
    let golden: Vec<&str> = GOLDEN.lines().collect();
    assert_eq!(written, golden);
}

#[test]
fn entries_are_found_by_their_events() {
    let keys: Vec<(EntryKind, String)> = costs()
        .iter()
        .map(|event| EventData::from_region_event(&id("zhz"), event))
        .flat_map(|data| {
            let keys = data.entry_keys();
            keys.map(|(kind, id)| (kind, id.to_owned())).collect::<Vec<_>>()
        })
        .collect();
    let cost = || (EntryKind::Cost, "K-2021/1".to_owned());
    assert_eq!(
        keys,
        [
            cost(),
            cost(),
            (EntryKind::CostCorrection, "C-1".to_owned()),
            cost(),
            (EntryKind::Advance, "2021-GM0642-01".to_owned()),
        ]
    );
}

#[test]
fn a_key_a_budget_and_a_settlement_of_four_hundred_municipalities_fit_a_leaf() {
    const LEAF_BYTES_MAX: usize = 65_535;
    let codes = || (1..=400).map(|number| gm(number * 24));
    let widest_id = || id(&"x".repeat(64));
    let widest = || Decision {
        reference: "é".repeat(256),
        ..decision()
    };
    let weight = Weight::from_micros(i64::MAX.unsigned_abs()).expect("fits");
    let all = SettledFigures {
        cost_share: Money::MAX.negated(),
        advances: Money::MAX.negated(),
        settled: Money::MAX.negated(),
        amount: Money::MAX.negated(),
    };
    let events = [
        RegionEvent::DistributionKeySet(DistributionKeySet {
            key: widest_id(),
            year: 2021,
            weights: codes().map(|code| (code, weight)).collect(),
            source: Some("é".repeat(256)),
            from_costs: None,
        }),
        RegionEvent::CostsBudgeted(BudgetCosts {
            group: widest_id(),
            year: 2021,
            amounts: codes().map(|code| (code, Money::MAX)).collect(),
            joint: Some(Money::MAX),
            decision: widest(),
        }),
        RegionEvent::SettlementDrawnUp(SettlementDrawnUp {
            settlement: widest_id(),
            year: 2021,
            decision: widest(),
            groups: vec![
                SettledGroup {
                    group: widest_id(),
                    actual_cost: Money::MAX.negated(),
                    joint_cost: Money::MAX.negated(),
                    degree: Fraction::new(999_999, 1_000_000).expect("a fraction"),
                    schedule_position: Some(1 << 53),
                    key: widest_id(),
                    key_position: Some(1 << 53),
                    threshold: Some(Money::MAX),
                };
                128
            ],
            totals: all,
        }),
        RegionEvent::SettlementShareDrawn(SettlementShareDrawn {
            settlement: widest_id(),
            year: 2021,
            municipality: gm(1),
            figures: all,
            groups: vec![
                SettledShare {
                    group: widest_id(),
                    actual_cost: Money::MAX.negated(),
                    joint_share: Money::MAX.negated(),
                    cost_share: Money::MAX.negated(),
                };
                128
            ],
            taken_over: codes()
                .take(100)
                .map(|municipality| TakenOver {
                    municipality,
                    figures: all,
                })
                .collect(),
        }),
    ];
    for event in events {
        let bytes = leaf(&recorded(
            1 << 53,
            EventData::from_region_event(&widest_id(), &event),
        ))
        .len();
        assert!(bytes < LEAF_BYTES_MAX, "{bytes} bytes");
    }
}
