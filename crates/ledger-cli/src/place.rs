//! Where the ledger is: a directory that this process opens, or a server that has it open.

use std::path::PathBuf;

use ledger_service::{Queries, QueryError};
use ledger_store::TapeReader;
use serde::de::DeserializeOwned;

use crate::{arguments::Global, failure::Failure, local, remote::Server, settings::Settings};

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

    /// One answer: of the directory's ledger, or of the server's address that gives the same, read back.
    pub(crate) fn ask<T: DeserializeOwned>(
        &self,
        settings: &Settings,
        path: &str,
        parameters: &[(&str, String)],
        question: impl FnOnce(&Queries<TapeReader>) -> Result<T, QueryError>,
    ) -> Result<T, Failure> {
        match self {
            Self::Directory(directory) => {
                let ledger = local::open_to_ask(directory, settings)?;
                Ok(question(&ledger.queries)?)
            }
            Self::Server(server) => server.get(path, parameters),
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
