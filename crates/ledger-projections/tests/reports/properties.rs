//! Random histories, asked at random: reports equal a naive recomputation, explanations sum to their figures.

use ledger_contract::{
    event::{Event, EventData, Stream},
    report::{BudgetPosition, Figures, ProjectPosition},
    value::{Cents, Instant},
};
use ledger_domain::{Id, programme::Event as ProgrammeEvent};
use ledger_projections::{Explainer, GroupBy, Part, ProgrammeProjection, Query, ReportName, deltas};
use proptest::prelude::*;

use crate::{
    history::{Fact, History, id, text},
    naive,
    random::{any_history, any_query},
};

proptest! {
    #![proptest_config(ProptestConfig::with_cases(400))]

    #[test]
    fn reports_equal_a_naive_recomputation(history in any_history(), query in any_query()) {
        prop_assert_eq!(history.budget_position(&query), naive::budget_position(&history, &query));
        prop_assert_eq!(history.funding(&query), naive::funding(&history, &query));
    }

    #[test]
    fn underspend_tells_the_same_as_budget_position(history in any_history(), query in any_query()) {
        let position = history.budget_position(&query);
        let report = history.underspend(&query);
        prop_assert_eq!(&report.groups, &position.groups);
        let told = |f: &ledger_contract::report::UnderspendFigures| {
            [&f.budget, &f.spent_own, &f.underspend, &f.overspend, &f.carried_over, &f.released].map(|c| c.0)
        };
        let known = |f: &Figures| {
            [&f.budget, &f.spent_own, &f.underspend, &f.overspend, &f.carried_out, &f.released].map(|c| c.0)
        };
        prop_assert_eq!(told(&report.totals), known(&position.totals));
        prop_assert_eq!(report.projects.len(), position.projects.len());
        for (row, project) in report.projects.iter().zip(&position.projects) {
            prop_assert_eq!(&row.project, &project.project);
            prop_assert_eq!(told(&row.figures), known(&project.figures));
        }
        for theme in &report.themes {
            let of_theme = position.projects.iter().filter(|project| project.theme == theme.theme);
            let sum = naive::total(of_theme.map(|project| &project.figures));
            prop_assert_eq!(told(&theme.figures), known(&sum));
        }
    }

    #[test]
    fn what_is_booked_later_might_as_well_not_be_there(history in any_history(), query in any_query()) {
        let mut earlier = ProgrammeProjection::new();
        // Of a project that is opened later only its opening is known; what is booked on it by the date counts.
        let counts = |fact: &Fact| {
            fact.date <= query.as_of || matches!(fact.event, ProgrammeEvent::ProjectOpened(_))
        };
        let past = (0..).zip(&history.facts).filter(|(_, fact)| counts(fact));
        past.for_each(|(position, fact)| earlier.apply_event(position, fact.date, &fact.event));
        let report = ledger_projections::budget_position(&earlier, history.head(&query), &query, &text);
        // A programme that is established later still has its end, which only flags of such a date can tell.
        if history.facts[0].date <= query.as_of {
            prop_assert_eq!(history.budget_position(&query), report);
            let report = ledger_projections::underspend(&earlier, history.head(&query), &query, &text);
            prop_assert_eq!(history.underspend(&query), report);
        }
    }

    #[test]
    fn sums_and_the_events_since_tell_what_all_events_tell(
        history in any_history(),
        query in any_query(),
        cut in any::<prop::sample::Index>(),
    ) {
        let cut = cut.index(history.facts.len() + 1);
        let mut kept = ProgrammeProjection::new();
        let fold = |projection: &mut ProgrammeProjection, position: usize| {
            let fact = &history.facts[position];
            projection.apply_event(position as u64, fact.date, &fact.event);
        };
        (0..cut).for_each(|position| fold(&mut kept, position));
        let sums = kept.to_sums();
        let mut again = ProgrammeProjection::new();
        for position in &sums.positions {
            fold(&mut again, usize::try_from(*position).expect("a position"));
        }
        prop_assert!(again.put_sums(&sums));
        (cut..history.facts.len()).for_each(|position| fold(&mut again, position));
        let head = || history.head(&query);
        prop_assert_eq!(ledger_projections::budget_position(&again, head(), &query, &text), history.budget_position(&query));
        prop_assert_eq!(ledger_projections::underspend(&again, head(), &query, &text), history.underspend(&query));
        prop_assert_eq!(ledger_projections::funding(&again, head(), &query), history.funding(&query));
        let mut other = sums.clone();
        other.positions.push(1 << 40);
        prop_assert!(!again.put_sums(&other), "sums of another programme");
    }

    #[test]
    fn groups_and_totals_tie(history in any_history(), mut query in any_query()) {
        query.by = query.by.or(Some(GroupBy::Theme));
        let report = history.budget_position(&query);
        let mut sum = naive::total(report.groups.iter().flatten().map(|group| &group.figures));
        prop_assert_eq!(&sum, &naive::total(report.projects.iter().map(|project| &project.figures)));
        if let (Some(unallocated), None) = (&report.unallocated, &query.project) {
            sum.remaining = naive::c(sum.remaining.0.cents() + unallocated.0.cents());
            sum.available = naive::c(sum.available.0.cents() + unallocated.0.cents());
        }
        prop_assert_eq!(sum, report.totals);
        let funding = history.funding(&query);
        prop_assert_eq!(&funding.totals, &naive::funding_total(funding.sources.iter().map(|source| &source.figures)));
        prop_assert_eq!(funding.totals.spent, history.budget_position(&query).totals.spent_total);
    }

    #[test]
    fn the_order_of_recording_changes_no_figure(
        history in any_history(),
        query in any_query(),
        keys in prop::collection::vec(any::<u32>(), 60),
    ) {
        // The programme and its projects come first; everything else in another order.
        let mut shuffled = history.clone();
        let later = shuffled.facts.split_off(5);
        let mut keyed: Vec<_> = keys.into_iter().zip(later).collect();
        keyed.sort_by_key(|(key, _)| *key);
        shuffled.facts.extend(keyed.into_iter().map(|(_, fact)| fact));
        prop_assert_eq!(unordered(history.budget_position(&query)), unordered(shuffled.budget_position(&query)));
    }

    #[test]
    fn explanations_sum_to_their_figures(history in any_history(), query in any_query()) {
        for (report, figure, source, query, amount) in shown(&history, &query) {
            let contributions = history.explain(report, figure, source.as_ref(), &query);
            let sum: i64 = contributions.iter().map(|contribution| contribution.amount.cents()).sum();
            prop_assert_eq!(sum, amount.0.cents(), "{} {} {:?} {:?}", report, figure, source, query);
            prop_assert!(contributions.iter().all(|contribution| !contribution.amount.is_zero()));
            let positions: Vec<u64> = contributions.iter().map(|contribution| contribution.position).collect();
            prop_assert!(positions.is_sorted(), "in the order of recording");
        }
    }

    #[test]
    fn recorded_events_tell_what_the_domain_events_tell(history in any_history(), query in any_query()) {
        let mut projection = ProgrammeProjection::new();
        let mut explainer = Explainer::new(ReportName::BudgetPosition, "spentTotal", None, query.clone()).expect("a figure");
        for (position, fact) in (0..).zip(&history.facts) {
            let event = Event {
                position,
                stream: Stream::Programme(id("plan")),
                version: position + 1,
                command: position,
                recorded_at: Instant(0),
                recorded_by: "test".into(),
                approved_by: None,
                booking_date: fact.date,
                idempotency_key: None,
                data: EventData::from_programme_event(&id("plan"), &fact.event),
                details_hash: None,
            };
            projection.apply(&event);
            explainer.apply(&event);
        }
        let report = ledger_projections::budget_position(&projection, history.head(&query), &query, &text);
        prop_assert_eq!(report, history.budget_position(&query));
        prop_assert_eq!(explainer.finish(), history.explain(ReportName::BudgetPosition, "spentTotal", None, &query));
    }

    #[test]
    fn transfers_and_carry_overs_net_to_zero(history in any_history()) {
        let mut transfers = 0;
        let mut carried = 0;
        for fact in &history.facts {
            for delta in deltas(fact.date, &fact.event) {
                match delta.part {
                    Part::TransferredIn => transfers += delta.amount.cents(),
                    Part::TransferredOut => transfers -= delta.amount.cents(),
                    Part::CarriedIn => carried += delta.amount.cents(),
                    Part::CarriedOut => carried -= delta.amount.cents(),
                    _ => {}
                }
            }
        }
        prop_assert_eq!((transfers, carried), (0, 0));
    }
}

