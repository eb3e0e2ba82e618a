//! A command as somebody hands it in.

use ledger_contract::{
    command::{Action, Command, Fault, fingerprint, read_command},
    event::Details,
};
use ledger_domain::region;
use ledger_store::{AppendError, NewDetails, Sealed, Sealing};
use smol_str::SmolStr;

/// What some editors put before a text.
const BYTE_ORDER_MARK: &[u8] = b"\xef\xbb\xbf";

/// One command, who posts it, and what tells it from another under the same idempotency key.
#[derive(Clone, Debug)]
pub struct Submission {
    /// What is asked.
    pub command: Command,
    /// SHA-256 of the command in canonical JSON without its key; present with a key.
    pub fingerprint: Option<String>,
    /// A role or key name, never a person's.
    pub recorded_by: SmolStr,
    /// The details, once they are sealed, or that they are too long.
    sealed: Option<Result<Option<Sealed>, AppendError>>,
}

impl Submission {
    /// Reads one command. `key` is an idempotency key given beside the body, such as HTTP's header.
    pub fn read(bytes: &[u8], key: Option<&str>, recorded_by: &str) -> Result<Self, Vec<Fault>> {
        if bytes.starts_with(BYTE_ORDER_MARK) {
            return Err(vec![Fault {
                pointer: String::new(),
                detail: "The command begins with a byte order mark, which does not belong there.".to_owned(),
            }]);
        }
        let mut command = read_command(bytes)?;
        match (key, &command.idempotency_key) {
            (Some(beside), Some(inside)) if beside != inside => {
                return Err(vec![Fault {
                    pointer: "/idempotencyKey".to_owned(),
                    detail: "The key in the command differs from the one beside it.".to_owned(),
                }]);
            }
            (Some(beside), None) => command.idempotency_key = Some(beside.to_owned()),
            _ => {}
        }
        let fingerprint = command.idempotency_key.as_ref().map(|_| fingerprint(bytes));
        Ok(Self {
            command,
            fingerprint,
            recorded_by: recorded_by.into(),
            sealed: None,
        })
    }

    /// Seals the details, so that the writer need not. They are let go where the writer does not ask for them: it would
    /// free what this thread has made, which takes longer.
    pub(crate) fn seal(&mut self, sealing: &mut Sealing<'_>) {
        let details = self.open_details();
        let mut sealed = sealing.seal(details);
        let names_client = matches!(&self.command.action, Action::Region(region::Command::RecordCost(cost)) if cost.client.is_some());
        if let (false, Ok(Some(sealed))) = (names_client, &mut sealed) {
            sealed.let_go();
        }
        self.sealed = Some(sealed);
    }

    /// The details for the log; nothing is left of them here.
    pub(crate) fn take_details(&mut self) -> Result<Option<NewDetails>, AppendError> {
        match self.sealed.take() {
            Some(sealed) => Ok(sealed?.map(NewDetails::Sealed)),
            None => Ok(Some(NewDetails::Open(self.open_details()))),
        }
    }

    /// The texts and the fingerprint: they belong to the command and go with its first event.
    fn open_details(&mut self) -> Box<Details> {
        let mut details = self.command.details.take().unwrap_or_default();
        details.fingerprint.clone_from(&self.fingerprint);
        details
    }
}
