//! Making a checkpoint: the heads of all streams go on the record, then the log with them is signed.

use ledger_contract::event::{EventData, Stream, StreamHeadsRecordedV1};
use ledger_proof::checkpoint::Checkpoint;
use ledger_store::{EventLog, EventReader, Fatal};

use super::{CHECKPOINT, ProofError, Signed, State, heads_of, hex, keys, rewritten};
use crate::{queries::Queries, writer::Writer};

/// Makes a checkpoint when the log has grown since the newest, which is given otherwise. With `rotate` a new key is
/// introduced first, and the checkpoint is signed by the old one too: who trusts that finds the new one below it.
///
/// It commits, so it is called by whoever has the writer, and with no open group.
pub fn make_checkpoint<L: EventLog>(
    writer: &mut Writer<L>,
    queries: &Queries<L::Reader>,
    rotate: bool,
) -> Result<Signed, ProofError> {
    let (reader, proofs) = (queries.reader(), queries.proofs());
    let head = reader.head();
    proofs.catch_up(reader, head.size)?;
    let mut state = proofs.lock();
    let State {
        keep,
        own,
        hashes,
        signed,
        ..
    } = &mut *state;
    if let Some(signed) = signed
        .as_ref()
        .filter(|signed| signed.checkpoint.size == head.size)
        && !rotate
    {
        return Ok(signed.clone());
    }
    if hashes.root() != Some(head.root) {
        return Err(rewritten(head.size).into());
    }
    own.catch_up(reader)?;
    let keys = keys::signers(keep, own, rotate)?;
    let mut events = Vec::new();
    events.extend(keys.introduced.clone().map(EventData::LogKeyIntroduced));
    let version = own.version + events.len() as u64 + 1;
    events.push(heads_after(reader, head.size, version)?);

    let opened = queries
        .gate()
        .open(|floor| writer.begin(queries.now().max(floor)));
    // A crash up to the end of the commit leaves the log as it was, and perhaps a key that nothing was signed with.
    let committed = opened
        .and_then(|()| writer.record_own(events, queries.now().date()))
        .and_then(|()| writer.commit())
        .and_then(|head| queries.catch_up().map(|()| head));
    queries.gate().close();
    let head = committed?;
    // A crash from here on leaves a leaf that no checkpoint was signed over: the next one is.
    let checkpoint = Checkpoint::new(own.origin.as_str(), head.size, head.root);
    let mut note = checkpoint.to_note()?;
    for key in &keys.signing {
        note.sign(key, 0);
    }
    keep.write(CHECKPOINT, &note.to_string())?;
    keys.forget_replaced(keep);
    let made = Signed {
        checkpoint,
        note,
        at: head.recorded_at,
    };
    *signed = Some(made.clone());
    Ok(made)
}

/// `streamHeadsRecorded` as it will be, with this version of the ledger's own stream, after a log of `size`.
fn heads_after(reader: &impl EventReader, size: u64, version: u64) -> Result<EventData, Fatal> {
    let streams = reader.stream_heads(size)?;
    let mut heads = heads_of(&streams);
    heads.set(&Stream::Ledger.to_string(), version);
    Ok(EventData::StreamHeadsRecorded(StreamHeadsRecordedV1 {
        root: hex(&heads.root()),
        streams: streams.len() as u64,
    }))
}
