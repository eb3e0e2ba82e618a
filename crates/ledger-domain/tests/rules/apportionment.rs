//! `apportion`: always the total, always the same cents.

use ledger_domain::{Money, apportion, apportion_exact};
use num_bigint::BigUint;
use proptest::prelude::*;

fn cents(cents: i64) -> Money {
    Money::from_cents(cents).expect("in range")
}

fn parts(total: i64, weights: &[u128]) -> Vec<i64> {
    let parts = apportion(cents(total), weights).expect("weights above zero");
    parts.into_iter().map(Money::cents).collect()
}

#[test]
fn missing_cents_go_to_the_largest_remainders_and_ties_to_the_earlier_weight() {
    let table: &[(i64, &[u128], &[i64])] = &[
        (100, &[1, 1, 1], &[34, 33, 33]),
        (101, &[1, 1, 1], &[34, 34, 33]),
        (2, &[1, 1, 1], &[1, 1, 0]),
        (1, &[1, 2], &[0, 1]),
        (10, &[0, 1, 0, 3], &[0, 3, 0, 7]),
        (10, &[3, 0, 1], &[8, 0, 2]),
        (7, &[5], &[7]),
        (0, &[1, 2, 3], &[0, 0, 0]),
        (-100, &[1, 1, 1], &[-34, -33, -33]),
        (-1, &[1, 2], &[0, -1]),
        (
            100_000,
            &[1, 2, 3, 4, 5, 6],
            &[4762, 9524, 14_286, 19_048, 23_809, 28_571],
        ),
    ];
    for (total, weights, expected) in table {
        assert_eq!(parts(*total, weights), *expected, "{total} over {weights:?}");
    }
}

#[test]
fn no_weight_above_zero_gives_nothing() {
    assert_eq!(apportion(cents(100), &[]), None);
    assert_eq!(apportion(cents(100), &[0, 0]), None);
    assert_eq!(apportion_exact(cents(100), &[BigUint::ZERO]), None);
}

#[test]
fn the_worked_example_of_ten_municipalities() {
    // Inhabitants of Zwijndrecht, Dordrecht and Hardinxveld-Giessendam; the other seven together are the rest.
    let rest = 461_029 - 44_735 - 119_139 - 18_412;
    let parts = parts(10_000_000_000, &[44_735, 119_139, 18_412, rest]);
    assert_eq!(parts[..3], [970_329_415, 2_584_197_523, 399_367_502]);
}

#[test]
fn weights_of_any_size_are_exact() {
    let largest = Money::MAX.cents();
    assert_eq!(
        parts(largest, &[u128::MAX, u128::MAX]),
        [largest / 2 + 1, largest / 2]
    );
    assert_eq!(
        parts(-largest, &[u128::MAX, u128::MAX]),
        [-(largest / 2) - 1, -(largest / 2)]
    );
    assert_eq!(parts(3, &[u128::MAX, 1, u128::MAX]), [2, 0, 1]);
    // One part in 2^200 more is enough to take the odd cent.
    let one = BigUint::from(1_u8) << 200;
    let more = &one + BigUint::from(1_u8);
    let odd = apportion_exact(cents(1), &[one, more]).expect("weights above zero");
    assert_eq!(odd, [cents(0), cents(1)]);
}

/// A weight of anything from zero to the largest.
fn weight() -> impl Strategy<Value = u128> {
    (any::<u128>(), 0_u32..128).prop_map(|(bits, shift)| bits >> shift)
}

proptest! {
    #[test]
    fn parts_sum_to_the_total_and_lie_within_a_cent_of_the_exact_share(
        total in -Money::MAX.cents()..=Money::MAX.cents(),
        weights in prop::collection::vec(weight(), 1..8),
    ) {
        prop_assume!(weights.iter().any(|weight| *weight > 0));
        let parts = parts(total, &weights);
        prop_assert_eq!(parts.iter().map(|part| i128::from(*part)).sum::<i128>(), i128::from(total));
        let sum: BigUint = weights.iter().copied().map(BigUint::from).sum();
        for (part, weight) in parts.iter().zip(&weights) {
            prop_assert!(part.signum() * total.signum() >= 0);
            let exact = BigUint::from(total.unsigned_abs()) * BigUint::from(*weight);
            let given = BigUint::from(part.unsigned_abs()) * &sum;
            let apart = if given > exact { &given - &exact } else { &exact - &given };
            prop_assert!(apart < sum);
        }
    }

    #[test]
    fn both_roads_give_the_same(total in any::<i32>(), weights in prop::collection::vec(0_u128..1 << 64, 1..8)) {
        let big: Vec<BigUint> = weights.iter().copied().map(BigUint::from).collect();
        let total = cents(total.into());
        prop_assert_eq!(apportion(total, &weights), apportion_exact(total, &big));
    }
}
