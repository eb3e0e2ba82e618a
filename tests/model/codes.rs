//! Refusals that apply together: the first of the contract's list is given.

/// The codes in the order in which the contract says that they are checked.
pub(crate) const ORDER: [&str; 40] = [
    "invalid-input",
    "idempotency-key-reused",
    "version-conflict",
    "unknown-programme",
    "unknown-project",
    "unknown-commitment",
    "unknown-expenditure",
    "unknown-funder",
    "unknown-region",
    "unknown-municipality",
    "unknown-group",
    "unknown-key",
    "unknown-cost",
    "unknown-settlement",
    "duplicate-id",
    "duplicate-entry",
    "programme-closed",
    "project-closed",
    "project-open",
    "period-closed",
    "before-start",
    "dated-before-entry",
    "already-reversed",
    "not-a-member",
    "members-differ",
    "key-missing",
    "commitment-of-other-project",
    "commitment-exceeded",
    "charges-do-not-add-up",
    "shares-exceed-one",
    "pledge-exceeded",
    "below-zero",
    "authorisation-exceeded",
    "year-budget-exceeded",
    "budget-exceeded",
    "explanation-required",
    "open-commitments",
    "open-projects",
    "nothing-to-settle",
    "total-out-of-range",
];

/// Everything that a command breaks.
#[derive(Default)]
pub(crate) struct Codes(Vec<&'static str>);

impl Codes {
    pub(crate) fn refuse(&mut self, code: &'static str) {
        self.0.push(code);
    }

    pub(crate) fn refuse_if(&mut self, broken: bool, code: &'static str) {
        if broken {
            self.refuse(code);
        }
    }

    /// What was looked up; nothing further can be judged without it.
    pub(crate) fn need<T>(&mut self, found: Option<T>, code: &'static str) -> Result<T, &'static str> {
        if let Some(found) = found {
            return Ok(found);
        }
        self.refuse(code);
        self.verdict()?;
        unreachable!("a code was refused")
    }

    pub(crate) fn verdict(&self) -> Result<(), &'static str> {
        match ORDER.iter().find(|code| self.0.contains(code)) {
            Some(code) => Err(code),
            None => Ok(()),
        }
    }
}
