//! What a year comes to at a date: per cost group, and per municipality over all groups. Settlements are drawn from
//! this, and reports show it.

use super::{Group, MemberCost, Region, Running, Share, Version, Weights, first_day, shares::Basis};
use crate::{
    Date, Fraction, Id, Money, Municipality, Year,
    region::running::{minus, plus, sum},
};
use std::collections::BTreeMap;

/// A year of a region at a date.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Statement<'a> {
    /// The members of the year, by code.
    pub members: Vec<Municipality>,
    /// Every group, in the order of definition.
    pub groups: Vec<GroupStatement<'a>>,
    /// One line per member, and per other municipality that has advances or settlements for the year; by code.
    pub lines: Vec<Line>,
}

/// A year of one cost group at a date.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct GroupStatement<'a> {
    /// The group's id.
    pub id: &'a Id,
    /// The group.
    pub group: &'a Group,
    /// The degree of solidarity.
    pub degree: Fraction,
    /// Where the schedule that gives the degree is recorded; none without a schedule.
    pub schedule_position: Option<u64>,
    /// The weights; none when no recorded ones name the members of the year.
    pub key: Option<&'a Version<Weights>>,
    /// The sum of the actual costs.
    pub actual_cost: Money,
    /// The joint costs.
    pub joint_cost: Money,
    /// Whether costs of another year stand in for its own, of which there are none.
    pub costs_assumed: bool,
    /// Each member's costs, in the order of [`Statement::members`].
    pub costs: Vec<MemberCost>,
    /// What is expected.
    pub budget: ExpectedCosts,
    /// Each member's figures, in the order of [`Statement::members`].
    pub shares: Vec<Share>,
}

/// The budget of one cost group and year that holds at a date.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct ExpectedCosts {
    /// Where it is recorded; none when nothing is budgeted.
    pub position: Option<u64>,
    /// Joint costs.
    pub joint: Money,
    /// Each member's costs, all of them shared by degree.
    pub costs: Vec<MemberCost>,
}

/// A municipality's figures over all groups.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Line {
    /// The municipality.
    pub municipality: Municipality,
    /// The sums over the groups; none where a group's figure is.
    pub share: Share,
    /// What was advanced.
    pub advances: Money,
    /// What was settled.
    pub settled: Money,
    /// `costShare - advances - settled`: what remains to be paid; negative is repaid.
    pub balance: Option<Money>,
}

/// What a simulation assumes in the place of what was recorded; nothing by default.
#[derive(Clone, Copy, Debug, Default)]
pub struct Assumptions<'a> {
    /// A schedule for every group.
    pub steps: Option<&'a BTreeMap<Year, Fraction>>,
    /// The year whose costs stand in for a group's where it has none, with that year's key where there is none.
    pub costs_of: Option<Year>,
}

