//! What the rules need to know of a region, and enough to say what any year comes to at any date.

use super::{
    BookedCosts, BudgetCosts, CostBook, CostChange, CostFact, DefineCostGroup, DistributionKeySet, Event,
    Members, Running, SchedulePhaseOut, SettlementShareDrawn, Version, Versions, Weights, running::minus,
};
use crate::{ById, Date, Fraction, Id, Money, Municipality, Year};
use std::{
    collections::{BTreeMap, BTreeSet},
    sync::Arc,
};

/// The state that commands of one region are decided against.
///
/// It grows with days, members, groups and clients of stop-loss groups; not with what is known of each cost.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Region {
    /// Who belongs to it.
    pub members: Members,
    /// The cost groups.
    pub groups: ById<Group>,
    /// The weights of keys, by key and year.
    pub keys: BTreeMap<(Id, Year), Versions<Weights>>,
    /// What belongs to a year and to no group.
    pub years: BTreeMap<Year, RegionYear>,
    /// The settlements that were drawn up.
    pub settlements: BTreeSet<Id>,
    /// No bookings on or before this day.
    pub closed_through: Option<Date>,
}

/// One cost group.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Group {
    /// The log position of its definition: groups are listed in this order.
    pub position: u64,
    /// The booking date of its definition.
    pub defined_on: Date,
    /// The key that divides what is shared.
    pub key: Id,
    /// Only the part of a client's cost above it is shared; none to share all.
    pub threshold: Option<Money>,
    /// Its phase-out schedules.
    pub schedules: Versions<BTreeMap<Year, Fraction>>,
    /// Its costs and budgets. Shared with copies of the region: who changes a year copies that year alone, so a copy
    /// to come back to costs little however many costs were booked.
    pub years: BTreeMap<Year, Arc<GroupYear>>,
}

/// One cost group in one year.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct GroupYear {
    /// The booked costs.
    pub costs: CostBook,
    /// The expected costs.
    pub budgets: Versions<Budget>,
    /// The highest client number given out.
    pub clients: u32,
}

/// The expected costs of a group and year.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Budget {
    /// Expected actual costs.
    pub amounts: BTreeMap<Municipality, Money>,
    /// Expected joint costs.
    pub joint: Money,
}

/// One year of a region, over all groups.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct RegionYear {
    /// What was advanced, under the code that it was invoiced to.
    pub advances: BTreeMap<Municipality, Running>,
    /// The amounts of settlement lines, each under the code that its part stands under.
    pub settled: BTreeMap<Municipality, Running>,
    /// The booking date of the last settlement.
    pub settled_on: Option<Date>,
    /// All amounts recorded for the year, signs aside, in cents. While it fits [`Money`], every figure of the year at
    /// any date does.
    pub volume: i128,
}

/// Where and for which date an event was recorded.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Recorded {
    /// Its position in the log.
    pub position: u64,
    /// The date it counts for.
    pub booking_date: Date,
}

/// Folds one event: the first establishes the region. None when there is none yet and the event is another one.
#[must_use]
pub fn evolve(state: Option<Region>, recorded: Recorded, event: &Event) -> Option<Region> {
    match (state, event) {
        (None, Event::RegionEstablished(_)) => Some(Region::default()),
        (None, _) => None,
        (Some(mut region), event) => {
            region.apply(recorded, event);
            Some(region)
        }
    }
}

impl Region {
    /// Folds one event of this region.
    pub fn apply(&mut self, recorded: Recorded, event: &Event) {
        let date = recorded.booking_date;
        match event {
            Event::RegionEstablished(_) | Event::RegionExplained(_) => {}
            Event::MunicipalityAdmitted(e) => self.members.admit(e),
            Event::MunicipalitiesMerged(e) => self.members.merge(e),
            Event::CostGroupDefined(e) => {
                self.groups.put(&e.group, Group::new(recorded, e));
            }
            Event::DistributionKeySet(e) => self.set_key(recorded, e),
            Event::PhaseOutScheduled(e) => self.schedule(recorded, e),
            Event::CostRecorded(_) | Event::CostCorrected(_) | Event::CostReversed(_) => {
                if let Some(fact) = CostFact::of(event) {
                    self.apply_cost(date, &fact);
                }
            }
            Event::CostsBudgeted(e) => self.budget(recorded, e),
            Event::AdvanceInvoiced(e) => {
                self.volume(e.year, e.amount);
                let advances = &mut self.years.entry(e.year).or_default().advances;
                advances.entry(e.municipality).or_default().add(date, e.amount);
            }
            Event::SettlementDrawnUp(e) => {
                self.settlements.insert(e.settlement.clone());
                self.years.entry(e.year).or_default().settled_on = Some(date);
            }
            Event::SettlementShareDrawn(e) => self.settle(date, e),
            Event::RegionPeriodClosed(e) => self.closed_through = Some(e.through),
        }
    }

