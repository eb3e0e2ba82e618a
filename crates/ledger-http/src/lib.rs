//! ledger-http
