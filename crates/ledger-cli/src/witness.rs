//! `witness`: a member municipality watches a log. It cosigns only what goes on from what it saw.

use std::{
    fs::{File, TryLockError},
    io::{self, ErrorKind, Read as _},
    path::Path,
};

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
    // Two at once would each forget what the other saw, and so cosign both sides of a fork.
    let (key, _locked) = key(&asked.key, asked.name.as_deref())?;
    let server = Server::at(&asked.log)?;
    let mut log = Tiled::Remote(&server);
    let mut state = read(&asked.state)?;
    let note = log.checkpoint()?;
    trust(&mut state, &asked.log_key, &log)?;
    let trusted = state.log_keys.iter().map(|key| key.parse());
    let trusted: Vec<VerifierKey> = trusted
        .collect::<Result<_, _>>()
        .map_err(unusable(&asked.state, "state"))?;
    let signed = SignedCheckpoint::open(note.to_string().as_bytes(), &trusted).map_err(proof)?;
    let seen = state.seen.iter().map(|text| Checkpoint::parse(text));
    let seen = seen
        .collect::<Result<_, _>>()
        .map_err(unusable(&asked.state, "state"))?;
    let mut witness = Witness::new(key, seen);

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

/// The witness's key, and its file, which is locked as long as it is open.
fn key(file: &Path, name: Option<&str>) -> Result<(SignerKey, File), Failure> {
    if let Some(name) = name
        && !file.exists()
    {
        let key = new_key(file, name).map_err(unusable(file, "key"))?;
        output::tell(&format!("a new key was made: {}", key.verifier()));
    }
    let mut kept = File::open(file).map_err(|error| match error.kind() {
        ErrorKind::NotFound => Failure::Usage(format!(
            "there is no key in {}; --name NAME makes one, such as zwijndrecht.example/witness",
            file.display()
        )),
        _ => unusable(file, "key")(error),
    })?;
    kept.try_lock().map_err(|error| {
        let reason = match error {
            TryLockError::WouldBlock => io::Error::other("another witness is at work with this key"),
            TryLockError::Error(error) => error,
        };
        Failure::machine(format!("locking {}", file.display()))(reason)
    })?;
    let mut text = String::new();
    kept.read_to_string(&mut text).map_err(unusable(file, "key"))?;
    let key = read_key(&text).map_err(unusable(file, "key"))?;
    Ok((key, kept))
}

fn unusable<E: std::fmt::Display>(file: &Path, what: &str) -> impl FnOnce(E) -> Failure {
    move |error| Failure::Usage(format!("{} cannot be used as a {what}: {error}", file.display()))
}

fn read(file: &Path) -> Result<State, Failure> {
    match std::fs::read(file) {
        Ok(text) => serde_json::from_slice(&text).map_err(unusable(file, "state")),
        Err(error) if error.kind() == ErrorKind::NotFound => Ok(State::default()),
        Err(error) => Err(unusable(file, "state")(error)),
    }
}

fn write(file: &Path, state: &State) -> Result<(), Failure> {
    let text = serde_json::to_string_pretty(state).map_err(|_| Failure::Fault)?;
    write_private(file, &format!("{text}\n")).map_err(Failure::machine(format!("writing {}", file.display())))
}
