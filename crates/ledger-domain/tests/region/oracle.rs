//! The formula of the domain text, written slowly: big rationals, no code shared with what it checks.

use num_bigint::BigInt;
use std::cmp::Ordering;

#[derive(Clone, Debug)]
pub(crate) struct Member {
    /// Cents that stay with the member.
    pub(crate) own: i64,
    /// Cents that are shared by degree.
    pub(crate) shared: i64,
    pub(crate) weight: u64,
}

#[derive(Clone, Debug)]
pub(crate) struct Case {
    pub(crate) degree: (u32, u32),
    pub(crate) joint: i64,
    pub(crate) members: Vec<Member>,
}

/// A fraction with a denominator above zero, not in lowest terms.
#[derive(Clone, Debug)]
struct Rational(BigInt, BigInt);

impl Rational {
    fn whole(number: impl Into<BigInt>) -> Self {
        Self(number.into(), 1.into())
    }

    fn plus(&self, other: &Self) -> Self {
        Self(&self.0 * &other.1 + &other.0 * &self.1, &self.1 * &other.1)
    }

    fn times(&self, other: &Self) -> Self {
        Self(&self.0 * &other.0, &self.1 * &other.1)
    }

    fn negated(&self) -> Self {
        Self(-&self.0, self.1.clone())
    }

    /// The largest whole number that is not above it, found by trying from the truncated quotient.
    fn floor(&self) -> BigInt {
        let mut floor = &self.0 / &self.1;
        while self.compare(&Self::whole(floor.clone())) == Ordering::Less {
            floor -= 1;
        }
        floor
    }

    fn compare(&self, other: &Self) -> Ordering {
        (&self.0 * &other.1).cmp(&(&other.0 * &self.1))
    }
}

/// `own_m + (s * shared + J) * w_m / W + (1 - s) * shared_m`, rounded once.
pub(crate) fn cost_shares(case: &Case) -> Vec<i64> {
    let s = Rational(case.degree.0.into(), case.degree.1.into());
    let rest = Rational::whole(1).plus(&s.negated());
    let shared: i64 = case.members.iter().map(|member| member.shared).sum();
    let by_key = s
        .times(&Rational::whole(shared))
        .plus(&Rational::whole(case.joint));
    let exact: Vec<Rational> = case
        .members
        .iter()
        .map(|member| {
            Rational::whole(member.own)
                .plus(&by_key.times(&part(member, case)))
                .plus(&rest.times(&Rational::whole(member.shared)))
        })
        .collect();
    round(&exact)
}

/// `amount * w_m / W`, rounded once.
pub(crate) fn by_key(amount: i64, case: &Case) -> Vec<i64> {
    let amount = Rational::whole(amount);
    let exact: Vec<Rational> = case
        .members
        .iter()
        .map(|member| amount.times(&part(member, case)))
        .collect();
    round(&exact)
}

fn part(member: &Member, case: &Case) -> Rational {
    let sum: BigInt = case
        .members
        .iter()
        .map(|member| BigInt::from(member.weight))
        .sum();
    Rational(member.weight.into(), sum)
}

/// Floors, then one cent at a time to the largest remainder left, the earliest of equals. Below zero: the mirror image.
fn round(exact: &[Rational]) -> Vec<i64> {
    let total = exact
        .iter()
        .fold(Rational::whole(0), |sum, share| sum.plus(share));
    if total.compare(&Rational::whole(0)) == Ordering::Less {
        let mirrored: Vec<Rational> = exact.iter().map(Rational::negated).collect();
        return round(&mirrored).into_iter().map(|cents| -cents).collect();
    }
    let mut cents: Vec<BigInt> = exact.iter().map(Rational::floor).collect();
    let mut given: Vec<bool> = vec![false; exact.len()];
    let floors: BigInt = cents.iter().sum();
    let mut missing = total.floor() - floors;
    while missing > BigInt::from(0) {
        let mut best: Option<(usize, Rational)> = None;
        for at in 0..exact.len() {
            let remainder = exact[at].plus(&Rational::whole(-exact[at].floor()));
            let larger = |(_, known): &(usize, Rational)| remainder.compare(known) == Ordering::Greater;
            if !given[at] && best.as_ref().is_none_or(larger) {
                best = Some((at, remainder));
            }
        }
        let (at, _) = best.expect("fewer cents than members");
        given[at] = true;
        cents[at] += 1;
        missing -= 1;
    }
    cents
        .into_iter()
        .map(|cents| i64::try_from(cents).expect("fits"))
        .collect()
}
