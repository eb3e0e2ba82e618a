//! Opening a ledger in a directory.

use std::{path::Path, sync::Arc};

use indicatif::ProgressBar;
use ledger_service::{Queries, SystemClock, Writer};
use ledger_store::{Options, Progress, TapeLog, TapeReader};

use crate::{failure::Failure, output, settings::Settings};

/// An open ledger. It holds the directory's lock for as long as it lives.
pub(crate) struct Open {
    /// To post.
    pub(crate) writer: Writer<TapeLog>,
    /// To ask.
    pub(crate) queries: Queries<TapeReader>,
}

/// Opens a ledger, or makes a new one in an empty or absent directory.
pub(crate) fn open(directory: &Path, settings: &Settings) -> Result<Open, Failure> {
    let (writer, queries, opened) =
        ledger_service::open(directory, &options(settings), Arc::new(SystemClock))?;
    // What recovery did is told; that a ledger opened as it was left is no news.
    let news = [&opened.rebuilt, &opened.without_sled, &opened.read_only];
    if opened.tail.is_some() || opened.destroyed > 0 || news.iter().any(|why| why.is_some()) {
        output::tell(&opened.to_string());
    }
    Ok(Open { writer, queries })
}

/// Opens a ledger that exists: a mistyped directory must not become a new and empty ledger.
pub(crate) fn open_to_ask(directory: &Path, settings: &Settings) -> Result<Open, Failure> {
    exists(directory)?;
    open(directory, settings)
}

/// The options of the store, with a bar on a terminal for what takes long: a rebuild, a verification.
pub(crate) fn options(settings: &Settings) -> Options {
    // Nothing is drawn before there is progress, nor where stderr is no terminal.
    let bar = ProgressBar::new(0);
    let progress = move |Progress {
                             done_bytes,
                             total_bytes,
                         }| {
        bar.set_length(total_bytes);
        bar.set_position(done_bytes);
        if done_bytes >= total_bytes {
            bar.finish_and_clear();
        }
    };
    Options {
        progress: Some(Arc::new(progress)),
        ..settings.options()
    }
}

/// The options of the store for a directory that is looked at without being opened: with what its checkpoint tells.
pub(crate) fn options_for(directory: &Path, settings: &Settings) -> Result<Options, Failure> {
    Ok(Options {
        events_min: ledger_service::signed_events(directory)?,
        ..options(settings)
    })
}

/// Refuses a directory without anything in it.
pub(crate) fn exists(directory: &Path) -> Result<(), Failure> {
    if is_empty(directory)? {
        return Err(Failure::Usage(format!(
            "there is no ledger in {}",
            directory.display()
        )));
    }
    Ok(())
}

/// Whether a directory is absent or holds nothing.
pub(crate) fn is_empty(directory: &Path) -> Result<bool, Failure> {
    match directory.read_dir() {
        Ok(mut entries) => Ok(entries.next().is_none()),
        Err(error) if error.kind() == std::io::ErrorKind::NotFound => Ok(true),
        Err(error) => Err(Failure::Usage(format!(
            "{} cannot be read: {error}",
            directory.display()
        ))),
    }
}
