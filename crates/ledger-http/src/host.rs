//! Who may be meant by a request, for a server that nobody logs in to.
//!
//! A page of another site cannot read from a ledger on this machine, unless its own host name is made to lead here
//! (DNS rebinding): then the browser takes both for one site. The header `Host` still has that name, so it is checked.

use axum::http::{HeaderMap, header::HOST};

/// Whether a request names this machine itself. Clients other than browsers may name none.
pub(crate) fn is_this_machine(headers: &HeaderMap) -> bool {
    let named = headers.get(HOST).map(|host| host.to_str().unwrap_or_default());
    named.is_none_or(is_loopback)
}

fn is_loopback(host: &str) -> bool {
    let name = match host.rsplit_once(':') {
        Some((name, port)) if port.bytes().all(|byte| byte.is_ascii_digit()) => name,
        _ => host,
    };
    ["localhost", "127.0.0.1", "[::1]"].contains(&name)
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
            ("[::1]", true),
            ("[::1]:8080", true),
            ("[::1]:80a", false),
            ("attacker.example", false),
            ("localhost.attacker.example:8080", false),
            ("127.0.0.1.attacker.example", false),
            ("", false),
        ] {
            assert_eq!(is_loopback(host), own, "{host}");
        }
    }
}
