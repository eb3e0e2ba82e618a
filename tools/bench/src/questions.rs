//! What many questions take: by the wall, which others on the machine lengthen, and in CPU of all threads.

use std::{
    fmt,
    time::{Duration, Instant},
};

use rustix::time::{ClockId, clock_gettime};

/// What every question took so far, in microseconds.
#[derive(Default)]
pub(crate) struct Taken {
    wall_us: Vec<u128>,
    cpu_us: Vec<u128>,
}

impl Taken {
    /// Asks once.
    pub(crate) fn ask<T>(&mut self, question: impl FnOnce() -> T) -> T {
        let (started, cpu) = (Instant::now(), cpu_time());
        let answer = question();
        self.cpu_us.push(cpu_time().saturating_sub(cpu).as_micros());
        self.wall_us.push(started.elapsed().as_micros());
        answer
    }
}

impl Taken {
    /// How many of so many each question took come by in a second: by CPU time of one core and by the wall, the median (minimum to maximum).
    pub(crate) fn rate(&self, of_each: u64) -> String {
        let of = |taken: &[u128]| {
            let mut rates: Vec<u128> = taken
                .iter()
                .map(|us| u128::from(of_each) * 1_000_000 / us.max(&1))
                .collect();
            rates.sort_unstable();
            let at = |index: usize| rates.get(index).copied().unwrap_or_default();
            format!(
                "{} /s ({} to {})",
                at(rates.len() / 2),
                at(0),
                at(rates.len().saturating_sub(1))
            )
        };
        format!(
            "{} of one core's time, {} by the wall",
            of(&self.cpu_us),
            of(&self.wall_us)
        )
    }
}

impl fmt::Display for Taken {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(
            f,
            "p50 {} us, p99 {} us (CPU: p50 {} us, p99 {} us)",
            percentile(&self.wall_us, 50),
            percentile(&self.wall_us, 99),
            percentile(&self.cpu_us, 50),
            percentile(&self.cpu_us, 99)
        )
    }
}

/// What this many of a hundred took at most.
pub(crate) fn percentile(taken: &[u128], percent: usize) -> u128 {
    let mut taken = taken.to_vec();
    taken.sort_unstable();
    taken
        .get(taken.len() * percent / 100)
        .copied()
        .unwrap_or_default()
}

/// What all threads have computed since they began.
fn cpu_time() -> Duration {
    cpu_time_of(ClockId::ProcessCPUTime)
}

/// What a thread or the whole process has computed since it began.
pub(crate) fn cpu_time_of(clock: ClockId) -> Duration {
    let time = clock_gettime(clock);
    let part = |value: i64| u64::try_from(value).unwrap_or_default();
    Duration::from_secs(part(time.tv_sec)) + Duration::from_nanos(part(time.tv_nsec))
}
