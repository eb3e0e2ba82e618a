//! `plan-advances`: the commands that invoice a year's advances, one JSON object a line, as `import` takes them.

use std::io::Write as _;

use crate::{failure::Failure, output, place::Place, region_question::AdvancesAsked, settings::Settings};

/// Prints the commands.
pub(crate) fn run(asked: &AdvancesAsked, place: &Place, settings: &Settings) -> Result<(), Failure> {
    let plan = asked.ask(place, settings)?;
    if plan.commands.is_empty() {
        // Nothing on stdout would leave a person wondering.
        output::tell(&format!(
            "region {} has no budgeted costs for {}, so there is nothing to advance",
            plan.region.0, plan.year
        ));
    }
    let mut stdout = output::stdout();
    for command in &plan.commands {
        let json = serde_json::to_string(command).map_err(|error| Failure::Output(error.into()))?;
        writeln!(stdout, "{json}").map_err(Failure::Output)?;
    }
    stdout.flush().map_err(Failure::Output)
}
