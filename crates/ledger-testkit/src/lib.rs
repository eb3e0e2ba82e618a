//! ledger-testkit
