//! Commands as clients write them: one JSON object each.
//!
//! There is one reading of a command, and it lists every fault: the input becomes a small tree that borrows its texts
//! (`json`), fields are asked of it by name (`fields`) in one of few forms (`form`, `compound`), and each command's function
//! (`programme`) says which. The schema is what those functions ask, so it cannot differ from what is read.

mod compound;
mod fields;
mod form;
mod json;
mod programme;
mod schema;

pub use schema::{schema, schemas};

use ledger_domain::{Date, Id, programme as domain};
use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};

use self::{
    fields::Fields,
    form::{DATE, Form, ID, IDEMPOTENCY_KEY, VERSION},
    json::Node,
};
use crate::{
    event::{Details, Stream, hex},
    value::quoted,
};

/// The largest command that is read, in bytes.
pub const COMMAND_BYTES_MAX: usize = 1 << 20;

/// A command that can be read; whether the rules take it is for the domain.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Command {
    /// Where its events go.
    pub stream: Stream,
    /// The business date that it counts for.
    pub booking_date: Date,
    /// The client's key: the same command again returns the first outcome.
    pub idempotency_key: Option<String>,
    /// The stream's version that it was made for.
    pub expected_version: Option<u64>,
    /// Texts that can be destroyed later; none without any. Salt and fingerprint come with the recording.
    pub details: Option<Details>,
    /// Whether the details hold an explanation.
    pub explained: bool,
    /// What is asked.
    pub action: Action,
}

/// What is asked, by the state machine that decides it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Action {
    /// Of a programme.
    Programme(domain::Command),
    /// Of a region.
    Region(ledger_domain::region::Command),
}

/// One fault of the input.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Fault {
    /// Where (RFC 6901); empty for the whole input. A missing field is where it should be.
    pub pointer: String,
    /// One sentence for people.
    pub detail: String,
}

/// Reads one command, or tells all its faults; the list of faults is never empty.
pub fn read_command(bytes: &[u8]) -> Result<Command, Vec<Fault>> {
    let mut fields = Fields::of(json::parse(bytes).map_err(|fault| vec![fault])?)?;
    let Some(kind) = fields.required("type", &TYPE) else {
        // Without a type nobody knows which other fields belong.
        return Err(fields.finish_known());
    };
    let command = ask(&mut fields, kind);
    let faults = fields.finish();
    match command {
        Some(command) if faults.is_empty() => Ok(command),
        _ if !faults.is_empty() => Err(faults),
        _ => {
            debug_assert!(false, "{} is refused without a fault", kind.name);
            Err(fields::fault("The command cannot be read.".to_owned()))
        }
    }
}

/// SHA-256 in hexadecimal over the canonical JSON of a command without its `idempotencyKey`: order, spaces and escapes
/// make no difference. For commands that can be read.
pub fn fingerprint(bytes: &[u8]) -> String {
    let mut canonical = String::with_capacity(bytes.len());
    if let Ok(mut node) = json::parse(bytes) {
        if let Node::Object(entries) = &mut node {
            entries.retain(|(key, _)| key != "idempotencyKey");
        }
        node.write_canonical(&mut canonical);
    }
    hex(Sha256::digest(canonical.as_bytes()).as_slice())
}

/// A command's type: its name and what it asks.
struct Kind {
    name: &'static str,
    summary: &'static str,
    /// The field that holds the booking date.
    dated_by: &'static str,
    ask: fn(&mut Draft<'_, '_>) -> Option<domain::Command>,
}

/// A command while its own fields are asked for.
struct Draft<'f, 'a> {
    fields: &'f mut Fields<'a>,
    programme: Option<Id>,
    booking_date: Option<Date>,
    details: Details,
}

/// Every type. A region's commands come as a second table; their stream is named by `region`.
const KINDS: &[Kind] = programme::KINDS;

const TYPE: Form<&Kind> = Form {
    read: |node| {
        form::text(node, |name| {
            KINDS
                .iter()
                .find(|kind| kind.name == name)
                .ok_or_else(|| format!("{} is not the type of a command.", quoted(name)))
        })
    },
    schema: || serde_json::json!({ "type": "string" }),
};

/// Asks what every command has, and what this type has.
fn ask(fields: &mut Fields<'_>, kind: &Kind) -> Option<Command> {
    let programme = fields.required("programme", &ID);
    let booking_date = fields.required(kind.dated_by, &DATE);
    let mut draft = Draft {
        fields,
        programme: programme.clone(),
        booking_date,
        details: Details::default(),
    };
    let action = (kind.ask)(&mut draft);
    let details = draft.details;
    let idempotency_key = fields.optional("idempotencyKey", &IDEMPOTENCY_KEY);
    let expected_version = fields.optional("expectedVersion", &VERSION);
    if kind.dated_by != "bookingDate" {
        let reason = format!(
            "{} counts as the booking date: leave bookingDate out.",
            kind.dated_by
        );
        fields.refuse("bookingDate", reason);
    }
    Some(Command {
        stream: Stream::Programme(programme?),
        booking_date: booking_date?,
        idempotency_key,
        expected_version,
        explained: details.explanation.is_some(),
        details: Some(details).filter(|details| !details.is_empty()),
        action: Action::Programme(action?),
    })
}

#[cfg(test)]
mod tests;
