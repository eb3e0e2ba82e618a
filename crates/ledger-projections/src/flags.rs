//! What a reader should know before trusting a project's figures. Flags do not depend on the asked year.

use ledger_contract::report::Flag;
use ledger_domain::Date;

use crate::{figure::Figure, snapshot::ProjectAt};

/// The flags of a project on this date, in the order of the list of flags.
pub(crate) fn flags(project: &ProjectAt<'_>, programme_ends_on: Option<Date>, as_of: Date) -> Vec<Flag> {
    let told = |flag: &Flag| is_told(*flag, project, programme_ends_on, as_of);
    Flag::ALL.iter().copied().filter(told).collect()
}

fn is_told(flag: Flag, at: &ProjectAt<'_>, programme_ends_on: Option<Date>, as_of: Date) -> bool {
    let firsts = &at.project.firsts;
    let by_then = |first: Option<Date>| first.is_some_and(|first| first <= as_of);
    let is_short = || at.cents_in(None, Figure::Remaining) < 0;
    match flag {
        // Without an explained overspend no rule was broken: budget or a lower cost is booked after this date.
        Flag::SpentBeforeBudget => !by_then(firsts.explained_overspend) && is_short(),
        Flag::Overspent => by_then(firsts.explained_overspend) && is_short(),
        Flag::YearBudgetLapsed => {
            let past = at.years().into_iter().filter(|year| *year < as_of.year());
            past.into_iter()
                .any(|year| at.cents_in(Some(year), Figure::Remaining) > 0)
        }
        Flag::CodeNotValidInYear => by_then(firsts.invalid_code),
        Flag::AfterEnd => by_then(firsts.after_end),
        Flag::NoFollowUpFunding => {
            let has_ended = at
                .project
                .ends_on
                .or(programme_ends_on)
                .is_some_and(|ends_on| as_of > ends_on);
            has_ended && at.project.follow_up_funding == Some(false)
        }
        Flag::SourceContradiction => by_then(firsts.contradiction),
    }
}
