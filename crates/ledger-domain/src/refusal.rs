//! Why a command is refused: one closed list, in the order in which it is checked.

use std::fmt;

macro_rules! codes {
    ($($(#[$doc:meta])* $variant:ident = $text:literal,)*) => {
        /// A stable code for programs. The order of the variants is the order of the checks: of two refusals that
        /// both apply, the one declared first is given.
        #[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
        pub enum Code {
            $($(#[$doc])* $variant,)*
        }

        impl Code {
            /// Every code in check order.
            pub const ALL: &'static [Code] = &[$(Code::$variant,)*];

            /// The code as the contract writes it.
            pub const fn as_str(self) -> &'static str {
                match self {
                    $(Code::$variant => $text,)*
                }
            }
        }
    };
}

codes! {
    /// The command itself cannot be read or breaks a rule of form.
    InvalidInput = "invalid-input",
    /// The idempotency key was used before with another body.
    IdempotencyKeyReused = "idempotency-key-reused",
    /// The stream is at another version than the command was made for.
    VersionConflict = "version-conflict",
    /// No such programme.
    UnknownProgramme = "unknown-programme",
    /// No such project in the programme.
    UnknownProject = "unknown-project",
    /// No such commitment in the programme.
    UnknownCommitment = "unknown-commitment",
    /// No such expenditure in the programme.
    UnknownExpenditure = "unknown-expenditure",
    /// The funder is neither expected nor pledged for the project.
    UnknownFunder = "unknown-funder",
    /// No such region.
    UnknownRegion = "unknown-region",
    /// No such municipality in the region.
    UnknownMunicipality = "unknown-municipality",
    /// No such cost group in the region.
    UnknownGroup = "unknown-group",
    /// No such distribution key in the region.
    UnknownKey = "unknown-key",
    /// No such cost in the region.
    UnknownCost = "unknown-cost",
    /// No such settlement in the region.
    UnknownSettlement = "unknown-settlement",
    /// A programme, project, region, group or settlement with this id exists.
    DuplicateId = "duplicate-id",
    /// An entry of this kind with this id exists.
    DuplicateEntry = "duplicate-entry",
    /// The programme is closed.
    ProgrammeClosed = "programme-closed",
    /// The project is closed.
    ProjectClosed = "project-closed",
    /// The project is open.
    ProjectOpen = "project-open",
    /// The booking date lies in a closed period.
    PeriodClosed = "period-closed",
    /// The period is not closed through the date.
    PeriodOpen = "period-open",
    /// The entry lies before the programme starts.
    BeforeStart = "before-start",
    /// A correction, reversal, raise or release is dated before its entry.
    DatedBeforeEntry = "dated-before-entry",
    /// The entry was reversed.
    AlreadyReversed = "already-reversed",
    /// The municipality is not a member on that date.
    NotAMember = "not-a-member",
    /// The weights do not name exactly that year's members.
    MembersDiffer = "members-differ",
    /// A key or its weights are missing for the year.
    KeyMissing = "key-missing",
    /// The commitment belongs to another project.
    CommitmentOfOtherProject = "commitment-of-other-project",
    /// More than the commitment's open part.
    CommitmentExceeded = "commitment-exceeded",
    /// The charges do not sum to the amount.
    ChargesDoNotAddUp = "charges-do-not-add-up",
    /// The shares of the project's funders sum to more than one in a year.
    SharesExceedOne = "shares-exceed-one",
    /// More than what is left of the funder's pledges.
    PledgeExceeded = "pledge-exceeded",
    /// The result would lie below zero.
    BelowZero = "below-zero",
    /// The budgets of the projects together would exceed the authorised sum.
    AuthorisationExceeded = "authorisation-exceeded",
    /// Only budget bound to other years is left.
    YearBudgetExceeded = "year-budget-exceeded",
    /// More than the available budget.
    BudgetExceeded = "budget-exceeded",
    /// An overspend needs an explanation.
    ExplanationRequired = "explanation-required",
    /// The project has open commitments.
    OpenCommitments = "open-commitments",
    /// The programme has open projects.
    OpenProjects = "open-projects",
    /// Nothing changed since the last settlement of the year.
    NothingToSettle = "nothing-to-settle",
    /// A total would need more than 15 digits before the point.
    TotalOutOfRange = "total-out-of-range",
}

impl fmt::Display for Code {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

/// A refused command: nothing of it was appended.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{detail}")]
pub struct Refusal {
    /// For programs.
    pub code: Code,
    /// One sentence for people, with the figures concerned.
    pub detail: String,
}

impl Refusal {
    /// A refusal with its sentence.
    pub fn new(code: Code, detail: impl Into<String>) -> Self {
        Self {
            code,
            detail: detail.into(),
        }
    }
}
