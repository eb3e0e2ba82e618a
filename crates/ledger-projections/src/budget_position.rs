//! `budget-position`: what was authorised, what is spent, what is left.

use ledger_contract::{
    report::{BudgetPosition, Cofinancing, FigureExplanation, Head, ProjectPosition},
    value::{Day, Name},
};
use ledger_domain::{Date, Id};

use crate::{
    figure::Figure,
    flags::flags,
    groups::groups,
    programme::ProgrammeProjection,
    query::Query,
    snapshot::{ProjectAt, Snapshot, cents, figures},
};

/// The report, under its head. `texts` finds the text of the explanation at a position; none once it is destroyed.
///
/// With a year `authorised` and `unallocated` are null. With a project the totals are those of that project alone.
/// With a year a funder is listed when something of it is bound to that year.
pub fn budget_position(
    projection: &ProgrammeProjection,
    head: Head,
    query: &Query,
    texts: &dyn Fn(u64) -> Option<String>,
) -> BudgetPosition {
    let snapshot = Snapshot::take(projection, query);
    let projects = snapshot.projects.iter();
    BudgetPosition {
        head,
        authorised: snapshot.whole.map(|whole| cents(whole.authorised)),
        unallocated: snapshot.whole.map(|whole| cents(whole.unallocated)),
        totals: figures(|figure| snapshot.total(figure)),
        projects: projects
            .map(|at| position(at, projection.ends_on, query.as_of, texts))
            .collect(),
        groups: query.by.as_ref().map(|by| groups(&snapshot, by)),
    }
}

fn position(
    at: &ProjectAt<'_>,
    programme_ends_on: Option<Date>,
    as_of: Date,
    texts: &dyn Fn(u64) -> Option<String>,
) -> ProjectPosition {
    let explanations = at.project.notes.explanations.iter();
    ProjectPosition {
        project: Name(at.project.id.clone()),
        title: at.project.title.clone(),
        theme: at.project.theme.clone(),
        law: at.project.law.clone(),
        taakveld: at.project.taakveld.clone(),
        figures: figures(|figure| at.cents(figure)),
        cofinancing: cofinancing(at),
        flags: flags(at, programme_ends_on, as_of),
        explanations: explanations
            .filter(|note| note.booking_date <= as_of)
            .map(|note| FigureExplanation {
                figure: note.figure.clone(),
                explanation: texts(note.position),
                booking_date: Day(note.booking_date),
                position: note.position,
            })
            .collect(),
    }
}

fn cofinancing(at: &ProjectAt<'_>) -> Vec<Cofinancing> {
    let row = |(_, funder, source): (u64, &Id, usize)| {
        let of = |figure| cents(at.cents_of(source, figure));
        Cofinancing {
            funder: Name(funder.clone()),
            expected: of(Figure::Expected),
            pledged: of(Figure::Pledged),
            reserved: of(Figure::Reserved),
            received: of(Figure::Received),
            charged: of(Figure::Charged),
            receivable: of(Figure::Receivable),
            received_in_advance: of(Figure::ReceivedInAdvance),
        }
    };
    at.funders().into_iter().map(row).collect()
}
