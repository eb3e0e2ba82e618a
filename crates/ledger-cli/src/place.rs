//! Where the ledger is: a directory that this process opens, or a server that has it open.

use std::path::PathBuf;

use crate::{arguments::Global, failure::Failure, remote::Server, settings::Settings};

/// Where the ledger is.
#[derive(Debug)]
pub(crate) enum Place {
    /// A data directory.
    Directory(PathBuf),
    /// A running server.
    Server(Server),
}

impl Place {
    /// The place that was named. A server named on the command line wins over a directory in the settings.
    pub(crate) fn of(global: &Global, settings: &Settings) -> Result<Self, Failure> {
        match (&global.url, &settings.data) {
            (Some(url), _) => Server::at(url).map(Self::Server),
            (None, Some(directory)) => Ok(Self::Directory(directory.clone())),
            (None, None) => Err(Failure::Usage(
                "no ledger was named: give --data DIR (or REKENSCHAP_DATA), or --url ADDRESS of a running server"
                    .to_owned(),
            )),
        }
    }

    /// The directory, for what only the process that opens it can do.
    pub(crate) fn directory(&self, command: &str) -> Result<&PathBuf, Failure> {
        match self {
            Self::Directory(directory) => Ok(directory),
            Self::Server(_) => Err(Failure::Usage(format!(
                "{command} works on a directory: give --data DIR, not --url"
            ))),
        }
    }
}
