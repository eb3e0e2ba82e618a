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

/// The report, under its head. Own money (`programme`) comes first with every listed project, then each funder with the projects in
/// which budget-position lists it.
///
/// Totals tie to budget-position: `spent` is its `spentTotal`, `received` and `receivable` are the sums over its
/// co-financing. Nothing is received from or owed by own money. A funder that is owed money by one project and paid
/// another in advance owes the first all the same, so `receivable` does not net.
pub fn funding(projection: &ProgrammeProjection, head: Head, query: &Query) -> Funding {
    let snapshot = Snapshot::take(projection, query);
    let own = snapshot.projects.iter().map(|at| (at, 0)).collect();
    let mut sources: Vec<(Id, Vec<(&ProjectAt<'_>, usize)>)> = vec![(Id::programme(), own)];
    for at in &snapshot.projects {
        for (source, funder) in at.funders() {
            match sources.iter_mut().find(|(known, _)| known == funder) {
                Some((_, rows)) => rows.push((at, source)),
                None => sources.push((funder.clone(), vec![(at, source)])),
            }
        }
    }
    Funding {
        head,
        totals: figures(|figure| snapshot.total(figure)),
        sources: sources
            .into_iter()
            .map(|(source, rows)| SourceFunding {
                source: Name(source),
                figures: figures(|figure| rows.iter().map(|(at, source)| at.cents_of(*source, figure)).sum()),
                projects: rows.iter().map(|(at, source)| project(at, *source)).collect(),
            })
            .collect(),
        groups: query.by.as_ref().map(|by| groups(&snapshot, by)),
    }
}

fn project(at: &ProjectAt<'_>, source: usize) -> ProjectFunding {
    ProjectFunding {
        project: Name(at.project.id.clone()),
        title: at.project.title.clone(),
        figures: figures(|figure| at.cents_of(source, figure)),
    }
}

fn figures(of: impl Fn(Figure) -> i128) -> FundingFigures {
    FundingFigures {
        spent: cents(of(Figure::SpentTotal)),
        received: cents(of(Figure::Received)),
        receivable: cents(of(Figure::Receivable)),
    }
}
