//! From stored data to the domain's events.

use ledger_domain::region::{
    AdmitMunicipality, BudgetCosts, CloseRegionPeriod, CostCorrected, CostRecorded, CostReversed,
    DefineCostGroup, DistributionKeySet, EstablishRegion, Event, ExplainRegion, FromCosts, InvoiceAdvance,
    MergeMunicipalities, SchedulePhaseOut, SettledFigures, SettledGroup, SettledShare, SettlementDrawnUp,
    SettlementShareDrawn, TakenOver,
};

#[allow(
    clippy::wildcard_imports,
    reason = "the module's own frozen shapes, every one of them"
)]
use super::v1::*;
use crate::event::{EntryKeys, EntryKind, EventData};

pub(in crate::event) fn to_domain(data: &EventData) -> Option<Event> {
    Some(match data {
        EventData::RegionEstablished(e) => Event::RegionEstablished(EstablishRegion {
            region: e.region.0.clone(),
            title: e.title.clone(),
            body: e.body.clone(),
        }),
        EventData::MunicipalityAdmitted(e) => Event::MunicipalityAdmitted(AdmitMunicipality {
            municipality: e.municipality.0,
            name: e.name.clone(),
            from: e.from.0,
        }),
        EventData::MunicipalitiesMerged(e) => Event::MunicipalitiesMerged(MergeMunicipalities {
            from: e.from.iter().map(|code| code.0).collect(),
            into: e.into.0,
            name: e.name.clone(),
            effective_on: e.effective_on.0,
        }),
        EventData::CostGroupDefined(e) => Event::CostGroupDefined(DefineCostGroup {
            group: e.group.0.clone(),
            title: e.title.clone(),
            key: e.key.0.clone(),
            threshold: e.threshold.as_ref().map(|amount| amount.0),
            decision: (&e.decision).into(),
        }),
        EventData::DistributionKeySet(e) => Event::DistributionKeySet(key_set(e)),
        EventData::PhaseOutScheduled(e) => Event::PhaseOutScheduled(SchedulePhaseOut {
            group: e.group.0.clone(),
            steps: e.steps.iter().map(|step| (step.year, step.degree.0)).collect(),
            decision: (&e.decision).into(),
        }),
        EventData::CostRecorded(e) => Event::CostRecorded(recorded(e)),
        EventData::CostCorrected(e) => Event::CostCorrected(corrected(e)),
        EventData::CostReversed(e) => Event::CostReversed(reversed(e)),
        EventData::CostsBudgeted(e) => Event::CostsBudgeted(BudgetCosts {
            group: e.group.0.clone(),
            year: e.year,
            amounts: e
                .amounts
                .iter()
                .map(|(code, amount)| (code.0, amount.0))
                .collect(),
            joint: e.joint.as_ref().map(|amount| amount.0),
            decision: (&e.decision).into(),
        }),
        EventData::AdvanceInvoiced(e) => Event::AdvanceInvoiced(InvoiceAdvance {
            year: e.year,
            municipality: e.municipality.0,
            advance: e.advance.0.clone(),
            amount: e.amount.0,
        }),
        EventData::SettlementDrawnUp(e) => Event::SettlementDrawnUp(drawn_up(e)),
        EventData::SettlementShareDrawn(e) => Event::SettlementShareDrawn(share_drawn(e)),
        EventData::RegionExplained(e) => Event::RegionExplained(ExplainRegion {
            year: e.year,
            municipality: e.municipality.as_ref().map(|code| code.0),
            figure: e.figure.clone(),
        }),
        EventData::RegionPeriodClosed(e) => {
            Event::RegionPeriodClosed(CloseRegionPeriod { through: e.through.0 })
        }
        // The data of other streams.
        _ => return None,
    })
}

