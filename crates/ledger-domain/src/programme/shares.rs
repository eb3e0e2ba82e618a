//! Shares that funders promised of every entry: do they leave something, and who pays which part of an amount.

use super::{Charge, Funder, Project};
use crate::{Code, Fraction, Id, Money, Year, apportion, apportion_exact, checks::Checks};
use num_bigint::BigUint;
use std::{
    collections::BTreeSet,
    iter::Sum,
    ops::{Div, Mul, Sub},
};

/// `amount` divided over the funders of the project whose share holds in `year`, and own money for the rest.
///
/// Only funders with a pledge bound to that year or multi-year take part. Every source once, in byte order; parts
/// may be zero, and what is left of the pledges is not looked at here.
pub(super) fn divide(project: &Project, year: Year, amount: Money) -> Vec<Charge> {
    let pays = |(id, funder): (&Id, &Funder)| {
        let pledged = funder.pledges.bound(Some(year)) > 0 || funder.pledges.bound(None) > 0;
        pledged
            .then(|| Some((id.clone(), funder.share(Some(year))?)))
            .flatten()
    };
    let (mut sources, shares): (Vec<Id>, Vec<Fraction>) = project.funders.iter().filter_map(pays).unzip();
    let own = Id::programme();
    if shares.is_empty() {
        return vec![Charge::new(&own, amount)];
    }
    let at = sources.partition_point(|source| *source < own);
    sources.insert(at, own);
    let parts = if fit_in_128_bits(&shares) {
        apportion(amount, &weights::<u128>(&shares, at))
    } else {
        apportion_exact(amount, &weights::<BigUint>(&shares, at))
    };
    let charges = sources.iter().zip(parts.unwrap_or_default());
    charges.map(|(source, part)| Charge::new(source, part)).collect()
}

/// Refuses with `shares-exceed-one` when the shares of all funders of a project would sum to more than one in a year,
/// were `changed` the state of funder `id`.
pub(super) fn check(checks: &mut Checks, (name, project): (&Id, &Project), (id, changed): (&Id, &Funder)) {
    let others = project.funders.iter().filter(|(other, _)| *other != id);
    let funders: Vec<&Funder> = others.map(|(_, funder)| funder).chain([changed]).collect();
    // Every year that a share is bound to, and none for a multi-year share: it stands for all other years.
    let bindings = funders.iter().flat_map(|funder| &funder.shares);
    let years: BTreeSet<Option<Year>> = bindings.map(|(year, _)| *year).collect();
    for year in years {
        let shares: Vec<Fraction> = funders.iter().filter_map(|funder| funder.share(year)).collect();
        let (parts, one) = on_one_denominator::<BigUint>(&shares);
        checks.refuse_if(parts.iter().sum::<BigUint>() > one, Code::SharesExceedOne, || {
            let listed: Vec<String> = shares.iter().map(Fraction::to_string).collect();
            let year = year.map_or("any year".into(), |year| year.to_string());
            format!(
                "The shares in project {name} for {year} would sum to more than one: {}.",
                listed.join(" + ")
            )
        });
    }
}

/// The shares as weights, with what they leave of one for own money at index `own`.
fn weights<T: Whole>(shares: &[Fraction], own: usize) -> Vec<T>
where
    for<'a> &'a T: Mul<Output = T> + Div<Output = T> + Sub<Output = T>,
{
    let (mut parts, one) = on_one_denominator::<T>(shares);
    let sum = parts.iter().sum::<T>();
    // Events that were decided never hold shares above one; of others own money takes no part.
    let rest = if sum < one { &one - &sum } else { T::from(0) };
    parts.insert(own, rest);
    parts
}

/// The numerators of the shares on the product of their denominators, and that product, which stands for one.
fn on_one_denominator<T: Whole>(shares: &[Fraction]) -> (Vec<T>, T)
where
    for<'a> &'a T: Mul<Output = T> + Div<Output = T>,
{
    let denominators = shares.iter().map(|share| T::from(share.denominator()));
    let one = denominators.fold(T::from(1), |product, denominator| &product * &denominator);
    let part = |share: &Fraction| &T::from(share.numerator()) * &(&one / &T::from(share.denominator()));
    (shares.iter().map(part).collect(), one)
}

trait Whole: Ord + From<u32> + for<'a> Sum<&'a Self> {}
impl Whole for u128 {}
impl Whole for BigUint {}

/// Whether a sum of this many parts of the product of the denominators stays below 2^128.
fn fit_in_128_bits(shares: &[Fraction]) -> bool {
    let denominators = shares.iter().map(|share| u128::from(share.denominator()));
    let count = u128::try_from(shares.len()).ok();
    denominators
        .fold(count, |product, denominator| product?.checked_mul(denominator))
        .is_some()
}
