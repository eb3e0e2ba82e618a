//! The way out: data to stdout, sentences for people to stderr. Nothing else in this crate prints.

use std::io::{self, BufWriter, IsTerminal as _, Write};

use crate::failure::Failure;

/// Standard output for many lines at once; whoever takes it flushes it.
pub(crate) fn stdout() -> BufWriter<io::Stdout> {
    BufWriter::new(io::stdout())
}

/// One piece of data, seen at once by whoever reads along.
pub(crate) fn line(text: &str) -> Result<(), Failure> {
    let mut stdout = io::stdout().lock();
    writeln!(stdout, "{text}")
        .and_then(|()| stdout.flush())
        .map_err(Failure::Output)
}

/// One sentence for people. When stderr is closed there is nobody to tell, and the exit status still says it.
pub(crate) fn tell(sentence: &str) {
    let _ = writeln!(io::stderr().lock(), "{sentence}");
}

/// Whether a person reads stdout.
pub(crate) fn is_terminal() -> bool {
    io::stdout().is_terminal()
}

/// A text without control characters, so that none from a file or a server reaches a terminal.
pub(crate) fn plain(text: &str) -> String {
    text.replace(char::is_control, "\u{fffd}")
}
