//! From the domain's events to stored data.

use ledger_domain::{
    EntryId, Id, Municipality,
    region::{
        CostCorrected, CostRecorded, CostReversed, DistributionKeySet, Event, SettledGroup, SettledShare,
        SettlementDrawnUp, SettlementShareDrawn, TakenOver,
    },
};

#[allow(
    clippy::wildcard_imports,
    reason = "the module's own frozen shapes, every one of them"
)]
use super::v1::*;
use crate::{
    event::EventData,
    value::{Cents, Day, EntryName, MunicipalityCode, Name, Share, Weighing},
};

fn name(id: &Id) -> Name {
    Name(id.clone())
}

fn entry(id: &EntryId) -> EntryName {
    EntryName(id.clone())
}

fn code(municipality: Municipality) -> MunicipalityCode {
    MunicipalityCode(municipality)
}

pub(in crate::event) fn from_domain(region: &Id, event: &Event) -> EventData {
    let region_name = || name(region);
    match event {
        Event::RegionEstablished(e) => EventData::RegionEstablished(RegionEstablishedV1 {
            body: e.body.clone(),
            region: region_name(),
            title: e.title.clone(),
        }),
        Event::MunicipalityAdmitted(e) => EventData::MunicipalityAdmitted(MunicipalityAdmittedV1 {
            from: Day(e.from),
            municipality: code(e.municipality),
            name: e.name.clone(),
            region: region_name(),
        }),
        Event::MunicipalitiesMerged(e) => EventData::MunicipalitiesMerged(MunicipalitiesMergedV1 {
            effective_on: Day(e.effective_on),
            from: e.from.iter().map(|municipality| code(*municipality)).collect(),
            into: code(e.into),
            name: e.name.clone(),
            region: region_name(),
        }),
        Event::CostGroupDefined(e) => EventData::CostGroupDefined(CostGroupDefinedV1 {
            decision: (&e.decision).into(),
            group: name(&e.group),
            key: name(&e.key),
            region: region_name(),
            threshold: e.threshold.map(Cents),
            title: e.title.clone(),
        }),
        Event::DistributionKeySet(e) => EventData::DistributionKeySet(key_set(region, e)),
        Event::PhaseOutScheduled(e) => EventData::PhaseOutScheduled(PhaseOutScheduledV1 {
            decision: (&e.decision).into(),
            group: name(&e.group),
            region: region_name(),
            steps: e
                .steps
                .iter()
                .map(|(year, degree)| PhaseOutStepV1 {
                    degree: Share(*degree),
                    year: *year,
                })
                .collect(),
        }),
        Event::CostRecorded(e) => EventData::CostRecorded(recorded(region, e)),
        Event::CostCorrected(e) => EventData::CostCorrected(corrected(region, e)),
        Event::CostReversed(e) => EventData::CostReversed(reversed(region, e)),
        Event::CostsBudgeted(e) => EventData::CostsBudgeted(CostsBudgetedV1 {
            amounts: e
                .amounts
                .iter()
                .map(|(municipality, amount)| (code(*municipality), Cents(*amount)))
                .collect(),
            decision: (&e.decision).into(),
            group: name(&e.group),
            joint: e.joint.map(Cents),
            region: region_name(),
            year: e.year,
        }),
        Event::AdvanceInvoiced(e) => EventData::AdvanceInvoiced(AdvanceInvoicedV1 {
            advance: entry(&e.advance),
            amount: Cents(e.amount),
            municipality: code(e.municipality),
            region: region_name(),
            year: e.year,
        }),
        Event::SettlementDrawnUp(e) => EventData::SettlementDrawnUp(drawn_up(region, e)),
        Event::SettlementShareDrawn(e) => EventData::SettlementShareDrawn(share_drawn(region, e)),
        Event::RegionExplained(e) => EventData::RegionExplained(RegionExplainedV1 {
            figure: e.figure.clone(),
            municipality: e.municipality.map(code),
            region: region_name(),
            year: e.year,
        }),
        Event::RegionPeriodClosed(e) => EventData::RegionPeriodClosed(RegionPeriodClosedV1 {
            region: region_name(),
            through: Day(e.through),
        }),
    }
}

