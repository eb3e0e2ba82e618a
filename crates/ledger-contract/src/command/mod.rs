//! Commands as clients write them: one JSON object each.
//!
//! There is one reading of a command, and it lists every fault: the input becomes a small tree that borrows its texts
//! (`json`), fields are asked of it by name (`fields`) in one of few forms (`form`, `compound`), and each command's function
//! (`programme`, `region`) says which. The schema is what those functions ask, so it cannot differ from what is read.

mod compound;
mod fields;
mod form;
mod json;
mod programme;
mod region;
mod schema;

pub use form::parse_text;
pub use schema::{schema, schemas};

use ledger_domain::{Date, Id, programme as programmes, region as regions};
use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};

use self::{
    fields::Fields,
    form::{DATE, Form, ID, IDEMPOTENCY_KEY, VERSION},
    json::Node,
};
use crate::{
    event::{Details, Stream},
    hex::hex,
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
    pub details: Option<Box<Details>>,
    /// Whether the details hold an explanation.
    pub explained: bool,
    /// What is asked.
    pub action: Action,
}

/// What is asked, by the state machine that decides it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Action {
    /// Of a programme.
    Programme(programmes::Command),
    /// Of a region.
    Region(regions::Command),
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
    let node = json::parse(bytes).map_err(|fault| vec![fault])?;
    let mut fields = Fields::of(&node)?;
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
    let mut canonical = Vec::with_capacity(bytes.len());
    if let Ok(mut node) = json::parse(bytes) {
        if let Node::Object(entries) = &mut node {
            entries.retain(|entry| entry.key != "idempotencyKey");
        }
        node.write_canonical(&mut canonical);
    }
    hex(Sha256::digest(&canonical).as_slice())
}

/// A command's type: its name and what it asks.
struct Kind {
    name: &'static str,
    summary: &'static str,
    /// The field that holds the booking date, and the days that it takes.
    dated_by: (&'static str, &'static Form<Date>),
    ask: Ask,
}

impl Kind {
    /// A type whose events count for its `bookingDate`.
    const fn new(name: &'static str, summary: &'static str, ask: Ask) -> Self {
        Self {
            name,
            summary,
            dated_by: ("bookingDate", &DATE),
            ask,
        }
    }

    /// The same type, with another field that counts as the booking date.
    const fn dated_by(mut self, name: &'static str, days: &'static Form<Date>) -> Self {
        self.dated_by = (name, days);
        self
    }
}

/// Asks for a type's own fields; the state machine says which field names the stream.
enum Ask {
    Programme(fn(&mut Draft<'_, '_>) -> Option<programmes::Command>),
    Region(fn(&mut Draft<'_, '_>) -> Option<regions::Command>),
}

/// A command while its own fields are asked for.
struct Draft<'f, 'a> {
    fields: &'f mut Fields<'a>,
    /// The programme or region.
    id: Option<Id>,
    booking_date: Option<Date>,
    details: Box<Details>,
}

/// Every type, in the order of the README.
fn kinds() -> impl Iterator<Item = &'static Kind> {
    programme::KINDS.iter().chain(region::KINDS)
}

const TYPE: Form<&'static Kind> = Form {
    read: |node| {
        form::text(node, |name| {
            kinds()
                .find(|kind| kind.name == name)
                .ok_or_else(|| format!("{} is not the type of a command.", quoted(name)))
        })
    },
    schema: || serde_json::json!({ "type": "string" }),
};

/// Asks what every command has, and what this type has.
fn ask(fields: &mut Fields<'_>, kind: &Kind) -> Option<Command> {
    let (owner, stream): (_, fn(Id) -> Stream) = match kind.ask {
        Ask::Programme(_) => ("programme", Stream::Programme),
        Ask::Region(_) => ("region", Stream::Region),
    };
    let id = fields.required(owner, &ID);
    let (dated_by, days) = kind.dated_by;
    let booking_date = fields.required(dated_by, days);
    let mut draft = Draft {
        fields,
        id: id.clone(),
        booking_date,
        details: Box::default(),
    };
    let action = match kind.ask {
        Ask::Programme(ask) => ask(&mut draft).map(Action::Programme),
        Ask::Region(ask) => ask(&mut draft).map(Action::Region),
    };
    let idempotency_key = draft.fields.optional("idempotencyKey", &IDEMPOTENCY_KEY);
    let expected_version = draft.fields.optional("expectedVersion", &VERSION);
    if dated_by != "bookingDate" {
        let reason = format!("{dated_by} counts as the booking date: leave bookingDate out.");
        draft.fields.refuse("bookingDate", reason);
    }
    Some(Command {
        stream: stream(id?),
        booking_date: booking_date?,
        idempotency_key,
        expected_version,
        explained: draft.details.explanation.is_some(),
        details: if draft.details.is_empty() {
            None
        } else {
            Some(draft.details)
        },
        action: action?,
    })
}

#[cfg(test)]
mod tests;
