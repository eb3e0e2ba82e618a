//! `witness`: a member municipality watches a log. It cosigns only what goes on from what it saw.

use std::path::Path;

use ledger_proof::{
    checkpoint::{Checkpoint, SignedCheckpoint},
    key::{SignerKey, VerifierKey},
    proof::consistency,
    witness::{Refusal, Witness},
};
use ledger_service::{Clock as _, SystemClock, new_key, read_key, write_private};
use serde::{Deserialize, Serialize};

use crate::{
    arguments::Witnessing,
    failure::Failure,
    kept::proof,
    output,
    remote::Server,
    tiled::{Tiled, of_tiles},
};

/// What a witness remembers of the log it follows.
#[derive(Default, Serialize, Deserialize)]
#[serde(deny_unknown_fields, rename_all = "camelCase")]
struct State {
    /// The log's public keys that it trusts.
    log_keys: Vec<String>,
    /// The texts of the checkpoints that it cosigned, oldest first.
    seen: Vec<String>,
}

/// Fetches the newest checkpoint, checks it, remembers it, and prints it with the cosignature.
pub(crate) fn run(asked: &Witnessing) -> Result<(), Failure> {
    let key = key(&asked.key, asked.name.as_deref())?;
    let server = Server::at(&asked.log)?;
    let mut log = Tiled::Remote(&server);
    let mut state = read(&asked.state)?;
    let note = log.checkpoint()?;
    trust(&mut state, &asked.log_key, &log)?;
    let trusted: Vec<VerifierKey> = state.log_keys.iter().filter_map(|key| key.parse().ok()).collect();
    let signed = SignedCheckpoint::open(note.to_string().as_bytes(), &trusted).map_err(proof)?;
    let seen = state.seen.iter().map(|text| Checkpoint::parse(text));
    let mut witness = Witness::new(key, seen.collect::<Result<_, _>>().map_err(proof)?);

    let new = &signed.checkpoint;
    let proof_of_past = match witness.last() {
        Some(last) if 0 < last.size && last.size < new.size => {
            let mut tiles = log.reader(new)?;
            consistency(&mut tiles, last.size, new.size).map_err(proof)?
        }
        _ => Vec::new(),
    };
    let now_s = u64::try_from(SystemClock.now().0 / 1_000_000).unwrap_or_default();
    let cosigned = match witness.cosign(&signed, &proof_of_past, now_s) {
        Ok(cosigned) => cosigned,
        Err(refusal) => return Err(refused(&refusal, &witness, &log, new)),
    };
    // On disk before it is handed out: a witness that forgets would cosign a fork.
    if state.seen.last() != Some(&new.to_string()) {
        state.seen.push(new.to_string());
    }
    write(&asked.state, &state)?;
    output::line(cosigned.to_string().trim_end_matches('\n'))
}

/// The refusal, and between which sizes the log is another.
fn refused(refusal: &Refusal, witness: &Witness, log: &Tiled<'_>, new: &Checkpoint) -> Failure {
    let difference = log
        .reader(new)
        .and_then(|mut tiles| witness.difference(&mut tiles, new.size).map_err(of_tiles));
    let place = match difference {
        Ok(Some((agreed, differs))) => {
            format!("; it is as it was seen at size {agreed}, and another at size {differs}")
        }
        _ => String::new(),
    };
    Failure::Proof(output::plain(&format!("{refusal}{place}")))
}

/// The keys to trust: those given, which replace the ones before, since a key that was replaced signs nothing new; else
/// those that the log itself names at the first meeting.
fn trust(state: &mut State, given: &[VerifierKey], log: &Tiled<'_>) -> Result<(), Failure> {
    if !given.is_empty() {
        state.log_keys = given.iter().map(ToString::to_string).collect();
    }
    if state.log_keys.is_empty() {
        // Only the last signs.
        state.log_keys = log.keys()?.pop().into_iter().collect();
        for key in &state.log_keys {
            output::tell(&format!(
                "first meeting: the log's key is taken as it says, {}; compare it with what its owner published",
                output::plain(key)
            ));
        }
    }
    Ok(())
}

fn key(file: &Path, name: Option<&str>) -> Result<SignerKey, Failure> {
    let unusable = |error: &dyn std::fmt::Display| {
        Failure::Usage(format!("{} cannot be used as a key: {error}", file.display()))
    };
    match (std::fs::read_to_string(file), name) {
        (Ok(text), _) => read_key(&text).map_err(|error| unusable(&error)),
        (Err(error), Some(name)) if error.kind() == std::io::ErrorKind::NotFound => {
            let key = new_key(file, name).map_err(|error| unusable(&error))?;
            output::tell(&format!("a new key was made: {}", key.verifier()));
            Ok(key)
        }
        (Err(error), None) if error.kind() == std::io::ErrorKind::NotFound => Err(Failure::Usage(format!(
            "there is no key in {}; --name NAME makes one, such as zwijndrecht.example/witness",
            file.display()
        ))),
        (Err(error), _) => Err(unusable(&error)),
    }
}

fn read(file: &Path) -> Result<State, Failure> {
    let unusable = |error: &dyn std::fmt::Display| {
        Failure::Usage(format!("{} cannot be used as a state: {error}", file.display()))
    };
    match std::fs::read(file) {
        Ok(text) => serde_json::from_slice(&text).map_err(|error| unusable(&error)),
        Err(error) if error.kind() == std::io::ErrorKind::NotFound => Ok(State::default()),
        Err(error) => Err(unusable(&error)),
    }
}

fn write(file: &Path, state: &State) -> Result<(), Failure> {
    let text = serde_json::to_string_pretty(state).map_err(|_| Failure::Fault)?;
    write_private(file, &format!("{text}\n")).map_err(Failure::machine(format!("writing {}", file.display())))
}
