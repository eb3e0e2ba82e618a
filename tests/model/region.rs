//! A region as lists of what was recorded. Every share is divided anew from them, by the formula of the domain text.

use std::collections::BTreeMap;

use crate::money::{apportion, round};

/// One amount of a year: a cost, an advance, a settled line.
#[derive(Clone, Debug)]
pub(crate) struct Amount {
    pub(crate) at: u64,
    pub(crate) date: String,
    /// The cost group; empty for advances and settlements.
    pub(crate) group: String,
    pub(crate) year: u64,
    /// None for a joint cost.
    pub(crate) municipality: Option<String>,
    pub(crate) client: String,
    pub(crate) entry: String,
    pub(crate) cents: i128,
}

/// A fact that a later one replaces.
#[derive(Clone, Debug)]
pub(crate) struct Version {
    pub(crate) at: u64,
    pub(crate) date: String,
    /// Key and year, or group and year, or group alone.
    pub(crate) of: (String, u64),
    /// By municipality, or by year as text.
    pub(crate) value: BTreeMap<String, (i128, i128)>,
    pub(crate) joint: i128,
}

#[derive(Clone, Debug)]
pub(crate) struct Member {
    pub(crate) at: u64,
    pub(crate) from: String,
    /// Log position, day and successor.
    pub(crate) merged: Option<(u64, String, String)>,
}

#[derive(Clone, Debug)]
pub(crate) struct Group {
    pub(crate) at: u64,
    pub(crate) date: String,
    pub(crate) id: String,
    pub(crate) key: String,
    pub(crate) threshold: Option<i128>,
}

#[derive(Clone, Debug)]
pub(crate) struct Settlement {
    pub(crate) at: u64,
    pub(crate) date: String,
    pub(crate) id: String,
    pub(crate) year: u64,
    /// Per payer: cost share, advances, settled, amount.
    pub(crate) lines: BTreeMap<String, [i128; 4]>,
}

#[derive(Clone, Debug, Default)]
pub(crate) struct Region {
    pub(crate) members: BTreeMap<String, Member>,
    pub(crate) groups: Vec<Group>,
    pub(crate) keys: Vec<Version>,
    pub(crate) schedules: Vec<Version>,
    pub(crate) budgets: Vec<Version>,
    pub(crate) costs: Vec<Amount>,
    pub(crate) advances: Vec<Amount>,
    pub(crate) settled: Vec<Amount>,
    pub(crate) settlements: Vec<Settlement>,
    pub(crate) corrections: Vec<String>,
    pub(crate) reversed: Vec<String>,
    pub(crate) closed_through: String,
}

/// A row of `cost-shares`: actualCost, jointShare, fullSolidarityShare, costShare, benefit, budgetedShare.
pub(crate) type Row = [Option<i128>; 6];

/// One group of a statement.
pub(crate) struct GroupYear {
    pub(crate) id: String,
    pub(crate) total: i128,
    pub(crate) degree: (i128, i128),
    pub(crate) key_missing: bool,
    pub(crate) listed: bool,
    pub(crate) is_empty: bool,
    pub(crate) rows: BTreeMap<String, Row>,
}

/// A row over all groups, with advances, settled and balance.
pub(crate) type Line = (Row, i128, i128, Option<i128>);

pub(crate) struct Statement {
    pub(crate) groups: Vec<GroupYear>,
    pub(crate) lines: BTreeMap<String, Line>,
}

/// What a group and year comes to, member by member.
#[derive(Clone, Default)]
struct Cost {
    actual: i128,
    shared: i128,
}

pub(crate) fn first_day(year: u64) -> String {
    format!("{year:04}-01-01")
}

impl Region {
    /// What was known when the log had so many events.
    pub(crate) fn known_at(&self, position: u64) -> Self {
        let mut then = self.clone();
        then.members.retain(|_, member| member.at < position);
        for member in then.members.values_mut() {
            member.merged = member.merged.take().filter(|(at, ..)| *at < position);
        }
        then.groups.retain(|group| group.at < position);
        for versions in [&mut then.keys, &mut then.schedules, &mut then.budgets] {
            versions.retain(|version| version.at < position);
        }
        for amounts in [&mut then.costs, &mut then.advances, &mut then.settled] {
            amounts.retain(|amount| amount.at < position);
        }
        then.settlements.retain(|settlement| settlement.at < position);
        then
    }

    pub(crate) fn members_of(&self, year: u64) -> Vec<String> {
        let day = first_day(year);
        let is_member = |m: &Member| m.from <= day && m.merged.as_ref().is_none_or(|(_, on, _)| day < *on);
        let members = self.members.iter().filter(|(_, member)| is_member(member));
        members.map(|(code, _)| code.clone()).collect()
    }

    pub(crate) fn successor(&self, code: &str, day: &str) -> String {
        let mut code = code.to_owned();
        while let Some((_, on, into)) = self.members.get(&code).and_then(|member| member.merged.as_ref())
            && on.as_str() <= day
        {
            code.clone_from(into);
        }
        code
    }

