//! One command against the state: events, or one refusal.
//!
//! Rules stand with their subject: `membership`, `rules` (groups, keys, schedules, budgets), `costs`, `settlement`
//! (with advances).

mod case;
mod costs;
mod form;
mod membership;
mod rules;
mod settlement;

use super::{Command, Entries, Event, Region};
use crate::{Code, Posting, Refusal, checks::Checks};
use case::Case;

/// Decides one command of a region against all that was recorded before it; `state` is none before the region is
/// established. Pure: a refused command leaves nothing behind.
///
/// A settlement gives one event for the whole and one per municipality, every other command gives one. Of all refusals
/// that apply, the one whose [`Code`] is declared first is given.
pub fn decide(
    state: Option<&Region>,
    entries: &dyn Entries,
    posting: Posting,
    command: &Command,
) -> Result<Vec<Event>, Refusal> {
    let mut checks = Checks::default();
    form::check(command, &mut checks);
    if let Command::EstablishRegion(c) = command {
        checks.refuse_if(state.is_some(), Code::DuplicateId, || {
            format!("Region {} exists.", c.region)
        });
        return checks
            .verdict()
            .map(|()| vec![Event::RegionEstablished(c.clone())]);
    }
    let region = checks.need(state, Code::UnknownRegion, || "There is no such region.".into())?;
    let case = Case::new(region, entries, posting, checks, command);
    let event = match command {
        Command::EstablishRegion(c) => Ok(Event::RegionEstablished(c.clone())),
        Command::AdmitMunicipality(c) => membership::admit(case, c),
        Command::MergeMunicipalities(c) => membership::merge(case, c),
        Command::DefineCostGroup(c) => rules::define_group(case, c),
        Command::SetDistributionKey(c) => rules::set_key(case, c),
        Command::SchedulePhaseOut(c) => rules::schedule(case, c),
        Command::BudgetCosts(c) => rules::budget(case, c),
        Command::RecordCost(c) => costs::record(case, c),
        Command::CorrectCost(c) => costs::correct(case, c),
        Command::ReverseCost(c) => costs::reverse(case, c),
        Command::InvoiceAdvance(c) => settlement::invoice_advance(case, c),
        Command::DrawUpSettlement(c) => return settlement::draw_up(case, c),
        Command::ExplainRegion(c) => membership::explain(case, c),
        Command::CloseRegionPeriod(c) => case.finish(Event::RegionPeriodClosed(c.clone())),
    };
    event.map(|event| vec![event])
}
