//! The reports by brute force: every figure adds up the whole history again, event by event, with the formulas of the
//! domain text written out. Slow and plain on purpose; nothing here is shared with the projections.

mod flags;
mod funding;

pub(crate) use funding::{funding, funding_total};

use std::collections::BTreeMap;

use ledger_contract::{
    report::{BudgetPosition, Cofinancing, FigureExplanation, Figures, Group, ProjectPosition},
    value::{Cents, Day, Name},
};
use ledger_domain::{
    Date, Id, Money, Year,
    programme::{Charge, Event, OpenProject},
};
use ledger_projections::{GroupBy, Query};

use crate::history::{Fact, History, text};

/// One project's amounts in cents, as domain.md names them.
#[derive(Clone, Debug, Default)]
pub(crate) struct Sheet {
    allocated: i64,
    transferred_in: i64,
    transferred_out: i64,
    carried_in: i64,
    carried_out: i64,
    released: i64,
    spent_own: i64,
    committed_own: i64,
    funders: BTreeMap<Id, Funder>,
}

#[derive(Clone, Debug, Default)]
struct Funder {
    first: usize,
    expected: i64,
    pledged: i64,
    reserved: i64,
    received: i64,
    charged: i64,
}

impl Funder {
    fn receivable(&self) -> i64 {
        (self.charged - self.received).max(0)
    }
}

impl Sheet {
    fn budget(&self) -> i64 {
        self.allocated + self.transferred_in - self.transferred_out + self.carried_in
            - self.carried_out
            - self.released
    }

    fn remaining(&self) -> i64 {
        self.budget() - self.spent_own
    }

    fn figures(&self) -> Figures {
        let pledged: i64 = self.funders.values().map(|funder| funder.pledged).sum();
        let charged: i64 = self.funders.values().map(|funder| funder.charged).sum();
        Figures {
            allocated: c(self.allocated),
            transferred_in: c(self.transferred_in),
            transferred_out: c(self.transferred_out),
            carried_in: c(self.carried_in),
            carried_out: c(self.carried_out),
            released: c(self.released),
            budget: c(self.budget()),
            gross_budget: c(self.budget() + pledged),
            spent_own: c(self.spent_own),
            spent_total: c(self.spent_own + charged),
            committed_own: c(self.committed_own),
            remaining: c(self.remaining()),
            available: c(self.remaining() - self.committed_own),
            underspend: c(self.remaining().max(0)),
            overspend: c((-self.remaining()).max(0)),
        }
    }

    fn funder(&mut self, funder: &Id, position: usize) -> &mut Funder {
        self.funders.entry(funder.clone()).or_insert_with(|| Funder {
            first: position,
            ..Funder::default()
        })
    }

    fn spend(&mut self, position: usize, charges: &[Charge]) {
        for charge in charges {
            if charge.source.is_programme() {
                self.spent_own += charge.amount.cents();
            } else {
                self.funder(&charge.source, position).charged += charge.amount.cents();
            }
        }
    }

    fn commit(&mut self, position: usize, charges: &[Charge], sign: i64) {
        for charge in charges {
            if charge.source.is_programme() {
                self.committed_own += sign * charge.amount.cents();
            } else {
                self.funder(&charge.source, position).reserved += sign * charge.amount.cents();
            }
        }
    }
}

pub(crate) fn c(cents: i64) -> Cents {
    Cents(Money::from_cents(cents).expect("an amount"))
}

fn past(history: &History, as_of: Date) -> impl Iterator<Item = (usize, &Fact)> {
    let facts = history.facts.iter().enumerate();
    facts.filter(move |(_, fact)| fact.date <= as_of)
}

