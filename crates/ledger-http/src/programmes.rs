//! `/v1/programmes`: which programmes there are.

use axum::{
    extract::State,
    http::{HeaderMap, Uri},
    middleware::from_fn,
    response::Response,
    routing::get,
};
use ledger_contract::value::{Name, parse_id};
use serde::Serialize;
use serde_json::json;

use crate::{
    app::{Page, Record, Shared},
    negotiate::json_only,
    openapi::Operation,
    problem::Failure,
    query::Parameters,
    report,
};

/// A page of the list.
#[derive(Serialize)]
struct Programmes {
    programmes: Vec<Programme>,
    /// What to give as `after` for the page that follows; null on the last.
    next: Option<Name>,
}

#[derive(Serialize)]
struct Programme {
    programme: Name,
    title: String,
}

/// The list.
pub(crate) fn page<R: Record>() -> Page<R> {
    let operation = Operation::new("listProgrammes", "Programmes", "The programmes, by id")
        .takes(&["afterProgramme", "limit"])
        .answers(200, "Programmes")
        .or_not_modified()
        .fails(&[400, 406, 429, 500, 503]);
    Page {
        path: "/programmes",
        methods: get(list::<R>).route_layer(from_fn(json_only)),
        about: json!({ "get": operation.to_json() }),
    }
}

async fn list<R: Record>(
    State(app): State<Shared<R>>,
    uri: Uri,
    headers: HeaderMap,
) -> Result<Response, Failure> {
    let mut parameters = Parameters::of(&uri);
    let after = parameters.take("after", parse_id);
    let limit = parameters.take_limit();
    parameters.finish()?;
    report::answer(&app, &headers, &uri, None, move |queries| {
        // One more than the page shows whether another page follows.
        let mut found = queries.programmes(after.as_ref(), limit + 1);
        let more = found.len() > limit;
        found.truncate(limit);
        let programmes: Vec<Programme> = found
            .into_iter()
            .map(|(id, title)| Programme {
                programme: Name(id),
                title,
            })
            .collect();
        let last = programmes.last().map(|programme| programme.programme.clone());
        Ok(Programmes {
            programmes,
            next: last.filter(|_| more),
        })
    })
    .await
}