    /// Folds one change of a cost, as [`Self::apply`] does.
    pub fn apply_cost(&mut self, booking_date: Date, fact: &CostFact<'_>) {
        if let Some(year) = self.note_cost(fact) {
            year.costs
                .record(booking_date, fact.municipality, fact.client_no, fact.amount);
        }
    }

    /// Folds of a change of a cost what commands need that ask no costs: see [`Self::without_costs`].
    pub fn note_cost(&mut self, fact: &CostFact<'_>) -> Option<&mut GroupYear> {
        // A reversal only takes back what the volume counts already.
        if fact.change != CostChange::Reversed {
            self.volume(fact.year, fact.amount);
        }
        let year = self.group_year(fact.group, fact.year)?;
        if fact.change == CostChange::Recorded {
            year.clients = year.clients.max(fact.client_no.unwrap_or(0));
        }
        Some(year)
    }

    /// The same region with no costs booked. Every command but those that [ask costs](super::Command::asks_costs) is
    /// decided against it as against the whole.
    #[must_use]
    pub fn without_costs(&self) -> Self {
        let mut without = self.clone();
        for group in without.groups.values_mut() {
            for year in group.years.values_mut() {
                *year = Arc::new(GroupYear {
                    costs: CostBook::new(group.threshold),
                    budgets: year.budgets.clone(),
                    clients: year.clients,
                });
            }
        }
        without
    }

    /// Puts the costs of a group and year in the place of those there, with the highest client number given out.
    /// Nothing changes when there is no such group.
    pub fn put_costs(&mut self, group: &Id, year: Year, clients: u32, booked: &BookedCosts) {
        let threshold = self.groups.get(group.as_str()).and_then(|group| group.threshold);
        if let Some(year) = self.group_year(group.as_str(), year) {
            year.costs = CostBook::holding(threshold, booked);
            year.clients = clients;
        }
    }

    fn volume(&mut self, year: Year, amount: Money) {
        self.years.entry(year).or_default().volume += i128::from(amount.abs().cents());
    }

    fn group_year(&mut self, group: &str, year: Year) -> Option<&mut GroupYear> {
        let group = self.groups.get_mut(group)?;
        let threshold = group.threshold;
        let new = || GroupYear {
            costs: CostBook::new(threshold),
            budgets: Versions::default(),
            clients: 0,
        };
        let shared = group.years.entry(year).or_insert_with(|| Arc::new(new()));
        Some(Arc::make_mut(shared))
    }

    fn set_key(&mut self, recorded: Recorded, set: &DistributionKeySet) {
        if let Some(weights) = Weights::new(&set.weights) {
            let versions = self.keys.entry((set.key.clone(), set.year)).or_default();
            versions.push(recorded.version(weights));
        }
    }

    fn schedule(&mut self, recorded: Recorded, scheduled: &SchedulePhaseOut) {
        if let Some(group) = self.groups.get_mut(scheduled.group.as_str()) {
            group.schedules.push(recorded.version(scheduled.steps.clone()));
        }
    }

    fn budget(&mut self, recorded: Recorded, budgeted: &BudgetCosts) {
        let budget = Budget {
            amounts: budgeted.amounts.clone(),
            joint: budgeted.joint.unwrap_or(Money::ZERO),
        };
        for amount in budgeted.amounts.values().chain(&budgeted.joint) {
            self.volume(budgeted.year, *amount);
        }
        if let Some(year) = self.group_year(budgeted.group.as_str(), budgeted.year) {
            year.budgets.push(recorded.version(budget));
        }
    }

    /// Each part counts as settled under the code that it stands under: what is not taken over is the payer's own.
    fn settle(&mut self, date: Date, share: &SettlementShareDrawn) {
        let settled = &mut self.years.entry(share.year).or_default().settled;
        let mut own = share.figures.amount;
        for part in &share.taken_over {
            let amount = part.figures.amount;
            own = minus(own, amount);
            settled.entry(part.municipality).or_default().add(date, amount);
        }
        settled.entry(share.municipality).or_default().add(date, own);
    }
}

impl Group {
    fn new(recorded: Recorded, defined: &DefineCostGroup) -> Self {
        Self {
            position: recorded.position,
            defined_on: recorded.booking_date,
            key: defined.key.clone(),
            threshold: defined.threshold,
            schedules: Versions::default(),
            years: BTreeMap::new(),
        }
    }
}

impl Recorded {
    fn version<T>(self, value: T) -> Version<T> {
        Version {
            booking_date: self.booking_date,
            position: self.position,
            value,
        }
    }
}
