//! What the reports share: how they are answered, their parameters, the ids in their path, and their `ETag`.

use std::{
    hash::{DefaultHasher, Hash as _, Hasher as _},
    sync::Arc,
};

use axum::{
    extract::{FromRequestParts, RawPathParams, State},
    http::{HeaderMap, HeaderValue, Uri, request::Parts, uri::PathAndQuery},
    middleware::from_fn,
    routing::get,
};
use ledger_contract::{
    report::KnownAt,
    value::{parse_date, parse_id, parse_year, quoted},
};
use ledger_domain::{Code, Date, Id};
use ledger_projections::GroupBy;
use ledger_service::{Queries, QueryError, ReportQuery};
use serde::Serialize;
use serde_json::json;

use crate::{
    answers::Answer,
    app::{App, Page, Record, Shared},
    body,
    negotiate::json_only,
    openapi::Operation,
    problem::Failure,
    query::{Parameters, given},
};

/// What every report takes.
const PARAMETERS: [&str; 6] = ["programme", "asOf", "knownAt", "year", "project", "by"];
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
fn query(mut parameters: Parameters) -> Result<ReportQuery, Failure> {
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
        year: parameters.take("year", parse_year),
        project: parameters.take("project", parse_id),
        by: None,
    }
}

/// One address that shows what the ledger knows, as JSON with a tag. `read` makes a question of the path and the
/// parameters and ends their reading; `ask` puts it to the ledger.
pub(crate) fn page<R, P, Q, T>(
    path: &'static str,
    operation: Operation,
    read: impl Fn(P, Parameters) -> Result<Q, Failure> + Clone + Send + Sync + 'static,
    ask: impl Fn(&Queries<R>, Q) -> Result<T, QueryError> + Clone + Send + Sync + 'static,
) -> Page<R>
where
    R: Record,
    P: FromRequestParts<Shared<R>> + Send + 'static,
    Q: Send + 'static,
    T: Serialize + 'static,
{
    let show = move |State(app): State<Shared<R>>, path: P, uri: Uri, headers: HeaderMap| {
        let (read, ask) = (read.clone(), ask.clone());
        async move {
            let answer = answer(&app, &uri, || read(path, Parameters::of(&uri)), ask).await?;
            Ok::<_, Failure>(answer.to(&headers))
        }
    };
    Page {
        path,
        methods: get(show).route_layer(from_fn(json_only)),
        about: json!({ "get": operation.or_not_modified().to_json() }),
    }
}

/// A report of one programme.
pub(crate) fn of_programme<R: Record, T: Serialize + 'static>(
    path: &'static str,
    operation: Operation,
    ask: impl Fn(&Queries<R>, &Id, &ReportQuery) -> Result<T, QueryError> + Clone + Send + Sync + 'static,
) -> Page<R> {
    page(
        path,
        operation.takes(&PARAMETERS).fails(&PROBLEMS),
        |ProgrammeInPath(programme), parameters| Ok((programme, query(parameters)?)),
        move |queries, (programme, query)| ask(queries, &programme, &query),
    )
}

/// What the ledger shows now, kept for those who ask the same before anything is recorded. It is asked also for a client
/// that may have the answer, since only it knows whether there is anything of the kind.
///
/// The tag is taken before the answer is made: a commit in between gives an answer that is newer than its tag, which
/// costs one more request later, and never a tag that is newer than its answer. Such an answer is not kept.
async fn answer<R: Record, Q: Send + 'static, T: Serialize>(
    app: &App<R>,
    uri: &Uri,
    read: impl FnOnce() -> Result<Q, Failure>,
    ask: impl FnOnce(&Queries<R>, Q) -> Result<T, QueryError> + Send + 'static,
) -> Result<Arc<Answer>, Failure> {
    let (position, today) = app.answers.moment();
    let question = read()?;
    let (json, position_after) = app
        .ask(move |queries| {
            let answer = ask(queries, question)?;
            Ok((body::json(&answer), queries.log_position()))
        })
        .await?;
    let etag = etag(uri, position, &app.identity, today);
    let etag = HeaderValue::try_from(etag).map_err(|_| Failure::internal())?;
    let answer = Arc::new(Answer::new(etag, json?));
    if position == position_after {
        let address = uri.path_and_query().map_or("", PathAndQuery::as_str);
        app.answers.put((position, today), address, &answer);
    }
    Ok(answer)
}

/// Log position, path, parameters in any order, and without `asOf` the day decide an answer. Clients that keep one tag
/// for several addresses are not misled. The hash may differ in another build, which costs one more answer.
fn etag(uri: &Uri, position: u64, identity: &str, today: Date) -> String {
    let mut parameters = given(uri).unwrap_or_default();
    parameters.sort_unstable();
    let is_dated = parameters.iter().any(|(name, _)| name == "asOf");
    let mut asked = DefaultHasher::new();
    (uri.path(), &parameters).hash(&mut asked);
    let day = if is_dated {
        String::new()
    } else {
        format!("-{today}")
    };
    format!("\"{position}-{identity}-{:016x}{day}\"", asked.finish())
}
