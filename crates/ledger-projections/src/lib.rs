//! ledger-projections
