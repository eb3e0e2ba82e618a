//! Why a command ends without success: the one place that maps errors to sentences and exit statuses.

use std::{io, process::ExitCode};

use ledger_contract::{command::Fault, problem::Problem};
use ledger_service::{ImportError, ProofError, QueryError, Rejection};
use ledger_store::{BackupError, Fatal};

use crate::output;

/// Refused, or the verification failed.
const REFUSED: u8 = 1;
/// Wrong usage.
const USAGE: u8 = 2;
/// The ledger is locked, damaged or unreachable, or the disk is full.
const LEDGER: u8 = 3;

/// What a run of the program can end with.
#[derive(Debug, thiserror::Error)]
pub(crate) enum Failure {
    /// The arguments do not fit; clap has the sentence, and help and version come this way too.
    #[error(transparent)]
    Arguments(#[from] clap::Error),
    /// An argument or a setting cannot be used.
    #[error("{0}")]
    Usage(String),
    /// A rule or the question's form stands in the way.
    #[error("{}: {}", .0.code, .0.detail)]
    Refused(Box<Problem>),
    /// Refusals or findings that were told already.
    #[error("told already")]
    Told,
    /// The log cannot go on.
    #[error(transparent)]
    Ledger(#[from] Fatal),
    /// A server cannot be reached, or does not answer as a ledger does.
    #[error("{0}")]
    Server(String),
    /// What this program needs of the machine was not given.
    #[error("{doing}: {reason}")]
    Machine {
        /// What was being done.
        doing: String,
        /// What the operating system said.
        reason: io::Error,
    },
    /// Standard output cannot be written.
    #[error("standard output: {0}")]
    Output(io::Error),
    /// What was to be proved or verified is not so.
    #[error("{0}")]
    Proof(String),
    /// A fault in this program.
    #[error("the program failed; what was acknowledged is on the record, and the log says where it failed")]
    Fault,
}

impl Failure {
    /// An operation of the machine that failed.
    pub(crate) fn machine(doing: impl Into<String>) -> impl FnOnce(io::Error) -> Self {
        let doing = doing.into();
        move |reason| Self::Machine { doing, reason }
    }

    /// Tells what happened on stderr and gives the exit status.
    pub(crate) fn tell(&self) -> ExitCode {
        match self {
            // Help and version are what was asked, and clap prints them on stdout.
            Self::Arguments(error) => {
                let _ = error.print();
                return if error.use_stderr() {
                    ExitCode::from(USAGE)
                } else {
                    ExitCode::SUCCESS
                };
            }
            // Whoever closed the pipe has read enough.
            Self::Output(error) if error.kind() == io::ErrorKind::BrokenPipe => return ExitCode::SUCCESS,
            Self::Told => {}
            Self::Refused(problem) => {
                output::tell(&format!("error: {self}"));
                tell_faults(&problem.errors);
            }
            Self::Ledger(Fatal::Locked(_)) => {
                output::tell(&format!(
                    "error: {self} (a running server answers with --url ADDRESS)"
                ));
            }
            _ => output::tell(&format!("error: {self}")),
        }
        ExitCode::from(self.status())
    }

    fn status(&self) -> u8 {
        match self {
            Self::Refused(problem) if problem.status >= 500 => LEDGER,
            Self::Refused(_) | Self::Told | Self::Proof(_) => REFUSED,
            Self::Arguments(_) | Self::Usage(_) => USAGE,
            Self::Ledger(_) | Self::Server(_) | Self::Machine { .. } | Self::Output(_) | Self::Fault => {
                LEDGER
            }
        }
    }
}

/// Tells each of several faults on a line of its own; one alone stands in the sentence before it.
pub(crate) fn tell_faults(faults: &[Fault]) {
    if faults.len() > 1 {
        for fault in faults {
            output::tell(&format!(
                "  {}: {}",
                output::plain(&fault.pointer),
                output::plain(&fault.detail)
            ));
        }
    }
}

impl From<Problem> for Failure {
    fn from(problem: Problem) -> Self {
        Self::Refused(Box::new(problem))
    }
}

impl From<QueryError> for Failure {
    fn from(error: QueryError) -> Self {
        match error {
            QueryError::InvalidInput(faults) => Problem::from(faults).into(),
            QueryError::Unknown(refusal) => Problem::from(&refusal).into(),
            QueryError::Fatal(fatal) => Self::Ledger(fatal),
        }
    }
}

impl From<ImportError> for Failure {
    fn from(error: ImportError) -> Self {
        match error {
            ImportError::Fatal(fatal) => Self::Ledger(fatal),
            ImportError::Unreadable(reason) => Self::machine("the input cannot be read on")(reason),
        }
    }
}

impl From<BackupError> for Failure {
    fn from(error: BackupError) -> Self {
        match error {
            BackupError::Fatal(fatal) => Self::Ledger(fatal),
            refused => Self::Proof(refused.to_string()),
        }
    }
}

impl From<Rejection> for Failure {
    fn from(rejection: Rejection) -> Self {
        match rejection {
            Rejection::Refused(refusal) => Problem::from(&refusal).into(),
            Rejection::Fatal(fatal) => Self::Ledger(fatal),
        }
    }
}

impl From<ProofError> for Failure {
    fn from(error: ProofError) -> Self {
        match error {
            ProofError::Fatal(fatal) => Self::Ledger(fatal),
            other => Self::Proof(other.to_string()),
        }
    }
}
