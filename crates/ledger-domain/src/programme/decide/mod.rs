//! One command against the state: one event, or one refusal.

use super::{Command, Entries, Event, Programme};
use crate::{Code, Posting, Refusal};

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
    let _ = (state, entries, posting, command);
    Err(Refusal::new(Code::UnknownProgramme, "Not built yet."))
}
