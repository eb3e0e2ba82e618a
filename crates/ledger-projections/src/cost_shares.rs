//! `cost-shares`: the bill of a year, divided; and the advances that its budget asks for.

use std::sync::Arc;

use ledger_contract::{
    report::{CostShares, GroupShare, GroupShares, MunicipalityShares, RegionFlag, RegionHead},
    value::{Cents, MunicipalityCode, Name, Share as Degree},
};
use ledger_domain::{
    Date, Money, Municipality, Year,
    region::{GroupStatement, PlannedAdvance, Statement, plan_advances},
};

use crate::{
    figure::money,
    region::{RegionProjection, figures, is_listed},
};

/// The report, under its head. `texts` finds the text of the explanation at a position; none once it is destroyed.
pub fn cost_shares(
    projection: &RegionProjection,
    head: RegionHead,
    year: Year,
    texts: &dyn Fn(u64) -> Option<String>,
) -> CostShares {
    let as_of = head.as_of.0;
    let statement = projection.state.statement(year, as_of);
    let name = |municipality: &Municipality| (*municipality, projection.name(*municipality).into());
    let members: Vec<(Municipality, Arc<str>)> = statement.members.iter().map(name).collect();
    let groups: Vec<GroupShares> = statement
        .groups
        .iter()
        .filter(|group| is_listed(group, as_of))
        .map(|group| group_shares(projection, &members, group))
        .collect();
    let municipalities = statement.lines.iter().map(|line| MunicipalityShares {
        municipality: MunicipalityCode(line.municipality),
        name: projection.name(line.municipality).into(),
        figures: figures(&line.share),
        advances: Cents(line.advances),
        settled: Cents(line.settled),
        balance: line.balance.map(Cents),
    });
    CostShares {
        year,
        total: total(&statement),
        municipalities: municipalities.collect(),
        explanations: projection.explanations(year, as_of, texts),
        groups,
        head,
    }
}

fn total(statement: &Statement<'_>) -> Cents {
    let cents = statement
        .groups
        .iter()
        .map(|group| i128::from(group.total().cents()))
        .sum();
    Cents(money(cents))
}

fn group_shares(
    projection: &RegionProjection,
    members: &[(Municipality, Arc<str>)],
    group: &GroupStatement<'_>,
) -> GroupShares {
    GroupShares {
        group: Name(group.id.clone()),
        title: projection.group_title(group.id),
        degree: Degree(group.degree),
        key: Name(group.group.key.clone()),
        threshold: group.group.threshold.map(Cents),
        joint_cost: Cents(group.joint_cost),
        total: Cents(group.total()),
        flags: flags(group),
        municipalities: members
            .iter()
            .zip(&group.shares)
            .map(|((municipality, name), share)| GroupShare {
                municipality: MunicipalityCode(*municipality),
                name: Arc::clone(name),
                figures: figures(share),
            })
            .collect(),
    }
}

pub(crate) fn flags(group: &GroupStatement<'_>) -> Vec<RegionFlag> {
    if group.key.is_none() {
        vec![RegionFlag::KeyMissing]
    } else {
        Vec::new()
    }
}

/// The advances that sum exactly to the budgeted shares of a year; see the domain's `plan_advances`. None when a
/// budgeted share needs a key that is missing.
pub fn advance_plan(
    projection: &RegionProjection,
    year: Year,
    as_of: Date,
    terms: u16,
) -> Option<Vec<PlannedAdvance>> {
    let statement = projection.state.statement(year, as_of);
    let shares: Option<Vec<_>> = statement
        .lines
        .iter()
        .map(|line| line.share.budgeted_share.map(|share| (line.municipality, share)))
        .collect();
    shares.map(|mut shares| {
        shares.retain(|(_, share): &(_, Money)| !share.is_zero());
        plan_advances(year, &shares, terms)
    })
}
