//! `funding`: where the money comes from and where it lands.

use ledger_contract::{
    report::{Funding, FundingFigures, Head, ProjectFunding, SourceFunding},
    value::Name,
};
use ledger_domain::Id;

use crate::{
    figure::Figure,
    groups::groups,
    programme::ProgrammeProjection,
    query::Query,
    snapshot::{ProjectAt, Snapshot, cents},
};

/// The report, under its head. Own money (`programme`) comes first with every listed project, then each funder in the
/// order of its first event, with the projects in which budget-position lists it.
///
/// Totals tie to budget-position: `spent` is its `spentTotal`, `received` and `receivable` are the sums over its
/// co-financing. Nothing is received from or owed by own money. A funder that is owed money by one project and paid
/// another in advance owes the first all the same, so `receivable` does not net.
pub fn funding(projection: &ProgrammeProjection, head: Head, query: &Query) -> Funding {
    let snapshot = Snapshot::take(projection, query);
    let mut sources = vec![Source {
        first: 0,
        id: Id::programme(),
        projects: snapshot.projects.iter().map(|at| (at, 0)).collect(),
    }];
    for at in &snapshot.projects {
        for (first, funder, source) in at.funders() {
            match sources.iter_mut().find(|known| known.id == *funder) {
                Some(known) => {
                    known.first = known.first.min(first);
                    known.projects.push((at, source));
                }
                None => sources.push(Source {
                    first,
                    id: funder.clone(),
                    projects: vec![(at, source)],
                }),
            }
        }
    }
    if let [_, funders @ ..] = sources.as_mut_slice() {
        funders.sort_unstable_by(|left, right| (left.first, &left.id).cmp(&(right.first, &right.id)));
    }
    Funding {
        head,
        totals: figures(|figure| snapshot.total(figure)),
        sources: sources.iter().map(Source::report).collect(),
        groups: query.by.as_ref().map(|by| groups(&snapshot, by)),
    }
}

struct Source<'a> {
    /// The position of its first event in the listed projects.
    first: u64,
    id: Id,
    /// Each with the number of this source in it.
    projects: Vec<(&'a ProjectAt<'a>, usize)>,
}

impl Source<'_> {
    fn report(&self) -> SourceFunding {
        let rows = self.projects.iter();
        let total = |figure| {
            rows.clone()
                .map(|(at, source)| at.cents_of(*source, figure))
                .sum()
        };
        SourceFunding {
            source: Name(self.id.clone()),
            figures: figures(total),
            projects: rows
                .clone()
                .map(|(at, source)| ProjectFunding {
                    project: Name(at.project.id.clone()),
                    title: at.project.title.clone(),
                    figures: figures(|figure| at.cents_of(*source, figure)),
                })
                .collect(),
        }
    }
}

fn figures(of: impl Fn(Figure) -> i128) -> FundingFigures {
    FundingFigures {
        spent: cents(of(Figure::SpentTotal)),
        received: cents(of(Figure::Received)),
        receivable: cents(of(Figure::Receivable)),
    }
}
