//! One figure of a municipality explained: how each event of the year comes into it, and the arithmetic in words.
//!
//! A cost share depends on the costs of all members; each cost's part in it is exact, and all are rounded once so that
//! they sum to the figure.

use std::collections::BTreeMap;

use ledger_contract::{event::Event, report::CalculationStep};
use ledger_domain::{
    Date, Fraction, Id, Money, Municipality, Year,
    region::{Event as RegionEvent, GroupStatement, Line, Part, Statement, first_day, shares::Basis},
};

use crate::{
    booked_costs::{BookedCost, only_joint, own_use, parts},
    region::{RegionProjection, is_listed},
    region_figure::RegionFigure,
    region_steps::{Steps, group_steps},
};

/// What is asked of an explanation.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct RegionQuery {
    /// The year.
    pub year: Year,
    /// What is booked later is not in the figure.
    pub as_of: Date,
    /// The municipality.
    pub municipality: Municipality,
    /// Only this cost group; none for all groups together.
    pub group: Option<Id>,
}

/// Finds the events behind one figure: give it the region's events in order, then ask.
#[derive(Clone, Debug)]
pub struct RegionExplainer {
    figure: RegionFigure,
    query: RegionQuery,
    projection: RegionProjection,
    costs: BTreeMap<Id, Vec<BookedCost>>,
    /// Advances and settlement lines of the year: position, under which code, amount.
    advances: Vec<(u64, Municipality, Money)>,
    settled: Vec<(u64, Municipality, Money)>,
}

/// One event's part of a figure.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct RegionContribution {
    /// The event.
    pub position: u64,
    /// The cost group; none for advances and settlements.
    pub group: Option<Id>,
    /// What it adds, signed; zero for an event that only sets a rule.
    pub amount: Money,
}

/// A figure, its calculation and its events.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct RegionExplained {
    /// The figure; none when a key is missing.
    pub amount: Option<Money>,
    /// The calculation; the amounts sum to the figure.
    pub steps: Vec<CalculationStep>,
    /// In the order of recording; the amounts sum to the figure.
    pub contributions: Vec<RegionContribution>,
}

impl RegionExplainer {
    /// An explanation of a figure by its name in `cost-shares`; a sentence when it cannot be explained.
    pub fn new(figure: &str, query: RegionQuery) -> Result<Self, String> {
        let Some(known) = RegionFigure::parse(figure) else {
            let names: Vec<&str> = RegionFigure::ALL.iter().map(|figure| figure.as_str()).collect();
            return Err(format!(
                "{figure} is no figure of cost-shares; those are {}.",
                names.join(", ")
            ));
        };
        if query.group.is_some() && !known.is_of_groups() {
            return Err(format!(
                "{figure} is a figure of the whole year and of no single group."
            ));
        }
        Ok(Self {
            figure: known,
            query,
            projection: RegionProjection::new(),
            costs: BTreeMap::new(),
            advances: Vec::new(),
            settled: Vec::new(),
        })
    }

    /// The region as far as its events were given.
    pub fn projection(&self) -> &RegionProjection {
        &self.projection
    }

    /// Takes the next event of the region's stream.
    pub fn apply(&mut self, event: &Event) {
        if let Some(happened) = event.data.to_region_event() {
            self.apply_event(event.position, event.booking_date, &happened);
        }
    }

