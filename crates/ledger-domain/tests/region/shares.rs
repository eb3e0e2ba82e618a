//! Shares against the slow oracle, and the ties that decide single cents.

use crate::oracle::{self, Case};
use ledger_domain::region::{MemberCost, Part, shares::Basis};
use ledger_domain::{Fraction, Money};
use num_bigint::BigInt;
use proptest::prelude::*;

fn money(cents: i64) -> Money {
    Money::from_cents(cents).expect("fits")
}

/// Cost shares, full-solidarity shares, joint shares and benefits in cents.
fn calculated(case: &Case) -> [Vec<i64>; 4] {
    let costs: Vec<MemberCost> = case
        .members
        .iter()
        .map(|member| MemberCost {
            actual: money(member.own + member.shared),
            shared: money(member.shared),
        })
        .collect();
    let weights: Vec<u64> = case.members.iter().map(|member| member.weight).collect();
    let (above, below) = case.degree;
    let basis = Basis {
        degree: Fraction::new(above, below).expect("a fraction"),
        weights: Some(&weights),
        joint: money(case.joint),
        costs: &costs,
    };
    let shares = basis.shares();
    let column = |figure: fn(&ledger_domain::region::Share) -> Option<Money>| {
        shares
            .iter()
            .map(|share| figure(share).expect("a key").cents())
            .collect()
    };
    [
        column(|share| share.cost_share),
        column(|share| share.full_solidarity_share),
        column(|share| share.joint_share),
        column(|share| share.benefit),
    ]
}

/// A share divided over what it consists of sums to it, part by part within a cent of the exact part.
fn check_parts(case: &Case, share: &[i64]) {
    let sum: i128 = case.members.iter().map(|member| i128::from(member.weight)).sum();
    let (p, q) = (i128::from(case.degree.0), i128::from(case.degree.1));
    let costs: Vec<MemberCost> = case
        .members
        .iter()
        .map(|member| MemberCost {
            actual: money(member.own + member.shared),
            shared: money(member.shared),
        })
        .collect();
    let weights: Vec<u64> = case.members.iter().map(|member| member.weight).collect();
    let basis = Basis {
        degree: Fraction::new(case.degree.0, case.degree.1).expect("a fraction"),
        weights: Some(&weights),
        joint: money(case.joint),
        costs: &costs,
    };
    for (at, member) in case.members.iter().enumerate() {
        let mut parts: Vec<Part> = case
            .members
            .iter()
            .map(|other| Part {
                by_key: money(other.shared),
                ..Part::default()
            })
            .collect();
        parts[at].by_use = money(member.shared);
        parts[at].own = money(member.own);
        parts.push(Part {
            joint: money(case.joint),
            ..Part::default()
        });
        let divided = basis.divide_share(at, money(share[at]), &parts).expect("a key");
        assert_eq!(
            divided.iter().map(|part| part.cents()).sum::<i64>(),
            share[at],
            "{case:?}"
        );
        let others = divided
            .iter()
            .zip(&case.members)
            .enumerate()
            .filter(|(other, _)| *other != at);
        for (_, (part, other)) in others {
            let numerator = BigInt::from(p) * other.shared * member.weight;
            let difference = BigInt::from(part.cents()) * q * sum - numerator;
            assert!(
                difference.magnitude() < BigInt::from(q * sum).magnitude(),
                "{case:?}"
            );
        }
    }
}

fn check(case: &Case) {
    let [share, full, joint, benefit] = calculated(case);
    assert_eq!(share, oracle::cost_shares(case), "{case:?}");
    let full_solidarity = Case {
        degree: (1, 1),
        ..case.clone()
    };
    assert_eq!(full, oracle::cost_shares(&full_solidarity), "{case:?}");
    assert_eq!(joint, oracle::by_key(case.joint, case), "{case:?}");
    check_parts(case, &share);
    let actual: i64 = case.members.iter().map(|member| member.own + member.shared).sum();
    assert_eq!(share.iter().sum::<i64>(), actual + case.joint, "{case:?}");
    assert_eq!(full.iter().sum::<i64>(), actual + case.joint, "{case:?}");
    assert_eq!(joint.iter().sum::<i64>(), case.joint, "{case:?}");
    assert_eq!(benefit.iter().sum::<i64>(), 0, "{case:?}");
}

/// Small numbers make ties, large ones pass 128 bits.
fn cents() -> impl Strategy<Value = i64> {
    prop_oneof![
        2 => Just(0),
        4 => -20..=20_i64,
        4 => 0..=1_000_000_000_i64,
        2 => -1_000_000_000_000..=1_000_000_000_000_i64,
        1 => 0..=200_000_000_000_000_i64,
    ]
}

fn weight() -> impl Strategy<Value = u64> {
    prop_oneof![
        1 => Just(0),
        4 => 1..=5_u64,
        3 => 1..=500_000_u64,
        1 => 1..=999_999_999_999_999_u64,
        1 => 1..=9_000_000_000_000_000_000_u64,
    ]
}

fn degree() -> impl Strategy<Value = (u32, u32)> {
    prop_oneof![
        Just((0, 1)),
        Just((1, 1)),
        Just((1, 2)),
        Just((2, 3)),
        (0..=1_000_000_u32, 1..=1_000_000_u32).prop_map(|(a, b)| (a.min(b), a.max(b))),
    ]
}

