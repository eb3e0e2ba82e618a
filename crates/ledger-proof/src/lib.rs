//! ledger-proof
