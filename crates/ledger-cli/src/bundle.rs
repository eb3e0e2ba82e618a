//! `explain --with-proofs`: the figure with every event of its stream, and proofs that these are all of them.

use std::{fs, path::PathBuf};

use clap::Args;
use ledger_service::{ProofError, Queries, QueryError, Signed};
use ledger_store::TapeReader;

use crate::{failure::Failure, local, place::Place, settings::Settings, tiled};

/// The options of an explanation that make a bundle of it.
#[derive(Debug, Args)]
pub(crate) struct Bundling {
    /// Write a bundle to this file too: every event of the stream, and proofs that these are all of them
    #[arg(long, value_name = "FILE")]
    with_proofs: Option<PathBuf>,
    /// Leave suppliers, descriptions and other texts out of the bundle
    #[arg(long, requires = "with_proofs")]
    without_details: bool,
}

impl Bundling {
    /// Writes what `make` gives for the newest checkpoint of a directory, with details or without; or what the server
    /// gives at an address that takes the parameters of the explanation.
    pub(crate) fn write(
        &self,
        place: &Place,
        settings: &Settings,
        (path, parameters): (&str, &[(&str, String)]),
        make: impl FnOnce(&Queries<TapeReader>, &Signed, bool) -> Result<Result<String, ProofError>, QueryError>,
    ) -> Result<(), Failure> {
        let Some(file) = &self.with_proofs else {
            return Ok(());
        };
        let details = !self.without_details;
        let bundle = match place {
            Place::Directory(directory) => {
                let mut ledger = local::open_to_ask(directory, settings)?;
                let signed = tiled::sign(&mut ledger, false)?;
                make(&ledger.queries, &signed, details)??.into_bytes()
            }
            Place::Server(server) => {
                let mut parameters = parameters.to_vec();
                parameters.push(("details", details.to_string()));
                server.bytes(path, &parameters)?
            }
        };
        fs::write(file, bundle).map_err(Failure::machine(format!("writing {}", file.display())))
    }
}