    /// [`Self::apply`] for whoever has the domain's event at hand.
    pub fn apply_event(&mut self, position: u64, booking_date: Date, event: &RegionEvent) {
        self.projection.apply_event(position, booking_date, event);
        if booking_date > self.query.as_of {
            return;
        }
        let mut cost = |group: &Id, year, municipality, client_no, amount| {
            let asked =
                year == self.query.year && self.query.group.as_ref().is_none_or(|asked| asked == group);
            if asked {
                self.costs.entry(group.clone()).or_default().push(BookedCost {
                    position,
                    booking_date,
                    municipality,
                    client_no,
                    amount,
                });
            }
        };
        match event {
            RegionEvent::CostRecorded(e) => cost(&e.group, e.year, e.municipality, e.client_no, e.amount),
            RegionEvent::CostCorrected(e) => cost(&e.group, e.year, e.municipality, e.client_no, e.amount),
            RegionEvent::CostReversed(e) => cost(&e.group, e.year, e.municipality, e.client_no, e.amount),
            RegionEvent::AdvanceInvoiced(e) if e.year == self.query.year => {
                self.advances.push((position, e.municipality, e.amount));
            }
            RegionEvent::SettlementShareDrawn(e) if e.year == self.query.year => {
                let mut own = e.figures.amount;
                for part in &e.taken_over {
                    own = less(own, part.figures.amount);
                    self.settled
                        .push((position, part.municipality, part.figures.amount));
                }
                self.settled.push((position, e.municipality, own));
            }
            _ => {}
        }
    }

    /// The explanation; none when the municipality has no figures in the year.
    pub fn finish(self) -> Option<RegionExplained> {
        let (year, as_of) = (self.query.year, self.query.as_of);
        let statement = self.projection.state.statement(year, as_of);
        let line = statement
            .lines
            .iter()
            .find(|line| line.municipality == self.query.municipality)?;
        let mut found = Found::default();
        let mut amount = Some(Money::ZERO);
        if self.figure.is_of_groups() || self.figure == RegionFigure::Balance {
            let of_groups = match self.figure {
                RegionFigure::Balance => RegionFigure::CostShare,
                figure => figure,
            };
            amount = self.explain_groups(of_groups, &statement, &mut found);
        }
        self.explain_line(line, &mut found);
        if self.query.group.is_none() {
            amount = self.figure.of_line(line);
        }
        Some(RegionExplained {
            amount,
            steps: found.steps,
            contributions: found.contributions.finish(),
        })
    }