/// The amounts of a project on a date, with only what is bound to the year when there is one.
pub(crate) fn sheet(history: &History, project: &Id, as_of: Date, year: Option<Year>) -> Sheet {
    let bound = |to: Option<Year>| year.is_none() || to == year;
    let of = |year: Year| bound(Some(year));
    let mut sheet = Sheet::default();
    for (position, fact) in past(history, as_of) {
        match &fact.event {
            Event::BudgetAllocated(e) if e.project == *project && bound(e.year) => {
                sheet.allocated += e.amount.cents();
            }
            Event::BudgetTransferred(e) if bound(e.year) => {
                if e.from_project == *project {
                    sheet.transferred_out += e.amount.cents();
                }
                if e.to_project == *project {
                    sheet.transferred_in += e.amount.cents();
                }
            }
            Event::BudgetCarriedOver(e) if e.project == *project => match &e.funder {
                None => {
                    if of(e.from_year) {
                        sheet.carried_out += e.amount.cents();
                    }
                    if of(e.to_year) {
                        sheet.carried_in += e.amount.cents();
                    }
                }
                Some(funder) => {
                    if of(e.from_year) {
                        sheet.funder(funder, position).pledged -= e.amount.cents();
                    }
                    if of(e.to_year) {
                        sheet.funder(funder, position).pledged += e.amount.cents();
                    }
                }
            },
            Event::ProjectClosed(e) if e.project == *project => {
                for released in e.released.iter().filter(|released| bound(released.year)) {
                    sheet.released += released.amount.cents();
                }
            }
            Event::CommitmentEntered(e) if e.project == *project && of(e.year) => {
                sheet.commit(position, &e.charges, 1);
            }
            Event::CommitmentRaised(e) if e.project == *project && of(e.year) => {
                sheet.commit(position, &e.charges, 1);
            }
            Event::CommitmentReleased(e) if e.project == *project && of(e.year) => {
                sheet.commit(position, &e.charges, -1);
            }
            Event::ExpenditurePosted(e) if e.project == *project => {
                if of(e.year) {
                    sheet.spend(position, &e.charges);
                }
                if let Some(used) = e.drawn_down.as_ref().filter(|used| of(used.year)) {
                    sheet.commit(position, &used.charges, -1);
                }
            }
            Event::ExpenditureCorrected(e) if e.project == *project => {
                if of(e.year) {
                    sheet.spend(position, &e.charges);
                }
                if let Some(back) = e.given_back.as_ref().filter(|back| of(back.year)) {
                    sheet.commit(position, &back.charges, 1);
                }
            }
            Event::ExpenditureReversed(e) if e.project == *project => {
                if of(e.year) {
                    sheet.spend(position, &e.charges);
                }
                if let Some(back) = e.given_back.as_ref().filter(|back| of(back.year)) {
                    sheet.commit(position, &back.charges, 1);
                }
            }
            Event::CofinancingExpected(e) if e.project == *project && bound(e.year) => {
                sheet.funder(&e.funder, position).expected += e.amount.cents();
            }
            Event::CofinancingPledged(e) if e.project == *project && bound(e.year) => {
                sheet.funder(&e.funder, position).pledged += e.amount.cents();
            }
            Event::CofinancingReceived(e) if e.project == *project && of(fact.date.year()) => {
                sheet.funder(&e.funder, position).received += e.amount.cents();
            }
            _ => {}
        }
    }
    sheet
}

/// The listed projects: those opened by the date, and those on which money was booked by then.
pub(crate) fn listed<'a>(history: &'a History, query: &Query) -> Vec<&'a OpenProject> {
    let is_asked = |project: &Id| query.project.as_ref().is_none_or(|asked| asked == project);
    let is_there = |fact: &Fact, project: &Id| {
        fact.date <= query.as_of || past(history, query.as_of).any(|(_, fact)| books_on(&fact.event, project))
    };
    let opened = history.facts.iter().filter_map(|fact| match &fact.event {
        Event::ProjectOpened(e) if is_asked(&e.project) && is_there(fact, &e.project) => Some(e),
        _ => None,
    });
    opened.collect()
}

fn books_on(event: &Event, project: &Id) -> bool {
    match event {
        Event::BudgetAllocated(e) => e.project == *project,
        Event::BudgetTransferred(e) => e.from_project == *project || e.to_project == *project,
        Event::BudgetCarriedOver(e) => e.project == *project,
        Event::CommitmentEntered(e) => e.project == *project,
        Event::CommitmentRaised(e) | Event::CommitmentReleased(e) => e.project == *project,
        Event::ExpenditurePosted(e) => e.project == *project,
        Event::ExpenditureCorrected(e) => e.project == *project,
        Event::ExpenditureReversed(e) => e.project == *project,
        Event::CofinancingExpected(e) | Event::CofinancingPledged(e) => e.project == *project,
        Event::CofinancingReceived(e) => e.project == *project,
        Event::ProjectClosed(e) => e.project == *project && !e.released.is_empty(),
        _ => false,
    }
}

/// The funders in order, with their amounts.
fn funders(history: &History, project: &Id, query: &Query) -> Vec<(usize, Id, Funder)> {
    let ever = sheet(history, project, query.as_of, None).funders;
    let counted = sheet(history, project, query.as_of, query.year).funders;
    let mut funders: Vec<_> = counted
        .into_iter()
        .map(|(id, funder)| (ever[&id].first, id, funder))
        .collect();
    funders.sort_by(|left, right| (left.0, &left.1).cmp(&(right.0, &right.1)));
    funders
}

pub(crate) fn authorised(history: &History, as_of: Date) -> i64 {
    let amount = |(_, fact): (usize, &Fact)| match &fact.event {
        Event::ProgrammeEstablished(e) => e.authorised.cents(),
        Event::AuthorisationAmended(e) => e.amount.cents(),
        _ => 0,
    };
    past(history, as_of).map(amount).sum()
}

