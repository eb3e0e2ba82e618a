//! What a client takes (`Accept`), sends (`Content-Type`) and already has (`If-None-Match`).

use axum::{
    extract::Request,
    http::{
        HeaderMap,
        header::{ACCEPT, CONTENT_TYPE, HeaderName, IF_NONE_MATCH},
    },
    middleware::Next,
    response::{IntoResponse, Response},
};
use ledger_contract::problem::Trouble;

use crate::problem::Failure;

pub(crate) const JSON: &str = "application/json";

/// Lets only those pass that take JSON. Asked before the handler, so that nothing is posted whose answer is unwanted.
pub(crate) async fn json_only(request: Request, next: Next) -> Response {
    if accepts(request.headers(), JSON) {
        next.run(request).await
    } else {
        Failure::not_acceptable(JSON).into_response()
    }
}

/// Whether the client takes a media type: by the most specific range that covers it (RFC 9110, 12.5.1).
pub(crate) fn accepts(headers: &HeaderMap, media_type: &str) -> bool {
    if !headers.contains_key(ACCEPT) {
        return true;
    }
    let kind = media_type.split('/').next().unwrap_or_default();
    let covering = parts(headers, &ACCEPT).filter_map(|range| {
        let (name, wanted) = (name(range), !refused(range));
        if name.eq_ignore_ascii_case(media_type) {
            Some((2, wanted))
        } else if name
            .strip_suffix("/*")
            .is_some_and(|of| of.eq_ignore_ascii_case(kind))
        {
            Some((1, wanted))
        } else {
            (name == "*/*").then_some((0, wanted))
        }
    });
    covering.max().is_some_and(|(_, wanted)| wanted)
}

/// Whether the client asks for this media type by its name.
pub(crate) fn names(headers: &HeaderMap, media_type: &str) -> bool {
    parts(headers, &ACCEPT).any(|range| name(range).eq_ignore_ascii_case(media_type) && !refused(range))
}

/// Checks that the body is said to be one of these. A page of another site can send plain text and forms to a ledger
/// on this machine without asking first, but none of the types that are taken.
pub(crate) fn check_content_type(headers: &HeaderMap, taken: &[&str]) -> Result<(), Failure> {
    let given = headers.get(CONTENT_TYPE).and_then(|value| value.to_str().ok());
    let fits = given.is_some_and(|given| {
        let utf8 = given.split(';').skip(1).all(|parameter| {
            parameter
                .trim()
                .to_ascii_lowercase()
                .strip_prefix("charset=")
                .is_none_or(|charset| charset.trim_matches('"') == "utf-8")
        });
        utf8 && taken.iter().any(|taken| name(given).eq_ignore_ascii_case(taken))
    });
    if fits {
        Ok(())
    } else {
        let sentence = format!("The body must be {} in UTF-8.", taken.join(" or "));
        Err(Failure::trouble(Trouble::UnsupportedMediaType, &sentence))
    }
}

/// Whether the client has what this tag stands for. The comparison is weak, as RFC 9110 has it for this header.
pub(crate) fn has(headers: &HeaderMap, etag: &str) -> bool {
    parts(headers, &IF_NONE_MATCH)
        .map(str::trim)
        .any(|known| known == "*" || known.strip_prefix("W/").unwrap_or(known) == etag)
}

fn parts<'a>(headers: &'a HeaderMap, name: &HeaderName) -> impl Iterator<Item = &'a str> {
    headers
        .get_all(name)
        .iter()
        .filter_map(|value| value.to_str().ok())
        .flat_map(|value| value.split(','))
}

/// The media type or range without its parameters.
fn name(with_parameters: &str) -> &str {
    with_parameters.split(';').next().unwrap_or_default().trim()
}

/// Whether the weight is zero: not this one.
fn refused(range: &str) -> bool {
    range
        .split(';')
        .skip(1)
        .filter_map(|parameter| parameter.trim().strip_prefix("q="))
        .any(|weight| weight.parse::<f32>().is_ok_and(|weight| weight <= 0.0))
}

#[cfg(test)]
mod tests {
    use axum::http::HeaderValue;

    use super::*;

    fn headers(name: HeaderName, value: &'static str) -> HeaderMap {
        HeaderMap::from_iter([(name, HeaderValue::from_static(value))])
    }

    #[test]
    fn the_most_specific_range_decides() {
        for (accept, taken) in [
            ("*/*", true),
            ("application/*", true),
            ("text/html, application/json;q=0.5", true),
            ("text/html", false),
            ("application/json;q=0, */*", false),
            ("text/*;q=0, */*", true),
            ("application/problem+json", false),
        ] {
            assert_eq!(accepts(&headers(ACCEPT, accept), JSON), taken, "{accept}");
        }
        assert!(accepts(&HeaderMap::new(), JSON));
    }

    #[test]
    fn a_body_is_what_it_is_said_to_be() {
        for (given, taken) in [
            ("application/json", true),
            ("Application/JSON; charset=UTF-8", true),
            ("application/json; charset=latin1", false),
            ("text/plain", false),
            ("application/jsonl", false),
        ] {
            let checked = check_content_type(&headers(CONTENT_TYPE, given), &[JSON]);
            assert_eq!(checked.is_ok(), taken, "{given}");
        }
        assert!(check_content_type(&HeaderMap::new(), &[JSON]).is_err());
    }

    #[test]
    fn one_of_many_tags_is_enough() {
        for (known, has_it) in [
            (r#""a", "b""#, true),
            (r#"W/"b""#, true),
            ("*", true),
            (r#""c""#, false),
        ] {
            assert_eq!(has(&headers(IF_NONE_MATCH, known), r#""b""#), has_it, "{known}");
        }
    }
}
