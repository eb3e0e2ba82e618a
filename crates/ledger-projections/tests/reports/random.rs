//! Histories, dates and questions at random.

use ledger_domain::{
    Date, Id, Money, Year,
    programme::{
        AllocateBudget, AmendAuthorisation, CarryOverBudget, Charge, CommitmentChanged, CommitmentEntered,
        DrawDown, Event, ExpenditureCorrected, ExpenditurePosted, ExpenditureReversed, ExplainFigure,
        OpenProject, ProjectClosed, PromiseCofinancing, ReceiveCofinancing, RecordForecast, Released,
        TransferBudget,
    },
};
use ledger_projections::{GroupBy, Query};
use proptest::prelude::*;

use crate::history::{Fact, History, cents, commitment, day, decision, entry, expenditure, id, open};

const PROJECTS: [&str; 4] = ["alpha", "beta", "delta", "gamma"];
const FUNDERS: [&str; 3] = ["rijk", "impuls", "zorg"];
const CODES: [Option<&str>; 4] = [None, Some("6.2"), Some("6.71a"), Some("9.9")];

fn project_id() -> impl Strategy<Value = Id> {
    prop::sample::select(PROJECTS.as_slice()).prop_map(id)
}

fn funder_id() -> impl Strategy<Value = Id> {
    prop::sample::select(FUNDERS.as_slice()).prop_map(id)
}

/// Days of 2018 to 2024, so that some lie before the plan and some after it; few enough to meet on one.
fn date() -> impl Strategy<Value = Date> {
    let first = day("2018-06-01").epoch_days();
    let last = day("2024-06-01").epoch_days();
    prop_oneof![first..last, (0..12).prop_map(move |month| first + month * 180)]
        .prop_map(Date::from_epoch_days)
}

fn year() -> impl Strategy<Value = Year> {
    2019..2024_u16
}

fn bound() -> impl Strategy<Value = Option<Year>> {
    prop::option::of(year())
}

fn positive() -> impl Strategy<Value = Money> {
    (1..1_000_000_i64).prop_map(cents)
}

fn signed() -> impl Strategy<Value = Money> {
    (-500_000..1_000_000_i64).prop_map(cents)
}

fn split(amount: impl Strategy<Value = Money>) -> impl Strategy<Value = Vec<Charge>> {
    let source = prop_oneof![3 => Just(Id::programme()), 2 => funder_id()];
    prop::collection::btree_map(source, amount, 1..4).prop_map(|parts| {
        let charge = |(source, amount)| Charge { source, amount };
        parts.into_iter().map(charge).collect()
    })
}

fn draw_down() -> impl Strategy<Value = Option<DrawDown>> {
    prop::option::of((split(positive()), year()).prop_map(|(charges, year)| DrawDown {
        commitment: entry("c"),
        year,
        charges,
    }))
}

fn overspend() -> impl Strategy<Value = Money> {
    prop_oneof![4 => Just(Money::ZERO), 1 => positive()]
}

fn code() -> impl Strategy<Value = Option<String>> {
    prop::sample::select(CODES.as_slice()).prop_map(|code| code.map(str::to_owned))
}

fn sum(charges: &[Charge]) -> Money {
    Money::checked_sum(charges.iter().map(|charge| charge.amount)).expect("small amounts")
}

/// Anything that changes a figure, a flag or a text. No rule holds between events: sums need none.
fn any_event() -> impl Strategy<Value = Event> {
    let budget = prop_oneof![
        signed().prop_map(|amount| Event::AuthorisationAmended(AmendAuthorisation {
            amount,
            decision: decision()
        })),
        (project_id(), signed(), bound()).prop_map(|(project, amount, year)| {
            Event::BudgetAllocated(AllocateBudget {
                project,
                amount,
                year,
                decision: decision(),
            })
        }),
        (project_id(), project_id(), positive(), bound()).prop_map(
            |(from_project, to_project, amount, year)| {
                Event::BudgetTransferred(TransferBudget {
                    from_project,
                    to_project,
                    amount,
                    year,
                    decision: decision(),
                })
            }
        ),
        (
            project_id(),
            year(),
            year(),
            positive(),
            prop::option::of(funder_id())
        )
            .prop_map(|(project, from_year, to_year, amount, funder)| {
                Event::BudgetCarriedOver(CarryOverBudget {
                    project,
                    from_year,
                    to_year,
                    amount,
                    decision: decision(),
                    funder,
                })
            }),
        (project_id(), prop::collection::vec((bound(), positive()), 0..3)).prop_map(|(project, released)| {
            Event::ProjectClosed(ProjectClosed {
                project,
                decision: decision(),
                released: released
                    .into_iter()
                    .map(|(year, amount)| Released { year, amount })
                    .collect(),
            })
        }),
    ];
    prop_oneof![2 => budget, 3 => any_entry(), 2 => any_promise(), 1 => any_note()]
}

