//! Advances, and the settlement of a year.

use super::case::Case;
use crate::region::running::{minus, plus, sum};
use crate::region::{
    DrawUpSettlement, EntryKind, Event, GroupStatement, InvoiceAdvance, Line, Region, SettledFigures,
    SettledGroup, SettledShare, SettlementDrawnUp, SettlementShareDrawn, Share, Statement, TakenOver,
};
use crate::{Code, Date, Money, Municipality, Refusal};
use std::collections::BTreeMap;

pub(super) fn invoice_advance(mut case: Case, c: &InvoiceAdvance) -> Result<Event, Refusal> {
    case.known(c.municipality);
    case.new_entry(EntryKind::Advance, &c.advance);
    let (members, date) = (&case.region.members, case.posting.booking_date);
    let shares_the_year = |member: &Municipality| {
        *member == c.municipality || members.successor(*member, date) == c.municipality
    };
    let shares = members.of_year(c.year).iter().any(shares_the_year);
    case.checks.refuse_if(!shares, Code::NotAMember, || {
        format!(
            "{} is no member on 1 January {}, nor the successor of one on {date}.",
            c.municipality, c.year
        )
    });
    case.in_range(c.year, [c.amount]);
    case.finish(Event::AdvanceInvoiced(c.clone()))
}

pub(super) fn draw_up(mut case: Case, c: &DrawUpSettlement) -> Result<Vec<Event>, Refusal> {
    let (region, date) = (case.region, case.posting.booking_date);
    let exists = region.settlements.contains(&c.settlement);
    case.checks.refuse_if(exists, Code::DuplicateId, || {
        format!("The region has a settlement {} already.", c.settlement)
    });
    let settled_on = region.years.get(&c.year).and_then(|year| year.settled_on);
    // What an earlier settlement settled must be booked by then, or it would be settled again.
    if let Some(settled_on) = settled_on.filter(|settled_on| date < *settled_on) {
        case.checks.refuse(Code::DatedBeforeEntry, || {
            format!(
                "{} was settled on {settled_on}, so its next settlement cannot be dated {date}.",
                c.year
            )
        });
    }
    let statement = region.statement(c.year, date);
    for group in &statement.groups {
        has_its_key(&mut case, c, group);
    }
    case.checks.refuse_if(
        nothing_changed(&statement, settled_on),
        Code::NothingToSettle,
        || match settled_on {
            Some(settled_on) => format!(
                "Since the settlement of {settled_on} no municipality's share or advances of {} changed: every line \
                 would be 0.00.",
                c.year
            ),
            None => format!("Nothing is booked for {} on or before {date}.", c.year),
        },
    );
    case.checks
        .verdict()
        .map(|()| events(region, date, c, &statement))
}

fn has_its_key(case: &mut Case, c: &DrawUpSettlement, group: &GroupStatement) {
    let missing = group.shares.iter().any(|share| share.cost_share.is_none());
    case.checks.refuse_if(missing, Code::KeyMissing, || {
        format!(
            "Group {} shares {} of {} by key {}, which has no weights for exactly that year's members booked on or \
             before {}.",
            group.id,
            group.total(),
            c.year,
            group.group.key,
            case.posting.booking_date
        )
    });
}

fn nothing_changed(statement: &Statement, settled_on: Option<Date>) -> bool {
    let still = |line: &Line| match settled_on {
        Some(_) => line.balance.is_some_and(Money::is_zero),
        None => line.advances.is_zero(),
    };
    let no_costs = statement.groups.iter().all(GroupStatement::is_empty);
    statement.lines.iter().all(still) && (settled_on.is_some() || no_costs)
}

fn events(region: &Region, date: Date, c: &DrawUpSettlement, statement: &Statement) -> Vec<Event> {
    let groups: Vec<&GroupStatement> = statement
        .groups
        .iter()
        .filter(|group| !group.is_empty())
        .collect();
    let mut by_payer: BTreeMap<Municipality, Vec<&Line>> = BTreeMap::new();
    for line in &statement.lines {
        let payer = region.members.successor(line.municipality, date);
        by_payer.entry(payer).or_default().push(line);
    }
    let drawn: Vec<SettlementShareDrawn> = by_payer
        .into_iter()
        .map(|(payer, lines)| share_drawn(c, payer, &lines, statement, &groups))
        .collect();
    let totals = drawn
        .iter()
        .fold(SettledFigures::default(), |all, share| all.with(share.figures));
    let whole = SettlementDrawnUp {
        settlement: c.settlement.clone(),
        year: c.year,
        decision: c.decision.clone(),
        groups: groups.iter().map(|group| settled_group(group)).collect(),
        totals,
    };
    let lines = drawn.into_iter().map(Event::SettlementShareDrawn);
    [Event::SettlementDrawnUp(whole)]
        .into_iter()
        .chain(lines)
        .collect()
}

fn settled_group(group: &GroupStatement) -> SettledGroup {
    SettledGroup {
        group: group.id.clone(),
        actual_cost: group.actual_cost,
        joint_cost: group.joint_cost,
        degree: group.degree,
        schedule_position: group.schedule_position,
        key: group.group.key.clone(),
        key_position: group.key.map(|key| key.position),
        threshold: group.group.threshold,
    }
}

/// One payer's line: its own part of the year and the parts of those it took over from.
fn share_drawn(
    c: &DrawUpSettlement,
    payer: Municipality,
    lines: &[&Line],
    statement: &Statement,
    groups: &[&GroupStatement],
) -> SettlementShareDrawn {
    let figures = lines.iter().fold(SettledFigures::default(), |all, line| {
        all.with(SettledFigures::of(line))
    });
    let places: Vec<usize> = lines
        .iter()
        .filter_map(|line| statement.members.binary_search(&line.municipality).ok())
        .collect();
    let settled_share = |group: &&GroupStatement| {
        let parts = || places.iter().filter_map(|at| group.shares.get(*at));
        let total = |figure: fn(&Share) -> Option<Money>| sum(parts().filter_map(figure));
        SettledShare {
            group: group.id.clone(),
            actual_cost: total(|share| Some(share.actual_cost)),
            joint_share: total(|share| share.joint_share),
            cost_share: total(|share| share.cost_share),
        }
    };
    SettlementShareDrawn {
        settlement: c.settlement.clone(),
        year: c.year,
        municipality: payer,
        figures,
        groups: groups.iter().map(settled_share).collect(),
        taken_over: lines
            .iter()
            .filter(|line| line.municipality != payer)
            .map(|line| TakenOver {
                municipality: line.municipality,
                figures: SettledFigures::of(line),
            })
            .collect(),
    }
}

impl SettledFigures {
    fn of(line: &Line) -> Self {
        let cost_share = line.share.cost_share.unwrap_or(Money::ZERO);
        Self {
            cost_share,
            advances: line.advances,
            settled: line.settled,
            amount: minus(minus(cost_share, line.advances), line.settled),
        }
    }

    fn with(self, other: Self) -> Self {
        Self {
            cost_share: plus(self.cost_share, other.cost_share),
            advances: plus(self.advances, other.advances),
            settled: plus(self.settled, other.settled),
            amount: plus(self.amount, other.amount),
        }
    }
}