    fn holds<'a>(versions: &'a [Version], of: &(String, u64), as_of: &str) -> Option<&'a Version> {
        versions
            .iter()
            .rev()
            .find(|version| version.of == *of && version.date.as_str() <= as_of)
    }

    fn group_year(&self, group: &Group, year: u64, as_of: &str, members: &[String]) -> GroupYear {
        let schedule = Self::holds(&self.schedules, &(group.id.clone(), 0), as_of);
        let steps = schedule
            .map(|schedule| schedule.value.clone())
            .unwrap_or_default();
        let step = steps
            .iter()
            .rev()
            .find(|(from, _)| from.parse::<u64>().unwrap() <= year);
        let degree = step.map_or((1, 1), |(_, degree)| *degree);

        let key = Self::holds(&self.keys, &(group.key.clone(), year), as_of);
        let key = key.filter(|key| key.value.keys().eq(members));
        let weights: Option<Vec<i128>> = key.map(|key| key.value.values().map(|(w, _)| *w).collect());

        let (mut joint, mut costs) = (0, vec![Cost::default(); members.len()]);
        let mut clients: BTreeMap<(&str, &str), i128> = BTreeMap::new();
        let place = |code: &str| {
            let standing = self.successor(code, &first_day(year));
            members.iter().position(|member| *member == standing)
        };
        for cost in self
            .costs
            .iter()
            .filter(|cost| cost.group == group.id && cost.year == year)
        {
            if cost.date.as_str() > as_of {
                continue;
            }
            match &cost.municipality {
                None => joint += cost.cents,
                Some(code) => {
                    if let Some(at) = place(code) {
                        costs[at].actual += cost.cents;
                        if group.threshold.is_none() {
                            costs[at].shared += cost.cents;
                        } else if !cost.client.is_empty() {
                            *clients.entry((&cost.client, code)).or_default() += cost.cents;
                        }
                    }
                }
            }
        }
        for ((_, code), total) in clients {
            let at = place(code).unwrap();
            costs[at].shared += (total - group.threshold.unwrap()).max(0);
        }
        let budget = Self::holds(&self.budgets, &(group.id.clone(), year), as_of);
        let mut budgeted = vec![Cost::default(); members.len()];
        for (code, (amount, _)) in budget.iter().flat_map(|budget| &budget.value) {
            if let Some(at) = place(code) {
                budgeted[at].actual += amount;
                budgeted[at].shared += amount;
            }
        }
        let weights = weights.as_deref();
        let joint_shares = match weights {
            _ if joint == 0 => Some(vec![0; members.len()]),
            Some(weights) => Some(apportion(joint, weights)),
            None => None,
        };
        let shares = divide(&costs, joint, degree, weights);
        let full = divide(&costs, joint, (1, 1), weights);
        let expected = divide(
            &budgeted,
            budget.map_or(0, |budget| budget.joint),
            degree,
            weights,
        );
        let actual: i128 = costs.iter().map(|cost| cost.actual).sum();
        let of = |list: &Option<Vec<i128>>, at: usize| list.as_ref().map(|list| list[at]);
        let row = |(at, cost): (usize, &Cost)| {
            let (joint, share) = (of(&joint_shares, at), of(&shares, at));
            let benefit = joint.zip(share).map(|(joint, share)| cost.actual + joint - share);
            [
                Some(cost.actual),
                joint,
                of(&full, at),
                share,
                benefit,
                of(&expected, at),
            ]
        };
        let is_empty = joint == 0 && costs.iter().all(|cost| cost.actual == 0);
        GroupYear {
            id: group.id.clone(),
            total: actual + joint,
            degree,
            key_missing: key.is_none(),
            listed: group.date.as_str() <= as_of || !is_empty || budget.is_some(),
            is_empty,
            rows: members
                .iter()
                .cloned()
                .zip(costs.iter().enumerate().map(row))
                .collect(),
        }
    }

    pub(crate) fn statement(&self, year: u64, as_of: &str) -> Statement {
        let members = self.members_of(year);
        let groups: Vec<GroupYear> = self
            .groups
            .iter()
            .map(|group| self.group_year(group, year, as_of, &members))
            .collect();
        let mut lines: BTreeMap<String, Line> = BTreeMap::new();
        for member in members {
            let mut sum: Row = [Some(0); 6];
            for row in groups.iter().map(|group| &group.rows[&member]) {
                for (sum, figure) in sum.iter_mut().zip(row) {
                    *sum = sum.zip(*figure).map(|(sum, figure)| sum + figure);
                }
            }
            lines.insert(member, (sum, 0, 0, None));
        }
        for (amounts, settled) in [(&self.advances, false), (&self.settled, true)] {
            let mut by_code: BTreeMap<&String, i128> = BTreeMap::new();
            for amount in amounts
                .iter()
                .filter(|a| a.year == year && a.date.as_str() <= as_of)
            {
                *by_code.entry(amount.municipality.as_ref().unwrap()).or_default() += amount.cents;
            }
            for (code, amount) in by_code {
                let standing = self.successor(code, &first_day(year));
                if amount != 0 || lines.contains_key(&standing) {
                    let line = lines.entry(standing).or_insert(([Some(0); 6], 0, 0, None));
                    *(if settled { &mut line.2 } else { &mut line.1 }) += amount;
                }
            }
        }
        for (row, advances, settled, balance) in lines.values_mut() {
            *balance = row[3].map(|share| share - *advances - *settled);
        }
        Statement { groups, lines }
    }
}

/// `own + (s * shared + J) * w / W + (1 - s) * shared_m`, rounded once; none where it takes a key that is missing.
fn divide(costs: &[Cost], joint: i128, (p, q): (i128, i128), weights: Option<&[i128]>) -> Option<Vec<i128>> {
    let shared: i128 = costs.iter().map(|cost| cost.shared).sum();
    let by_key = p * shared + q * joint;
    let nothing = vec![0; costs.len()];
    let (weights, sum) = match weights {
        Some(weights) => (weights, weights.iter().sum()),
        None if by_key == 0 => (nothing.as_slice(), 1),
        None => return None,
    };
    let exact = |(cost, weight): (&Cost, &i128)| {
        by_key * weight + sum * (q * (cost.actual - cost.shared) + (q - p) * cost.shared)
    };
    let exact: Vec<i128> = costs.iter().zip(weights).map(exact).collect();
    let total = joint + costs.iter().map(|cost| cost.actual).sum::<i128>();
    Some(round(total, &exact, q * sum))
}