/// Without what rightly follows the order of recording: funders by their first event, explanations.
fn unordered(mut report: BudgetPosition) -> BudgetPosition {
    for project in &mut report.projects {
        project
            .cofinancing
            .sort_by(|left, right| left.funder.0.cmp(&right.funder.0));
        project.explanations.clear();
    }
    report
}

type Shown = (ReportName, &'static str, Option<Id>, Query, Cents);

/// Every figure that the reports show and `explain` can explain: report, name, source, question and amount.
fn shown(history: &History, query: &Query) -> Vec<Shown> {
    let mut shown = Vec::new();
    let position = history.budget_position(query);
    row(&mut shown, query, &position.totals);
    let whole = [
        ("authorised", position.authorised),
        ("unallocated", position.unallocated),
    ];
    for (figure, amount) in whole {
        let of_all = Query {
            project: None,
            ..query.clone()
        };
        let amount = amount.map(|amount| (ReportName::BudgetPosition, figure, None, of_all, amount));
        shown.extend(amount);
    }
    for project in &position.projects {
        let query = &of_project(query, project);
        row(&mut shown, query, &project.figures);
        for funder in &project.cofinancing {
            let funder = funder.clone();
            let figures = [
                ("expected", funder.expected),
                ("pledged", funder.pledged),
                ("reserved", funder.reserved),
                ("received", funder.received),
                ("charged", funder.charged),
                ("receivable", funder.receivable),
                ("receivedInAdvance", funder.received_in_advance),
            ];
            let source = Some(funder.funder.0);
            shown.extend(figures.map(|(figure, amount)| {
                (
                    ReportName::BudgetPosition,
                    figure,
                    source.clone(),
                    query.clone(),
                    amount,
                )
            }));
        }
    }
    let underspend = history.underspend(query);
    let mut rows = vec![(query.clone(), underspend.totals)];
    rows.extend(underspend.projects.into_iter().map(|project| {
        let asked = Query {
            project: Some(project.project.0),
            ..query.clone()
        };
        (asked, project.figures)
    }));
    for (query, row) in rows {
        let figures = [
            ("budget", row.budget),
            ("spentOwn", row.spent_own),
            ("underspend", row.underspend),
            ("overspend", row.overspend),
            ("carriedOver", row.carried_over),
            ("released", row.released),
        ];
        shown.extend(
            figures.map(|(figure, amount)| (ReportName::Underspend, figure, None, query.clone(), amount)),
        );
    }
    let funding = history.funding(query);
    let mut rows = vec![(None, query.clone(), funding.totals)];
    for source in funding.sources {
        rows.push((Some(source.source.0.clone()), query.clone(), source.figures));
        for project in source.projects {
            let asked = Query {
                project: Some(project.project.0),
                ..query.clone()
            };
            rows.push((Some(source.source.0.clone()), asked, project.figures));
        }
    }
    for (source, query, row) in rows {
        let figures = [
            ("spent", row.spent),
            ("received", row.received),
            ("receivable", row.receivable),
        ];
        shown
            .extend(figures.map(|(figure, amount)| {
                (ReportName::Funding, figure, source.clone(), query.clone(), amount)
            }));
    }
    shown
}

fn of_project(query: &Query, project: &ProjectPosition) -> Query {
    Query {
        project: Some(project.project.0.clone()),
        ..query.clone()
    }
}

fn row(shown: &mut Vec<Shown>, query: &Query, figures: &Figures) {
    let figures = figures.clone();
    let figures = [
        ("allocated", figures.allocated),
        ("transferredIn", figures.transferred_in),
        ("transferredOut", figures.transferred_out),
        ("carriedIn", figures.carried_in),
        ("carriedOut", figures.carried_out),
        ("released", figures.released),
        ("budget", figures.budget),
        ("grossBudget", figures.gross_budget),
        ("spentOwn", figures.spent_own),
        ("spentTotal", figures.spent_total),
        ("committedOwn", figures.committed_own),
        ("remaining", figures.remaining),
        ("available", figures.available),
        ("underspend", figures.underspend),
        ("overspend", figures.overspend),
    ];
    shown.extend(
        figures.map(|(figure, amount)| (ReportName::BudgetPosition, figure, None, query.clone(), amount)),
    );
}
