//! The record as a tiled log: of a directory that this process opens, or of a server. What is read is not trusted; the
//! proofs made from it either lead to a signed root or fail.

use std::fmt::Write as _;

use ledger_proof::{
    checkpoint::Checkpoint,
    note::Note,
    reader::{TileError, TileReader},
    tile::TilePath,
};
use ledger_service::{Signed, make_checkpoint};
use serde::Deserialize;

use crate::{
    failure::Failure,
    local::{self, Open},
    place::Place,
    remote::Server,
    settings::Settings,
};

/// A log with a checkpoint.
pub(crate) enum Tiled<'a> {
    /// Of a directory.
    Local(Box<Open>),
    /// Of a server.
    Remote(&'a Server),
}

/// The public keys of a server's log.
#[derive(Deserialize)]
struct Keys {
    keys: Vec<Key>,
}

#[derive(Deserialize)]
struct Key {
    key: String,
}

impl<'a> Tiled<'a> {
    /// The log of a place.
    pub(crate) fn of(place: &'a Place, settings: &Settings) -> Result<Self, Failure> {
        match place {
            Place::Directory(directory) => {
                let ledger = local::open_to_ask(directory, settings)?;
                Ok(Self::Local(Box::new(ledger)))
            }
            Place::Server(server) => Ok(Self::Remote(server)),
        }
    }

    /// Its newest checkpoint: a new one when the log grew, though a server makes them only so often.
    pub(crate) fn checkpoint(&mut self) -> Result<Note, Failure> {
        match self {
            Self::Local(ledger) => Ok(sign(ledger, false)?.note),
            Self::Remote(server) => {
                let text = server.file("/v1/log/checkpoint")?;
                Note::parse(&text).map_err(|error| Failure::Proof(error.to_string()))
            }
        }
    }

    /// The public keys that it names, oldest first; the last signs.
    pub(crate) fn keys(&self) -> Result<Vec<String>, Failure> {
        match self {
            Self::Local(ledger) => {
                let keys = ledger.queries.log_keys()?.into_iter();
                Ok(keys.map(|key| key.key).collect())
            }
            Self::Remote(server) => {
                let keys: Keys = server.get("/v1/log/keys", &[])?;
                Ok(keys.keys.into_iter().map(|key| key.key).collect())
            }
        }
    }

    /// Its tiles, held against a checkpoint.
    #[expect(
        clippy::type_complexity,
        reason = "a closure has no name that an alias could hold"
    )]
    pub(crate) fn reader(
        &self,
        checkpoint: &Checkpoint,
    ) -> Result<TileReader<impl FnMut(&TilePath) -> Result<Vec<u8>, Failure>>, Failure> {
        let fetch = |path: &TilePath| match self {
            Self::Local(ledger) => {
                let tile = ledger.queries.tile(path)?;
                tile.ok_or_else(|| Failure::Proof(format!("the log has no {path}")))
            }
            Self::Remote(server) => server.file(&format!("/v1/log/{path}")),
        };
        TileReader::open(checkpoint, fetch).map_err(of_tiles)
    }
}

/// Signs the log of a directory as it is now.
pub(crate) fn sign(ledger: &mut Open, rotate: bool) -> Result<Signed, Failure> {
    Ok(make_checkpoint(&mut ledger.writer, &ledger.queries, rotate)?)
}

/// The checkpoint in a note, whoever signed it.
pub(crate) fn unverified(note: &Note) -> Result<Checkpoint, Failure> {
    Checkpoint::parse(note.text()).map_err(|error| Failure::Proof(error.to_string()))
}

/// A tile that could not be had is the log's failure; one that does not fit is a failed verification.
pub(crate) fn of_tiles(error: TileError<Failure>) -> Failure {
    match error {
        TileError::Fetch { reason, .. } => reason,
        other => Failure::Proof(other.to_string()),
    }
}

/// Lower-case hexadecimal.
pub(crate) fn hex(bytes: &[u8]) -> String {
    bytes.iter().fold(String::new(), |mut text, byte| {
        // Writing to a String cannot fail.
        let _ = write!(text, "{byte:02x}");
        text
    })
}
