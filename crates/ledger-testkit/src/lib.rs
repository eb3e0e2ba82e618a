//! For tests and tools only: a clock that is set by hand, scenarios as given, when, then, and seeded workloads.

mod clock;
mod scenario;
pub mod workload;

pub use clock::ManualClock;
pub use scenario::Scenario;
