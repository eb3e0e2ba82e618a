//! The costs of one group and year one by one: how each comes into a member's share.

use std::collections::BTreeMap;

use ledger_domain::{Date, Money, Municipality, region::Part};

use crate::region_explain::{less, more};

/// A cost of the year, or what a correction or reversal changed in one.
#[derive(Clone, Copy, Debug)]
pub(crate) struct BookedCost {
    pub(crate) position: u64,
    pub(crate) booking_date: Date,
    pub(crate) municipality: Option<Municipality>,
    pub(crate) client_no: Option<u32>,
    pub(crate) amount: Money,
}

/// How each cost comes into a member's share; `is_own` tells the codes that stand for the member.
pub(crate) fn parts(
    threshold: Option<Money>,
    costs: &[BookedCost],
    is_own: impl Fn(Municipality) -> bool,
) -> Vec<Part> {
    let shared = match threshold {
        Some(threshold) => above(threshold, costs),
        None => costs.iter().map(|cost| cost.amount).collect(),
    };
    let part = |(cost, shared): (&BookedCost, Money)| match cost.municipality {
        None => Part {
            joint: cost.amount,
            ..Part::default()
        },
        Some(municipality) if is_own(municipality) => Part {
            by_key: shared,
            by_use: shared,
            own: less(cost.amount, shared),
            joint: Money::ZERO,
        },
        Some(_) => Part {
            by_key: shared,
            ..Part::default()
        },
    };
    costs.iter().zip(shared).map(part).collect()
}

/// What of each cost lies above a stop-loss threshold: as far as the costs of its client and municipality before it, by
/// booking date, leave no room below. Costs without a client lie below.
fn above(threshold: Money, costs: &[BookedCost]) -> Vec<Money> {
    let mut by_date: Vec<(usize, &BookedCost)> = costs.iter().enumerate().collect();
    by_date.sort_by_key(|(_, cost)| (cost.booking_date, cost.position));
    let mut clients: BTreeMap<(Municipality, u32), Money> = BTreeMap::new();
    let mut above = vec![Money::ZERO; costs.len()];
    for (at, cost) in by_date {
        let (Some(municipality), Some(client)) = (cost.municipality, cost.client_no) else {
            continue;
        };
        let total = clients.entry((municipality, client)).or_default();
        let before = less(*total, threshold).or_zero();
        *total = more(*total, cost.amount);
        if let Some(above) = above.get_mut(at) {
            *above = less(less(*total, threshold).or_zero(), before);
        }
    }
    above
}

/// The member's own use.
pub(crate) fn own_use(part: &Part) -> Money {
    more(part.by_use, part.own)
}

/// The part of the joint costs alone.
pub(crate) fn only_joint(part: &Part) -> Part {
    Part {
        joint: part.joint,
        ..Part::default()
    }
}