fn key_set(e: &DistributionKeySetV1) -> DistributionKeySet {
    DistributionKeySet {
        key: e.key.0.clone(),
        year: e.year,
        weights: e
            .weights
            .iter()
            .map(|(code, weight)| (code.0, weight.0))
            .collect(),
        source: e.source.clone(),
        from_costs: e.from_costs.as_ref().map(|from| FromCosts {
            group: from.group.0.clone(),
            years: from.years.clone(),
        }),
    }
}

fn recorded(e: &CostRecordedV1) -> CostRecorded {
    CostRecorded {
        group: e.group.0.clone(),
        municipality: e.municipality.as_ref().map(|code| code.0),
        cost: e.cost.0.clone(),
        year: e.year,
        amount: e.amount.0,
        client_no: e.client_no,
        taakveld: e.taakveld.clone(),
        category: e.category.clone(),
        tags: e.tags.clone(),
    }
}

fn corrected(e: &CostCorrectedV1) -> CostCorrected {
    CostCorrected {
        cost: e.cost.0.clone(),
        correction: e.correction.0.clone(),
        amount: e.amount.0,
        group: e.group.0.clone(),
        municipality: e.municipality.as_ref().map(|code| code.0),
        year: e.year,
        client_no: e.client_no,
    }
}

fn reversed(e: &CostReversedV1) -> CostReversed {
    CostReversed {
        cost: e.cost.0.clone(),
        amount: e.amount.0,
        group: e.group.0.clone(),
        municipality: e.municipality.as_ref().map(|code| code.0),
        year: e.year,
        client_no: e.client_no,
    }
}

fn drawn_up(e: &SettlementDrawnUpV1) -> SettlementDrawnUp {
    let group = |g: &SettledGroupV1| SettledGroup {
        group: g.group.0.clone(),
        actual_cost: g.actual_cost.0,
        joint_cost: g.joint_cost.0,
        degree: g.degree.0,
        schedule_position: g.schedule_position,
        key: g.key.0.clone(),
        key_position: g.key_position,
        threshold: g.threshold.as_ref().map(|amount| amount.0),
    };
    SettlementDrawnUp {
        settlement: e.settlement.0.clone(),
        year: e.year,
        decision: (&e.decision).into(),
        groups: e.groups.iter().map(group).collect(),
        totals: SettledFigures {
            cost_share: e.totals.cost_share.0,
            advances: e.totals.advances.0,
            settled: e.totals.settled.0,
            amount: e.totals.amount.0,
        },
    }
}

fn share_drawn(e: &SettlementShareDrawnV1) -> SettlementShareDrawn {
    let group = |g: &SettledShareV1| SettledShare {
        group: g.group.0.clone(),
        actual_cost: g.actual_cost.0,
        joint_share: g.joint_share.0,
        cost_share: g.cost_share.0,
    };
    let part = |part: &TakenOverV1| TakenOver {
        municipality: part.municipality.0,
        figures: SettledFigures {
            cost_share: part.cost_share.0,
            advances: part.advances.0,
            settled: part.settled.0,
            amount: part.amount.0,
        },
    };
    SettlementShareDrawn {
        settlement: e.settlement.0.clone(),
        year: e.year,
        municipality: e.municipality.0,
        figures: SettledFigures {
            cost_share: e.cost_share.0,
            advances: e.advances.0,
            settled: e.settled.0,
            amount: e.amount.0,
        },
        groups: e.groups.iter().map(group).collect(),
        taken_over: e.taken_over.iter().map(part).collect(),
    }
}

pub(in crate::event) fn entry_keys(data: &EventData) -> EntryKeys<'_> {
    match data {
        EventData::CostRecorded(e) => [Some((EntryKind::Cost, e.cost.0.as_str())), None],
        EventData::CostCorrected(e) => [
            Some((EntryKind::Cost, e.cost.0.as_str())),
            Some((EntryKind::CostCorrection, e.correction.0.as_str())),
        ],
        EventData::CostReversed(e) => [Some((EntryKind::Cost, e.cost.0.as_str())), None],
        EventData::AdvanceInvoiced(e) => [Some((EntryKind::Advance, e.advance.0.as_str())), None],
        _ => [None; 2],
    }
}
