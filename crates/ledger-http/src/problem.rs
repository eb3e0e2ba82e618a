//! Every answer that is not the one asked for: `application/problem+json` (RFC 9457).

use std::any::Any;

use axum::{
    http::{
        HeaderValue, StatusCode,
        header::{CONTENT_TYPE, RETRY_AFTER},
    },
    response::{IntoResponse, Response},
};
use ledger_contract::{
    command::Fault,
    problem::{MEDIA_TYPE, Problem, TYPE_PREFIX, Trouble},
};
use ledger_domain::{Code, Refusal};
use ledger_service::{ImportRefusal, LedgerError, QueryError, Rejection};
use ledger_store::Fatal;
use serde::Serialize;
use tracing::error;

/// A problem document on its way out.
#[derive(Debug)]
pub(crate) struct Failure(Box<Answer>);

#[derive(Debug)]
struct Answer {
    document: Document,
    retry_after_s: Option<u32>,
}

#[derive(Debug, Serialize)]
struct Document {
    #[serde(flatten)]
    problem: Problem,
    /// Every refused line of a batch; the problem itself is about the first.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    refusals: Vec<RefusedLine>,
}

#[derive(Debug, Serialize)]
struct RefusedLine {
    line: u64,
    code: &'static str,
    detail: String,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    errors: Vec<Fault>,
}

impl Failure {
    /// Something in the way other than a rule, with its sentence.
    pub(crate) fn trouble(trouble: Trouble, sentence: &str) -> Self {
        Problem::trouble(trouble, sentence).into()
    }

    /// One fault of the input.
    pub(crate) fn fault(pointer: &str, sentence: &str) -> Self {
        vec![Fault {
            pointer: pointer.to_owned(),
            detail: sentence.to_owned(),
        }]
        .into()
    }

    /// 404 for what the path names and the ledger does not know.
    pub(crate) fn unknown(code: Code, sentence: String) -> Self {
        QueryError::Unknown(Refusal::new(code, sentence)).into()
    }

    /// The ledger broke one of its own promises.
    pub(crate) fn internal() -> Self {
        Self::trouble(
            Trouble::Internal,
            "The ledger could not answer; the server's log says why.",
        )
    }

    /// None of the media types that the client takes is offered.
    pub(crate) fn not_acceptable(offered: &str) -> Self {
        let sentence = format!("This address answers with {offered}.");
        of_http(
            StatusCode::NOT_ACCEPTABLE,
            "not-acceptable",
            "Another media type is asked",
            sentence,
        )
    }

    /// The body did not arrive in time.
    pub(crate) fn request_timeout(seconds: u64) -> Self {
        let sentence =
            format!("The body did not arrive within {seconds} seconds, so nothing was done with it.");
        of_http(
            StatusCode::REQUEST_TIMEOUT,
            "request-timeout",
            "The request took too long",
            sentence,
        )
    }

    /// The request names another host.
    pub(crate) fn misdirected() -> Self {
        let sentence = "This server answers only to localhost, 127.0.0.1 and [::1].".to_owned();
        of_http(
            StatusCode::MISDIRECTED_REQUEST,
            "misdirected-request",
            "Another host is meant",
            sentence,
        )
    }

    /// Says when it is worth trying again.
    pub(crate) fn retry_after_s(mut self, seconds: u32) -> Self {
        self.0.retry_after_s = Some(seconds);
        self
    }

    /// The problem as it is sent.
    pub(crate) fn to_json(&self) -> String {
        serde_json::to_string(&self.0.document).unwrap_or_default()
    }
}

fn of_http(status: StatusCode, code: &str, title: &str, detail: String) -> Failure {
    let problem = Problem {
        r#type: format!("{TYPE_PREFIX}{code}"),
        title: title.to_owned(),
        status: status.as_u16(),
        code: code.to_owned(),
        ..Problem::trouble(Trouble::Internal, detail)
    };
    problem.into()
}

impl IntoResponse for Failure {
    fn into_response(self) -> Response {
        let status =
            StatusCode::from_u16(self.0.document.problem.status).unwrap_or(StatusCode::INTERNAL_SERVER_ERROR);
        let content_type = [(CONTENT_TYPE, HeaderValue::from_static(MEDIA_TYPE))];
        let mut response = (status, content_type, self.to_json()).into_response();
        if let Some(seconds) = self.0.retry_after_s {
            response.headers_mut().insert(RETRY_AFTER, seconds.into());
        }
        response
    }
}

impl From<Problem> for Failure {
    fn from(problem: Problem) -> Self {
        let document = Document {
            problem,
            refusals: Vec::new(),
        };
        Self(Box::new(Answer {
            document,
            retry_after_s: None,
        }))
    }
}

impl From<Vec<Fault>> for Failure {
    fn from(faults: Vec<Fault>) -> Self {
        Problem::from(faults).into()
    }
}

impl From<LedgerError> for Failure {
    fn from(error: LedgerError) -> Self {
        match error {
            LedgerError::Rejected(Rejection::Refused(refusal)) => Problem::from(&refusal).into(),
            LedgerError::Rejected(Rejection::Fatal(fatal)) => {
                error!(error = %fatal, "a posting met a stopped ledger");
                Self::trouble(
                    Trouble::Unavailable,
                    "The ledger takes no postings until it is opened again; whether this one was recorded shows then, \
                     and with an idempotency key it can be sent again safely.",
                )
            }
            LedgerError::Batch(refusals) => of_batch(refusals),
            LedgerError::Closing => Self::trouble(
                Trouble::Unavailable,
                "The ledger is closing; whether this posting was recorded shows when it is open again, and with an \
                 idempotency key it can be sent again safely.",
            )
            .retry_after_s(5),
        }
    }
}

/// The problem of the first refused line, and all of them beside it.
fn of_batch(refusals: Vec<ImportRefusal>) -> Failure {
    let Some(first) = refusals.first() else {
        return Failure::internal();
    };
    let problem = Problem {
        errors: first.faults.clone(),
        ..Problem::from(&Refusal::new(first.code, first.detail.clone())).at_line(first.line)
    };
    let mut failure = Failure::from(problem);
    failure.0.document.refusals = refusals
        .into_iter()
        .map(|refusal| RefusedLine {
            line: refusal.line,
            code: refusal.code.as_str(),
            detail: refusal.detail,
            errors: refusal.faults,
        })
        .collect();
    failure
}

impl From<QueryError> for Failure {
    fn from(error: QueryError) -> Self {
        match error {
            QueryError::InvalidInput(faults) => faults.into(),
            // A question that names what does not exist breaks no rule: there is nothing to show.
            QueryError::Unknown(refusal) => Problem {
                status: 404,
                ..Problem::from(&refusal)
            }
            .into(),
            QueryError::Fatal(fatal) => fatal.into(),
        }
    }
}

/// The sentence of a fatal error names files, which are the operator's business and go to the log.
impl From<Fatal> for Failure {
    fn from(fatal: Fatal) -> Self {
        error!(error = %fatal, "the record cannot be read");
        Self::trouble(
            Trouble::Unavailable,
            "The record cannot be read now; the server's log says why.",
        )
    }
}

/// What a client sees of a panic. The panic itself is on stderr.
pub(crate) fn of_panic(_panic: Box<dyn Any + Send>) -> Response {
    error!("a handler panicked");
    Failure::internal().into_response()
}
