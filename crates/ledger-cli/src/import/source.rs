//! Where commands come from: JSON lines or CSV, a file or standard input, with a bar that shows how far it is.

use std::{
    fs::File,
    io::{self, BufRead, BufReader},
    path::Path,
};

use indicatif::{ProgressBar, ProgressStyle};
use ledger_contract::command::{COMMAND_BYTES_MAX, Fault};
use ledger_service::Visit;

use super::{
    csv::Header,
    lines::{Line, Lines},
};
use crate::failure::Failure;

/// How much is read from a file at once.
const READ_BYTES: usize = 1 << 18;

/// After how many lines the bar moves.
const LINES_A_MOVE: u64 = 16;

/// A stream of commands as text.
pub(super) struct Source {
    lines: Lines<Box<dyn BufRead + Send>>,
    is_csv: bool,
    bar: ProgressBar,
}

impl Source {
    /// Opens a file, or standard input for `-`.
    pub(super) fn open(path: &Path) -> Result<Self, Failure> {
        if path.as_os_str() == "-" {
            let stdin = BufReader::with_capacity(READ_BYTES, io::stdin());
            return Ok(Self::new(Box::new(stdin), false, None));
        }
        let unreadable = |error| Failure::Usage(format!("{} cannot be read: {error}", path.display()));
        let file = File::open(path).map_err(unreadable)?;
        let metadata = file.metadata().map_err(unreadable)?;
        let total_bytes = metadata.is_file().then_some(metadata.len());
        let is_csv = path
            .extension()
            .is_some_and(|extension| extension.eq_ignore_ascii_case("csv"));
        Ok(Self::new(
            Box::new(BufReader::with_capacity(READ_BYTES, file)),
            is_csv,
            total_bytes,
        ))
    }

    fn new(input: Box<dyn BufRead + Send>, is_csv: bool, total_bytes: Option<u64>) -> Self {
        // Drawn on stderr, and only when that is a terminal.
        let bar = match total_bytes {
            Some(bytes) => ProgressBar::new(bytes).with_style(style(
                "{bar:40} {percent}% of {total_bytes}, {binary_bytes_per_sec}, {eta} left",
            )),
            None => ProgressBar::new_spinner().with_style(style("{spinner} {bytes}, {binary_bytes_per_sec}")),
        };
        Self {
            lines: Lines::new(input, COMMAND_BYTES_MAX),
            is_csv,
            bar,
        }
    }

    /// The bar, to write lines above it.
    pub(super) fn bar(&self) -> ProgressBar {
        self.bar.clone()
    }

    /// Visits every line that is not blank until `visit` says to stop by returning false.
    pub(super) fn read(mut self, visit: &mut Visit<'_>) -> io::Result<()> {
        let mut header = None;
        while let Some((number, line)) = self.lines.next()? {
            let going_on = match (line, &header) {
                (Line::TooLong, _) => visit(number, Err(too_long())),
                (Line::Bytes(bytes), None) if self.is_csv => match Header::read(bytes) {
                    Ok(read) => {
                        header = Some(read);
                        true
                    }
                    Err(faults) => {
                        visit(number, Err(faults));
                        false
                    }
                },
                (Line::Bytes(bytes), None) => visit(number, Ok(bytes)),
                (Line::Bytes(bytes), Some(header)) => match header.command(bytes) {
                    Ok(json) => visit(number, Ok(&json)),
                    Err(faults) => visit(number, Err(faults)),
                },
            };
            if !going_on {
                break;
            }
            // The bar asks the clock each time, which takes a good part of what finding a line's end does.
            if number % LINES_A_MOVE == 0 {
                self.bar.set_position(self.lines.bytes());
            }
        }
        self.bar.finish_and_clear();
        Ok(())
    }
}

fn style(template: &str) -> ProgressStyle {
    ProgressStyle::with_template(template).unwrap_or_else(|_| ProgressStyle::default_bar())
}

fn too_long() -> Vec<Fault> {
    let detail =
        format!("the line is longer than {COMMAND_BYTES_MAX} bytes, the longest command that is read");
    vec![Fault {
        pointer: String::new(),
        detail,
    }]
}
