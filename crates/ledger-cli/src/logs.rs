//! Log lines on stderr. Their fields have fixed names with units, and never hold details.

use std::{fmt, io};

use ledger_service::{Clock as _, SystemClock};
use tracing_subscriber::{
    EnvFilter,
    fmt::{format::Writer, time::FormatTime},
};

use crate::{
    arguments::Command,
    settings::{LogFormat, Settings},
};

/// Starts logging: as set for a server; for the other commands errors alone, since their stderr is for people.
pub(crate) fn start(settings: &Settings, command: &Command) {
    let serves = matches!(command, Command::Serve(_) | Command::Demo(_));
    let level = if serves {
        settings.log_level.as_str()
    } else {
        "error"
    };
    let lines = tracing_subscriber::fmt()
        .with_env_filter(EnvFilter::new(level))
        .with_timer(Stamp)
        .with_writer(io::stderr);
    // A second start, as in a test, keeps the first.
    let _ = match settings.log_format {
        LogFormat::Text => lines.try_init(),
        LogFormat::Json => lines.json().flatten_event(true).try_init(),
    };
}

/// The time as the record writes it, in half the time that the formatter takes for its own: there is a line for each
/// request.
struct Stamp;

impl FormatTime for Stamp {
    fn format_time(&self, line: &mut Writer<'_>) -> fmt::Result {
        write!(line, "{}", SystemClock.now())
    }
}