impl Region {
    /// What a year comes to, from what is booked on or before a date.
    pub fn statement(&self, year: Year, as_of: Date) -> Statement<'_> {
        self.simulation(year, as_of, Assumptions::default())
    }

    /// [`Region::statement`] under assumptions.
    pub fn simulation(&self, year: Year, as_of: Date, assumed: Assumptions<'_>) -> Statement<'_> {
        let members = self.members.of_year(year);
        let mut groups: Vec<_> = self
            .groups
            .iter()
            .map(|(id, group)| self.group_statement(id, group, (year, as_of), &members, assumed))
            .collect();
        groups.sort_by_key(|statement| statement.group.position);
        let lines = self.lines(year, as_of, &members, &groups);
        Statement {
            members,
            groups,
            lines,
        }
    }

    fn group_statement<'a>(
        &'a self,
        id: &'a Id,
        group: &'a Group,
        (year, as_of): (Year, Date),
        members: &[Municipality],
        assumed: Assumptions<'_>,
    ) -> GroupStatement<'a> {
        let schedule = group.schedules.as_of(as_of);
        let steps = assumed.steps.or(schedule.map(|schedule| &schedule.value));
        let degree = degree(steps, year);

        let mut key = self.key(&group.key, year, as_of, members);
        let (mut joint_cost, mut costs) = self.costs(group, (year, as_of), year, members);
        let mut costs_assumed = false;
        if let Some(other) = assumed.costs_of.filter(|_| is_nothing(joint_cost, &costs)) {
            (joint_cost, costs) = self.costs(group, (other, as_of), year, members);
            key = key.or_else(|| self.key(&group.key, other, as_of, members));
            costs_assumed = !is_nothing(joint_cost, &costs);
        }
        let mut statement = GroupStatement {
            id,
            group,
            degree,
            schedule_position: schedule
                .filter(|_| assumed.steps.is_none())
                .map(|schedule| schedule.position),
            key,
            actual_cost: sum(costs.iter().map(|cost| cost.actual)),
            joint_cost,
            costs_assumed,
            costs,
            budget: self.budgeted(group, (year, as_of), members),
            shares: Vec::new(),
        };
        statement.shares = statement.basis().shares();
        let budgeted = statement.budget_basis().cost_shares();
        for (at, share) in statement.shares.iter_mut().enumerate() {
            share.budgeted_share = budgeted.as_ref().and_then(|shares| shares.get(at).copied());
        }
        statement
    }

    /// The key's weights that hold at a date; none when they do not name exactly the members.
    fn key(&self, key: &Id, year: Year, as_of: Date, members: &[Municipality]) -> Option<&Version<Weights>> {
        let version = self.keys.get(&(key.clone(), year))?.as_of(as_of)?;
        (version.value.municipalities() == members).then_some(version)
    }

    /// Joint costs, and costs in the order of the members of `shared_in`.
    fn costs(
        &self,
        group: &Group,
        (year, as_of): (Year, Date),
        shared_in: Year,
        members: &[Municipality],
    ) -> (Money, Vec<MemberCost>) {
        let mut costs = vec![MemberCost::default(); members.len()];
        let Some(booked) = group.years.get(&year).map(|year| year.costs.as_of(as_of)) else {
            return (Money::ZERO, costs);
        };
        for (municipality, cost) in booked.by_municipality {
            if let Some(sum) = self.place(municipality, shared_in, members, &mut costs) {
                sum.actual = plus(sum.actual, cost.actual);
                sum.shared = plus(sum.shared, cost.shared);
            }
        }
        (booked.joint, costs)
    }

    fn budgeted(
        &self,
        group: &Group,
        (year, as_of): (Year, Date),
        members: &[Municipality],
    ) -> ExpectedCosts {
        let mut costs = vec![MemberCost::default(); members.len()];
        let booked = group.years.get(&year).and_then(|year| year.budgets.as_of(as_of));
        let Some(version) = booked else {
            return ExpectedCosts {
                costs,
                ..ExpectedCosts::default()
            };
        };
        for (municipality, amount) in &version.value.amounts {
            if let Some(sum) = self.place(*municipality, year, members, &mut costs) {
                *sum = MemberCost::all_shared(plus(sum.actual, *amount));
            }
        }
        ExpectedCosts {
            position: Some(version.position),
            joint: version.value.joint,
            costs,
        }
    }

    /// The place in a list by member where a municipality's amounts of the year belong: its own, or that of who stood
    /// in its place on the year's first day, when a merger was recorded after the amounts.
    fn place<'b, T>(
        &self,
        municipality: Municipality,
        year: Year,
        members: &[Municipality],
        list: &'b mut [T],
    ) -> Option<&'b mut T> {
        let standing = self.members.successor(municipality, first_day(year));
        list.get_mut(members.binary_search(&standing).ok()?)
    }

    fn lines(
        &self,
        year: Year,
        as_of: Date,
        members: &[Municipality],
        groups: &[GroupStatement<'_>],
    ) -> Vec<Line> {
        let mut lines: BTreeMap<Municipality, Line> = BTreeMap::new();
        for (at, municipality) in members.iter().enumerate() {
            let shares = groups.iter().filter_map(|group| group.shares.get(at));
            let line = Line::of(*municipality, Share::sum(shares));
            lines.insert(*municipality, line);
        }
        if let Some(booked) = self.years.get(&year) {
            let mut add = |booked: &BTreeMap<Municipality, Running>, to: fn(&mut Line) -> &mut Money| {
                for (municipality, amounts) in booked {
                    let standing = self.members.successor(*municipality, first_day(year));
                    let amount = amounts.at(as_of);
                    // Who is no member of the year has a line only when something stands under its code by then.
                    if amount.is_zero() && !lines.contains_key(&standing) {
                        continue;
                    }
                    let line = lines
                        .entry(standing)
                        .or_insert_with(|| Line::of(standing, Share::sum([])));
                    let sum = to(line);
                    *sum = plus(*sum, amount);
                }
            };
            add(&booked.advances, |line| &mut line.advances);
            add(&booked.settled, |line| &mut line.settled);
        }
        lines.into_values().map(Line::balanced).collect()
    }
}

