//! Problem documents (RFC 9457): why nothing was appended or shown, for programs and for people.

use ledger_domain::{Code, Refusal};
use serde::{Deserialize, Serialize};

use crate::command::Fault;

/// What every `type` starts with; the code follows. A name and no address: it stays when a website moves.
pub const TYPE_PREFIX: &str = "urn:rekenschap:problem:";

/// The media type that goes with it.
pub const MEDIA_TYPE: &str = "application/problem+json";

/// A problem document.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Problem {
    /// [`TYPE_PREFIX`] and the code.
    pub r#type: String,
    /// The same words for every problem of this type.
    pub title: String,
    /// The HTTP status.
    pub status: u16,
    /// One sentence for people, with the figures concerned.
    pub detail: String,
    /// The code alone.
    pub code: String,
    /// The line of a batch that it is about, from 1.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub line: Option<u64>,
    /// All faults at once; only with `invalid-input`.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub errors: Vec<Fault>,
}

/// What stands in the way of an answer, other than a rule.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Trouble {
    /// No such page or report.
    NotFound,
    /// The page does not take this method.
    MethodNotAllowed,
    /// The command or batch is larger than is taken.
    TooLarge,
    /// The body is of another media type.
    UnsupportedMediaType,
    /// The client asks more often than is served.
    TooManyRequests,
    /// The ledger broke one of its own promises.
    Internal,
    /// The writer is stopped, or the ledger is being rebuilt.
    Unavailable,
}

impl Trouble {
    /// Every trouble.
    pub const ALL: &'static [Trouble] = &[
        Trouble::NotFound,
        Trouble::MethodNotAllowed,
        Trouble::TooLarge,
        Trouble::UnsupportedMediaType,
        Trouble::TooManyRequests,
        Trouble::Internal,
        Trouble::Unavailable,
    ];

    /// Status, code and title.
    pub const fn describe(self) -> (u16, &'static str, &'static str) {
        match self {
            Trouble::NotFound => (404, "not-found", "Nothing here"),
            Trouble::MethodNotAllowed => (405, "method-not-allowed", "Another method is needed here"),
            Trouble::TooLarge => (413, "too-large", "Too large"),
            Trouble::UnsupportedMediaType => (415, "unsupported-media-type", "Another media type is needed"),
            Trouble::TooManyRequests => (429, "too-many-requests", "Too many requests"),
            Trouble::Internal => (500, "internal", "The ledger failed"),
            Trouble::Unavailable => (503, "unavailable", "The ledger is not available now"),
        }
    }
}

impl Problem {
    /// A trouble with its sentence.
    pub fn trouble(trouble: Trouble, detail: impl Into<String>) -> Self {
        let (status, code, title) = trouble.describe();
        Self::new(status, code, title, detail.into())
    }

    /// The same problem where the programme or region was named in the path: 404 when it is unknown.
    #[must_use]
    pub fn in_path(mut self) -> Self {
        if ["unknown-programme", "unknown-region"].contains(&self.code.as_str()) {
            self.status = 404;
        }
        self
    }

    /// The same problem about this line of a batch, from 1.
    #[must_use]
    pub fn at_line(mut self, line: u64) -> Self {
        self.line = Some(line);
        self
    }

    fn new(status: u16, code: &str, title: &str, detail: String) -> Self {
        Self {
            r#type: format!("{TYPE_PREFIX}{code}"),
            title: title.to_owned(),
            status,
            detail,
            code: code.to_owned(),
            line: None,
            errors: Vec::new(),
        }
    }
}

/// 409, except for input that cannot be read.
impl From<&Refusal> for Problem {
    fn from(refusal: &Refusal) -> Self {
        let status = if refusal.code == Code::InvalidInput {
            400
        } else {
            409
        };
        Self::new(
            status,
            refusal.code.as_str(),
            title(refusal.code),
            refusal.detail.clone(),
        )
    }
}

/// `invalid-input`, with all faults.
impl From<Vec<Fault>> for Problem {
    fn from(faults: Vec<Fault>) -> Self {
        let detail = match faults.as_slice() {
            [] => "The input cannot be read.".to_owned(),
            [fault] if fault.pointer.is_empty() => fault.detail.clone(),
            [fault] => format!("{}: {}", fault.pointer, fault.detail),
            [first, rest @ ..] => {
                format!(
                    "{}: {} ({} more in errors)",
                    first.pointer,
                    first.detail,
                    rest.len()
                )
            }
        };
        let refusal = Refusal::new(Code::InvalidInput, detail);
        Self {
            errors: faults,
            ..Self::from(&refusal)
        }
    }
}

