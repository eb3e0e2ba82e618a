//! The binary `rekenschap`.
fn main() {}
