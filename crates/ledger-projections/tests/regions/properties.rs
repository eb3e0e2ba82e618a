//! Any history: reports tie, every figure is explained to the cent by its events and by its steps, and what was known at
//! an earlier point is what was reported then.

use crate::history::{cents, explain, head, known_at, projection, report};
use crate::lines::{line, region};
use ledger_domain::{Money, Year};
use ledger_projections::{RegionFigure, RegionProjection};
use proptest::prelude::*;

const DATES: [&str; 3] = ["2020-12-31", "2021-06-15", "2024-01-01"];

fn ties(projection: &RegionProjection, year: Year, as_of: &str) {
    let report = report(projection, year, as_of);
    let groups: i64 = report.groups.iter().map(|group| group.total.0.cents()).sum();
    assert_eq!(report.total.0.cents(), groups);
    let shares: Option<i64> = report
        .municipalities
        .iter()
        .map(|row| row.figures.cost_share.as_ref().map(|share| share.0.cents()))
        .sum();
    assert!(shares.is_none_or(|shares| shares == groups), "{report:?}");
    let actual: i64 = report
        .municipalities
        .iter()
        .map(|row| row.figures.actual_cost.0.cents())
        .sum();
    let joint: i64 = report.groups.iter().map(|group| group.joint_cost.0.cents()).sum();
    assert_eq!(actual + joint, groups);
    for row in &report.municipalities {
        let sum = |of: fn(&ledger_contract::report::ShareFigures) -> i64| -> i64 {
            let rows = report.groups.iter().flat_map(|group| &group.municipalities);
            rows.filter(|other| other.municipality == row.municipality)
                .map(|other| of(&other.figures))
                .sum()
        };
        assert_eq!(
            row.figures.actual_cost.0.cents(),
            sum(|figures| figures.actual_cost.0.cents())
        );
    }
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 120, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn any_history_is_reported_and_explained(
        lines in prop::collection::vec(line(), 1..60), year in 2020..=2022_u16, cut_percent in 0..100_usize
    ) {
        let mut book = region();
        let mut then = None;
        for (at, line) in lines.iter().enumerate() {
            book.tell(line);
            if then.is_none() && at * 100 >= cut_percent * lines.len() {
                then = Some((book.events.len(), report(&projection(&book), year, DATES[1])));
            }
        }
        if let Some((events, then)) = then {
            prop_assert_eq!(report(&known_at(&book, events), year, DATES[1]), then);
        }
        let projection = projection(&book);
        for as_of in DATES {
            ties(&projection, year, as_of);
            let report = report(&projection, year, as_of);
            for row in &report.municipalities {
                let code = row.municipality.0.to_string();
                let shown = |figure| match figure {
                    RegionFigure::ActualCost => Some(row.figures.actual_cost.0),
                    RegionFigure::JointShare => row.figures.joint_share.as_ref().map(|share| share.0),
                    RegionFigure::FullSolidarityShare => row.figures.full_solidarity_share.as_ref().map(|share| share.0),
                    RegionFigure::CostShare => row.figures.cost_share.as_ref().map(|share| share.0),
                    RegionFigure::Benefit => row.figures.benefit.as_ref().map(|share| share.0),
                    RegionFigure::BudgetedShare => row.figures.budgeted_share.as_ref().map(|share| share.0),
                    RegionFigure::Advances => Some(row.advances.0),
                    RegionFigure::Settled => Some(row.settled.0),
                    RegionFigure::Balance => row.balance.as_ref().map(|balance| balance.0),
                };
                for figure in RegionFigure::ALL {
                    let explained = explain(&book, figure.as_str(), &code, None, year, as_of).expect("a row");
                    prop_assert_eq!(explained.amount, shown(*figure), "{} of {}", figure, &code);
                    let Some(amount) = explained.amount else { continue };
                    let events = cents(explained.contributions.iter().map(|event| event.amount));
                    prop_assert_eq!(events, amount.cents(), "{} of {}: {:?}", figure, &code, explained);
                    let steps = explained.steps.iter().map(|step| step.amount.as_ref().map_or(Money::ZERO, |a| a.0));
                    prop_assert_eq!(cents(steps), amount.cents(), "{} of {}: {:?}", figure, &code, explained);
                    prop_assert!(explained.contributions.is_sorted_by_key(|event| event.position));
                }
                for group in &report.groups {
                    let id = group.group.0.as_str();
                    let explained = explain(&book, "costShare", &code, Some(id), year, as_of).expect("a row");
                    let listed = group.municipalities.iter().find(|other| other.municipality == row.municipality);
                    let share = match listed {
                        Some(listed) => listed.figures.cost_share.as_ref().map(|share| share.0),
                        None => Some(Money::ZERO),
                    };
                    prop_assert_eq!(explained.amount, share);
                }
            }
        }
    }

    #[test]
    fn sums_and_the_events_since_tell_what_all_events_tell(
        lines in prop::collection::vec(line(), 1..60), year in 2020..=2022_u16, cut in any::<prop::sample::Index>()
    ) {
        let mut book = region();
        for line in &lines {
            book.tell(line);
        }
        let cut = cut.index(book.events.len() + 1);
        let sums = known_at(&book, cut).to_sums();
        let mut again = RegionProjection::new();
        let fold = |projection: &mut RegionProjection, at: usize| {
            let (recorded, event, _) = &book.events[at];
            projection.apply_event(recorded.position, recorded.booking_date, event);
        };
        for at in 0..cut {
            if sums.positions.contains(&book.events[at].0.position) {
                fold(&mut again, at);
            }
        }
        prop_assert!(again.put_sums(&sums));
        (cut..book.events.len()).for_each(|at| fold(&mut again, at));
        let whole = projection(&book);
        for as_of in DATES {
            prop_assert_eq!(report(&again, year, as_of), report(&whole, year, as_of));
        }
        prop_assert_eq!(again.to_sums(), whole.to_sums());
        for (settlement, ..) in whole.settlements() {
            let told = |projection| ledger_projections::settlement(projection, head(projection, DATES[2]), settlement);
            prop_assert_eq!(told(&again), told(&whole));
        }
        let mut other = sums.clone();
        other.positions.push(1 << 40);
        prop_assert!(!again.put_sums(&other), "sums of another region");
    }
}