fn add(left: &Figures, right: &Figures) -> Figures {
    let add = |left: &Cents, right: &Cents| c(left.0.cents() + right.0.cents());
    Figures {
        allocated: add(&left.allocated, &right.allocated),
        transferred_in: add(&left.transferred_in, &right.transferred_in),
        transferred_out: add(&left.transferred_out, &right.transferred_out),
        carried_in: add(&left.carried_in, &right.carried_in),
        carried_out: add(&left.carried_out, &right.carried_out),
        released: add(&left.released, &right.released),
        budget: add(&left.budget, &right.budget),
        gross_budget: add(&left.gross_budget, &right.gross_budget),
        spent_own: add(&left.spent_own, &right.spent_own),
        spent_total: add(&left.spent_total, &right.spent_total),
        committed_own: add(&left.committed_own, &right.committed_own),
        remaining: add(&left.remaining, &right.remaining),
        available: add(&left.available, &right.available),
        underspend: add(&left.underspend, &right.underspend),
        overspend: add(&left.overspend, &right.overspend),
    }
}

pub(crate) fn total<'a>(rows: impl Iterator<Item = &'a Figures>) -> Figures {
    rows.fold(Sheet::default().figures(), |sum, row| add(&sum, row))
}

pub(crate) fn budget_position(history: &History, query: &Query) -> BudgetPosition {
    let projects: Vec<ProjectPosition> = listed(history, query)
        .into_iter()
        .map(|project| position(history, project, query))
        .collect();
    let mut totals = total(projects.iter().map(|project| &project.figures));
    let mut authorised_unallocated = None;
    if query.year.is_none() {
        let authorised = authorised(history, query.as_of);
        let of_all = Query {
            project: None,
            ..query.clone()
        };
        let all = listed(history, &of_all).into_iter();
        let budget = |project| position(history, project, &of_all).figures.budget.0.cents();
        let unallocated = authorised - all.map(budget).sum::<i64>();
        if query.project.is_none() {
            totals.remaining = c(totals.remaining.0.cents() + unallocated);
            totals.available = c(totals.available.0.cents() + unallocated);
        }
        authorised_unallocated = Some((c(authorised), c(unallocated)));
    }
    let groups = query
        .by
        .as_ref()
        .map(|by| groups(&listed(history, query), &projects, by));
    BudgetPosition {
        head: history.head(query),
        authorised: authorised_unallocated.clone().map(|(authorised, _)| authorised),
        unallocated: authorised_unallocated.map(|(_, unallocated)| unallocated),
        totals,
        projects,
        groups,
    }
}

fn groups(opened: &[&OpenProject], projects: &[ProjectPosition], by: &GroupBy) -> Vec<Group> {
    let keys: Vec<Option<String>> = opened
        .iter()
        .map(|project| match by {
            GroupBy::Theme => project.theme.clone(),
            GroupBy::Law => project.law.clone(),
            GroupBy::Taakveld => project.taakveld.clone(),
            GroupBy::Tag(name) => project.tags.get(name).cloned(),
        })
        .collect();
    let mut order: Vec<Option<String>> = keys.iter().flatten().cloned().map(Some).collect();
    order.sort();
    order.dedup();
    if keys.contains(&None) {
        order.push(None);
    }
    let group = |key: Option<String>| Group {
        figures: total(
            keys.iter()
                .zip(projects)
                .filter(|(of, _)| **of == key)
                .map(|(_, project)| &project.figures),
        ),
        key,
    };
    order.into_iter().map(group).collect()
}

fn position(history: &History, project: &OpenProject, query: &Query) -> ProjectPosition {
    let row = |(_, id, funder): (usize, Id, Funder)| Cofinancing {
        funder: Name(id),
        expected: c(funder.expected),
        pledged: c(funder.pledged),
        reserved: c(funder.reserved),
        received: c(funder.received),
        charged: c(funder.charged),
        receivable: c(funder.receivable()),
        received_in_advance: c((funder.received - funder.charged).max(0)),
    };
    let explanations = past(history, query.as_of).filter_map(|(position, fact)| match &fact.event {
        Event::FigureExplained(e) if e.project.as_ref() == Some(&project.project) => {
            Some(FigureExplanation {
                figure: e.figure.clone(),
                explanation: text(position as u64),
                booking_date: Day(fact.date),
                position: position as u64,
            })
        }
        _ => None,
    });
    ProjectPosition {
        project: Name(project.project.clone()),
        title: project.title.clone(),
        theme: project.theme.clone(),
        law: project.law.clone(),
        taakveld: project.taakveld.clone(),
        figures: sheet(history, &project.project, query.as_of, query.year).figures(),
        cofinancing: funders(history, &project.project, query)
            .into_iter()
            .map(row)
            .collect(),
        flags: flags::flags(history, project, query.as_of),
        explanations: explanations.collect(),
    }
}
