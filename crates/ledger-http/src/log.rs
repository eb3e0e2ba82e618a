//! `/v1/log`: the record as a tiled transparency log, so that other people's programs can check it (C2SP tlog-tiles).
//! The checkpoint is made when it is asked for; what lies below it never changes.

use axum::{
    extract::{Path, State},
    http::{
        HeaderMap, HeaderValue, StatusCode,
        header::{CACHE_CONTROL, CONTENT_TYPE},
    },
    middleware::from_fn,
    response::{IntoResponse as _, Response},
    routing::get,
};
use ledger_contract::problem::Trouble;
use ledger_proof::tile::TilePath;
use ledger_service::{ProofError, Signed};
use serde::Serialize;
use serde_json::json;
use tracing::warn;

use crate::{
    app::{Page, Record, Shared},
    body,
    negotiate::{accepts, json_only},
    openapi::Operation,
    problem::Failure,
};

const TEXT: &str = "text/plain";
const BYTES: &str = "application/octet-stream";

/// The public keys of the log.
#[derive(Serialize)]
struct Keys {
    /// Oldest first; the last signs.
    keys: Vec<Key>,
}

#[derive(Serialize)]
struct Key {
    key: String,
    /// None before the first checkpoint, which puts it on the record.
    position: Option<u64>,
}

/// The three addresses.
pub(crate) fn pages<R: Record>() -> [Page<R>; 3] {
    let checkpoint = Operation::new("getCheckpoint", "Log", "The newest signed checkpoint")
        .gives(TEXT, "A signed note: name of the log, size, root, signatures")
        .fails(&[406, 429, 500, 503]);
    let tile = Operation::new("getTile", "Log", "Hashes or entries below a signed checkpoint")
        .takes(&["tilePath"])
        .gives(BYTES, "256 hashes or entries, or as many as the path says")
        .fails(&[400, 404, 406, 429, 500, 503]);
    let keys = Operation::new("listLogKeys", "Log", "The public keys of the log, oldest first")
        .answers(200, "LogKeys")
        .fails(&[406, 429, 500, 503]);
    [
        Page {
            path: "/log/checkpoint",
            methods: get(checkpoint_of::<R>),
            about: json!({ "get": checkpoint.to_json() }),
        },
        Page {
            path: "/log/tile/{*path}",
            methods: get(tile_of::<R>),
            about: json!({ "get": tile.to_json() }),
        },
        Page {
            path: "/log/keys",
            methods: get(keys_of::<R>).route_layer(from_fn(json_only)),
            about: json!({ "get": keys.to_json() }),
        },
    ]
}

async fn checkpoint_of<R: Record>(
    State(app): State<Shared<R>>,
    headers: HeaderMap,
) -> Result<Response, Failure> {
    offers(&headers, TEXT)?;
    let signed = newest(&app).await?;
    let headers = [
        (
            CONTENT_TYPE,
            HeaderValue::from_static("text/plain; charset=utf-8"),
        ),
        (CACHE_CONTROL, HeaderValue::from_static("no-cache")),
    ];
    Ok((headers, signed.note.to_string()).into_response())
}

/// The newest checkpoint, or another when it is time for one.
pub(crate) async fn newest<R: Record>(app: &Shared<R>) -> Result<Signed, Failure> {
    let every = app.settings.checkpoint_every;
    match app.ask(move |queries| Ok(queries.checkpoint(every)?)).await? {
        Some(signed) => Ok(signed),
        None => made(app).await,
    }
}

/// A new checkpoint; when none can be made, the newest there is: it stays true.
async fn made<R: Record>(app: &Shared<R>) -> Result<Signed, Failure> {
    match app.ledger.make_checkpoint().await {
        Ok(signed) => Ok(signed),
        Err(error) => {
            warn!(%error, "no checkpoint could be made");
            app.ledger
                .queries()
                .newest_checkpoint()
                .ok_or_else(|| unavailable(error))
        }
    }
}

/// Why nothing can be proved now.
pub(crate) fn unavailable(error: ProofError) -> Failure {
    match error {
        ProofError::Fatal(fatal) => fatal.into(),
        _ => Failure::trouble(
            Trouble::Unavailable,
            "No checkpoint can be signed now; the server's log says why.",
        ),
    }
}

async fn tile_of<R: Record>(
    State(app): State<Shared<R>>,
    Path(path): Path<String>,
    headers: HeaderMap,
) -> Result<Response, Failure> {
    offers(&headers, BYTES)?;
    let path: TilePath = format!("tile/{path}").parse().map_err(|_| {
        Failure::fault(
            "/path",
            "The path of a tile is `<L>/<N>[.p/<W>]` or `entries/<N>[.p/<W>]`, N in groups of three digits.",
        )
    })?;
    let nothing = || Failure::trouble(Trouble::NotFound, "No signed checkpoint covers such a tile.");
    let bytes = app.ask(move |queries| Ok(queries.tile(&path)?)).await?;
    let headers = [
        (CONTENT_TYPE, HeaderValue::from_static(BYTES)),
        (
            CACHE_CONTROL,
            HeaderValue::from_static("public, max-age=31536000, immutable"),
        ),
    ];
    Ok((headers, bytes.ok_or_else(nothing)?).into_response())
}

async fn keys_of<R: Record>(State(app): State<Shared<R>>) -> Result<Response, Failure> {
    let keys = app.ask(|queries| Ok(queries.log_keys()?)).await?.into_iter();
    let keys = Keys {
        keys: keys
            .map(|key| Key {
                key: key.key,
                position: key.position,
            })
            .collect(),
    };
    Ok(body::answer(StatusCode::OK, body::json(&keys)?))
}

fn offers(headers: &HeaderMap, media_type: &str) -> Result<(), Failure> {
    if accepts(headers, media_type) {
        Ok(())
    } else {
        Err(Failure::not_acceptable(media_type))
    }
}