fn key_set(region: &Id, e: &DistributionKeySet) -> DistributionKeySetV1 {
    DistributionKeySetV1 {
        from_costs: e.from_costs.as_ref().map(|from| FromCostsV1 {
            group: name(&from.group),
            years: from.years.clone(),
        }),
        key: name(&e.key),
        region: name(region),
        source: e.source.clone(),
        weights: e
            .weights
            .iter()
            .map(|(municipality, weight)| (code(*municipality), Weighing(*weight)))
            .collect(),
        year: e.year,
    }
}

fn recorded(region: &Id, e: &CostRecorded) -> CostRecordedV1 {
    CostRecordedV1 {
        amount: Cents(e.amount),
        category: e.category.clone(),
        client_no: e.client_no,
        cost: entry(&e.cost),
        group: name(&e.group),
        municipality: e.municipality.map(code),
        region: name(region),
        taakveld: e.taakveld.clone(),
        tags: e.tags.clone(),
        year: e.year,
    }
}

fn corrected(region: &Id, e: &CostCorrected) -> CostCorrectedV1 {
    CostCorrectedV1 {
        amount: Cents(e.amount),
        client_no: e.client_no,
        correction: entry(&e.correction),
        cost: entry(&e.cost),
        group: name(&e.group),
        municipality: e.municipality.map(code),
        region: name(region),
        year: e.year,
    }
}

fn reversed(region: &Id, e: &CostReversed) -> CostReversedV1 {
    CostReversedV1 {
        amount: Cents(e.amount),
        client_no: e.client_no,
        cost: entry(&e.cost),
        group: name(&e.group),
        municipality: e.municipality.map(code),
        region: name(region),
        year: e.year,
    }
}

fn drawn_up(region: &Id, e: &SettlementDrawnUp) -> SettlementDrawnUpV1 {
    let group = |g: &SettledGroup| SettledGroupV1 {
        actual_cost: Cents(g.actual_cost),
        degree: Share(g.degree),
        group: name(&g.group),
        joint_cost: Cents(g.joint_cost),
        key: name(&g.key),
        key_position: g.key_position,
        schedule_position: g.schedule_position,
        threshold: g.threshold.map(Cents),
    };
    SettlementDrawnUpV1 {
        decision: (&e.decision).into(),
        groups: e.groups.iter().map(group).collect(),
        region: name(region),
        settlement: name(&e.settlement),
        totals: SettledTotalsV1 {
            advances: Cents(e.totals.advances),
            amount: Cents(e.totals.amount),
            cost_share: Cents(e.totals.cost_share),
            settled: Cents(e.totals.settled),
        },
        year: e.year,
    }
}

fn share_drawn(region: &Id, e: &SettlementShareDrawn) -> SettlementShareDrawnV1 {
    let group = |g: &SettledShare| SettledShareV1 {
        actual_cost: Cents(g.actual_cost),
        cost_share: Cents(g.cost_share),
        group: name(&g.group),
        joint_share: Cents(g.joint_share),
    };
    let part = |part: &TakenOver| TakenOverV1 {
        advances: Cents(part.figures.advances),
        amount: Cents(part.figures.amount),
        cost_share: Cents(part.figures.cost_share),
        municipality: code(part.municipality),
        settled: Cents(part.figures.settled),
    };
    SettlementShareDrawnV1 {
        advances: Cents(e.figures.advances),
        amount: Cents(e.figures.amount),
        cost_share: Cents(e.figures.cost_share),
        groups: e.groups.iter().map(group).collect(),
        municipality: code(e.municipality),
        region: name(region),
        settled: Cents(e.figures.settled),
        settlement: name(&e.settlement),
        taken_over: e.taken_over.iter().map(part).collect(),
        year: e.year,
    }
}
