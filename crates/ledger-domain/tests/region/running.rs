//! Running totals against sums of what was booked, however the days are spread.

use ledger_domain::region::Running;
use ledger_domain::{Date, Money};
use proptest::prelude::*;

/// A few days close together, many far apart, and crowds at one end.
fn day() -> impl Strategy<Value = i32> {
    prop_oneof![
        0..40_i32,
        0..20_000_i32,
        Just(19_999),
        Just(-25_567),
        100..103_i32
    ]
}

fn money(cents: i64) -> Money {
    Money::from_cents(cents).expect("fits")
}

proptest! {
    #[test]
    fn a_running_total_is_the_sum_of_what_was_booked(
        booked in prop::collection::vec((day(), -50..50_i64), 0..300),
        asked in prop::collection::vec(day(), 20),
    ) {
        let mut running = Running::default();
        for (day, cents) in &booked {
            running.add(Date::from_epoch_days(*day), money(*cents));
        }
        let through = |last: i32| -> i64 {
            booked.iter().filter(|(day, _)| *day <= last).map(|(_, cents)| cents).sum()
        };
        for day in asked.into_iter().chain([-30_000, 30_000]) {
            let date = Date::from_epoch_days(day);
            prop_assert_eq!(running.at(date), money(through(day)), "{}", day);
            for (later, total) in running.from(date) {
                prop_assert!(later >= date);
                prop_assert_eq!(total, running.at(later));
            }
        }
    }
}