/// The degree of a year: before the first step 1, from each step on its degree.
pub fn degree(steps: Option<&BTreeMap<Year, Fraction>>, year: Year) -> Fraction {
    let step = steps.and_then(|steps| steps.range(..=year).next_back());
    step.map_or(Fraction::ONE, |(_, degree)| *degree)
}

fn is_nothing(joint: Money, costs: &[MemberCost]) -> bool {
    joint.is_zero() && costs.iter().all(|cost| cost.actual.is_zero())
}

impl GroupStatement<'_> {
    /// Actual and joint costs: what the cost shares sum to.
    pub fn total(&self) -> Money {
        plus(self.actual_cost, self.joint_cost)
    }

    /// What the shares are calculated from.
    pub fn basis(&self) -> Basis<'_> {
        Basis {
            degree: self.degree,
            weights: self.key.map(|key| key.value.parts()),
            joint: self.joint_cost,
            costs: &self.costs,
        }
    }

    /// What the budgeted shares are calculated from.
    pub fn budget_basis(&self) -> Basis<'_> {
        Basis {
            joint: self.budget.joint,
            costs: &self.budget.costs,
            ..self.basis()
        }
    }

    /// Whether nothing is booked.
    pub fn is_empty(&self) -> bool {
        is_nothing(self.joint_cost, &self.costs)
    }
}

impl Line {
    fn of(municipality: Municipality, share: Share) -> Self {
        Self {
            municipality,
            share,
            advances: Money::ZERO,
            settled: Money::ZERO,
            balance: None,
        }
    }

    fn balanced(self) -> Self {
        let due = |share| minus(minus(share, self.advances), self.settled);
        Self {
            balance: self.share.cost_share.map(due),
            ..self
        }
    }
}

impl Share {
    /// Figure by figure; none where one of them is.
    pub(super) fn sum<'a>(shares: impl IntoIterator<Item = &'a Self>) -> Self {
        let add = |left: Option<Money>, right: Option<Money>| {
            left.zip(right).map(|(left, right)| plus(left, right))
        };
        let zero = Some(Money::ZERO);
        let nothing = Self {
            actual_cost: Money::ZERO,
            joint_share: zero,
            full_solidarity_share: zero,
            cost_share: zero,
            benefit: zero,
            budgeted_share: zero,
        };
        shares.into_iter().fold(nothing, |all, share| Self {
            actual_cost: plus(all.actual_cost, share.actual_cost),
            joint_share: add(all.joint_share, share.joint_share),
            full_solidarity_share: add(all.full_solidarity_share, share.full_solidarity_share),
            cost_share: add(all.cost_share, share.cost_share),
            benefit: add(all.benefit, share.benefit),
            budgeted_share: add(all.budgeted_share, share.budgeted_share),
        })
    }
}
