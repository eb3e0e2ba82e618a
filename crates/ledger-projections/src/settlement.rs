//! `settlement`: the lines as they were drawn up, and what changed since.

use ledger_contract::{
    report::{
        GroupNow, RegionHead, Settlement, SettlementChange, SettlementFigures, SettlementGroup,
        SettlementLine, SettlementLineGroup, SettlementPart,
    },
    value::{Cents, Day, MunicipalityCode, Name, Share as Degree},
};
use ledger_domain::{
    Id, Money, Municipality,
    region::{Line, SettledFigures, SettledGroup, SettlementShareDrawn, Statement},
};

use crate::{figure::money, region::RegionProjection};

/// The report, under its head; none when there is no such settlement, or it is booked later than asked.
pub fn settlement(projection: &RegionProjection, head: RegionHead, id: &Id) -> Option<Settlement> {
    let as_of = head.as_of.0;
    let frozen = projection
        .settlements
        .get(id)
        .filter(|frozen| frozen.booking_date <= as_of)?;
    let whole = &frozen.whole;
    let now = projection.state.statement(whole.year, as_of);
    let lines = frozen
        .lines
        .iter()
        .map(|line| settlement_line(projection, &now, line));
    Some(Settlement {
        settlement: Name(id.clone()),
        year: whole.year,
        booking_date: Day(frozen.booking_date),
        position: frozen.position,
        decision: (&whole.decision).into(),
        groups: whole
            .groups
            .iter()
            .map(|group| settlement_group(projection, &now, group))
            .collect(),
        totals: figures(whole.totals),
        lines: lines.collect(),
        head,
    })
}

fn settlement_group(
    projection: &RegionProjection,
    now: &Statement<'_>,
    frozen: &SettledGroup,
) -> SettlementGroup {
    let current = now.groups.iter().find(|group| *group.id == frozen.group);
    SettlementGroup {
        group: Name(frozen.group.clone()),
        title: projection.group_title(&frozen.group),
        degree: Degree(frozen.degree),
        schedule_position: frozen.schedule_position,
        key: Name(frozen.key.clone()),
        key_position: frozen.key_position,
        threshold: frozen.threshold.map(Cents),
        actual_cost: Cents(frozen.actual_cost),
        joint_cost: Cents(frozen.joint_cost),
        now: GroupNow {
            degree: Degree(current.map_or(frozen.degree, |group| group.degree)),
            schedule_position: current.and_then(|group| group.schedule_position),
            key_position: current.and_then(|group| group.key).map(|key| key.position),
            actual_cost: Cents(current.map_or(Money::ZERO, |group| group.actual_cost)),
            joint_cost: Cents(current.map_or(Money::ZERO, |group| group.joint_cost)),
        },
    }
}

fn settlement_line(
    projection: &RegionProjection,
    now: &Statement<'_>,
    frozen: &SettlementShareDrawn,
) -> SettlementLine {
    let groups = frozen.groups.iter().map(|group| SettlementLineGroup {
        group: Name(group.group.clone()),
        actual_cost: Cents(group.actual_cost),
        joint_share: Cents(group.joint_share),
        cost_share: Cents(group.cost_share),
    });
    let taken_over = frozen.taken_over.iter().map(|part| SettlementPart {
        municipality: MunicipalityCode(part.municipality),
        name: projection.name(part.municipality),
        figures: figures(part.figures),
    });
    SettlementLine {
        municipality: MunicipalityCode(frozen.municipality),
        name: projection.name(frozen.municipality),
        figures: figures(frozen.figures),
        groups: groups.collect(),
        taken_over: taken_over.collect(),
        since: since(now, frozen),
    }
}

/// The line's rows of the year, now less then: its own, and those of the predecessors that it pays for.
fn since(now: &Statement<'_>, frozen: &SettlementShareDrawn) -> SettlementChange {
    let parts = frozen.taken_over.iter().map(|part| part.municipality);
    let rows: Vec<Municipality> = parts.chain([frozen.municipality]).collect();
    let total = |figure: fn(&Line) -> Option<Money>| -> Option<i128> {
        let lines = now.lines.iter().filter(|line| rows.contains(&line.municipality));
        lines
            .map(|line| figure(line).map(|amount| i128::from(amount.cents())))
            .sum()
    };
    let less = |now: i128, then: Money| Cents(money(now - i128::from(then.cents())));
    let SettledFigures {
        cost_share,
        advances,
        settled,
        amount,
    } = frozen.figures;
    let settled_then = settled.checked_add(amount).unwrap_or(Money::MAX);
    SettlementChange {
        cost_share: total(|line| line.share.cost_share).map(|now| less(now, cost_share)),
        advances: less(total(|line| Some(line.advances)).unwrap_or_default(), advances),
        settled: less(total(|line| Some(line.settled)).unwrap_or_default(), settled_then),
        balance: total(|line| line.balance).map(|balance| Cents(money(balance))),
    }
}

fn figures(settled: SettledFigures) -> SettlementFigures {
    SettlementFigures {
        cost_share: Cents(settled.cost_share),
        advances: Cents(settled.advances),
        settled: Cents(settled.settled),
        amount: Cents(settled.amount),
    }
}
