//! Invariants over seeded sequences of commands.
fn main() {}
