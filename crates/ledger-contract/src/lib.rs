//! ledger-contract
