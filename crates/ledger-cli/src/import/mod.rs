//! `import`: many commands as one, all or nothing, or the good ones only.

mod csv;
mod directory;
mod lines;
mod server;
mod source;

use indicatif::ProgressBar;
use ledger_contract::command::Fault;

use self::source::Source;
use crate::{
    arguments::Import,
    failure::{Failure, tell_faults},
    output::{self, plain},
    place::Place,
    settings::Settings,
};

/// Who posts, as the record shows it for commands that come over the command line.
pub(crate) const RECORDED_BY: &str = "import";

/// Posts the commands of a file.
pub(crate) fn run(asked: &Import, place: &Place, settings: &Settings) -> Result<(), Failure> {
    let source = Source::open(&asked.file)?;
    let summary = match place {
        Place::Directory(directory) => directory::import(directory, settings, source, asked.keep_going)?,
        Place::Server(server) => server::import(server, source, asked.keep_going)?,
    };
    summary.tell(asked.keep_going)
}

/// What an import did.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
struct Summary {
    commands: u64,
    events: u64,
    refused: u64,
    log_position: u64,
}

impl Summary {
    /// One line for programs when something was imported; a refusal makes it a failure either way.
    fn tell(self, keep_going: bool) -> Result<(), Failure> {
        let Self {
            commands,
            events,
            refused,
            log_position,
        } = self;
        let lines = if refused == 1 {
            "1 line was refused".to_owned()
        } else {
            format!("{refused} lines were refused")
        };
        if refused > 0 && !keep_going {
            output::tell(&format!("nothing was imported: {lines}"));
            return Err(Failure::Told);
        }
        let refusals = if refused > 0 {
            format!("; {lines}")
        } else {
            String::new()
        };
        output::line(&format!(
            "imported {commands} commands as {events} events; log position {log_position}{refusals}"
        ))?;
        if refused > 0 { Err(Failure::Told) } else { Ok(()) }
    }
}

/// Tells why a line was refused: its code and sentence, and every fault on a line of its own when there are several.
fn tell_refusal(bar: &ProgressBar, line: u64, code: &str, detail: &str, faults: &[Fault]) {
    bar.suspend(|| {
        let detail = match faults {
            [] => detail.to_owned(),
            [only] if only.pointer.is_empty() => only.detail.clone(),
            [only] => format!("{}: {}", only.pointer, only.detail),
            several => format!("The command has {} faults.", several.len()),
        };
        output::tell(&format!("line {line}: {code}: {}", plain(&detail)));
        tell_faults(faults);
    });
}
