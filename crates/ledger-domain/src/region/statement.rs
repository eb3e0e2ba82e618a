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
        let places = self.places(year, &members);
        let asked = Asked {
            year,
            as_of,
            members: &members,
            places: &places,
        };
        let mut groups: Vec<_> = self
            .groups
            .iter()
            .map(|(id, group)| self.group_statement(id, group, asked, assumed))
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
        asked: Asked<'_>,
        assumed: Assumptions<'_>,
    ) -> GroupStatement<'a> {
        let Asked { year, as_of, .. } = asked;
        let schedule = group.schedules.as_of(as_of);
        let steps = assumed.steps.or(schedule.map(|schedule| &schedule.value));
        let degree = degree(steps, year);

        let mut key = self.key(&group.key, year, asked);
        let (mut joint_cost, mut costs) = asked.costs(group, year);
        let mut costs_assumed = false;
        if let Some(other) = assumed.costs_of.filter(|_| is_nothing(joint_cost, &costs)) {
            (joint_cost, costs) = asked.costs(group, other);
            key = key.or_else(|| self.key(&group.key, other, asked));
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
            budget: asked.budgeted(group),
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
    fn key(&self, key: &Id, year: Year, asked: Asked<'_>) -> Option<&Version<Weights>> {
        let version = self.keys.get(&(key.clone(), year))?.as_of(asked.as_of)?;
        (version.value.municipalities() == asked.members).then_some(version)
    }

    /// Where in a list by member each municipality's amounts of the year belong: its own place, or that of who stood in
    /// its place on the year's first day, when a merger was recorded after the amounts. By code.
    fn places(&self, year: Year, members: &[Municipality]) -> Vec<(Municipality, usize)> {
        let place = |(municipality, _)| {
            let standing = self.members.successor(municipality, first_day(year));
            Some((municipality, members.binary_search(&standing).ok()?))
        };
        self.members.iter().filter_map(place).collect()
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

/// What every group is asked for.
#[derive(Clone, Copy)]
struct Asked<'a> {
    year: Year,
    as_of: Date,
    members: &'a [Municipality],
    /// See [`Region::places`].
    places: &'a [(Municipality, usize)],
}

impl Asked<'_> {
    /// Joint costs of a year, and its costs in the order of the members.
    fn costs(&self, group: &Group, year: Year) -> (Money, Vec<MemberCost>) {
        let Some(booked) = group.years.get(&year).map(|year| year.costs.as_of(self.as_of)) else {
            return (Money::ZERO, self.nothing());
        };
        let costs = self.by_member(booked.by_municipality, |sum, cost| {
            sum.actual = plus(sum.actual, cost.actual);
            sum.shared = plus(sum.shared, cost.shared);
        });
        (booked.joint, costs)
    }

    fn budgeted(&self, group: &Group) -> ExpectedCosts {
        let years = group.years.get(&self.year);
        let Some(version) = years.and_then(|year| year.budgets.as_of(self.as_of)) else {
            return ExpectedCosts {
                costs: self.nothing(),
                ..ExpectedCosts::default()
            };
        };
        let amounts = version.value.amounts.iter();
        let amounts = amounts.map(|(municipality, amount)| (*municipality, *amount));
        ExpectedCosts {
            position: Some(version.position),
            joint: version.value.joint,
            costs: self.by_member(amounts, |sum, amount| {
                *sum = MemberCost::all_shared(plus(sum.actual, amount));
            }),
        }
    }

    fn nothing(&self) -> Vec<MemberCost> {
        vec![MemberCost::default(); self.members.len()]
    }

    /// Amounts by code in the order of the members. Both lists are in the order of the codes, so they are read side by
    /// side.
    fn by_member<T>(
        &self,
        amounts: impl IntoIterator<Item = (Municipality, T)>,
        add: impl Fn(&mut MemberCost, T),
    ) -> Vec<MemberCost> {
        let mut costs = self.nothing();
        let mut places = self.places.iter().peekable();
        for (municipality, amount) in amounts {
            while places.next_if(|(known, _)| *known < municipality).is_some() {}
            if let Some((_, at)) = places.peek().filter(|(known, _)| *known == municipality)
                && let Some(sum) = costs.get_mut(*at)
            {
                add(sum, amount);
            }
        }
        costs
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