/// The title of every refusal with this code.
pub const fn title(code: Code) -> &'static str {
    match code {
        Code::InvalidInput => "The input cannot be read",
        Code::IdempotencyKeyReused => "The idempotency key was used with another body",
        Code::VersionConflict => "The stream is at another version",
        Code::UnknownProgramme => "No such programme",
        Code::UnknownProject => "No such project",
        Code::UnknownCommitment => "No such commitment",
        Code::UnknownExpenditure => "No such expenditure",
        Code::UnknownFunder => "No such funder",
        Code::UnknownRegion => "No such region",
        Code::UnknownMunicipality => "No such municipality",
        Code::UnknownGroup => "No such cost group",
        Code::UnknownKey => "No such distribution key",
        Code::UnknownCost => "No such cost",
        Code::UnknownSettlement => "No such settlement",
        Code::DuplicateId => "The id exists",
        Code::DuplicateEntry => "The entry id exists",
        Code::ProgrammeClosed => "The programme is closed",
        Code::ProjectClosed => "The project is closed",
        Code::ProjectOpen => "The project is open",
        Code::PeriodClosed => "The period is closed",
        Code::PeriodOpen => "The period is not closed",
        Code::BeforeStart => "Before the programme starts",
        Code::DatedBeforeEntry => "Dated before its entry",
        Code::AlreadyReversed => "The entry was reversed",
        Code::NotAMember => "Not a member on that date",
        Code::MembersDiffer => "The weights do not name that year's members",
        Code::KeyMissing => "No key for the year",
        Code::CommitmentOfOtherProject => "The commitment belongs to another project",
        Code::CommitmentExceeded => "More than the open part of the commitment",
        Code::ChargesDoNotAddUp => "The charges do not sum to the amount",
        Code::SharesExceedOne => "The shares sum to more than one",
        Code::PledgeExceeded => "More than what is left of the pledge",
        Code::BelowZero => "The result would lie below zero",
        Code::AuthorisationExceeded => "More than the authorised sum",
        Code::YearBudgetExceeded => "Only budget of other years is left",
        Code::BudgetExceeded => "More than the available budget",
        Code::ExplanationRequired => "An explanation is needed",
        Code::OpenCommitments => "Commitments are open",
        Code::OpenProjects => "Projects are open",
        Code::NothingToSettle => "Nothing to settle",
        Code::TotalOutOfRange => "A total is out of range",
    }
}

#[cfg(test)]
mod tests {
    use std::fmt::Write as _;

    use super::*;

    const README: &str = include_str!("../README.md");

    #[test]
    fn the_readme_lists_the_codes_in_check_order() {
        let mut table = String::from("| code | title |\n|---|---|\n");
        for code in Code::ALL {
            writeln!(table, "| `{code}` | {} |", title(*code)).expect("a String takes all");
        }
        assert!(README.contains(&table), "the README needs this table:\n{table}");
        let mut table = String::from("| code | title | status |\n|---|---|---|\n");
        for trouble in Trouble::ALL {
            let (status, code, title) = trouble.describe();
            writeln!(table, "| `{code}` | {title} | {status} |").expect("a String takes all");
        }
        assert!(README.contains(&table), "the README needs this table:\n{table}");
    }

    #[test]
    fn a_refusal_is_a_conflict_unless_its_subject_is_the_path() {
        for code in Code::ALL {
            let problem = Problem::from(&Refusal::new(*code, "x"));
            assert!(problem.r#type.ends_with(code.as_str()));
            let status = if *code == Code::InvalidInput { 400 } else { 409 };
            assert_eq!(problem.status, status);
            let missing = [Code::UnknownProgramme, Code::UnknownRegion].contains(code);
            assert_eq!(problem.in_path().status, if missing { 404 } else { status });
        }
    }

    #[test]
    fn faults_are_all_told() {
        let fault = |pointer: &str| Fault {
            pointer: pointer.to_owned(),
            detail: "It is missing.".to_owned(),
        };
        let problem = Problem::from(vec![fault("/amount"), fault("/project")]).at_line(3);
        assert_eq!(
            serde_json::to_value(&problem).expect("JSON"),
            serde_json::json!({
                "type": "urn:rekenschap:problem:invalid-input", "title": "The input cannot be read", "status": 400,
                "detail": "/amount: It is missing. (1 more in errors)", "code": "invalid-input", "line": 3,
                "errors": [{ "pointer": "/amount", "detail": "It is missing." },
                    { "pointer": "/project", "detail": "It is missing." }],
            })
        );
        let text = serde_json::to_string(&Problem::trouble(Trouble::TooLarge, "It is.")).expect("JSON");
        assert!(
            text.starts_with(
                r#"{"type":"urn:rekenschap:problem:too-large","title":"Too large","status":413,"#
            )
        );
        assert!(text.ends_with(r#""detail":"It is.","code":"too-large"}"#));
        assert_eq!(Problem::from(vec![fault("")]).detail, "It is missing.");
    }
}
