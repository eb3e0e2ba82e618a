//! Who may be meant by a request, for a server that nobody logs in to.
//!
//! A page of another site cannot read from a ledger on this machine, unless its own host name is made to lead here
//! (DNS rebinding): then the browser takes both for one site. The header `Host` still has that name, so it is checked.

use axum::{
    extract::Request,
    http::{header::HOST, uri::Authority},
    middleware::Next,
    response::{IntoResponse as _, Response},
};

use crate::problem::Failure;

/// Lets only those requests pass that name this machine itself. Clients other than browsers may name none.
pub(crate) async fn loopback_only(request: Request, next: Next) -> Response {
    let named = request
        .headers()
        .get(HOST)
        .map(|host| host.to_str().unwrap_or_default());
    if named.is_none_or(is_loopback) {
        next.run(request).await
    } else {
        Failure::misdirected().into_response()
    }
}

fn is_loopback(host: &str) -> bool {
    host.parse::<Authority>()
        .is_ok_and(|authority| ["localhost", "127.0.0.1", "[::1]"].contains(&authority.host()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_this_machine_is_named() {
        for (host, own) in [
            ("localhost", true),
            ("localhost:8080", true),
            ("127.0.0.1:8080", true),
            ("[::1]:8080", true),
            ("attacker.example", false),
            ("localhost.attacker.example:8080", false),
            ("127.0.0.1.attacker.example", false),
            ("", false),
        ] {
            assert_eq!(is_loopback(host), own, "{host}");
        }
    }
}
