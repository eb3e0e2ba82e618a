//! The funding report, source by source.

use std::collections::BTreeMap;

use ledger_contract::{
    report::{Funding, FundingFigures, ProjectFunding, SourceFunding},
    value::Name,
};
use ledger_domain::{Id, programme::OpenProject};
use ledger_projections::Query;

use super::{budget_position, c, funders, listed, sheet};
use crate::history::History;

pub(crate) fn funding(history: &History, query: &Query) -> Funding {
    let listed = listed(history, query);
    let row = |project: &OpenProject, spent: i64, received: i64, receivable: i64| ProjectFunding {
        project: Name(project.project.clone()),
        title: project.title.clone(),
        figures: funding_figures(spent, received, receivable),
    };
    let own = listed.iter().map(|project| {
        let sheet = sheet(history, &project.project, query.as_of, query.year);
        row(project, sheet.spent_own, 0, 0)
    });
    let mut sources = vec![(0, Id::programme(), own.collect::<Vec<_>>())];
    let mut firsts: BTreeMap<Id, usize> = BTreeMap::new();
    for project in &listed {
        for (first, id, _) in funders(history, &project.project, query) {
            let known = firsts.entry(id).or_insert(first);
            *known = first.min(*known);
        }
    }
    for (id, first) in firsts {
        let rows = listed.iter().filter_map(|project| {
            let sheet = sheet(history, &project.project, query.as_of, query.year);
            let funder = sheet.funders.get(&id)?;
            Some(row(project, funder.charged, funder.received, funder.receivable()))
        });
        sources.push((first, id.clone(), rows.collect()));
    }
    sources[1..].sort_by(|left, right| (left.0, &left.1).cmp(&(right.0, &right.1)));
    let sources: Vec<SourceFunding> = sources
        .into_iter()
        .map(|(_, id, projects)| SourceFunding {
            source: Name(id),
            figures: funding_total(projects.iter().map(|project| &project.figures)),
            projects,
        })
        .collect();
    Funding {
        head: history.head(query),
        totals: funding_total(sources.iter().map(|source| &source.figures)),
        sources,
        groups: budget_position(history, query).groups,
    }
}

fn funding_figures(spent: i64, received: i64, receivable: i64) -> FundingFigures {
    FundingFigures {
        spent: c(spent),
        received: c(received),
        receivable: c(receivable),
    }
}

pub(crate) fn funding_total<'a>(rows: impl Iterator<Item = &'a FundingFigures>) -> FundingFigures {
    rows.fold(funding_figures(0, 0, 0), |sum, row| {
        funding_figures(
            sum.spent.0.cents() + row.spent.0.cents(),
            sum.received.0.cents() + row.received.0.cents(),
            sum.receivable.0.cents() + row.receivable.0.cents(),
        )
    })
}