fn case() -> impl Strategy<Value = Case> {
    let member =
        (cents(), cents(), weight()).prop_map(|(own, shared, weight)| oracle::Member { own, shared, weight });
    (
        degree(),
        cents(),
        prop::collection::vec(member, 1..12),
        any::<bool>(),
    )
        .prop_map(|(degree, joint, mut members, stop_loss)| {
            for member in members.iter_mut().filter(|_| !stop_loss) {
                member.own = 0;
            }
            if members.iter().all(|member| member.weight == 0) {
                members[0].weight = 1;
            }
            Case {
                degree,
                joint,
                members,
            }
        })
}

/// Cases a few cents below and above what 64 or 128 bits hold: the division is done in numbers of another size there.
fn case_at_a_bound() -> impl Strategy<Value = Case> {
    let members = prop::collection::vec((weight(), 0..=9_i64), 1..6);
    let bits = prop::sample::select(vec![63_u32, 127]);
    (degree(), members, bits, -4..=4_i64, any::<bool>()).prop_filter_map(
        "amounts of this size",
        |(degree, members, bits, beside, below_zero)| {
            let sum: u128 = members.iter().map(|(weight, _)| u128::from(*weight)).sum();
            // Each numerator is at most this many times the shared cost.
            let times = sum.checked_mul(degree.1.into()).filter(|times| *times > 0)?;
            let shared = i64::try_from((1_u128 << bits) / times).ok()? + beside;
            let sign = if below_zero { -1 } else { 1 };
            let mut members: Vec<_> = members
                .into_iter()
                .map(|(weight, cents)| (0, sign * cents, weight))
                .collect();
            members[0].1 = sign * shared;
            (1..=200_000_000_000_000)
                .contains(&shared)
                .then(|| case_of(degree, 0, &members))
        },
    )
}

proptest! {
    #![proptest_config(ProptestConfig { max_global_rejects: 1_000_000, ..ProptestConfig::with_cases(3_000) })]

    #[test]
    fn numbers_of_another_size_give_the_same(case in case_at_a_bound()) {
        check(&case);
    }

    #[test]
    fn shares_are_those_of_the_slow_oracle(case in case()) {
        check(&case);
    }
}

fn case_of(degree: (u32, u32), joint: i64, members: &[(i64, i64, u64)]) -> Case {
    let member = |&(own, shared, weight)| oracle::Member { own, shared, weight };
    Case {
        degree,
        joint,
        members: members.iter().map(member).collect(),
    }
}

#[test]
fn ties_go_to_the_lower_code_on_both_sides_of_zero() {
    for (total, expected) in [
        (100, [34, 33, 33]),
        (101, [34, 34, 33]),
        (-100, [-34, -33, -33]),
        (-101, [-34, -34, -33]),
        (1, [1, 0, 0]),
        (0, [0, 0, 0]),
    ] {
        let case = case_of((1, 1), 0, &[(0, total, 1), (0, 0, 1), (0, 0, 1)]);
        check(&case);
        assert_eq!(calculated(&case)[0], expected, "{total}");
    }
}

#[test]
fn a_single_member_pays_all() {
    for degree in [(0, 1), (1, 3), (1, 1)] {
        let case = case_of(degree, 7, &[(3, 12_345, 4)]);
        check(&case);
        assert_eq!(calculated(&case)[0], [12_355]);
    }
}

#[test]
fn a_member_below_zero_beside_others_above() {
    // At an early date a correction can be booked before the cost that it lowers.
    check(&case_of((1, 2), 0, &[(0, -5, 1), (0, 6, 1), (0, 0, 1)]));
    check(&case_of((1, 3), -1, &[(-7, 0, 2), (5, 3, 0), (0, -2, 5)]));
}

#[test]
fn four_hundred_members_ten_billion_euros_and_weights_of_nine_digits() {
    let members: Vec<(i64, i64, u64)> = (0..400)
        .map(|n: i64| (0, 2_500_000_000 + n, 999_999_999_000_000 - 7 * n.unsigned_abs()))
        .collect();
    for degree in [(1, 1), (333_333, 1_000_000), (999_999, 1_000_000), (0, 1)] {
        check(&case_of(degree, 99_999_999_999, &members));
    }
}

#[test]
fn without_a_key_only_what_needs_none_is_told() {
    let costs = [
        MemberCost::all_shared(money(500)),
        MemberCost::all_shared(money(0)),
    ];
    let by_use = Basis {
        degree: Fraction::ZERO,
        weights: None,
        joint: Money::ZERO,
        costs: &costs,
    };
    let told = by_use.shares()[0];
    assert_eq!(told.cost_share, Some(money(500)));
    assert_eq!(told.benefit, Some(Money::ZERO));
    assert_eq!(told.full_solidarity_share, None);
    let with_joint = Basis {
        joint: money(1),
        ..by_use
    };
    let told = with_joint.shares()[0];
    assert_eq!((told.actual_cost, told.joint_share), (money(500), None));
    assert_eq!((told.cost_share, told.benefit), (None, None));
    let nothing = Basis {
        degree: Fraction::ONE,
        weights: None,
        joint: Money::ZERO,
        costs: &[MemberCost::default()],
    };
    assert_eq!(nothing.shares()[0].cost_share, Some(Money::ZERO));
}
