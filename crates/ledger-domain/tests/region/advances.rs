//! Planned advances sum exactly to the budgeted shares.

use crate::book::{amount, municipality};
use ledger_domain::Money;
use ledger_domain::region::plan_advances;
use proptest::prelude::*;

#[test]
fn twelve_monthly_advances() {
    let plan = plan_advances(2021, &[(municipality("GM0642"), amount("100.05"))], 12);
    let told: Vec<String> = plan
        .iter()
        .map(|term| {
            format!(
                "{} {} {}",
                term.booking_date, term.advance.advance, term.advance.amount
            )
        })
        .collect();
    assert_eq!(told.len(), 12);
    assert_eq!(told[0], "2021-01-01 2021-GM0642-01 8.34");
    assert_eq!(told[8], "2021-09-01 2021-GM0642-09 8.34");
    assert_eq!(told[9], "2021-10-01 2021-GM0642-10 8.33");
    assert_eq!(told[11], "2021-12-01 2021-GM0642-12 8.33");
}

#[test]
fn terms_are_spread_over_the_year_and_empty_ones_left_out() {
    let dates = |terms| {
        let plan = plan_advances(2021, &[(municipality("a"), amount("100"))], terms);
        plan.iter()
            .map(|term| term.booking_date.to_string())
            .collect::<Vec<_>>()
    };
    assert_eq!(dates(4), ["2021-01-01", "2021-04-01", "2021-07-01", "2021-10-01"]);
    assert_eq!(dates(24).len(), 24);
    assert_eq!(dates(24)[23], "2021-12-01");
    assert_eq!(dates(0), Vec::<String>::new());
    let cents = plan_advances(
        2021,
        &[
            (municipality("a"), amount("0.02")),
            (municipality("b"), Money::ZERO),
        ],
        12,
    );
    assert_eq!(cents.len(), 2);
}

proptest! {
    #[test]
    fn terms_sum_to_the_share(cents in -1_000_000_000_000_i64..1_000_000_000_000, terms in 1..400_u16) {
        let share = Money::from_cents(cents).expect("fits");
        let plan = plan_advances(2021, &[(municipality("a"), share)], terms);
        prop_assert_eq!(Money::checked_sum(plan.iter().map(|term| term.advance.amount)), Some(share));
        let ids: std::collections::BTreeSet<_> = plan.iter().map(|term| term.advance.advance.clone()).collect();
        prop_assert_eq!(ids.len(), plan.len());
    }
}
