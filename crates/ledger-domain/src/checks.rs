//! Refusals that apply together: the one whose code is declared first is given, in whatever order they are found.

use crate::{Code, Refusal};

/// Collects what a command breaks and keeps the refusal whose [`Code`] is declared first.
#[derive(Debug, Default)]
pub(crate) struct Checks(Option<Refusal>);

impl Checks {
    /// Notes that the command breaks the rule of `code`. The sentence is only made when it stands a chance.
    pub(crate) fn refuse(&mut self, code: Code, sentence: impl FnOnce() -> String) {
        if self.0.as_ref().is_none_or(|kept| code < kept.code) {
            self.0 = Some(Refusal::new(code, sentence()));
        }
    }

    /// [`Checks::refuse`] when `broken`.
    pub(crate) fn refuse_if(&mut self, broken: bool, code: Code, sentence: impl FnOnce() -> String) {
        if broken {
            self.refuse(code, sentence);
        }
    }

    /// What was looked up, or the first refusal so far when nothing was found. Only for the `unknown-...` codes:
    /// what cannot be judged without the thing must be declared after them.
    pub(crate) fn need<T>(
        &mut self,
        found: Option<T>,
        code: Code,
        sentence: impl FnOnce() -> String,
    ) -> Result<T, Refusal> {
        found.ok_or_else(|| {
            self.refuse(code, sentence);
            self.0.take().unwrap_or_else(|| Refusal::new(code, String::new()))
        })
    }

    /// Ok when nothing was broken.
    pub(crate) fn verdict(self) -> Result<(), Refusal> {
        self.0.map_or(Ok(()), Err)
    }
}
