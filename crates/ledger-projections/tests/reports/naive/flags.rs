//! The flags, by looking at everything booked by the date.

use std::collections::BTreeSet;

use ledger_contract::report::Flag;
use ledger_domain::{
    Date, Money, Year,
    programme::{Event, OpenProject},
};

use super::{past, sheet};
use crate::history::History;

/// The codes that the generated histories use.
fn is_code_wrong(code: &str, year: Year) -> bool {
    let valid = match code {
        "6.2" => year < 2025,
        "6.71a" => year == 2023 || year == 2024,
        _ => false,
    };
    !valid && (2020..=2026).contains(&year)
}

pub(super) fn flags(history: &History, project: &OpenProject, as_of: Date) -> Vec<Flag> {
    let id = &project.project;
    let ends_on = project.ends_on.or_else(|| {
        history.facts.iter().find_map(|fact| match &fact.event {
            Event::ProgrammeEstablished(e) => Some(e.ends_on),
            _ => None,
        })
    });
    let mut explained_overspend = false;
    let mut told = BTreeSet::new();
    for (_, fact) in past(history, as_of) {
        let (overspend, code) = match &fact.event {
            Event::CommitmentEntered(e) if e.project == *id => (e.overspend, Some(e.taakveld.as_ref())),
            Event::ExpenditurePosted(e) if e.project == *id => (e.overspend, Some(e.taakveld.as_ref())),
            Event::CommitmentRaised(e) if e.project == *id => (e.overspend, None),
            Event::ExpenditureCorrected(e) if e.project == *id => (e.overspend, None),
            Event::FigureExplained(e) if e.project.as_ref() == Some(id) => {
                if e.source_contradiction {
                    told.insert(Flag::SourceContradiction);
                }
                continue;
            }
            Event::ProjectOpened(e) if e.project == *id => {
                let wrong = |code: &String| is_code_wrong(code, fact.date.year());
                if e.taakveld.as_ref().is_some_and(wrong) {
                    told.insert(Flag::CodeNotValidInYear);
                }
                continue;
            }
            _ => continue,
        };
        explained_overspend |= overspend > Money::ZERO;
        if ends_on.is_some_and(|ends_on| fact.date > ends_on) {
            told.insert(Flag::AfterEnd);
        }
        if let Some(code) = code
            && let Some(code) = code.or(project.taakveld.as_ref())
            && is_code_wrong(code, fact.date.year())
        {
            told.insert(Flag::CodeNotValidInYear);
        }
    }
    if sheet(history, id, as_of, None).remaining() < 0 {
        told.insert(if explained_overspend {
            Flag::Overspent
        } else {
            Flag::SpentBeforeBudget
        });
    }
    if (1900..as_of.year()).any(|year| sheet(history, id, as_of, Some(year)).remaining() > 0) {
        told.insert(Flag::YearBudgetLapsed);
    }
    if project.follow_up_funding == Some(false) && ends_on.is_some_and(|ends_on| as_of > ends_on) {
        told.insert(Flag::NoFollowUpFunding);
    }
    told.into_iter().collect()
}
