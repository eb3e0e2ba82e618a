//! Field names and their order in the reports of regions.

use ledger_domain::{Fraction, Municipality};

use super::*;
use crate::{
    event::{DecidedByV1, DecisionV1},
    value::{Instant, MunicipalityCode, Share},
};

const HEAD: &str = "region title asOf knownAt logPosition root";
const C: &str = "actualCost jointShare fullSolidarityShare costShare benefit budgetedShare";
const P: &str = "actualCost costShare benefit";
const A: &str = "costShare advances settled amount";
const EVENT: &str = "position type bookingDate recordedAt group municipality entry amount document reason";

/// What the README lists.
pub(super) const NAMES: [&str; 5] = [HEAD, C, P, A, EVENT];

fn head() -> RegionHead {
    RegionHead {
        region: name("zhz"),
        title: "Zuid-Holland Zuid".to_owned(),
        as_of: day(),
        known_at: None,
        log_position: 17,
        root: "00ff".repeat(16),
    }
}

fn code() -> MunicipalityCode {
    MunicipalityCode(Municipality::new("GM0642").expect("a code"))
}

fn degree() -> Share {
    Share(Fraction::ONE)
}

fn shares() -> ShareFigures {
    ShareFigures {
        actual_cost: cents(),
        joint_share: Some(cents()),
        full_solidarity_share: None,
        cost_share: None,
        benefit: None,
        budgeted_share: Some(cents()),
    }
}

#[test]
fn cost_shares_has_the_names_of_the_contract() {
    let report = CostShares {
        head: head(),
        year: 2021,
        total: cents(),
        groups: vec![GroupShares {
            group: name("jeugdhulp"),
            title: "Jeugdhulp".to_owned(),
            degree: degree(),
            key: name("inwoners"),
            threshold: None,
            joint_cost: cents(),
            total: cents(),
            flags: RegionFlag::ALL.to_vec(),
            municipalities: vec![GroupShare {
                municipality: code(),
                name: "Zwijndrecht".into(),
                figures: shares(),
            }],
        }],
        municipalities: vec![MunicipalityShares {
            municipality: code(),
            name: "Zwijndrecht".into(),
            figures: shares(),
            advances: cents(),
            settled: cents(),
            balance: None,
        }],
        explanations: vec![RegionFigureExplanation {
            municipality: None,
            figure: "benefit".to_owned(),
            explanation: None,
            booking_date: day(),
            position: 3,
        }],
    };
    let row = format!("municipality name {C}");
    check(
        &report,
        &format!(
            "{HEAD} year total groups group title degree key threshold jointCost total flags municipalities {row} \
             municipalities {row} advances settled balance explanations municipality figure explanation bookingDate position"
        ),
    );
    let text = serde_json::to_string(&report).expect("JSON");
    assert!(text.contains("\"flags\":[\"key-missing\"]"), "{text}");
}

#[test]
fn phase_out_has_the_names_of_the_contract() {
    let figures = || PhaseOutFigures {
        actual_cost: cents(),
        cost_share: Some(cents()),
        benefit: None,
    };
    let report = PhaseOut {
        head: head(),
        municipality: Some(code()),
        simulation: Some(Simulation {
            statement: "This is a simulation.".to_owned(),
            assume_costs_of: Some(2021),
            schedule: Some(vec![ScheduleStep {
                year: 2021,
                degree: degree(),
            }]),
        }),
        years: vec![PhaseOutYear {
            year: 2021,
            simulated: true,
            degree: Some(degree()),
            figures: figures(),
            adopted: Some(figures()),
            groups: vec![GroupDegree {
                group: name("jeugdhulp"),
                degree: degree(),
                adopted_degree: None,
                flags: Vec::new(),
            }],
            municipalities: vec![PhaseOutShare {
                municipality: code(),
                name: "Zwijndrecht".to_owned(),
                figures: figures(),
                adopted: None,
            }],
        }],
    };
    check(
        &report,
        &format!(
            "{HEAD} municipality simulation statement assumeCostsOf schedule year degree years year simulated degree {P} \
             adopted {P} groups group degree adoptedDegree flags municipalities municipality name {P} adopted"
        ),
    );
}