    /// The groups' part; the sum of their figures.
    fn explain_groups(
        &self,
        figure: RegionFigure,
        statement: &Statement<'_>,
        found: &mut Found,
    ) -> Option<Money> {
        // A municipality without a share in the year has a line for its advances alone.
        let Ok(at) = statement.members.binary_search(&self.query.municipality) else {
            return Some(Money::ZERO);
        };
        let asked = |group: &&GroupStatement<'_>| match &self.query.group {
            Some(asked) => group.id == asked,
            None => is_listed(group, self.query.as_of),
        };
        let mut sum = Some(Money::ZERO);
        for group in statement.groups.iter().filter(asked) {
            let of_group = group.shares.get(at).and_then(|share| figure.of_share(share));
            sum = sum.zip(of_group).and_then(|(sum, more)| sum.checked_add(more));
            let steps = Steps {
                projection: &self.projection,
                query: &self.query,
                statement,
                group,
                at,
            };
            found.steps.extend(group_steps(&steps, figure));
            self.contribute(figure, group, at, &mut found.contributions);
        }
        sum
    }

    /// What each event of a group brings into the member's figure.
    fn contribute(
        &self,
        figure: RegionFigure,
        group: &GroupStatement<'_>,
        at: usize,
        to: &mut Contributions,
    ) {
        let Some(share) = group.shares.get(at) else { return };
        if figure != RegionFigure::ActualCost {
            to.extend_with_rule(group.key.map(|key| key.position), None);
        }
        let by_degree = matches!(
            figure,
            RegionFigure::CostShare | RegionFigure::Benefit | RegionFigure::BudgetedShare
        );
        if by_degree {
            to.extend_with_rule(group.schedule_position, Some(group.id));
        }
        if figure == RegionFigure::BudgetedShare {
            if let (Some(position), Some(share)) = (group.budget.position, share.budgeted_share) {
                to.add(position, Some(group.id), share);
            }
            return;
        }
        let costs = self.costs.get(group.id).map(Vec::as_slice).unwrap_or_default();
        let parts = parts(group.group.threshold, costs, |code| self.is_asked(code));
        let basis = group.basis();
        let full = Basis {
            degree: Fraction::ONE,
            ..basis
        };
        let divided = |basis: &Basis<'_>, share: Option<Money>, parts: &[Part]| {
            share
                .and_then(|share| basis.divide_share(at, share, parts))
                .unwrap_or_default()
        };
        let own: Vec<Money> = parts.iter().map(own_use).collect();
        let joint: Vec<Part> = parts.iter().map(only_joint).collect();
        let amounts = match figure {
            RegionFigure::ActualCost => own,
            RegionFigure::JointShare => divided(&full, share.joint_share, &joint),
            RegionFigure::FullSolidarityShare => divided(&full, share.full_solidarity_share, &parts),
            RegionFigure::Benefit => {
                let joint = divided(&full, share.joint_share, &joint);
                let shares = divided(&basis, share.cost_share, &parts);
                let benefit =
                    |((own, joint), share): ((Money, &Money), &Money)| less(more(own, *joint), *share);
                own.into_iter().zip(&joint).zip(&shares).map(benefit).collect()
            }
            _ => divided(&basis, share.cost_share, &parts),
        };
        for (cost, amount) in costs.iter().zip(amounts) {
            if !amount.is_zero() {
                to.add(cost.position, Some(group.id), amount);
            }
        }
    }

    /// Whether a code stands for the asked municipality in the year.
    fn is_asked(&self, code: Municipality) -> bool {
        let members = &self.projection.state.members;
        members.successor(code, first_day(self.query.year)) == self.query.municipality
    }

    /// What advances and settlements bring into the figure.
    fn explain_line(&self, line: &Line, found: &mut Found) {
        let (advances, settled) = match self.figure {
            RegionFigure::Advances => (Some(1), None),
            RegionFigure::Settled => (None, Some(1)),
            RegionFigure::Balance => (Some(-1), Some(-1)),
            _ => (None, None),
        };
        let mut add = |sign: Option<i8>, amounts: &[(u64, Municipality, Money)]| {
            let Some(sign) = sign else { return 0 };
            let own = amounts.iter().filter(|(_, code, _)| self.is_asked(*code));
            own.map(|(position, _, amount)| {
                let amount = if sign < 0 { amount.negated() } else { *amount };
                found.contributions.add(*position, None, amount);
            })
            .count()
        };
        let (invoices, lines) = (add(advances, &self.advances), add(settled, &self.settled));
        found.steps.extend(Steps::of_line(
            line,
            advances.map(|sign| (sign, invoices)),
            settled.map(|sign| (sign, lines)),
        ));
    }
}

/// What was found so far.
#[derive(Default)]
struct Found {
    steps: Vec<CalculationStep>,
    contributions: Contributions,
}

/// Contributions by event: two parts of one event in one group are one.
#[derive(Default)]
struct Contributions(BTreeMap<u64, (Option<Id>, Money)>);

impl Contributions {
    fn add(&mut self, position: u64, group: Option<&Id>, amount: Money) {
        let (_, sum) = self
            .0
            .entry(position)
            .or_insert_with(|| (group.cloned(), Money::ZERO));
        *sum = more(*sum, amount);
    }

    /// An event that only sets a rule.
    fn extend_with_rule(&mut self, position: Option<u64>, group: Option<&Id>) {
        if let Some(position) = position {
            self.add(position, group, Money::ZERO);
        }
    }

    fn finish(self) -> Vec<RegionContribution> {
        let contribution = |(position, (group, amount))| RegionContribution {
            position,
            group,
            amount,
        };
        self.0.into_iter().map(contribution).collect()
    }
}

/// Amounts of a year fit together, as the domain sees to it; this holds only for events that no ledger has accepted.
pub(crate) fn more(left: Money, right: Money) -> Money {
    left.checked_add(right).unwrap_or(Money::MAX)
}

pub(crate) fn less(left: Money, right: Money) -> Money {
    more(left, right.negated())
}
