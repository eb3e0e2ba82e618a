//! What the reports share: their parameters, the ids in their path, and their `ETag`.

use std::hash::{DefaultHasher, Hash as _, Hasher as _};

use axum::{
    extract::{FromRequestParts, RawPathParams},
    http::{
        HeaderMap, HeaderValue, StatusCode, Uri,
        header::{CACHE_CONTROL, ETAG},
        request::Parts,
    },
    response::{IntoResponse as _, Response},
};
use ledger_contract::{
    report::KnownAt,
    value::{check_year, parse_date, parse_id, quoted},
};
use ledger_domain::{Code, Date, Id, Year};
use ledger_projections::GroupBy;
use ledger_service::{Queries, QueryError, ReportQuery, today};
use serde::Serialize;

use crate::{
    app::{App, Record},
    body,
    negotiate::has,
    problem::Failure,
    query::{Parameters, given, number},
};

/// What every report takes.
pub(crate) const PARAMETERS: [&str; 6] = ["programme", "asOf", "knownAt", "year", "project", "by"];
/// How a report can fail.
pub(crate) const PROBLEMS: [u16; 6] = [400, 404, 406, 429, 500, 503];
/// Why an explanation has no pages.
pub(crate) const EXPLANATION: &str = "Every event in one answer, without pages, so that what arrives sums to the \
    figure. Some 15,000 events take 4 MB; `year`, `project`, `municipality` and `group`, where they are taken, ask for \
    less.";

/// The programme in the path. A text that is no id names no programme.
pub(crate) struct ProgrammeInPath(pub(crate) Id);

impl<S: Send + Sync> FromRequestParts<S> for ProgrammeInPath {
    type Rejection = Failure;

    async fn from_request_parts(parts: &mut Parts, state: &S) -> Result<Self, Failure> {
        id_in_path(parts, state, "programme", Code::UnknownProgramme)
            .await
            .map(Self)
    }
}

/// The id that the path has in the place of this name. A text that is no id names nothing that exists.
pub(crate) async fn id_in_path<S: Send + Sync>(
    parts: &mut Parts,
    state: &S,
    name: &str,
    unknown: Code,
) -> Result<Id, Failure> {
    let given = RawPathParams::from_request_parts(parts, state).await.ok();
    let text = given.as_ref().and_then(|given| {
        let mut named = given.iter().filter(|(key, _)| *key == name);
        named.next().map(|(_, text)| text)
    });
    text.and_then(Id::new).ok_or_else(|| {
        let sentence = match text {
            Some(text) => format!("There is no {name} {}.", quoted(text)),
            None => format!("There is no such {name}."),
        };
        Failure::unknown(unknown, sentence)
    })
}

/// Reads the parameters of a report.
pub(crate) fn query(uri: &Uri) -> Result<ReportQuery, Failure> {
    let mut parameters = Parameters::of(uri);
    let by = parameters.take("by", |text| {
        GroupBy::parse(text).ok_or_else(|| {
            format!(
                "{} is not a dimension: write theme, law, taakveld or tag:NAME",
                quoted(text)
            )
        })
    });
    let query = ReportQuery {
        by,
        ..common(&mut parameters)
    };
    parameters.finish()?;
    Ok(query)
}

/// The parameters that reports and their explanations share.
pub(crate) fn common(parameters: &mut Parameters) -> ReportQuery {
    ReportQuery {
        as_of: parameters.take("asOf", parse_date),
        known_at: parameters.take("knownAt", KnownAt::parse),
        year: parameters.take("year", year),
        project: parameters.take("project", parse_id),
        by: None,
    }
}

/// A year.
pub(crate) fn year(text: &str) -> Result<Year, String> {
    number(text, 0, u64::MAX).and_then(check_year)
}

/// The day that a report depends on beside its parameters: today, when none is asked.
pub(crate) fn day<R: Record>(app: &App<R>, as_of: Option<Date>) -> Option<Date> {
    let today = || today(app.settings.clock.now());
    as_of.is_none().then(today)
}

/// Answers with what the ledger shows, or with 304 when the client has it. The ledger is asked in either case, since
/// only it knows whether there is anything of the kind; a client that has it is spared the text.
///
/// The tag is taken before the answer is made: a commit in between gives an answer that is newer than its tag, which
/// costs one more request later, and never a tag that is newer than its answer.
pub(crate) async fn answer<R: Record, T: Serialize>(
    app: &App<R>,
    headers: &HeaderMap,
    uri: &Uri,
    day: Option<Date>,
    question: impl FnOnce(&Queries<R>) -> Result<T, QueryError> + Send + 'static,
) -> Result<Response, Failure> {
    let etag = etag(app, uri, day);
    let tag = HeaderValue::try_from(&etag).map_err(|_| Failure::internal())?;
    let caching = [(ETAG, tag), (CACHE_CONTROL, HeaderValue::from_static("no-cache"))];
    let known = has(headers, &etag);
    let json = app
        .ask(move |queries| {
            let answer = question(queries)?;
            Ok((!known).then(|| body::json(&answer)))
        })
        .await?;
    Ok(match json {
        None => (StatusCode::NOT_MODIFIED, caching).into_response(),
        Some(json) => (caching, body::answer(StatusCode::OK, json?)).into_response(),
    })
}

/// Log position, path, parameters in any order, and the day decide an answer. Clients that keep one tag for several
/// addresses are not misled. The hash may differ in another build, which costs one more answer.
fn etag<R: Record>(app: &App<R>, uri: &Uri, day: Option<Date>) -> String {
    let position = app.ledger.queries().log_position();
    let mut parameters = given(uri).unwrap_or_default();
    parameters.sort_unstable();
    let mut asked = DefaultHasher::new();
    (uri.path(), parameters).hash(&mut asked);
    let day = day.map(|day| format!("-{day}")).unwrap_or_default();
    format!("\"{position}-{}-{:016x}{day}\"", app.identity, asked.finish())
}
