//! The arithmetic of a figure in words that a controller can follow, step by step; the steps sum to the figure.

use ledger_contract::{
    report::{CalculationStep, StepKind},
    value::{Cents, Name},
};
use ledger_domain::{
    Fraction, Money,
    region::{GroupStatement, Line, MemberCost, Part, Statement, shares::Basis},
};

use crate::{
    region::RegionProjection,
    region_explain::{RegionQuery, less},
    region_figure::RegionFigure,
};

/// One member in one group of one year.
pub(crate) struct Steps<'a> {
    pub(crate) projection: &'a RegionProjection,
    pub(crate) query: &'a RegionQuery,
    pub(crate) statement: &'a Statement<'a>,
    pub(crate) group: &'a GroupStatement<'a>,
    pub(crate) at: usize,
}

/// The steps of a group's figure.
pub(crate) fn group_steps(steps: &Steps<'_>, figure: RegionFigure) -> Vec<CalculationStep> {
    let Some(share) = steps.group.shares.get(steps.at) else {
        return Vec::new();
    };
    let basis = steps.group.basis();
    let full = Basis {
        degree: Fraction::ONE,
        ..basis
    };
    let words = if figure == RegionFigure::BudgetedShare {
        "budgeted"
    } else {
        "used"
    };
    match figure {
        RegionFigure::ActualCost => vec![steps.own_use(share.actual_cost)],
        RegionFigure::JointShare => steps.joint(share.joint_share),
        RegionFigure::FullSolidarityShare => steps.divided(&full, share.full_solidarity_share, words),
        RegionFigure::BudgetedShare => {
            steps.divided(&steps.group.budget_basis(), share.budgeted_share, words)
        }
        RegionFigure::Benefit => {
            let mut all = vec![steps.own_use(share.actual_cost)];
            all.extend(steps.joint(share.joint_share));
            all.push(steps.less_cost_share(share.cost_share));
            all
        }
        _ => steps.divided(&basis, share.cost_share, words),
    }
}

impl Steps<'_> {
    fn name(&self) -> String {
        self.projection.name(self.query.municipality)
    }

    fn step(&self, step: StepKind, amount: Option<Money>, sentence: String) -> CalculationStep {
        CalculationStep {
            step,
            group: Some(Name(self.group.id.clone())),
            amount: amount.map(Cents),
            sentence,
        }
    }

    fn own_use(&self, amount: Money) -> CalculationStep {
        let sentence = format!(
            "{} used {amount} of {} in {}.",
            self.name(),
            self.group.id,
            self.query.year
        );
        self.step(StepKind::OwnUse, Some(amount), sentence)
    }

    fn less_cost_share(&self, share: Option<Money>) -> CalculationStep {
        let sentence = match share {
            Some(share) => format!("Less its cost share of {}: {share}.", self.group.id),
            None => format!("Less its cost share of {}, which needs the key.", self.group.id),
        };
        self.step(StepKind::CostShare, share.map(Money::negated), sentence)
    }

    fn joint(&self, share: Option<Money>) -> Vec<CalculationStep> {
        let joint = self.group.joint_cost;
        if joint.is_zero() {
            return Vec::new();
        }
        vec![self.joint_step(joint, share)]
    }

    fn joint_step(&self, joint: Money, share: Option<Money>) -> CalculationStep {
        let sentence = format!(
            "Of the joint costs of {joint}, shared by key at any degree, {}.",
            self.by_key(share)
        );
        self.step(StepKind::JointByKey, share, sentence)
    }

    /// Weight of weights: `44735 of 461029 (key inwoners): 10.00`.
    fn by_key(&self, part: Option<Money>) -> String {
        let key = &self.group.group.key;
        let (Some(weights), Some(part)) = (self.group.key, part) else {
            return format!(
                "a part by key {key}, which has no weights for exactly the members of {}",
                self.query.year
            );
        };
        let weight = weights.value.of(self.query.municipality).unwrap_or_default();
        format!("{weight} of {} by key {key}: {part}", weights.value.total())
    }

    /// A share as the sum of its parts by key, by use and below the threshold.
    fn divided(&self, basis: &Basis<'_>, share: Option<Money>, words: &str) -> Vec<CalculationStep> {
        let shared = |cost: &MemberCost| i128::from(cost.shared.cents());
        let all_shared = crate::figure::money(basis.costs.iter().map(shared).sum());
        let own = basis.costs.get(self.at).copied().unwrap_or_default();
        let below = less(own.actual, own.shared);
        let parts = [
            Part {
                by_key: all_shared,
                ..Part::default()
            },
            Part {
                joint: basis.joint,
                ..Part::default()
            },
            Part {
                by_use: own.shared,
                ..Part::default()
            },
            Part {
                own: below,
                ..Part::default()
            },
        ];
        let amounts = share.and_then(|share| basis.divide_share(self.at, share, &parts));
        let amount = |at: usize| amounts.as_ref().and_then(|amounts| amounts.get(at).copied());

        let mut steps = Vec::new();
        let (degree, threshold) = (basis.degree, self.group.group.threshold);
        let is_budget = words == "budgeted";
        let scope = match threshold.filter(|_| !is_budget) {
            Some(threshold) => format!("above the threshold of {threshold} per client"),
            None => "together".to_owned(),
        };
        if degree != Fraction::ZERO && !all_shared.is_zero() {
            let sentence = format!(
                "Of the {all_shared} that the {} members {words} of {} {scope}, {degree} is shared by key: {}.",
                self.statement.members.len(),
                self.group.id,
                self.by_key(amount(0))
            );
            steps.push(self.step(StepKind::SharedByKey, amount(0), sentence));
        }
        if !basis.joint.is_zero() {
            steps.push(self.joint_step(basis.joint, amount(1)));
        }
        if degree != Fraction::ONE && !own.shared.is_zero() {
            let sentence = format!(
                "Of the {} that {} {words} {}, what the degree {degree} leaves stays with it{}.",
                own.shared,
                self.name(),
                if threshold.is_some() && !is_budget {
                    "above it"
                } else {
                    "itself"
                },
                told(amount(2))
            );
            steps.push(self.step(StepKind::ByUse, amount(2), sentence));
        }
        if !below.is_zero() {
            let sentence = format!(
                "Below the threshold, or without a client, lie {below} of its costs, which stay with it whole."
            );
            steps.push(self.step(StepKind::BelowThreshold, amount(3), sentence));
        }
        steps
    }

    /// The steps that belong to no group: advances and settlements, with their sign and how many there are.
    pub(crate) fn of_line(
        line: &Line,
        advances: Option<(i8, usize)>,
        settled: Option<(i8, usize)>,
    ) -> Vec<CalculationStep> {
        let step = |step, (sign, count): (i8, usize), amount: Money, what: &str| CalculationStep {
            step,
            group: None,
            amount: Some(Cents(if sign < 0 { amount.negated() } else { amount })),
            sentence: format!(
                "{} {amount} in {count} {what}.",
                if sign < 0 { "Less" } else { "Sum:" }
            ),
        };
        let advances = advances.map(|found| step(StepKind::Advances, found, line.advances, "advances"));
        let settled = settled.map(|found| step(StepKind::Settled, found, line.settled, "settlement lines"));
        advances.into_iter().chain(settled).collect()
    }
}

fn told(amount: Option<Money>) -> String {
    amount.map_or_else(String::new, |amount| format!(": {amount}"))
}
