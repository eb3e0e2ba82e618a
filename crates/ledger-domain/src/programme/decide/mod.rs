//! One command against the state: one event, or one refusal.
//!
//! Rules stand with their subject: `budget`, `commitments`, `expenditures`, `cofinancing`, `closing`. What an entry
//! does to balances is tried on copies in `trial`.

mod budget;
mod case;
mod closing;
mod cofinancing;
mod commitments;
mod expenditures;
mod form;
mod trial;

use super::{Command, Entries, Event, Programme};
use crate::{Code, Posting, Refusal, checks::Checks};
use case::Case;

/// Decides one command of a programme against all that was recorded before it; `state` is none before the programme
/// is established. Pure: a refused command leaves nothing behind.
///
/// Of all refusals that apply, the one whose [`Code`] is declared first is given.
pub fn decide(
    state: Option<&Programme>,
    entries: &dyn Entries,
    posting: Posting,
    command: &Command,
) -> Result<Event, Refusal> {
    let mut checks = Checks::default();
    form::check(command, &mut checks);
    if let (None, Command::EstablishProgramme(c)) = (state, command) {
        return checks.verdict().map(|()| Event::ProgrammeEstablished(c.clone()));
    }
    let programme = checks.need(state, Code::UnknownProgramme, || {
        "There is no such programme.".into()
    })?;
    let case = Case::new(programme, entries, posting, checks, command);
    match command {
        Command::EstablishProgramme(c) => closing::establish_again(case, c),
        Command::AmendAuthorisation(c) => budget::amend_authorisation(case, c),
        Command::AllocateBudget(c) => budget::allocate(case, c),
        Command::TransferBudget(c) => budget::transfer(case, c),
        Command::CarryOverBudget(c) => budget::carry_over(case, c),
        Command::EnterCommitment(c) => commitments::enter(case, c),
        Command::RaiseCommitment(c) => commitments::raise(case, c),
        Command::ReleaseCommitment(c) => commitments::release(case, c),
        Command::PostExpenditure(c) => expenditures::post(case, c),
        Command::CorrectExpenditure(c) => expenditures::correct(case, c),
        Command::ReverseExpenditure(c) => expenditures::reverse(case, c),
        Command::ExpectCofinancing(c) => cofinancing::expect(case, c),
        Command::PledgeCofinancing(c) => cofinancing::pledge(case, c),
        Command::ReceiveCofinancing(c) => cofinancing::receive(case, c),
        Command::RecordForecast(c) => closing::forecast(case, c),
        Command::ExplainFigure(c) => closing::explain(case, c),
        Command::OpenProject(c) => closing::open_project(case, c),
        Command::ReopenProject(c) => closing::reopen_project(case, c),
        Command::ClosePeriod(c) => closing::close_period(case, c),
        Command::CloseProject(c) => closing::close_project(case, c),
        Command::CloseProgramme(c) => closing::close_programme(case, c),
    }
}