fn any_entry() -> impl Strategy<Value = Event> {
    let entered = (project_id(), split(positive()), year(), overspend(), code()).prop_map(
        |(project, charges, year, overspend, taakveld)| CommitmentEntered {
            project,
            amount: sum(&charges),
            charges,
            year,
            overspend,
            taakveld,
            ..commitment("2020-01-01", "alpha", &[])
        },
    );
    let changed = (project_id(), split(positive()), year(), overspend()).prop_map(
        |(project, charges, year, overspend)| CommitmentChanged {
            project,
            commitment: entry("c"),
            amount: sum(&charges),
            charges,
            year,
            overspend,
        },
    );
    let posted = (
        project_id(),
        split(positive()),
        year(),
        draw_down(),
        overspend(),
        code(),
    )
        .prop_map(
            |(project, charges, year, drawn_down, overspend, taakveld)| ExpenditurePosted {
                project,
                amount: sum(&charges),
                charges,
                year,
                drawn_down,
                overspend,
                taakveld,
                ..expenditure("2020-01-01", "alpha", &[])
            },
        );
    let corrected = (project_id(), split(signed()), year(), draw_down(), overspend()).prop_map(
        |(project, charges, year, given_back, overspend)| ExpenditureCorrected {
            project,
            expenditure: entry("e"),
            correction: entry("k"),
            amount: sum(&charges),
            charges,
            year,
            given_back,
            overspend,
        },
    );
    let reversed = (project_id(), split(signed()), year(), draw_down()).prop_map(
        |(project, charges, year, given_back)| ExpenditureReversed {
            project,
            expenditure: entry("e"),
            amount: sum(&charges),
            charges,
            year,
            given_back,
        },
    );
    prop_oneof![
        entered.prop_map(Event::CommitmentEntered),
        (changed, any::<bool>()).prop_map(|(changed, up)| {
            if up {
                Event::CommitmentRaised(changed)
            } else {
                Event::CommitmentReleased(changed)
            }
        }),
        posted.prop_map(Event::ExpenditurePosted),
        corrected.prop_map(Event::ExpenditureCorrected),
        reversed.prop_map(Event::ExpenditureReversed),
    ]
}

fn any_promise() -> impl Strategy<Value = Event> {
    let promised =
        (project_id(), funder_id(), signed(), bound()).prop_map(|(project, funder, amount, year)| {
            PromiseCofinancing {
                project,
                funder,
                amount,
                share: None,
                year,
            }
        });
    let received = (project_id(), funder_id(), signed()).prop_map(|(project, funder, amount)| {
        Event::CofinancingReceived(ReceiveCofinancing {
            project,
            funder,
            receipt: entry("r"),
            amount,
        })
    });
    let promised = (promised, any::<bool>()).prop_map(|(promised, firm)| {
        if firm {
            Event::CofinancingPledged(promised)
        } else {
            Event::CofinancingExpected(promised)
        }
    });
    prop_oneof![2 => promised, 1 => received]
}

fn any_note() -> impl Strategy<Value = Event> {
    let figure = prop::sample::select(["budget", "underspend", "remaining", "spentOwn"].as_slice());
    prop_oneof![
        (prop::option::of(project_id()), date(), positive()).prop_map(|(project, forecast_for, amount)| {
            Event::ForecastRecorded(RecordForecast {
                project,
                forecast_for,
                amount,
            })
        }),
        (prop::option::of(project_id()), figure, any::<bool>()).prop_map(
            |(project, figure, source_contradiction)| {
                Event::FigureExplained(ExplainFigure {
                    project,
                    figure: figure.to_owned(),
                    source_contradiction,
                })
            }
        ),
    ]
}

fn any_project(project: &'static str) -> impl Strategy<Value = Fact> {
    let word = |words: [Option<&'static str>; 3]| {
        prop::sample::select(words.to_vec()).prop_map(|word| word.map(str::to_owned))
    };
    let theme = word([None, Some("Zorg"), Some("Basis")]);
    let law = word([None, Some("Wmo"), Some("Jeugdwet")]);
    let place = word([None, Some("noord"), Some("zuid")]);
    let ends = (prop::option::of(date()), prop::option::of(any::<bool>()));
    (date(), theme, law, place, ends, code()).prop_map(
        move |(date, theme, law, place, (ends_on, follow_up_funding), taakveld)| Fact {
            date,
            event: Event::ProjectOpened(OpenProject {
                theme,
                law,
                taakveld,
                ends_on,
                follow_up_funding,
                tags: place
                    .into_iter()
                    .map(|place| ("place".to_owned(), place))
                    .collect(),
                ..open(project)
            }),
        },
    )
}

/// A programme with four projects and up to sixty events in no order of date.
pub(crate) fn any_history() -> impl Strategy<Value = History> {
    let fact = (date(), any_event()).prop_map(|(date, event)| Fact { date, event });
    let projects = PROJECTS.map(any_project);
    (projects, prop::collection::vec(fact, 0..60)).prop_map(|(projects, facts)| {
        let mut history = History::plan();
        history.facts.extend(projects);
        history.facts.extend(facts);
        history
    })
}

/// Any question to a report.
pub(crate) fn any_query() -> impl Strategy<Value = Query> {
    let by = ["theme", "law", "taakveld", "tag:place"].as_slice();
    let by =
        prop::option::of(prop::sample::select(by).prop_map(|by| GroupBy::parse(by).expect("a dimension")));
    (date(), bound(), prop::option::weighted(0.3, project_id()), by).prop_map(|(as_of, year, project, by)| {
        Query {
            as_of,
            year,
            project,
            by,
        }
    })
}
