//! Amounts by day and municipality against sums of what was booked, in whatever order of the day.

use ledger_domain::region::CostTable;
use ledger_domain::{Date, Money, Municipality};
use proptest::prelude::*;
use std::collections::BTreeMap;

/// More than a block holds, booked in order of the day, in the opposite order or in none.
fn booked() -> impl Strategy<Value = Vec<(i32, u16, i64)>> {
    let amount = (0..400_i32, 1..30_u16, -50..50_i64);
    let amounts = prop::collection::vec(amount, 0..6_000);
    (amounts, 0..3).prop_map(|(mut amounts, order)| {
        match order {
            0 => amounts.sort_by_key(|(day, ..)| *day),
            1 => amounts.sort_by_key(|(day, ..)| -day),
            _ => {}
        }
        amounts
    })
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(32))]
    #[test]
    fn a_question_at_a_date_sums_what_was_booked_by_then(
        booked in booked(),
        asked in prop::collection::vec(-1..401_i32, 20),
    ) {
        let mut table = CostTable::default();
        for (day, code, cents) in &booked {
            let municipality = Municipality::from_number(*code).expect("a code");
            table.add(Date::from_epoch_days(*day), municipality, Money::from_cents(*cents).expect("fits"));
        }
        for day in asked {
            let mut sums: BTreeMap<u16, i64> = BTreeMap::new();
            for (at, code, cents) in &booked {
                *sums.entry(*code).or_default() += if *at <= day { *cents } else { 0 };
            }
            let table: Vec<(u16, i64)> = table
                .through(Date::from_epoch_days(day))
                .map(|(municipality, sum)| (municipality.number(), sum.cents()))
                .collect();
            prop_assert_eq!(table, sums.into_iter().collect::<Vec<_>>(), "on day {}", day);
        }
    }
}
