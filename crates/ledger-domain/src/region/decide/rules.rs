//! The rules by which costs are shared: groups, keys, schedules, and what is budgeted.

use super::case::Case;
use crate::region::running::plus;
use crate::region::{
    BudgetCosts, DefineCostGroup, DistributionKeySet, Event, FromCosts, KeyWeights, SchedulePhaseOut,
    SetDistributionKey, Weight, first_day,
};
use crate::{Code, Money, Municipality, Refusal, Year};
use std::collections::BTreeMap;

pub(super) fn define_group(mut case: Case, c: &DefineCostGroup) -> Result<Event, Refusal> {
    let exists = case.region.groups.get(c.group.as_str()).is_some();
    case.checks.refuse_if(exists, Code::DuplicateId, || {
        format!("The region has a cost group {} already.", c.group)
    });
    case.finish(Event::CostGroupDefined(c.clone()))
}

pub(super) fn set_key(mut case: Case, c: &SetDistributionKey) -> Result<Event, Refusal> {
    let (weights, source, from_costs) = match &c.weights {
        KeyWeights::Given { weights, source } => (weights.clone(), Some(source.clone()), None),
        KeyWeights::FromCosts(from) => (
            weights_from_costs(&mut case, c.year, from)?,
            None,
            Some(from.clone()),
        ),
    };
    exactly_the_members(&mut case, c.year, &weights);
    case.finish(Event::DistributionKeySet(DistributionKeySet {
        key: c.key.clone(),
        year: c.year,
        weights,
        source,
        from_costs,
    }))
}

fn exactly_the_members(case: &mut Case, year: Year, weights: &BTreeMap<Municipality, Weight>) {
    let members = case.region.members.of_year(year);
    if members.iter().eq(weights.keys()) {
        return;
    }
    case.checks.refuse(Code::MembersDiffer, || {
        let missing = members.iter().filter(|member| !weights.contains_key(member));
        let strange = weights.keys().filter(|code| !members.contains(code));
        format!(
            "The weights for {year} must name exactly its {} members on 1 January: {} missing, {} no member.",
            members.len(),
            list(missing),
            list(strange)
        )
    });
}

fn list<'a>(codes: impl Iterator<Item = &'a Municipality>) -> String {
    let codes: Vec<String> = codes.map(ToString::to_string).collect();
    if codes.is_empty() {
        "none".into()
    } else {
        codes.join(", ")
    }
}

/// Everything recorded for those years weighs, whatever its booking date; what is recorded never lies below zero. The
/// costs of who merged since weigh for the successor.
fn weights_from_costs(
    case: &mut Case,
    year: Year,
    from: &FromCosts,
) -> Result<BTreeMap<Municipality, Weight>, Refusal> {
    let group = case.group(&from.group)?;
    let members = &case.region.members;
    let mut sums: BTreeMap<Municipality, Money> = members
        .of_year(year)
        .into_iter()
        .map(|member| (member, Money::ZERO))
        .collect();
    for costs in from.years.iter().filter_map(|year| group.years.get(year)) {
        for (municipality, cost) in costs.costs.whole().by_municipality {
            let standing = members.successor(municipality, first_day(year));
            if let Some(sum) = sums.get_mut(&standing) {
                *sum = plus(*sum, cost.actual);
            }
        }
    }
    let all_zero = sums.values().all(|sum| !sum.is_positive());
    case.checks.refuse_if(all_zero, Code::KeyMissing, || {
        let years: Vec<String> = from.years.iter().map(ToString::to_string).collect();
        format!(
            "The members of {year} have no actual costs in group {} in {}, so there are no weights.",
            from.group,
            years.join(", ")
        )
    });
    let weigh = |(municipality, sum): (Municipality, Money)| {
        let weight = Weight::of_money(sum);
        case.checks
            .refuse_if(weight.is_none(), Code::TotalOutOfRange, || {
                format!("The cost {sum} of {municipality} is too large for a weight.")
            });
        (municipality, weight.unwrap_or_default())
    };
    Ok(sums.into_iter().map(weigh).collect())
}

pub(super) fn schedule(mut case: Case, c: &SchedulePhaseOut) -> Result<Event, Refusal> {
    case.group(&c.group)?;
    case.finish(Event::PhaseOutScheduled(c.clone()))
}

pub(super) fn budget(mut case: Case, c: &BudgetCosts) -> Result<Event, Refusal> {
    for municipality in c.amounts.keys() {
        case.member_of(c.year, *municipality);
    }
    case.group(&c.group)?;
    case.in_range(c.year, c.amounts.values().chain(&c.joint).copied());
    case.finish(Event::CostsBudgeted(c.clone()))
}
