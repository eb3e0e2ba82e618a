//! One event of every type of a region.

use ledger_contract::{
    event::{
        AdvanceInvoicedV1, CostCorrectedV1, CostGroupDefinedV1, CostRecordedV1, CostReversedV1,
        CostsBudgetedV1, DistributionKeySetV1, EventData, FromCostsV1, MunicipalitiesMergedV1,
        MunicipalityAdmittedV1, PhaseOutScheduledV1, PhaseOutStepV1, RegionEstablishedV1, RegionExplainedV1,
        RegionPeriodClosedV1, SettledGroupV1, SettledShareV1, SettledTotalsV1, SettlementDrawnUpV1,
        SettlementShareDrawnV1, TakenOverV1,
    },
    value::{Day, MunicipalityCode, Share, Weighing},
};
use ledger_domain::{Fraction, Municipality, region::Weight};

use super::{DAY, cents, decision, entry, name, tags};

fn municipality(number: u16) -> MunicipalityCode {
    MunicipalityCode(Municipality::from_number(number).unwrap_or_else(|| unreachable!()))
}

fn share(numerator: u32, denominator: u32) -> Share {
    Share(Fraction::new(numerator, denominator).unwrap_or_else(|| unreachable!()))
}

fn weight(micros: u64) -> Weighing {
    Weighing(Weight::from_micros(micros).unwrap_or_else(|| unreachable!()))
}

/// One event of every type of a region, every optional field present somewhere.
pub(super) fn every_type() -> Vec<EventData> {
    vec![
        EventData::RegionEstablished(RegionEstablishedV1 {
            body: "Gemeenschappelijke regeling \"Dienst\"".to_owned(),
            region: name("zhz"),
            title: "Zuid-Holland Zuid".to_owned(),
        }),
        EventData::MunicipalityAdmitted(MunicipalityAdmittedV1 {
            from: Day(DAY),
            municipality: municipality(505),
            name: "Dordrecht".to_owned(),
            region: name("zhz"),
        }),
        EventData::MunicipalitiesMerged(MunicipalitiesMergedV1 {
            effective_on: Day(DAY),
            from: vec![municipality(585), municipality(611)],
            into: municipality(1_963),
            name: "Hoeksche Waard".to_owned(),
            region: name("zhz"),
        }),
        EventData::CostGroupDefined(CostGroupDefinedV1 {
            decision: decision(),
            group: name("youth"),
            key: name("inhabitants"),
            region: name("zhz"),
            threshold: Some(cents(7_500_000)),
            title: "Jeugdhulp".to_owned(),
        }),
        EventData::DistributionKeySet(DistributionKeySetV1 {
            from_costs: Some(FromCostsV1 {
                group: name("youth"),
                years: vec![2019, 2020],
            }),
            key: name("inhabitants"),
            region: name("zhz"),
            source: Some("CBS".to_owned()),
            weights: [
                (municipality(505), weight(119_139_000_000)),
                (municipality(642), weight(500_000)),
            ]
            .into(),
            year: 2021,
        }),
        EventData::PhaseOutScheduled(PhaseOutScheduledV1 {
            decision: decision(),
            group: name("youth"),
            region: name("zhz"),
            steps: vec![
                PhaseOutStepV1 {
                    degree: share(2, 3),
                    year: 2021,
                },
                PhaseOutStepV1 {
                    degree: share(0, 1),
                    year: 2023,
                },
            ],
        }),
        EventData::CostRecorded(CostRecordedV1 {
            amount: cents(100),
            category: Some("4.3.1".to_owned()),
            client_no: Some(17),
            cost: entry("K~1"),
            group: name("youth"),
            municipality: Some(municipality(505)),
            region: name("zhz"),
            taakveld: Some("6.72a".to_owned()),
            tags: tags(),
            year: 2021,
        }),
        EventData::CostCorrected(CostCorrectedV1 {
            amount: cents(-1),
            client_no: None,
            correction: entry("K~1-c"),
            cost: entry("K~1"),
            group: name("youth"),
            municipality: None,
            region: name("zhz"),
            year: 2021,
        }),
        EventData::CostReversed(CostReversedV1 {
            amount: cents(99),
            client_no: Some(17),
            cost: entry("K~1"),
            group: name("youth"),
            municipality: Some(municipality(505)),
            region: name("zhz"),
            year: 2021,
        }),
        EventData::CostsBudgeted(CostsBudgetedV1 {
            amounts: [(municipality(505), cents(100)), (municipality(642), cents(1))].into(),
            decision: decision(),
            group: name("youth"),
            joint: Some(cents(5)),
            region: name("zhz"),
            year: 2022,
        }),
        EventData::AdvanceInvoiced(AdvanceInvoicedV1 {
            advance: entry("V-1"),
            amount: cents(-12),
            municipality: municipality(505),
            region: name("zhz"),
            year: 2022,
        }),
        EventData::SettlementDrawnUp(SettlementDrawnUpV1 {
            decision: decision(),
            groups: vec![SettledGroupV1 {
                actual_cost: cents(10_000_000_000),
                degree: share(1, 1),
                group: name("youth"),
                joint_cost: cents(0),
                key: name("inhabitants"),
                key_position: Some(4),
                schedule_position: None,
                threshold: Some(cents(7_500_000)),
            }],
            region: name("zhz"),
            settlement: name("final-2021"),
            totals: SettledTotalsV1 {
                advances: cents(1),
                amount: cents(2),
                cost_share: cents(3),
                settled: cents(0),
            },
            year: 2021,
        }),
        EventData::SettlementShareDrawn(SettlementShareDrawnV1 {
            advances: cents(1),
            amount: cents(-2),
            cost_share: cents(970_329_415),
            groups: vec![SettledShareV1 {
                actual_cost: cents(1_130_329_415),
                cost_share: cents(970_329_415),
                group: name("youth"),
                joint_share: cents(0),
            }],
            municipality: municipality(642),
            region: name("zhz"),
            settled: cents(0),
            settlement: name("final-2021"),
            taken_over: vec![TakenOverV1 {
                advances: cents(1),
                amount: cents(2),
                cost_share: cents(3),
                municipality: municipality(585),
                settled: cents(4),
            }],
            year: 2021,
        }),
        EventData::RegionExplained(RegionExplainedV1 {
            figure: "benefit".to_owned(),
            municipality: Some(municipality(642)),
            region: name("zhz"),
            year: 2021,
        }),
        EventData::RegionPeriodClosed(RegionPeriodClosedV1 {
            region: name("zhz"),
            through: Day(DAY),
        }),
    ]
}