#[test]
fn settlement_has_the_names_of_the_contract() {
    let figures = || SettlementFigures {
        cost_share: cents(),
        advances: cents(),
        settled: cents(),
        amount: cents(),
    };
    let report = Settlement {
        head: head(),
        settlement: name("first"),
        year: 2021,
        booking_date: day(),
        position: 9,
        decision: DecisionV1 {
            by: DecidedByV1::JointBody,
            decided_on: day(),
            reference: "AB".to_owned(),
        },
        groups: vec![SettlementGroup {
            group: name("jeugdhulp"),
            title: "Jeugdhulp".to_owned(),
            degree: degree(),
            schedule_position: Some(7),
            key: name("inwoners"),
            key_position: None,
            threshold: None,
            actual_cost: cents(),
            joint_cost: cents(),
            now: GroupNow {
                degree: degree(),
                schedule_position: None,
                key_position: Some(5),
                actual_cost: cents(),
                joint_cost: cents(),
            },
        }],
        totals: figures(),
        lines: vec![SettlementLine {
            municipality: code(),
            name: "Zwijndrecht".to_owned(),
            figures: figures(),
            groups: vec![SettlementLineGroup {
                group: name("jeugdhulp"),
                actual_cost: cents(),
                joint_share: cents(),
                cost_share: cents(),
            }],
            taken_over: vec![SettlementPart {
                municipality: code(),
                name: "Zwijndrecht".to_owned(),
                figures: figures(),
            }],
            since: SettlementChange {
                cost_share: None,
                advances: cents(),
                settled: cents(),
                balance: None,
            },
        }],
    };
    check(
        &report,
        &format!(
            "{HEAD} settlement year bookingDate position decision by decidedOn reference groups group title degree \
             schedulePosition key keyPosition threshold actualCost jointCost now degree schedulePosition keyPosition \
             actualCost jointCost totals {A} lines municipality name {A} groups group actualCost jointShare costShare \
             takenOver municipality name {A} since costShare advances settled balance"
        ),
    );
}

#[test]
fn an_explanation_of_a_region_has_the_names_of_the_contract() {
    let report = RegionExplanation {
        report: "cost-shares".to_owned(),
        region: name("zhz"),
        year: 2021,
        municipality: code(),
        group: None,
        figure: "benefit".to_owned(),
        as_of: day(),
        known_at: None,
        log_position: 17,
        root: "00ff".repeat(16),
        amount: None,
        steps: vec![CalculationStep {
            step: StepKind::SharedByKey,
            group: None,
            amount: None,
            sentence: "All.".to_owned(),
        }],
        events: vec![RegionExplainedEvent {
            position: 3,
            r#type: "costRecorded".to_owned(),
            booking_date: day(),
            recorded_at: At(Instant(0)),
            group: Some(name("jeugdhulp")),
            municipality: Some(code()),
            entry: None,
            amount: cents(),
            document: None,
            reason: None,
        }],
    };
    check(
        &report,
        &format!(
            "report region year municipality group figure asOf knownAt logPosition root amount steps step group amount sentence \
             events {EVENT}"
        ),
    );
    let readme = include_str!("../../../README.md");
    for step in [
        StepKind::OwnUse,
        StepKind::SharedByKey,
        StepKind::JointByKey,
        StepKind::ByUse,
        StepKind::BelowThreshold,
        StepKind::CostShare,
        StepKind::Advances,
        StepKind::Settled,
    ] {
        let code = serde_json::to_string(&step).expect("JSON").replace('"', "`");
        assert!(readme.contains(&code), "the README needs {code}");
    }
}
